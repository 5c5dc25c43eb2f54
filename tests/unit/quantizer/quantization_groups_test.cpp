// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/quantizer/quantization_groups.hpp>
#include <linnet/session/dynamic_graph.hpp>

#include "support/float_network.hpp"
#include "support/random_graph.hpp"

namespace {

using namespace linnet;
using support::float_maker;
using support::tensor_id;

node concat_along_channels() {
  node n{.kind = op::concat};
  n.axes.push_back(3);
  return n;
}

/// Whether one node ties what it reads to what it makes.
bool ties(op kind) {
  float_maker g;
  tensor_id const x = g.real({1, 2, 2, 3}), y = g.node({.kind = kind}, {x}, {1, 2, 2, 3});
  quantization_groups const groups(g.view());
  EXPECT_FALSE(groups.is_fixed(x));
  EXPECT_EQ(groups.is_fixed(y), kind == op::softmax || kind == op::logistic);
  return groups.group_of(x) == groups.group_of(y);
}

TEST(quantization_groups, copying_operators_tie_their_ends) {
  for (op kind :
       {op::average_pool2d, op::max_pool2d, op::pad, op::reduce, op::reshape, op::slice, op::transpose}) {
    EXPECT_TRUE(ties(kind)) << std::string(name_of(kind));
  }
  for (op kind : {op::relu, op::mean, op::softmax, op::logistic}) {
    EXPECT_FALSE(ties(kind)) << std::string(name_of(kind));
  }
}

TEST(quantization_groups, a_concat_reaches_through_pools_on_both_sides) {
  float_maker g;
  shape const s{1, 2, 2, 1};
  tensor_id const a = g.real(s), b = g.real(s), c = g.real(s);
  tensor_id const pooled = g.node({.kind = op::max_pool2d}, {a}, s);
  tensor_id const joined = g.node(concat_along_channels(), {pooled, b}, {1, 2, 2, 2});
  tensor_id const flat = g.node({.kind = op::reshape}, {joined}, {1, 8});
  tensor_id const sum = g.node({.kind = op::add}, {b, c}, s);  // ties nothing
  quantization_groups const groups(g.view());
  for (tensor_id id : {pooled, b, joined, flat}) EXPECT_EQ(groups.group_of(id), groups.group_of(a));
  EXPECT_NE(groups.group_of(c), groups.group_of(a));
  EXPECT_NE(groups.group_of(sum), groups.group_of(a));
}

TEST(quantization_groups, concats_that_share_an_operand_are_one_group) {
  float_maker g;
  shape const s{1, 2, 2, 1};
  tensor_id const a = g.real(s), b = g.real(s), c = g.real(s);
  tensor_id const ab = g.node(concat_along_channels(), {a, b}, {1, 2, 2, 2});
  tensor_id const bc = g.node(concat_along_channels(), {b, c}, {1, 2, 2, 2});
  quantization_groups const groups(g.view());
  for (tensor_id id : {b, c, ab, bc}) EXPECT_EQ(groups.group_of(id), groups.group_of(a));
}

TEST(quantization_groups, what_is_compared_is_one_group_and_tanh_has_its_own_steps) {
  float_maker g;
  shape const s{1, 2, 2, 1};
  tensor_id const a = g.real(s), b = g.real(s);
  tensor_id const most = g.node({.kind = op::binary, .binary = binary_function::maximum}, {a, b}, s);
  tensor_id const product = g.node({.kind = op::binary, .binary = binary_function::mul}, {a, most}, s);
  tensor_id const curved = g.node({.kind = op::unary, .unary = unary_function::tanh}, {product}, s);
  quantization_groups const groups(g.view());
  for (tensor_id id : {b, most}) EXPECT_EQ(groups.group_of(id), groups.group_of(a));
  EXPECT_NE(groups.group_of(product), groups.group_of(a));
  EXPECT_EQ(groups.fixed(curved), (quantization{1.0f / 128, 0}));
  EXPECT_FALSE(groups.is_fixed(product));
}

TEST(quantization_groups, probabilities_stay_out_of_a_concat_of_others) {
  float_maker g;
  shape const s{1, 2, 2, 1};
  tensor_id const x = g.real(s);
  tensor_id const p = g.node({.kind = op::logistic}, {x}, s), q = g.node({.kind = op::softmax}, {x}, s);
  tensor_id const padded = g.node({.kind = op::pad}, {p}, s);
  tensor_id const mixed = g.node(concat_along_channels(), {padded, x}, {1, 2, 2, 2});
  tensor_id const all = g.node(concat_along_channels(), {padded, q}, {1, 2, 2, 2});
  quantization_groups const groups(g.view());
  EXPECT_EQ(groups.group_of(mixed), groups.group_of(x));
  EXPECT_FALSE(groups.is_fixed(mixed));
  for (tensor_id id : {p, q, padded, all}) EXPECT_TRUE(groups.is_fixed(id)) << id;
}

/// A delay line: what makes the second state fixed, the copy of the first, stands behind the concat.
TEST(quantization_groups, a_state_that_is_fixed_behind_a_concat_stays_out_of_it) {
  basic_graph_builder<dynamic_graph> b;
  auto const x = b.input({.channels = 2});
  auto const last = b.state({.shape = {1, 1, 1, 2}}), before = b.state({.shape = {1, 1, 1, 2}});
  auto const both = b.concat({x, before}), y = b.tanh(b.dense(both, {.units = 2}));
  b.update(before, last);
  b.update(last, b.reshape(y, {1, 1, 1, 2}));
  auto const graph = b.finish(y);
  ASSERT_TRUE(graph);
  quantization_groups const groups(graph->view());
  EXPECT_TRUE(groups.is_fixed(before.id));
  EXPECT_EQ(groups.group_of(both.id), groups.group_of(x.id));
  EXPECT_FALSE(groups.is_fixed(x.id));
}

/// Ties by repeated renaming until nothing changes: an oracle without a forest.
std::vector<tensor_id> renamed_until_stable(graph_view const& g) {
  std::vector<tensor_id> names;
  for (std::size_t i = 0; i < g.tensors.size(); ++i) names.push_back(static_cast<tensor_id>(i));
  auto const name = [&](tensor_id id) -> tensor_id& { return names[static_cast<std::size_t>(id)]; };
  for (bool changed = true; changed;) {
    changed = false;
    for (node const& n : g.nodes) {
      bool const compares = n.kind == op::binary &&
                            (n.binary == binary_function::maximum || n.binary == binary_function::minimum);
      if (!keeps_quantization(n.kind) && n.kind != op::concat && !compares) continue;
      for (tensor_id id : g.inputs(n)) {
        tensor_id const least = std::min(name(id), name(g.outputs(n)[0]));
        changed = changed || name(id) != least || name(g.outputs(n)[0]) != least;
        name(id) = name(g.outputs(n)[0]) = least;
      }
    }
  }
  return names;
}

TEST(quantization_groups, random_graphs_are_tied_as_by_renaming) {
  int graphs = 0;
  for (std::uint64_t seed = 1; seed < 1000; ++seed) {
    support::random_graph made(seed);
    graph_view const g = made.maker().view();
    if (std::ranges::any_of(g.nodes, [](node const& n) { return fixed_quantization(n).present(); })) continue;
    ++graphs;
    auto const names = renamed_until_stable(g);
    quantization_groups const groups(g);
    for (std::size_t i = 0; i < names.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        bool const same =
            groups.group_of(static_cast<tensor_id>(i)) == groups.group_of(static_cast<tensor_id>(k));
        ASSERT_EQ(same, names[i] == names[k]) << "seed " << seed << ", tensors " << i << " and " << k;
      }
    }
  }
  EXPECT_GT(graphs, 200);
}

}  // namespace
