// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include <linnet/config/arch.hpp>

/// Arithmetic that `<cmath>` and `<algorithm>` offer too late (not constexpr) or not at all (freestanding).
namespace linnet::inline LINNET_ISA {

/// The lesser of both; `a` where neither is less, a NaN included.
template <class T>
[[nodiscard]] constexpr T min(T a, T b) {
  return b < a ? b : a;
}
/// The greater of both; `a` where neither is greater, a NaN included.
template <class T>
[[nodiscard]] constexpr T max(T a, T b) {
  return a < b ? b : a;
}
/// `value` within [low, high]. Precondition: low <= high.
template <class T>
[[nodiscard]] constexpr T clamp(T value, T low, T high) {
  return value < low ? low : high < value ? high : value;
}

/// The smallest multiple of `alignment` (a positive number) that is not less than `value` (not negative).
template <std::integral T>
[[nodiscard]] constexpr T align_up(T value, T alignment) {
  return static_cast<T>((value + alignment - 1) / alignment * alignment);
}

/// The quotient rounded toward +infinity. Precondition: numerator >= 0, denominator > 0.
template <std::integral T>
[[nodiscard]] constexpr T divide_rounding_up(T numerator, T denominator) {
  return static_cast<T>((numerator + denominator - 1) / denominator);
}

/// Sums, products and shifts modulo 2^32 (2^64), as every target's registers compute them; signed overflow is
/// no error.
[[nodiscard]] constexpr std::int32_t wrapping_add(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
[[nodiscard]] constexpr std::int64_t wrapping_add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
/// The product modulo 2^64 or 2^32 (two's complement): no overflow is undefined.
[[nodiscard]] constexpr std::int64_t wrapping_multiply(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
[[nodiscard]] constexpr std::int32_t wrapping_multiply(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
}
/// a * 2^bits modulo 2^32 (two's complement); bits in [0, 31].
[[nodiscard]] constexpr std::int32_t wrapping_shift_left(std::int32_t a, int bits) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) << bits);
}

/// `value` clamped into the range of `To`.
template <std::integral To, std::integral From>
[[nodiscard]] constexpr To saturate(From value) {
  if (std::cmp_less(value, std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
  if (std::cmp_greater(value, std::numeric_limits<To>::max())) return std::numeric_limits<To>::max();
  return static_cast<To>(value);
}

/// Neither an infinity nor a NaN. Usable in constant expressions, which that of std is not.
[[nodiscard]] constexpr bool is_finite(float value) {
  return (std::bit_cast<std::uint32_t>(value) & 0x7F800000u) != 0x7F800000u;
}
[[nodiscard]] constexpr bool is_finite(double value) {
  return (std::bit_cast<std::uint64_t>(value) >> 52 & 0x7FFu) != 0x7FFu;
}
/// Whether the value is no number.
[[nodiscard]] constexpr bool is_nan(float value) {
  return (std::bit_cast<std::uint32_t>(value) & 0x7FFFFFFFu) > 0x7F800000u;
}

/// A finite number as `fraction * 2^exponent` with |fraction| in [1/2, 1), or {0, 0}.
struct binary_fraction {
  double fraction;  ///< in [0.5, 1), with the value's sign; 0 for 0
  int exponent;     ///< value = fraction * 2^exponent
};
/// Fraction and exponent of a finite value, as `std::frexp`, in constant expressions too.
[[nodiscard]] constexpr binary_fraction frexp(double value) {
  auto bits = std::bit_cast<std::uint64_t>(value);
  int exponent = 0;
  if ((bits & 0x7FFFFFFFFFFFFFFFull) == 0) return {value, 0};
  if ((bits >> 52 & 0x7FFu) == 0) {  // subnormal: bring the leading bit into place
    bits = std::bit_cast<std::uint64_t>(value * 0x1p54);
    exponent = -54;
  }
  exponent += static_cast<int>(bits >> 52 & 0x7FFu) - 1022;
  bits = (bits & 0x800FFFFFFFFFFFFFull) | (1022ull << 52);
  return {std::bit_cast<double>(bits), exponent};
}

/// 2^exponent for exponents in [-1022, 1023].
[[nodiscard]] constexpr double exp2(int exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

/// What becomes of a number half way between two integers.
enum class tie : std::uint8_t { up, even, away };

/// The nearest integer, ties as named, clamped to 63 bits; NaN gives 0. Works on the bits of the number: no
/// floating-point operation that a compiler could contract or reorder takes part in the decision.
template <tie Tie>
[[nodiscard]] constexpr std::int64_t round_to_integer(double value) {
  auto const bits = std::bit_cast<std::uint64_t>(value);
  bool const negative = (bits >> 63) != 0;
  int const exponent = static_cast<int>(bits >> 52 & 0x7FFu) - 1075;  // value = significand * 2^exponent
  std::uint64_t significand = bits & 0x000FFFFFFFFFFFFFull;
  if (exponent == 972) {  // infinity or NaN
    if (significand != 0) return 0;
    return negative ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  }
  if (exponent > 10) {
    return negative ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  }
  if (exponent < -53) return 0;  // less than a half
  significand |= 0x0010000000000000ull;
  if (exponent >= 0) {
    auto const magnitude = static_cast<std::int64_t>(significand << exponent);
    return negative ? -magnitude : magnitude;
  }
  std::uint64_t const unit = 1ull << -exponent;
  std::uint64_t const rest = significand & (unit - 1);
  auto magnitude = static_cast<std::int64_t>(significand >> -exponent);
  bool const up_at_tie =
      Tie == tie::away || (Tie == tie::up && !negative) || (Tie == tie::even && (magnitude & 1) != 0);
  if (rest > unit / 2 || (rest == unit / 2 && up_at_tie)) ++magnitude;
  return negative ? -magnitude : magnitude;
}

/// e^x in double precision (relative error below 1e-15): range reduction by ln 2, then the Taylor series.
/// Above 709 it is infinity, below -708 zero. The same bits on every machine whose double arithmetic does not
/// contract; within one unit in the last place else.
[[nodiscard]] constexpr double exp(double x) {
  if (x != x) return x;
  if (x > 709.0) return std::numeric_limits<double>::infinity();
  if (x < -708.0) return 0.0;
  constexpr double log2_e = 1.4426950408889634, ln2_high = 6.93147180369123816490e-01,
                   ln2_low = 1.90821492927058770002e-10;
  auto const n = round_to_integer<tie::even>(x * log2_e);
  double const r = (x - static_cast<double>(n) * ln2_high) - static_cast<double>(n) * ln2_low;
  double sum = 1.0;
  for (int i = 14; i >= 1; --i) sum = 1.0 + r / i * sum;
  return sum * exp2(static_cast<int>(n));
}

/// The square root of a finite number that is not negative (relative error below 1e-15): Newton's method.
[[nodiscard]] constexpr double sqrt(double x) {
  if (x == 0.0) return x;
  int const half = frexp(x).exponent / 2;
  double root = exp2(half);  // within a factor of 2
  for (int i = 0; i < 6; ++i) root = 0.5 * (root + x / root);
  return root;
}

/// ln x in double precision (relative error below 1e-15, absolute near 1): the exponent's part, and the
/// series of artanh for the rest. Minus infinity for 0, NaN below.
[[nodiscard]] constexpr double log(double x) {
  if (x == 0.0) return -std::numeric_limits<double>::infinity();
  if (!(x > 0.0)) return std::numeric_limits<double>::quiet_NaN();
  if (!is_finite(x)) return x;
  auto [fraction, exponent] = frexp(x);
  if (fraction < 0.70710678118654752) {
    fraction *= 2.0;
    --exponent;
  }
  double const s = (fraction - 1.0) / (fraction + 1.0), square = s * s;  // s in (-0.172, 0.172)
  double sum = 0.0;
  for (int i = 23; i >= 1; i -= 2) sum = 1.0 / i + square * sum;
  return exponent * 6.93147180559945309417e-01 + 2.0 * s * sum;
}

/// tanh x in double precision (relative error below 1e-12).
[[nodiscard]] constexpr double tanh(double x) {
  double const magnitude = x < 0.0 ? -x : x;
  if (magnitude < 1e-3) return x * (1.0 - x * x * (1.0 / 3 - x * x * (2.0 / 15)));
  double const power = exp(-2.0 * magnitude), result = (1.0 - power) / (1.0 + power);
  return x < 0.0 ? -result : result;
}

/// 1 - erf x in double precision (relative error below 1e-11): the series of erf e^(x^2), whose terms are all
/// positive, up to 2; beyond, the continued fraction (Abramowitz and Stegun 7.1.6 and 7.1.14).
[[nodiscard]] constexpr double erfc(double x) {
  if (x < 0.0) return 2.0 - erfc(-x);
  constexpr double root_of_pi = 1.77245385090551602730;
  if (x > 27.0) return 0.0;
  if (x < 2.0) {
    double sum = 0.0, term = x;
    for (int i = 1; i < 48; ++i) {
      sum += term;
      term *= 2.0 * x * x / (2 * i + 1);
    }
    return 1.0 - 2.0 / root_of_pi * exp(-x * x) * sum;
  }
  double fraction = x;
  for (int i = 60; i >= 1; --i) fraction = x + 0.5 * i / fraction;
  return exp(-x * x) / (root_of_pi * fraction);
}

}  // namespace linnet::inline LINNET_ISA
