// SPDX-License-Identifier: MIT
#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include <linnet/io/axis.hpp>

namespace {

using linnet::io::dimension;

TEST(dimension, counts_from_either_end) {
  for (std::size_t rank = 1; rank <= 6; ++rank) {
    for (std::int32_t i = 0; i < static_cast<std::int32_t>(rank); ++i) {
      EXPECT_EQ(*dimension(i, rank), i);
      EXPECT_EQ(*dimension(i - static_cast<std::int32_t>(rank), rank), i);
    }
  }
}

TEST(dimension, refuses_what_lies_outside) {
  for (std::int64_t axis : {std::int64_t{4}, std::int64_t{-5}, std::numeric_limits<std::int64_t>::min(),
                            std::numeric_limits<std::int64_t>::max()}) {
    auto const refused = dimension(axis, 4);
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find(std::to_string(axis)), std::string::npos);
    EXPECT_NE(refused.error().message.find("rank 4"), std::string::npos);
  }
  EXPECT_FALSE(dimension(0, 0).has_value());
}

}  // namespace
