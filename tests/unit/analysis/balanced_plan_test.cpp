// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/balanced_plan.hpp>

#include "support/composed_plan.hpp"
#include "support/network_of.hpp"

namespace {

using namespace linnet;
using support::composed_plan;

/// What the choice minimizes, from the schedule itself: every step reads the constants of its operation.
double cost_of(network const& net, dynamic_plan const& plan) {
  std::int64_t bytes = 0;
  auto const sources = static_cast<std::size_t>(plan.options.stream_input ? 1 : 0);
  auto const read = [&](std::size_t call) { bytes += plan.planned_calls[call].packed_bytes + 500; };
  if (plan.by_layers()) {
    for (std::size_t i = 0; i < plan.planned_calls.size(); ++i) read(i);
  } else {
    for (std::uint16_t const operation : plan.schedule.steps) {
      if (operation >= sources)
        read(operation - sources);
      else
        bytes += 500;
    }
  }
  return static_cast<double>(plan.arena_bytes) *
         std::exp(3 * static_cast<double>(bytes) / static_cast<double>(macs(net.graph.view())));
}

TEST(balanced_options, cost_no_more_than_any_budget_far_from_the_least) {
  for (char const* name : {"mobilenet_v2:0.35:96", "mobilenet_v1:0.25:96:2", "squeezenet:1.1:96"}) {
    for (bool const streams : {false, true}) {
      composed_plan const layers(name, {.stream_input = streams}),
          least(name, {.policy = memory_policy::least_memory, .stream_input = streams});
      auto const options = balanced_options(layers.network, "scalar", streams);
      ASSERT_TRUE(options.has_value());
      EXPECT_EQ(options->stream_input, streams);
      composed_plan const chosen(name, *options);
      double const cost = cost_of(layers.network, chosen.plan);
      EXPECT_LE(cost, cost_of(layers.network, layers.plan)) << name;
      EXPECT_LT(chosen.plan.arena_bytes, layers.plan.arena_bytes * 7 / 10)
          << name << ": these nets gain by rows";
      EXPECT_GE(chosen.plan.arena_bytes * 4, least.plan.arena_bytes * 5) << name;
      for (std::int64_t budget = least.plan.arena_bytes * 5 / 4; budget < layers.plan.arena_bytes;
           budget += budget / 9) {
        composed_plan const other(
            name, {.policy = memory_policy::within, .budget = budget, .stream_input = streams});
        if (other.plan.arena_bytes * 4 < least.plan.arena_bytes * 5) continue;
        EXPECT_LE(cost, 1.03 * cost_of(layers.network, other.plan)) << name << ", within " << budget;
      }
    }
  }
}

TEST(balanced_options, run_layer_by_layer_what_rows_do_not_make_smaller) {
  support::graph_maker g;  // one convolution
  g.activation({1, 2, 2, 2}, s8, {0.5f, 0}, "x");
  g.constant({3, 1, 1, 2}, s8, std::vector<std::byte>(6), {0.25f, 0}, "w");
  g.activation({1, 2, 2, 3}, s8, {0.5f, 0}, "y");
  g.add({.kind = op::conv2d, .source = 7}, {0, 1}, 2);
  g.set_ends({0}, {2});
  network const net = support::network_of(g);
  auto const options = balanced_options(net, "scalar");
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(*options, plan_options{});
}

TEST(balanced_options, are_of_an_architecture_that_exists) {
  composed_plan const made("mobilenet_v1:0.25:32:2");
  auto const options = balanced_options(made.network, "cortex");
  ASSERT_FALSE(options.has_value());
  EXPECT_NE(options.error().message.find("'cortex'"), std::string::npos);
}

}  // namespace
