// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/contract.hpp>

namespace linnet::inline LINNET_ISA::kernels::dense {

/// output[x, o] = clamp(requantize(bias[o] + sum over i of weights[o, i] * input[x, i])), for every pixel x.
struct problem {
  element_type input_type = s8, weight_type = s8, output_type = s8;
  linnet::rounding rounding = rounding::double_rounding;
  linnet::activation activation = activation::none;
  image_shape input, output;  ///< (1, 1, pixels, inputs) and (1, 1, pixels, units)
  quantization input_quantization, output_quantization;
  std::int32_t weight_zero_point = 0;
  stored_bounds bounds{};  ///< in place of the activation's
};

template <class Extent, class T, class Policy>
struct descriptor {
  Extent pixels, inputs, units;
  std::int16_t weight_zero_point;
  output_stage<T> output;

  /// Precondition: every extent fits Extent.
  constexpr explicit descriptor(problem const& p)
      : pixels(static_cast<Extent>(p.input.width)),
        inputs(static_cast<Extent>(p.input.channels)),
        units(static_cast<Extent>(p.output.channels)),
        weight_zero_point(static_cast<std::int16_t>(p.weight_zero_point)),
        output{p.output_quantization.zero_point, clamp_for<T>(p)} {}
};

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  return with_arithmetic(p.input_type, p.rounding, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
    return f(descriptor<Extent, T, Policy>(p));
  });
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  using types = arithmetic<P.input_type, P.rounding>;
  return descriptor<Extent, typename types::element, typename types::policy>(P);
}

}  // namespace linnet::inline LINNET_ISA::kernels::dense
