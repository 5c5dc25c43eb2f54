// SPDX-License-Identifier: MIT
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/unary/reference.hpp>
#include <linnet/kernels/unary/traits.hpp>

#include "support/naive_functions.hpp"
#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::unary::problem;
using support::random_source;
constexpr int functions = static_cast<int>(unary_function::softplus) + 1;

std::string word(unary_function f) { return {name_of(f).data(), name_of(f).size()}; }

void expect_naive(problem const& p, double magnitude, random_source& random) {
  element_type const type = p.input_type;
  std::vector<int> const extents = support::extents_of(p.image);
  auto const bytes = support::random_elements(random, type, naive::count_of(extents), magnitude);
  std::int32_t const pixel = support::bytes_in(type, p.image.channels);
  support::kernel_case const call{.input = p.image,
                                  .output = p.image,
                                  .window = {},
                                  .input_pixel = pixel,
                                  .output_pixel = pixel,
                                  .operands = {bytes},
                                  .constants = {},
                                  .zero_pixel = {}};
  naive::tensor const x{extents, support::type_of(type), support::steps_of(p.input_quantization),
                        support::numbers(type, bytes)};
  naive::target const to{extents, x.element, support::steps_of(p.output_quantization), naive::bound::none,
                         support::rule_of(p.rounding)};
  auto const want = naive::unary(word(p.function), x, {p.a, p.b}, to);
  SCOPED_TRACE(word(p.function) + " a " + std::to_string(p.a) + " scales " +
               std::to_string(p.input_quantization.scale) + " " +
               std::to_string(p.output_quantization.scale));
  EXPECT_GE(support::expect_kernels_equal(p, call, want, x.element, random), 1);
}

problem random_problem(random_source& random, element_type type, unary_function f) {
  problem p;
  p.input_type = p.output_type = type;
  p.image = {1, random.integer(1, 5), random.integer(1, 6), random.integer(1, 9)};
  p.function = f;
  p.a = static_cast<float>(random.real(0.01, 1.5));
  p.b = static_cast<float>(random.real(-1.0, 1.0));
  if (f == unary_function::gelu && random.integer(0, 1) == 0) p.a = 0.0f;
  return p;
}

TEST(unary_reference, floats_are_the_function) {
  random_source random(0xF10A);
  for (int i = 0; i < 40 * functions && !HasFailure(); ++i) {
    auto const f = static_cast<unary_function>(i % functions);
    bool const rising = f == unary_function::log || f == unary_function::sqrt || f == unary_function::rsqrt;
    problem p = random_problem(random, f32, f);
    if (rising) continue;  // not below zero: see below
    expect_naive(p, random.pick({1e-4, 1.0, 8.0}), random);
  }
}

/// Value by value, from the smallest to the largest: log and roots, and all others at their ends.
TEST(unary_reference, floats_at_their_ends) {
  using kernels::unary::real_value;
  for (int exponent = -126; exponent < 128; ++exponent) {
    for (double const fraction : {1.0, 1.3, 1.999}) {
      double const x = std::ldexp(fraction, exponent);
      EXPECT_NEAR(real_value<unary_function::log>(x, 0, 0), std::log(x), 1e-12 * std::fabs(std::log(x)));
      EXPECT_NEAR(real_value<unary_function::sqrt>(x, 0, 0), std::sqrt(x), 1e-14 * std::sqrt(x));
      EXPECT_NEAR(real_value<unary_function::rsqrt>(x, 0, 0) * std::sqrt(x), 1.0, 1e-14);
      EXPECT_NEAR(real_value<unary_function::tanh>(x, 0, 0), std::tanh(x), 1e-11 * std::tanh(x));
      EXPECT_NEAR(real_value<unary_function::elu>(-x, 1, 0), std::expm1(-x), -1e-11 * std::expm1(-x));
      EXPECT_EQ(real_value<unary_function::floor>(-x, 0, 0), std::floor(-x));
    }
  }
  constexpr double infinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(real_value<unary_function::log>(0.0, 0, 0), -infinite);
  EXPECT_TRUE(std::isnan(real_value<unary_function::log>(-1.0, 0, 0)));
  EXPECT_TRUE(std::isnan(real_value<unary_function::sqrt>(-1.0, 0, 0)));
  EXPECT_EQ(real_value<unary_function::sqrt>(infinite, 0, 0), infinite);
  EXPECT_EQ(real_value<unary_function::rsqrt>(0.0, 0, 0), infinite);
  EXPECT_EQ(real_value<unary_function::reciprocal>(-0.0, 0, 0), -infinite);
  EXPECT_EQ(real_value<unary_function::softplus>(1000.0, 0, 0), 1000.0);
  EXPECT_EQ(real_value<unary_function::tanh>(-1000.0, 0, 0), -1.0);
}

class unary_integers : public testing::TestWithParam<element_type> {};
TEST_P(unary_integers, equal_naive) {
  random_source random(0x1A7 + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 600 && !HasFailure(); ++i) {
    auto const f =
        random.pick({unary_function::tanh, unary_function::leaky_relu, unary_function::hard_swish});
    if (GetParam() == s16 && f != unary_function::leaky_relu) continue;
    problem p = random_problem(random, GetParam(), f);
    if (f != unary_function::hard_swish) p.rounding = support::random_multiplier_rounding(random);
    double const exponent = random.real(-8, -2);
    p.input_quantization = support::random_quantization(random, GetParam(), exponent);
    p.output_quantization = support::random_quantization(random, GetParam(), exponent + random.real(-2, 2));
    if (f == unary_function::tanh) p.output_quantization = {1.0f / 128, GetParam() == s8 ? 0 : 128};
    expect_naive(p, 1.0, random);
  }
}
INSTANTIATE_TEST_SUITE_P(types, unary_integers, testing::Values(s8, u8, s16), support::type_name);

/// Every input of a byte at the scale of [-1, 1) and [-8, 8): tanh is odd and rises.
TEST(unary_integers, tanh_rises_and_is_odd) {
  for (float const scale : {1.0f / 128, 1.0f / 16}) {
    problem p;
    p.function = unary_function::tanh;
    p.input_quantization.scale = scale;
    auto const factors = kernels::unary::factors_of(p);
    std::int32_t last = -129;
    for (std::int32_t x = -128; x < 128; ++x) {
      auto const at = [&](std::int32_t steps) {
        return kernels::unary::integer_tanh<double_rounding>(steps, factors.first, factors.radius);
      };
      EXPECT_GE(at(x), last);
      last = at(x);
      bool const saturated = std::max(std::abs(at(x)), std::abs(at(-x))) >= 127;
      EXPECT_TRUE(saturated || at(x) == -at(-x)) << x;
    }
  }
}

TEST(unary_traits, what_integers_cannot) {
  using stated = kernels::traits<problem, arch::scalar>;
  problem p;
  for (int f = 0; f < functions; ++f) {
    p.function = static_cast<unary_function>(f);
    p.input_type = p.output_type = f32;
    EXPECT_TRUE(stated::supports(p));
    p.input_type = p.output_type = s32;
    EXPECT_FALSE(stated::supports(p));
  }
  p.input_type = p.output_type = s8;
  p.input_quantization = {0.1f, 3};
  p.function = unary_function::exp;
  EXPECT_FALSE(stated::supports(p));
  p.function = unary_function::tanh;
  EXPECT_FALSE(stated::supports(p));
  p.output_quantization = {1.0f / 128, 0};
  EXPECT_TRUE(stated::supports(p));
  p.rounding = rounding::float_half_even;
  EXPECT_FALSE(stated::supports(p));
  p.rounding = rounding::double_rounding;
  p.function = unary_function::hard_swish;
  p.output_quantization.scale = 0.0001f;  // 128 times finer than what its last shift can make
  EXPECT_FALSE(stated::supports(p));
}

constexpr float swished(float x) {
  problem p;
  p.input_type = p.output_type = f32;
  p.function = unary_function::hard_swish;
  std::array<std::byte, 4> from{}, to{};
  store(from.data(), x);
  with_descriptor<std::uint16_t>(p, [&](auto const& d) {
    std::array<kernels::input_row, 1> const window{kernels::input_row{from.data(), 4}};
    rows(d, window, {to.data(), 4, 4, 1}, nullptr, nullptr, arch::scalar{});
  });
  return load<float>(to.data());
}
static_assert(swished(0.0f) == 0.0f && swished(3.0f) == 3.0f && swished(-4.0f) == 0.0f);

}  // namespace
