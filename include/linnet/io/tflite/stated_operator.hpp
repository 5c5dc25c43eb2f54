// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>
#include <string>

#include <linnet/graph/node.hpp>
#include <linnet/io/tflite/operator_names.hpp>
#include <linnet/io/tflite/tensors.hpp>

namespace linnet::inline LINNET_ISA::io::tflite {

/// The largest kernel extent, stride and dilation of a window, and the largest image extent and amount of
/// padding.
inline constexpr std::int32_t most_window = 1 << 14, most_image_extent = 1 << 20;

/// An operator as the file states it: its options, its operands as the file numbers them, and its first
/// operand and its result as the network knows them.
struct stated_operator {
  builtin code;                       ///< which operator it is
  table options;                      ///< absent where the file has none
  number_list<std::int32_t> inputs;   ///< as the file numbers them
  tensor_reader const& tensors;       ///< of the file
  tensor_info const& output;          ///< its result
  tensor_info const& first;           ///< its first operand
  linnet::shape second{};             ///< of the second operand, where it is a tensor of the network
  element_type second_type = f32;     ///< of the same
  bool second_scales_differ = false;  ///< whether its channels have scales of their own
};

/// Copies an operator's options into a node's attributes.
using attribute_reader = result<void> (*)(stated_operator const&, node&);

namespace detail {

[[nodiscard]] inline result<activation> activation_of(std::int8_t stated) {
  switch (static_cast<fused_activation>(stated)) {
    case fused_activation::none: return activation::none;
    case fused_activation::relu: return activation::relu;
    case fused_activation::relu_n1_to_1: return activation::relu_n1_to_1;
    case fused_activation::relu6: return activation::relu6;
    case fused_activation::tanh:
      return fail(errc::not_supported, "the fused activation TANH is not supported");
    case fused_activation::sign_bit:
      return fail(errc::not_supported, "the fused activation SIGN_BIT is not supported");
  }
  return fail(errc::malformed, "fused activation " + std::to_string(stated) + " does not exist");
}

[[nodiscard]] inline result<void> read_activation(stated_operator const& from, unsigned field, node& into) {
  auto const read = activation_of(from.options.number<std::int8_t>(field));
  if (!read) return unexpected(read.error());
  into.activation = *read;
  return {};
}

/// Floats by weights of int8: TensorFlow Lite quantizes the floats when it computes the layer.
inline void read_dynamic(stated_operator const& from, bool asymmetric, node& into) {
  if (from.first.type != f32 || from.second_type != s8) return;
  into.dynamic_quantization = asymmetric ? dynamic_quantization::asymmetric : dynamic_quantization::symmetric;
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::tflite
