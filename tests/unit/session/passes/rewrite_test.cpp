// SPDX-License-Identifier: MIT
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/passes/rewrite.hpp>
#include <linnet/session/session.hpp>

#include "support/small_network.hpp"

namespace {

using linnet::activation;
using linnet::no_node;
using linnet::op;
using support::small_network;

TEST(rewrite, who_makes_and_who_reads) {
  small_network net({1, 2, 2, 3});
  auto const c = net.layer(op::conv2d, 0, {3, 1, 1, 3}, 0, {1, 2, 2, 3}, "conv");
  auto const r = net.relu(c, activation::relu, "relu");
  net.output(r);
  net.output(r);
  auto const made = net.made();
  linnet::tensor_uses const uses(made.graph.view());
  EXPECT_EQ(uses.only_maker(c), 0);
  EXPECT_EQ(uses.only_maker(r), no_node);  // read twice
  EXPECT_EQ(uses.maker[static_cast<std::size_t>(r)], 1);
  EXPECT_EQ(uses.only_maker(0), no_node);  // the graph's input
}

TEST(rewrite, what_nothing_reads_goes) {
  small_network net({1, 2, 2, 3});
  auto const lost = net.layer(op::conv2d, 0, {3, 1, 1, 3}, 3, {1, 2, 2, 3}, "lost");
  EXPECT_EQ(lost, 3);
  net.output(net.relu(0, activation::relu, "relu"));
  auto const kept = without(net.made(), {true, false});
  EXPECT_EQ(kept.graph.nodes.size(), 1u);
  EXPECT_EQ(kept.graph.tensors.size(), 2u);
  EXPECT_EQ(kept.constants.size(), 2u);
  EXPECT_EQ(support::outputs(net.made()), support::outputs(kept));
}

TEST(rewrite, new_constants_live_as_long_as_the_network) {
  linnet::network net = small_network({1, 2, 2, 3}).made();
  linnet::added_constants added(net);
  auto const first = added.add({2}, {1.0f, 2.0f}), second = added.add({1}, {3.0f});
  linnet::network const copy = net;
  net = {};
  EXPECT_EQ(linnet::load<float>(copy.constants[static_cast<std::size_t>(first)].data() + 4), 2.0f);
  EXPECT_EQ(linnet::load<float>(copy.constants[static_cast<std::size_t>(second)].data()), 3.0f);
}

}  // namespace
