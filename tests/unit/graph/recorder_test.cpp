// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/graph/recorder.hpp>

namespace {

using linnet::graph_fault;
using linnet::op;

template <std::size_t Nodes>
constexpr auto chain_of(int convolutions) {
  linnet::basic_graph_builder<linnet::fixed_graph<Nodes>> g;
  auto x = g.input({.channels = 4});
  for (int i = 0; i < convolutions; ++i) x = g.depthwise_conv2d(x, {});
  return g.finish(x);
}

// full storage is a mistake like any other, in constants too; nothing is written behind its end
static_assert(chain_of<3>(3).has_value());
static_assert(chain_of<3>(4).error().fault == graph_fault::too_many_nodes);
static_assert(chain_of<3>(4).error().node == 3 && chain_of<3>(4).error().kind == op::depthwise_conv2d);
static_assert(chain_of<3>(40).error().node == 3);

TEST(recorder, has_room_for_the_longest_names_of_as_many_nodes_as_it_states) {
  EXPECT_TRUE(chain_of<128>(128).has_value());  // "depthwise_conv2d_127", "weights_127", "bias_127"
  EXPECT_EQ(chain_of<128>(129).error().fault, graph_fault::too_many_nodes);
}

TEST(recorder, operands_fill_the_edges_before_the_nodes) {
  linnet::basic_graph_builder<linnet::fixed_graph<8>> g;
  auto x = g.input({});
  for (int i = 0; i < 8; ++i) x = g.concat({x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x});
  auto const made = g.finish(x);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().fault, graph_fault::too_many_nodes);
  EXPECT_EQ(made.error().kind, op::concat);
}

TEST(recorder, ends_are_counted) {
  linnet::graph_builder inputs;
  linnet::tensor_handle x;
  for (int i = 0; i < 17; ++i) x = inputs.input({});
  EXPECT_EQ(inputs.finish(x).error().fault, graph_fault::too_many_ends);
  linnet::graph_builder outputs;
  x = outputs.input({});
  EXPECT_TRUE(outputs.finish({x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}));
  EXPECT_EQ(outputs.finish({x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}).error().fault,
            graph_fault::too_many_ends);
  linnet::graph_builder none;
  auto const unmade = none.finish(linnet::tensor_handle{7});
  EXPECT_EQ(unmade.error().fault, graph_fault::used_before_made);
  EXPECT_EQ(unmade.error().node, -1);
  EXPECT_EQ(unmade.error().tensor, 7);
}

}  // namespace
