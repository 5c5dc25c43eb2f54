// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include <linnet/quantization/requantize.hpp>

namespace {

using linnet::activation;
using linnet::clamp_of;
using linnet::quantization;
using linnet::value_range;

constexpr activation all[] = {activation::none, activation::relu, activation::relu6,
                              activation::relu_n1_to_1};

/// What an activation does to a number: written out, not read from a table of bounds.
float activated(activation a, float value) {
  switch (a) {
    case activation::none: return value;
    case activation::relu: return value > 0 ? value : 0.0f;
    case activation::relu6: return std::min(std::max(value, 0.0f), 6.0f);
    case activation::relu_n1_to_1: return std::min(std::max(value, -1.0f), 1.0f);
  }
  return value;
}

template <class T>
void expect_clamp_is_the_activation(quantization const& output) {
  linnet::affine<T> const quantizer(output.scale, output.zero_point);
  for (activation a : all) {
    value_range<T> const range = clamp_of<T>(a, output);
    ASSERT_LE(range.low, range.high);
    for (int code = std::numeric_limits<T>::min(); code <= std::numeric_limits<T>::max(); ++code) {
      T const stored = static_cast<T>(code);
      T const clamped = std::min(std::max(stored, range.low), range.high);
      float const real = activated(a, linnet::dequantize(quantizer, stored));
      ASSERT_EQ(clamped, linnet::quantize(quantizer, real))
          << static_cast<int>(a) << " " << output.scale << " " << output.zero_point << " code " << code;
    }
  }
}

TEST(requantize, clamping_codes_is_activating_numbers) {
  for (float scale : {0.0235f, 0.1f, 0x1p-5f, 0.007f, 1.0f, 9.0f}) {
    for (int zero_point : {-128, -5, 0, 90, 127}) {
      expect_clamp_is_the_activation<std::int8_t>({scale, zero_point});
      expect_clamp_is_the_activation<std::uint8_t>({scale, zero_point + 128});
    }
    expect_clamp_is_the_activation<std::int16_t>({scale / 64, 0});
  }
}

TEST(requantize, floats_are_clamped_to_the_real_bounds) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float samples[] = {-infinity, -7.0f, -1.0f, -0.5f, 0.0f, 0.5f, 5.0f, 7.0f, infinity};
  for (activation a : all) {
    auto const [low, high] = clamp_of<float>(a, {});
    for (float value : samples) EXPECT_EQ(std::min(std::max(value, low), high), activated(a, value));
  }
}

TEST(requantize, rounds_moves_and_clamps_in_this_order) {
  std::mt19937 random(12);
  for (int i = 0; i < 200000; ++i) {
    auto const x = static_cast<std::int32_t>(random()) >> 8;
    float const scale = 0.0001f * static_cast<float>(1 + random() % 100);
    auto const factor = linnet::single_rounding::prepare(scale, 0.5f, 1.0f);
    auto const zero_point = static_cast<std::int32_t>(random() % 256) - 128;
    auto const a = static_cast<std::int8_t>(random() % 256), b = static_cast<std::int8_t>(random() % 256);
    value_range<std::int8_t> const range{std::min(a, b), std::max(a, b)};
    std::int64_t const half = std::int64_t{1} << (30 - factor.exponent);
    std::int64_t const product = std::int64_t{x} * factor.q31 + half;
    std::int64_t rounded = product / (2 * half);
    if (product % (2 * half) < 0) --rounded;
    std::int64_t const expected =
        std::min<std::int64_t>(range.high, std::max<std::int64_t>(range.low, rounded + zero_point));
    ASSERT_EQ((linnet::requantize<std::int8_t, linnet::single_rounding>(x, factor, zero_point, range)),
              expected);
  }
}

}  // namespace
