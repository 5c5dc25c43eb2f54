// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/conv2d/layout.hpp>
#include <linnet/kernels/conv2d/traits.hpp>

namespace {

using namespace linnet;
using kernels::conv2d::channel_lanes;
using kernels::conv2d::lanes_of;
using kernels::conv2d::problem;

constexpr problem made(std::int32_t kernel, std::int32_t width, std::int32_t channels, std::int32_t padding,
                       std::int32_t stride = 1) {
  problem p;
  p.kernel_height = p.kernel_width = kernel;
  p.stride_height = p.stride_width = stride;
  p.padding_top = p.padding_left = padding;
  p.input = {1, width, width, channels};
  std::int32_t const out = (width + 2 * padding - kernel) / stride + 1;
  p.output = {1, out, out, 8};
  return p;
}

static_assert(lanes_of(made(1, 12, 64, 0)).from_image());
static_assert(lanes_of(made(1, 12, 64, 0, 2)).from_image());
static_assert(!lanes_of(made(1, 12, 64, 1)).from_image(), "some of its pixels lie beside the image");
static_assert(lanes_of(made(3, 12, 64, 1)).from_columns());
static_assert(!lanes_of(made(3, 12, 24, 1)).from_columns(), "no whole vectors");

static_assert(lanes_of(made(1, 12, 64, 0)).scratch() == 0);
static_assert(lanes_of(made(1, 12, 8, 0)).scratch() == 2 * 16, "the last pixels, with zeros");
static_assert(lanes_of(made(1, 12, 1, 0)).scratch() == 16 * 16);
static_assert(lanes_of(made(1, 12, 24, 0)).scratch() == 2 * 32);
static_assert(lanes_of(made(3, 8, 16, 1)).scratch() == 10 * 3 * 16, "a row of columns with its border");
static_assert(lanes_of(made(3, 96, 16, 1)).scratch() == 18 * 3 * 16, "those of sixteen pixels");
static_assert(lanes_of(made(3, 32, 3, 1)).scratch() == 16 * (18 + 16) + 16 + 3 * 34 * 3 + 16);

/// Every weight has one place, and places without one are behind them.
TEST(channel_lanes, places_are_a_permutation_of_the_weights) {
  for (problem const& p : {made(3, 8, 16, 1), made(5, 8, 32, 2), made(3, 8, 3, 1), made(1, 8, 8, 0)}) {
    channel_lanes const layout = lanes_of(p);
    std::vector<int> seen(static_cast<std::size_t>(layout.padded()));
    for (std::int64_t place = 0; place < layout.padded(); ++place)
      ++seen[static_cast<std::size_t>(layout.weight_at(place))];
    EXPECT_EQ(seen, std::vector<int>(seen.size(), 1));
  }
}

TEST(channel_lanes, a_strip_is_column_by_column) {
  channel_lanes const layout = lanes_of(made(3, 8, 16, 1));
  EXPECT_EQ(layout.weight_at(5), 5);
  EXPECT_EQ(layout.weight_at(16 + 5), 3 * 16 + 5) << "the pixel below";
  EXPECT_EQ(layout.weight_at(3 * 16 + 5), 16 + 5) << "the pixel to the right";
}

}  // namespace
