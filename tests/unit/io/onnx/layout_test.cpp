// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/onnx/layout.hpp>

namespace {

using namespace linnet::io::onnx;
using linnet::shape;

dimension_order order_of(std::vector<std::int32_t> const& dimensions) {
  dimension_order order;
  for (std::int32_t d : dimensions) order.push_back(d);
  return order;
}

TEST(onnx_layout, orders) {
  EXPECT_EQ(stated_order(3), order_of({0, 1, 2}));
  EXPECT_EQ(channels_last(4), order_of({0, 2, 3, 1}));
  EXPECT_EQ(channels_last(2), order_of({0, 1}));
  EXPECT_EQ(with_last(4, [](std::size_t d) { return d == 1; }), channels_last(4));
  EXPECT_EQ(with_last(3, [](std::size_t d) { return d != 1; }), order_of({1, 0, 2}));
}

TEST(onnx_layout, permuted_shapes) {
  EXPECT_EQ(permuted(shape{1, 3, 32, 16}, channels_last(4)), (shape{1, 32, 16, 3}));
  EXPECT_EQ(permuted(shape{}, {}), shape{});
}

TEST(onnx_layout, extents_of_one_do_not_move_bytes) {
  auto const nchw = stated_order(4), nhwc = channels_last(4);
  EXPECT_TRUE(same_memory({2, 5, 1, 1}, nchw, nhwc));
  EXPECT_TRUE(same_memory({2, 1, 7, 9}, nchw, nhwc));
  EXPECT_FALSE(same_memory({2, 5, 1, 2}, nchw, nhwc));
}

TEST(onnx_layout, indices_of_a_permuted_tensor) {
  // Rows 0 1 2 / 3 4 5, column by column.
  EXPECT_EQ(permuted_indices({2, 3}, order_of({1, 0})), (std::vector<std::int64_t>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(permuted_indices({}, {}), std::vector<std::int64_t>{0});
  EXPECT_TRUE(permuted_indices({0, 3}, order_of({1, 0})).empty());
}

/// For every order of four dimensions: each index occurs once, and the inverse order leads back.
TEST(onnx_layout, permuting_and_permuting_back_is_nothing) {
  shape const s{2, 3, 4, 5};
  std::vector<std::int32_t> dimensions{0, 1, 2, 3};
  do {
    auto const order = order_of(dimensions);
    dimension_order inverse;
    for (std::int32_t d = 0; d < 4; ++d) inverse.push_back(place_of(order, d));
    auto const there = permuted_indices(s, order), back = permuted_indices(permuted(s, order), inverse);
    for (std::size_t i = 0; i < there.size(); ++i) {
      ASSERT_EQ(there[static_cast<std::size_t>(back[i])], static_cast<std::int64_t>(i));
    }
  } while (std::next_permutation(dimensions.begin(), dimensions.end()));
}

TEST(onnx_layout, transposing_a_value_moves_its_note_only) {
  stored_value const nhwc{7, {1, 32, 16, 3}, {1, 32, 16, 3}, stated_order(4)};
  auto const nchw = transposed(nhwc, order_of({0, 3, 1, 2}));
  EXPECT_EQ(nchw.id, 7);
  EXPECT_EQ(nchw.stated, (shape{1, 3, 32, 16}));
  EXPECT_EQ(nchw.order, channels_last(4));
  EXPECT_EQ(permuted(nchw.stated, nchw.order), nhwc.stated);  // what is stored has not changed
  auto const again = transposed(nchw, channels_last(4));
  EXPECT_EQ(again.stated, nhwc.stated);
  EXPECT_EQ(again.order, stated_order(4));
}

}  // namespace
