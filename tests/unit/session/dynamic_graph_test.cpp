// SPDX-License-Identifier: MIT
#include <array>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include <linnet/graph/validate.hpp>
#include <linnet/session/dynamic_graph.hpp>

namespace {

using namespace linnet;

TEST(dynamic_graph, grows_and_is_seen_whole) {
  dynamic_graph g;
  std::array<float, 2> const scales{0.5f, 0.25f};
  for (char const* name : {"in", "", "out"}) {
    tensor_info t{.shape = {2, 3}, .type = s8, .quantization = {0.5f, 0}};
    t.name = g.add_name(name);
    g.tensors.push_back(t);
  }
  g.tensors[2].channel_scales = g.add_scales(scales);
  node n{.kind = op::add};
  n.inputs = g.add_edges(std::array<tensor_id, 2>{0, 1});
  n.outputs = g.add_edges(std::array<tensor_id, 1>{2});
  g.nodes.push_back(n);
  g.input_edges = g.add_edges(std::array<tensor_id, 2>{0, 1});
  g.output_edges = g.add_edges(std::array<tensor_id, 1>{2});

  graph_view const view = g.view();
  EXPECT_EQ(std::string(view.name(view.tensor(0))), "in");
  EXPECT_TRUE(view.name(view.tensor(1)).empty());
  EXPECT_EQ(std::string(view.name(view.nodes[0])), "out");
  ASSERT_EQ(view.channel_scales(view.tensor(2)).size(), 2u);
  EXPECT_EQ(view.channel_scales(view.tensor(2))[1], 0.25f);
  EXPECT_EQ(view.inputs().size(), 2u);
  EXPECT_EQ(view.outputs()[0], 2);
  EXPECT_EQ(view.inputs(view.nodes[0])[1], 1);
  std::array<bool, 3> made{};
  EXPECT_TRUE(validate(view, made).has_value());
}

TEST(dynamic_graph, an_empty_one_is_a_valid_graph) {
  dynamic_graph const g;
  EXPECT_TRUE(validate(g.view(), {}).has_value());
}

}  // namespace
