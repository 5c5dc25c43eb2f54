// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/cost.hpp>

#include "support/graph_maker.hpp"
#include "support/random_graph.hpp"

namespace {

using namespace linnet;
using support::graph_maker;

tensor_id constant(graph_maker& g, shape const& s) {
  return g.constant(s, f32, std::vector<std::byte>(static_cast<std::size_t>(bytes_of(f32, s.elements()))));
}

TEST(cost, of_a_convolution_counts_every_tap) {
  graph_maker g;
  tensor_id const x = g.activation({2, 9, 9, 3}, f32), y = g.activation({2, 5, 5, 8}, f32);
  node n{.kind = op::conv2d};
  n.window = {{3, 3}, {2, 2}, {1, 1}, {1, 1, 1, 1}};
  g.add(n, {x, constant(g, {8, 3, 3, 3}), constant(g, {8})}, y);
  g.set_ends({x}, {y});
  ASSERT_TRUE(g.check().has_value());
  EXPECT_EQ(macs(g.view(), g.nodes[0]), 2 * 5 * 5 * 8 * 3 * 3 * 3)
      << "taps on padding included, both batches";
  EXPECT_EQ(parameters(g.view(), g.nodes[0]), 8 * 3 * 3 * 3 + 8);
}

TEST(cost, of_a_depthwise_convolution) {
  graph_maker g;
  tensor_id const x = g.activation({1, 6, 6, 4}, f32), y = g.activation({1, 4, 5, 8}, f32);
  node n{.kind = op::depthwise_conv2d};
  n.window.kernel = {3, 2};
  g.add(n, {x, constant(g, {1, 3, 2, 8})}, y);
  g.set_ends({x}, {y});
  ASSERT_TRUE(g.check().has_value());
  EXPECT_EQ(macs(g.view(), g.nodes[0]), 4 * 5 * 8 * 3 * 2);
  EXPECT_EQ(parameters(g.view(), g.nodes[0]), 3 * 2 * 8);
}

TEST(cost, of_a_dense_layer_on_several_rows) {
  graph_maker g;
  tensor_id const x = g.activation({3, 7}, f32), y = g.activation({3, 5}, f32);
  g.add({.kind = op::dense}, {x, constant(g, {5, 7}), constant(g, {5})}, y);
  g.set_ends({x}, {y});
  ASSERT_TRUE(g.check().has_value());
  EXPECT_EQ(macs(g.view(), g.nodes[0]), 3 * 5 * 7);
  EXPECT_EQ(parameters(g.view(), g.nodes[0]), 5 * 7 + 5);
}

TEST(cost, constants_count_once_in_the_whole_graph) {
  graph_maker g;
  tensor_id const x = g.activation({1, 5}, f32), a = g.activation({1, 5}, f32), b = g.activation({1, 5}, f32);
  tensor_id const sum = g.activation({1, 5}, f32);
  tensor_id const w = constant(g, {5, 5}), c = constant(g, {1, 5});
  g.add({.kind = op::dense}, {x, w}, a);
  g.add({.kind = op::dense}, {a, w}, b);
  g.add({.kind = op::add}, {b, c}, sum);
  g.set_ends({x}, {sum});
  ASSERT_TRUE(g.check().has_value());
  EXPECT_EQ(macs(g.view()), 2 * 25);
  EXPECT_EQ(parameters(g.view(), g.nodes[1]), 25);
  EXPECT_EQ(parameters(g.view(), g.nodes[2]), 5);
  EXPECT_EQ(parameters(g.view()), 25 + 5);
}

TEST(cost, other_operators_multiply_nothing_and_own_what_they_combine_with) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    support::random_graph made(seed);
    graph_view const g = made.maker().view();
    std::int64_t sum = 0;
    for (node const& n : g.nodes) {
      bool const layer = linnet::detail::has_weights(n.kind);
      bool const multiplies = n.kind == op::batch_matmul;
      EXPECT_EQ(macs(g, n) > 0, layer || multiplies) << name_of(n.kind).data();
      bool const combines =
          (n.kind == op::binary || multiplies) && (is_constant(g.input(n)) || is_constant(g.input(n, 1)));
      EXPECT_EQ(parameters(g, n) > 0, layer || combines) << name_of(n.kind).data();
      sum += macs(g, n);
    }
    EXPECT_EQ(macs(g), sum);
  }
}

}  // namespace
