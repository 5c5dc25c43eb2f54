// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/quantizer/float_ends.hpp>
#include <linnet/session/assign.hpp>
#include <linnet/session/session.hpp>

#include "support/network_of.hpp"

namespace {

using namespace linnet;
using support::tensor_id;

/// a + b 'sum', s8; a is an output too.
network sum_of_two() {
  support::graph_maker g;
  tensor_id const a = g.activation({1, 3}, s8, {0.5f, 1}, "a"), b = g.activation({1, 3}, s8, {0.25f, 0}, "b");
  tensor_id const sum = g.activation({1, 3}, s8, {1.0f, -2}, "sum");
  g.add({.kind = op::add, .source = 5}, {a, b}, sum);
  g.set_ends({a, b}, {sum, a});
  return support::network_of(g, "net");
}

TEST(float_ends, surround_the_nodes) {
  network const made = with_float_ends(sum_of_two());
  graph_view const g = made.graph.view();
  std::vector<op> kinds;
  for (node const& n : g.nodes) kinds.push_back(n.kind);
  EXPECT_EQ(kinds, (std::vector<op>{op::quantize, op::quantize, op::add, op::dequantize, op::dequantize}));
  EXPECT_EQ(std::string(g.name(g.nodes[2])), "sum");
  EXPECT_EQ(g.nodes[2].source, 5);
  EXPECT_EQ(g.nodes[0].source, -1);
  std::vector<std::string> names;
  for (auto const& ends : {g.inputs(), g.outputs()}) {
    for (tensor_id id : ends) {
      EXPECT_EQ(g.tensor(id).type, f32);
      names.emplace_back(g.name(g.tensor(id)));
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"a/float", "b/float", "sum/float", "a/float"}));
}

TEST(float_ends, take_and_give_real_values) {
  auto session = session::create(with_float_ends(sum_of_two()));
  ASSERT_TRUE(session) << session.error().message;
  ASSERT_TRUE(assign(session->input(0), std::vector<float>{1.1f, -2.0f, 1000.0f}));
  ASSERT_TRUE(assign(session->input(1), std::vector<float>{2.0f, -1.0f, 0.0f}));
  session->run();
  EXPECT_EQ(dequantized(session->output(0)), (std::vector<float>{3.0f, -3.0f, 63.0f}));
  EXPECT_EQ(dequantized(session->output(1)), (std::vector<float>{1.0f, -2.0f, 63.0f}));
}

TEST(float_ends, leave_float_inputs_and_outputs_alone) {
  network const once = with_float_ends(sum_of_two());
  network const twice = with_float_ends(once);
  EXPECT_EQ(twice.graph.nodes.size(), once.graph.nodes.size());
  EXPECT_EQ(twice.graph.tensors.size(), once.graph.tensors.size());
}

}  // namespace
