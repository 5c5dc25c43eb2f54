// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/binary/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::binary {

namespace detail {

[[nodiscard]] constexpr float real_value(binary_function f, float a, float b) {
  switch (f) {
    case binary_function::add: return a + b;
    case binary_function::sub: return a - b;
    case binary_function::mul: return a * b;
    case binary_function::div: return a / b;
    case binary_function::maximum: return a < b ? b : a;
    case binary_function::minimum: return b < a ? b : a;
    case binary_function::prelu: break;
  }
  return a < 0.0f ? a * b : a;
}

/// The function of two stored elements.
template <class Extent, class T, class Policy, group Group>
[[nodiscard]] constexpr T value_of(descriptor<Extent, T, Policy, Group> const& d, T a, T b) {
  using enum binary_function;
  if constexpr (std::floating_point<T>) {
    return clamp(real_value(d.function, a, b), d.output.clamp.low, d.output.clamp.high);
  } else if constexpr (Group == group::extremes) {
    return clamp(d.function == maximum ? max(a, b) : min(a, b), d.output.clamp.low, d.output.clamp.high);
  } else {
    std::int32_t const x = std::int32_t{a} - d.a_zero_point, y = std::int32_t{b} - d.b_zero_point;
    if constexpr (Group == group::products) {
      bool const is_identity = d.function == prelu && x >= 0;
      return d.output.template operator()<Policy>(is_identity ? x : wrapping_multiply(x, y),
                                                  is_identity ? d.factors.a : d.factors.output);
    } else {
      std::int32_t const scaled_a = Policy::apply(x * (1 << d.left_shift), d.factors.a),
                         scaled_b = Policy::apply(y * (1 << d.left_shift), d.factors.b);
      return d.output.template operator()<Policy>(
          wrapping_add(scaled_a, d.function == sub ? -scaled_b : scaled_b), d.factors.output);
    }
  }
}

/// Bytes from one entry of each dimension to the next; `repeated` dimensions stay where they are.
using steps = std::array<std::ptrdiff_t, max_rank>;
template <class Extent>
[[nodiscard]] constexpr steps steps_of(run_list<Extent> const& runs, std::uint8_t repeated,
                                       std::ptrdiff_t element) {
  steps made{};
  for (std::size_t i = max_rank; i-- > 0;) {
    if ((repeated >> i & 1) != 0) continue;
    made[i] = element;
    element *= runs.extents[i];
  }
  return made;
}

}  // namespace detail

/// Some rows of operands of one shape, or the whole of others, which lie side by side then. No packed
/// constants, no scratch. Floats: one operation of float32 each.
template <class Extent, class T, class Policy, group Group>
constexpr void rows(descriptor<Extent, T, Policy, Group> const& d, row_window a, row_window b,
                    row_span const& out, std::byte const*, std::byte*, arch::scalar) {
  constexpr std::size_t pixel = max_rank - 2, innermost = max_rank - 1;
  constexpr std::ptrdiff_t size = sizeof(T);
  auto const& extents = d.runs.extents;
  detail::steps a_step = detail::steps_of(d.runs, d.runs.a_repeated, size),
                b_step = detail::steps_of(d.runs, d.runs.b_repeated, size),
                out_step = detail::steps_of(d.runs, 0, size);
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const &a_row = a[static_cast<std::size_t>(y)], &b_row = b[static_cast<std::size_t>(y)];
    if (!d.repeats) {
      a_step[pixel] = a_row.pixel_stride;
      b_step[pixel] = b_row.pixel_stride;
      out_step[pixel] = out.pixel_stride;
    }
    std::byte const *from_a = a_row.data, *from_b = b_row.data;
    std::byte* to = out.data + y * out.row_stride;
    std::array<std::int32_t, max_rank> index{};
    for (std::size_t carried = 0;
         carried < max_rank;) {  // dimensions that started again; all of them: the end
      for (std::int32_t i = 0; i < extents[innermost]; ++i) {
        T const x = load<T>(from_a + i * a_step[innermost]), z = load<T>(from_b + i * b_step[innermost]);
        store<T>(to + i * size, detail::value_of(d, x, z));
      }
      for (carried = 1; carried < max_rank; ++carried) {  // the next run, inner dimensions first
        std::size_t const i = innermost - carried;
        from_a += a_step[i];
        from_b += b_step[i];
        to += out_step[i];
        if (++index[i] < extents[i]) break;
        from_a -= a_step[i] * extents[i];
        from_b -= b_step[i] * extents[i];
        to -= out_step[i] * extents[i];
        index[i] = 0;
      }
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::binary
