// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>

#include <linnet/config/arch.hpp>

namespace linnet::inline LINNET_ISA {

/// A number of IEEE 754's binary16 (a sign, 5 bits of exponent, 10 of fraction) as it is stored. Nothing
/// calculates with it: it is widened first, which is exact.
struct half {
  std::uint16_t bits = 0;  ///< the sign first
  friend constexpr bool operator==(half, half) = default;
};

/// The same number as a float: every half is one. Infinities stay, a NaN keeps its sign and its bits.
[[nodiscard]] constexpr float widened(half number) {
  std::uint32_t const sign = (number.bits & 0x8000u) << 16, rest = number.bits & 0x7FFFu;
  if (rest < 0x400u) {  // no exponent: so many times the smallest number
    float const size = static_cast<float>(rest) * 0x1p-24f;
    return sign == 0 ? size : -size;
  }
  std::uint32_t const bias = rest < 0x7C00u ? 127 - 15 : 255 - 31;
  return std::bit_cast<float>(sign | ((rest << 13) + (bias << 23)));
}

/// The half that is nearest to a float, of two the one whose last bit is 0 (IEEE 754, roundTiesToEven).
/// From 65520 on that is infinity, up to 2^-25 it is 0, each with the float's sign; a NaN stays one and is
/// quiet.
[[nodiscard]] constexpr half narrowed(float number) {
  auto const bits = std::bit_cast<std::uint32_t>(number);
  std::uint32_t const sign = bits >> 16 & 0x8000u, rest = bits & 0x7FFFFFFFu;
  auto const signed_half = [&](std::uint32_t size) { return half{static_cast<std::uint16_t>(sign | size)}; };
  if (rest > 0x7F800000u) return signed_half(0x7E00u | (rest >> 13 & 0x3FFu));
  if (rest >= 0x477FF000u) return signed_half(0x7C00u);
  if (rest >= 0x38800000u)  // half a unit, less a little where the unit before it is even
    return signed_half((rest - (112u << 23) + 0xFFFu + (rest >> 13 & 1u)) >> 13);
  std::uint32_t const lost = 126 - (rest >> 23);  // bits of the significand below 2^-24
  if (lost > 24) return signed_half(0);
  std::uint32_t const significand = (rest & 0x7FFFFFu) | 0x800000u, size = significand >> lost;
  std::uint32_t const below = significand & ((1u << lost) - 1), tie = 1u << (lost - 1);
  return signed_half(size + (below > tie || (below == tie && size % 2 == 1) ? 1 : 0));
}

}  // namespace linnet::inline LINNET_ISA
