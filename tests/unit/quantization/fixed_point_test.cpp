// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include <linnet/quantization/fixed_point.hpp>

// The functions are approximations: their bits are held against double-precision mathematics within bounds
// that were measured once (over these sweeps) and rounded up. Golden vectors of whole operators pin the bits
// themselves.
namespace {

namespace fixed_point = linnet::fixed_point;

constexpr std::int32_t lowest = std::numeric_limits<std::int32_t>::min(),
                       highest = std::numeric_limits<std::int32_t>::max();

double real(std::int32_t raw, int integer_bits) {
  return std::ldexp(static_cast<double>(raw), integer_bits - 31);
}

/// Calls f for `count` numbers from first to last, ends included, in rising order.
template <class F>
void sweep(std::int64_t first, std::int64_t last, int count, F f) {
  for (int i = 0; i < count; ++i) f(static_cast<std::int32_t>(first + (last - first) * i / (count - 1)));
}

template <class Bits>
class fixed_point_formats : public testing::Test {};
template <int Bits>
using integer_bits = std::integral_constant<int, Bits>;
using formats = testing::Types<integer_bits<0>, integer_bits<2>, integer_bits<4>, integer_bits<5>,
                               integer_bits<6>, integer_bits<12>>;
TYPED_TEST_SUITE(fixed_point_formats, formats);

TYPED_TEST(fixed_point_formats, exp_is_close_and_never_falls_noticeably) {
  constexpr int bits = TypeParam::value;
  std::int32_t before = 0;
  sweep(lowest, 0, 100001, [&](std::int32_t a) {
    std::int32_t const e = fixed_point::exp_on_negative_values<bits>(a);
    ASSERT_GE(e, 0) << a;
    ASSERT_NEAR(real(e, 0), std::exp(real(a, bits)), 2.5e-7) << a;
    ASSERT_GE(e, before - 16) << a;
    before = e;
  });
  EXPECT_EQ(fixed_point::exp_on_negative_values<bits>(0), fixed_point::one_q0);
}

TYPED_TEST(fixed_point_formats, exp_is_close_and_does_not_fall_where_its_factors_change) {
  constexpr int bits = TypeParam::value;
  std::int64_t const quarter = std::int64_t{1} << (29 - bits);
  for (std::int64_t a = -quarter; a > std::max<std::int64_t>(lowest, -160 * quarter); a -= quarter) {
    for (std::int64_t near = a - 2; near <= a + 1; ++near) {
      auto const from = fixed_point::exp_on_negative_values<bits>(static_cast<std::int32_t>(near));
      auto const to = fixed_point::exp_on_negative_values<bits>(static_cast<std::int32_t>(near + 1));
      ASSERT_GE(to, from - 1) << near;
      ASSERT_NEAR(real(from, 0), std::exp(real(static_cast<std::int32_t>(near), bits)), 2.5e-7) << near;
    }
  }
}

TYPED_TEST(fixed_point_formats, logistic_is_close_symmetric_and_never_falls_noticeably) {
  constexpr int bits = TypeParam::value;
  if constexpr (bits > 0) {
    std::int32_t before = 0;
    sweep(lowest, highest, 100001, [&](std::int32_t a) {
      std::int32_t const y = fixed_point::logistic<bits>(a);
      ASSERT_GE(y, 0) << a;
      ASSERT_NEAR(real(y, 0), 1.0 / (1.0 + std::exp(-real(a, bits))), 8e-8) << a;
      ASSERT_GE(y, before - 16) << a;
      before = y;
      if (a == lowest) return;
      ASSERT_NEAR(y, static_cast<double>(fixed_point::one_q0) - fixed_point::logistic<bits>(-a), 1.0) << a;
    });
  }
  EXPECT_EQ(fixed_point::logistic<bits>(0), 1 << 30);
}

TYPED_TEST(fixed_point_formats, tanh_is_close_odd_and_never_falls_noticeably) {
  constexpr int bits = TypeParam::value;
  if constexpr (bits > 0 && bits < 6) {
    std::int64_t before = lowest;
    sweep(-highest, highest, 100001, [&](std::int32_t a) {
      std::int32_t const y = fixed_point::tanh<bits>(a);
      ASSERT_NEAR(real(y, 0), std::tanh(real(a, bits)), 1.6e-7) << a;
      ASSERT_GE(y, before - 64) << a;
      before = y;
      ASSERT_EQ(y, -fixed_point::tanh<bits>(-a)) << a;
    });
  }
  EXPECT_EQ(fixed_point::tanh<bits>(0), 0);
}

TEST(fixed_point, exp_on_a_quarter_is_close) {
  sweep(-(1 << 29), -1, 100001, [](std::int32_t a) {
    ASSERT_NEAR(real(fixed_point::exp_on_minus_one_quarter_to_0(a), 0), std::exp(real(a, 0)), 2.5e-7) << a;
  });
}

TEST(fixed_point, one_over_one_plus_is_close_and_never_rises) {
  std::int32_t before = highest;
  sweep(0, highest, 400001, [&](std::int32_t a) {
    std::int32_t const y = fixed_point::one_over_one_plus(a);
    ASSERT_NEAR(real(y, 0), 1.0 / (1.0 + real(a, 0)), 4e-9) << a;
    ASSERT_LE(y, before) << a;
    before = y;
  });
  EXPECT_EQ(fixed_point::one_over_one_plus(0), fixed_point::one_q0);
}

TEST(fixed_point, reciprocal_is_close_for_every_magnitude) {
  for (int bits : {0, 5, 12}) {
    for (std::int64_t x = 1; x <= highest; x += 1 + x / 5000) {
      auto const [scaled, over_unit] = fixed_point::reciprocal(static_cast<std::int32_t>(x), bits);
      ASSERT_GE(scaled, (1 << 30) - 8) << x;
      double const product =
          std::ldexp(real(scaled, 0), -over_unit) * real(static_cast<std::int32_t>(x), bits);
      ASSERT_NEAR(product, 1.0, 6e-9) << x;
    }
  }
}

template <int Exponent>
void expect_scales(std::int32_t x) {
  double const exact = std::ldexp(static_cast<double>(x), Exponent);
  double const whole =
      std::min(static_cast<double>(highest), std::max(static_cast<double>(lowest), std::round(exact)));
  ASSERT_EQ(fixed_point::multiply_by_power_of_two<Exponent>(x), whole) << x;
}

TEST(fixed_point, scales_by_powers_of_two) {
  std::mt19937 random(13);
  for (int i = 0; i < 100000; ++i) {
    auto const x = static_cast<std::int32_t>(random()) >> (i % 31);
    expect_scales<-7>(x);
    expect_scales<-1>(x);
    expect_scales<0>(x);
    expect_scales<1>(x);
    expect_scales<5>(x);
  }
  for (std::int32_t x : {lowest, highest}) {
    expect_scales<-31>(x);
    expect_scales<3>(x);
  }
}

}  // namespace
