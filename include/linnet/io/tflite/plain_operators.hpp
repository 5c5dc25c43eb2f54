// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>
#include <string>

#include <linnet/io/tflite/stated_operator.hpp>

namespace linnet::inline LINNET_ISA::io::tflite {

namespace detail {

[[nodiscard]] inline result<void> read_fully_connected(stated_operator const& from, node& into) {
  using f = fully_connected_fields;
  auto const format = from.options.number<std::int8_t>(f::weights_format);
  if (format == static_cast<std::int8_t>(weights_format::shuffled4x16_int8)) {
    return fail(errc::not_supported, "weights in the format SHUFFLED4x16INT8 are not supported");
  }
  if (format != 0)
    return fail(errc::malformed, "weights format " + std::to_string(format) + " does not exist");
  read_dynamic(from, from.options.flag(f::asymmetric), into);
  return read_activation(from, f::activation, into);
}

/// Of 16 bits all sums have 64.
[[nodiscard]] inline result<void> read_batch_matmul(stated_operator const& from, node& into) {
  using f = batch_matmul_fields;
  into.transposed = {from.options.flag(f::adj_x), from.options.flag(f::adj_y)};
  if (from.output.type == s16) into.rounding = rounding::reduced_multiplier;
  return {};
}

/// A function of two operands with a fused activation.
template <binary_function F>
[[nodiscard]] result<void> read_arithmetic(stated_operator const& from, node& into) {
  into.binary = F;
  return read_activation(from, add_fields::activation, into);
}
template <binary_function F>
[[nodiscard]] result<void> read_binary(stated_operator const&, node& into) {
  into.binary = F;
  return {};
}
/// Sums of bytes and floats of one shape have an operator of their own.
[[nodiscard]] inline result<void> read_add(stated_operator const& from, node& into) {
  if (from.output.type == s16 || !(from.first.shape == from.second)) into.kind = op::binary;
  return read_activation(from, add_fields::activation, into);
}

template <unary_function F>
[[nodiscard]] result<void> read_unary(stated_operator const&, node& into) {
  into.unary = F;
  if (F == unary_function::elu) into.alpha = 1.0f;
  return {};
}
[[nodiscard]] inline result<void> read_leaky_relu(stated_operator const& from, node& into) {
  into.unary = unary_function::leaky_relu;
  into.alpha = from.options.number<float>(leaky_relu_fields::alpha);
  if (is_finite(into.alpha)) return {};
  return fail(errc::invalid_graph, "alpha " + in_words(into.alpha) + " is not finite");
}

/// The form with tanh where the file says that it approximates, else the one with erf.
[[nodiscard]] inline result<void> read_gelu(stated_operator const& from, node& into) {
  into.unary = unary_function::gelu;
  into.alpha = from.options.flag(gelu_fields::approximate) ? 0.0f : 1.0f;
  return {};
}

[[nodiscard]] inline result<void> read_softmax(stated_operator const& from, node& into) {
  into.beta = from.options.number<float>(softmax_fields::beta);
  if (is_finite(into.beta) && into.beta > 0.0f) return {};
  return fail(errc::invalid_graph, "beta " + in_words(into.beta) + " is not a finite positive number");
}

[[nodiscard]] inline result<void> read_log_softmax(stated_operator const&, node& into) {
  into.unary = unary_function::log;
  return {};
}

[[nodiscard]] inline bool is_float(element_type type) { return type == f32 || type == f16; }

[[nodiscard]] inline result<void> read_quantize(stated_operator const& from, node& into) {
  if (is_float(from.output.type)) {
    return fail(errc::not_supported,
                "quantizing to " + std::string(name_of(from.output.type)) + " is not supported");
  }
  into.kind = is_float(from.first.type) ? op::quantize : op::requantize;
  return {};
}

[[nodiscard]] inline result<void> read_dequantize(stated_operator const& from, node&) {
  if (!is_float(from.first.type) && is_float(from.output.type)) return {};
  return fail(errc::not_supported, "dequantizing " + std::string(name_of(from.first.type)) + " to " +
                                       std::string(name_of(from.output.type)) + " is not supported");
}

[[nodiscard]] inline result<void> read_relu(stated_operator const& from, node& into) {
  into.activation = from.code == builtin::relu    ? activation::relu
                    : from.code == builtin::relu6 ? activation::relu6
                                                  : activation::relu_n1_to_1;
  return {};
}

[[nodiscard]] inline result<void> read_nothing(stated_operator const&, node&) { return {}; }

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::tflite
