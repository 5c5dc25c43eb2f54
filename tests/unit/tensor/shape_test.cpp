// SPDX-License-Identifier: MIT
#include <limits>

#include <gtest/gtest.h>

#include <linnet/tensor/shape.hpp>

namespace {

using linnet::image_shape;
using linnet::shape;

constexpr std::int32_t largest = std::numeric_limits<std::int32_t>::max();

TEST(shape, counts_its_elements) {
  static_assert(shape{}.elements() == 1 && shape{}.rank() == 0);
  static_assert(shape{2, 3, 4}.elements() == 24);
  EXPECT_EQ((shape{2, 0, 4}.elements()), 0);
  EXPECT_EQ((shape{0, largest, largest, largest, largest, largest}.elements()), 0);
}

TEST(shape, a_negative_extent_has_no_elements) {
  EXPECT_EQ((shape{2, -1, 4}.elements()), -1);
  EXPECT_EQ((shape{-1, -1}.elements()), -1);
  EXPECT_EQ((shape{0, std::numeric_limits<std::int32_t>::min()}.elements()), -1);
}

TEST(shape, too_many_elements_are_noticed_before_they_overflow) {
  EXPECT_EQ((shape{1 << 20, 1 << 20}.elements()), std::int64_t{1} << 40);
  EXPECT_EQ((shape{1 << 20, (1 << 20) + 1}.elements()), -1);
  EXPECT_EQ((shape{largest, largest, largest, largest, largest, largest}.elements()), -1);
  EXPECT_EQ((shape{1 << 20, 1 << 20, 1 << 24}.elements()), -1);  // 2^64: 0 in 64 bits
  EXPECT_EQ((shape{10, 10}.elements(100)), 100);
  EXPECT_EQ((shape{10, 10}.elements(99)), -1);
  EXPECT_EQ((shape{largest, largest}.elements(std::numeric_limits<std::int64_t>::max())),
            std::int64_t{largest} * largest);
}

TEST(shape, counts_from_the_back) {
  constexpr shape s{2, 3, 4};
  EXPECT_EQ(s.back(0), 4);
  EXPECT_EQ(s.back(2), 2);
  EXPECT_EQ(s.back(3), 1);
  EXPECT_EQ(shape{}.back(0), 1);
}

TEST(shape, compares_rank_and_extents) {
  EXPECT_TRUE((shape{1, 2} == shape{1, 2}));
  EXPECT_FALSE((shape{1, 2} == shape{2, 1}));
  EXPECT_FALSE((shape{1, 2} == shape{1, 2, 1}));
  EXPECT_FALSE((shape{} == shape{0}));
}

TEST(shape, as_an_image_of_any_rank) {
  EXPECT_EQ(as_image(shape{}), (image_shape{1, 1, 1, 1}));
  EXPECT_EQ(as_image(shape{5}), (image_shape{1, 1, 1, 5}));
  EXPECT_EQ(as_image(shape{4, 5}), (image_shape{1, 1, 4, 5}));
  EXPECT_EQ(as_image(shape{3, 4, 5}), (image_shape{1, 3, 4, 5}));
  EXPECT_EQ(as_image(shape{2, 3, 4, 5}), (image_shape{2, 3, 4, 5}));
  EXPECT_EQ(as_image(shape{7, 2, 3, 4, 5}), (image_shape{14, 3, 4, 5}));
  EXPECT_EQ(as_image(shape{6, 7, 2, 3, 4, 5}), (image_shape{84, 3, 4, 5}));
}

template <shape S>
constexpr std::int64_t elements_of_argument = S.elements();

TEST(shape, is_a_template_argument) { EXPECT_EQ((elements_of_argument<shape{3, 5}>), 15); }

}  // namespace
