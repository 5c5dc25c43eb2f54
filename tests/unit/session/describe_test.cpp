// SPDX-License-Identifier: MIT
#include <array>
#include <string>

#include <gtest/gtest.h>

#include <linnet/graph/validate.hpp>
#include <linnet/session/describe.hpp>
#include <linnet/session/dynamic_graph.hpp>

namespace {

using linnet::describe;
using linnet::graph_error;
using linnet::graph_fault;
using linnet::in_quotes;

/// x -> relu -> 'conv1/Relu6'
linnet::dynamic_graph small_graph() {
  linnet::dynamic_graph g;
  for (std::string_view name : {"x", "conv1/Relu6", ""}) {
    linnet::tensor_info t;
    t.shape = {1, 112, 112, 32};
    t.name = g.add_name(name);
    g.tensors.push_back(t);
  }
  linnet::node n;
  n.kind = linnet::op::relu;
  n.inputs = g.add_edges(std::array{0});
  n.outputs = g.add_edges(std::array{1});
  g.nodes.push_back(n);
  g.input_edges = g.add_edges(std::array{0});
  g.output_edges = g.add_edges(std::array{1});
  return g;
}

TEST(describe, shapes_read_as_people_write_them) {
  EXPECT_EQ(describe(linnet::shape{1, 112, 112, 32}), "1x112x112x32");
  EXPECT_EQ(describe(linnet::shape{7}), "7");
  EXPECT_EQ(describe(linnet::shape{}), "scalar");
}

TEST(describe, quoted_names_are_safe_to_print) {
  EXPECT_EQ(in_quotes("conv1/Relu6"), "'conv1/Relu6'");
  EXPECT_EQ(in_quotes(""), "''");
  EXPECT_EQ(in_quotes("a\x1b[31m\n\x7f"),
            "'a?[31m?"
            "?'");
  EXPECT_EQ(in_quotes("\xc3\xa9"), "'\xc3\xa9'");
  EXPECT_EQ(in_quotes(std::string(120, 'n')), "'" + std::string(120, 'n') + "'");
  EXPECT_EQ(in_quotes(std::string(121, 'n')), "'" + std::string(120, 'n') + "...'");
}

TEST(describe, names_file_node_operator_tensor_shapes_and_fault) {
  auto g = small_graph();
  g.nodes[0].source = 5;
  graph_error const e{.fault = graph_fault::shapes_do_not_chain,
                      .node = 0,
                      .tensor = 1,
                      .first = {1, 112, 112, 32},
                      .second = {1, 56, 56, 32}};
  EXPECT_EQ(
      describe(e, g.view(), "person.tflite"),
      "person.tflite: node 0 (relu, operator 5) 'conv1/Relu6': tensor 'conv1/Relu6': 1x112x112x32 against "
      "1x56x56x32: the output's shape is not what the operator makes of its operands");
}

TEST(describe, leaves_out_what_the_error_does_not_have) {
  auto const g = small_graph();
  EXPECT_EQ(describe(graph_error{.fault = graph_fault::bad_scale, .tensor = 0}, g.view(), "a"),
            "a: tensor 'x': a scale is missing, not finite or not positive");
  EXPECT_EQ(describe(graph_error{.fault = graph_fault::bad_axis, .node = 0, .first = {2, 3}}, g.view(), "a"),
            "a: node 0 (relu) 'conv1/Relu6': 2x3: an axis is out of range or named twice");
  EXPECT_EQ(describe(graph_error{.fault = graph_fault::shapes_differ, .second = {2, 3}}, g.view(), "a"),
            "a: scalar against 2x3: the operands have different shapes");
  EXPECT_EQ(describe(graph_error{.fault = graph_fault::index_out_of_range}, g.view(), "a"),
            "a: an index points outside the graph");
}

TEST(describe, an_unnamed_tensor_goes_by_its_number) {
  auto const g = small_graph();
  EXPECT_EQ(describe(graph_error{.fault = graph_fault::bad_scale, .tensor = 2}, g.view(), "a"),
            "a: tensor 2: a scale is missing, not finite or not positive");
}

TEST(describe, relies_on_nothing_in_a_broken_graph) {
  auto g = small_graph();
  g.tensors[0].name = {.first = 4000000000u, .count = 4000000000u};
  g.nodes[0].outputs = {.first = 99, .count = 1};
  graph_error const e{.fault = graph_fault::index_out_of_range, .node = 0, .tensor = 0};
  EXPECT_EQ(describe(e, g.view(), "a"), "a: node 0 (relu): tensor 0: an index points outside the graph");
  graph_error const nowhere{.fault = graph_fault::index_out_of_range, .node = 7, .tensor = 70};
  EXPECT_EQ(describe(nowhere, g.view(), "a"), "a: node 7: tensor 70: an index points outside the graph");
  g.edges[g.nodes[0].inputs.first] = -4;
  g.nodes[0].outputs = g.nodes[0].inputs;
  EXPECT_EQ(describe(graph_error{.fault = graph_fault::index_out_of_range, .node = 0}, g.view(), "a"),
            "a: node 0 (relu) -4: an index points outside the graph");
}

TEST(describe, an_error_of_validate_reads_well) {
  auto g = small_graph();
  g.tensors[1].shape = {1, 112, 112, 31};
  std::array<bool, 3> made{};
  auto const sound = linnet::validate(g.view(), made);
  ASSERT_FALSE(sound);
  EXPECT_EQ(
      describe(sound.error(), g.view(), "a"),
      "a: node 0 (relu) 'conv1/Relu6': tensor 'conv1/Relu6': 1x112x112x31 against 1x112x112x32: the output's "
      "shape is not what the operator makes of its operands");
}

}  // namespace
