// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <linnet/kernels/conv2d/pack.hpp>
#include <linnet/kernels/conv2d/reference.hpp>
#include <linnet/kernels/conv2d/traits.hpp>

#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::conv2d::problem;

class conv2d_reference : public testing::TestWithParam<element_type> {};

TEST_P(conv2d_reference, every_kernel_equals_naive_loops) {
  support::random_source random(0xC0472D + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 300; ++i) {
    support::random_convolution<problem> const c(random, GetParam(), false);
    problem const& p = c.p;
    SCOPED_TRACE(support::describe(p));
    auto const weights =
        c.filter.naive(GetParam(), {p.output.channels, p.kernel_height, p.kernel_width, p.input.channels});
    auto const want = naive::conv2d(c.x, weights, c.window, c.to);
    EXPECT_GE(support::expect_kernels_equal(p, c.call, want, c.x.element, random), 1);
    if (HasFailure()) break;
  }
}
INSTANTIATE_TEST_SUITE_P(types, conv2d_reference, testing::Values(s8, u8, f32), support::type_name);

/// A 2x2 kernel over a 3x3 image with one row of padding above, weights 1 2 3 4, bias 10, scale 1/2.
constexpr auto small_convolution(std::int32_t input_zero_point) {
  problem p;
  p.input = {1, 3, 3, 1};
  p.output = {1, 3, 2, 1};
  p.kernel_height = p.kernel_width = 2;
  p.padding_top = 1;
  p.input_quantization = {0.5f, input_zero_point};
  p.output_quantization = {1.0f, -1};
  std::array<std::byte, 9> image{};
  for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<std::byte>(i);
  std::array<std::byte, 4> const weights{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  std::array<std::byte, 4> const bias{std::byte{10}, std::byte{0}, std::byte{0}, std::byte{0}};
  std::array<float, 1> const scale{1.0f};
  alignas(8) std::array<std::byte, 64> packed{};
  std::array<std::byte, 6> output{};
  pack(p, {weights, bias, scale}, packed.data(), arch::scalar{});
  with_descriptor<std::uint16_t>(p, [&](auto const& d) {
    std::array<kernels::input_row, 4> const window{kernels::input_row{packed.data(), 0},
                                                   {image.data(), 1},
                                                   {image.data() + 3, 1},
                                                   {image.data() + 6, 1}};
    rows(d, window, {output.data(), 2, 1, 3}, packed.data(), nullptr, arch::scalar{});
  });
  return output;
}

TEST(conv2d_constant, runs_in_constant_expressions) {
  constexpr auto built = small_convolution(0);
  static_assert(built[0] == std::byte{6});   // (10 + 3*0 + 4*1) / 2 - 1
  static_assert(built[5] == std::byte{38});  // (10 + 1*4 + 2*5 + 3*7 + 4*8) / 2 - 1, the tie away from zero
  std::int32_t volatile zero_point = 0;
  EXPECT_EQ(small_convolution(zero_point), built);
  EXPECT_EQ(
      small_convolution(5), []() consteval { return small_convolution(5); }());
}

}  // namespace
