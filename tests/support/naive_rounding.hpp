// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

// How an accumulator becomes an output step, from the mathematical rules of arithmetic.md: exact rational
// numbers in 128 bits, one floor where the rule can be written as one. Nothing of linnet is included here: an
// oracle that shared its subject's functions would agree with its mistakes.
namespace naive {

using wide = __int128;

enum class rule {
  double_rounding,
  single_rounding,
  float_half_even,
  float_half_away,
  shift_half_up,
  shift_half_even,
  shift_half_away
};

inline wide power_of_two(int exponent) { return wide{1} << exponent; }

/// The largest integer not above a / b; b > 0.
inline wide floor_divide(wide a, wide b) { return a / b - (a % b != 0 && a < 0 ? 1 : 0); }

/// The integer nearest to a / b, ties away from zero; b > 0.
inline wide nearest_away(wide a, wide b) {
  wide const magnitude = ((a < 0 ? -a : a) * 2 + b) / (2 * b);
  return a < 0 ? -magnitude : magnitude;
}

inline wide saturate32(wide x) {
  constexpr wide low = std::numeric_limits<std::int32_t>::min(),
                 high = std::numeric_limits<std::int32_t>::max();
  return x < low ? low : x > high ? high : x;
}

/// x modulo 2^32, as a signed number.
inline wide wrap32(wide x) {
  wide const rest = x - floor_divide(x, power_of_two(32)) * power_of_two(32);
  return rest >= power_of_two(31) ? rest - power_of_two(32) : rest;
}

/// mantissa * 2^(exponent - 31).
struct fixed {
  wide mantissa = 0;
  int exponent = 0;
};

inline fixed fixed_of(double real) {
  int exponent = 0;
  auto mantissa = static_cast<wide>(std::round(std::ldexp(std::frexp(real, &exponent), 31)));
  if (mantissa == power_of_two(31)) {
    mantissa /= 2;
    ++exponent;
  }
  if (exponent < -31) return {};
  if (exponent > 30) return {power_of_two(31) - 1, 30};
  return {mantissa, exponent};
}

/// x * m, rounded twice: to the left it is one rounded high multiplication of the raised x; to the right both
/// roundings together are one floor (arithmetic.md).
inline wide rescale_twice(wide x, fixed m) {
  if (m.exponent >= 0) {
    return floor_divide(2 * wrap32(x * power_of_two(m.exponent)) * m.mantissa + power_of_two(31),
                        power_of_two(32));
  }
  int const shift = -m.exponent;
  wide const unit = power_of_two(31 + shift), half = unit / 2, nudge = power_of_two(30);
  return floor_divide(x * m.mantissa + half + (x >= 0 ? nudge : -nudge), unit);
}

/// x * m, rounded once, ties toward +infinity.
inline wide rescale_once(wide x, fixed m) {
  wide const unit = power_of_two(31 - m.exponent);
  return saturate32(floor_divide(2 * x * m.mantissa + unit, 2 * unit));
}

/// x * 2^-shift, ties as the rule says.
inline wide rescale_by_shift(rule how, wide x, int shift) {
  if (shift <= 0) return saturate32(x * power_of_two(shift < -32 ? 32 : -shift));
  wide const unit = power_of_two(shift > 80 ? 80 : shift);
  if (how == rule::shift_half_away) return nearest_away(x, unit);
  wide const up = floor_divide(2 * x + unit, 2 * unit);
  bool const is_tie = (2 * x + unit) % (2 * unit) == 0;
  return how == rule::shift_half_even && is_tie && up % 2 != 0 ? up - 1 : up;
}

/// round(x * input * weight / output) under a rule, before any zero point.
inline wide rescale(rule how, wide x, float input, float weight, float output) {
  double const real = static_cast<double>(input) * static_cast<double>(weight) / static_cast<double>(output);
  auto const x32 = static_cast<std::int32_t>(x);
  auto const from_real = [](double value) {
    return saturate32(static_cast<wide>(std::fmax(std::fmin(value, 1e18), -1e18)));
  };
  switch (how) {
    case rule::double_rounding: return rescale_twice(x, fixed_of(real));
    case rule::single_rounding: return rescale_once(x, fixed_of(real));
    case rule::float_half_even: {
      float const scale = input * weight / output;
      float const product = static_cast<float>(x32) * scale;
      return from_real(std::nearbyint(static_cast<double>(product)));
    }
    case rule::float_half_away:
      return from_real(std::round(static_cast<double>(x32) * static_cast<double>(input) *
                                  static_cast<double>(weight) / static_cast<double>(output)));
    default: return rescale_by_shift(how, x, -std::ilogb(real));
  }
}

}  // namespace naive
