// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>

#include <linnet/base/math.hpp>
#include <linnet/quantization/fixed_point.hpp>
#include <linnet/quantization/functions.hpp>
#include <linnet/quantization/multiplier.hpp>

namespace linnet::inline LINNET_ISA::kernels::unary {

/// The function of a real number in double precision: a float32 result is this one rounded once.
template <unary_function F>
[[nodiscard]] constexpr double real_value(double x, double a, double b) {
  using enum unary_function;
  if constexpr (F == abs) return x < 0.0 ? -x : x;
  if constexpr (F == neg) return -x;
  if constexpr (F == exp) return linnet::exp(x);
  if constexpr (F == log) return linnet::log(x);
  if constexpr (F == sqrt || F == rsqrt) {
    if (x < 0.0) return std::numeric_limits<double>::quiet_NaN();
    double const root = is_finite(x) ? linnet::sqrt(x) : x;
    return F == sqrt ? root : root == 0.0 ? std::numeric_limits<double>::infinity() : 1.0 / root;
  }
  if constexpr (F == square) return x * x;
  if constexpr (F == reciprocal) {
    double const infinity = std::numeric_limits<double>::infinity();
    return x == 0.0 ? (std::bit_cast<std::uint64_t>(x) >> 63 != 0 ? -infinity : infinity) : 1.0 / x;
  }
  if constexpr (F == floor) {
    if (!(x > -0x1p52 && x < 0x1p52)) return x;  // an integer already, or none at all
    auto const toward_zero = static_cast<double>(static_cast<std::int64_t>(x));
    return toward_zero > x ? toward_zero - 1.0 : toward_zero;
  }
  if constexpr (F == sign) return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x;
  if constexpr (F == tanh) return linnet::tanh(x);
  if constexpr (F == elu) {
    if (!(x < 0.0)) return x;
    return a * (x > -1e-4 ? x * (1.0 + x * (0.5 + x / 6)) : linnet::exp(x) - 1.0);
  }
  if constexpr (F == leaky_relu) return x < 0.0 ? a * x : x;
  if constexpr (F == hard_sigmoid) return clamp(a * x + b, 0.0, 1.0);
  if constexpr (F == hard_swish) return x * clamp(x / 6.0 + 0.5, 0.0, 1.0);
  if constexpr (F == swish) return x / (1.0 + linnet::exp(-a * x));
  if constexpr (F == gelu) {
    if (a != 0.0) return x * 0.5 * linnet::erfc(x * -0.70710678118654752440);
    // (1 + tanh u) / 2 is 1 / (1 + e^-2u), which keeps its bits where tanh is near -1.
    return x / (1.0 + linnet::exp(-2.0 * 0.79788456080286535588 * (x + 0.044715 * x * x * x)));
  }
  if constexpr (F == softplus) {
    double const power = linnet::exp(x);
    if (power < 1e-4) return power * (1.0 - power * (0.5 - power / 3));
    return x > 40.0 ? x : linnet::log(1.0 + power);
  }
}

/// A number as one of another type, as `static_cast` makes it: floats toward zero, integers to fewer bits
/// modulo 2^bits, integers to floats with ties to even. Floats for which it is undefined saturate; what is
/// not a number is 0.
template <class To, class From>
[[nodiscard]] constexpr To cast_to(From x) {
  if constexpr (std::floating_point<From> && std::integral<To>) {
    using limits = std::numeric_limits<To>;
    constexpr From low = static_cast<From>(limits::min()), above = static_cast<From>(exp2(limits::digits));
    if (x <= low) return limits::min();
    if (x >= above) return limits::max();
    if (x != x) return 0;
  }
  return static_cast<To>(x);
}

/// tanh of a stored integer's steps from its zero point (TFLite integer_ops/tanh.h): 256ths of 2, from -1 up.
template <class Policy>
[[nodiscard]] constexpr std::int32_t integer_tanh(std::int32_t steps, multiplier factor,
                                                  std::int32_t radius) {
  if (steps <= -radius) return -128;
  if (steps >= radius) return 127;
  std::int32_t const q0 = fixed_point::tanh<4>(Policy::apply(steps, factor));
  return min(fixed_point::shift_right(q0, 31 - 7), std::int32_t{127});
}

namespace detail {

/// round(a * b / 2^15), ties up; saturates for the lowest number squared.
[[nodiscard]] constexpr std::int32_t high_multiply_16(std::int32_t a, std::int32_t b) {
  return min((a * b + (1 << 14)) >> 15, std::int32_t{32767});
}
[[nodiscard]] constexpr std::int32_t shift_left_16(std::int32_t x, int bits) {
  return saturate<std::int16_t>(std::int64_t{x} << bits);
}
/// A mantissa of 31 bits as one of 15 (TFLite DownScaleInt32ToInt16Multiplier).
[[nodiscard]] constexpr std::int32_t mantissa_16(std::int32_t q31) {
  return q31 >= std::numeric_limits<std::int32_t>::max() - (1 << 15) ? 32767 : (q31 + (1 << 15)) >> 16;
}

}  // namespace detail

/// x clamp(x / 6 + 1/2, 0, 1) of a stored integer's steps from its zero point, in steps of the output (TFLite
/// reference/hard_swish.h): `to_output` and `to_threes` as `integer_factors` says. The last multiplication
/// cuts, which cancels the bias of the first. Precondition: to_output.exponent <= 0.
[[nodiscard]] constexpr std::int32_t integer_hard_swish(std::int32_t steps, multiplier to_output,
                                                        multiplier to_threes) {
  std::int32_t const raised = steps * (1 << 7);
  std::int32_t const scaled = detail::high_multiply_16(raised, detail::mantissa_16(to_output.q31));
  std::int32_t gate = raised;  // Q0.15, [-1, 1): 3 is 1
  if (to_threes.exponent > 0) gate = detail::shift_left_16(gate, to_threes.exponent - 1);
  gate = detail::high_multiply_16(gate, detail::mantissa_16(to_threes.q31));
  if (to_threes.exponent > 0) gate = detail::shift_left_16(gate, 1);
  if (to_threes.exponent < 0) gate = rounding_shift_right<tie::away>(gate, -to_threes.exponent);
  gate = (gate + (1 << 15)) >> 1;
  std::int32_t const product = gate * scaled / (1 << 15);
  return rounding_shift_right<tie::away>(product, -to_output.exponent);
}

}  // namespace linnet::inline LINNET_ISA::kernels::unary
