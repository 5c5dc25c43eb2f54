// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <linnet/kernels/mean/reference.hpp>
#include <linnet/kernels/mean/traits.hpp>

#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::mean::problem;

problem random_problem(support::random_source& random, element_type type) {
  problem p;
  p.type = type;
  p.rounding = support::random_multiplier_rounding(random);
  p.input = {1, random.integer(1, 9), random.integer(1, 9), random.integer(1, 9)};
  if (random.one_in(10)) p.input.width = random.integer(30, 90);
  p.over_height = !random.one_in(3);
  p.over_width = !random.one_in(3);
  p.over_channels = random.one_in(3);
  p.input_quantization = support::random_quantization(random, type, random.real(-9, 0));
  double const ratio = random.one_in(6) ? random.real(-33, 4) : random.real(-1, 5);
  p.output_quantization = support::random_quantization(
      random, type, std::log2(static_cast<double>(p.input_quantization.scale)) - ratio);
  if (random.one_in(5)) p.output_quantization = p.input_quantization;
  return p;
}

class mean_reference : public testing::TestWithParam<element_type> {};

TEST_P(mean_reference, every_kernel_equals_naive_loops) {
  support::random_source random(0x3EA + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 400 && !HasFailure(); ++i) {
    problem const p = random_problem(random, GetParam());
    linnet::image_shape const output{1, p.over_height ? 1 : p.input.height, p.output_width(),
                                     p.output_channels()};
    naive::tensor x{support::extents_of(p.input),
                    support::type_of(GetParam()),
                    support::steps_of(p.input_quantization),
                    {}};
    support::kernel_case const call{
        .input = p.input,
        .output = output,
        .window = window_of(p),
        .input_pixel = support::bytes_in(GetParam(), p.input.channels),
        .output_pixel = support::bytes_in(GetParam(), output.channels),
        .operands = {support::random_elements(random, GetParam(), naive::count_of(x.extents))},
        .constants = {},
        .zero_pixel = {}};
    x.values = support::numbers(GetParam(), call.operands[0]);
    std::vector<int> axes;
    if (p.over_height) axes.push_back(1);
    if (p.over_width) axes.push_back(2);
    if (p.over_channels) axes.push_back(3);
    auto const want =
        naive::mean(x, axes,
                    {support::extents_of(output), x.element, support::steps_of(p.output_quantization),
                     naive::bound::none, support::rule_of(p.rounding)});
    EXPECT_GE(support::expect_kernels_equal(p, call, want, x.element, random), 1);
  }
}
INSTANTIATE_TEST_SUITE_P(types, mean_reference, testing::Values(s8, u8, s16, f32), support::type_name);

TEST(mean_multiplier, divides_the_raised_mantissa) {
  support::random_source random(0x3EA4);
  for (int i = 0; i < 20000; ++i) {
    float const in = support::random_scale(random, random.real(-30, 20), random.one_in(4));
    float const out = support::random_scale(random, random.real(-30, 20), random.one_in(4));
    std::int32_t const count = random.one_in(2) ? random.integer(1, 5000) : 1 << random.integer(0, 30);
    auto const got = kernels::mean::mean_multiplier(in, out, count);
    auto const want = naive::mean_factor(in, out, count);
    ASSERT_TRUE(got.q31 == want.mantissa && got.exponent == want.exponent)
        << in << " " << out << " " << count;
    ASSERT_TRUE(got.exponent >= -31 && got.exponent <= 30);
  }
}

TEST(mean_traits, knows_where_integer_sums_end) {
  using stated = kernels::traits<problem, arch::scalar>;
  problem p;
  p.input = {1, 2896, 2896, 1};
  static_assert(2896 * 2896 < 1 << 23);
  EXPECT_TRUE(stated::supports(p));
  p.input.width = 2897;
  EXPECT_FALSE(stated::supports(p));
  p.over_width = false;
  EXPECT_TRUE(stated::supports(p));
}

/// The mean of the largest sums that the kernel supports: nothing may overflow.
TEST(mean_reference_limits, largest_count) {
  problem p;
  p.type = u8;
  p.input = {1, 1, (1 << 23) - 1, 1};
  p.input_quantization = {1.0f, 255};
  p.output_quantization = {1.0f, 255};
  std::vector<std::byte> const image(static_cast<std::size_t>(p.input.width), std::byte{0});
  alignas(8) std::array<std::byte, 4> state{};
  std::byte output{};
  with_descriptor<std::int32_t>(p, [&](auto const& d) {
    kernels::row_span const out{&output, 1, 1, 1};
    begin(d, out, state.data(), arch::scalar{});
    row(d, {image.data(), 1}, out, state.data(), arch::scalar{});
    end(d, 1, out, state.data(), arch::scalar{});
  });
  EXPECT_EQ(output, std::byte{0});
}

constexpr std::int8_t small_mean(float output_scale) {
  problem p;
  p.input = {1, 2, 2, 1};
  p.input_quantization = {1.0f, 1};
  p.output_quantization = {output_scale, -3};
  std::array<std::byte, 4> const image{std::byte{1}, std::byte{2}, std::byte{4}, std::byte{7}};
  alignas(8) std::array<std::byte, 4> state{};
  std::byte output{};
  with_descriptor<std::uint16_t>(p, [&](auto const& d) {
    kernels::row_span const out{&output, 1, 1, 1};
    begin(d, out, state.data(), arch::scalar{});
    row(d, {image.data(), 1}, out, state.data(), arch::scalar{});
    row(d, {image.data() + 2, 1}, out, state.data(), arch::scalar{});
    end(d, 2, out, state.data(), arch::scalar{});
  });
  return static_cast<std::int8_t>(output);
}

TEST(mean_constant, runs_in_constant_expressions) {
  static_assert(small_mean(0.5f) == 5 - 3 && small_mean(1.0f) == 3 - 3);  // (14 - 4) / 4 = 2.5
  float volatile scale = 0.5f;
  EXPECT_EQ(small_mean(scale), 2);
}

}  // namespace
