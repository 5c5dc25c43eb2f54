// SPDX-License-Identifier: MIT
#include <array>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/passes/channel_intervals.hpp>
#include <linnet/session/session.hpp>

#include "support/integer_network.hpp"
#include "support/random_graph.hpp"

namespace {

using linnet::channel_intervals;
using linnet::op;
using linnet::tensor_id;
using linnet::value_interval;
using support::integer_maker;
using support::network_of;

std::int32_t stored(linnet::element_type type, std::byte b) {
  return type == linnet::u8 ? static_cast<std::int32_t>(b) : static_cast<std::int8_t>(b);
}

/// Least and largest value of each channel in one run.
std::vector<value_interval> seen(linnet::tensor_ref const& t) {
  auto const channels = static_cast<std::size_t>(t.shape.back(0));
  std::vector<value_interval> found(channels, {1000, -1000});
  for (std::size_t i = 0; i < t.bytes.size(); ++i) {
    value_interval& x = found[i % channels];
    std::int32_t const value = stored(t.type, t.bytes[i]);
    x = {std::min(x.low, value), std::max(x.high, value)};
  }
  return found;
}

// One picture that holds every pair of values: what a convolution of 1x1 pixels makes of it is all that it
// can make.
TEST(channel_intervals, of_one_layer_are_exact) {
  for (int policy = 0; policy < 4; ++policy) {
    for (linnet::element_type type : {linnet::s8, linnet::u8}) {
      integer_maker g(static_cast<std::uint64_t>(policy), type);
      tensor_id const x = g.image({1, 256, 256, 2});
      tensor_id const y =
          g.conv(x, 24, 1, 0, policy == 1 ? linnet::activation::relu6 : linnet::activation::none);
      g.nodes.back().rounding = static_cast<linnet::rounding>(policy);
      for (std::int32_t c = 0; c < 24; ++c) g.set_bias(y, c, (c - 12) * 12000);
      g.set_ends({x}, {y});
      auto const net = network_of(g);
      auto session = linnet::session::create(net);
      ASSERT_TRUE(session) << session.error().message;
      std::size_t at = 0;
      for (std::byte& b : session->input().bytes) {
        b = static_cast<std::byte>(at % 2 == 0 ? at / 2 % 256 : at / 512);
        ++at;
      }
      session->run();
      auto const found = channel_intervals(net)[static_cast<std::size_t>(y)],
                 wanted = seen(session->output());
      int constant = 0;
      for (std::size_t c = 0; c < 24; ++c) {
        EXPECT_EQ(found[c].low, wanted[c].low) << "policy " << policy << ", channel " << c;
        EXPECT_EQ(found[c].high, wanted[c].high) << "policy " << policy << ", channel " << c;
        constant += is_one_value(found[c]) ? 1 : 0;
      }
      EXPECT_GT(constant, 0);
      EXPECT_LT(constant, 24);
    }
  }
}

TEST(channel_intervals, hold_every_value_of_random_networks) {
  int followed = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    support::random_graph graph(seed);
    auto const net = network_of(graph.maker());
    auto session = linnet::session::create(net);
    if (!session) continue;
    auto const found = channel_intervals(net);
    support::random_source random(seed);
    for (int run = 0; run < 4; ++run) {
      for (std::size_t i = 0; i < session->input_count(); ++i) {
        auto const input = session->input(i);
        auto const bytes =
            support::random_elements(random, input.type, static_cast<std::size_t>(input.shape.elements()));
        std::ranges::copy(bytes, input.bytes.begin());
      }
      session->run([&](std::size_t, linnet::node const& n, linnet::tensor_ref const& made) {
        auto const& known = found[static_cast<std::size_t>(net.graph.view().outputs(n)[0])];
        if (known.empty()) return;
        auto const values = seen(made);
        ASSERT_EQ(known.size(), values.size());
        for (std::size_t c = 0; c < known.size(); ++c) {
          EXPECT_LE(known[c].low, values[c].low) << "seed " << seed << ", " << std::string(made.name);
          EXPECT_GE(known[c].high, values[c].high) << "seed " << seed << ", " << std::string(made.name);
        }
        ++followed;
      });
    }
  }
  EXPECT_GT(followed, 500);
}

TEST(channel_intervals, narrow_from_layer_to_layer) {
  integer_maker g(5);
  tensor_id const x = g.image({1, 4, 4, 3}), a = g.conv(x, 2), b = g.depthwise(a, 1, 3, 0);
  g.set_bias(a, 0, integer_maker::always_highest);
  g.set_ends({x}, {b});
  auto const found = channel_intervals(network_of(g));
  EXPECT_TRUE(is_one_value(found[static_cast<std::size_t>(a)][0]));
  EXPECT_EQ(found[static_cast<std::size_t>(a)][0].low, 127);
  EXPECT_TRUE(is_one_value(found[static_cast<std::size_t>(b)][0]));
  EXPECT_FALSE(is_one_value(found[static_cast<std::size_t>(b)][1]));
  EXPECT_EQ(found[static_cast<std::size_t>(x)][0].low, -128);
  EXPECT_EQ(found[static_cast<std::size_t>(x)][0].high, 127);
}

TEST(channel_intervals, padding_adds_the_zero_point) {
  integer_maker g(6);
  tensor_id const x = g.image({1, 4, 4, 3}), a = g.conv(x, 1), b = g.depthwise(a, 1, 3, 1);
  g.set_bias(a, 0, integer_maker::always_highest);
  g.set_ends({x}, {b});
  auto const found = channel_intervals(network_of(g));
  EXPECT_TRUE(is_one_value(found[static_cast<std::size_t>(a)][0]));
  EXPECT_FALSE(is_one_value(found[static_cast<std::size_t>(b)][0]));
}

TEST(channel_intervals, requantization_that_could_wrap_lets_everything_through) {
  using policy = linnet::double_rounding;
  linnet::value_range<std::int8_t> const clamp{-100, 100};
  linnet::multiplier const half{1 << 30, 0}, large{1 << 30, 20};
  auto const between = [&](std::int64_t low, std::int64_t high, linnet::multiplier m) {
    return linnet::requantized<std::int8_t, policy>(low, high, m, 3, clamp);
  };
  EXPECT_EQ(between(-20, 40, half).low, -7);
  EXPECT_EQ(between(-20, 40, half).high, 23);
  EXPECT_EQ(between(1000, 2000, half).low, 100);
  EXPECT_EQ(between(std::int64_t{1} << 31, std::int64_t{1} << 32, half).low, -100);
  EXPECT_EQ(between(1 << 12, 1 << 13, large).low, -100);  // the shift wraps
  EXPECT_EQ(between(1 << 8, 1 << 9, large).low, 100);
}

TEST(channel_intervals, floats_have_none) {
  support::graph_maker g;
  tensor_id const x = g.activation({1, 4}, linnet::f32);
  tensor_id const y = g.activation({1, 4}, linnet::f32);
  g.add({.kind = op::logistic}, {x}, y);
  g.set_ends({x}, {y});
  for (auto const& tensor : channel_intervals(network_of(g))) EXPECT_TRUE(tensor.empty());
}

}  // namespace
