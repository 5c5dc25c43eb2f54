// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <linnet/session/program.hpp>

// The one source that compiles the kernels for those that include `kernels_elsewhere.hpp`.
namespace linnet::inline LINNET_ISA {

template expected<dynamic_plan, graph_error> plan_graph<arch::native>(graph_view const&, plan_options const&,
                                                                      search_options const&);
template std::vector<kernels::packed_layout> pack_weights<arch::native>(network const&,
                                                                        std::span<tensor_place const>,
                                                                        std::span<planned_call const>,
                                                                        std::byte*);
template std::string types_with_kernels<arch::native>(node const&);

// Plans for other architectures, by name (`with_arch`).
#if !defined(LINNET_NATIVE_IS_SCALAR)
template expected<dynamic_plan, graph_error> plan_graph<arch::scalar>(graph_view const&, plan_options const&,
                                                                      search_options const&);
template std::vector<kernels::packed_layout> pack_weights<arch::scalar>(network const&,
                                                                        std::span<tensor_place const>,
                                                                        std::span<planned_call const>,
                                                                        std::byte*);
template std::string types_with_kernels<arch::scalar>(node const&);
#endif
template expected<dynamic_plan, graph_error> plan_graph<arch::arm_dsp_general>(graph_view const&,
                                                                               plan_options const&,
                                                                               search_options const&);
template std::vector<kernels::packed_layout> pack_weights<arch::arm_dsp_general>(
    network const&, std::span<tensor_place const>, std::span<planned_call const>, std::byte*);
template std::string types_with_kernels<arch::arm_dsp_general>(node const&);
template expected<dynamic_plan, graph_error> plan_graph<arch::arm_dsp>(graph_view const&, plan_options const&,
                                                                       search_options const&);
template std::vector<kernels::packed_layout> pack_weights<arch::arm_dsp>(network const&,
                                                                         std::span<tensor_place const>,
                                                                         std::span<planned_call const>,
                                                                         std::byte*);
template std::string types_with_kernels<arch::arm_dsp>(node const&);
template expected<dynamic_plan, graph_error> plan_graph<arch::arm_mve>(graph_view const&, plan_options const&,
                                                                       search_options const&);
template std::vector<kernels::packed_layout> pack_weights<arch::arm_mve>(network const&,
                                                                         std::span<tensor_place const>,
                                                                         std::span<planned_call const>,
                                                                         std::byte*);
template std::string types_with_kernels<arch::arm_mve>(node const&);

}  // namespace linnet::inline LINNET_ISA

namespace linnet::inline LINNET_ISA::detail {

template program_step make_step(kernels::conv2d::problem const&, planned_call const&);
template program_step make_step(kernels::depthwise::problem const&, planned_call const&);
template program_step make_step(kernels::dense::problem const&, planned_call const&);
template program_step make_step(kernels::pool::average_problem const&, planned_call const&);
template program_step make_step(kernels::pool::max_problem const&, planned_call const&);
template program_step make_step(kernels::mean::problem const&, planned_call const&);
template program_step make_step(kernels::softmax::problem const&, planned_call const&);
template program_step make_step(kernels::pad::problem const&, planned_call const&);
template program_step make_step(kernels::strided_copy::problem const&, planned_call const&);
template program_step make_step(kernels::elementwise::rescale_problem const&, planned_call const&);
template program_step make_step(kernels::elementwise::quantize_problem const&, planned_call const&);
template program_step make_step(kernels::elementwise::dequantize_problem const&, planned_call const&);
template program_step make_step(kernels::elementwise::logistic_problem const&, planned_call const&);
template program_step make_step(kernels::elementwise::add_problem const&, planned_call const&);
template program_step make_step(kernels::unary::problem const&, planned_call const&);
template program_step make_step(kernels::binary::problem const&, planned_call const&);
template program_step make_step(kernels::reduce::problem const&, planned_call const&);
template program_step make_step(kernels::resize::problem const&, planned_call const&);
template program_step make_step(kernels::custom::problem const&, planned_call const&);
template program_step make_step(kernels::transpose_conv2d::problem const&, planned_call const&);
template program_step make_step(kernels::batch_matmul::problem const&, planned_call const&);
template program_step make_step(kernels::recurrent::problem const&, planned_call const&);

}  // namespace linnet::inline LINNET_ISA::detail
