// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/depthwise/descriptor.hpp>
#include <linnet/kernels/depthwise/layout.hpp>

namespace linnet::inline LINNET_ISA::kernels::depthwise {

namespace detail {

/// The sum of one output channel over its whole window. `weights` is this channel's weight of the first tap;
/// the next tap's lies one plane further.
template <class Extent, class T, class Policy>
[[nodiscard]] constexpr accumulator<T> window_sum(descriptor<Extent, T, Policy> const& d, row_window rows,
                                                  std::int32_t left, std::int32_t input_channel,
                                                  accumulator<T> bias, std::byte const* weights,
                                                  std::byte const* zero_pixel) {
  constexpr std::int32_t size = sizeof(T);
  accumulator<T> sum = bias;
  for (std::int32_t ky = 0; ky < d.kernel_height; ++ky) {
    input_row const& row = rows[static_cast<std::size_t>(ky * d.dilation_height)];
    for (std::int32_t kx = 0; kx < d.kernel_width; ++kx) {
      std::byte const* const pixel = d.pixel(row, left + kx * d.dilation_width, zero_pixel);
      sum = multiply_accumulate<T>(sum, pixel + input_channel * size, weights, 1, d.weight_zero_point);
      weights += d.output_channels * size;
    }
  }
  return sum;
}

}  // namespace detail

/// Depthwise convolution of some rows (`arithmetic.md`, depthwise): input (rows of the window, width,
/// channels), output (rows, width, channels * multiplier), both of type T. No scratch.
template <class Extent, class T, class Policy>
constexpr void rows(descriptor<Extent, T, Policy> const& d, row_window window, row_span const& out,
                    std::byte const* packed, std::byte*, arch::scalar) {
  constexpr std::int32_t size = sizeof(T);
  tap_planes<T, Policy> const planes{std::int64_t{d.kernel_height} * d.kernel_width, d.input_channels,
                                     d.output_channels};
  for (std::int32_t y = 0; y < out.rows; ++y) {
    row_window const below = window.subspan(static_cast<std::size_t>(y * d.stride_height));
    for (std::int32_t x = 0; x < d.output_width; ++x) {
      std::byte* const pixel = out.data + y * out.row_stride + std::int64_t{x} * out.pixel_stride;
      std::int32_t const left = x * d.stride_width - d.padding_left;
      std::int32_t input_channel = 0, progress = 0;  // o / multiplier, without dividing
      for (std::int32_t o = 0; o < d.output_channels; ++o) {
        auto const bias = load_aligned<accumulator<T>>(packed + planes.bias_at() + o * 4);
        auto const sum = detail::window_sum(d, below, left, input_channel, bias,
                                            packed + planes.weights_at() + o * size, packed);
        auto const factor = load_factor<Policy>(packed + planes.factors_at() + o * factor_bytes<Policy>);
        store(pixel + o * size, d.output.template operator()<Policy>(sum, factor));
        progress += d.input_channels;
        if (progress < d.output_channels) continue;
        progress -= d.output_channels;
        ++input_channel;
      }
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::depthwise
