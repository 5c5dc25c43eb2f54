// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

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

/// One stored number as one of another type.
template <class Extent>
constexpr void cast_number(any_cast_descriptor<Extent> const& d, std::byte const* from, std::byte* to) {
  auto const give = [&](auto x) {
    with_number(d.to, [&]<class To>(std::type_identity<To>) { store(to, cast_to<To>(x)); });
  };
  if (d.from == f32) return give(load<float>(from));
  give(with_number(
      d.from, [&]<class From>(std::type_identity<From>) { return cast_to<std::int64_t>(load<From>(from)); }));
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

/// Some rows of tanh of 16 bits. No packed constants, no scratch.
template <class Extent>
constexpr void rows(wide_tanh_descriptor<Extent> const& d, row_window window, row_span const& out,
                    std::byte const*, std::byte*, arch::scalar) {
  elementwise::detail::map_rows<std::int16_t, std::int16_t>(
      d.row, window, out, [&](std::int16_t x) { return tanh_16(d.steps(x)); });
}

/// Some rows, element by element (`cast_to`). No packed constants, no scratch.
template <class Extent, class From, class To>
constexpr void rows(cast_descriptor<Extent, From, To> const& d, row_window window, row_span const& out,
                    std::byte const*, std::byte*, arch::scalar) {
  elementwise::detail::map_rows<From, To>(d.row, window, out, [](From x) { return cast_to<To>(x); });
}
/// The same, each integer as one of 64 bits on its way.
template <class Extent>
constexpr void rows(any_cast_descriptor<Extent> const& d, row_window window, row_span const& out,
                    std::byte const*, std::byte*, arch::scalar) {
  std::int64_t const step = bytes_of(d.from, 1), made = bytes_of(d.to, 1);
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.row.width; ++x) {
      std::byte const* from = row.data + std::int64_t{x} * row.pixel_stride;
      std::byte* to = out.data + y * out.row_stride + std::int64_t{x} * out.pixel_stride;
      for (std::int32_t c = 0; c < d.row.channels; ++c, from += step, to += made)
        detail::cast_number(d, from, to);
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::unary
