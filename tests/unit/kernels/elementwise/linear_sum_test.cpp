// SPDX-License-Identifier: MIT
#include <cstdint>

#include <gtest/gtest.h>

#include <linnet/kernels/elementwise/linear_sum.hpp>

#include "support/random_values.hpp"

namespace {

using namespace linnet;
using kernels::elementwise::add_problem;
using kernels::elementwise::find_linear_sum;
using kernels::elementwise::linear_sum;
using kernels::elementwise::rescale_problem;

/// TFLite's addition (integer_ops/add.h) in 64 bits.
std::int32_t tflite_sum(add_problem const& p, std::int32_t a, std::int32_t b) {
  double const s1 = p.a_quantization.scale, s2 = p.b_quantization.scale, twice = 2 * std::max(s1, s2);
  auto const scaled = [](std::int64_t x, double real) {
    multiplier const m = make_multiplier(real);
    return std::int64_t{double_rounding::apply(static_cast<std::int32_t>(x), m)};
  };
  std::int64_t const sum = scaled(std::int64_t{a - p.a_quantization.zero_point} << 20, s1 / twice) +
                           scaled(std::int64_t{b - p.b_quantization.zero_point} << 20, s2 / twice);
  std::int64_t const out =
      scaled(sum, twice / (0x1p20 * double{p.output_quantization.scale})) + p.output_quantization.zero_point;
  auto const range = clamp_of<std::int8_t>(p.activation, p.output_quantization);
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(out, range.low, range.high));
}

void expect_equal(add_problem const& p, linear_sum const& sum) {
  auto const range = clamp_of<std::int8_t>(p.activation, p.output_quantization);
  for (std::int32_t a = -128; a < 128; ++a) {
    for (std::int32_t b = -128; b < 128; ++b) {
      std::int64_t const s = std::int64_t{sum.a_factor} * a + std::int64_t{sum.b_factor} * b + sum.addend;
      ASSERT_LE(std::abs(s), std::int64_t{1} << 31);
      ASSERT_EQ(std::clamp<std::int64_t>(s >> sum.shift, range.low, range.high), tflite_sum(p, a, b))
          << a << " + " << b;
    }
  }
}

TEST(find_linear_sum, is_exact_on_every_pair_of_operands) {
  support::random_source random(5);
  int found = 0;
  for (int i = 0; i < 40; ++i) {
    add_problem p;
    p.activation = i % 3 == 0 ? activation::relu : activation::none;
    auto const some = [&] {
      return quantization{static_cast<float>(random.integer(100, 2000)) * 1e-4f, random.integer(-128, 127)};
    };
    p.a_quantization = some();
    p.b_quantization = some();
    p.output_quantization = some();
    linear_sum const sum = find_linear_sum(p);
    if (!sum.found) continue;
    ++found;
    expect_equal(p, sum);
  }
  EXPECT_GE(found, 30);
}

TEST(find_linear_sum, gives_up_where_factors_do_not_fit) {
  add_problem p;
  p.a_quantization = {100.0f, 0};
  p.b_quantization = {0.001f, 0};
  p.output_quantization = {0.001f, 0};
  EXPECT_FALSE(find_linear_sum(p).found);
}

TEST(find_linear_sum, given_multipliers_are_as_good_as_scales) {
  support::random_source random(6);
  int found = 0;
  for (int i = 0; i < 30; ++i) {
    add_problem p;
    p.a_quantization = {static_cast<float>(random.integer(100, 400)) * 1e-4f, random.integer(-128, 127)};
    p.b_quantization = {static_cast<float>(random.integer(100, 400)) * 1e-4f, random.integer(-128, 127)};
    p.output_quantization = {static_cast<float>(random.integer(300, 800)) * 1e-4f, random.integer(-128, 127)};
    kernels::elementwise::add_descriptor<std::int32_t, std::int8_t, double_rounding> const d(p);
    add_problem given = p;
    given.a_quantization.scale = given.b_quantization.scale = given.output_quantization.scale = 0;
    given.bounds = {-128, 127};
    given.factors = {{d.a_q31, d.a_exponent}, {d.b_q31, d.b_exponent}, {d.output_q31, d.output_exponent}};
    linear_sum const sum = find_linear_sum(given);
    EXPECT_EQ(sum.found, find_linear_sum(p).found);
    if (!sum.found) continue;
    ++found;
    expect_equal(p, sum);
  }
  EXPECT_GE(found, 5);
}

/// TFLite's requantization (MultiplyByQuantizedMultiplier) of the 256 values of a byte. It rounds twice where
/// it divides by more than 2: those seldom have a linear form.
TEST(find_linear_sum, is_exact_on_every_operand_of_a_rescaling) {
  support::random_source random(7);
  int found = 0, wanted = 0;
  for (int i = 0; i < 200; ++i) {
    rescale_problem p;
    p.activation = i % 3 == 0 ? activation::relu6 : activation::none;
    p.input_quantization = {static_cast<float>(random.real(0.01, 0.2)), random.integer(-128, 127)};
    p.output_quantization = {static_cast<float>(random.real(0.01, 0.2)), random.integer(-128, 127)};
    linear_sum const sum = find_linear_sum(p);
    wanted += p.input_quantization.scale >= 0.5f * p.output_quantization.scale ? 1 : 0;
    if (!sum.found) continue;
    ++found;
    EXPECT_EQ(sum.b_factor, 0);
    auto const range = clamp_of<std::int8_t>(p.activation, p.output_quantization);
    multiplier const m =
        make_multiplier(double{p.input_quantization.scale} / double{p.output_quantization.scale});
    for (std::int32_t a = -128; a < 128; ++a) {
      std::int64_t const scaled = double_rounding::apply(a - p.input_quantization.zero_point, m),
                         s = std::int64_t{sum.a_factor} * a + sum.addend;
      ASSERT_LE(std::abs(s), std::int64_t{1} << 31);
      ASSERT_EQ(std::clamp<std::int64_t>(s >> sum.shift, range.low, range.high),
                std::clamp<std::int64_t>(scaled + p.output_quantization.zero_point, range.low, range.high))
          << a;
    }
  }
  EXPECT_GE(wanted, 100);
  EXPECT_GE(found, wanted);
}

TEST(find_linear_sum, gives_up_on_a_rescaling_by_a_hundred) {
  rescale_problem p;
  p.input_quantization = {100.0f, 0};
  p.output_quantization = {1.0f, 0};
  EXPECT_FALSE(find_linear_sum(p).found);
}

}  // namespace
