// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include <gtest/gtest.h>

#include <linnet/kernels/elementwise/reference.hpp>
#include <linnet/kernels/elementwise/traits.hpp>

#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using namespace linnet::kernels::elementwise;
using support::random_source;

image_shape random_image(random_source& random) {
  return {1, random.integer(1, 9), random.integer(1, 9), random.integer(1, random.one_in(8) ? 40 : 9)};
}

naive::tensor operand(image_shape const& image, element_type type, quantization const& q,
                      support::byte_vector const& bytes) {
  return {support::extents_of(image), support::type_of(type), support::steps_of(q),
          support::numbers(type, bytes)};
}

support::kernel_case case_of(image_shape const& image, element_type input, element_type output,
                             std::vector<support::byte_vector> operands) {
  return {.input = image,
          .output = image,
          .window = {},
          .input_pixel = support::bytes_in(input, image.channels),
          .output_pixel = support::bytes_in(output, image.channels),
          .operands = std::move(operands),
          .constants = {},
          .zero_pixel = {}};
}

std::size_t elements(image_shape const& image) { return naive::count_of(support::extents_of(image)); }

/// Runs random problems of a unary family; `fill(random, problem)` states scales, `oracle(x, target)`
/// computes.
template <class Problem, class Fill, class Oracle>
void expect_unary(std::uint64_t seed, element_type in, element_type out, int count, Fill const& fill,
                  Oracle const& oracle) {
  random_source random(seed * 64 + static_cast<std::uint64_t>(in) * 8 + static_cast<std::uint64_t>(out));
  for (int i = 0; i < count && !testing::Test::HasFailure(); ++i) {
    Problem p;
    p.input_type = in;
    p.output_type = out;
    p.image = random_image(random);
    double const magnitude = fill(random, p);
    auto const bytes = support::random_elements(random, in, elements(p.image), magnitude);
    naive::target const to{support::extents_of(p.image), support::type_of(out),
                           support::steps_of(p.output_quantization), support::bound_of(p.activation),
                           support::rule_of(p.rounding)};
    auto const want = oracle(operand(p.image, in, p.input_quantization, bytes), to);
    SCOPED_TRACE(std::string(name_of(p.rounding)) + " scales " + std::to_string(p.input_quantization.scale) +
                 " " + std::to_string(p.output_quantization.scale));
    EXPECT_GE(support::expect_kernels_equal(p, case_of(p.image, in, out, {bytes}), want, to.element, random),
              1);
  }
}

using type_pair = std::pair<element_type, element_type>;
constexpr auto pair_name = [](testing::TestParamInfo<type_pair> const& tested) {
  return std::string(name_of(tested.param.first)) + "_to_" + std::string(name_of(tested.param.second));
};

class rescale_reference : public testing::TestWithParam<type_pair> {};
TEST_P(rescale_reference, equals_naive) {
  auto const [in, out] = GetParam();
  expect_unary<rescale_problem>(
      0x4E5C, in, out, 400,
      [out = out](random_source& random, rescale_problem& p) {
        p.rounding = support::random_rounding(random);
        p.activation = support::random_activation(random);
        if (kernels::elementwise::is_wide(p)) p.rounding = rounding::double_rounding;
        if (out == s32) p.activation = activation::none;
        bool const shifts = support::is_shift(p.rounding);
        double const ratio = random.one_in(5) ? random.real(-30, 12) : random.real(-3, 3);
        double const exponent = random.real(-9, -2);
        p.input_quantization = support::random_quantization(random, p.input_type, exponent, shifts);
        p.output_quantization = support::random_quantization(random, out, exponent - ratio, shifts);
        if (random.one_in(5)) p.output_quantization.scale = p.input_quantization.scale;
        return 8.0;
      },
      naive::rescaled);
}
INSTANTIATE_TEST_SUITE_P(types, rescale_reference,
                         testing::Values(type_pair{s8, s8}, type_pair{s8, u8}, type_pair{u8, s8},
                                         type_pair{u8, u8}, type_pair{f32, f32}, type_pair{s8, s16},
                                         type_pair{s16, s8}, type_pair{s16, s16}, type_pair{s16, s32}),
                         pair_name);

TEST(rescale_copy, other_integers_of_one_quantization_are_moved) {
  random_source random(0xC0);
  for (element_type type : {s16, s32, s64}) {
    rescale_problem p;
    p.input_type = p.output_type = type;
    p.image = {1, 3, 5, 2};
    auto bytes = support::random_elements(random, s8, static_cast<std::size_t>(30 * bytes_of(type, 1)));
    naive::answer const want{support::numbers(s8, bytes), std::vector<double>(bytes.size())};
    support::expect_kernels_equal(p, case_of(p.image, type, type, {bytes}), want, naive::type::s8, random);
  }
}

TEST(rescale_copy, equal_scales_keep_every_value_under_every_policy) {
  for (int policy = 0; policy <= static_cast<int>(rounding::shift_half_away); ++policy) {
    for (float scale : {0.25f, 0.3f, 1e-6f, 7.77f}) {
      rescale_problem p;
      p.rounding = static_cast<rounding>(policy);
      p.image = {1, 1, 256, 1};
      p.input_quantization = p.output_quantization = {scale, 17};
      support::byte_vector bytes;
      for (int q = 0; q < 256; ++q) bytes.push_back(static_cast<std::byte>(q));
      random_source random(1);
      naive::answer const want{support::numbers(s8, bytes), std::vector<double>(256)};
      support::expect_kernels_equal(p, case_of(p.image, s8, s8, {bytes}), want, naive::type::s8, random);
    }
  }
}

class quantize_reference : public testing::TestWithParam<element_type> {};
TEST_P(quantize_reference, equals_naive) {
  expect_unary<quantize_problem>(
      0x904, f32, GetParam(), 300,
      [](random_source& random, quantize_problem& p) {
        p.output_quantization = support::random_quantization(random, p.output_type, random.real(-8, 4));
        return 150.0 * static_cast<double>(p.output_quantization.scale) * (random.one_in(4) ? 1e6 : 1.0);
      },
      naive::quantize);
}
TEST_P(quantize_reference, dequantize_equals_naive) {
  expect_unary<dequantize_problem>(
      0xDE9, GetParam(), f32, 300,
      [](random_source& random, dequantize_problem& p) {
        p.input_quantization = support::random_quantization(random, p.input_type, random.real(-30, 30));
        return 1.0;
      },
      [](naive::tensor const& x, naive::target const&) { return naive::dequantize(x); });
}
INSTANTIATE_TEST_SUITE_P(types, quantize_reference, testing::Values(s8, u8), support::type_name);

TEST(quantize_ends, ties_infinities_and_not_a_number) {
  quantize_problem p;
  p.input_type = f32;
  p.image = {1, 1, 7, 1};
  p.output_quantization = {2.0f, 10};
  constexpr float infinite = std::numeric_limits<float>::infinity();
  support::byte_vector bytes;
  for (float x : {1.0f, -1.0f, 0.99f, infinite, -infinite, std::numeric_limits<float>::max(),
                  std::numeric_limits<float>::quiet_NaN()}) {
    support::append(bytes, x);
  }
  random_source random(2);
  naive::answer const want{{11, 9, 10, 127, -128, 127, 10}, std::vector<double>(7)};
  EXPECT_EQ(
      support::expect_kernels_equal(p, case_of(p.image, f32, s8, {bytes}), want, naive::type::s8, random), 1);
}

class logistic_reference : public testing::TestWithParam<element_type> {};
TEST_P(logistic_reference, is_the_logistic_function) {
  expect_unary<logistic_problem>(
      0x106, GetParam(), GetParam(), 300,
      [](random_source& random, logistic_problem& p) {
        p.rounding = support::random_multiplier_rounding(random);
        bool const wide = p.input_type == s16;
        p.input_quantization =
            support::random_quantization(random, p.input_type, random.real(wide ? -20 : -12, wide ? 0 : 2));
        if (!wide && p.input_type != f32 && random.one_in(20)) p.input_quantization.scale = 1e6f;
        if (p.input_type != f32) p.output_quantization = {1.0f / 256, p.input_type == s8 ? -128 : 0};
        if (wide) p.output_quantization = {1.0f / 32768, 0};
        return random.pick({1.0, 30.0});
      },
      naive::logistic);
}
INSTANTIATE_TEST_SUITE_P(types, logistic_reference, testing::Values(s8, u8, s16, f32), support::type_name);

/// Every 31st input of 16 bits at the scales that the table knows and beside them.
TEST(table_steps, are_those_of_the_scale) {
  EXPECT_EQ(table_steps_of(0x1p-12f, false).factor, 3);
  EXPECT_EQ(table_steps_of(0x1p-12f * 1.0006f, false).factor, 3) << "taken for 2^-12";
  EXPECT_EQ(table_steps_of(0x1p-11f, true).factor, 6);
  EXPECT_TRUE(table_steps_of(2.6666f, false).fit());
  EXPECT_FALSE(table_steps_of(2.6667f, false).fit());
  for (float const scale : {0x1p-12f, 0x1p-12f * 1.001f, 0x1p-11f, 0x1p-20f, 3e-4f, 0.01f, 2.6666f}) {
    for (bool const knows_double : {false, true}) {
      auto const steps = table_steps_of(scale, knows_double);
      for (std::int32_t x = -32768; x < 32768; x += 31) {
        double const thirds = static_cast<double>(scale) * 12288.0 * x;
        ASSERT_NEAR(steps(static_cast<std::int16_t>(x)), thirds, 0.5 + std::fabs(thirds) * 0x1p-14) << scale;
      }
    }
  }
}

class add_reference : public testing::TestWithParam<element_type> {};
TEST_P(add_reference, equals_naive) {
  random_source random(0xADD + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 400 && !HasFailure(); ++i) {
    add_problem p;
    p.type = GetParam();
    p.rounding = support::random_multiplier_rounding(random);
    p.activation = support::random_activation(random);
    p.image = random_image(random);
    double const exponent = random.real(-9, 0);
    p.a_quantization = support::random_quantization(random, p.type, exponent, random.one_in(4));
    p.b_quantization =
        support::random_quantization(random, p.type, exponent + random.real(-6, 6), random.one_in(4));
    p.output_quantization = support::random_quantization(
        random, p.type, exponent + (random.one_in(5) ? random.real(-4, 20) : random.real(-1, 3)));
    auto const a = support::random_elements(random, p.type, elements(p.image));
    auto const b = support::random_elements(random, p.type, elements(p.image));
    naive::target const to{support::extents_of(p.image), support::type_of(p.type),
                           support::steps_of(p.output_quantization), support::bound_of(p.activation),
                           support::rule_of(p.rounding)};
    auto const want = naive::add(operand(p.image, p.type, p.a_quantization, a),
                                 operand(p.image, p.type, p.b_quantization, b), to);
    EXPECT_GE(
        support::expect_kernels_equal(p, case_of(p.image, p.type, p.type, {a, b}), want, to.element, random),
        1);
  }
}
INSTANTIATE_TEST_SUITE_P(types, add_reference, testing::Values(s8, u8, f32), support::type_name);

template <class Problem, std::size_t N>
constexpr auto small_row(Problem const& p, std::array<std::byte, N> const& a,
                         std::array<std::byte, N> const& b) {
  std::array<std::byte, N> output{};
  with_descriptor<std::uint16_t>(p, [&](auto const& d) {
    std::array<kernels::input_row, 1> const first{kernels::input_row{a.data(), 1}}, second{{{b.data(), 1}}};
    kernels::row_span const out{output.data(), static_cast<std::int64_t>(N), 1, 1};
    if constexpr (std::same_as<Problem, add_problem>) {
      rows(d, first, second, out, nullptr, nullptr, arch::scalar{});
    } else {
      rows(d, first, out, nullptr, nullptr, arch::scalar{});
    }
  });
  return output;
}

constexpr auto small_add(float scale) {
  add_problem p;
  p.image = {1, 1, 3, 1};
  p.a_quantization = p.b_quantization = {1.0f, 0};
  p.output_quantization = {scale, 0};
  return small_row(p, std::array{std::byte{1}, std::byte{100}, std::byte{0xFF}},
                   std::array{std::byte{2}, std::byte{100}, std::byte{0xFE}});
}
constexpr auto small_logistic(float scale) {
  logistic_problem p;
  p.image = {1, 1, 3, 1};
  p.input_quantization = {scale, 0};
  p.output_quantization = {1.0f / 256, -128};
  std::array const x{std::byte{0}, std::byte{127}, std::byte{0x80}};
  return small_row(p, x, x);
}

TEST(elementwise_constant, runs_in_constant_expressions) {
  static_assert(small_add(1.0f) == std::array{std::byte{3}, std::byte{127}, std::byte{0xFD}});
  static_assert(small_logistic(1.0f) == std::array{std::byte{0}, std::byte{127}, std::byte{0x80}});
  float volatile scale = 1.0f;
  EXPECT_EQ(small_add(scale), small_add(1.0f));
  EXPECT_EQ(small_logistic(scale), (std::array{std::byte{0}, std::byte{127}, std::byte{0x80}}));
}

}  // namespace
