// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/contract.hpp>
#include <linnet/kernels/dynamic_input.hpp>

// What conv2d and depthwise have in common: a window that moves over an image, weights, a bias, a
// requantization.
namespace linnet::inline LINNET_ISA::kernels {

/// What convolutions have in common, over all channels or one by one.
struct convolution_problem {
  /// s8, u8, f32: all of that type; s16: weights of s8.
  element_type input_type = s8, weight_type = s8, output_type = s8;
  /// Of integers; s16: double_rounding or reduced_multiplier (64-bit bias).
  linnet::rounding rounding = rounding::double_rounding;
  linnet::activation activation = activation::none;      ///< what the result is clamped to
  image_shape input, output;                             ///< (batch, height, width, channels)
  std::int32_t kernel_height = 1, kernel_width = 1;      ///< taps
  std::int32_t stride_height = 1, stride_width = 1;      ///< pixels of input from window to window
  std::int32_t dilation_height = 1, dilation_width = 1;  ///< pixels of input from tap to tap
  /// In front of the image; that behind follows from the output's size.
  std::int32_t padding_top = 0, padding_left = 0;
  quantization input_quantization, output_quantization;  ///< none of floats
  std::int32_t weight_zero_point = 0;                    ///< of stored weights; s16: 0
  stored_bounds bounds{};                                ///< in place of the activation's
  /// Of f32 with weights of s8: each image's own.
  linnet::dynamic_quantization dynamic_quantization = linnet::dynamic_quantization::none;

  /// Of one window and channel.
  [[nodiscard]] constexpr std::int64_t taps() const { return std::int64_t{kernel_height} * kernel_width; }
};

/// The input as the executor walks over it: where an image is quantized by what it holds, it is one pixel.
[[nodiscard]] constexpr image_shape input_image_of(convolution_problem const& p) {
  return is_dynamic(p) ? one_pixel(p.input) : p.input;
}
/// The same of the output.
[[nodiscard]] constexpr image_shape image_of(convolution_problem const& p) {
  return is_dynamic(p) ? one_pixel(p.output) : p.output;
}
/// How the kernel walks down its input.
[[nodiscard]] constexpr vertical_window window_of(convolution_problem const& p) {
  if (is_dynamic(p)) return {};
  return {p.kernel_height, p.stride_height, p.dilation_height, p.padding_top};
}

/// What a kernel reads of a problem: the numbers of a row.
template <class Extent, class T, class Policy>
struct convolution_descriptor {
  Extent input_width, input_channels, output_width, output_channels;  ///< extents of a row
  /// In pixels.
  Extent kernel_height, kernel_width, stride_height, stride_width, dilation_height, dilation_width,
      padding_left;
  std::int16_t weight_zero_point;  ///< of stored weights
  output_stage<T> output;          ///< zero point and clamp

  /// Precondition: every extent fits Extent.
  constexpr explicit convolution_descriptor(convolution_problem const& p)
      : input_width(static_cast<Extent>(p.input.width)),
        input_channels(static_cast<Extent>(p.input.channels)),
        output_width(static_cast<Extent>(p.output.width)),
        output_channels(static_cast<Extent>(p.output.channels)),
        kernel_height(static_cast<Extent>(p.kernel_height)),
        kernel_width(static_cast<Extent>(p.kernel_width)),
        stride_height(static_cast<Extent>(p.stride_height)),
        stride_width(static_cast<Extent>(p.stride_width)),
        dilation_height(static_cast<Extent>(p.dilation_height)),
        dilation_width(static_cast<Extent>(p.dilation_width)),
        padding_left(static_cast<Extent>(p.padding_left)),
        weight_zero_point(static_cast<std::int16_t>(p.weight_zero_point)),
        output{p.output_quantization.zero_point, clamp_for<T>(p)} {}

  /// Pixel x of an input row, or the pixel of zero points where x lies beside the image.
  [[nodiscard]] constexpr std::byte const* pixel(input_row const& row, std::int32_t x,
                                                 std::byte const* zero_pixel) const {
    bool const inside = x >= 0 && x < static_cast<std::int32_t>(input_width);
    return inside ? row.data + std::int64_t{x} * row.pixel_stride : zero_pixel;
  }
};
static_assert(sizeof(convolution_descriptor<std::uint16_t, float, no_rounding>) <= 36);

/// What a kernel that quantizes whole images reads of a problem. Scratch: such an image, in bytes.
template <class Extent>
struct dynamic_convolution_descriptor : convolution_descriptor<Extent, float, scaled_weights> {
  Extent input_height, output_height, padding_top;  ///< of the image
  linnet::dynamic_quantization scheme;              ///< not none

  /// Precondition: every extent fits Extent; `is_dynamic(p)`.
  constexpr explicit dynamic_convolution_descriptor(convolution_problem const& p)
      : convolution_descriptor<Extent, float, scaled_weights>(p),
        input_height(static_cast<Extent>(p.input.height)),
        output_height(static_cast<Extent>(p.output.height)),
        padding_top(static_cast<Extent>(p.padding_top)),
        scheme(p.dynamic_quantization) {}

  /// Bytes of a quantized image.
  [[nodiscard]] constexpr std::int64_t input_elements() const {
    return std::int64_t{input_height} * this->input_width * this->input_channels;
  }

  /// Calls `f(first weight's tap, input element, taps)` for every run of taps of the window at (top, left)
  /// that lies in the image, side by side in its row; one by one where `apart`.
  template <class F>
  constexpr void for_each_run(std::int32_t top, std::int32_t left, bool apart, F const& f) const {
    std::int32_t const wide = this->kernel_width, width = this->input_width;
    bool const one_run = this->dilation_width == 1 && !apart;
    for (std::int32_t ky = 0; ky < this->kernel_height; ++ky) {
      std::int32_t const y = top + ky * this->dilation_height;
      if (y < 0 || y >= std::int32_t{input_height}) continue;
      for (std::int32_t kx = 0; kx < wide;) {
        std::int32_t const x = left + kx * this->dilation_width;
        if (x < 0 || x >= width) {
          ++kx;
          continue;
        }
        std::int32_t const taps = one_run ? min(wide - kx, width - x) : 1;
        f(ky * wide + kx, (std::int64_t{y} * width + x) * this->input_channels, taps);
        kx += taps;
      }
    }
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
