// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include <linnet/kernels/elementwise/reference.hpp>

// An addition of int8 tensors is three roundings, but it has 65,536 possible operands only, and a rescaling
// has 256: integers are looked for with which one multiplication each, a sum and one shift give all results.
namespace linnet::inline LINNET_ISA::kernels::elementwise {

/// clamp((a_factor * a + b_factor * b + addend) >> shift), where `found`; b_factor is 0 where there is no b.
struct linear_sum {
  std::int32_t a_factor = 0, b_factor = 0, addend = 0, shift = 0;  ///< shift: 17 to 21
  bool found = false;                                              ///< the integers give every result
};

namespace detail {

/// Every result: of an `a` from -128 up in each of the columns, and of a `b` in each of the rows; the middle
/// row is that of b = 0.
template <std::size_t Rows>
using result_table = std::array<std::array<std::int8_t, 256>, Rows>;

/// The addends with which two factors give every result, in [low, high); none where low >= high.
struct addend_range {
  std::int64_t low, high;
};
template <std::size_t Rows>
[[nodiscard]] constexpr addend_range addends_for(result_table<Rows> const& results,
                                                 value_range<std::int8_t> clamp, std::int64_t a_factor,
                                                 std::int64_t b_factor, int shift) {
  addend_range r{-(std::int64_t{1} << 40), std::int64_t{1} << 40};  // beyond what 32 bits hold
  for (std::size_t row = 0; row < Rows && r.low < r.high; ++row) {
    std::int64_t const b = b_factor * (static_cast<std::int64_t>(row) - std::int64_t{Rows / 2});
    for (std::size_t column = 0; column < 256; ++column) {
      std::int64_t const result = results[row][column], unit = std::int64_t{1} << shift,
                         sum = a_factor * (static_cast<std::int64_t>(column) - 128) + b;
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

/// Factors near the ratios that give every result; no sum of theirs leaves 32 bits.
template <std::size_t Rows>
[[nodiscard]] constexpr linear_sum linear_form(result_table<Rows> const& results,
                                               value_range<std::int8_t> clamp, add_ratios ratios) {
  constexpr double most_ratio = 64;  // with larger ones 20 bits behind the point do not fit
  if (!(ratios.a < most_ratio) || !(ratios.b < most_ratio)) return {};
  for (int const shift : {20, 21, 19, 18, 17}) {
    double const unit = exp2(shift);
    std::int64_t const a = round_to_integer<tie::away>(ratios.a * unit),
                       b = round_to_integer<tie::away>(ratios.b * unit);
    for (std::int64_t const a_off : {0, 1, -1, 2, -2}) {
      for (std::int64_t const b_off : {0, 1, -1, 2, -2}) {
        if (Rows == 1 && b_off != 0) break;
        auto const r = addends_for(results, clamp, a + a_off, b + b_off, shift);
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

}  // namespace detail

/// Finds such integers for an int8 addition and proves them on every pair of operands. For run time: it
/// computes all pairs, some dozen times at worst.
[[nodiscard]] constexpr linear_sum find_linear_sum(add_problem const& p) {
  add_descriptor<std::int32_t, std::int8_t, double_rounding> const d(p);
  detail::result_table<256> results{};
  for (std::size_t b = 0; b < 256; ++b) {
    for (std::size_t a = 0; a < 256; ++a)
      results[b][a] = detail::sum_of(d, static_cast<std::int8_t>(static_cast<std::int32_t>(a) - 128),
                                     static_cast<std::int8_t>(static_cast<std::int32_t>(b) - 128));
  }
  return detail::linear_form(results, d.output.clamp, detail::ratios_of(p));
}

/// The same for a rescaling of int8, proved on every operand.
[[nodiscard]] constexpr linear_sum find_linear_sum(rescale_problem const& p) {
  rescale_descriptor<std::int32_t, std::int8_t, std::int8_t, double_rounding> const d(p, {});
  detail::result_table<1> results{};
  for (std::size_t a = 0; a < 256; ++a)
    results[0][a] = d.output.template operator()<double_rounding>(
        static_cast<std::int32_t>(a) - 128 - d.input_zero_point, d.factor);
  double const ratio =
      static_cast<double>(p.input_quantization.scale) / static_cast<double>(p.output_quantization.scale);
  return detail::linear_form(results, d.output.clamp, {ratio, 0.0});
}

}  // namespace linnet::inline LINNET_ISA::kernels::elementwise
