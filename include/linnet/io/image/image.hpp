// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

#include <linnet/config/arch.hpp>

namespace linnet::inline LINNET_ISA::io {

/// A picture of 8-bit pixels, row by row from the top, the channels of a pixel side by side.
struct image {
  int width = 0, height = 0;         ///< in pixels
  int channels = 3;                  ///< 3: red, green, blue; 1: grey
  std::vector<std::uint8_t> pixels;  ///< (height, width, channels)

  /// Whether the sizes are positive and `pixels` has as many bytes as they say.
  [[nodiscard]] bool consistent() const {
    return width > 0 && height > 0 && (channels == 1 || channels == 3) &&
           pixels.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                                static_cast<std::size_t>(channels);
  }
  friend bool operator==(image const&, image const&) = default;
};

/// What a picture may be at most: longer sides, more pixels and longer files are refused before anything is
/// allocated for them.
inline constexpr int max_image_side = 65'500;
inline constexpr std::int64_t max_image_pixels = 64'000'000;                 ///< Larger pictures are refused.
inline constexpr std::size_t max_image_file_bytes = std::size_t{256} << 20;  ///< Larger files are refused.

}  // namespace linnet::inline LINNET_ISA::io
