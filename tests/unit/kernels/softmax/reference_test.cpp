// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <linnet/kernels/softmax/reference.hpp>
#include <linnet/kernels/softmax/traits.hpp>

#include "support/naive_functions.hpp"
#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::softmax::problem;

problem random_problem(support::random_source& random, element_type type) {
  problem p;
  p.type = type;
  p.image = {1, random.integer(1, 5), random.integer(1, 5), random.integer(1, random.one_in(6) ? 300 : 9)};
  p.beta = random.one_in(3) ? static_cast<float>(random.real(0.1, 4)) : 1.0f;
  p.input_quantization = support::random_quantization(random, type, random.real(-12, 3));
  if (type != f32) p.output_quantization = {1.0f / 256, type == s8 ? -128 : 0};
  p.logarithm = type == f32 && random.one_in(3);
  if (type == s16) {
    p.input_quantization.scale = support::random_scale(random, random.real(-14, 4), false);
    p.output_quantization = {1.0f / 32768, 0};
  } else if (type == s8 && random.one_in(3)) {
    p.widens = true;
    p.output_quantization = {1.0f / 65536, -32768};
  }
  return p;
}

class softmax_reference : public testing::TestWithParam<element_type> {};

TEST_P(softmax_reference, is_the_softmax_function) {
  support::random_source random(0x50F7 + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 300 && !HasFailure(); ++i) {
    problem const p = random_problem(random, GetParam());
    naive::tensor x{support::extents_of(p.image),
                    support::type_of(GetParam()),
                    support::steps_of(p.input_quantization),
                    {}};
    std::int32_t const pixel = support::bytes_in(GetParam(), p.image.channels);
    double const magnitude = random.pick({1.0, 20.0});
    support::kernel_case const call{
        .input = p.image,
        .output = p.image,
        .window = {},
        .input_pixel = pixel,
        .output_pixel = support::bytes_in(p.result_type(), p.image.channels),
        .operands = {support::random_elements(random, GetParam(), naive::count_of(x.extents), magnitude)},
        .constants = {},
        .zero_pixel = {}};
    x.values = support::numbers(GetParam(), call.operands[0]);
    naive::target const to{x.extents, support::type_of(p.result_type()),
                           support::steps_of(p.output_quantization)};
    auto const want = p.logarithm ? naive::log_softmax(x, p.beta) : naive::softmax(x, p.beta, to);
    SCOPED_TRACE(std::to_string(p.image.channels) + " channels, scale " +
                 std::to_string(p.input_quantization.scale) + ", beta " + std::to_string(p.beta));
    EXPECT_GE(support::expect_kernels_equal(p, call, want, to.element, random), 1);
  }
}
INSTANTIATE_TEST_SUITE_P(types, softmax_reference, testing::Values(s8, u8, s16, f32), support::type_name);

/// Entries as TFLM and CMSIS-NN have them; the 160th is one of float32's ties.
static_assert(kernels::softmax::detail::reciprocal_table<std::int16_t>[160] == 24966 &&
              kernels::softmax::detail::reciprocal_table<std::int16_t>[0] == 32767 &&
              kernels::softmax::detail::reciprocal_table<std::int16_t>[512] == 16384);
static_assert(kernels::softmax::detail::exp_table<std::int16_t>[0] == 2 &&
              kernels::softmax::detail::exp_table<std::int16_t>[409] == 4383 &&
              kernels::softmax::detail::exp_table<std::int16_t>[510] == 31512);

TEST(softmax_traits, integers_have_one_output_quantization) {
  using stated = kernels::traits<problem, arch::scalar>;
  problem p;
  p.output_quantization = {1.0f / 256, -128};
  EXPECT_TRUE(stated::supports(p));
  p.output_quantization.zero_point = 0;
  EXPECT_FALSE(stated::supports(p));
  p.type = u8;
  EXPECT_TRUE(stated::supports(p));
  p.image.channels = 4095;
  EXPECT_TRUE(stated::supports(p));
  p.image.channels = 4096;
  EXPECT_FALSE(stated::supports(p));
  p.image.channels = 10;
  for (float beta :
       {0.0f, -1.0f, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    p.beta = beta;
    EXPECT_FALSE(stated::supports(p)) << beta;
  }
}

/// The largest sum that the integer kernel takes: 4095 equal channels share 1/4095 each, less than half a
/// step.
TEST(softmax_limits, most_channels) {
  problem p;
  p.image = {1, 1, 1, 4095};
  p.input_quantization = {1.0f, 0};
  p.output_quantization = {1.0f / 256, -128};
  std::vector<std::byte> const equal(4095, std::byte{7});
  std::vector<std::byte> output(4095);
  with_descriptor<std::int32_t>(p, [&](auto const& d) {
    std::array<kernels::input_row, 1> const window{kernels::input_row{equal.data(), 4095}};
    rows(d, window, {output.data(), 4095, 4095, 1}, nullptr, nullptr, arch::scalar{});
  });
  EXPECT_EQ(output, std::vector<std::byte>(4095, std::byte{0x80}));
}

constexpr auto small_softmax(float scale) {
  problem p;
  p.image = {1, 1, 1, 3};
  p.input_quantization = {scale, 0};
  p.output_quantization = {1.0f / 256, -128};
  std::array<std::byte, 3> const x{std::byte{5}, std::byte{5}, std::byte{0x80}};
  std::array<std::byte, 3> output{};
  with_descriptor<std::uint16_t>(p, [&](auto const& d) {
    std::array<kernels::input_row, 1> const window{kernels::input_row{x.data(), 3}};
    rows(d, window, {output.data(), 3, 3, 1}, nullptr, nullptr, arch::scalar{});
  });
  return output;
}

TEST(softmax_constant, runs_in_constant_expressions) {
  static_assert(small_softmax(0.5f) == std::array{std::byte{0}, std::byte{0}, std::byte{0x80}});
  float volatile scale = 0.5f;
  EXPECT_EQ(small_softmax(scale), (std::array{std::byte{0}, std::byte{0}, std::byte{0x80}}));
}

TEST(softmax_descriptor, takes_a_multiplier_in_place_of_the_scale) {
  problem p;
  p.input_quantization.scale = 0.1f;
  kernels::softmax::descriptor<std::int32_t, std::int8_t> const made(p);
  problem given;
  given.factor = made.factor;
  kernels::softmax::descriptor<std::int32_t, std::int8_t> const same(given);
  EXPECT_EQ(same.factor, made.factor);
  EXPECT_EQ(same.least_difference, made.least_difference);
  given.factor = {1077952640, 19};  // TFLite's of the scale 1/255, and the difference that it gives
  EXPECT_EQ((kernels::softmax::descriptor<std::int32_t, std::int8_t>(given).least_difference), -3968);
}

}  // namespace
