// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/base/math.hpp>
#include <linnet/config/arch.hpp>
#include <linnet/kernels/reduce/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::reduce {

/// Fills the output row (output width, output channels), which is the state, with what changes nothing.
template <class Extent, class T, reduction R>
constexpr void begin(descriptor<Extent, T, R> const& d, row_span const& out, std::byte*, arch::scalar) {
  using limits = std::numeric_limits<T>;
  constexpr T lowest = limits::has_infinity ? static_cast<T>(-limits::infinity()) : limits::lowest(),
              highest = limits::has_infinity ? limits::infinity() : limits::max();
  T const start = R == reduction::sum ? T{} : R == reduction::maximum ? lowest : highest;
  for (std::int32_t x = 0; x < d.output_width; ++x) {
    std::byte* const pixel = out.data + std::int64_t{x} * out.pixel_stride;
    for (std::int32_t c = 0; c < d.output_channels; ++c) store(pixel + c * std::int32_t{sizeof(T)}, start);
  }
}

/// Takes in one input row (width, channels). Floats are added in float32, row by row; what is not a number is
/// neither larger nor smaller than others.
template <class Extent, class T, reduction R>
constexpr void row(descriptor<Extent, T, R> const& d, input_row const& input, row_span const& out, std::byte*,
                   arch::scalar) {
  constexpr std::int32_t size = sizeof(T);
  for (std::int32_t x = 0; x < d.width; ++x) {
    std::byte const* const pixel = input.data + std::int64_t{x} * input.pixel_stride;
    std::byte* const made = out.data + (d.output_width == 1 ? 0 : std::int64_t{x} * out.pixel_stride);
    for (std::int32_t c = 0; c < d.channels; ++c) {
      std::byte* const at = made + (d.output_channels == 1 ? 0 : c) * size;
      T const a = load<T>(at), b = load<T>(pixel + c * size);
      if constexpr (R == reduction::sum) {
        store(at, a + b);
      } else {
        store(at, R == reduction::maximum ? max(a, b) : min(a, b));
      }
    }
  }
}

template <class Extent, class T, reduction R>
constexpr void end(descriptor<Extent, T, R> const&, std::int32_t, row_span const&, std::byte*, arch::scalar) {
}

template <class Extent, class T>
constexpr void begin(index_descriptor<Extent, T> const&, row_span const&, std::byte*, arch::scalar) {}

/// Compares the channels of every pixel of the one input row. What is not a number is chosen only where it
/// comes first.
template <class Extent, class T>
constexpr void row(index_descriptor<Extent, T> const& d, input_row const& input, row_span const& out,
                   std::byte*, arch::scalar) {
  for (std::int32_t x = 0; x < d.width; ++x) {
    std::byte const* const pixel = input.data + std::int64_t{x} * input.pixel_stride;
    std::byte* const to = out.data + std::int64_t{x} * out.pixel_stride;
    T best = load<T>(pixel);
    std::int32_t index = 0;
    for (std::int32_t c = 1; c < d.channels; ++c) {
      T const value = load<T>(pixel + c * std::int32_t{sizeof(T)});
      bool const beats = d.smallest ? value < best : best < value;
      if (!beats && !(d.last && value == best)) continue;
      best = value;
      index = c;
    }
    if (d.wide) store(to, std::int64_t{index});
    if (!d.wide) store(to, index);
  }
}

template <class Extent, class T>
constexpr void end(index_descriptor<Extent, T> const&, std::int32_t, row_span const&, std::byte*,
                   arch::scalar) {}

}  // namespace linnet::inline LINNET_ISA::kernels::reduce
