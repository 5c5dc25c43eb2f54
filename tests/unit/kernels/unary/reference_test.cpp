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
    if (GetParam() == s16 && f == unary_function::hard_swish) continue;
    problem p = random_problem(random, GetParam(), f);
    if (f != unary_function::hard_swish) p.rounding = support::random_multiplier_rounding(random);
    double const exponent = random.real(-8, -2);
    p.input_quantization = support::random_quantization(random, GetParam(), exponent);
    p.output_quantization = support::random_quantization(random, GetParam(), exponent + random.real(-2, 2));
    if (f == unary_function::tanh) p.output_quantization = {1.0f / 128, GetParam() == u8 ? 128 : 0};
    if (f == unary_function::tanh && GetParam() == s16) {
      p.input_quantization.scale = support::random_scale(random, random.real(-18, 0), random.one_in(3));
      p.output_quantization.scale = 1.0f / 32768;
    }
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

using kernels::unary::cast_to;
constexpr float infinite = std::numeric_limits<float>::infinity(),
                nan = std::numeric_limits<float>::quiet_NaN();
static_assert(cast_to<std::int8_t>(-128.9f) == -128 && cast_to<std::int8_t>(-129.0f) == -128 &&
              cast_to<std::int8_t>(127.9f) == 127 && cast_to<std::int8_t>(128.0f) == 127 &&
              cast_to<std::int8_t>(nan) == 0 && cast_to<std::int8_t>(-infinite) == -128);
static_assert(cast_to<std::uint8_t>(-0.9f) == 0 && cast_to<std::uint8_t>(-1.0f) == 0 &&
              cast_to<std::uint8_t>(255.9f) == 255 && cast_to<std::uint8_t>(infinite) == 255);
static_assert(cast_to<std::int32_t>(2147483520.0f) == 2147483520 &&
              cast_to<std::int32_t>(0x1p31f) == 2147483647);
static_assert(cast_to<std::int64_t>(0x1p63f) == std::numeric_limits<std::int64_t>::max() &&
              cast_to<std::int64_t>(-0x1p63f) == std::numeric_limits<std::int64_t>::min() &&
              cast_to<std::int64_t>(-1e12f) == -999999995904 && cast_to<std::int64_t>(nan) == 0);
static_assert(cast_to<float>(std::int32_t{16777217}) == 16777216.0f &&
              cast_to<float>((std::int64_t{1} << 62) + 1) == 0x1p62f);
static_assert(cast_to<std::int16_t>(std::int64_t{0x1'2345'8001}) == -32767 &&
              cast_to<std::uint8_t>(std::int8_t{-1}) == 255 && cast_to<std::int64_t>(std::int8_t{-1}) == -1);

/// Stored values of a type, those at its ends and beside the ends of others among them.
std::vector<std::byte> numbers_of(random_source& random, element_type type, std::size_t count) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < count; ++i) {
    std::int64_t const end = std::int64_t{1} << random.pick({7, 8, 15, 31}),
                       near = random.pick({std::int64_t{-1}, std::int64_t{1}}) * end + random.integer(-2, 2);
    kernels::unary::with_number(type, [&]<class T>(std::type_identity<T>) {
      if constexpr (std::floating_point<T>) {
        bool const odd = random.one_in(12);
        auto const real = static_cast<float>(
            random.one_in(2) ? random.real(-300, 300) : static_cast<double>(near) + random.real(-1, 1));
        support::append(bytes, odd ? random.pick({nan, infinite, -infinite, -0.0f, 1e-40f, 3e38f}) : real);
      } else {
        support::append(bytes, static_cast<T>(random.one_in(2) ? near : random.integer(-70000, 70000)));
      }
    });
  }
  return bytes;
}

/// s64 has more bits than the naive numbers: see above.
TEST(unary_reference, casts_from_every_type_to_every_type) {
  random_source random(0xCA57);
  for (element_type const from : {f32, s32, s16, s8, u8}) {
    for (element_type const to : {f32, s32, s16, s8, u8}) {
      problem p = random_problem(random, from, unary_function::cast);
      p.output_type = to;
      std::vector<int> const extents = support::extents_of(p.image);
      auto const bytes = numbers_of(random, from, naive::count_of(extents));
      support::kernel_case const call{.input = p.image,
                                      .output = p.image,
                                      .window = {},
                                      .input_pixel = support::bytes_in(from, p.image.channels),
                                      .output_pixel = support::bytes_in(to, p.image.channels),
                                      .operands = {bytes},
                                      .constants = {},
                                      .zero_pixel = {}};
      naive::tensor const x{extents, support::type_of(from), {}, support::numbers(from, bytes)};
      naive::target const target{extents, support::type_of(to), {}, naive::bound::none, {}};
      SCOPED_TRACE(std::string(name_of(from)) + " to " + std::string(name_of(to)));
      EXPECT_EQ(support::expect_kernels_equal(p, call, naive::cast(x, target), target.element, random), 1);
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
