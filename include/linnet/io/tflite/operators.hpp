// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstdint>

#include <linnet/io/tflite/axis_operators.hpp>
#include <linnet/io/tflite/composed_operators.hpp>
#include <linnet/io/tflite/plain_operators.hpp>
#include <linnet/io/tflite/recurrent_operators.hpp>
#include <linnet/io/tflite/slice_operators.hpp>
#include <linnet/io/tflite/window_operators.hpp>

namespace linnet::inline LINNET_ISA::io::tflite {

/// How one builtin operator becomes a node.
struct operator_mapping {
  builtin code;                             ///< as files call it
  op kind;                                  ///< of the node
  std::uint32_t least_inputs, most_inputs;  ///< as the file counts them
  std::uint32_t operands;                   ///< how many of them become operands of the node; the rest are
                                            ///< constants that become attributes, or say what the output says
  options_type options;                     ///< none: the options say nothing that the tensors do not say
  bool options_required;                    ///< a file without them is refused
  attribute_reader read;                    ///< copies the options into the node
  composed_reader compose = nullptr;        ///< in place of `read`: of operators that are not one node
  bool has_every_output = false;            ///< else the first one alone
  bool weights_first = false;               ///< its inputs: the output's shape, the weights, x, a bias
};

/// How many inputs one operator may have.
inline constexpr std::uint32_t most_inputs = 1u << 12;

/// Every operator that linnet reads. In the order of their names.
inline constexpr std::array operator_mappings{
    operator_mapping{builtin::abs, op::unary, 1, 1, 1, options_type::none, false,
                     detail::read_unary<unary_function::abs>},
    operator_mapping{builtin::add, op::add, 2, 2, 2, options_type::add, false, detail::read_add},
    operator_mapping{builtin::arg_max, op::reduce, 2, 2, 2, options_type::none, false, nullptr,
                     detail::read_index_of<reduction::first_of_maximum>},
    operator_mapping{builtin::arg_min, op::reduce, 2, 2, 2, options_type::none, false, nullptr,
                     detail::read_index_of<reduction::first_of_minimum>},
    operator_mapping{builtin::average_pool_2d, op::average_pool2d, 1, 1, 1, options_type::pool2d, true,
                     detail::read_pool2d},
    operator_mapping{builtin::batch_matmul, op::batch_matmul, 2, 2, 2, options_type::batch_matmul, false,
                     detail::read_batch_matmul},
    operator_mapping{builtin::cast, op::unary, 1, 1, 1, options_type::none, false,
                     detail::read_unary<unary_function::cast>},
    operator_mapping{builtin::concatenation, op::concat, 1, most_inputs, most_inputs,
                     options_type::concatenation, true, detail::read_concatenation},
    operator_mapping{builtin::conv_2d, op::conv2d, 2, 3, 3, options_type::conv2d, true, detail::read_conv2d},
    operator_mapping{builtin::depthwise_conv_2d, op::depthwise_conv2d, 2, 3, 3,
                     options_type::depthwise_conv2d, true, detail::read_depthwise},
    operator_mapping{builtin::dequantize, op::dequantize, 1, 1, 1, options_type::none, false,
                     detail::read_dequantize},
    operator_mapping{builtin::div, op::binary, 2, 2, 2, options_type::div, false,
                     detail::read_arithmetic<binary_function::div>},
    operator_mapping{builtin::elu, op::unary, 1, 1, 1, options_type::none, false,
                     detail::read_unary<unary_function::elu>},
    operator_mapping{builtin::exp, op::unary, 1, 1, 1, options_type::none, false,
                     detail::read_unary<unary_function::exp>},
    operator_mapping{builtin::expand_dims, op::reshape, 2, 2, 1, options_type::none, false,
                     detail::read_nothing},
    operator_mapping{builtin::floor, op::unary, 1, 1, 1, options_type::none, false,
                     detail::read_unary<unary_function::floor>},
    operator_mapping{builtin::fully_connected, op::dense, 2, 3, 3, options_type::fully_connected, false,
                     detail::read_fully_connected},
    operator_mapping{builtin::gelu, op::unary, 1, 1, 1, options_type::gelu, false, detail::read_gelu},
    operator_mapping{builtin::hard_swish, op::unary, 1, 1, 1, options_type::none, false,
                     detail::read_unary<unary_function::hard_swish>},
    operator_mapping{builtin::l2_pool_2d, op::average_pool2d, 1, 1, 1, options_type::pool2d, true, nullptr,
                     detail::read_l2_pool},
    operator_mapping{builtin::leaky_relu, op::unary, 1, 1, 1, options_type::leaky_relu, true,
                     detail::read_leaky_relu},
    operator_mapping{builtin::log, op::unary, 1, 1, 1, options_type::none, false,
                     detail::read_unary<unary_function::log>},
    operator_mapping{builtin::log_softmax, op::softmax, 1, 1, 1, options_type::none, false,
                     detail::read_log_softmax},
    operator_mapping{builtin::logistic, op::logistic, 1, 1, 1, options_type::none, false,
                     detail::read_nothing},
    operator_mapping{builtin::max_pool_2d, op::max_pool2d, 1, 1, 1, options_type::pool2d, true,
                     detail::read_pool2d},
    operator_mapping{builtin::maximum, op::binary, 2, 2, 2, options_type::none, false,
                     detail::read_binary<binary_function::maximum>},
    operator_mapping{builtin::mean, op::mean, 2, 2, 1, options_type::none, false, detail::read_axes},
    operator_mapping{builtin::minimum, op::binary, 2, 2, 2, options_type::none, false,
                     detail::read_binary<binary_function::minimum>},
    operator_mapping{builtin::mirror_pad, op::pad, 2, 2, 2, options_type::mirror_pad, true, nullptr,
                     detail::read_mirror_pad},
    operator_mapping{builtin::mul, op::binary, 2, 2, 2, options_type::mul, false,
                     detail::read_arithmetic<binary_function::mul>},
    operator_mapping{builtin::neg, op::unary, 1, 1, 1, options_type::none, false,
                     detail::read_unary<unary_function::neg>},
    operator_mapping{builtin::pack, op::concat, 1, most_inputs, most_inputs, options_type::pack, true,
                     nullptr, detail::read_pack},
    operator_mapping{builtin::pad, op::pad, 2, 2, 1, options_type::none, false, detail::read_pad},
    operator_mapping{builtin::padv2, op::pad, 3, 3, 1, options_type::none, false, detail::read_padv2},
    operator_mapping{builtin::prelu, op::binary, 2, 2, 2, options_type::none, false,
                     detail::read_binary<binary_function::prelu>},
    operator_mapping{builtin::quantize, op::quantize, 1, 1, 1, options_type::none, false,
                     detail::read_quantize},
    operator_mapping{builtin::reduce_max, op::reduce, 2, 2, 1, options_type::none, false,
                     detail::read_reduction<reduction::maximum>},
    operator_mapping{builtin::reduce_min, op::reduce, 2, 2, 1, options_type::none, false,
                     detail::read_reduction<reduction::minimum>},
    operator_mapping{builtin::relu, op::relu, 1, 1, 1, options_type::none, false, detail::read_relu},
    operator_mapping{builtin::relu6, op::relu, 1, 1, 1, options_type::none, false, detail::read_relu},
    operator_mapping{builtin::relu_n1_to_1, op::relu, 1, 1, 1, options_type::none, false, detail::read_relu},
    operator_mapping{builtin::reshape, op::reshape, 1, 2, 1, options_type::none, false, detail::read_nothing},
    operator_mapping{builtin::resize_bilinear, op::resize, 2, 2, 1, options_type::resize_bilinear, false,
                     detail::read_resize_bilinear},
    operator_mapping{builtin::resize_nearest_neighbor, op::resize, 2, 2, 1,
                     options_type::resize_nearest_neighbor, false, detail::read_resize_nearest},
    operator_mapping{builtin::rsqrt, op::unary, 1, 1, 1, options_type::none, false,
                     detail::read_unary<unary_function::rsqrt>},
    operator_mapping{builtin::sign, op::unary, 1, 1, 1, options_type::none, false,
                     detail::read_unary<unary_function::sign>},
    operator_mapping{builtin::slice, op::slice, 3, 3, 1, options_type::none, false, detail::read_slice},
    operator_mapping{builtin::softmax, op::softmax, 1, 1, 1, options_type::softmax, true,
                     detail::read_softmax},
    operator_mapping{builtin::split, op::slice, 2, 2, 2, options_type::none, false, nullptr,
                     detail::read_split, true},
    operator_mapping{builtin::split_v, op::slice, 3, 3, 3, options_type::none, false, nullptr,
                     detail::read_split_v, true},
    operator_mapping{builtin::sqrt, op::unary, 1, 1, 1, options_type::none, false,
                     detail::read_unary<unary_function::sqrt>},
    operator_mapping{builtin::square, op::unary, 1, 1, 1, options_type::none, false,
                     detail::read_unary<unary_function::square>},
    operator_mapping{builtin::squared_difference, op::binary, 2, 2, 2, options_type::none, false, nullptr,
                     detail::read_squared_difference},
    operator_mapping{builtin::squeeze, op::reshape, 1, 1, 1, options_type::none, false, detail::read_nothing},
    operator_mapping{builtin::strided_slice, op::slice, 4, 4, 1, options_type::strided_slice, true,
                     detail::read_strided_slice},
    operator_mapping{builtin::sub, op::binary, 2, 2, 2, options_type::sub, false,
                     detail::read_arithmetic<binary_function::sub>},
    operator_mapping{builtin::sum, op::reduce, 2, 2, 1, options_type::none, false,
                     detail::read_reduction<reduction::sum>},
    operator_mapping{builtin::svdf, op::recurrent, 5, 5, 5, options_type::svdf, true, nullptr,
                     detail::read_svdf},
    operator_mapping{builtin::tanh, op::unary, 1, 1, 1, options_type::none, false,
                     detail::read_unary<unary_function::tanh>},
    operator_mapping{builtin::transpose, op::transpose, 2, 2, 1, options_type::none, false,
                     detail::read_axes},
    operator_mapping{builtin::transpose_conv, op::transpose_conv2d, 3, 4, 3, options_type::transpose_conv,
                     true, detail::read_transpose_conv, nullptr, false, true},
    operator_mapping{builtin::unidirectional_sequence_lstm, op::recurrent, 20, 24, 24,
                     options_type::unidirectional_sequence_lstm, true, nullptr, detail::read_lstm},
    operator_mapping{builtin::unpack, op::slice, 1, 1, 1, options_type::unpack, true, nullptr,
                     detail::read_unpack, true}};

/// The mapping of an operator, or null where linnet does not read it.
[[nodiscard]] constexpr operator_mapping const* find_mapping(std::int32_t code) {
  for (operator_mapping const& mapping : operator_mappings) {
    if (static_cast<std::int32_t>(mapping.code) == code) return &mapping;
  }
  return nullptr;
}

}  // namespace linnet::inline LINNET_ISA::io::tflite
