// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/base/half.hpp>

namespace linnet::inline LINNET_ISA {

/// Signed numbers of 4 bits, two a byte and the first in its low bits, as bytes. Precondition: there are as
/// many.
[[nodiscard]] inline std::vector<std::byte> widened_nibbles(std::span<std::byte const> packed,
                                                            std::int64_t count) {
  std::vector<std::byte> made;
  made.reserve(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    auto const half = std::to_integer<std::uint32_t>(packed[i / 2]) >> (i % 2 * 4) & 15u;
    made.push_back(static_cast<std::byte>((half & 8u) != 0 ? half | 0xF0u : half));
  }
  return made;
}

/// Numbers of float16 as floats, which is exact.
[[nodiscard]] inline std::vector<std::byte> widened_halves(std::span<std::byte const> stored) {
  std::vector<std::byte> made(2 * stored.size());
  for (std::size_t at = 0; at + sizeof(half) <= stored.size(); at += sizeof(half))
    store(made.data() + 2 * at, widened(load<half>(stored.data() + at)));
  return made;
}

}  // namespace linnet::inline LINNET_ISA
