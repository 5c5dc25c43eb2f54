// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/tensor/element_type.hpp>
#include <linnet/tensor/shape.hpp>

namespace linnet::inline LINNET_ISA {

/// Rows of a tensor that a node has just made, as an observer sees them. Valid during the call.
struct observed_rows {
  std::size_t node = 0;                           ///< index in the graph
  element_type type = f32;                        ///< of each element
  image_shape image{};                            ///< the whole tensor
  std::int32_t first = 0, count = 0;              ///< rows [first, first + count) of all its images
  std::byte const* data = nullptr;                ///< the first of these rows
  std::int32_t pixel_stride = 0, row_stride = 0;  ///< bytes; pixels of a concat's part do not touch
  /// The first element of a pixel, the row counted from the first of these.
  [[nodiscard]] constexpr std::byte const* pixel(std::int32_t row, std::int32_t column) const {
    return data + std::int64_t{row} * row_stride + std::int64_t{column} * pixel_stride;
  }
  /// Bytes of a pixel's elements.
  [[nodiscard]] constexpr std::int64_t pixel_bytes() const { return bytes_of(type, image.channels); }
};

}  // namespace linnet::inline LINNET_ISA
