// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/channel_order.hpp>

namespace {

using namespace linnet;

static_assert(with_channels_last({2, 3, 4, 5}) == shape{2, 4, 5, 3});
static_assert(with_channels_last({2, 3, 4}) == shape{2, 4, 3});
static_assert(with_channels_last({2, 3}) == shape{2, 3});

/// Every element says where it was: its image, channel, row and column.
TEST(channel_order, moves_every_element_to_its_place) {
  shape const from{2, 3, 4, 5};
  std::vector<std::int16_t> before;
  for (int n = 0; n < 2; ++n)
    for (int c = 0; c < 3; ++c)
      for (int y = 0; y < 4; ++y)
        for (int x = 0; x < 5; ++x)
          before.push_back(static_cast<std::int16_t>(n * 1000 + c * 100 + y * 10 + x));
  auto const bytes = channels_last(std::as_bytes(std::span(before)), s16, from);
  std::vector<std::int16_t> after(before.size());
  ASSERT_EQ(bytes.size(), after.size() * 2);
  std::memcpy(after.data(), bytes.data(), bytes.size());
  auto at = after.begin();
  for (int n = 0; n < 2; ++n)
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 5; ++x)
        for (int c = 0; c < 3; ++c) EXPECT_EQ(*at++, n * 1000 + c * 100 + y * 10 + x);
}

TEST(channel_order, leaves_what_has_no_rows) {
  std::vector<float> const before{1, 2, 3, 4, 5, 6};
  auto const bytes = channels_last(std::as_bytes(std::span(before)), f32, {2, 3});
  EXPECT_EQ(std::memcmp(bytes.data(), before.data(), bytes.size()), 0);
}

}  // namespace
