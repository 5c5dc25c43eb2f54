// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/expected.hpp>
#include <linnet/graph/error.hpp>
#include <linnet/graph/graph.hpp>
#include <linnet/graph/soundness.hpp>
#include <linnet/kernels/traits.hpp>

// What kernels ask of a node's tensors, whichever kernel it is: types of constants, scales.
namespace linnet::inline LINNET_ISA::detail {

[[nodiscard]] constexpr unexpected<graph_error> lowering_fault(graph_fault fault, tensor_id id) {
  return unexpected<graph_error>({.fault = fault, .tensor = id});
}

/// Integer operands need one scale; weights (operand 1 of a layer that has them) may have one a channel.
[[nodiscard]] constexpr bool is_usable(tensor_info const& t, bool weights = false) {
  bool const scaled = kernels::is_quantized(t.type) || t.type == s16 || t.type == s4;
  if (!scaled || t.role == tensor_role::packed) return true;
  return t.channel_scales.count == 0 ? t.quantization.present() : weights;
}

[[nodiscard]] constexpr expected<void, graph_error> require_scales(graph_view const& g, node const& n) {
  for (std::size_t i = 0; i < n.inputs.count; ++i) {
    tensor_id const id = g.inputs(n)[i];
    if (!is_usable(g.tensor(id), has_weights(n.kind) && i == 1))
      return lowering_fault(graph_fault::bad_scale, id);
  }
  if (!is_usable(g.output(n))) return lowering_fault(graph_fault::bad_scale, g.outputs(n)[0]);
  return {};
}

/// Rescaling under a policy of shifts: powers of two, or a copy.
[[nodiscard]] constexpr expected<void, graph_error> require_rescalable(graph_view const& g, node const& n) {
  if (auto scaled = require_scales(g, n); !scaled) return scaled;
  float const to = g.output(n).quantization.scale;
  for (tensor_id id : g.inputs(n)) {
    float const from = g.tensor(id).quantization.scale;
    if (!kernels::is_quantized(g.tensor(id).type) || from == to) continue;
    bool const accepted =
        with_policy(n.rounding, [&](auto policy) { return policy.accepts(from, 1.0f, to); });
    if (!accepted) return lowering_fault(graph_fault::scales_not_power_of_two, id);
  }
  return {};
}

/// Operators that move or compare stored values need one quantization on both sides.
[[nodiscard]] constexpr expected<void, graph_error> require_same_quantization(graph_view const& g,
                                                                              node const& n) {
  tensor_info const &in = g.input(n), &out = g.output(n);
  if (in.type != out.type) return lowering_fault(graph_fault::types_not_supported, g.outputs(n)[0]);
  bool const stored = kernels::is_quantized(in.type) || in.type == s16;
  if (stored && !(in.quantization == out.quantization)) {
    return lowering_fault(graph_fault::scales_must_agree, g.outputs(n)[0]);
  }
  return {};
}

/// The weights' and the bias's types and scales; `axis` is the weights' output channel dimension.
[[nodiscard]] constexpr expected<void, graph_error> require_weights(graph_view const& g, node const& n,
                                                                    std::int32_t axis) {
  if (auto scaled = require_scales(g, n); !scaled) return scaled;
  tensor_info const &in = g.input(n), &weights = g.input(n, 1);
  bool const quantized = kernels::is_quantized(in.type) || in.type == s16;
  bool const dynamic = n.dynamic_quantization != dynamic_quantization::none;
  if (dynamic && (in.type != f32 || weights.type != s8))
    return lowering_fault(graph_fault::types_not_supported, g.inputs(n)[1]);
  element_type const sums = n.rounding == rounding::reduced_multiplier ? s64 : s32;
  if (n.inputs.count == 3 && g.input(n, 2).type != (quantized ? sums : f32)) {
    return lowering_fault(graph_fault::types_not_supported, g.inputs(n)[2]);
  }
  if (weights.channel_scales.count > 0 && weights.channel_axis != axis) {
    return lowering_fault(graph_fault::bad_channel_scales, g.inputs(n)[1]);
  }
  if (!quantized || weights.role == tensor_role::packed) return {};
  bool accepted = true;
  with_policy(n.rounding, [&](auto policy) {
    auto const check = [&](float scale) {
      accepted = accepted && policy.accepts(in.quantization.scale, scale, g.output(n).quantization.scale);
    };
    if (weights.channel_scales.count == 0) check(weights.quantization.scale);
    for (float scale : g.channel_scales(weights)) check(scale);
  });
  if (!accepted) return lowering_fault(graph_fault::scales_not_power_of_two, g.inputs(n)[1]);
  return {};
}

/// Whether all channels of a gate (or all of them, where there are no gates) have one scale.
[[nodiscard]] constexpr bool has_scales_of_gates(graph_view const& g, tensor_info const& weights,
                                                 std::size_t gates) {
  auto const scales = g.channel_scales(weights);
  if (scales.empty()) return weights.quantization.present() && weights.quantization.zero_point == 0;
  std::size_t const size = scales.size() / gates;
  for (std::size_t i = 0; i < scales.size(); ++i) {
    if (scales[i] != scales[i - i % size]) return false;
  }
  return weights.channel_axis == 0;
}

/// The types of a recurrent node's constants and of its state; a scale for each of an lstm's gates.
[[nodiscard]] constexpr expected<void, graph_error> require_recurrent(graph_view const& g, node const& n) {
  bool const lstm = n.recurrence == recurrence::lstm;
  element_type const type = g.input(n).type;
  if (!is_usable(g.input(n))) return lowering_fault(graph_fault::bad_scale, g.inputs(n)[0]);
  if (!is_usable(g.output(n))) return lowering_fault(graph_fault::bad_scale, g.outputs(n)[0]);
  bool const stored = n.state_type != f32;
  bool const state = stored == (type != f32) && (!stored || detail::is_scale(n.state.scale)) &&
                     (!lstm || !stored || is_power_of_two(n.state.scale));
  if (!state || g.output(n).type != type)
    return lowering_fault(graph_fault::types_not_supported, g.outputs(n)[0]);
  element_type const second = lstm ? kernels::weight_type_of(type) : n.state_type;
  element_type const bias = type == f32 ? f32 : lstm && type == s16 ? s64 : s32;
  element_type const wanted[3] = {kernels::weight_type_of(type), second, bias};
  for (std::size_t i = 1; i < n.inputs.count; ++i) {
    tensor_info const& constant = g.input(n, i);
    if (constant.role == tensor_role::packed) continue;
    if (constant.type != wanted[i - 1])
      return lowering_fault(graph_fault::types_not_supported, g.inputs(n)[i]);
    if (i < 3 && type != f32 && !has_scales_of_gates(g, constant, lstm ? 4 : 1))
      return lowering_fault(graph_fault::bad_channel_scales, g.inputs(n)[i]);
  }
  return {};
}

}  // namespace linnet::inline LINNET_ISA::detail
