// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/graph/graph.hpp>

namespace {

using linnet::op;
using linnet::tensor_role;

/// y = conv2d(x, w), z = relu(y), with names and per-channel scales of w.
constexpr linnet::literal_graph<2, 4, 7, 3, 7> two_nodes{
    .nodes = {{{.kind = op::conv2d, .inputs = {0, 2}, .outputs = {2, 1}},
               {.kind = op::relu, .inputs = {2, 1}, .outputs = {3, 1}}}},
    .tensors =
        {{{.shape = {1, 4, 4, 2}, .name = {0, 1}},
          {.shape = {3, 1, 1, 2}, .role = tensor_role::constant, .channel_scales = {0, 3}, .name = {1, 3}},
          {.shape = {1, 4, 4, 3}, .name = {4, 2}},
          {.shape = {1, 4, 4, 3}, .name = {6, 1}}}},
    .edges = {0, 1, 2, 3, 0, 3, 2},
    .scales = {0.5f, 0.25f, 0.125f},
    .characters = {'x', 'w', '_', 'k', 'y', 'y', 'z'},
    .input_edges = {4, 1},
    .output_edges = {5, 2}};

std::vector<int> numbers(std::span<linnet::tensor_id const> ids) { return {ids.begin(), ids.end()}; }

TEST(graph, view_finds_operands_and_results) {
  linnet::graph_view const g = two_nodes.view();
  EXPECT_EQ(numbers(g.inputs()), (std::vector{0}));
  EXPECT_EQ(numbers(g.outputs()), (std::vector{3, 2}));
  EXPECT_EQ(numbers(g.inputs(g.nodes[0])), (std::vector{0, 1}));
  EXPECT_EQ(numbers(g.outputs(g.nodes[0])), (std::vector{2}));
  EXPECT_EQ(numbers(g.inputs(g.nodes[1])), (std::vector{2}));
  EXPECT_EQ(&g.input(g.nodes[0], 1), &g.tensors[1]);
  EXPECT_EQ(&g.output(g.nodes[1]), &g.tensors[3]);
  EXPECT_EQ(&g.tensor(2), &two_nodes.tensors[2]);
}

TEST(graph, view_finds_names_and_scales) {
  linnet::graph_view const g = two_nodes.view();
  EXPECT_EQ(std::string(g.name(g.tensors[1])), "w_k");
  EXPECT_EQ(std::string(g.name(g.nodes[0])), "yy");
  EXPECT_EQ(std::string(g.name(g.nodes[1])), "z");
  auto const scales = g.channel_scales(g.tensors[1]);
  ASSERT_EQ(scales.size(), 3u);
  EXPECT_EQ(scales[2], 0.125f);
  EXPECT_TRUE(g.channel_scales(g.tensors[0]).empty());
}

TEST(graph, is_a_constant) {
  static_assert(two_nodes.view().outputs()[0] == 3);
  static_assert(two_nodes.view().output(two_nodes.nodes[0]).shape.back(0) == 3);
  static_assert(two_nodes.view().name(two_nodes.nodes[1]) == "z");
  constexpr linnet::literal_graph<0, 1, 1> empty{.edges = {0}, .input_edges = {0, 1}, .output_edges = {0, 1}};
  static_assert(empty.view().nodes.empty() && empty.view().scales.empty());
  EXPECT_EQ(numbers(empty.view().inputs()), numbers(empty.view().outputs()));
}

}  // namespace
