// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/depthwise/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::depthwise {

/// The pixels of a window, listed.
struct listed_pixels {
  std::byte const **first, **last;  ///< [first, last): their addresses

  /// The sum of one channel's products, `offset` bytes into each pixel. The weights of the next tap lie
  /// `plane` bytes further.
  [[nodiscard, gnu::noinline]] std::int32_t sum(std::int32_t offset, std::byte const* weights,
                                                std::int32_t plane) const {
    std::int32_t made = 0;
    for (std::byte const* const* at = first; at != last; ++at, weights += plane)
      made += load<std::int16_t>(*at + offset) * load<std::int8_t>(weights);
    return made;
  }
};

/// Depthwise convolution of some rows: where each input channel makes one output channel
/// `block(pixels, channel, count, to)` makes up to `Block::channels` of them, elsewhere
/// `block.one(pixels, channel, input, to)` one by one. Scratch: the pixels of a window.
template <class Block, class Extent, class Policy>
void each_block(descriptor<Extent, std::int16_t, Policy> const& d, row_window window, row_span const& out,
                std::byte const* zero_pixel, std::byte* scratch, Block const& block) {
  std::int32_t const inputs = d.input_channels, channels = d.output_channels;
  listed_pixels pixels{};
  pixels.first = reinterpret_cast<std::byte const**>(scratch);
  for (std::int32_t y = 0; y < out.rows; ++y) {
    row_window const below = window.subspan(static_cast<std::size_t>(y * d.stride_height));
    for (std::int32_t x = 0; x < d.output_width; ++x) {
      std::byte* to = out.data + y * out.row_stride + x * out.pixel_stride;
      pixels.last = pixels.first;
      for (std::int32_t ky = 0; ky < d.kernel_height; ++ky) {
        input_row const& row = below[static_cast<std::size_t>(ky * d.dilation_height)];
        for (std::int32_t kx = 0; kx < d.kernel_width; ++kx)
          *pixels.last++ =
              d.pixel(row, x * d.stride_width - d.padding_left + kx * d.dilation_width, zero_pixel);
      }
      if (inputs == channels) {
        for (std::int32_t c = 0; c < channels; c += Block::channels, to += 2 * Block::channels)
          block(pixels, c, min(channels - c, Block::channels), to);
      } else {
        std::int32_t input = 0, progress = 0;  // the channel's input, without dividing
        for (std::int32_t c = 0; c < channels; ++c, to += 2) {
          block.one(pixels, c, input, to);
          for (progress += inputs; progress >= channels; progress -= channels) ++input;
        }
      }
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::depthwise
