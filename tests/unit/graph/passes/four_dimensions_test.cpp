// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/graph/passes/four_dimensions.hpp>

namespace {

using linnet::op;
using linnet::shape;
using linnet::detail::image_form;
using linnet::detail::in_image_form;
using linnet::detail::keeps_order;

static_assert(image_form({}) == shape{});
static_assert(image_form({5}) == shape{1, 1, 1, 5});
static_assert(image_form({2, 5}) == shape{2, 1, 1, 5});
static_assert(image_form({2, 3, 5}) == shape{2, 1, 3, 5});
static_assert(image_form({2, 3, 4, 5}) == shape{2, 3, 4, 5});
static_assert(image_form({2, 3, 4, 5, 6}) == shape{2, 3, 4, 5, 6});

constexpr linnet::node with_axes(op kind, std::initializer_list<std::int32_t> axes) {
  linnet::node n{.kind = kind};
  for (std::int32_t axis : axes) n.axes.push_back(axis);
  return n;
}

TEST(four_dimensions, axes_go_where_their_dimensions_go) {
  EXPECT_EQ(in_image_form(with_axes(op::concat, {1}), 2), with_axes(op::concat, {3}));
  EXPECT_EQ(in_image_form(with_axes(op::concat, {0}), 3), with_axes(op::concat, {0}));
  EXPECT_EQ(in_image_form(with_axes(op::concat, {0}), 1), with_axes(op::concat, {3}));
  EXPECT_EQ(in_image_form(with_axes(op::concat, {1}), 4), with_axes(op::concat, {1}));
  EXPECT_EQ(in_image_form(with_axes(op::mean, {2, 1}), 3), with_axes(op::mean, {2, 3}));
  EXPECT_EQ(in_image_form(with_axes(op::mean, {2, 1, 0}), 4), with_axes(op::mean, {0, 1, 2}));
}

TEST(four_dimensions, a_transpose_keeps_the_dimensions_that_came_in) {
  EXPECT_EQ(in_image_form(with_axes(op::slice, {3, -1, 2}), 3), with_axes(op::slice, {3, 1, -1, 2}));
  EXPECT_EQ(in_image_form(with_axes(op::reduce, {2, 1}), 3), with_axes(op::reduce, {2, 3}));
  EXPECT_EQ(in_image_form(with_axes(op::transpose, {1, 0}), 2), with_axes(op::transpose, {3, 1, 2, 0}));
  EXPECT_EQ(in_image_form(with_axes(op::transpose, {0, 2, 1}), 3), with_axes(op::transpose, {0, 1, 3, 2}));
  EXPECT_EQ(in_image_form(with_axes(op::transpose, {3, 2, 1, 0}), 4), with_axes(op::transpose, {3, 2, 1, 0}));
  EXPECT_EQ(in_image_form(with_axes(op::transpose, {4, 3, 2, 1, 0}), 5),
            with_axes(op::transpose, {4, 3, 2, 1, 0}));
}

TEST(four_dimensions, padding_goes_where_its_dimension_goes) {
  linnet::node n{.kind = op::pad};
  n.padding[0] = {1, 2};
  n.padding[1] = {3, 4};
  linnet::node const moved = in_image_form(n, 2);
  EXPECT_EQ(moved.padding[0], (linnet::edge_padding{1, 2}));
  EXPECT_EQ(moved.padding[1], linnet::edge_padding{});
  EXPECT_EQ(moved.padding[3], (linnet::edge_padding{3, 4}));
  EXPECT_EQ(in_image_form(n, 4), n);
}

TEST(four_dimensions, ones_may_move_without_moving_elements) {
  EXPECT_TRUE(keeps_order({1, 1, 1, 7}, with_axes(op::transpose, {0, 3, 1, 2}).axes));
  EXPECT_TRUE(keeps_order({1, 5, 1, 7}, with_axes(op::transpose, {1, 0, 3, 2}).axes));
  EXPECT_FALSE(keeps_order({1, 5, 1, 7}, with_axes(op::transpose, {0, 3, 1, 2}).axes));
}

}  // namespace
