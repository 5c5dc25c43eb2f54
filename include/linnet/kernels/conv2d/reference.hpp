// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/conv2d/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::conv2d {

namespace detail {

/// Adds to `sums` those of one output channel, or of two, over the whole window. `weights` is (ky, kx, input
/// channel); the second channel's lie `stride` bytes further.
template <std::size_t Channels, class Extent, class T, class Policy>
constexpr void add_window(descriptor<Extent, T, Policy> const& d, row_window rows, std::int32_t left,
                          accumulator<T, Policy> (&sums)[Channels], std::byte const* weights,
                          std::int64_t stride, std::byte const* zero_pixel) {
  std::int32_t const pixel_bytes = d.input_channels * std::int32_t{sizeof(T)};
  [[maybe_unused]] std::int64_t place = 0;  // of weights that are two a byte
  auto const add_pixels = [&](std::byte const* from, std::int32_t pixels) {
    std::int32_t const count = pixels * d.input_channels;
    if constexpr (has_nibbles<T, Policy>) {
      sums[0] = multiply_accumulate_nibbles<T>(sums[0], from, weights, place, count);
      place += count;
    } else if constexpr (Channels == 1) {
      sums[0] =
          multiply_accumulate<T, weight_of<T, Policy>>(sums[0], from, weights, count, d.weight_zero_point);
    } else {
      multiply_accumulate_two<T>(sums[0], sums[1], from, weights, weights + stride, count);
    }
    if constexpr (!has_nibbles<T, Policy>) weights += count * std::int32_t{sizeof(weight_of<T, Policy>)};
  };
  // Taps [first, last) lie in the image.
  std::int32_t const wide = d.kernel_width, first = clamp<std::int32_t>(-left, 0, wide);
  std::int32_t const last = clamp<std::int32_t>(d.input_width - left, first, wide);
  for (std::int32_t ky = 0; ky < d.kernel_height; ++ky) {
    input_row const& row = rows[static_cast<std::size_t>(ky * d.dilation_height)];
    bool const one_run = d.dilation_width == 1 && row.pixel_stride == pixel_bytes && first < last;
    for (std::int32_t kx = 0; kx < wide;) {
      bool const run = one_run && kx == first;
      add_pixels(d.pixel(row, left + kx * d.dilation_width, zero_pixel), run ? last - first : 1);
      kx += run ? last - first : 1;
    }
  }
}

/// The same for one channel. Out of line: most channels come in pairs.
template <class Extent, class T, class Policy>
[[gnu::noinline]] constexpr accumulator<T, Policy> one_window(descriptor<Extent, T, Policy> const& d,
                                                              row_window rows, std::int32_t left,
                                                              accumulator<T, Policy> sum,
                                                              std::byte const* weights,
                                                              std::byte const* zero_pixel) {
  accumulator<T, Policy> sums[] = {sum};
  add_window(d, rows, left, sums, weights, 0, zero_pixel);
  return sums[0];
}

}  // namespace detail

/// Convolution of some rows (`arithmetic.md`, conv): input (rows of the window, width, channels), output
/// (rows, width, channels), both of type T, by weights of `weight_of<T, Policy>`. No scratch.
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
      std::int32_t o = 0;
      auto const make = [&]<std::size_t Channels>(std::integral_constant<std::size_t, Channels>) {
        accumulator<T, Policy> sums[Channels];
        for (std::size_t i = 0; i < Channels; ++i)
          sums[i] =
              load_aligned<accumulator<T, Policy>>(record + static_cast<std::int64_t>(i) * records.stride());
        std::byte const* const values = record + records.weights_at();
        if constexpr (Channels == 1) {
          sums[0] = detail::one_window(d, below, left, sums[0], values, packed);
        } else {
          detail::add_window(d, below, left, sums, values, records.stride(), packed);
        }
        for (accumulator<T, Policy> const sum : sums) {
          auto const factor = load_factor<Policy>(record + records.factor_at());
          store(pixel + o++ * std::int32_t{sizeof(T)}, d.output.template operator()<Policy>(sum, factor));
          record += records.stride();
        }
      };
      if constexpr (std::integral<T> && !has_nibbles<T, Policy>) {
        while (d.weight_zero_point == 0 && o + 2 <= d.output_channels)
          make(std::integral_constant<std::size_t, 2>{});
      }
      while (o < d.output_channels) make(std::integral_constant<std::size_t, 1>{});
    }
  }
}

/// Convolution of a whole image of floats, side by side, by weights of s8: the image is quantized to bytes by
/// what it holds (`arithmetic.md`, dynamic range). Scratch: it, quantized.
template <class Extent>
constexpr void rows(dynamic_descriptor<Extent> const& d, row_window window, row_span const& out,
                    std::byte const* packed, std::byte* scratch, arch::scalar) {
  std::int32_t const channels = d.input_channels;
  channel_records<float, scaled_weights> const records{
      std::int64_t{d.kernel_height} * d.kernel_width * channels, channels};
  quantization const steps = quantize_input(d.scheme, window[0].data, d.input_elements(), scratch);
  std::byte* to = out.data;
  for (std::int32_t y = 0; y < d.output_height; ++y) {
    for (std::int32_t x = 0; x < d.output_width; ++x) {
      std::int32_t const top = y * d.stride_height - d.padding_top,
                         left = x * d.stride_width - d.padding_left;
      std::byte const* record = packed + records.first();
      for (std::int32_t o = 0; o < d.output_channels; ++o, to += sizeof(float), record += records.stride()) {
        std::byte const* const weights = record + records.weights_at();
        std::int32_t sum = 0;
        d.for_each_run(top, left, false, [&](std::int32_t tap, std::int64_t element, std::int32_t taps) {
          sum = add_quantized_products(sum, weights + std::int64_t{tap} * channels, scratch + element,
                                       taps * channels, steps.zero_point);
        });
        auto const factor = load_factor<scaled_weights>(record + records.factor_at());
        store(to, dynamic_result(d.output, sum, steps, factor));
      }
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d
