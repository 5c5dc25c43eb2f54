// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "hardware.h"

/// A camera's pixels as the network wants them: red, green, blue, each from 0 to 255, less 128, since its
/// input has the scale 1/255 and the zero point -128.
namespace pixels {

[[nodiscard]] constexpr std::int8_t quantized(std::uint32_t intensity) {
  return static_cast<std::int8_t>(static_cast<std::int32_t>(intensity) - 128);
}

inline void convert(std::uint8_t const* row, hardware_pixels format, std::span<std::int8_t> out) {
  if (format == hardware_rgb888) {
    for (std::int8_t& value : out) value = quantized(*row++);
    return;
  }
  for (std::size_t i = 0; i + 2 < out.size(); i += 3, row += 2) {
    std::uint32_t const pixel = row[0] | std::uint32_t{row[1]} << 8;
    std::uint32_t const red = pixel >> 11, green = pixel >> 5 & 63, blue = pixel & 31;
    out[i] = quantized(red << 3 | red >> 2);  // the high bits again: white stays white
    out[i + 1] = quantized(green << 2 | green >> 4);
    out[i + 2] = quantized(blue << 3 | blue >> 2);
  }
}

}  // namespace pixels
