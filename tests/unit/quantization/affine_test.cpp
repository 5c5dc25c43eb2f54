// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/quantization/affine.hpp>

namespace {

using linnet::affine;
using linnet::power_of_two;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

template <class T>
class quantizers : public testing::Test {
 public:
  static constexpr int least = std::numeric_limits<T>::min(), most = std::numeric_limits<T>::max();
};
using storages = testing::Types<std::int8_t, std::uint8_t, std::int16_t>;
TYPED_TEST_SUITE(quantizers, storages);

TYPED_TEST(quantizers, every_code_survives_the_round_trip) {
  for (float scale : {1.0f, 0.003921569f, 1e-30f, 1e30f, 0x1p-7f, 0.1f}) {
    for (int zero_point : {this->least, 0, 3, 100, this->most}) {
      affine<TypeParam> const q(scale, zero_point);
      for (int code = this->least; code <= this->most; ++code) {
        auto const stored = static_cast<TypeParam>(code);
        ASSERT_EQ(linnet::quantize(q, linnet::dequantize(q, stored)), stored) << scale << " " << zero_point;
      }
    }
  }
  for (int bits = -100; bits <= 100; bits += 20) {
    power_of_two<TypeParam> const q(bits);
    for (int code = this->least; code <= this->most; ++code) {
      auto const stored = static_cast<TypeParam>(code);
      ASSERT_EQ(linnet::dequantize(q, stored), std::ldexp(static_cast<float>(code), -bits));
      ASSERT_EQ(linnet::quantize(q, linnet::dequantize(q, stored)), stored) << bits;
    }
  }
}

TYPED_TEST(quantizers, rounds_away_at_ties_and_clamps) {
  for (float scale : {1.0f, 0.5f, 0.0235f, 0.7f}) {
    for (int zero_point : {this->least, 5, this->most}) {
      affine<TypeParam> const q(scale, zero_point);
      for (int i = -4000; i <= 4000; ++i) {
        float const value = static_cast<float>(i) * 0.25f * scale;
        float const volatile steps = value / scale;
        double const wanted = std::round(static_cast<double>(steps)) + zero_point;
        double const clamped = std::min<double>(this->most, std::max<double>(this->least, wanted));
        ASSERT_EQ(linnet::quantize(q, value), static_cast<TypeParam>(clamped)) << value << " / " << scale;
      }
    }
  }
}

TYPED_TEST(quantizers, has_a_code_for_what_is_no_number) {
  affine<TypeParam> const q(0.1f, 7);
  EXPECT_EQ(linnet::quantize(q, nan), 7);
  EXPECT_EQ(linnet::quantize(q, -nan), 7);
  EXPECT_EQ(linnet::quantize(q, infinity), this->most);
  EXPECT_EQ(linnet::quantize(q, -infinity), this->least);
  EXPECT_EQ(linnet::quantize(q, 3e38f), this->most);  // the quotient is infinite
  EXPECT_EQ(linnet::quantize(q, -3e38f), this->least);
}

/// Pairs of ends with everything that matters: both signs, one end at 0, tiny, huge, lopsided.
std::vector<std::pair<float, float>> ranges() {
  std::vector<std::pair<float, float>> all{{-1, 1},       {0, 6},      {-3, 0},         {2, 5},
                                           {-7, -4},      {-1e-6f, 3}, {-3e38f, 3e38f}, {-1e-30f, 1e-29f},
                                           {-1000, 1e-3f}};
  std::mt19937 random(10);
  std::uniform_real_distribution<float> value(-20.0f, 20.0f);
  for (int i = 0; i < 2000; ++i) {
    float const a = value(random), b = value(random);
    all.emplace_back(std::min(a, b), std::max(a, b));
  }
  return all;
}

TYPED_TEST(quantizers, affine_covering_holds_the_range_and_0) {
  for (auto const& [low, high] : ranges()) {
    auto const q = affine<TypeParam>::covering(low, high);
    double const scale = static_cast<double>(q.scale());
    ASSERT_GE(q.zero_point(), this->least);
    ASSERT_LE(q.zero_point(), this->most);
    ASSERT_EQ(linnet::dequantize(q, linnet::quantize(q, 0.0f)), 0.0f) << low << " " << high;
    // Half a step may be missing at an end, since the zero point is rounded; the float scale costs 2^-24 a
    // step.
    for (float end : {low, high}) {
      double const there = static_cast<double>(linnet::dequantize(q, linnet::quantize(q, end)));
      ASSERT_LE(std::abs(there - static_cast<double>(end)), scale * 0.505) << low << " " << high;
    }
    double const width = std::max<double>(high, 0.0) - std::min<double>(low, 0.0);  // none finer can reach
    ASSERT_LE(scale * (this->most - this->least), width * (1 + 1e-6)) << low << " " << high;
  }
}

TYPED_TEST(quantizers, covering_nothing_is_well_defined) {
  auto const q = affine<TypeParam>::covering(0.0f, 0.0f);
  EXPECT_EQ(q.scale(), 1.0f);
  EXPECT_EQ(linnet::quantize(q, 0.0f), q.zero_point());
  EXPECT_EQ(power_of_two<TypeParam>::covering(0.0f).fraction_bits(), 0);
}

TYPED_TEST(quantizers, power_of_two_covering_is_the_finest_that_holds_the_magnitude) {
  std::mt19937 random(11);
  std::vector<float> magnitudes{1.0f,   0.5f,     127.0f,   127.4f, 127.5f, 128.0f,
                                255.5f, 32767.4f, 32767.5f, 1e-20f, 1e20f};
  std::uniform_real_distribution<float> exponent(-40.0f, 40.0f);
  for (int i = 0; i < 20000; ++i) magnitudes.push_back(std::exp2(exponent(random)));
  for (float magnitude : magnitudes) {
    auto const holds = [&](int bits) {
      return std::round(std::ldexp(double{magnitude}, bits)) <= this->most;
    };
    int const bits = power_of_two<TypeParam>::covering(magnitude).fraction_bits();
    ASSERT_TRUE(holds(bits)) << magnitude;
    ASSERT_FALSE(holds(bits + 1)) << magnitude;
  }
}

TEST(affine, covers_with_32_bits_as_well) {
  auto const q = affine<std::int32_t>::covering(-1.0f, 1.0f);
  EXPECT_NEAR(static_cast<double>(q.scale()), 0x1p-31, 1e-16);
  EXPECT_EQ(linnet::dequantize(q, q.zero_point()), 0.0f);
}

TEST(affine, power_of_two_is_the_affine_quantizer_of_its_scale) {
  for (int bits = -8; bits <= 16; ++bits) {
    power_of_two<std::int8_t> const shift(bits);
    affine<std::int8_t> const any(shift.scale(), shift.zero_point());
    for (int i = -2000; i <= 2000; ++i) {
      float const value = std::ldexp(static_cast<float>(i), -bits - 3);
      ASSERT_EQ(linnet::quantize(shift, value), linnet::quantize(any, value)) << bits << " " << value;
    }
  }
}

TEST(affine, a_scale_of_0_means_not_quantized) {
  EXPECT_FALSE(linnet::quantization{}.present());
  EXPECT_TRUE((linnet::quantization{.scale = 0.1f, .zero_point = 0}.present()));
  EXPECT_TRUE((linnet::quantization{.scale = nan, .zero_point = 0}.present()));  // `validate` refuses it
}

}  // namespace
