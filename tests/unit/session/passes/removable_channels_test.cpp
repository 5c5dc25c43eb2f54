// SPDX-License-Identifier: MIT
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/passes/removable_channels.hpp>
#include <linnet/session/session.hpp>

#include "support/integer_network.hpp"

namespace {

using linnet::op;
using linnet::tensor_id;
using support::integer_maker;
using support::network_of;
constexpr auto low = integer_maker::always_lowest, high = integer_maker::always_highest;

/// Numbers of a tensor's channels that can go.
std::vector<int> removable(integer_maker const& g, tensor_id id, std::int32_t multiple = 1) {
  auto const gone = removable_channels(network_of(g), multiple)[static_cast<std::size_t>(id)];
  std::vector<int> numbers;
  for (std::size_t c = 0; c < gone.size(); ++c) {
    if (gone[c]) numbers.push_back(static_cast<int>(c));
  }
  return numbers;
}
using channels = std::vector<int>;

TEST(removable_channels, constants_in_front_of_a_layer) {
  integer_maker g(1);
  tensor_id const x = g.image({1, 4, 4, 3}), a = g.conv(x, 6), b = g.conv(a, 2);
  g.set_bias(a, 1, low);
  g.set_bias(a, 4, high);
  g.set_ends({x}, {b});
  EXPECT_EQ(removable(g, a), (channels{1, 4}));
  EXPECT_EQ(removable(g, x), channels{});
  EXPECT_EQ(removable(g, b), channels{});
}

// A picture of all pairs of values is all that two channels can be.
TEST(removable_channels, are_those_that_an_exhaustive_search_finds) {
  integer_maker g(2);
  tensor_id const x = g.image({1, 256, 256, 2}), a = g.conv(x, 32), b = g.conv(a, 1);
  for (std::int32_t c = 0; c < 32; ++c) g.set_bias(a, c, (c - 16) * 10000);
  g.set_ends({x}, {b});
  auto session = linnet::session::create(network_of(g));
  ASSERT_TRUE(session) << session.error().message;
  std::size_t at = 0;
  for (std::byte& value : session->input().bytes) {
    value = static_cast<std::byte>(at % 2 == 0 ? at / 2 % 256 : at / 512);
    ++at;
  }
  channels constant;
  session->run([&](std::size_t index, linnet::node const&, linnet::tensor_ref const& made) {
    if (index != 0) return;
    for (std::size_t c = 0; c < 32; ++c) {
      bool same = true;
      for (std::size_t i = c; i < made.bytes.size(); i += 32) same = same && made.bytes[i] == made.bytes[c];
      if (same) constant.push_back(static_cast<int>(c));
    }
  });
  EXPECT_GT(constant.size(), 2u);
  EXPECT_LT(constant.size(), 30u);
  EXPECT_EQ(removable(g, a), constant);
}

TEST(removable_channels, padding_wants_the_zero_point) {
  for (std::int32_t padding : {0, 1}) {
    integer_maker g(3);
    tensor_id const x = g.image({1, 5, 5, 3}), a = g.conv(x, 4, 1, 0, linnet::activation::relu);
    tensor_id const b = g.conv(a, 2, 3, padding);
    g.set_bias(a, 0, low);  // cut at the zero point
    g.set_bias(a, 2, high);
    g.set_ends({x}, {b});
    EXPECT_EQ(removable(g, a), padding == 0 ? (channels{0, 2}) : channels{0});
  }
}

TEST(removable_channels, go_together_with_what_is_made_of_them) {
  integer_maker g(4);
  tensor_id const x = g.image({1, 5, 5, 3}), a = g.conv(x, 4, 1, 0, linnet::activation::relu);
  tensor_id const b = g.depthwise(a, 2), c = g.pool(op::max_pool2d, b, 2), d = g.conv(c, 3);
  g.set_bias(a, 0, low);
  g.set_bias(a, 1, high);  // not constant behind padding
  g.set_bias(b, 4, low);
  g.set_bias(b, 5, high);  // both that are made of channel 2, which varies
  g.set_bias(b, 6, low);   // one of two
  g.set_ends({x}, {d});
  EXPECT_EQ(removable(g, a), (channels{0, 2}));
  EXPECT_EQ(removable(g, b), (channels{0, 1, 4, 5}));
  EXPECT_EQ(removable(g, c), (channels{0, 1, 4, 5}));
}

TEST(removable_channels, through_pools_means_reshapes_and_relus) {
  integer_maker g(5);
  tensor_id const x = g.image({1, 6, 6, 3}), a = g.conv(x, 4), b = g.relu(a);
  tensor_id const c = g.pool(op::average_pool2d, b, 3, 1), d = g.reshape(c, {1, 144}), e = g.dense(d, 5);
  g.set_bias(a, 3, high);
  g.set_bias(a, 1, -60000);  // dead behind the relu, not in front of it
  g.set_ends({x}, {e});
  EXPECT_EQ(removable(g, a), (channels{1, 3}));
  EXPECT_EQ(removable(g, c), (channels{1, 3}));
  EXPECT_EQ(removable(g, d).size(), 72u);
  integer_maker m(6);
  tensor_id const y = m.image({1, 6, 6, 3}), f = m.conv(y, 4), h = m.mean(f), i = m.dense(h, 5);
  m.set_bias(f, 3, high);
  m.set_ends({y}, {i});
  EXPECT_EQ(removable(m, f), channels{3});
  EXPECT_EQ(removable(m, h), channels{3});
}

TEST(removable_channels, every_reader_must_be_able_to) {
  integer_maker g(7);
  tensor_id const x = g.image({1, 5, 5, 3}), a = g.conv(x, 4);
  tensor_id const b = g.conv(a, 2), c = g.conv(a, 2, 3, 1);
  g.set_bias(a, 1, high);
  g.set_ends({x}, {b, c});
  EXPECT_EQ(removable(g, a), channels{}) << "one has padding";
  integer_maker h(7);
  tensor_id const y = h.image({1, 5, 5, 3}), d = h.conv(y, 4), e = h.conv(d, 2), f = h.conv(d, 2, 3, 0);
  h.set_bias(d, 1, high);
  h.set_ends({y}, {e, f});
  EXPECT_EQ(removable(h, d), channels{1});
  h.set_ends({y}, {e, f, d});
  EXPECT_EQ(removable(h, d), channels{}) << "an output of the network";
}

TEST(removable_channels, not_in_front_of_operators_that_mix) {
  for (op kind : {op::add, op::concat, op::softmax, op::logistic}) {
    integer_maker g(8);
    tensor_id const x = g.image({1, 5, 5, 3}), a = g.conv(x, 4);
    g.set_bias(a, 1, high);
    linnet::node n{.kind = kind};
    if (kind == op::concat) n.axes.push_back(3);
    tensor_id const y = g.activation({1, 5, 5, kind == op::concat ? 8 : 4}, linnet::s8, {1.0f / 256, -128});
    std::vector<tensor_id> operands{a};
    if (kind == op::add || kind == op::concat) operands.push_back(a);
    g.add(n, operands, y);
    tensor_id const z = g.conv(y, 2);
    g.set_ends({x}, {z});
    EXPECT_EQ(removable(g, a), channels{}) << std::string(name_of(kind));
  }
}

TEST(removable_channels, a_multiple_stays_and_at_least_one) {
  integer_maker g(9);
  tensor_id const x = g.image({1, 5, 5, 3}), a = g.conv(x, 10), b = g.depthwise(a), c = g.conv(b, 6),
                  d = g.conv(c, 2);
  for (std::int32_t i : {0, 2, 4, 6, 8}) g.set_bias(b, i, low);
  for (std::int32_t i = 0; i < 6; ++i) g.set_bias(c, i, low);
  g.set_ends({x}, {d});
  EXPECT_EQ(removable(g, b, 1).size(), 5u) << "the channel of c that stays reads the others";
  EXPECT_EQ(removable(g, c, 1).size(), 5u);
  EXPECT_EQ(removable(g, c, 4).size(), 2u);
  for (std::int32_t i = 0; i < 6; ++i) g.set_bias(c, i, 0);
  EXPECT_EQ(removable(g, b, 1), (channels{0, 2, 4, 6, 8}));
  EXPECT_EQ(removable(g, b, 4).size(), 2u);
  EXPECT_EQ(removable(g, a, 4).size(), 2u);
  EXPECT_EQ(removable(g, b, 3).size(), 4u);
  EXPECT_EQ(removable(g, b, 100), channels{});
}

TEST(removable_channels, a_bias_stays_an_int32) {
  integer_maker g(10);
  tensor_id const x = g.image({1, 5, 5, 3}), a = g.conv(x, 4), b = g.conv(a, 1);
  for (std::int32_t c = 0; c < 3; ++c) g.set_bias(a, c, high);
  g.operand(b, 1) = {std::byte{1}, std::byte{100}, std::byte{2}, std::byte{1}};
  g.set_ends({x}, {b});
  std::int32_t const step = 127 - g.zero_point(), most = std::numeric_limits<std::int32_t>::max();
  g.set_bias(b, 0, most - 103 * step);
  EXPECT_EQ(removable(g, a), (channels{0, 1, 2}));
  g.set_bias(b, 0, most - 103 * step + 1);
  EXPECT_EQ(removable(g, a), (channels{0, 2})) << "the one that adds most stays";
}

}  // namespace
