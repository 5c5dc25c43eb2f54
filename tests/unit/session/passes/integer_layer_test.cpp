// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/session/passes/integer_layer.hpp>
#include <linnet/session/session.hpp>

#include "support/integer_network.hpp"
#include "support/small_network.hpp"

namespace {

using linnet::integer_layer;
using linnet::tensor_id;
using support::integer_maker;
using support::network_of;

TEST(integer_layer, convolution) {
  integer_maker g(1);
  tensor_id const x = g.image({1, 4, 4, 3}), y = g.conv(x, 5, 3, 1);
  g.set_ends({x}, {y});
  auto const weights = g.operand(y, 1);
  auto const net = network_of(g);
  auto const layer = integer_layer::of(net, net.graph.nodes[0]);
  ASSERT_TRUE(layer);
  EXPECT_EQ(layer->outputs(), 5);
  EXPECT_EQ(layer->inputs(), 3);
  EXPECT_EQ(layer->taps(), 9);
  EXPECT_TRUE(layer->is_padded());
  EXPECT_FALSE(layer->is_depthwise());
  EXPECT_EQ(layer->input_zero_point(), g.zero_point());
  EXPECT_EQ(layer->weight(4, 8, 2), static_cast<std::int8_t>(weights.back()));
  EXPECT_EQ(layer->weight(0, 1, 0), static_cast<std::int8_t>(weights[3]));
}

TEST(integer_layer, depthwise_reads_one_channel) {
  integer_maker g(2);
  tensor_id const x = g.image({1, 4, 4, 3}), y = g.depthwise(x, 2, 3, 0);
  g.set_ends({x}, {y});
  auto const weights = g.operand(y, 1);
  auto const net = network_of(g);
  auto const layer = integer_layer::of(net, net.graph.nodes[0]);
  ASSERT_TRUE(layer);
  EXPECT_FALSE(layer->is_padded());
  EXPECT_EQ(layer->inputs_read(), 1);
  EXPECT_EQ(layer->first_input(3), 1);
  EXPECT_EQ(layer->weight(5, 2, 2), static_cast<std::int8_t>(weights[2 * 6 + 5]));
}

TEST(integer_layer, zero_points_of_weights_and_rows_of_pixels) {
  integer_maker g(3, linnet::u8);
  tensor_id const x = g.image({1, 2, 2, 3}), y = g.dense(x, 4);
  g.operand(y, 1).assign(48, std::byte{131});
  g.operand(y, 1)[12 + 3 + 2] = std::byte{133};
  g.set_bias(y, 2, -77);
  g.set_ends({x}, {y});
  auto const net = network_of(g);
  auto const layer = integer_layer::of(net, net.graph.nodes[0]);
  ASSERT_TRUE(layer);
  EXPECT_EQ(layer->taps(), 4);
  EXPECT_EQ(layer->weight(1, 1, 2), 2);
  EXPECT_EQ(layer->weight_sum(1, 2), 2);
  EXPECT_FALSE(layer->ignores(1, 2));
  EXPECT_TRUE(layer->ignores(1, 1));
  EXPECT_EQ(layer->bias(2), -77);
}

TEST(integer_layer, nothing_else_is_one) {
  support::small_network real({1, 4, 4, 3});
  real.output(real.layer(linnet::op::conv2d, 0, {5, 1, 1, 3}, 5, {1, 4, 4, 5}, "conv"));
  auto const net = real.made();
  EXPECT_FALSE(integer_layer::of(net, net.graph.nodes[0]));
  integer_maker g(4);
  tensor_id const x = g.image({1, 4, 4, 3});
  g.set_ends({x}, {g.relu(x)});
  auto const relu = network_of(g);
  EXPECT_FALSE(integer_layer::of(relu, relu.graph.nodes[0]));
}

}  // namespace
