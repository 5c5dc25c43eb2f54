// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <linnet/base/bytes.hpp>
#include <linnet/config/arch.hpp>
#include <linnet/kernels/resize/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::resize {

namespace detail {

/// An input row or column, and how much of the next one.
template <class T>
struct entry {
  using fraction = std::conditional_t<std::floating_point<T>, float, std::int32_t>;
  std::int32_t index;
  fraction behind;

  explicit constexpr entry(std::byte const* from)
      : index(load_aligned<std::int32_t>(from)), behind(load_aligned<fraction>(from + 4)) {}
};

/// What lies between four elements (TFLite reference/resize_bilinear.h): floats as the sum of four products,
/// integers with 20 bits that are rounded once, ties away from zero.
template <class T, class Fraction>
[[nodiscard]] constexpr T mixed(T top_left, T bottom_left, T top_right, T bottom_right, Fraction down,
                                Fraction right) {
  if constexpr (std::floating_point<T>) {
    return top_left * (1.0f - down) * (1.0f - right) + bottom_left * down * (1.0f - right) +
           top_right * (1.0f - down) * right + bottom_right * down * right;
  } else {
    using wide = std::conditional_t<sizeof(T) == 1, std::int32_t, std::int64_t>;
    constexpr wide unit = 1 << 10, half = 1 << 19;
    wide const y = down, x = right;
    wide const sum = top_left * (unit - y) * (unit - x) + bottom_left * y * (unit - x) +
                     top_right * (unit - y) * x + bottom_right * y * x;
    return static_cast<T>((sum + (sum > 0 ? half : -half)) / (unit * unit));
  }
}

}  // namespace detail

/// A whole image: input (height, width, channels) and output are contiguous. `packed`: `descriptor`. No
/// scratch.
template <class Extent, class T>
constexpr void rows(descriptor<Extent, T> const& d, row_window window, row_span const& out,
                    std::byte const* packed, std::byte*, arch::scalar) {
  std::byte const* const columns = packed + std::ptrdiff_t{8} * d.output_height;
  std::int32_t const pixel = d.channels * d.element_bytes;
  std::byte* to = out.data;
  for (std::int32_t y = 0; y < d.output_height; ++y) {
    detail::entry<T> const row(packed + std::ptrdiff_t{8} * y);
    std::byte const* const line = window[0].data + std::int64_t{row.index} * d.width * pixel;
    for (std::int32_t x = 0; x < d.output_width; ++x, to += pixel) {
      detail::entry<T> const column(columns + std::ptrdiff_t{8} * x);
      std::byte const* const a = line + std::int64_t{column.index} * pixel;
      if (row.behind == 0 && column.behind == 0) {
        copy_bytes(to, a, static_cast<std::size_t>(pixel));
        continue;
      }
      std::ptrdiff_t const down = row.behind == 0 ? 0 : std::ptrdiff_t{d.width} * pixel,
                           right = column.behind == 0 ? 0 : pixel;
      for (std::int32_t c = 0; c < pixel; c += std::int32_t{sizeof(T)}) {
        store(to + c, detail::mixed(load<T>(a + c), load<T>(a + down + c), load<T>(a + right + c),
                                    load<T>(a + down + right + c), row.behind, column.behind));
      }
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::resize
