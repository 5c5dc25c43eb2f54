// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <linnet/kernels/transpose_conv2d/pack.hpp>
#include <linnet/kernels/transpose_conv2d/reference.hpp>
#include <linnet/kernels/transpose_conv2d/traits.hpp>

#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::transpose_conv2d::problem;

problem random_problem(support::random_source& random, element_type type) {
  problem p;
  p.input_type = p.weight_type = p.output_type = type;
  p.rounding = support::random_rounding(random);
  p.activation = support::random_activation(random);
  p.input = {1, random.integer(1, 6), random.integer(1, 6), random.integer(1, 5)};
  p.output = {1, random.integer(1, 14), random.integer(1, 14), random.integer(1, 5)};
  p.kernel_height = random.integer(1, 5);
  p.kernel_width = random.integer(1, 5);
  p.stride_height = random.integer(1, 4);
  p.stride_width = random.integer(1, 4);
  p.dilation_height = random.one_in(2) ? random.integer(2, 6) : 1;
  p.dilation_width = random.one_in(2) ? random.integer(2, 6) : 1;
  p.padding_top = random.one_in(2) ? random.integer(0, 12) : 0;
  p.padding_left = random.one_in(2) ? random.integer(0, 12) : 0;
  p.input_quantization =
      support::random_quantization(random, type, random.real(-9, 0), support::is_shift(p.rounding));
  return p;
}

class transpose_conv2d_reference : public testing::TestWithParam<element_type> {};

/// Whatever is cut off or added: the oracle spreads every input pixel, the kernel gathers for every output.
TEST_P(transpose_conv2d_reference, every_kernel_equals_naive_loops) {
  support::random_source random(0x7C0472D + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 300; ++i) {
    problem p = random_problem(random, GetParam());
    auto const weights = static_cast<std::size_t>(p.taps() * p.output.channels * p.input.channels);
    support::random_filter const filter(random, GetParam(), p.rounding, weights, p.output.channels,
                                        static_cast<std::int32_t>(p.taps()) * p.input.channels,
                                        p.input_quantization);
    p.output_quantization = filter.output_quantization;
    p.weight_zero_point = filter.zero_point;
    SCOPED_TRACE(support::describe(p));
    naive::tensor x{support::extents_of(p.input),
                    support::type_of(GetParam()),
                    support::steps_of(p.input_quantization),
                    {}};
    support::kernel_case const call{
        .input = input_image_of(p),
        .output = image_of(p),
        .window = window_of(p),
        .input_pixel = support::bytes_in(GetParam(), input_image_of(p).channels),
        .output_pixel = support::bytes_in(GetParam(), image_of(p).channels),
        .operands = {support::random_elements(random, GetParam(), naive::count_of(x.extents))},
        .constants = filter.constants(),
        .zero_pixel = {}};
    x.values = support::numbers(GetParam(), call.operands[0]);
    auto const want = naive::transpose_conv2d(
        x, filter.naive(GetParam(), {p.output.channels, p.kernel_height, p.kernel_width, p.input.channels}),
        {p.kernel_height, p.kernel_width, p.stride_height, p.stride_width, p.dilation_height,
         p.dilation_width, p.padding_top, p.padding_left},
        {support::extents_of(p.output), support::type_of(GetParam()),
         support::steps_of(p.output_quantization), support::bound_of(p.activation),
         support::rule_of(p.rounding)});
    EXPECT_GE(support::expect_kernels_equal(p, call, want, x.element, random), 1);
    if (HasFailure()) break;
  }
}
INSTANTIATE_TEST_SUITE_P(types, transpose_conv2d_reference, testing::Values(s8, u8, f32), support::type_name);

/// Pixels of 1 and 2 by a kernel 1 2 3 in strides of 2, bias 10: the third output has parts of both, the last
/// one of none.
constexpr auto spread_pair() {
  problem p;
  p.input = {1, 1, 2, 1};
  p.output = {1, 1, 6, 1};
  p.kernel_width = 3;
  p.stride_width = 2;
  p.input_quantization = {1.0f, 3};
  p.output_quantization = {1.0f, 0};
  std::array<std::byte, 2> const image{std::byte{4}, std::byte{5}};
  std::array<std::byte, 3> const weights{std::byte{1}, std::byte{2}, std::byte{3}};
  std::array<std::byte, 4> const bias{std::byte{10}, std::byte{0}, std::byte{0}, std::byte{0}};
  std::array<float, 1> const scale{1.0f};
  alignas(8) std::array<std::byte, 64> packed{};
  std::array<std::byte, 6> output{};
  pack(p, {weights, bias, scale}, packed.data(), arch::scalar{});
  with_descriptor<std::uint16_t>(p, [&](auto const& d) {
    std::array<kernels::input_row, 1> const window{kernels::input_row{image.data(), 0}};
    rows(d, window, {output.data(), 0, 0, 1}, packed.data(), nullptr, arch::scalar{});
  });
  return output;
}
static_assert(spread_pair() == std::array{std::byte{11}, std::byte{12}, std::byte{15}, std::byte{14},
                                          std::byte{16}, std::byte{10}});

TEST(transpose_conv2d_traits, takes_what_layers_take) {
  using stated = kernels::traits<problem, arch::scalar>;
  problem p;
  EXPECT_TRUE(stated::supports(p));
  p.input_type = p.output_type = s16;
  EXPECT_TRUE(stated::supports(p));
  p.weight_zero_point = 1;
  EXPECT_FALSE(stated::supports(p));
  p.weight_zero_point = 0;
  p.weight_type = s16;
  EXPECT_FALSE(stated::supports(p));
}

}  // namespace
