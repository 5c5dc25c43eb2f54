// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/passes/fuse_activation.hpp>
#include <linnet/session/session.hpp>

#include "support/small_network.hpp"

namespace {

using linnet::activation;
using linnet::fuse_activation;
using linnet::op;
using support::kinds;
using support::outputs;
using support::small_network;

linnet::tensor_id convolution(small_network& net) {
  return net.layer(op::conv2d, 0, {3, 1, 1, 3}, 3, {1, 4, 4, 3}, "conv");
}

TEST(fuse_activation, each_member_of_the_family) {
  for (activation kind : {activation::relu, activation::relu6, activation::relu_n1_to_1}) {
    small_network net({1, 4, 4, 3});
    net.output(net.relu(convolution(net), kind, "relu"));
    auto const fused = fuse_activation(net.made());
    EXPECT_EQ(kinds(fused), std::vector{op::conv2d});
    EXPECT_EQ(fused.graph.nodes[0].activation, kind);
    EXPECT_EQ(fused.graph.nodes[0].source, 0);
    EXPECT_EQ(std::string(fused.graph.view().name(fused.graph.nodes[0])), "relu");
    EXPECT_EQ(outputs(net.made()), outputs(fused));  // bit for bit
  }
}

TEST(fuse_activation, one_of_two_in_a_row) {
  small_network net({1, 4, 4, 3});
  auto const first = net.relu(convolution(net), activation::relu, "first");
  net.output(net.relu(first, activation::relu6, "second"));
  auto const fused = fuse_activation(net.made());
  EXPECT_EQ(kinds(fused), (std::vector{op::conv2d, op::relu}));
  EXPECT_EQ(outputs(net.made()), outputs(fused));
}

TEST(fuse_activation, not_where_the_operand_is_read_again) {
  small_network net({1, 4, 4, 3});
  auto const c = convolution(net);
  net.output(net.relu(c, activation::relu, "relu"));
  net.output(c);
  EXPECT_EQ(kinds(fuse_activation(net.made())), (std::vector{op::conv2d, op::relu}));
}

TEST(fuse_activation, not_into_inputs_reshapes_or_nodes_with_an_activation) {
  small_network input({1, 4, 4, 3});
  input.output(input.relu(0, activation::relu, "relu"));
  EXPECT_EQ(kinds(fuse_activation(input.made())), std::vector{op::relu});
  small_network shaped({1, 4, 4, 3});
  shaped.output(shaped.relu(shaped.reshape(0, {48}), activation::relu, "relu"));
  EXPECT_EQ(kinds(fuse_activation(shaped.made())), (std::vector{op::reshape, op::relu}));
  small_network active({1, 4, 4, 3});
  auto const c = convolution(active);
  active.last_node().activation = activation::relu6;
  active.output(active.relu(c, activation::relu, "relu"));
  EXPECT_EQ(kinds(fuse_activation(active.made())), (std::vector{op::conv2d, op::relu}));
}

TEST(fuse_activation, not_where_the_result_is_quantized_otherwise) {
  small_network net({1, 4, 4, 3});
  auto const r = net.relu(convolution(net), activation::relu, "relu");
  net.output(r);
  auto made = net.made();
  made.graph.tensors[static_cast<std::size_t>(r)].quantization = {.scale = 0.5f, .zero_point = 0};
  EXPECT_EQ(kinds(fuse_activation(made)), (std::vector{op::conv2d, op::relu}));
}

}  // namespace
