// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/base/math.hpp>
#include <linnet/config/arch.hpp>
#include <linnet/kernels/softmax/descriptor.hpp>
#include <linnet/quantization/fixed_point.hpp>
#include <linnet/quantization/rounding.hpp>

namespace linnet::inline LINNET_ISA::kernels::softmax {

namespace detail {

/// A function's values in steps of 2^-15 at 512 places one step apart, each lowered by half of what the
/// straight line to the next is too high in its middle, and where the last line ends. In float32, which
/// decides some ties (TFLM LUTPopulate).
template <class T, class F>
[[nodiscard]] constexpr std::array<T, 513> table_of(float low, float high, F f) {
  auto const rounded = [](float x) {
    return static_cast<float>(round_to_integer<tie::away>(static_cast<double>(x)));
  };
  auto const stored = [](float x) { return static_cast<T>(clamp(x, -32768.0f, 32767.0f)); };
  std::array<T, 513> made{};
  float const step = (high - low) / 512.0f;
  for (std::size_t i = 0; i < 512; ++i) {
    float const at = low + static_cast<float>(i) * step, next = low + static_cast<float>(i + 1) * step;
    float const value = rounded(f(at) * 0x1p15f);
    float const line = rounded((f(next) * 0x1p15f + value) / 2.0f);
    made[i] = stored(value - rounded((line - rounded(f(at + step / 2.0f) * 0x1p15f)) / 2.0f));
  }
  made[512] = stored(rounded(f(high) * 0x1p15f));
  return made;
}
/// e^x from -10 to 0, and 1 / (1 + x) from 0 to 1. Templates: who has no softmax of 16 bits pays nothing.
template <class T>
inline constexpr auto exp_table = table_of<T>(-10.0f, 0.0f, [](float x) {
  return static_cast<float>(exp(static_cast<double>(x)));
});
template <class T>
inline constexpr auto reciprocal_table = table_of<T>(0.0f, 1.0f, [](float x) { return 1.0f / (1.0f + x); });

/// On the line from one entry to the next: `place` in 128ths of their distance, -32768 at the first.
template <class T>
[[nodiscard]] constexpr T interpolated(std::array<T, 513> const& table, std::int32_t place) {
  auto const i = static_cast<std::size_t>(256 + (place >> 7));
  std::int32_t const low = table[i], slope = table[i + 1] - low;
  return static_cast<T>(low + ((slope * (place & 127) + 64) >> 7));
}

/// e^(difference to the largest input), Q0.31. Out of line: it is long, and asked for twice.
template <class Extent, class T, class Out>
[[nodiscard, gnu::noinline]] constexpr std::int32_t exp_of(descriptor<Extent, T, Out> const& d,
                                                           std::int32_t difference) {
  std::int32_t const raised =
      d.factor.exponent > 0 ? wrapping_shift_left(difference, d.factor.exponent) : difference;
  std::int32_t const scaled = fixed_point::shift_right(fixed_point::high_multiply(raised, d.factor.q31),
                                                       d.factor.exponent < 0 ? -d.factor.exponent : 0);
  return fixed_point::exp_on_negative_values<descriptor<Extent, T, Out>::difference_bits>(scaled);
}

/// One pixel of integers (TFLite reference/softmax.h).
template <class Extent, class T, class Out>
constexpr void integer_pixel(descriptor<Extent, T, Out> const& d, std::byte const* from, std::byte* to) {
  constexpr std::int32_t lowest = std::numeric_limits<Out>::min(), highest = std::numeric_limits<Out>::max();
  constexpr int size = sizeof(Out);
  std::int32_t largest = std::numeric_limits<T>::min();
  for (std::int32_t c = 0; c < d.channels; ++c) largest = max(largest, std::int32_t{load<T>(from + c)});
  std::int32_t sum = 0;  // Q12.19
  for (std::int32_t c = 0; c < d.channels; ++c) {
    std::int32_t const difference = load<T>(from + c) - largest;
    if (difference < d.least_difference) continue;
    sum = wrapping_add(sum, rounding_shift_right<tie::away>(exp_of(d, difference), d.sum_bits));
  }
  auto const [scale, bits_over_unit] = fixed_point::reciprocal(sum, d.sum_bits);
  for (std::int32_t c = 0; c < d.channels; ++c) {
    std::int32_t const difference = load<T>(from + c) - largest;
    std::int32_t result = lowest;
    if (difference >= d.least_difference) {
      std::int32_t const product = fixed_point::high_multiply(scale, exp_of(d, difference));
      std::int32_t const steps = fixed_point::shift_right(product, bits_over_unit + 31 - 8 * size);
      result = clamp(steps + lowest, lowest, highest);
    }
    store(to + c * size, static_cast<Out>(result));
  }
}

template <class Extent>
constexpr void float_pixel(descriptor<Extent, float> const& d, std::byte const* from, std::byte* to) {
  auto const element = [&](std::int32_t c) { return load<float>(from + c * 4); };
  float largest = element(0);
  for (std::int32_t c = 1; c < d.channels; ++c) largest = max(largest, element(c));
  double sum = 0.0;
  for (std::int32_t c = 0; c < d.channels; ++c) {
    double const power = exp(static_cast<double>((element(c) - largest) * d.beta));
    sum += power;
    if (d.least_difference == 0) store(to + c * 4, static_cast<float>(power));
  }
  if (d.least_difference != 0) {
    double const all = log(sum);
    for (std::int32_t c = 0; c < d.channels; ++c) {
      double const difference = static_cast<double>((element(c) - largest) * d.beta);
      store(to + c * 4, static_cast<float>(difference - all));
    }
    return;
  }
  for (std::int32_t c = 0; c < d.channels; ++c) {
    store(to + c * 4, static_cast<float>(static_cast<double>(load<float>(to + c * 4)) / sum));
  }
}

/// One pixel of integers of 16 bits; the powers are kept in the output.
template <class Extent, class T>
constexpr void wide_pixel(wide_descriptor<Extent, T> const& d, std::byte const* from, std::byte* to) {
  auto const element = [](std::byte const* pixel, std::int32_t c) {
    return std::int32_t{load<T>(pixel + c * 2)};
  };
  std::int32_t largest = element(from, 0);
  for (std::int32_t c = 1; c < d.channels; ++c) largest = max(largest, element(from, c));
  std::int32_t sum = 0;  // Q16.15
  for (std::int32_t c = 0; c < d.channels; ++c) {
    std::int32_t const scaled =
        double_rounding::apply(max(element(from, c) - largest, d.least_difference), d.factor);
    T const power = interpolated(exp_table<T>, max(scaled, std::int32_t{-65535}) + 32767);
    store(to + c * 2, power);
    sum += power;
  }
  int const headroom = std::countl_zero(static_cast<std::uint32_t>(sum));
  auto const above_one = static_cast<std::int32_t>(
      ((std::int64_t{sum} << (headroom - 1)) + (1 << 13) - (std::int64_t{1} << 30)) >> 14);  // Q0.16
  std::int32_t const reciprocal =
      interpolated(reciprocal_table<T>, min(above_one - std::int32_t{32768}, std::int32_t{32767}));
  int const shift = 31 - headroom;
  for (std::int32_t c = 0; c < d.channels; ++c) {
    std::int32_t const product = element(to, c) * reciprocal + (1 << (shift - 1));
    store(to + c * 2, static_cast<T>(min(product >> shift, std::int32_t{32767})));
  }
}

}  // namespace detail

/// Softmax along the channels of every pixel: input and output (rows, width, channels). No packed constants,
/// no scratch. Integers do not depend on the rounding policy.
template <class Extent, class T, class Out>
constexpr void rows(descriptor<Extent, T, Out> const& d, row_window window, row_span const& out,
                    std::byte const*, std::byte*, arch::scalar) {
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.width; ++x) {
      std::byte const* const from = row.data + std::int64_t{x} * row.pixel_stride;
      std::byte* const to = out.data + y * out.row_stride + std::int64_t{x} * out.pixel_stride;
      if constexpr (std::floating_point<T>) {
        detail::float_pixel(d, from, to);
      } else {
        detail::integer_pixel(d, from, to);
      }
    }
  }
}

/// The same of 16 bits.
template <class Extent, class T>
constexpr void rows(wide_descriptor<Extent, T> const& d, row_window window, row_span const& out,
                    std::byte const*, std::byte*, arch::scalar) {
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.width; ++x)
      detail::wide_pixel(d, row.data + std::int64_t{x} * row.pixel_stride,
                         out.data + y * out.row_stride + std::int64_t{x} * out.pixel_stride);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::softmax
