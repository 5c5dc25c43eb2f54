// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/base/math.hpp>
#include <linnet/base/text.hpp>
#include <linnet/quantization/multiplier.hpp>

// How an int32 accumulator becomes an output step: `apply(x, factor)` is round(x * s_in * s_w / s_out) under
// the rule that the policy's name states, before the output's zero point is added. A policy has
//   factor           what is stored for each channel,
//   prepare(i, w, o) the factor of three scales (finite, positive),
//   given(multiplier) the factor that is this multiplier, where a policy has integer multipliers,
//   accepts(i, w, o) whether the policy can represent them,
//   apply(x, factor) the rounding itself, defined for every x.
// Rules and their users: gemmlowp fixedpoint, TFLite `common.h`, XNNPACK `qs8-requantization`, CMSIS-NN.
namespace linnet::inline LINNET_ISA {

/// Names a policy in a node: data, never a global macro.
enum class rounding : std::uint8_t {
  double_rounding,
  single_rounding,
  float_half_even,
  float_half_away,
  shift_half_up,
  shift_half_even,
  shift_half_away,
  reduced_multiplier
};

/// The policy's name as the enumerator spells it.
[[nodiscard]] constexpr text name_of(rounding policy) {
  switch (policy) {
    case rounding::double_rounding: return "double_rounding";
    case rounding::single_rounding: return "single_rounding";
    case rounding::float_half_even: return "float_half_even";
    case rounding::float_half_away: return "float_half_away";
    case rounding::shift_half_up: return "shift_half_up";
    case rounding::shift_half_even: return "shift_half_even";
    case rounding::shift_half_away: return "shift_half_away";
    case rounding::reduced_multiplier: return "reduced_multiplier";
  }
  return "?";
}

/// x / 2^shift, ties as named; shift >= 0. In 32 bits: small cores have no others.
template <tie Tie>
[[nodiscard]] constexpr std::int32_t rounding_shift_right(std::int32_t x, int shift) {
  if (shift > 31)  // less than a half, but for one number
    return Tie == tie::away && shift == 32 && x == std::numeric_limits<std::int32_t>::min() ? -1 : 0;
  std::uint32_t const mask = (std::uint32_t{1} << shift) - 1, rest = static_cast<std::uint32_t>(x) & mask;
  std::int32_t const floor = x >> shift;
  std::uint32_t most = mask >> 1;  // the largest rest that is rounded down; ties up
  if constexpr (Tie == tie::away) most += static_cast<std::uint32_t>(x) >> 31;
  if constexpr (Tie == tie::even) most += ~static_cast<std::uint32_t>(floor) & 1;
  return floor + (rest > most ? 1 : 0);
}

/// round(a * b / 2^31): ties away from zero for a positive product, toward zero for a negative one, which is
/// ties up (gemmlowp SaturatingRoundingDoublingHighMul); saturates for INT32_MIN squared only.
[[nodiscard]] constexpr std::int32_t rounding_doubling_high_multiply(std::int32_t a, std::int32_t b) {
  constexpr std::int32_t lowest = std::numeric_limits<std::int32_t>::min();
  if (a == lowest && b == lowest) return std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>((std::int64_t{a} * b + (1 << 30)) >> 31);
}

/// Two roundings, one after the high multiplication and one after the shift: TFLite, TFLM and CMSIS-NN by
/// default.
struct double_rounding {
  using factor = multiplier;  ///< what `apply` multiplies by, made once at build time
  static constexpr rounding name = rounding::double_rounding;  ///< of the policy, as a value
  /// Whether the policy can rescale sums of products from these scales to the output's.
  [[nodiscard]] static constexpr bool accepts(float, float, float) { return true; }
  /// The factor of input * weight / output: the scales of the operands and of the result.
  [[nodiscard]] static constexpr factor prepare(float input, float weight, float output) {
    return make_multiplier(static_cast<double>(input) * static_cast<double>(weight) /
                           static_cast<double>(output));
  }
  /// The factor that a file or a header states as it is.
  [[nodiscard]] static constexpr factor given(multiplier m) { return m; }
  /// The sum times the factor, rounded by the policy; the output's zero point is still to add.
  [[nodiscard]] static constexpr std::int32_t apply(std::int32_t x, factor m) {
    std::int32_t const raised = m.exponent > 0 ? wrapping_shift_left(x, m.exponent) : x;
    return rounding_shift_right<tie::away>(rounding_doubling_high_multiply(raised, m.q31),
                                           m.exponent < 0 ? -m.exponent : 0);
  }
};

/// One rounding of the exact 64-bit product, ties toward +infinity: TFLite's single-rounding build, XNNPACK
/// rndnu.
struct single_rounding {
  using factor = multiplier;
  static constexpr rounding name = rounding::single_rounding;
  [[nodiscard]] static constexpr bool accepts(float, float, float) { return true; }
  [[nodiscard]] static constexpr factor prepare(float input, float weight, float output) {
    return double_rounding::prepare(input, weight, output);
  }
  [[nodiscard]] static constexpr factor given(multiplier m) { return m; }
  [[nodiscard]] static constexpr std::int32_t apply(std::int32_t x, factor m) {
    int const shift = 31 - m.exponent;  // in [1, 62]
    std::int64_t const rounded = (std::int64_t{x} * m.q31 + (std::int64_t{1} << (shift - 1))) >> shift;
    return saturate<std::int32_t>(rounded);
  }
};

/// The float32 product float(x) * scale, rounded to the nearest integer, ties to even: XNNPACK qs8 per
/// channel.
struct float_half_even {
  using factor = float;
  static constexpr rounding name = rounding::float_half_even;
  [[nodiscard]] static constexpr bool accepts(float, float, float) { return true; }
  [[nodiscard]] static constexpr factor prepare(float input, float weight, float output) {
    return input * weight / output;
  }
  [[nodiscard]] static constexpr std::int32_t apply(std::int32_t x, factor scale) {
    float const product = static_cast<float>(x) * scale;
    return saturate<std::int32_t>(round_to_integer<tie::even>(static_cast<double>(product)));
  }
};

/// round(double(x) * input * weight / output), ties away from zero: LiteRT's reference fully connected
/// kernel.
struct float_half_away {
  /// The three scales: in which order they are used is part of the policy.
  struct factor {
    float input, weight, output;  ///< of the operands, and of the result
  };
  static constexpr rounding name = rounding::float_half_away;
  [[nodiscard]] static constexpr bool accepts(float, float, float) { return true; }
  [[nodiscard]] static constexpr factor prepare(float input, float weight, float output) {
    return {input, weight, output};
  }
  [[nodiscard]] static constexpr std::int32_t apply(std::int32_t x, factor f) {
    double const value = static_cast<double>(x) * static_cast<double>(f.input) *
                         static_cast<double>(f.weight) / static_cast<double>(f.output);
    return saturate<std::int32_t>(round_to_integer<tie::away>(value));
  }
};

/// Power-of-two scales: an add and a shift to the right, ties as named; a left shift saturates. CMSIS-NN's q7
/// kernels and NNoM round ties up, QKeras to even.
template <rounding Name, tie Tie>
struct power_of_two_shift {
  using factor = std::int32_t;  ///< shift to the right, -31 to 62
  static constexpr rounding name = Name;
  [[nodiscard]] static constexpr bool accepts(float input, float weight, float output) {
    return is_power_of_two(input) && is_power_of_two(weight) && is_power_of_two(output);
  }
  [[nodiscard]] static constexpr factor prepare(float input, float weight, float output) {
    double const scale =
        static_cast<double>(input) * static_cast<double>(weight) / static_cast<double>(output);
    return static_cast<factor>(clamp(1 - frexp(scale).exponent, -31, 62));
  }
  [[nodiscard]] static constexpr std::int32_t apply(std::int32_t x, factor shift) {
    if (shift >= 0) return rounding_shift_right<Tie>(x, shift);
    return saturate<std::int32_t>(std::int64_t{x} * (std::int64_t{1} << -shift));
  }
};
using shift_half_up = power_of_two_shift<rounding::shift_half_up, tie::up>;        ///< ties toward +infinity
using shift_half_even = power_of_two_shift<rounding::shift_half_even, tie::even>;  ///< ties to even
using shift_half_away = power_of_two_shift<rounding::shift_half_away, tie::away>;  ///< ties away from zero

/// Sums of 64 bits, a multiplier of 15 bits, one rounding with ties toward +infinity: layers of s16 whose
/// bias has 64 bits, in TFLite and CMSIS-NN alike (MultiplyByQuantizedMultiplier of int64).
struct reduced_multiplier {
  using factor = multiplier;
  static constexpr rounding name = rounding::reduced_multiplier;
  [[nodiscard]] static constexpr bool accepts(float, float, float) { return true; }
  [[nodiscard]] static constexpr factor prepare(float input, float weight, float output) {
    return double_rounding::prepare(input, weight, output);
  }
  [[nodiscard]] static constexpr factor given(multiplier m) { return m; }
  [[nodiscard]] static constexpr std::int32_t apply(std::int64_t x, factor m) {
    std::int64_t const q15 = m.q31 < 0x7FFF0000 ? (m.q31 + (1 << 15)) >> 16 : 0x7FFF;
    int const shift = 15 - m.exponent;                       // in [-15, 46]
    std::int64_t const product = wrapping_multiply(x, q15);  // of sums below 2^48
    if (shift <= 0) return saturate<std::int32_t>(wrapping_multiply(product, std::int64_t{1} << -shift));
    return saturate<std::int32_t>(wrapping_add(product, std::int64_t{1} << (shift - 1)) >> shift);
  }
};

/// Calls `f` with the policy of that name: the one place where a name becomes a type.
template <class F>
constexpr decltype(auto) with_policy(rounding policy, F&& f) {
  switch (policy) {
    case rounding::single_rounding: return f(single_rounding{});
    case rounding::float_half_even: return f(float_half_even{});
    case rounding::float_half_away: return f(float_half_away{});
    case rounding::shift_half_up: return f(shift_half_up{});
    case rounding::shift_half_even: return f(shift_half_even{});
    case rounding::shift_half_away: return f(shift_half_away{});
    case rounding::reduced_multiplier: return f(reduced_multiplier{});
    case rounding::double_rounding: break;
  }
  return f(double_rounding{});
}

/// Any policy, decided at run time: the factor knows whose it is. Hosted code takes it for the rarer
/// policies, so that a kernel need not be compiled once for each; the bits are those of the policy itself.
struct any_rounding {
  /// A policy's factor as words, and whose it is.
  struct factor {
    std::uint32_t which;                 ///< the policy, as number or name
    std::array<std::uint32_t, 3> words;  ///< the bytes of the policy's own factor
  };
  rounding which = rounding::double_rounding;

  [[nodiscard]] constexpr factor prepare(float input, float weight, float output) const {
    return with_policy(which, [&]<class Policy>(Policy policy) {
      auto const words = std::bit_cast<words_of<Policy>>(policy.prepare(input, weight, output));
      factor result{static_cast<std::uint32_t>(which), {}};
      for (std::size_t i = 0; i < words.size(); ++i) result.words[i] = words[i];
      return result;
    });
  }
  /// Precondition: `has_integer_multiplier(which)`.
  [[nodiscard]] constexpr factor given(multiplier m) const {
    return {static_cast<std::uint32_t>(which),
            {static_cast<std::uint32_t>(m.q31), static_cast<std::uint32_t>(m.exponent), 0}};
  }
  [[nodiscard]] static constexpr std::int32_t apply(std::int32_t x, factor const& f) {
    return with_policy(static_cast<rounding>(f.which), [&]<class Policy>(Policy) {
      words_of<Policy> words{};
      for (std::size_t i = 0; i < words.size(); ++i) words[i] = f.words[i];
      return Policy::apply(x, std::bit_cast<typename Policy::factor>(words));
    });
  }

 private:
  template <class Policy>
  using words_of = std::array<std::uint32_t, sizeof(typename Policy::factor) / sizeof(std::uint32_t)>;
};

/// Policies whose factor is an integer multiplier: the ones that operators with several multipliers know.
[[nodiscard]] constexpr bool has_integer_multiplier(rounding policy) {
  return policy == rounding::double_rounding || policy == rounding::single_rounding;
}
/// Calls `f` with single_rounding where that is asked for, else with double_rounding.
template <class F>
constexpr decltype(auto) with_multiplier_policy(rounding policy, F&& f) {
  if (policy == rounding::single_rounding) return f(single_rounding{});
  return f(double_rounding{});
}

}  // namespace linnet::inline LINNET_ISA
