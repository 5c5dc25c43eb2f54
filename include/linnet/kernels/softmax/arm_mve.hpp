// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_mve.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/base/math.hpp>
#include <linnet/kernels/softmax/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::softmax {

namespace mve {

/// e^(differences to the largest input), Q0.31, as the scalar kernel computes them: VQRDMULH is its high
/// multiplication. No rounded shift sees a number below zero but the first.
template <class Extent>
[[gnu::noinline]] int32x4_t exp_of(descriptor<Extent, std::int8_t> const& d, int32x4_t differences) {
  static constexpr std::int32_t factors[] = {1672461947, 1302514674, 790015084, 290630308,
                                             39332535,   720401,     242};
  constexpr int fraction_bits = 31 - descriptor<Extent, std::int8_t>::difference_bits;
  constexpr std::int32_t one_quarter = 1 << (fraction_bits - 2), exp_of_minus_one_eighth = 1895147668,
                         one_third = 715827883;
  std::int32_t const exponent = d.factor.exponent;
  int32x4_t a = vqrdmulhq_n_s32(vshlq_r_s32(differences, max(exponent, std::int32_t{0})), d.factor.q31);
  if (exponent < 0) a = vrshlq_n_s32(vaddq_s32(a, vshrq_n_s32(a, 31)), exponent);
  int32x4_t const below_quarter = vsubq_n_s32(vandq_s32(a, vdupq_n_s32(one_quarter - 1)), one_quarter),
                  rest = vsubq_s32(below_quarter, a),
                  x = vaddq_n_s32(vshlq_n_s32(below_quarter, 31 - fraction_bits), 1 << 28),
                  x2 = vqrdmulhq_s32(x, x), x3 = vqrdmulhq_s32(x2, x),
                  x4_over_4 = vrshrq_n_s32(vqrdmulhq_s32(x2, x2), 2),
                  third = vqrdmulhq_n_s32(vaddq_s32(x4_over_4, x3), one_third),
                  tail = vrshrq_n_s32(vaddq_s32(third, x2), 1);
  int32x4_t result =
      vaddq_n_s32(vqrdmulhq_n_s32(vaddq_s32(x, tail), exp_of_minus_one_eighth), exp_of_minus_one_eighth);
  std::int32_t to_sign = 31 - (fraction_bits - 2);
  for (std::int32_t const factor : factors) {
    mve_pred16_t const taken = vcmpltq_n_s32(vshlq_r_s32(rest, to_sign--), 0);
    result = vpselq_s32(vqrdmulhq_n_s32(result, factor), result, taken);
  }
  return vpselq_s32(vdupq_n_s32(std::numeric_limits<std::int32_t>::max()), result, vcmpeqq_n_s32(a, 0));
}

/// 1 / (1 + a) for a in [0, 1), Q0.31: `fixed_point::one_over_one_plus` in every lane.
[[nodiscard]] inline int32x4_t one_over_one_plus(std::int32_t a) {
  constexpr std::int32_t q2_48_over_17 = 1515870810, q2_minus_32_over_17 = -1010580540, q2_one = 1 << 29;
  int32x4_t const half_denominator =
      vrhaddq_s32(vdupq_n_s32(a), vdupq_n_s32(std::numeric_limits<std::int32_t>::max()));
  int32x4_t x = vaddq_n_s32(vqrdmulhq_n_s32(half_denominator, q2_minus_32_over_17), q2_48_over_17);
  for (int i = 0; i < 3; ++i) {
    int32x4_t const remainder = vsubq_s32(vdupq_n_s32(q2_one), vqrdmulhq_s32(half_denominator, x));
    x = vaddq_s32(x, vqshlq_n_s32(vqrdmulhq_s32(x, remainder), 2));
  }
  return vqshlq_n_s32(x, 1);
}

/// One pixel, four channels at a time.
template <class Extent>
[[gnu::noinline, gnu::cold]] void pixel(descriptor<Extent, std::int8_t> const& d, std::int8_t const* from,
                                        std::int8_t* to) {
  std::int8_t largest = -128;
  for (std::int32_t c = 0; c < d.channels; ++c) largest = max(largest, from[c]);
  std::int32_t sum = 0;  // Q12.19
  int32x4_t scale = vdupq_n_s32(0);
  std::int32_t shift = 0;
  for (bool const summed : {false, true}) {
    for (std::int32_t c = 0; c < d.channels; c += 4) {
      mve_pred16_t const inside = vctp32q(static_cast<std::uint32_t>(d.channels - c));
      int32x4_t const differences = vsubq_n_s32(vldrbq_z_s32(from + c, inside), largest);
      int32x4_t const powers = exp_of(d, differences);
      mve_pred16_t const counts = vcmpgeq_m_n_s32(differences, d.least_difference, inside);
      if (!summed) {
        sum = vaddvaq_p_s32(sum, vrshrq_n_s32(powers, d.sum_bits), counts);
        continue;
      }
      int32x4_t const results = vsubq_n_s32(vrshlq_n_s32(vqrdmulhq_s32(powers, scale), shift), 128);
      vstrbq_p_s32(to + c, vminq_s32(vpselq_s32(results, vdupq_n_s32(-128), counts), vdupq_n_s32(127)),
                   inside);
    }
    int const headroom = std::countl_zero(static_cast<std::uint32_t>(sum));
    scale = one_over_one_plus(
        static_cast<std::int32_t>((static_cast<std::uint32_t>(sum) << headroom) - (1u << 31)));
    shift = -(d.sum_bits - headroom + 31 - 8);
  }
}

}  // namespace mve

/// Softmax along the channels of every pixel, int8. No packed constants, no scratch.
template <class Extent>
[[gnu::noinline, gnu::cold]] void rows(descriptor<Extent, std::int8_t> const& d, row_window window,
                                       row_span const& out, std::byte const*, std::byte*, arch::arm_mve) {
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.width; ++x)
      mve::pixel(d, reinterpret_cast<std::int8_t const*>(row.data + x * row.pixel_stride),
                 reinterpret_cast<std::int8_t*>(out.data + y * out.row_stride + x * out.pixel_stride));
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::softmax

#endif
