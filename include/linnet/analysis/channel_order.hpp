// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <linnet/tensor/element_type.hpp>
#include <linnet/tensor/shape.hpp>

// Arrays of tools that put channels in front of rows and columns (N, C, H, W), as linnet has them (N, H, W,
// C).
namespace linnet::inline LINNET_ISA {

/// The shape with the second extent last: (N, C, H, W) becomes (N, H, W, C), (N, C, W) becomes (N, W, C).
/// What has fewer than three dimensions stays.
[[nodiscard]] constexpr shape with_channels_last(shape const& s) {
  if (s.rank() < 3) return s;
  shape made{s[0]};
  for (std::size_t i = 2; i < s.rank(); ++i) made.push_back(s[i]);
  made.push_back(s[1]);
  return made;
}

/// The elements of an array of shape `from` in the order of `with_channels_last(from)`. Precondition: its
/// elements are whole bytes, and `bytes` has all of them.
[[nodiscard]] inline std::vector<std::byte> channels_last(std::span<std::byte const> bytes, element_type type,
                                                          shape const& from) {
  if (from.rank() < 3) return {bytes.begin(), bytes.end()};
  auto const element = static_cast<std::size_t>(bytes_of(type, 1)),
             channels = static_cast<std::size_t>(from[1]), batch = static_cast<std::size_t>(from[0]);
  std::size_t const pixels = bytes.size() / (element * channels * batch);
  std::vector<std::byte> made;
  made.reserve(bytes.size());
  for (std::size_t image = 0; image < batch; ++image) {
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
      for (std::size_t channel = 0; channel < channels; ++channel) {
        auto const at = bytes.begin() + static_cast<std::ptrdiff_t>(
                                            ((image * channels + channel) * pixels + pixel) * element);
        made.insert(made.end(), at, at + static_cast<std::ptrdiff_t>(element));
      }
    }
  }
  return made;
}

}  // namespace linnet::inline LINNET_ISA
