// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/pad/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::pad {

/// Some rows with their borders: input (rows, width, channels), output (rows, left + width + right, front +
/// channels
/// + back). `packed` is a pixel of what lies around; rows outside the image arrive as such pixels. No
/// scratch.
template <class Extent>
constexpr void rows(descriptor<Extent> const& d, row_window window, row_span const& out,
                    std::byte const* packed, std::byte*, arch::scalar) {
  auto const count = [](std::int32_t bytes) { return static_cast<std::size_t>(bytes); };
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.output_width; ++x) {
      std::byte* const pixel = out.data + y * out.row_stride + std::int64_t{x} * out.pixel_stride;
      std::int32_t const column = x - d.left;
      copy_bytes(pixel, packed, count(d.pixel_bytes));
      if (column < 0 || column >= d.input_width) continue;
      copy_bytes(pixel + d.front_bytes, row.data + std::int64_t{column} * row.pixel_stride,
                 count(d.input_bytes));
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::pad
