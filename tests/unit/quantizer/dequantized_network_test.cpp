// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/quantizer/dequantized_network.hpp>
#include <linnet/session/assign.hpp>
#include <linnet/session/session.hpp>

#include "support/network_of.hpp"

namespace {

using namespace linnet;
using support::tensor_id;

std::vector<std::byte> stored(std::vector<std::int32_t> const& values, std::size_t size) {
  std::vector<std::byte> bytes;
  for (std::int32_t value : values) {
    for (std::size_t i = 0; i < size; ++i)
      bytes.push_back(static_cast<std::byte>(static_cast<std::uint32_t>(value) >> (8 * i)));
  }
  return bytes;
}

/// y = w x + b with two inputs and two units, s8, weights per channel. `zero_point` is that of y.
network dense_of(std::int32_t zero_point) {
  support::graph_maker g;
  tensor_id const x = g.activation({1, 2}, s8, {0.5f, 3}, "x");
  tensor_id const w = g.constant({2, 2}, s8, stored({2, -4, 8, 1}, 1), {}, "w");
  tensor_id const b = g.constant({2}, s32, stored({4, -8}, 4), {}, "b");
  tensor_id const y = g.activation({1, 2}, s8, {0.25f, zero_point}, "y");
  g.add({.kind = op::dense, .source = 7}, {x, w, b}, y);
  g.set_ends({x}, {y});
  network net = support::network_of(g, "net");
  tensor_info& weights = net.graph.tensors[static_cast<std::size_t>(w)];
  weights.channel_scales = net.graph.add_scales(std::vector<float>{0.5f, 0.25f});
  return net;
}

std::vector<float> run(network net, std::vector<float> const& x) {
  auto session = session::create(std::move(net));
  EXPECT_TRUE(session) << session.error().message;
  EXPECT_TRUE(assign(session->input(), x));
  session->run();
  return dequantized(session->output());
}

TEST(dequantized, has_the_real_weights_and_biases) {
  auto const real = dequantized(dense_of(5));
  ASSERT_TRUE(real) << real.error().message;
  EXPECT_EQ(real->graph.nodes[0].source, 7);
  EXPECT_EQ(real->graph.view().input(real->graph.nodes[0]).type, f32);
  // Weights 1, -2 and 2, 0.25; biases 4 * 0.5 * 0.5 = 1 and -8 * 0.5 * 0.25 = -1.
  EXPECT_EQ(run(*real, {3.0f, 1.5f}), (std::vector<float>{1.0f, 5.375f}));
  EXPECT_EQ(run(*real, {0.0f, 1.0f}), (std::vector<float>{-1.0f, -0.75f}));
}

TEST(dequantized, clamps_where_the_range_begins_at_zero) {
  auto const real = dequantized(dense_of(-128));
  ASSERT_TRUE(real) << real.error().message;
  EXPECT_EQ(run(*real, {0.0f, 1.0f}), (std::vector<float>{0.0f, 0.0f}));
}

TEST(dequantized, converts_nothing) {
  support::graph_maker g;
  tensor_id const x = g.activation({1, 3}, f32, {}, "x"), q = g.activation({1, 3}, s8, {0.5f, 0}, "q"),
                  y = g.activation({1, 3}, f32, {}, "y");
  g.add({.kind = op::quantize}, {x}, q);
  g.add({.kind = op::dequantize}, {q}, y);
  g.set_ends({x}, {y});
  auto const real = dequantized(support::network_of(g, "net"));
  ASSERT_TRUE(real) << real.error().message;
  EXPECT_EQ(run(*real, {0.1f, 1000.0f, -3.0f}), (std::vector<float>{0.1f, 1000.0f, -3.0f}));
}

TEST(dequantized, names_the_tensor_without_a_scale) {
  support::graph_maker g;
  tensor_id const x = g.activation({1, 3}, s8, {}, "x"), y = g.activation({1, 3}, s8, {}, "y");
  g.add({.kind = op::reshape}, {x}, y);
  g.set_ends({x}, {y});
  auto const refused = dequantized(support::network_of(g, "net"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "net: tensor 'x' has no scale");
}

TEST(dequantized, refuses_casts_of_bytes) {
  support::graph_maker g;
  tensor_id const x = g.activation({1, 3}, u8, {0.5f, 0}, "x"), y = g.activation({1, 3}, f32, {}, "y");
  g.add({.kind = op::unary, .unary = unary_function::cast}, {x}, y);
  g.set_ends({x}, {y});
  auto const refused = dequantized(support::network_of(g, "net"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::not_supported);
  EXPECT_NE(refused.error().message.find("tensor 'x' is cast as the bytes"), std::string::npos)
      << refused.error().message;
}

}  // namespace
