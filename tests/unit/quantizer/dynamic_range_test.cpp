// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/quantizer/dynamic_range.hpp>
#include <linnet/session/session.hpp>

#include "support/float_network.hpp"
#include "support/network_of.hpp"
#include "support/random_source.hpp"

namespace {

using namespace linnet;

std::vector<float> noise(support::random_source& random, std::size_t count) {
  std::vector<float> made(count);
  for (float& value : made) value = static_cast<float>(random.real(-1, 1));
  return made;
}

/// A convolution, a depthwise one and a dense layer.
network three_layers(float last_weight = 0.5f) {
  support::random_source random(3);
  support::float_maker g;
  tensor_id const x = g.real({2, 4, 4, 3}, "x"), w = g.reals({4, 1, 1, 3}, noise(random, 12), "w"),
                  d = g.reals({1, 2, 2, 4}, noise(random, 16), "d"), b = g.reals({4}, noise(random, 4), "b");
  auto last = noise(random, 8);
  last.back() = last_weight;
  tensor_id const v = g.reals({2, 4}, last, "v");
  tensor_id const convolved = g.node({.kind = op::conv2d}, {x, w, b}, {2, 4, 4, 4}, "y"),
                  windowed = g.node({.kind = op::depthwise_conv2d, .window = {.kernel = {2, 2}}},
                                    {convolved, d}, {2, 3, 3, 4}, "z"),
                  made = g.node({.kind = op::dense}, {windowed, v}, {2, 3, 3, 2}, "p");
  g.set_ends({x}, {made});
  return support::network_of(g);
}

std::vector<float> run(network const& net, plan_options const& plan = {}) {
  session_options options;
  options.plan = plan;
  auto made = session::create(net, options);
  if (!made) ADD_FAILURE() << made.error().message;
  if (!made) return {};
  support::random_source random(5);
  auto const x = *made->input().as<float>();
  for (float& value : x) value = static_cast<float>(random.real(-2, 2));
  made->run();
  auto const y = *made->output().as<float>();
  return {y.begin(), y.end()};
}

TEST(with_dynamic_range, weights_have_a_scale_a_channel) {
  network const net = three_layers();
  auto const made = with_dynamic_range(net);
  ASSERT_TRUE(made) << made.error().message;
  graph_view const g = made->graph.view(), before = net.graph.view();
  for (std::size_t i = 0; i < 3; ++i) {
    node const& n = g.nodes[i];
    tensor_info const& weights = g.input(n, 1);
    bool const depthwise = n.kind == op::depthwise_conv2d;
    EXPECT_EQ(weights.type, s8);
    EXPECT_EQ(weights.channel_axis, depthwise ? 3 : 0);
    EXPECT_EQ(n.dynamic_quantization,
              n.kind == op::dense ? dynamic_quantization::symmetric : dynamic_quantization::asymmetric);
    auto const floats = net.constants[static_cast<std::size_t>(before.inputs(before.nodes[i])[1])];
    auto const stored = made->constants[static_cast<std::size_t>(g.inputs(n)[1])];
    auto const scales = g.channel_scales(weights);
    ASSERT_EQ(floats.size(), 4 * stored.size());
    std::vector<int> largest(scales.size());
    for (std::size_t at = 0; at < stored.size(); ++at) {
      std::size_t const channel = depthwise ? at % scales.size() : at / (stored.size() / scales.size());
      int const number = load<std::int8_t>(stored.data() + at);
      EXPECT_NEAR(static_cast<float>(number) * scales[channel], load<float>(floats.data() + 4 * at),
                  scales[channel] * 0.5001f);
      largest[channel] = std::max(largest[channel], std::abs(number));
    }
    EXPECT_EQ(largest, std::vector<int>(scales.size(), 127));
  }
}

TEST(with_dynamic_range, makes_nearly_what_floats_make) {
  network const net = three_layers();
  auto const made = with_dynamic_range(net);
  ASSERT_TRUE(made) << made.error().message;
  auto const wanted = run(net), values = run(*made);
  ASSERT_EQ(wanted.size(), values.size());
  bool same = true;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_NEAR(values[i], wanted[i], 0.1f) << i;
    same = same && values[i] == wanted[i];
  }
  EXPECT_FALSE(same);
  EXPECT_EQ(run(*made, {.policy = memory_policy::least_memory}), values);
  EXPECT_EQ(run(*made, {.policy = memory_policy::fastest}), values);
}

TEST(with_dynamic_range, refuses_weights_that_are_not_finite) {
  for (float const wrong : {std::numeric_limits<float>::infinity(), std::nanf("")}) {
    auto const made = with_dynamic_range(three_layers(wrong));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::invalid_graph);
    EXPECT_EQ(made.error().message,
              "made.tflite: node 2 (dense) 'p': tensor 'v' has a weight that is not finite");
  }
}

}  // namespace
