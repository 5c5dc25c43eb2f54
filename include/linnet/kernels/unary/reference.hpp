// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/elementwise/reference.hpp>
#include <linnet/kernels/unary/descriptor.hpp>
#include <linnet/kernels/unary/values.hpp>

namespace linnet::inline LINNET_ISA::kernels::unary {

namespace detail {

/// The function of a stored integer.
template <class Extent, class T, class Policy, unary_function F>
[[nodiscard]] constexpr T integer_value(descriptor<Extent, T, Policy, F> const& d, T x) {
  std::int32_t const steps = std::int32_t{x} - d.input_zero_point;
  std::int32_t result = 0;
  if constexpr (F == unary_function::tanh) {
    result = integer_tanh<Policy>(steps, d.factors.first, d.factors.radius);
  } else if constexpr (F == unary_function::leaky_relu) {
    result = Policy::apply(steps, steps < 0 ? d.factors.second : d.factors.first);
  } else {
    result = integer_hard_swish(steps, d.factors.first, d.factors.second);
  }
  return static_cast<T>(clamp<std::int32_t>(wrapping_add(result, d.output.zero_point), d.output.clamp.low,
                                            d.output.clamp.high));
}

}  // namespace detail

/// Some rows. Floats: the double result rounded once, so within one unit in the last place of what any other
/// machine makes. No packed constants, no scratch.
template <class Extent, class T, class Policy, unary_function F>
constexpr void rows(descriptor<Extent, T, Policy, F> const& d, row_window window, row_span const& out,
                    std::byte const*, std::byte*, arch::scalar) {
  elementwise::detail::map_rows<T, T>(d.row, window, out, [&](T x) {
    if constexpr (std::floating_point<T>) {
      return static_cast<float>(
          real_value<F>(static_cast<double>(x), static_cast<double>(d.a), static_cast<double>(d.b)));
    } else {
      return detail::integer_value(d, x);
    }
  });
}

}  // namespace linnet::inline LINNET_ISA::kernels::unary
