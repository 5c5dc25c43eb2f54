// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/cost.hpp>
#include <linnet/session/passes/fold_constant_channels.hpp>
#include <linnet/session/session.hpp>

#include "support/integer_network.hpp"
#include "support/random_graph.hpp"
#include "support/small_network.hpp"

namespace {

using linnet::fold_constant_channels;
using linnet::op;
using linnet::tensor_id;
using support::integer_maker;
using support::network_of;
constexpr auto low = integer_maker::always_lowest, high = integer_maker::always_highest;

linnet::folded_channels folded(linnet::network const& net, std::int32_t multiple = 1) {
  auto made = fold_constant_channels(net, {.channel_multiple = multiple});
  EXPECT_TRUE(made) << made.error().message;
  auto const sound = check_network(made->net);
  EXPECT_TRUE(sound) << sound.error().message;
  return *std::move(made);
}

TEST(fold_constant_channels, a_chain) {
  integer_maker g(1);
  tensor_id const x = g.image({1, 8, 8, 3}), a = g.conv(x, 12, 3, 1, linnet::activation::relu);
  tensor_id const b = g.depthwise(a, 1, 3, 1, linnet::activation::relu), c = g.conv(b, 16);
  tensor_id const d = g.pool(op::average_pool2d, c, 8), e = g.reshape(d, {1, 16}), f = g.dense(e, 3);
  for (std::int32_t i : {0, 3, 5}) g.set_bias(a, i, low);
  for (std::int32_t i : {1, 3}) g.set_bias(b, i, high);
  for (std::int32_t i : {0, 1, 2, 9, 15}) g.set_bias(c, i, i % 2 == 0 ? low : high);
  g.set_ends({x}, {f});
  auto const net = network_of(g);
  auto const made = folded(net);
  std::vector<linnet::shrunk_tensor> const wanted{{"t" + std::to_string(a), 12, 8},
                                                  {"t" + std::to_string(b), 12, 8},
                                                  {"t" + std::to_string(c), 16, 11},
                                                  {"t" + std::to_string(d), 16, 11},
                                                  {"t" + std::to_string(e), 16, 11}};
  EXPECT_EQ(made.report, wanted);
  support::expect_same_outputs(net, made.net);
  EXPECT_LT(macs(made.net.graph.view()), macs(net.graph.view()));
  auto const rounded = folded(net, 4);
  EXPECT_EQ(rounded.report[2].after, 12);
  support::expect_same_outputs(net, rounded.net);
}

/// A chain of layers, some channels of which are constant, in many sizes.
integer_maker random_chain(std::uint64_t seed) {
  integer_maker g(seed, seed % 3 == 0 ? linnet::u8 : linnet::s8);
  support::random_source& random = g.random();
  auto const activation = [&] { return random.pick({linnet::activation::none, linnet::activation::relu}); };
  tensor_id const x = g.image({random.integer(1, 2), 7, 7, random.integer(1, 3)});
  tensor_id last = x;
  std::vector<tensor_id> readable{x};
  for (int i = random.integer(3, 6); i > 0; --i) {
    bool const large = g.at(last).shape[1] > 3;
    std::int32_t const kernel = random.pick({1, large ? 3 : 1}),
                       padding = kernel == 1 ? 0 : random.integer(0, 1);
    switch (random.integer(0, 6)) {
      case 0:
      case 1: last = g.depthwise(last, random.pick({1, 1, 2}), kernel, padding, activation()); break;
      case 2: last = g.relu(last); break;
      case 3:
        if (large) last = g.pool(random.pick({op::max_pool2d, op::average_pool2d}), last, 2, 1);
        break;
      default: last = g.conv(last, random.integer(1, 9), kernel, padding, activation()); break;
    }
    if (linnet::detail::has_weights(g.nodes.empty() ? op::relu : g.nodes.back().kind)) {
      g.nodes.back().rounding =
          random.pick({linnet::rounding::double_rounding, linnet::rounding::double_rounding,
                       linnet::rounding::single_rounding, linnet::rounding::float_half_even});
      for (std::int32_t c = 0; c < g.at(last).shape[3]; ++c) {
        if (random.one_in(2)) g.set_bias(last, c, random.pick({low, high, -60000, 60000, -200000}));
      }
    }
    readable.push_back(last);
  }
  std::vector<tensor_id> outputs;
  if (random.one_in(2)) {
    last = g.mean(last);
    outputs.push_back(g.dense(last, 3));
  } else {
    linnet::shape const s = g.at(last).shape;
    outputs.push_back(g.dense(g.reshape(last, {s[0], s[1] * s[2] * s[3]}), 3));
  }
  if (random.one_in(3)) outputs.push_back(g.conv(random.pick(readable), 2));
  if (random.one_in(6)) outputs.push_back(random.pick(readable));
  std::ranges::sort(outputs);
  outputs.erase(std::unique(outputs.begin(), outputs.end()), outputs.end());
  g.set_ends({x}, outputs);
  return g;
}

TEST(fold_constant_channels, random_chains_compute_the_same) {
  int shrunk = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto const net = network_of(random_chain(seed));
    auto const made = folded(net, seed % 2 == 0 ? 1 : 4);
    shrunk += made.report.empty() ? 0 : 1;
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::expect_same_outputs(net, made.net, 8);
  }
  EXPECT_GT(shrunk, 100);
}

/// Graphs of all operators, biases of which are huge.
TEST(fold_constant_channels, random_graphs_compute_the_same) {
  int shrunk = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    support::random_graph graph(seed);
    for (std::size_t i = 0; i < graph.maker().tensors.size(); ++i) {
      linnet::tensor_info const& t = graph.maker().tensors[i];
      if (t.type != linnet::s32) continue;
      for (std::int32_t c = 0; c < t.shape[0]; ++c) {
        if (graph.random().one_in(2))
          linnet::store(graph.maker().constants[i].data() + c * 4, graph.random().pick({low, high}));
      }
    }
    auto const net = network_of(graph.maker());
    if (!linnet::session::create(net)) continue;
    auto const made = folded(net);
    shrunk += made.report.empty() ? 0 : 1;
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::expect_same_outputs(net, made.net, 6);
  }
  EXPECT_GT(shrunk, 0);
}

TEST(fold_constant_channels, vanishing_multipliers) {
  integer_maker g(3);
  tensor_id const x = g.image({1, 4, 4, 3}), a = g.conv(x, 6), b = g.conv(a, 2);
  std::size_t const first = g.at(g.edges[g.nodes[0].inputs.first + 1]).channel_scales.first;
  g.scales[first + 2] = g.scales[first + 5] = 1e-30f;
  g.set_ends({x}, {b});
  auto const net = network_of(g);
  auto const made = folded(net);
  ASSERT_EQ(made.report.size(), 1u);
  EXPECT_EQ(made.report[0].after, 4);
  auto const view = made.net.graph.view();
  auto const scales = view.channel_scales(view.input(view.nodes[0], 1));
  ASSERT_EQ(scales.size(), 4u);
  EXPECT_EQ(scales[2], g.scales[first + 3]);
  support::expect_same_outputs(net, made.net);
}

TEST(fold_constant_channels, a_layer_without_a_bias_gets_one) {
  integer_maker g(4);
  tensor_id const x = g.image({1, 4, 4, 3}), a = g.conv(x, 4), b = g.conv(a, 2);
  g.set_bias(a, 0, high);
  g.nodes.back().inputs.count = 2;
  g.set_ends({x}, {b});
  auto const net = network_of(g);
  auto const made = folded(net);
  EXPECT_EQ(made.net.graph.nodes.back().inputs.count, 3u);
  support::expect_same_outputs(net, made.net);
}

TEST(fold_constant_channels, nothing_constant_nothing_changed) {
  integer_maker g(5);
  tensor_id const x = g.image({1, 6, 6, 3}), a = g.conv(x, 5), b = g.depthwise(a), c = g.conv(b, 2);
  g.set_ends({x}, {c});
  auto const net = network_of(g);
  auto const made = folded(net);
  EXPECT_TRUE(made.report.empty());
  EXPECT_EQ(made.net.graph.nodes, net.graph.nodes);
  for (std::size_t i = 0; i < net.constants.size(); ++i)
    EXPECT_EQ(made.net.constants[i].data(), net.constants[i].data());
  support::small_network real({1, 4, 4, 3});
  real.output(real.layer(op::conv2d, 0, {5, 1, 1, 3}, 5, {1, 4, 4, 5}, "conv"));
  EXPECT_TRUE(folded(real.made()).report.empty());
}

TEST(fold_constant_channels, refuses_what_is_wrong) {
  integer_maker g(6);
  tensor_id const x = g.image({1, 6, 6, 3}), a = g.conv(x, 5);
  g.set_ends({x}, {a});
  auto const multiple = fold_constant_channels(network_of(g), {.channel_multiple = 0});
  ASSERT_FALSE(multiple);
  EXPECT_EQ(multiple.error().code, linnet::errc::wrong_argument);
  EXPECT_NE(multiple.error().message.find("made.tflite"), std::string::npos);
  g.at(a).shape[3] = 6;
  auto const broken = fold_constant_channels(network_of(g));
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, linnet::errc::invalid_graph);
}

}  // namespace
