// SPDX-License-Identifier: MIT
#include "support/float_network.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include <linnet/quantizer/float_network.hpp>

#include "support/network_of.hpp"

namespace {

using namespace linnet;
using support::float_maker;
using support::tensor_id;

/// input -> dense 'scores' with weights 'w' and bias 'b'.
float_maker dense_layer() {
  float_maker g;
  tensor_id const x = g.real({1, 2}, "input");
  tensor_id const w = g.reals({1, 2}, {1.0f, 2.0f}, "w"), b = g.reals({1}, {0.5f}, "b");
  tensor_id const y = g.node({.kind = op::dense, .source = 4}, {x, w, b}, {1, 1}, "scores");
  g.set_ends({x}, {y});
  return g;
}

std::string refusal(float_maker const& g) {
  auto const done = require_float(support::network_of(g, "made.onnx"));
  return done ? std::string() : done.error().message;
}

TEST(require_float, accepts_floats_and_whatever_nobody_uses) {
  float_maker g = dense_layer();
  EXPECT_EQ(refusal(g), "");
  g.constant({2}, s32, std::vector<std::byte>(8), {}, "unused");
  EXPECT_EQ(refusal(g), "");
}

TEST(require_float, names_the_node_and_the_tensor_of_another_type) {
  float_maker g = dense_layer();
  g.at(1).type = s8;
  EXPECT_EQ(refusal(g),
            "made.onnx: node 0 (dense, operator 4) 'scores': tensor 'w' holds s8 elements; only networks of "
            "f32 throughout can be quantized");
  float_maker ends = dense_layer();
  ends.at(0).type = u8;
  EXPECT_EQ(refusal(ends),
            "made.onnx: tensor 'input' holds u8 elements; only networks of f32 throughout can be quantized");
}

TEST(require_float, names_the_constant_that_is_not_finite_or_too_short) {
  for (float wrong : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    float_maker g = dense_layer();
    g.constants[1] = support::bytes_of_floats({1.0f, wrong});
    EXPECT_EQ(refusal(g),
              "made.onnx: node 0 (dense, operator 4) 'scores': tensor 'w' is not finite at element 1");
  }
  float_maker g = dense_layer();
  g.constants[2].clear();
  EXPECT_EQ(refusal(g),
            "made.onnx: node 0 (dense, operator 4) 'scores': tensor 'b' has 0 bytes of data where its shape "
            "asks for 4");
}

TEST(require_float, refuses_a_broken_graph) {
  float_maker g = dense_layer();
  g.at(3).shape = {1, 3};
  EXPECT_NE(refusal(g).find("made.onnx: node 0 (dense, operator 4) 'scores'"), std::string::npos);
}

}  // namespace
