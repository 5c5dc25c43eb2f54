// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/softmax/descriptor.hpp>
#include <linnet/quantization/fixed_point.hpp>

namespace linnet::inline LINNET_ISA::kernels::softmax {

namespace detail {

/// e^(difference to the largest input), Q0.31. Out of line: it is long, and asked for twice.
template <class Extent, class T>
[[nodiscard, gnu::noinline]] constexpr std::int32_t exp_of(descriptor<Extent, T> const& d,
                                                           std::int32_t difference) {
  std::int32_t const raised =
      d.factor.exponent > 0 ? wrapping_shift_left(difference, d.factor.exponent) : difference;
  std::int32_t const scaled = fixed_point::shift_right(fixed_point::high_multiply(raised, d.factor.q31),
                                                       d.factor.exponent < 0 ? -d.factor.exponent : 0);
  return fixed_point::exp_on_negative_values<descriptor<Extent, T>::difference_bits>(scaled);
}

/// One pixel of integers (TFLite reference/softmax.h).
template <class Extent, class T>
constexpr void integer_pixel(descriptor<Extent, T> const& d, std::byte const* from, std::byte* to) {
  constexpr std::int32_t lowest = std::numeric_limits<T>::min(), highest = std::numeric_limits<T>::max();
  std::int32_t largest = lowest;
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
      result = clamp(fixed_point::shift_right(product, bits_over_unit + 31 - 8) + lowest, lowest, highest);
    }
    store(to + c, static_cast<T>(result));
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

}  // namespace detail

/// Softmax along the channels of every pixel: input and output (rows, width, channels). No packed constants,
/// no scratch. Integers do not depend on the rounding policy.
template <class Extent, class T>
constexpr void rows(descriptor<Extent, T> const& d, row_window window, row_span const& out, std::byte const*,
                    std::byte*, arch::scalar) {
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

}  // namespace linnet::inline LINNET_ISA::kernels::softmax
