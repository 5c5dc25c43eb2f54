// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/passes/fold_batch_norm.hpp>
#include <linnet/session/session.hpp>

#include "support/small_network.hpp"

namespace {

using linnet::activation;
using linnet::fold_batch_norm;
using linnet::op;
using support::kinds;
using support::outputs;
using support::small_network;

/// Adds what a batch normalization of `channels` becomes.
linnet::tensor_id scale(small_network& net, linnet::tensor_id x, std::int32_t channels,
                        std::string const& name) {
  return net.layer(op::depthwise_conv2d, x, {1, 1, 1, channels}, channels, net.shape_of(x), name);
}

/// The folded network has these nodes and makes the same, up to rounding the weights.
void expect_folds_to(linnet::network const& net, std::vector<op> const& nodes) {
  auto const folded = fold_batch_norm(net);
  EXPECT_EQ(kinds(folded), nodes);
  auto const before = outputs(net), after = outputs(folded);
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(before[i], after[i], 2e-5f);
}

TEST(fold_batch_norm, into_a_convolution) {
  small_network net({1, 4, 4, 3});
  auto const c = net.layer(op::conv2d, 0, {5, 1, 1, 3}, 5, {1, 4, 4, 5}, "conv");
  net.output(scale(net, c, 5, "norm"));
  expect_folds_to(net.made(), {op::conv2d});
  auto const folded = fold_batch_norm(net.made());
  auto const g = folded.graph.view();
  EXPECT_EQ(std::string(g.name(g.nodes[0])), "norm");  // the name of what survives, the operator it came from
  EXPECT_EQ(g.nodes[0].source, 0);
  EXPECT_EQ(g.tensors.size(), 4u);
}

TEST(fold_batch_norm, into_depthwise_and_dense_layers) {
  small_network depthwise({1, 4, 4, 3});
  auto const d = depthwise.layer(op::depthwise_conv2d, 0, {1, 1, 1, 6}, 0, {1, 4, 4, 6}, "depthwise");
  depthwise.output(scale(depthwise, d, 6, "norm"));
  expect_folds_to(depthwise.made(), {op::depthwise_conv2d});
  small_network dense({2, 7});
  auto const x = dense.layer(op::dense, 0, {4, 7}, 4, {2, 4}, "dense");
  auto const image = dense.reshape(x, {1, 1, 2, 4});
  auto const back = dense.reshape(scale(dense, image, 4, "norm"), {2, 4});
  dense.output(back);
  expect_folds_to(dense.made(), {op::dense, op::reshape, op::reshape});
}

TEST(fold_batch_norm, several_in_a_row) {
  small_network net({1, 4, 4, 3});
  auto x = net.layer(op::conv2d, 0, {5, 1, 1, 3}, 0, {1, 4, 4, 5}, "conv");
  for (int i = 0; i < 3; ++i) x = scale(net, x, 5, "norm" + std::to_string(i));
  net.output(x);
  expect_folds_to(net.made(), {op::conv2d});
}

TEST(fold_batch_norm, an_activation_of_the_scale_stays_behind_it) {
  small_network net({1, 4, 4, 3});
  auto const c = net.layer(op::conv2d, 0, {5, 1, 1, 3}, 5, {1, 4, 4, 5}, "conv");
  auto const n = scale(net, c, 5, "norm");
  net.last_node().activation = activation::relu6;
  net.output(scale(net, n, 5, "second"));  // has an activation in front of it
  expect_folds_to(net.made(), {op::conv2d, op::depthwise_conv2d});
  EXPECT_EQ(fold_batch_norm(net.made()).graph.nodes[0].activation, activation::relu6);
}

TEST(fold_batch_norm, not_past_an_activation_or_a_second_reader) {
  small_network active({1, 4, 4, 3});
  auto const c = active.layer(op::conv2d, 0, {5, 1, 1, 3}, 5, {1, 4, 4, 5}, "conv");
  active.last_node().activation = activation::relu;
  active.output(scale(active, c, 5, "norm"));
  expect_folds_to(active.made(), {op::conv2d, op::depthwise_conv2d});
  small_network shared({1, 4, 4, 3});
  auto const s = shared.layer(op::conv2d, 0, {5, 1, 1, 3}, 5, {1, 4, 4, 5}, "conv");
  shared.output(scale(shared, s, 5, "norm"));
  shared.output(s);
  expect_folds_to(shared.made(), {op::conv2d, op::depthwise_conv2d});
}

TEST(fold_batch_norm, only_what_scales_channels_one_by_one) {
  small_network net({1, 4, 4, 3});
  auto const c = net.layer(op::conv2d, 0, {3, 1, 1, 3}, 3, {1, 4, 4, 3}, "conv");
  net.output(net.layer(op::depthwise_conv2d, c, {1, 1, 1, 6}, 6, {1, 4, 4, 6}, "wider"));
  expect_folds_to(net.made(), {op::conv2d, op::depthwise_conv2d});
  small_network first({1, 4, 4, 3});
  first.output(scale(first, 0, 3, "norm"));
  expect_folds_to(first.made(), {op::depthwise_conv2d});
}

TEST(fold_batch_norm, weights_are_rounded_once) {
  small_network net({1, 1, 1, 1});
  auto const c = net.layer(op::conv2d, 0, {1, 1, 1, 1}, 0, {1, 1, 1, 1}, "conv");
  net.constant(1)[0] = 1.1f;
  auto const a = scale(net, c, 1, "a");
  auto const b = scale(net, a, 1, "b");
  net.output(b);
  auto const made = net.made();
  auto const value = [&](linnet::network const& n, std::size_t node, std::size_t operand) {
    auto const g = n.graph.view();
    auto const id = static_cast<std::size_t>(g.inputs(g.nodes[node])[operand]);
    return static_cast<double>(linnet::load<float>(n.constants[id].data()));
  };
  double const product = value(made, 0, 1) * value(made, 1, 1) * value(made, 2, 1);
  EXPECT_EQ(value(fold_batch_norm(made), 0, 1), static_cast<double>(static_cast<float>(product)));
}

TEST(fold_batch_norm, other_constants_stay_shared) {
  small_network net({1, 4, 4, 3});
  auto const c = net.layer(op::conv2d, 0, {5, 1, 1, 3}, 5, {1, 4, 4, 5}, "conv");
  auto const n = scale(net, c, 5, "norm");
  net.output(net.layer(op::conv2d, n, {2, 1, 1, 5}, 2, {1, 4, 4, 2}, "last"));
  auto const made = net.made();
  auto const folded = fold_batch_norm(made);
  auto const data = [](linnet::network const& of, std::size_t node) {
    auto const g = of.graph.view();
    return of.constants[static_cast<std::size_t>(g.inputs(g.nodes[node])[1])].data();
  };
  EXPECT_EQ(data(made, 2), data(folded, 1));
}

}  // namespace
