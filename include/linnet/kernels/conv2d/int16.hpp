// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/conv2d/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::conv2d {

/// The inputs of the window that begins at column `left`, side by side: where they lie so, or copied to `to`
/// by `copy(to, from, bytes)`.
template <class Extent, class Policy, class Copy>
[[gnu::noinline]] std::byte const* gather(descriptor<Extent, std::int16_t, Policy> const& d,
                                          input_row const* row, std::int32_t left,
                                          std::byte const* zero_pixel, std::byte* to, Copy copy) {
  std::byte* const begin = to;
  std::int32_t const pixel_bytes = 2 * d.input_channels, wide = d.kernel_width;
  // Taps [first, last) lie in the image.
  std::int32_t const first = clamp<std::int32_t>(-left, 0, wide);
  std::int32_t const last = clamp<std::int32_t>(d.input_width - left, first, wide);
  for (std::int32_t ky = d.kernel_height; ky > 0; --ky, row += d.dilation_height) {
    bool const one_run = d.dilation_width == 1 && row->pixel_stride == pixel_bytes && first < last;
    for (std::int32_t kx = 0; kx < wide;) {
      std::int32_t const pixels = one_run && kx == first ? last - first : 1;
      std::byte const* const from = d.pixel(*row, left + kx * d.dilation_width, zero_pixel);
      if (pixels == wide && d.kernel_height == 1) return from;
      copy(to, from, pixels * pixel_bytes);
      to += pixels * pixel_bytes;
      kx += pixels;
    }
  }
  return begin;
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d
