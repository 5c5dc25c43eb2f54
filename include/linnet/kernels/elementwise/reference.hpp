// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/elementwise/descriptor.hpp>
#include <linnet/quantization/fixed_point.hpp>

namespace linnet::inline LINNET_ISA::kernels::elementwise {

namespace detail {

/// Calls `f(input element) -> output element` for every element of some rows.
template <class In, class Out, class Extent, class F>
constexpr void map_rows(row_extents<Extent> const& extents, row_window window, row_span const& out,
                        F const& f) {
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < extents.width; ++x) {
      std::byte const* const from = row.data + std::int64_t{x} * row.pixel_stride;
      std::byte* const to = out.data + y * out.row_stride + std::int64_t{x} * out.pixel_stride;
      for (std::int32_t c = 0; c < extents.channels; ++c) {
        store<Out>(to + c * std::int32_t{sizeof(Out)}, f(load<In>(from + c * std::int32_t{sizeof(In)})));
      }
    }
  }
}

/// The logistic function of a stored integer (TFLite integer_ops/logistic.h).
template <class T, class Policy>
[[nodiscard]] constexpr T integer_logistic(std::int32_t steps, std::int32_t radius, multiplier factor) {
  constexpr std::int32_t lowest = std::numeric_limits<T>::min(), highest = std::numeric_limits<T>::max();
  if (steps <= -radius) return static_cast<T>(lowest);
  if (steps >= radius) return static_cast<T>(highest);
  std::int32_t const q0 = fixed_point::logistic<4>(Policy::apply(steps, factor));
  std::int32_t const q8 = rounding_shift_right<tie::away>(q0, 31 - 8);
  return static_cast<T>(clamp(q8 + lowest, lowest, highest));
}

/// The sum of two stored elements (TFLite integer_ops/add.h; floats: their clamped sum).
template <class Extent, class T, class Policy>
[[nodiscard]] constexpr T sum_of(add_descriptor<Extent, T, Policy> const& d, T a, T b) {
  if constexpr (std::floating_point<T>) {
    return clamp(a + b, d.output.clamp.low, d.output.clamp.high);
  } else {
    std::int32_t const raised_a = (std::int32_t{a} - d.a_zero_point) * (1 << d.left_shift);
    std::int32_t const raised_b = (std::int32_t{b} - d.b_zero_point) * (1 << d.left_shift);
    std::int32_t const sum =
        Policy::apply(raised_a, {d.a_q31, d.a_exponent}) + Policy::apply(raised_b, {d.b_q31, d.b_exponent});
    return d.output.template operator()<Policy>(sum, {d.output_q31, d.output_exponent});
  }
}

}  // namespace detail

/// `arithmetic.md`, requantize: input and output (rows, width, channels). No packed constants, no scratch.
template <class Extent, class In, class Out, class Policy>
constexpr void rows(rescale_descriptor<Extent, In, Out, Policy> const& d, row_window window,
                    row_span const& out, std::byte const*, std::byte*, arch::scalar) {
  detail::map_rows<In, Out>(d.row, window, out, [&](In x) {
    auto const value = static_cast<accumulator<Out>>(x);
    if constexpr (std::floating_point<Out>) {
      return d.output.template operator()<Policy>(value, d.factor);
    } else {
      return d.output.template operator()<Policy>(value - d.input_zero_point, d.factor);
    }
  });
}

/// Bytes as they are.
template <class Extent>
constexpr void rows(copy_descriptor<Extent> const& d, row_window window, row_span const& out,
                    std::byte const*, std::byte*, arch::scalar) {
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.width; ++x) {
      copy_bytes(out.data + y * out.row_stride + std::int64_t{x} * out.pixel_stride,
                 row.data + std::int64_t{x} * row.pixel_stride, static_cast<std::size_t>(d.pixel_bytes));
    }
  }
}

/// `arithmetic.md`, quantize.
template <class Extent, class T>
constexpr void rows(quantize_descriptor<Extent, T> const& d, row_window window, row_span const& out,
                    std::byte const*, std::byte*, arch::scalar) {
  detail::map_rows<float, T>(d.row, window, out, [&](float x) { return quantize(d.quantizer, x); });
}

/// (q - zero point) * scale in float32.
template <class Extent, class T>
constexpr void rows(dequantize_descriptor<Extent, T> const& d, row_window window, row_span const& out,
                    std::byte const*, std::byte*, arch::scalar) {
  detail::map_rows<T, float>(d.row, window, out, [&](T q) { return dequantize(d.quantizer, q); });
}

/// `arithmetic.md`, logistic.
template <class Extent, class T, class Policy>
constexpr void rows(logistic_descriptor<Extent, T, Policy> const& d, row_window window, row_span const& out,
                    std::byte const*, std::byte*, arch::scalar) {
  detail::map_rows<T, T>(d.row, window, out, [&](T x) {
    if constexpr (std::floating_point<T>) {
      return static_cast<float>(1.0 / (1.0 + exp(-static_cast<double>(x))));
    } else {
      return detail::integer_logistic<T, Policy>(std::int32_t{x} - d.input_zero_point, d.radius, d.factor);
    }
  });
}

/// `arithmetic.md`, logistic of 16 bits.
template <class Extent>
constexpr void rows(wide_logistic_descriptor<Extent> const& d, row_window window, row_span const& out,
                    std::byte const*, std::byte*, arch::scalar) {
  detail::map_rows<std::int16_t, std::int16_t>(d.row, window, out,
                                               [&](std::int16_t x) { return logistic_16(d.steps(x)); });
}

/// `arithmetic.md`, add: one window for each operand.
template <class Extent, class T, class Policy>
constexpr void rows(add_descriptor<Extent, T, Policy> const& d, row_window a, row_window b,
                    row_span const& out, std::byte const*, std::byte*, arch::scalar) {
  constexpr std::int32_t size = sizeof(T);
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const &a_row = a[static_cast<std::size_t>(y)], &b_row = b[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.row.width; ++x) {
      std::byte const* const a_pixel = a_row.data + std::int64_t{x} * a_row.pixel_stride;
      std::byte const* const b_pixel = b_row.data + std::int64_t{x} * b_row.pixel_stride;
      std::byte* const to = out.data + y * out.row_stride + std::int64_t{x} * out.pixel_stride;
      for (std::int32_t c = 0; c < d.row.channels; ++c) {
        store<T>(to + c * size, detail::sum_of(d, load<T>(a_pixel + c * size), load<T>(b_pixel + c * size)));
      }
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::elementwise
