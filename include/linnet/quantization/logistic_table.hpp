// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include <linnet/base/math.hpp>

// Logistic and tanh of 16 bits by interpolation in one table, as TensorFlow Lite computes them
// (integer_ops/logistic.h and tanh.h, int16): tanh(x) = 2 logistic(2 x) - 1.
namespace linnet::inline LINNET_ISA {

namespace detail {

/// logistic(i / 24) in steps of 2^-16, each raised by half of what the straight line to the next one lacks in
/// its middle; the last one, where lines end, is all bits.
inline constexpr std::array<std::uint16_t, 256> logistic_table = [] {
  auto const logistic = [](double i) { return 0x1p16 / (1.0 + exp(i / -24.0)); };
  std::array<std::uint16_t, 256> made{};
  for (std::size_t i = 0; i < made.size(); ++i) {
    auto const at = static_cast<double>(i);
    double const line = (logistic(at) + logistic(at + 1.0)) / 2.0;
    double const value = logistic(at) + (logistic(at + 0.5) - line) / 2.0;
    made[i] = static_cast<std::uint16_t>(round_to_integer<tie::away>(value));
  }
  made[255] = 0xFFFF;
  return made;
}();

/// On the line from one entry of the table to the next, which is 2^bits long.
[[nodiscard]] constexpr std::int32_t interpolated_logistic(std::uint32_t magnitude, int bits) {
  std::uint32_t const place = magnitude >> bits, rest = magnitude & ((1u << bits) - 1);
  if (place >= 255) return bits == 9 ? 0x7FFF << 10 : 0xFFFF << 8;
  std::uint32_t const low = logistic_table[place], high = logistic_table[place + 1];
  return static_cast<std::int32_t>((low << bits) + rest * (high - low));
}

}  // namespace detail

/// 1 / (1 + e^-x) in steps of 2^-15. `thirds` is x in steps of 2^-12 / 3.
[[nodiscard]] constexpr std::int16_t logistic_16(std::int32_t thirds) {
  auto const magnitude = static_cast<std::uint32_t>(thirds < 0 ? -thirds : thirds);
  std::int32_t const found = detail::interpolated_logistic(magnitude, 9);
  std::int32_t const rounded = thirds >= 0 ? found + (1 << 9) : (1 << 25) - found + (1 << 9) - 1;
  return static_cast<std::int16_t>(rounded >> 10);
}

/// tanh(x) in steps of 2^-15, x likewise.
[[nodiscard]] constexpr std::int16_t tanh_16(std::int32_t thirds) {
  auto const magnitude = static_cast<std::uint32_t>(thirds < 0 ? -thirds : thirds);
  std::int32_t const found = detail::interpolated_logistic(magnitude, 8);
  std::int32_t const half = 1 << 23;
  std::int32_t const rounded = thirds >= 0 ? found - half + (1 << 7) : half - found + (1 << 7) - 1;
  return static_cast<std::int16_t>(rounded >> 8);
}

/// How stored integers of 16 bits become thirds of 2^-12: round(x * factor / 2^shift), ties up (TFLite
/// activations.cc, SigmoidPrepare and TanhPrepare).
struct table_steps {
  std::int32_t factor = 0, shift = 0;  ///< 3 or 6 for the table's own steps and their double, else 15 bits
  /// Whether the factor has no more than 15 bits, so that no product overflows: scales below 8/3.
  [[nodiscard]] constexpr bool fit() const { return factor <= 32767; }
  /// Precondition: `fit()`.
  [[nodiscard]] constexpr std::int32_t operator()(std::int16_t x) const {
    return (x * factor + (shift > 0 ? 1 << (shift - 1) : 0)) >> shift;
  }
};
/// Those of a scale. One within a thousandth of a power of two of 2^-12 is taken for it, where
/// `knows_double` of 2^-11 too.
[[nodiscard]] constexpr table_steps table_steps_of(float scale, bool knows_double) {
  double steps = static_cast<double>(scale) * 0x1p12;
  constexpr double near = 1.000693387462580632;  // 2^0.001
  if (steps < near && steps * near > 1.0) return {3, 0};
  if (knows_double && steps < 2.0 * near && steps * near > 2.0) return {6, 0};
  table_steps made{};
  for (steps *= 3.0; steps <= 32767.0 / 2.0 && made.shift <= 30; steps *= 2.0) ++made.shift;
  made.factor = static_cast<std::int32_t>(min(steps, 32768.0));
  return made;
}

}  // namespace linnet::inline LINNET_ISA
