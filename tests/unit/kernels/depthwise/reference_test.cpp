// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <linnet/kernels/depthwise/pack.hpp>
#include <linnet/kernels/depthwise/reference.hpp>
#include <linnet/kernels/depthwise/traits.hpp>

#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::depthwise::problem;

class depthwise_reference : public testing::TestWithParam<element_type> {};

TEST_P(depthwise_reference, every_kernel_equals_naive_loops) {
  support::random_source random(0xDE97 + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 300; ++i) {
    support::random_convolution<problem> const c(random, GetParam(), true);
    problem const& p = c.p;
    SCOPED_TRACE(support::describe(p));
    auto const weights = c.filter.naive(GetParam(), {1, p.kernel_height, p.kernel_width, p.output.channels});
    auto const want = naive::depthwise(c.x, weights, c.window, c.to);
    EXPECT_GE(support::expect_kernels_equal(p, c.call, want, c.x.element, random), 1);
    if (HasFailure()) break;
  }
}
INSTANTIATE_TEST_SUITE_P(types, depthwise_reference, testing::Values(s8, u8, f32), support::type_name);

/// Two channels, each doubled: a 1x2 kernel over a row of two pixels.
constexpr auto small_depthwise(float output_scale) {
  problem p;
  p.input = {1, 1, 2, 2};
  p.output = {1, 1, 1, 4};
  p.kernel_width = 2;
  p.input_quantization = {1.0f, 1};
  p.output_quantization = {output_scale, 0};
  std::array<std::byte, 4> const image{std::byte{3}, std::byte{5}, std::byte{7}, std::byte{9}};
  std::array<std::byte, 8> const weights{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4},
                                         std::byte{5}, std::byte{6}, std::byte{7}, std::byte{8}};
  std::array<float, 4> const scales{1.0f, 2.0f, 1.0f, 0.5f};
  alignas(8) std::array<std::byte, 64> packed{};
  std::array<std::byte, 4> output{};
  pack(p, {weights, {}, scales}, packed.data(), arch::scalar{});
  with_descriptor<std::uint16_t>(p, [&](auto const& d) {
    std::array<kernels::input_row, 1> const window{kernels::input_row{image.data(), 2}};
    rows(d, window, {output.data(), 4, 4, 1}, packed.data(), nullptr, arch::scalar{});
  });
  return output;
}

TEST(depthwise_constant, runs_in_constant_expressions) {
  constexpr auto built = small_depthwise(1.0f);
  // Pixels less the zero point: (2, 4), (6, 8).
  static_assert(built == std::array{std::byte{1 * 2 + 5 * 6}, std::byte{2 * (2 * 2 + 6 * 6)},
                                    std::byte{3 * 4 + 7 * 8}, std::byte{(4 * 4 + 8 * 8) / 2}});
  float volatile scale = 1.0f;
  EXPECT_EQ(small_depthwise(scale), built);
}

}  // namespace
