// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/depthwise/descriptor.hpp>
#include <linnet/kernels/depthwise/layout.hpp>

namespace linnet::inline LINNET_ISA::kernels::depthwise {

namespace detail {

/// The taps of a window that are looked up once for all channels of a pixel.
inline constexpr std::int32_t most_taps = 16;

/// The pixels under the taps of one output pixel: the first `most_taps` of them at hand.
template <class Extent, class T, class Policy>
class tapped_pixels {
 public:
  constexpr tapped_pixels(descriptor<Extent, T, Policy> const& d, row_window rows, std::int32_t left,
                          std::byte const* zero_pixel)
      : d_(d), rows_(rows), left_(left), zero_pixel_(zero_pixel) {
    std::int32_t const taps = d.kernel_height * d.kernel_width;
    for (std::int32_t ky = 0, n = 0; n < min(taps, most_taps); ++ky) {
      for (std::int32_t kx = 0; kx < d.kernel_width && n < most_taps; ++kx) at_hand_[n++] = tap(ky, kx);
    }
  }

  /// The sum of one output channel over the whole window. `weights` is this channel's weight of the first
  /// tap; the next tap's lies one plane further.
  [[nodiscard]] constexpr accumulator<T, Policy> window_sum(std::int32_t input_channel,
                                                            accumulator<T, Policy> sum,
                                                            std::byte const* weights) const {
    constexpr std::int32_t size = sizeof(T), weight_size = sizeof(weight_of<T, Policy>);
    std::int32_t const taps = d_.kernel_height * d_.kernel_width, count = min(taps, most_taps);
    std::int32_t const plane = d_.output_channels * weight_size, offset = input_channel * size;
    sum = add_taps(sum, at_hand_, count, offset, weights, plane, d_.weight_zero_point);
    return taps == count ? sum : add_others(sum, offset, weights + count * plane, plane);
  }

  /// The same with weights that are two a byte; `weights` are those of all channels.
  [[nodiscard]] constexpr std::int32_t nibble_sum(std::int32_t input_channel, std::int32_t sum,
                                                  std::byte const* weights, std::int64_t channel) const {
    for (std::int32_t ky = 0; ky < d_.kernel_height; ++ky) {
      for (std::int32_t kx = 0; kx < d_.kernel_width; ++kx, channel += d_.output_channels)
        sum = multiply_accumulate_nibbles<T>(sum, tap(ky, kx) + input_channel, weights, channel, 1);
    }
    return sum;
  }

 private:
  [[nodiscard]] constexpr std::byte const* tap(std::int32_t ky, std::int32_t kx) const {
    input_row const& row = rows_[static_cast<std::size_t>(ky * d_.dilation_height)];
    return d_.pixel(row, left_ + kx * d_.dilation_width, zero_pixel_);
  }
  /// Out of line, both: the registers are theirs.
  [[nodiscard, gnu::noinline]] static constexpr accumulator<T, Policy> add_taps(
      accumulator<T, Policy> sum, std::byte const* const* pixels, std::int32_t count, std::int32_t offset,
      std::byte const* weights, std::int32_t plane, std::int32_t zero) {
    for (std::byte const* const* const end = pixels + count; pixels != end; ++pixels, weights += plane)
      sum = multiply_accumulate<T, weight_of<T, Policy>>(sum, *pixels + offset, weights, zero);
    return sum;
  }
  [[nodiscard, gnu::noinline]] constexpr accumulator<T, Policy> add_others(accumulator<T, Policy> sum,
                                                                           std::int32_t offset,
                                                                           std::byte const* weights,
                                                                           std::int32_t plane) const {
    for (std::int32_t ky = 0, n = 0; ky < d_.kernel_height; ++ky) {
      for (std::int32_t kx = 0; kx < d_.kernel_width; ++kx) {
        if (n++ < most_taps) continue;
        sum = multiply_accumulate<T, weight_of<T, Policy>>(sum, tap(ky, kx) + offset, weights,
                                                           d_.weight_zero_point);
        weights += plane;
      }
    }
    return sum;
  }

  descriptor<Extent, T, Policy> const& d_;
  row_window rows_;
  std::int32_t left_;
  std::byte const* zero_pixel_;
  std::byte const* at_hand_[most_taps] = {};
};

}  // namespace detail

/// Depthwise convolution of some rows (`arithmetic.md`, depthwise): input (rows of the window, width,
/// channels), output (rows, width, channels * multiplier), both of type T, by weights of `weight_of<T,
/// Policy>`. No scratch.
template <class Extent, class T, class Policy>
constexpr void rows(descriptor<Extent, T, Policy> const& d, row_window window, row_span const& out,
                    std::byte const* packed, std::byte*, arch::scalar) {
  using sum_type = accumulator<T, Policy>;
  constexpr std::int32_t size = sizeof(T), weight_size = sizeof(weight_of<T, Policy>),
                         sum_size = sizeof(sum_type);
  tap_planes<T, Policy> const planes{std::int64_t{d.kernel_height} * d.kernel_width, d.input_channels,
                                     d.output_channels};
  for (std::int32_t y = 0; y < out.rows; ++y) {
    row_window const below = window.subspan(static_cast<std::size_t>(y * d.stride_height));
    for (std::int32_t x = 0; x < d.output_width; ++x) {
      std::byte* const pixel = out.data + y * out.row_stride + std::int64_t{x} * out.pixel_stride;
      std::int32_t const left = x * d.stride_width - d.padding_left;
      detail::tapped_pixels<Extent, T, Policy> const under(d, below, left, packed);
      std::int32_t input_channel = 0, progress = 0;  // o / multiplier, without dividing
      for (std::int32_t o = 0; o < d.output_channels; ++o) {
        auto const bias = load_aligned<sum_type>(packed + planes.bias_at() + o * sum_size);
        sum_type sum = bias;
        if constexpr (has_nibbles<T, Policy>) {
          sum = under.nibble_sum(input_channel, sum, packed + planes.weights_at(), o);
        } else {
          sum = under.window_sum(input_channel, sum, packed + planes.weights_at() + o * weight_size);
        }
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

/// Depthwise convolution of a whole image of floats, side by side, by weights of s8: the image is quantized
/// to bytes by what it holds (`arithmetic.md`, dynamic range). Scratch: it, quantized.
template <class Extent>
constexpr void rows(dynamic_descriptor<Extent> const& d, row_window window, row_span const& out,
                    std::byte const* packed, std::byte* scratch, arch::scalar) {
  std::int32_t const channels = d.output_channels;
  tap_planes<float, scaled_weights> const planes{std::int64_t{d.kernel_height} * d.kernel_width,
                                                 d.input_channels, channels};
  quantization const steps = quantize_input(d.scheme, window[0].data, d.input_elements(), scratch);
  std::byte* to = out.data;
  for (std::int32_t y = 0; y < d.output_height; ++y) {
    for (std::int32_t x = 0; x < d.output_width; ++x) {
      std::int32_t const top = y * d.stride_height - d.padding_top,
                         left = x * d.stride_width - d.padding_left;
      std::int32_t input_channel = 0, progress = 0;  // o / multiplier, without dividing
      for (std::int32_t o = 0; o < channels; ++o, to += sizeof(float)) {
        std::byte const* const weights = packed + planes.weights_at() + o;
        std::int32_t sum = 0;
        d.for_each_run(top, left, true, [&](std::int32_t tap, std::int64_t element, std::int32_t taps) {
          sum = add_quantized_products(sum, weights + std::int64_t{tap} * channels,
                                       scratch + element + input_channel, taps, steps.zero_point);
        });
        auto const factor =
            load_factor<scaled_weights>(packed + planes.factors_at() + o * factor_bytes<scaled_weights>);
        store(to, dynamic_result(d.output, sum, steps, factor));
        progress += d.input_channels;
        if (progress < channels) continue;
        progress -= channels;
        ++input_channel;
      }
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::depthwise
