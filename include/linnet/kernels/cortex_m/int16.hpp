// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/traits.hpp>

// What the kernels of s16 by s8 for Cortex-M cores that read the scalar kernels' streams have in common.
namespace linnet::inline LINNET_ISA::kernels::int16 {

/// As `reduced_multiplier` has it, for every sum; right shifts by 1 to 31 without shifts of 64 bits.
[[nodiscard]] constexpr std::int32_t rounded(reduced_multiplier, std::int64_t sum, multiplier m) {
  std::int32_t const shift = 15 - m.exponent;
  if (static_cast<std::uint32_t>(shift - 1) >= 31) return reduced_multiplier::apply(sum, m);
  auto const q15 = static_cast<std::uint32_t>(min<std::int32_t>(((m.q31 >> 15) + 1) >> 1, 0x7FFF));
  std::uint64_t product = (static_cast<std::uint64_t>(sum) & 0xFFFFFFFFu) * q15 + (1u << (shift - 1));
  product += std::uint64_t{static_cast<std::uint32_t>(static_cast<std::uint64_t>(sum) >> 32) * q15} << 32;
  auto const high = static_cast<std::int32_t>(product >> 32);
  if (high >> (shift - 1) != high >> 31) return high < 0 ? -0x7FFFFFFF - 1 : 0x7FFFFFFF;
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(product) >> shift |
                                   static_cast<std::uint32_t>(high) << (32 - shift));
}
/// Sums of 32 bits begin again at the other end: 64 hold them, too.
[[nodiscard]] constexpr std::int32_t rounded(double_rounding, std::int64_t sum, multiplier m) {
  return double_rounding::apply(static_cast<std::int32_t>(sum), m);
}

/// Writes one output element.
template <class Policy>
[[gnu::always_inline]] constexpr void finish(output_stage<std::int16_t> const& output, std::int64_t sum,
                                             std::byte const* factor, std::byte* to) {
  std::int32_t const moved =
      wrapping_add(rounded(Policy{}, sum, load_factor<Policy>(factor)), output.zero_point);
  store(to, static_cast<std::int16_t>(clamp<std::int32_t>(moved, output.clamp.low, output.clamp.high)));
}

}  // namespace linnet::inline LINNET_ISA::kernels::int16
