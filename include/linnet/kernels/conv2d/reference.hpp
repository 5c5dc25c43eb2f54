// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/conv2d/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::conv2d {

namespace detail {

/// The sum of one output element over its whole window. `weights` is (ky, kx, input channel).
template <class Extent, class T, class Policy>
[[nodiscard]] constexpr accumulator<T> window_sum(descriptor<Extent, T, Policy> const& d, row_window rows,
                                                  std::int32_t left, accumulator<T> bias,
                                                  std::byte const* weights, std::byte const* zero_pixel) {
  accumulator<T> sum = bias;
  for (std::int32_t ky = 0; ky < d.kernel_height; ++ky) {
    input_row const& row = rows[static_cast<std::size_t>(ky * d.dilation_height)];
    for (std::int32_t kx = 0; kx < d.kernel_width; ++kx) {
      std::byte const* const pixel = d.pixel(row, left + kx * d.dilation_width, zero_pixel);
      sum = multiply_accumulate<T>(sum, pixel, weights, d.input_channels, d.weight_zero_point);
      weights += d.input_channels * std::int32_t{sizeof(T)};
    }
  }
  return sum;
}

}  // namespace detail

/// Convolution of some rows (`arithmetic.md`, conv): input (rows of the window, width, channels), output
/// (rows, width, channels), both of type T. No scratch.
template <class Extent, class T, class Policy>
constexpr void rows(descriptor<Extent, T, Policy> const& d, row_window window, row_span const& out,
                    std::byte const* packed, std::byte*, arch::scalar) {
  channel_records<T, Policy> const records{std::int64_t{d.kernel_height} * d.kernel_width * d.input_channels,
                                           d.input_channels};
  for (std::int32_t y = 0; y < out.rows; ++y) {
    row_window const below = window.subspan(static_cast<std::size_t>(y * d.stride_height));
    for (std::int32_t x = 0; x < d.output_width; ++x) {
      std::byte* const pixel = out.data + y * out.row_stride + std::int64_t{x} * out.pixel_stride;
      std::int32_t const left = x * d.stride_width - d.padding_left;
      std::byte const* record = packed + records.first();
      for (std::int32_t o = 0; o < d.output_channels; ++o, record += records.stride()) {
        auto const sum = detail::window_sum(d, below, left, load_aligned<accumulator<T>>(record),
                                            record + records.weights_at(), packed);
        auto const factor = load_factor<Policy>(record + records.factor_at());
        store(pixel + o * std::int32_t{sizeof(T)}, d.output.template operator()<Policy>(sum, factor));
      }
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d
