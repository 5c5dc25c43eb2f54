// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/convolution.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels::conv2d {

/// The packed stream of the arm_dsp kernel: one pixel of zero points, then for every two output channels
/// their biases, weights and factors (`pack_pairs`).
struct channel_pairs {
  std::int64_t weights;     ///< of one output channel
  std::int64_t zero_pixel;  ///< bytes of the pixel of zero points

  /// Weights of a channel with zeros to whole words.
  [[nodiscard]] constexpr std::int64_t padded() const { return align_up<std::int64_t>(weights, 4); }
  /// Offset of the first pair, in bytes.
  [[nodiscard]] constexpr std::int64_t first() const { return align_up<std::int64_t>(zero_pixel, 4); }
  /// Bytes of the whole stream.
  [[nodiscard]] constexpr std::int64_t bytes(std::int64_t channels) const {
    std::int64_t const pair = 2 * 4 + 2 * padded() + 2 * 12;
    return align_up<std::int64_t>(first() + channels / 2 * pair, packed_alignment);
  }
};

/// The packed stream of the arm_mve kernel: one pixel of zero points, then for every four output channels
/// their biases, weights and factors (`pack_lanes`). And where that kernel finds the inputs of a pixel side
/// by side: in the image, in a strip of columns, or copied pixel by pixel.
struct channel_lanes {
  std::int32_t kernel_height, kernel_width, channels;  ///< of the layer; channels of its input
  std::int32_t stride;                                 ///< pixels of input from window to window
  std::int32_t columns;  ///< of the input that a row of outputs reads, with its border
  bool bordered;         ///< whether some of them lie beside the image

  static constexpr std::int32_t slots = 16;  ///< pixels whose inputs are copied before they are multiplied

  /// Inputs of a pixel that lie side by side in a row, and all of them.
  [[nodiscard]] constexpr std::int32_t run() const { return kernel_width * channels; }
  [[nodiscard]] constexpr std::int32_t weights() const { return kernel_height * run(); }
  /// Weights of a channel with zeros to whole vectors.
  [[nodiscard]] constexpr std::int32_t padded() const { return align_up<std::int32_t>(weights(), 16); }
  [[nodiscard]] constexpr std::int32_t first() const { return align_up<std::int32_t>(channels, 4); }
  [[nodiscard]] constexpr std::int64_t bytes(std::int64_t outputs) const {
    return align_up<std::int64_t>(first() + outputs * (3 * 4 + padded()), packed_alignment);
  }
  /// Whether the inputs of a pixel lie side by side in the image.
  [[nodiscard]] constexpr bool from_image() const { return weights() == channels && !bordered; }
  /// Whether they are copied as strips of columns.
  [[nodiscard]] constexpr bool from_columns() const { return !from_image() && channels % 16 == 0; }
  /// Bytes of a row of columns, and of a copied pixel: its runs are written in whole vectors.
  [[nodiscard]] constexpr std::int32_t pitch() const { return columns * channels; }
  /// Bytes that a copied pixel takes.
  [[nodiscard]] constexpr std::int32_t slot() const {
    return weights() - run() + align_up<std::int32_t>(run(), 16);
  }
  /// Columns that the windows of so many pixels cover.
  [[nodiscard]] constexpr std::int32_t columns_of(std::int32_t pixels) const {
    return (pixels - 1) * stride + kernel_width;
  }
  /// Pixels of an image behind which fewer bytes are left than whole vectors take, and one to make them even.
  [[nodiscard]] constexpr std::int32_t last_pixels() const {
    return padded() == channels ? 0 : (padded() - 1) / channels + 1;
  }
  /// A strip: [column][kernel row][channel]. Else pixels, and the bordered rows that they are copied from;
  /// both are read in whole vectors.
  [[nodiscard]] constexpr std::int64_t scratch() const {
    if (from_columns()) return std::int64_t{kernel_height} * min(columns, columns_of(slots)) * channels;
    if (from_image()) return std::int64_t{last_pixels()} * padded();
    return slots * std::int64_t{slot()} + 16 + std::int64_t{kernel_height} * pitch() + 16;
  }
  /// The weight, (ky, kx, channel), that meets a place among the inputs of a pixel.
  [[nodiscard]] constexpr std::int64_t weight_at(std::int64_t place) const {
    if (!from_columns() || place >= weights()) return place;
    std::int64_t const tap = place / channels;
    return (tap % kernel_height * kernel_width + tap / kernel_height) * channels + place % channels;
  }
};
/// The layout for a problem.
[[nodiscard]] constexpr channel_lanes lanes_of(convolution_problem const& p) {
  std::int32_t const columns = (p.output.width - 1) * p.stride_width + p.kernel_width;
  return {p.kernel_height, p.kernel_width, p.input.channels,
          p.stride_width,  columns,        p.padding_left > 0 || columns > p.input.width};
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d
