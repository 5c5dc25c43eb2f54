// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include <linnet/quantization/rounding.hpp>

// Transcendental functions of fixed-point numbers, bit for bit as gemmlowp computes them for TFLite's
// softmax, logistic and tanh (gemmlowp fixedpoint.h). Qm.n is an int32 with m integer bits and n = 31 - m
// fraction bits.
namespace linnet::inline LINNET_ISA::fixed_point {

inline constexpr std::int32_t one_q0 = std::numeric_limits<std::int32_t>::max();  ///< the largest Q0.31, "1"

/// x * 2^exponent, saturating to the left, rounded with ties away from zero to the right.
template <int Exponent>
[[nodiscard]] constexpr std::int32_t multiply_by_power_of_two(std::int32_t x) {
  if constexpr (Exponent <= 0) {
    return rounding_shift_right<tie::away>(x, -Exponent);
  } else {
    std::int32_t const shifted = wrapping_shift_left(x, Exponent);
    if (shifted >> Exponent == x) return shifted;
    return x < 0 ? std::numeric_limits<std::int32_t>::min() : std::numeric_limits<std::int32_t>::max();
  }
}

/// `rounding_doubling_high_multiply`, out of line: the functions below are chains of it, and small devices
/// pay for each copy.
[[nodiscard, gnu::noinline]] constexpr std::int32_t high_multiply(std::int32_t a, std::int32_t b) {
  return rounding_doubling_high_multiply(a, b);
}

/// x / 2^shift, ties away from zero: out of line for the same reason.
[[nodiscard, gnu::noinline]] constexpr std::int32_t shift_right(std::int32_t x, int shift) {
  return rounding_shift_right<tie::away>(x, shift);
}

/// e^a for a in [-1/4, 0): Q0.31 to Q0.31. Taylor series of fourth order around -1/8.
[[nodiscard]] constexpr std::int32_t exp_on_minus_one_quarter_to_0(std::int32_t a) {
  constexpr std::int32_t exp_of_minus_one_eighth = 1895147668, one_third = 715827883;
  std::int32_t const x = wrapping_add(a, 1 << 28);
  std::int32_t const x2 = high_multiply(x, x);
  std::int32_t const x3 = high_multiply(x2, x);
  std::int32_t const x4 = high_multiply(x2, x2);
  std::int32_t const x4_over_4 = multiply_by_power_of_two<-2>(x4);
  std::int32_t const tail =
      multiply_by_power_of_two<-1>(wrapping_add(high_multiply(wrapping_add(x4_over_4, x3), one_third), x2));
  return saturate<std::int32_t>(std::int64_t{exp_of_minus_one_eighth} +
                                high_multiply(exp_of_minus_one_eighth, wrapping_add(x, tail)));
}

/// e^-(1/4), e^-(1/2), e^-1 ... e^-16, Q0.31.
inline constexpr std::int32_t negative_powers[] = {1672461947, 1302514674, 790015084, 290630308,
                                                   39332535,   720401,     242};

/// e^a for a <= 0: Qm.n to Q0.31. The fraction below 1/4 goes through the series, each higher bit of -a
/// multiplies by a constant e^-(2^k).
template <int IntegerBits>
[[nodiscard]] constexpr std::int32_t exp_on_negative_values(std::int32_t a) {
  constexpr int fraction_bits = 31 - IntegerBits;
  constexpr std::int32_t one_quarter = 1 << (fraction_bits - 2);
  std::int32_t const below_quarter = (a & (one_quarter - 1)) - one_quarter;
  std::int32_t result = exp_on_minus_one_quarter_to_0(multiply_by_power_of_two<IntegerBits>(below_quarter));
  std::int32_t const rest = below_quarter - a;  // a non-negative multiple of 1/4
  for (int i = 0; i < 7; ++i) {
    int const exponent = i - 2;
    if (IntegerBits > exponent && (rest & (1 << (fraction_bits + exponent))) != 0) {
      result = high_multiply(result, negative_powers[i]);
    }
  }
  if constexpr (IntegerBits > 5) {
    if (a < -(1 << (fraction_bits + 5))) result = 0;
  }
  return a == 0 ? one_q0 : result;
}

/// 2 / (1 + a) for a in [0, 1]: Q0.31 to Q2.29. Three Newton-Raphson steps for a division by (1 + a) / 2.
[[nodiscard]] constexpr std::int32_t two_over_one_plus(std::int32_t a) {
  std::int32_t const half_denominator = (a >> 1) + (1 << 30);  // 2^31 - 1 for 1, and ties up
  constexpr std::int32_t q2_48_over_17 = 1515870810, q2_minus_32_over_17 = -1010580540, q2_one = 1 << 29;
  std::int32_t x = wrapping_add(q2_48_over_17, high_multiply(half_denominator, q2_minus_32_over_17));
  for (int i = 0; i < 3; ++i) {
    std::int32_t const product = high_multiply(half_denominator, x);
    std::int32_t const remainder = wrapping_add(q2_one, -product);
    x = wrapping_add(x, multiply_by_power_of_two<2>(high_multiply(x, remainder)));
  }
  return x;
}

/// 1 / (1 + a) for a in [0, 1]: Q0.31 to Q0.31.
[[nodiscard]] constexpr std::int32_t one_over_one_plus(std::int32_t a) {
  return multiply_by_power_of_two<1>(two_over_one_plus(a));  // Q2 to Q0, and halved
}

/// 1 / (1 + e^-a): Qm.n to Q0.31.
template <int IntegerBits>
[[nodiscard]] constexpr std::int32_t logistic(std::int32_t a) {
  if (a == 0) return 1 << 30;
  std::int32_t const negative = a > 0 ? -a : a;
  std::int32_t const of_magnitude = one_over_one_plus(exp_on_negative_values<IntegerBits>(negative));
  return a > 0 ? of_magnitude : one_q0 - of_magnitude;
}

/// (e^a - e^-a) / (e^a + e^-a): Qm.n to Q0.31.
template <int IntegerBits>
[[nodiscard]] constexpr std::int32_t tanh(std::int32_t a) {
  if (a == 0) return 0;
  // The power of twice the magnitude is that of the same bits with one integer bit more.
  std::int32_t const power = exp_on_negative_values<IntegerBits + 1>(a > 0 ? -a : a);
  std::int32_t const of_magnitude =
      multiply_by_power_of_two<2>(wrapping_add(two_over_one_plus(power), -(1 << 29)));  // (1 - x) / (1 + x)
  return a > 0 ? of_magnitude : -of_magnitude;
}

/// A reciprocal as `scaled` (Q0.31, in [1/2, 1]) * 2^-bits_over_unit.
struct reciprocal_result {
  std::int32_t scaled;  ///< the reciprocal, its integer bits beside it
  int bits_over_unit;   ///< value = scaled * 2^bits_over_unit
};
/// 1 / x for x > 0 with `integer_bits` integer bits (gemmlowp GetReciprocal).
[[nodiscard]] constexpr reciprocal_result reciprocal(std::int32_t x, int integer_bits) {
  int const headroom = std::countl_zero(static_cast<std::uint32_t>(x));
  auto const shifted = static_cast<std::int32_t>((static_cast<std::uint32_t>(x) << headroom) - (1u << 31));
  return {one_over_one_plus(shifted), integer_bits - headroom};
}

}  // namespace linnet::inline LINNET_ISA::fixed_point
