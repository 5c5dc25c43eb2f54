// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/base/quotient.hpp>
#include <linnet/config/arch.hpp>
#include <linnet/kernels/pool/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::pool {

namespace detail {

/// sum / count, integers with ties away from zero (TFLite integer_ops/pooling.h).
template <class T>
[[nodiscard]] constexpr accumulator<T> average(accumulator<T> sum, divider const& count) {
  if constexpr (std::floating_point<T>) {
    return sum / static_cast<float>(count.divisor());
  } else {
    std::int32_t const half = count.divisor() / 2;
    return sum > 0 ? count.quotient(sum + half) : -count.quotient(half - sum);
  }
}

}  // namespace detail

/// Clears the sums: `state` holds (output width, channels) accumulators.
template <class Extent, class T>
constexpr void begin(average_descriptor<Extent, T> const& d, row_span const&, std::byte* state,
                     arch::scalar) {
  std::int32_t const count = d.output_width * d.channels;
  for (std::int32_t i = 0; i < count; ++i) store(state + i * 4, accumulator<T>{});
}

/// Adds one input row (width, channels).
template <class Extent, class T>
constexpr void row(average_descriptor<Extent, T> const& d, input_row const& input, row_span const&,
                   std::byte* state, arch::scalar) {
  for (std::int32_t x = 0; x < d.output_width; ++x) {
    auto const [first, last] = d.covered(x);
    for (std::int32_t column = first; column < last; ++column) {
      std::byte const* const pixel = input.data + std::int64_t{column} * input.pixel_stride;
      for (std::int32_t c = 0; c < d.channels; ++c) {
        std::byte* const sum = state + (x * d.channels + c) * 4;
        store(sum, static_cast<accumulator<T>>(load_aligned<accumulator<T>>(sum) +
                                               load<T>(pixel + c * std::int32_t{sizeof(T)})));
      }
    }
  }
}

/// Divides by the taps inside the image and writes one output row; `folded` rows were added.
template <class Extent, class T>
constexpr void end(average_descriptor<Extent, T> const& d, std::int32_t folded, row_span const& out,
                   std::byte* state, arch::scalar) {
  divider taps(1);
  std::int32_t const channels = d.channels;
  value_range<T> const range = d.clamp;
  for (std::int32_t x = 0; x < d.output_width; ++x) {
    auto const [first, last] = d.covered(x);
    std::int32_t const count = folded * (last - first);
    if (count != taps.divisor()) taps = divider(count);
    std::byte* const pixel = out.data + std::int64_t{x} * out.pixel_stride;
    for (std::int32_t c = 0; c < channels; ++c, state += 4) {
      auto const average = detail::average<T>(load_aligned<accumulator<T>>(state), taps);
      store(pixel + c * std::int32_t{sizeof(T)},
            static_cast<T>(clamp<accumulator<T>>(average, range.low, range.high)));
    }
  }
}

/// Fills the output row with the lowest value.
template <class Extent, class T>
constexpr void begin(max_descriptor<Extent, T> const& d, row_span const& out, std::byte*, arch::scalar) {
  for (std::int32_t x = 0; x < d.output_width; ++x) {
    std::byte* const pixel = out.data + std::int64_t{x} * out.pixel_stride;
    for (std::int32_t c = 0; c < d.channels; ++c) {
      store(pixel + c * std::int32_t{sizeof(T)}, std::numeric_limits<T>::lowest());
    }
  }
}

/// Raises the output row to one input row (width, channels).
template <class Extent, class T>
constexpr void row(max_descriptor<Extent, T> const& d, input_row const& input, row_span const& out,
                   std::byte*, arch::scalar) {
  constexpr std::int32_t size = sizeof(T);
  for (std::int32_t x = 0; x < d.output_width; ++x) {
    auto const [first, last] = d.covered(x);
    std::byte* const largest = out.data + std::int64_t{x} * out.pixel_stride;
    for (std::int32_t column = first; column < last; ++column) {
      std::byte const* const pixel = input.data + std::int64_t{column} * input.pixel_stride;
      for (std::int32_t c = 0; c < d.channels; ++c) {
        store(largest + c * size, max(load<T>(largest + c * size), load<T>(pixel + c * size)));
      }
    }
  }
}

/// Clamps the output row.
template <class Extent, class T>
constexpr void end(max_descriptor<Extent, T> const& d, std::int32_t, row_span const& out, std::byte*,
                   arch::scalar) {
  constexpr std::int32_t size = sizeof(T);
  for (std::int32_t x = 0; x < d.output_width; ++x) {
    std::byte* const pixel = out.data + std::int64_t{x} * out.pixel_stride;
    for (std::int32_t c = 0; c < d.channels; ++c) {
      store(pixel + c * size, clamp(load<T>(pixel + c * size), d.clamp.low, d.clamp.high));
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::pool
