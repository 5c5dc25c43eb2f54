// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <string_view>

#include <linnet/io/onnx/axis_operators.hpp>
#include <linnet/io/onnx/dense_operators.hpp>
#include <linnet/io/onnx/plain_operators.hpp>
#include <linnet/io/onnx/shape_operators.hpp>
#include <linnet/io/onnx/window_operators.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

/// How one operator is read.
struct operator_mapping {
  std::string_view name;
  int least_inputs, most_inputs;  // as the file counts them, those that are left out included
  operator_reader read;
};

/// How many inputs one operator may have.
inline constexpr int most_inputs = 1 << 12;

/// Every operator that linnet reads. In the order of their names.
inline constexpr std::array operator_mappings{
    operator_mapping{"Add", 2, 2, detail::read_add},
    operator_mapping{"AveragePool", 1, 1, detail::read_average_pool},
    operator_mapping{"BatchNormalization", 5, 5, detail::read_batch_normalization},
    operator_mapping{"Clip", 1, 3, detail::read_clip},
    operator_mapping{"Concat", 1, most_inputs, detail::read_concat},
    operator_mapping{"Constant", 0, 0, detail::read_constant_operator},
    operator_mapping{"Conv", 2, 3, detail::read_conv},
    operator_mapping{"Dropout", 1, 3, detail::read_dropout},
    operator_mapping{"Flatten", 1, 1, detail::read_flatten},
    operator_mapping{"Gemm", 2, 3, detail::read_gemm},
    operator_mapping{"GlobalAveragePool", 1, 1, detail::read_global_average_pool},
    operator_mapping{"Identity", 1, 1, detail::read_identity},
    operator_mapping{"MatMul", 2, 2, detail::read_mat_mul},
    operator_mapping{"MaxPool", 1, 1, detail::read_max_pool},
    operator_mapping{"Mul", 2, 2, detail::read_mul},
    operator_mapping{"Pad", 1, 4, detail::read_pad},
    operator_mapping{"ReduceMean", 1, 2, detail::read_reduce_mean},
    operator_mapping{"Relu", 1, 1, detail::read_relu},
    operator_mapping{"Reshape", 2, 2, detail::read_reshape},
    operator_mapping{"Sigmoid", 1, 1, detail::read_sigmoid},
    operator_mapping{"Softmax", 1, 1, detail::read_softmax},
    operator_mapping{"Squeeze", 1, 2, detail::read_squeeze},
    operator_mapping{"Sum", 1, 2, detail::read_add},
    operator_mapping{"Transpose", 1, 1, detail::read_transpose},
    operator_mapping{"Unsqueeze", 1, 2, detail::read_unsqueeze}};

/// The mapping of an operator, or null where linnet does not read it.
[[nodiscard]] constexpr operator_mapping const* find_mapping(std::string_view name) {
  for (operator_mapping const& mapping : operator_mappings) {
    if (mapping.name == name) return &mapping;
  }
  return nullptr;
}

}  // namespace linnet::inline LINNET_ISA::io::onnx
