// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/graph/validate.hpp>

namespace {

constexpr auto small() {
  linnet::graph_builder g;
  auto x = g.input({.height = 8, .width = 8, .channels = 3});
  x = g.conv2d(x, {.filters = 4});
  return g.finish({x, g.softmax(x)});
}
inline constexpr auto net = linnet::compose<small>();
static_assert(linnet::validate(net).has_value());

TEST(compose, is_the_composed_graph_in_exact_size) {
  auto const loose = small();
  ASSERT_TRUE(loose);
  EXPECT_EQ(net.nodes.size(), 2u);
  EXPECT_EQ(net.tensors.size(), 5u);  // input, weights, bias, two results
  EXPECT_EQ(net.characters.size(), loose->characters.size());
  EXPECT_LT(sizeof(net), sizeof(*loose) / 8);
  EXPECT_TRUE(std::ranges::equal(net.edges, loose->edges));
  EXPECT_TRUE(std::ranges::equal(net.nodes, loose->nodes));
  EXPECT_EQ(net.view().outputs().size(), 2u);
  EXPECT_EQ(net.view().name(net.nodes[1]), linnet::text("softmax_1"));
}

TEST(compose, takes_a_lambda) {
  constexpr auto made = linnet::compose<[] {
    linnet::graph_builder g;
    return g.finish(g.softmax(g.input({.channels = 5})));
  }>();
  static_assert(made.nodes.size() == 1);
  EXPECT_EQ(made.view().output(made.nodes[0]).shape, (linnet::shape{1, 1, 1, 5}));
}

}  // namespace
