// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include <linnet/quantization/multiplier.hpp>

namespace {

using linnet::make_multiplier;
using linnet::multiplier;

constexpr std::int32_t largest = std::numeric_limits<std::int32_t>::max();

/// The definition, found by trying all exponents: the q31 in [2^30, 2^31) nearest to real * 2^(31 -
/// exponent). A long double may be a double here: scaling by a power of two is exact, and so is the
/// remainder.
multiplier nearest_multiplier(double real) {
  if (real >= 0x1p30) return {largest, 30};
  for (int exponent = -31; exponent <= 30; ++exponent) {
    double const scaled = std::ldexp(real, 31 - exponent);
    if (!(scaled < 0x1p31)) continue;
    double whole = std::floor(scaled);
    if (scaled - whole >= 0.5) whole += 1.0;
    if (whole == 0x1p31) {
      return exponent == 30 ? multiplier{largest, 30} : multiplier{1 << 30, exponent + 1};
    }
    if (whole < 0x1p30) break;
    return {static_cast<std::int32_t>(whole), exponent};
  }
  return std::ldexp(real, 62) >= 0x1p30 - 0.25 ? multiplier{1 << 30, -31} : multiplier{0, 0};
}

void expect_nearest(double real) {
  multiplier const ours = make_multiplier(real), theirs = nearest_multiplier(real);
  ASSERT_EQ(ours.q31, theirs.q31) << std::hexfloat << real;
  ASSERT_EQ(ours.exponent, theirs.exponent) << std::hexfloat << real;
}

TEST(multiplier, is_the_nearest_over_the_whole_range) {
  std::mt19937_64 random(4);
  std::uniform_real_distribution<double> significand(0.5, 1.0);
  std::uniform_int_distribution<int> exponent(-36, 34);
  for (int i = 0; i < 100000; ++i) expect_nearest(std::ldexp(significand(random), exponent(random)));
}

TEST(multiplier, is_within_half_a_unit_of_31_bits) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> significand(0.5, 1.0);
  for (int i = 0; i < 100000; ++i) {
    double const real = std::ldexp(significand(random), i % 60 - 30);
    multiplier const m = make_multiplier(real);
    ASSERT_GE(m.q31, 1 << 30);
    ASSERT_LE(std::abs(std::ldexp(static_cast<double>(m.q31), m.exponent - 31) - real) / real, 0x1p-31);
  }
}

TEST(multiplier, of_powers_of_two_is_exact) {
  for (int exponent = -32; exponent <= 29; ++exponent) {
    EXPECT_EQ(make_multiplier(std::ldexp(1.0, exponent)), (multiplier{1 << 30, exponent + 1})) << exponent;
  }
}

TEST(multiplier, at_ties_and_their_neighbours) {
  for (int exponent = -31; exponent <= 30; ++exponent) {
    for (double q31 : {0x1p30, 0x1p30 + 1, 0x1.8p30, 0x1p31 - 2, 0x1p31 - 1}) {
      for (double rest : {0.25, 0.5, 0.75}) {
        double const real = std::ldexp(q31 + rest, exponent - 31);
        expect_nearest(real);
        expect_nearest(std::nextafter(real, 0.0));
        expect_nearest(std::nextafter(real, 1e300));
      }
    }
  }
}

TEST(multiplier, numbers_too_small_are_0_and_too_large_the_largest) {
  EXPECT_EQ(make_multiplier(0.0), (multiplier{0, 0}));
  EXPECT_EQ(make_multiplier(5e-324), (multiplier{0, 0}));
  EXPECT_EQ(make_multiplier(0x1.ffp-33), (multiplier{0, 0}));
  EXPECT_EQ(make_multiplier(0x1p-32), (multiplier{1 << 30, -31}));
  EXPECT_EQ(make_multiplier(0x1p30 - 0.5), (multiplier{largest, 30}));
  EXPECT_EQ(make_multiplier(0x1p30), (multiplier{largest, 30}));
  EXPECT_EQ(make_multiplier(1.7976931348623157e308), (multiplier{largest, 30}));
}

TEST(multiplier, recognizes_powers_of_two) {
  for (int exponent = -126; exponent <= 127; ++exponent) {
    float const power = std::ldexp(1.0f, exponent);
    EXPECT_TRUE(linnet::is_power_of_two(power)) << exponent;
    EXPECT_FALSE(linnet::is_power_of_two(-power)) << exponent;
    EXPECT_FALSE(linnet::is_power_of_two(std::nextafter(power, 0.0f))) << exponent;
    EXPECT_FALSE(linnet::is_power_of_two(std::nextafter(power, 1e38f))) << exponent;
  }
  for (float value : {0.0f, -0.0f, 3.0f, std::numeric_limits<float>::infinity(),
                      std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::denorm_min()}) {
    EXPECT_FALSE(linnet::is_power_of_two(value)) << value;
  }
}

TEST(multiplier, what_is_representable_is_neither_lost_nor_cut) {
  for (double real : {0x1p-32, 0x1p-31, 0.3, 1.0, 12345.6, 0x1p30 - 1, 0x1p30 - 0.26}) {
    EXPECT_TRUE(linnet::is_representable(real)) << real;
    linnet::multiplier const m = linnet::make_multiplier(real);
    EXPECT_NEAR(m.q31 * linnet::exp2(m.exponent - 31) / real, 1.0, 1e-9);
  }
  for (double real : {0.0, 0x1p-33, 0x1.ffffffp-33, 0x1p30, 0x1p30 - 0.25, 1e300}) {
    EXPECT_FALSE(linnet::is_representable(real)) << real;
  }
}

}  // namespace
