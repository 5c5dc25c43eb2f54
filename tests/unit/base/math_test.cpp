// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/base/math.hpp>

namespace {

using linnet::tie;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Zeros, subnormals, ties, their neighbours, integers around 2^52 and 2^63, and random bit patterns; both
/// signs.
std::vector<double> interesting_doubles() {
  std::vector<double> values{0.0, 5e-324, 1e-310, 0x1p-1022, 0x1.fffffffffffffp-1023, 0x1.fffffffffffffp1023};
  for (int exponent = -60; exponent <= 70; ++exponent) {
    for (double significand : {1.0, 1.25, 1.5, 1.75, 0x1.fffffffffffffp0}) {
      values.push_back(std::ldexp(significand, exponent));
    }
  }
  for (int i = 0; i < 70; ++i) {
    values.push_back(i + 0.5);
    values.push_back(std::nextafter(i + 0.5, 0.0));
    values.push_back(std::nextafter(i + 0.5, 100.0));
    values.push_back(0x1p51 + i + 0.5);
    values.push_back(0x1p52 + i);
  }
  std::mt19937_64 random(1);
  while (values.size() < 20000) {
    auto const value = std::bit_cast<double>(random());
    if (std::isfinite(value)) values.push_back(value);
    values.push_back(std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())), -44));
  }
  for (std::size_t i = 0, count = values.size(); i < count; ++i) values.push_back(-values[i]);
  return values;
}

template <tie Tie>
double rounded_by_the_library(double value) {
  if (Tie == tie::even) return std::nearbyint(value);
  if (Tie == tie::away) return std::round(value);
  return std::abs(value) < 0x1p52 ? std::floor(value) + (value - std::floor(value) >= 0.5 ? 1.0 : 0.0)
                                  : value;
}

template <tie Tie>
void expect_rounds_as_the_library() {
  for (double value : interesting_doubles()) {
    double const whole = rounded_by_the_library<Tie>(value);
    std::int64_t const expected = whole >= 0x1p63    ? std::numeric_limits<std::int64_t>::max()
                                  : whole <= -0x1p63 ? std::numeric_limits<std::int64_t>::min()
                                                     : static_cast<std::int64_t>(whole);
    ASSERT_EQ(linnet::round_to_integer<Tie>(value), expected) << std::hexfloat << value;
  }
  EXPECT_EQ(linnet::round_to_integer<Tie>(infinity), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(linnet::round_to_integer<Tie>(-infinity), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(linnet::round_to_integer<Tie>(nan), 0);
  EXPECT_EQ(linnet::round_to_integer<Tie>(-nan), 0);
}

TEST(math, rounds_ties_up) { expect_rounds_as_the_library<tie::up>(); }
TEST(math, rounds_ties_to_even) { expect_rounds_as_the_library<tie::even>(); }
TEST(math, rounds_ties_away_from_zero) { expect_rounds_as_the_library<tie::away>(); }

TEST(math, frexp_equals_the_library) {
  for (double value : interesting_doubles()) {
    int exponent = 0;
    double const fraction = std::frexp(value, &exponent);
    auto const ours = linnet::frexp(value);
    ASSERT_EQ(ours.fraction, fraction) << std::hexfloat << value;
    ASSERT_EQ(ours.exponent, exponent) << std::hexfloat << value;
    ASSERT_EQ(std::signbit(ours.fraction), std::signbit(value));
  }
}

TEST(math, exp2_equals_the_library) {
  for (int exponent = -1022; exponent <= 1023; ++exponent) {
    ASSERT_EQ(linnet::exp2(exponent), std::ldexp(1.0, exponent)) << exponent;
  }
}

TEST(math, exp_is_within_1e_15_of_the_library) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> wide(-708.0, 709.0), narrow(-1.0, 1.0);
  for (int i = 0; i < 100000; ++i) {
    double const x = i % 2 == 0 ? wide(random) : narrow(random);
    double const expected = std::exp(x);
    ASSERT_LT(std::abs(linnet::exp(x) - expected), 1e-15 * expected) << std::hexfloat << x;
  }
}

TEST(math, exp_at_its_ends) {
  EXPECT_EQ(linnet::exp(0.0), 1.0);
  EXPECT_EQ(linnet::exp(-0.0), 1.0);
  EXPECT_EQ(linnet::exp(5e-324), 1.0);
  EXPECT_TRUE(std::isfinite(linnet::exp(709.0)));
  EXPECT_EQ(linnet::exp(710.0), infinity);
  EXPECT_EQ(linnet::exp(infinity), infinity);
  EXPECT_GT(linnet::exp(-708.0), 0.0);
  EXPECT_EQ(linnet::exp(-750.0), 0.0);
  EXPECT_EQ(linnet::exp(-infinity), 0.0);
  EXPECT_TRUE(std::isnan(linnet::exp(nan)));
}

TEST(math, sqrt_is_within_1e_15_of_the_library) {
  EXPECT_EQ(linnet::sqrt(0.0), 0.0);
  EXPECT_EQ(linnet::sqrt(4.0), 2.0);
  for (double value : interesting_doubles()) {
    if (value < 0.0) continue;
    double const expected = std::sqrt(value);
    ASSERT_LE(std::abs(linnet::sqrt(value) - expected), 1e-15 * expected) << std::hexfloat << value;
  }
}

TEST(math, log_is_close_to_the_library) {
  for (double value : interesting_doubles()) {
    if (!(value > 0.0)) continue;
    double const expected = std::log(value);
    ASSERT_NEAR(linnet::log(value), expected, 1e-15 * std::max(1.0, std::abs(expected)))
        << std::hexfloat << value;
  }
  for (double x = 0.5; x < 2.0; x += 1e-4) ASSERT_NEAR(linnet::log(x), std::log(x), 3e-16) << x;
  EXPECT_EQ(linnet::log(0.0), -infinity);
  EXPECT_EQ(linnet::log(infinity), infinity);
  EXPECT_TRUE(std::isnan(linnet::log(-1.0)));
  EXPECT_TRUE(std::isnan(linnet::log(nan)));
}

TEST(math, erfc_is_close_to_the_library) {
  for (double x = -7.0; x < 26.0; x += 0.003)
    ASSERT_NEAR(linnet::erfc(x), std::erfc(x), 1e-11 * std::erfc(x)) << x;
  EXPECT_EQ(linnet::erfc(0.0), 1.0);
  EXPECT_EQ(linnet::erfc(infinity), 0.0);
  EXPECT_EQ(linnet::erfc(-infinity), 2.0);
}

TEST(math, tanh_is_close_to_the_library) {
  for (double x = 1e-12; x < 30.0; x *= 1.01) {
    ASSERT_NEAR(linnet::tanh(x), std::tanh(x), 1e-12 * std::tanh(x)) << x;
    ASSERT_EQ(linnet::tanh(-x), -linnet::tanh(x)) << x;
  }
  EXPECT_EQ(linnet::tanh(0.0), 0.0);
  EXPECT_EQ(linnet::tanh(infinity), 1.0);
}

TEST(math, classifies_every_kind_of_float) {
  for (float value : {0.0f, -0.0f, 1e-45f, 1.0f, -3.4028235e38f}) {
    EXPECT_TRUE(linnet::is_finite(value) && linnet::is_finite(static_cast<double>(value)));
    EXPECT_FALSE(linnet::is_nan(value));
  }
  EXPECT_TRUE(linnet::is_finite(1.7976931348623157e308));
  for (double value : {infinity, -infinity, nan}) {
    EXPECT_FALSE(linnet::is_finite(value));
    EXPECT_FALSE(linnet::is_finite(static_cast<float>(value)));
    EXPECT_EQ(linnet::is_nan(static_cast<float>(value)), std::isnan(value));
  }
}

TEST(math, align_up_is_the_smallest_multiple_that_is_not_less) {
  for (int alignment = 1; alignment <= 33; ++alignment) {
    for (int value = 0; value <= 200; ++value) {
      int smallest = 0, quotient = 0;
      for (; smallest < value; ++quotient) smallest += alignment;
      ASSERT_EQ(linnet::align_up(value, alignment), smallest);
      ASSERT_EQ(linnet::divide_rounding_up(value, alignment), quotient);
    }
  }
  EXPECT_EQ(linnet::align_up<std::int64_t>((std::int64_t{1} << 40) + 1, 64), (std::int64_t{1} << 40) + 64);
}

TEST(math, saturate_clamps_into_the_range_of_the_target) {
  for (int value = -70000; value <= 70000; ++value) {
    ASSERT_EQ(linnet::saturate<std::int8_t>(value), std::min(127, std::max(-128, value)));
    ASSERT_EQ(linnet::saturate<std::uint8_t>(value), std::min(255, std::max(0, value)));
    ASSERT_EQ(linnet::saturate<std::int16_t>(value), std::min(32767, std::max(-32768, value)));
  }
  constexpr auto lowest = std::numeric_limits<std::int64_t>::min(),
                 highest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(linnet::saturate<std::int32_t>(lowest), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(linnet::saturate<std::int32_t>(highest), std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(linnet::saturate<std::int32_t>(std::int64_t{-7}), -7);
}

TEST(math, saturate_compares_numbers_not_their_bits) {
  EXPECT_EQ(linnet::saturate<std::int8_t>(5u), 5);
  EXPECT_EQ(linnet::saturate<std::int8_t>(4000000000u), 127);
  EXPECT_EQ(linnet::saturate<std::int32_t>(std::int8_t{-5}), -5);
  EXPECT_EQ(linnet::saturate<std::uint32_t>(-1), 0u);
  EXPECT_EQ(linnet::saturate<std::uint64_t>(std::int8_t{100}), 100u);
}

TEST(math, min_max_and_clamp) {
  EXPECT_EQ(linnet::min(3, -4), -4);
  EXPECT_EQ(linnet::max(3, -4), 3);
  EXPECT_EQ(linnet::clamp(-9, -3, 5), -3);
  EXPECT_EQ(linnet::clamp(9, -3, 5), 5);
  EXPECT_EQ(linnet::clamp(4, -3, 5), 4);
}

TEST(math, wrapping_operations_are_modulo_two_to_the_32) {
  std::mt19937 random(3);
  for (int i = 0; i < 10000; ++i) {
    auto const a = static_cast<std::int32_t>(random()), b = static_cast<std::int32_t>(random());
    int const bits = static_cast<int>(random() % 32);
    ASSERT_EQ(linnet::wrapping_add(a, b), static_cast<std::int32_t>(std::int64_t{a} + b));
    ASSERT_EQ(linnet::wrapping_multiply(a, b), static_cast<std::int32_t>(std::int64_t{a} * b));
    ASSERT_EQ(linnet::wrapping_shift_left(a, bits),
              static_cast<std::int32_t>(std::int64_t{a} * (std::int64_t{1} << bits)));
  }
}

}  // namespace
