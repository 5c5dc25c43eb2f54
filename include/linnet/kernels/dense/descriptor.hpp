// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/contract.hpp>
#include <linnet/kernels/dynamic_input.hpp>

/// Fully connected layers. Operands, elements side by side: inputs[0] (pixel, input); constants.weights
/// (unit, input), bias (unit), one weight scale or one for each unit; output (pixel, unit). Weights are
/// packed for the kernel at hand (`pack_exact`; scalar kernels: `channel_records`). Without a graph
/// (runtime/whole_layer.hpp):
/// ```
/// dense::problem const p{.input = {1, 1, 2, 64}, .output = {1, 1, 2, 10}};  // two rows of 64
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{x}, y, {w, bias, scales}}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::dense {

/// output[x, o] = clamp(requantize(bias[o] + sum over i of weights[o, i] * input[x, i])), for every pixel x.
struct problem {
  /// s8, u8, f32: all of that type; s16: weights of s8.
  element_type input_type = s8, weight_type = s8, output_type = s8;
  /// Of integers; s16: double_rounding or reduced_multiplier (64-bit bias).
  linnet::rounding rounding = rounding::double_rounding;
  linnet::activation activation = activation::none;      ///< what the result is clamped to
  image_shape input, output;                             ///< (1, 1, pixels, inputs) and (1, 1, pixels, units)
  quantization input_quantization, output_quantization;  ///< none of floats
  std::int32_t weight_zero_point = 0;                    ///< of stored weights; s16: 0
  stored_bounds bounds{};                                ///< in place of the activation's
  /// Of f32 with weights of s8: each pixel's own.
  linnet::dynamic_quantization dynamic_quantization = linnet::dynamic_quantization::none;
};

/// What a kernel reads.
template <class Extent, class T, class Policy>
struct descriptor {
  Extent pixels, inputs, units;    ///< rows, and elements of each
  std::int16_t weight_zero_point;  ///< of stored weights
  output_stage<T> output;

  /// Precondition: every extent fits Extent.
  constexpr explicit descriptor(problem const& p)
      : pixels(static_cast<Extent>(p.input.width)),
        inputs(static_cast<Extent>(p.input.channels)),
        units(static_cast<Extent>(p.output.channels)),
        weight_zero_point(static_cast<std::int16_t>(p.weight_zero_point)),
        output{p.output_quantization.zero_point, clamp_for<T>(p)} {}
};

/// What a kernel reads of a problem whose inputs are quantized when it is computed.
template <class Extent>
struct dynamic_descriptor : descriptor<Extent, float, scaled_weights> {
  linnet::dynamic_quantization scheme;  ///< not none

  /// Precondition: every extent fits Extent; `is_dynamic(p)`.
  constexpr explicit dynamic_descriptor(problem const& p)
      : descriptor<Extent, float, scaled_weights>(p), scheme(p.dynamic_quantization) {}
};

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  if (is_dynamic(p)) return f(dynamic_descriptor<Extent>(p));
  return with_layer_arithmetic(p, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
    return f(descriptor<Extent, T, Policy>(p));
  });
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  if constexpr (is_dynamic(P)) {
    return dynamic_descriptor<Extent>(P);
  } else {
    using types = layer_arithmetic<P.input_type, P.weight_type, P.rounding>;
    return descriptor<Extent, typename types::element, typename types::policy>(P);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::dense
