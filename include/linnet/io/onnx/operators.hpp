// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstdint>
#include <string_view>

#include <linnet/io/onnx/axis_operators.hpp>
#include <linnet/io/onnx/casts.hpp>
#include <linnet/io/onnx/dense_operators.hpp>
#include <linnet/io/onnx/function_operators.hpp>
#include <linnet/io/onnx/integer_functions.hpp>
#include <linnet/io/onnx/integer_sums.hpp>
#include <linnet/io/onnx/matrix_operators.hpp>
#include <linnet/io/onnx/move_operators.hpp>
#include <linnet/io/onnx/normalization_operators.hpp>
#include <linnet/io/onnx/plain_operators.hpp>
#include <linnet/io/onnx/pool_operators.hpp>
#include <linnet/io/onnx/quantized_layers.hpp>
#include <linnet/io/onnx/quantized_operators.hpp>
#include <linnet/io/onnx/recurrent_operators.hpp>
#include <linnet/io/onnx/resize_operators.hpp>
#include <linnet/io/onnx/shape_operators.hpp>
#include <linnet/io/onnx/slice_operators.hpp>
#include <linnet/io/onnx/transpose_operators.hpp>
#include <linnet/io/onnx/window_operators.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

/// What an operator's activations may be.
enum class taken_types : std::uint8_t {
  floats,  ///< f32 only
  any      ///< integers, too: its reader looks, or their type does not matter
};

/// How one operator is read.
struct operator_mapping {
  std::string_view name;                    ///< as files call it
  int least_inputs, most_inputs;            ///< as the file counts them, those that are left out included
  operator_reader read;                     ///< makes nodes of it
  bool gives_every_output = false;          ///< else the first one
  taken_types takes = taken_types::floats;  ///< which types of activations
};

/// How many inputs one operator may have.
inline constexpr int most_inputs = 1 << 12;

/// Every operator that linnet reads. In the order of their names.
inline constexpr std::array operator_mappings{
    operator_mapping{"Abs", 1, 1, detail::read_function<unary_function::abs>},
    operator_mapping{"Add", 2, 2, detail::read_arithmetic<binary_function::add, detail::read_sum>, false,
                     taken_types::any},
    operator_mapping{"And", 2, 2, detail::read_logic<detail::combination<binary_function::mul>>, false,
                     taken_types::any},
    operator_mapping{"ArgMax", 1, 1, detail::read_index_of<false>, false, taken_types::any},
    operator_mapping{"ArgMin", 1, 1, detail::read_index_of<true>, false, taken_types::any},
    operator_mapping{"AveragePool", 1, 1, detail::read_average_pool},
    operator_mapping{"BatchNormalization", 5, 5, detail::read_batch_normalization},
    operator_mapping{"Cast", 1, 1, detail::read_cast, false, taken_types::any},
    operator_mapping{"Clip", 1, 3, detail::read_clip_of_any, false, taken_types::any},
    operator_mapping{"Concat", 1, most_inputs, detail::read_concat, false, taken_types::any},
    operator_mapping{"Constant", 0, 0, detail::read_constant_operator},
    operator_mapping{"Conv", 2, 3, detail::read_conv},
    operator_mapping{"ConvInteger", 2, 4, detail::read_conv_integer, false, taken_types::any},
    operator_mapping{"ConvTranspose", 2, 3, detail::read_conv_transpose},
    operator_mapping{"DepthToSpace", 1, 1, detail::read_depth_to_space, false, taken_types::any},
    operator_mapping{"DequantizeLinear", 2, 3, detail::read_dequantize_linear, false, taken_types::any},
    operator_mapping{
        "Div", 2, 2,
        detail::read_arithmetic<binary_function::div, detail::read_combined<binary_function::div>>, false,
        taken_types::any},
    operator_mapping{"Dropout", 1, 3, detail::read_dropout, true, taken_types::any},
    operator_mapping{"DynamicQuantizeLinear", 1, 1, detail::read_dynamic_quantize, true},
    operator_mapping{"Elu", 1, 1, detail::read_elu},
    operator_mapping{"Equal", 2, 2, detail::read_comparison<detail::is_equal>, false, taken_types::any},
    operator_mapping{"Exp", 1, 1, detail::read_function<unary_function::exp>},
    operator_mapping{"Expand", 2, 2, detail::read_expand, false, taken_types::any},
    operator_mapping{"Flatten", 1, 1, detail::read_flatten, false, taken_types::any},
    operator_mapping{"Floor", 1, 1, detail::read_function<unary_function::floor>},
    operator_mapping{"GRU", 3, 6, detail::read_recurrent<detail::recurrent_kind::gru>, true},
    operator_mapping{"Gather", 2, 2, detail::read_gather, false, taken_types::any},
    operator_mapping{"GatherElements", 2, 2, detail::read_gather_elements, false, taken_types::any},
    operator_mapping{"Gelu", 1, 1, detail::read_gelu},
    operator_mapping{"Gemm", 2, 3, detail::read_gemm},
    operator_mapping{"GlobalAveragePool", 1, 1, detail::read_global_average_pool},
    operator_mapping{"GlobalMaxPool", 1, 1, detail::read_global_max_pool, false, taken_types::any},
    operator_mapping{"Greater", 2, 2, detail::read_comparison<detail::is_greater>, false, taken_types::any},
    operator_mapping{"GreaterOrEqual", 2, 2, detail::read_comparison<detail::is_not_less>, false,
                     taken_types::any},
    operator_mapping{"HardSigmoid", 1, 1, detail::read_hard_sigmoid},
    operator_mapping{"HardSwish", 1, 1, detail::read_function<unary_function::hard_swish>},
    operator_mapping{"Identity", 1, 1, detail::read_identity, false, taken_types::any},
    operator_mapping{"LRN", 1, 1, detail::read_lrn},
    operator_mapping{"LSTM", 3, 8, detail::read_recurrent<detail::recurrent_kind::lstm>, true},
    operator_mapping{"LeakyRelu", 1, 1, detail::read_leaky_relu},
    operator_mapping{"Less", 2, 2, detail::read_comparison<detail::is_less>, false, taken_types::any},
    operator_mapping{"LessOrEqual", 2, 2, detail::read_comparison<detail::is_not_greater>, false,
                     taken_types::any},
    operator_mapping{"Log", 1, 1, detail::read_function<unary_function::log>},
    operator_mapping{"LogSoftmax", 1, 1, detail::read_log_softmax},
    operator_mapping{"MatMul", 2, 2, detail::read_mat_mul},
    operator_mapping{"MatMulInteger", 2, 4, detail::read_mat_mul_integer, false, taken_types::any},
    operator_mapping{
        "Max", 1, most_inputs,
        detail::read_arithmetic<binary_function::maximum, detail::read_combined<binary_function::maximum>>,
        false, taken_types::any},
    operator_mapping{"MaxPool", 1, 1, detail::read_max_pool, false, taken_types::any},
    operator_mapping{"Mean", 1, most_inputs, detail::read_mean_of_inputs},
    operator_mapping{
        "Min", 1, most_inputs,
        detail::read_arithmetic<binary_function::minimum, detail::read_combined<binary_function::minimum>>,
        false, taken_types::any},
    operator_mapping{"Mul", 2, 2, detail::read_arithmetic<binary_function::mul, detail::read_product>, false,
                     taken_types::any},
    operator_mapping{"Neg", 1, 1, detail::read_function<unary_function::neg>},
    operator_mapping{"Not", 1, 1, detail::read_logic<detail::combination<binary_function::mul>>, false,
                     taken_types::any},
    operator_mapping{"Or", 2, 2, detail::read_logic<detail::combination<binary_function::maximum>>, false,
                     taken_types::any},
    operator_mapping{"PRelu", 2, 2, detail::read_combined<binary_function::prelu>},
    operator_mapping{"Pad", 1, 4, detail::read_pad, false, taken_types::any},
    operator_mapping{"Pow", 2, 2, detail::read_power},
    operator_mapping{"QLinearConv", 8, 9, detail::read_qlinear_conv, false, taken_types::any},
    operator_mapping{"QLinearMatMul", 8, 8, detail::read_qlinear_mat_mul, false, taken_types::any},
    operator_mapping{"QuantizeLinear", 2, 3, detail::read_quantize_linear},
    operator_mapping{"RNN", 3, 6, detail::read_recurrent<detail::recurrent_kind::rnn>, true},
    operator_mapping{"Reciprocal", 1, 1, detail::read_function<unary_function::reciprocal>},
    operator_mapping{"ReduceMax", 1, 2, detail::read_reduce<reduction::maximum>, false, taken_types::any},
    operator_mapping{"ReduceMean", 1, 2, detail::read_reduce_mean},
    operator_mapping{"ReduceMin", 1, 2, detail::read_reduce<reduction::minimum>, false, taken_types::any},
    operator_mapping{"ReduceSum", 1, 2, detail::read_reduce_sum},
    operator_mapping{"ReduceSumSquare", 1, 2, detail::read_reduce_sum_square},
    operator_mapping{"Relu", 1, 1, detail::read_relu},
    operator_mapping{"Reshape", 2, 2, detail::read_reshape, false, taken_types::any},
    operator_mapping{"Resize", 1, 4, detail::read_resize},
    operator_mapping{"Sigmoid", 1, 1, detail::read_sigmoid},
    operator_mapping{"Sign", 1, 1, detail::read_function<unary_function::sign>},
    operator_mapping{"Slice", 1, 5, detail::read_slice, false, taken_types::any},
    operator_mapping{"Softmax", 1, 1, detail::read_softmax},
    operator_mapping{"Softplus", 1, 1, detail::read_function<unary_function::softplus>},
    operator_mapping{"SpaceToDepth", 1, 1, detail::read_space_to_depth, false, taken_types::any},
    operator_mapping{"Split", 1, 2, detail::read_split, true, taken_types::any},
    operator_mapping{"Sqrt", 1, 1, detail::read_function<unary_function::sqrt>},
    operator_mapping{"Squeeze", 1, 2, detail::read_squeeze, false, taken_types::any},
    operator_mapping{
        "Sub", 2, 2,
        detail::read_arithmetic<binary_function::sub, detail::read_combined<binary_function::sub>>, false,
        taken_types::any},
    operator_mapping{"Sum", 1, most_inputs, detail::read_sum},
    operator_mapping{"Swish", 1, 1, detail::read_swish},
    operator_mapping{"Tanh", 1, 1, detail::read_function<unary_function::tanh>},
    operator_mapping{"Tile", 2, 2, detail::read_tile, false, taken_types::any},
    operator_mapping{"Transpose", 1, 1, detail::read_transpose, false, taken_types::any},
    operator_mapping{"Unsqueeze", 1, 2, detail::read_unsqueeze, false, taken_types::any},
    operator_mapping{"Upsample", 1, 2, detail::read_resize},
    operator_mapping{"Where", 3, 3, detail::read_where, false, taken_types::any},
    operator_mapping{"Xor", 2, 2, detail::read_logic<detail::differ>, false, taken_types::any}};

/// The mapping of an operator, or null where linnet does not read it.
[[nodiscard]] constexpr operator_mapping const* find_mapping(std::string_view name) {
  for (operator_mapping const& mapping : operator_mappings) {
    if (mapping.name == name) return &mapping;
  }
  return nullptr;
}

}  // namespace linnet::inline LINNET_ISA::io::onnx
