// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include <linnet/kernels/pool/reference.hpp>
#include <linnet/kernels/pool/traits.hpp>

#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using namespace linnet::kernels::pool;
namespace pool = linnet::kernels::pool;

/// A window whose padding is smaller than itself: every window sees a pixel.
template <class Problem>
Problem random_problem(support::random_source& random, element_type type) {
  Problem p;
  do {
    p.input = {1, random.integer(1, 9), random.integer(1, 9), random.integer(1, 9)};
    p.kernel_height = random.integer(1, 5);
    p.kernel_width = random.integer(1, 5);
    p.stride_height = random.integer(1, 4);
    p.stride_width = random.integer(1, 4);
    p.padding_top = random.integer(0, p.kernel_height - 1);
    p.padding_left = random.integer(0, p.kernel_width - 1);
    p.output = {1,
                support::windowed(p.input.height, p.kernel_height, p.stride_height, 1, p.padding_top,
                                  random.integer(0, p.kernel_height - 1)),
                support::windowed(p.input.width, p.kernel_width, p.stride_width, 1, p.padding_left,
                                  random.integer(0, p.kernel_width - 1)),
                p.input.channels};
  } while (p.output.height < 1 || p.output.width < 1);
  p.type = type;
  p.activation = support::random_activation(random);
  p.output_quantization = support::random_quantization(random, type, random.real(-7, -2));
  return p;
}

template <class Problem>
void expect_equals_naive(element_type type) {
  support::random_source random(0x9001 + static_cast<std::uint64_t>(type));
  for (int i = 0; i < 300 && !testing::Test::HasFailure(); ++i) {
    auto const p = random_problem<Problem>(random, type);
    naive::tensor x{
        support::extents_of(p.input), support::type_of(type), support::steps_of(p.output_quantization), {}};
    std::int32_t const pixel = support::bytes_in(type, p.input.channels);
    support::kernel_case const call{
        .input = p.input,
        .output = p.output,
        .window = window_of(p),
        .input_pixel = pixel,
        .output_pixel = pixel,
        .operands = {support::random_elements(random, type, naive::count_of(x.extents))},
        .constants = {},
        .zero_pixel = {}};
    x.values = support::numbers(type, call.operands[0]);
    naive::window const window{p.kernel_height, p.kernel_width, p.stride_height, p.stride_width, 1, 1,
                               p.padding_top,   p.padding_left};
    bool const average = std::same_as<Problem, average_problem>;
    auto const want =
        naive::pool(average, x, window,
                    {support::extents_of(p.output), x.element, support::steps_of(p.output_quantization),
                     support::bound_of(p.activation)});
    EXPECT_GE(support::expect_kernels_equal(p, call, want, x.element, random), 1);
  }
}

class pool_reference : public testing::TestWithParam<element_type> {};
TEST_P(pool_reference, average_equals_naive_loops) { expect_equals_naive<average_problem>(GetParam()); }
TEST_P(pool_reference, max_equals_naive_loops) { expect_equals_naive<max_problem>(GetParam()); }
INSTANTIATE_TEST_SUITE_P(types, pool_reference, testing::Values(s8, u8, f32), support::type_name);

TEST(pool_average, rounds_ties_away_from_zero) {
  static_assert(pool::detail::average<std::int8_t>(5, divider(2)) == 3 &&
                pool::detail::average<std::int8_t>(-5, divider(2)) == -3);
  static_assert(pool::detail::average<std::int8_t>(-3, divider(4)) == -1 &&
                pool::detail::average<std::int8_t>(-1, divider(4)) == 0);
  static_assert(pool::detail::average<std::int8_t>(0, divider(7)) == 0);
  for (std::int32_t n = 1; n <= 40; ++n) {
    for (std::int32_t sum = -300; sum <= 300; ++sum) {
      ASSERT_EQ(pool::detail::average<std::int8_t>(sum, divider(n)),
                static_cast<std::int32_t>(naive::nearest_away(sum, n)));
    }
  }
}

template <class Problem>
constexpr auto small_pool(std::int32_t stride) {
  Problem p;
  p.input = {1, 2, 4, 1};
  p.output = {1, 1, 2, 1};
  p.kernel_height = p.kernel_width = 2;
  p.stride_height = p.stride_width = stride;
  p.output_quantization = {1.0f, 0};
  std::array<std::byte, 8> const image{std::byte{1}, std::byte{2}, std::byte{30}, std::byte{4},
                                       std::byte{5}, std::byte{7}, std::byte{7},  std::byte{8}};
  alignas(8) std::array<std::byte, 8> state{};
  std::array<std::byte, 2> output{};
  with_descriptor<std::uint16_t>(p, [&](auto const& d) {
    kernels::row_span const out{output.data(), 2, 1, 1};
    begin(d, out, state.data(), arch::scalar{});
    row(d, {image.data(), 1}, out, state.data(), arch::scalar{});
    row(d, {image.data() + 4, 1}, out, state.data(), arch::scalar{});
    end(d, 2, out, state.data(), arch::scalar{});
  });
  return output;
}

TEST(pool_constant, runs_in_constant_expressions) {
  static_assert(small_pool<average_problem>(2) == std::array{std::byte{4}, std::byte{12}});
  static_assert(small_pool<max_problem>(2) == std::array{std::byte{7}, std::byte{30}});
  std::int32_t volatile stride = 2;
  EXPECT_EQ(small_pool<average_problem>(stride), (std::array{std::byte{4}, std::byte{12}}));
  EXPECT_EQ(small_pool<max_problem>(stride), (std::array{std::byte{7}, std::byte{30}}));
}

}  // namespace
