// SPDX-License-Identifier: MIT
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/quantizer/range_observer.hpp>
#include <linnet/session/assign.hpp>

#include "support/float_network.hpp"
#include "support/network_of.hpp"

namespace {

using namespace linnet;
using support::tensor_id;

/// x -> relu6 'low' -> reshape 'flat'; x + x 'twice'.
network three_nodes() {
  support::float_maker g;
  tensor_id const x = g.real({1, 3}, "x");
  tensor_id const low = g.node({.kind = op::relu, .activation = activation::relu6}, {x}, {1, 3}, "low");
  tensor_id const flat = g.node({.kind = op::reshape}, {low}, {3}, "flat");
  tensor_id const twice = g.node({.kind = op::add, .source = 9}, {x, x}, {1, 3}, "twice");
  g.set_ends({x}, {flat, twice});
  return support::network_of(g, "net.tflite");
}

result<void> observe(range_observer& observer, std::vector<float> const& values) {
  EXPECT_TRUE(assign(observer.input(), values));
  return observer.run();
}

void expect_range(tensor_range const& range, float low, float high) {
  EXPECT_TRUE(range.seen) << range.name;
  EXPECT_EQ(range.low, low) << range.name;
  EXPECT_EQ(range.high, high) << range.name;
}

TEST(range_observer, keeps_the_least_and_the_largest_of_all_runs) {
  auto observer = range_observer::create(three_nodes());
  ASSERT_TRUE(observer);
  EXPECT_EQ(observer->ranges().runs, 0);
  ASSERT_TRUE(observe(*observer, {1.0f, 2.0f, 7.0f}));
  expect_range(observer->ranges().tensors[0], 1.0f, 7.0f);
  ASSERT_TRUE(observe(*observer, {-3.0f, 4.0f, 0.5f}));
  EXPECT_EQ(observer->ranges().runs, 2);
  auto const& tensors = observer->ranges().tensors;
  expect_range(tensors[0], -3.0f, 7.0f);
  expect_range(tensors[1], 0.0f, 6.0f);
  expect_range(tensors[2], 0.0f, 6.0f);
  expect_range(tensors[3], -6.0f, 14.0f);
}

TEST(range_observer, names_what_is_not_finite_and_forgets_the_run) {
  auto observer = range_observer::create(three_nodes());
  ASSERT_TRUE(observer);
  ASSERT_TRUE(observe(*observer, {1.0f, 2.0f, 3.0f}));
  float const large = std::numeric_limits<float>::max();
  auto const infinite = observe(*observer, {-100.0f, large, 0.0f});
  ASSERT_FALSE(infinite);
  EXPECT_EQ(infinite.error().code, errc::wrong_argument);
  EXPECT_EQ(infinite.error().message,
            "net.tflite: node 2 (add, operator 9) 'twice': tensor 'twice' is infinite at element 1 in "
            "calibration run 2");
  auto const nan = observe(*observer, {std::numeric_limits<float>::quiet_NaN(), 0.0f, 0.0f});
  ASSERT_FALSE(nan);
  EXPECT_EQ(nan.error().message, "net.tflite: tensor 'x' is not a number at element 0 in calibration run 2");
  EXPECT_EQ(observer->ranges().runs, 1);
  expect_range(observer->ranges().tensors[0], 1.0f, 3.0f);
  EXPECT_TRUE(observe(*observer, {0.0f, 0.0f, 0.0f}));
}

/// total = total + x: a state holds 0, then what replaced it.
TEST(range_observer, follows_states_from_run_to_run) {
  basic_graph_builder<dynamic_graph> g;
  auto const x = g.input({.channels = 1});
  auto const total = g.state({.shape = {1, 1, 1, 1}}), sum = g.add(total, x);
  g.update(total, sum);
  auto const graph = g.finish(sum);
  ASSERT_TRUE(graph);
  auto observer = range_observer::create({.name = "sum",
                                          .graph = *graph,
                                          .constants = std::vector<std::span<std::byte const>>(3),
                                          .storage = {}});
  ASSERT_TRUE(observer) << observer.error().message;
  ASSERT_TRUE(observe(*observer, {2}));
  ASSERT_TRUE(observe(*observer, {3}));
  expect_range(observer->ranges().tensors[2], 2, 5);
  expect_range(observer->ranges().tensors[1], 0, 5);
  observer->reset();
  ASSERT_TRUE(observe(*observer, {-1}));
  expect_range(observer->ranges().tensors[1], -1, 5);
  EXPECT_FALSE(observe(*observer, {std::numeric_limits<float>::infinity()}));
  ASSERT_TRUE(observe(*observer, {4})) << "the infinite sum is forgotten";
  expect_range(observer->ranges().tensors[2], -1, 5);
}

TEST(range_observer, takes_float_networks_only) {
  network net = three_nodes();
  for (tensor_info& t : net.graph.tensors) {
    t.type = s8;
    t.quantization = {1.0f, 0};
  }
  auto const observer = range_observer::create(net);
  ASSERT_FALSE(observer);
  EXPECT_EQ(observer.error().code, errc::wrong_argument);
  EXPECT_EQ(observer.error().message.find("net.tflite: tensor 'x' holds s8"), 0u);
}

}  // namespace
