// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/base/math.hpp>
#include <linnet/base/span.hpp>
#include <linnet/graph/error.hpp>
#include <linnet/graph/graph.hpp>
#include <linnet/quantization/multiplier.hpp>

namespace linnet::inline LINNET_ISA {

/// How many elements one tensor may have: then the product of any of its extents is an int32 too (merged
/// batches, rows of a dense layer).
inline constexpr std::int64_t max_elements = std::numeric_limits<std::int32_t>::max();

// What builder and `validate` ask of a tensor's and a node's numbers alike.
namespace detail {

[[nodiscard]] constexpr bool has_weights(op kind) {
  return kind == op::conv2d || kind == op::depthwise_conv2d || kind == op::dense ||
         kind == op::transpose_conv2d;
}

[[nodiscard]] constexpr graph_fault shape_soundness(shape const& s) {
  for (std::int32_t extent : s) {
    if (extent < 1) return graph_fault::empty_tensor;
  }
  return s.elements(max_elements) < 0 ? graph_fault::tensor_too_large : graph_fault::none;
}

[[nodiscard]] constexpr bool is_scale(float scale) { return is_finite(scale) && scale > 0.0f; }

[[nodiscard]] constexpr bool zero_point_fits(element_type type, std::int32_t zero_point) {
  switch (type) {
    case s8: return zero_point >= -128 && zero_point <= 127;
    case u8: return zero_point >= 0 && zero_point <= 255;
    case s4: return zero_point >= -8 && zero_point <= 7;
    default: return zero_point == 0;
  }
}

[[nodiscard]] constexpr graph_fault quantization_soundness(element_type type, quantization const& q) {
  if (q.present() && !is_scale(q.scale)) return graph_fault::bad_scale;
  return zero_point_fits(type, q.zero_point) ? graph_fault::none : graph_fault::bad_zero_point;
}

[[nodiscard]] constexpr bool is_scaled_integer(tensor_info const& t) {
  bool const integer = t.type == s8 || t.type == u8 || t.type == s16 || t.type == s4;
  return integer && t.quantization.present();
}

/// TFLite's addition brings both operands to twice the larger scale and 20 more bits (s16: 15), then to the
/// output's.
[[nodiscard]] constexpr bool adds_representably(double a, double b, double output, int raised = 20) {
  double const common = 2.0 * max(a, b);
  return is_representable(a / common) && is_representable(b / common) &&
         is_representable(common / (exp2(raised) * output));
}

/// The same for functions of two operands.
[[nodiscard]] constexpr bool combines_representably(node const& n, element_type type, double a, double b,
                                                    double output) {
  switch (n.binary) {
    case binary_function::add:
    case binary_function::sub: return adds_representably(a, b, output, type == s16 ? 15 : 20);
    case binary_function::mul: return is_representable(a * b / output);
    case binary_function::prelu: return is_representable(a / output) && is_representable(a * b / output);
    default: return true;
  }
}

/// Whether the factors by which a node takes accumulators to its output's scale are multipliers that
/// `make_multiplier` keeps, or under `float_half_even` numbers that float32 holds. Asks only nodes of
/// integers under these policies, and weights with one scale for all: a channel that died in training may
/// well have a vanishing scale of its own.
[[nodiscard]] constexpr bool has_representable_multipliers(graph_view const& g, node const& n) {
  bool const multiplies = n.rounding == rounding::double_rounding ||
                          n.rounding == rounding::single_rounding ||
                          n.rounding == rounding::reduced_multiplier;
  bool const scales = n.rounding == rounding::float_half_even;
  if (!(multiplies || scales) || !is_scaled_integer(g.output(n))) return true;
  for (std::size_t i = 0; i < (has_weights(n.kind) ? 2u : n.inputs.count); ++i) {
    if (!is_scaled_integer(g.input(n, i))) return true;
  }
  auto const scale = [&](std::size_t i) { return static_cast<double>(g.input(n, i).quantization.scale); };
  auto const output = static_cast<double>(g.output(n).quantization.scale);
  constexpr auto most = static_cast<double>(std::numeric_limits<float>::max());
  auto const fits = [&](double factor) { return multiplies ? is_representable(factor) : factor <= most; };
  switch (n.kind) {
    case op::conv2d:
    case op::depthwise_conv2d:
    case op::dense:
    case op::transpose_conv2d:
    case op::batch_matmul: {
      double const products = scale(0) * scale(1);
      return fits(products / output) && (multiplies || products <= most);
    }
    case op::add: return scales || adds_representably(scale(0), scale(1), output);
    case op::binary: return scales || combines_representably(n, g.output(n).type, scale(0), scale(1), output);
    case op::unary: {
      if (n.unary != unary_function::leaky_relu) return true;
      return fits(scale(0) / output) && fits(scale(0) * static_cast<double>(n.alpha) / output);
    }
    case op::mean:
    case op::relu:
    case op::requantize: return fits(scale(0) / output);
    case op::concat:
      for (std::size_t i = 0; i < n.inputs.count; ++i) {
        if (!fits(scale(i) / output)) return false;
      }
      return true;
    default: return true;
  }
}

/// What is wrong with this as a state's update; nothing where it may replace the state.
[[nodiscard]] constexpr graph_fault update_soundness(tensor_info const& state, tensor_info const& update) {
  if (is_constant(update)) return graph_fault::operand_is_constant;
  bool const alike = state.shape == update.shape && state.type == update.type &&
                     state.quantization == update.quantization && update.channel_scales.count == 0;
  return alike ? graph_fault::none : graph_fault::update_differs;
}

/// Whether a tensor is one of these states, perhaps under another shape: a reshape moves nothing.
[[nodiscard]] constexpr bool is_state(graph_view const& g, span<tensor_id const> states, tensor_id id) {
  if (states.empty()) return false;
  for (std::size_t i = g.nodes.size(); i-- > 0;) {  // makers stand in front of readers
    if (g.nodes[i].kind == op::reshape && g.outputs(g.nodes[i])[0] == id) id = g.inputs(g.nodes[i])[0];
  }
  for (tensor_id state : states) {
    if (state == id) return true;
  }
  return false;
}

}  // namespace detail
}  // namespace linnet::inline LINNET_ISA
