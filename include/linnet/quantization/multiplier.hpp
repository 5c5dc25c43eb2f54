// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include <linnet/base/math.hpp>

namespace linnet::inline LINNET_ISA {

/// A positive real number as q31 * 2^(exponent - 31): q31 in [2^30, 2^31) or 0, exponent in [-31, 30].
struct multiplier {
  std::int32_t q31 = 0;       ///< in [2^30, 2^31), or 0
  std::int32_t exponent = 0;  ///< in [-31, 30]: the factor is q31 / 2^31 * 2^exponent
  friend constexpr bool operator==(multiplier const&, multiplier const&) = default;
};

/// The nearest multiplier, ties away from zero (TFLite quantization_util.cc, QuantizeMultiplier). Numbers
/// below 2^-32 become 0, numbers of 2^30 and more the largest multiplier. Precondition: finite, not negative.
[[nodiscard]] constexpr multiplier make_multiplier(double real) {
  auto const [fraction, exponent] = frexp(real);
  std::int64_t q31 = round_to_integer<tie::away>(fraction * 0x1p31);
  int shift = exponent;
  if (q31 == std::int64_t{1} << 31) {
    q31 /= 2;
    ++shift;
  }
  if (shift < -31) return {0, 0};
  if (shift > 30) return {std::numeric_limits<std::int32_t>::max(), 30};
  return {static_cast<std::int32_t>(q31), shift};
}

/// Whether `make_multiplier` keeps a number: neither lost to 0 nor cut at the largest multiplier.
[[nodiscard]] constexpr bool is_representable(double real) {
  constexpr double least = 0x1p-32, most = 0x1p30 - 0.25;  // what rounds to 31 bits below 2^30
  return real >= least && real < most;
}

/// Whether a number is 2^k for an integer k (normal float32 range).
[[nodiscard]] constexpr bool is_power_of_two(float value) {
  auto const bits = std::bit_cast<std::uint32_t>(value);
  return (bits & 0x807FFFFFu) == 0 && bits != 0 && (bits >> 23) != 0xFFu;
}

}  // namespace linnet::inline LINNET_ISA
