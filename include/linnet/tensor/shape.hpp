// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include <linnet/base/static_vector.hpp>

namespace linnet::inline LINNET_ISA {

inline constexpr std::size_t max_rank = 6;  ///< Most dimensions that a tensor may have.

/// The extents of a tensor, outermost first, known at run time: rank 0 (a scalar) to 6. A plain value.
struct shape : static_vector<std::int32_t, max_rank> {
  constexpr shape() = default;
  /// Precondition: at most `max_rank` extents.
  constexpr shape(std::initializer_list<std::int32_t> extents) {
    for (std::int32_t extent : extents) push_back(extent);
  }

  /// Number of dimensions.
  [[nodiscard]] constexpr std::size_t rank() const { return size(); }
  /// Extent counted from the innermost dimension: `back(0)` is the last one; 1 beyond the rank.
  [[nodiscard]] constexpr std::int32_t back(std::size_t i) const {
    return i < rank() ? (*this)[rank() - 1 - i] : 1;
  }

  /// Number of elements, or -1 where an extent is negative or the product exceeds `limit`.
  [[nodiscard]] constexpr std::int64_t elements(std::int64_t limit = std::int64_t{1} << 40) const {
    std::int64_t product = 1;
    for (std::int32_t const *at = values, *end = at + count; at != end; ++at) {
      std::int64_t const extent = *at;
      if (extent < 0 || (extent > 1 && product > limit / extent)) return -1;
      product *= extent;
    }
    return product;
  }

  friend constexpr bool operator==(shape const&, shape const&) = default;
};

/// A tensor seen as a batch of images: every kernel works on rows of pixels of channels.
struct image_shape {
  /// of pixels: (batch, height, width, channels)
  std::int32_t batch = 1, height = 1, width = 1, channels = 1;
  friend constexpr bool operator==(image_shape const&, image_shape const&) = default;
};

/// Each image of a batch as one pixel.
[[nodiscard]] constexpr image_shape one_pixel(image_shape const& s) {
  return {s.batch, 1, 1, s.height * s.width * s.channels};
}

/// The last four extents as (batch, height, width, channels); missing ones are 1, further ones join the
/// batch. Precondition: the batch fits in 31 bits (`validate` sees to it).
[[nodiscard]] constexpr image_shape as_image(shape const& s) {
  image_shape image{1, s.back(2), s.back(1), s.back(0)};
  for (std::size_t i = 3; i < s.rank(); ++i) image.batch *= s.back(i);
  return image;
}

}  // namespace linnet::inline LINNET_ISA
