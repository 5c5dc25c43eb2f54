// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/row_groups.hpp>

#include "support/composed_plan.hpp"

namespace {

using namespace linnet;
using support::composed_plan;

constexpr plan_options policies[] = {{.policy = memory_policy::layer_by_layer},
                                     {.policy = memory_policy::least_memory},
                                     {.policy = memory_policy::least_memory, .stream_input = true},
                                     {.policy = memory_policy::layer_by_layer, .stream_input = true},
                                     {.policy = memory_policy::within, .budget = 40000}};

TEST(row_groups, cover_all_nodes_and_steps_in_order) {
  for (plan_options const& options : policies) {
    composed_plan const made("mobilenet_v2:0.35:96", options);
    auto const groups = groups_of(made.plan);
    ASSERT_EQ(groups.empty(), made.plan.by_layers());
    std::int32_t node = -1, step = 0;
    for (row_group const& group : groups) {
      EXPECT_EQ(group.first_step, step);
      step += group.steps;
      EXPECT_GT(group.steps, 0);
      EXPECT_GE(group.strip, 1);
      EXPECT_LE(group.strip, 96);
      if (group.last_node < 0) continue;  // the input alone
      EXPECT_EQ(group.first_node, node + 1);
      EXPECT_GE(group.last_node, group.first_node);
      node = group.last_node;
    }
    if (groups.empty()) continue;
    EXPECT_EQ(static_cast<std::size_t>(step), made.plan.schedule.steps.size());
    EXPECT_EQ(static_cast<std::size_t>(node) + 1, made.graph().nodes.size());
  }
}

TEST(row_groups, of_one_row_a_step_in_words) {
  EXPECT_EQ(in_words({.strip = 1, .steps = 1}), "1 step of 1 row");
  EXPECT_EQ(in_words({.first_node = 3, .strip = 16, .steps = 1200}), "1,200 steps of 16 rows");
  EXPECT_EQ(in_words({.first_node = 3, .last_node = 5, .strip = 16, .steps = 3}), "each in 1 step");
}

TEST(row_groups, in_a_summary_nodes_that_run_whole_are_one_line) {
  row_group const input{.strip = 96, .steps = 1},
      rows{.first_node = 0, .last_node = 4, .strip = 2, .first_step = 1, .steps = 90};
  row_group const a{.first_node = 5, .last_node = 5, .strip = 8, .first_step = 91, .steps = 1};
  row_group const b{.first_node = 6, .last_node = 6, .strip = 9, .first_step = 92, .steps = 1};
  row_group const both{.first_node = 5, .last_node = 6, .strip = 9, .first_step = 91, .steps = 2};
  std::vector<row_group> const groups{input, rows, a, b, rows, b};
  EXPECT_EQ(summary_of(groups), (std::vector<row_group>{input, rows, both, rows, b}));
  EXPECT_TRUE(summary_of({}).empty());
}

TEST(row_groups, weights_are_read_once_layer_by_layer_and_more_often_in_lower_strips) {
  composed_plan const layers("mobilenet_v2:0.35:96", policies[0]), least("mobilenet_v2:0.35:96", policies[1]),
      within("mobilenet_v2:0.35:96", policies[4]);
  EXPECT_EQ(weights_read(layers.plan), layers.plan.packed_bytes);
  EXPECT_GT(weights_read(within.plan), weights_read(layers.plan));
  EXPECT_GT(weights_read(least.plan), weights_read(within.plan));
}

}  // namespace
