// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <linnet/session/dynamic_plan.hpp>
#include <linnet/session/operator_matrix.hpp>
#include <linnet/session/pack.hpp>
#include <linnet/session/program_step.hpp>

// A source that makes sessions compiles every kernel, which takes some ten seconds. A program of several such
// sources includes this header in all of them, and `kernels_here.hpp` in one.
namespace linnet::inline LINNET_ISA {

extern template expected<dynamic_plan, graph_error> plan_graph<arch::native>(graph_view const&,
                                                                             plan_options const&,
                                                                             search_options const&);
extern template std::vector<kernels::packed_layout> pack_weights<arch::native>(network const&,
                                                                               std::span<tensor_place const>,
                                                                               std::span<planned_call const>,
                                                                               std::byte*);
extern template std::string types_with_kernels<arch::native>(node const&);

extern template expected<dynamic_plan, graph_error> plan_graph<arch::scalar>(graph_view const&,
                                                                             plan_options const&,
                                                                             search_options const&);
extern template std::vector<kernels::packed_layout> pack_weights<arch::scalar>(network const&,
                                                                               std::span<tensor_place const>,
                                                                               std::span<planned_call const>,
                                                                               std::byte*);
extern template std::string types_with_kernels<arch::scalar>(node const&);
extern template expected<dynamic_plan, graph_error> plan_graph<arch::arm_dsp_general>(graph_view const&,
                                                                                      plan_options const&,
                                                                                      search_options const&);
extern template std::vector<kernels::packed_layout> pack_weights<arch::arm_dsp_general>(
    network const&, std::span<tensor_place const>, std::span<planned_call const>, std::byte*);
extern template std::string types_with_kernels<arch::arm_dsp_general>(node const&);
extern template expected<dynamic_plan, graph_error> plan_graph<arch::arm_dsp>(graph_view const&,
                                                                              plan_options const&,
                                                                              search_options const&);
extern template std::vector<kernels::packed_layout> pack_weights<arch::arm_dsp>(network const&,
                                                                                std::span<tensor_place const>,
                                                                                std::span<planned_call const>,
                                                                                std::byte*);
extern template std::string types_with_kernels<arch::arm_dsp>(node const&);
extern template expected<dynamic_plan, graph_error> plan_graph<arch::arm_mve>(graph_view const&,
                                                                              plan_options const&,
                                                                              search_options const&);
extern template std::vector<kernels::packed_layout> pack_weights<arch::arm_mve>(network const&,
                                                                                std::span<tensor_place const>,
                                                                                std::span<planned_call const>,
                                                                                std::byte*);
extern template std::string types_with_kernels<arch::arm_mve>(node const&);

}  // namespace linnet::inline LINNET_ISA

namespace linnet::inline LINNET_ISA::detail {

extern template program_step make_step(kernels::conv2d::problem const&, planned_call const&);
extern template program_step make_step(kernels::depthwise::problem const&, planned_call const&);
extern template program_step make_step(kernels::dense::problem const&, planned_call const&);
extern template program_step make_step(kernels::pool::average_problem const&, planned_call const&);
extern template program_step make_step(kernels::pool::max_problem const&, planned_call const&);
extern template program_step make_step(kernels::mean::problem const&, planned_call const&);
extern template program_step make_step(kernels::softmax::problem const&, planned_call const&);
extern template program_step make_step(kernels::pad::problem const&, planned_call const&);
extern template program_step make_step(kernels::strided_copy::problem const&, planned_call const&);
extern template program_step make_step(kernels::elementwise::rescale_problem const&, planned_call const&);
extern template program_step make_step(kernels::elementwise::quantize_problem const&, planned_call const&);
extern template program_step make_step(kernels::elementwise::dequantize_problem const&, planned_call const&);
extern template program_step make_step(kernels::elementwise::logistic_problem const&, planned_call const&);
extern template program_step make_step(kernels::elementwise::add_problem const&, planned_call const&);
extern template program_step make_step(kernels::unary::problem const&, planned_call const&);
extern template program_step make_step(kernels::binary::problem const&, planned_call const&);
extern template program_step make_step(kernels::reduce::problem const&, planned_call const&);
extern template program_step make_step(kernels::resize::problem const&, planned_call const&);
extern template program_step make_step(kernels::custom::problem const&, planned_call const&);
extern template program_step make_step(kernels::transpose_conv2d::problem const&, planned_call const&);
extern template program_step make_step(kernels::batch_matmul::problem const&, planned_call const&);
extern template program_step make_step(kernels::recurrent::problem const&, planned_call const&);

}  // namespace linnet::inline LINNET_ISA::detail
