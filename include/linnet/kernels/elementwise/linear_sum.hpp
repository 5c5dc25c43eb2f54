// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include <linnet/kernels/elementwise/reference.hpp>

// An addition of int8 tensors is three roundings, but it has 65,536 possible operands only: integers are
// looked for with which one multiplication each, a sum and one shift give all its results.
namespace linnet::inline LINNET_ISA::kernels::elementwise {

/// clamp((a_factor * a + b_factor * b + addend) >> shift), where `found`.
struct linear_sum {
  std::int32_t a_factor = 0, b_factor = 0, addend = 0, shift = 0;
  bool found = false;
};

namespace detail {

/// The addends with which two factors give every result, in [low, high); none where low >= high.
struct addend_range {
  std::int64_t low, high;
};
[[nodiscard]] constexpr addend_range addends_for(std::array<std::array<std::int8_t, 256>, 256> const& results,
                                                 value_range<std::int8_t> clamp, std::int64_t a_factor,
                                                 std::int64_t b_factor, int shift) {
  addend_range r{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  for (std::int32_t a = -128; a < 128 && r.low < r.high; ++a) {
    for (std::int32_t b = -128; b < 128; ++b) {
      std::int64_t const result =
          results[static_cast<std::size_t>(a + 128)][static_cast<std::size_t>(b + 128)];
      std::int64_t const sum = a_factor * a + b_factor * b, unit = std::int64_t{1} << shift;
      if (result > clamp.low) r.low = max(r.low, result * unit - sum);
      if (result < clamp.high) r.high = min(r.high, (result + 1) * unit - sum);
    }
  }
  return r;
}

/// The scales of the operands in units of the output's.
struct add_ratios {
  double a, b;
};
[[nodiscard]] constexpr add_ratios ratios_of(add_problem const& p) {
  if (p.factors.given()) {
    auto const value = [](multiplier m) { return static_cast<double>(m.q31) * exp2(m.exponent - 31); };
    double const raised = value(p.factors.output) *
                          exp2(add_descriptor<std::int32_t, std::int8_t, double_rounding>::left_shift);
    return {value(p.factors.a) * raised, value(p.factors.b) * raised};
  }
  double const out = static_cast<double>(p.output_quantization.scale);
  return {static_cast<double>(p.a_quantization.scale) / out,
          static_cast<double>(p.b_quantization.scale) / out};
}

}  // namespace detail

/// Finds such integers for an int8 addition and proves them on every pair of operands; no sum of theirs
/// leaves 32 bits. For run time: it computes all pairs, some dozen times at worst.
[[nodiscard]] constexpr linear_sum find_linear_sum(add_problem const& p) {
  add_descriptor<std::int32_t, std::int8_t, double_rounding> const d(p);
  std::array<std::array<std::int8_t, 256>, 256> results{};
  for (std::int32_t a = -128; a < 128; ++a) {
    for (std::int32_t b = -128; b < 128; ++b)
      results[static_cast<std::size_t>(a + 128)][static_cast<std::size_t>(b + 128)] =
          detail::sum_of(d, static_cast<std::int8_t>(a), static_cast<std::int8_t>(b));
  }
  auto const [a_ratio, b_ratio] = detail::ratios_of(p);
  constexpr double most_ratio = 64;  // with larger ones 20 bits behind the point do not fit
  if (!(a_ratio < most_ratio) || !(b_ratio < most_ratio)) return {};
  for (int const shift : {20, 21, 19, 18, 17}) {
    std::int64_t const unit = std::int64_t{1} << shift;
    std::int64_t const a = round_to_integer<tie::away>(a_ratio * static_cast<double>(unit)),
                       b = round_to_integer<tie::away>(b_ratio * static_cast<double>(unit));
    for (std::int64_t const a_off : {0, 1, -1, 2, -2}) {
      for (std::int64_t const b_off : {0, 1, -1, 2, -2}) {
        auto const r = detail::addends_for(results, d.output.clamp, a + a_off, b + b_off, shift);
        std::int64_t const addend = r.low < r.high ? r.low + (r.high - 1 - r.low) / 2 : 0;
        std::int64_t const most = 128 * (a + 2 + b + 2) + (addend < 0 ? -addend : addend);
        if (r.low < r.high && most <= std::numeric_limits<std::int32_t>::max())
          return {static_cast<std::int32_t>(a + a_off), static_cast<std::int32_t>(b + b_off),
                  static_cast<std::int32_t>(addend), shift, true};
      }
    }
  }
  return {};
}

}  // namespace linnet::inline LINNET_ISA::kernels::elementwise
