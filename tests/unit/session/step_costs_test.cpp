// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/dynamic_plan.hpp>

#include "support/composed_plan.hpp"

namespace {

using namespace linnet;

TEST(step_cost, counts_tiles_begun_and_calls) {
  step_cost const cost{{.call = 100, .tile = 10, .pixels = 4}, 5};
  EXPECT_EQ(cost.of_rows(1), executor_cost + 100 + 20) << "5 pixels are two tiles";
  EXPECT_EQ(cost.of_rows(4), executor_cost + 100 + 50) << "20 are five";
  planner::row_operation const o{.rows = 9, .input_rows = 9};
  EXPECT_EQ(cost.of_steps(o, 4, 0), 2 * cost.of_rows(4) + cost.of_rows(1));
  EXPECT_EQ(cost.of_steps(o, 4, 3), 2 * cost.of_rows(1 + 3) + cost.of_rows(1)) << "1, 4 and 4 rows";
  EXPECT_EQ(cost.of_steps(o, 4, 1), cost.of_rows(3) + cost.of_rows(4) + cost.of_rows(2));
  EXPECT_EQ(cost.of_steps(o, planner::whole_strip, 0), cost.of_rows(9));
  planner::row_operation const folding{.rows = 1, .input_rows = 9, .reach = 9, .stride = 9, .folds = true};
  EXPECT_EQ(cost.of_steps(folding, 5, 0), cost.of_rows(5) + cost.of_rows(4)) << "of input rows";
}

/// What kernels say of themselves holds for those that run a call, for ancestors where they are selected.
TEST(step_costs, are_those_of_the_selected_kernels) {
  auto const network = *composed_network("mobilenet_v2:0.35:64:10");
  graph_view const g = network.graph.view();
  plan_options const least{.policy = memory_policy::least_memory};
  auto const dsp = plan_graph<arch::arm_dsp>(g, least), scalar = plan_graph<arch::scalar>(g, least);
  ASSERT_TRUE(dsp && scalar);
  auto const costs = step_costs<arch::arm_dsp>(g, dsp->planned_calls, 1);
  ASSERT_EQ(costs.size(), dsp->planned_calls.size() + 1) << "one for who brings the input";
  EXPECT_EQ(costs[0].of_rows(3), executor_cost);
  int tiles = 0, unstated = 0;
  for (std::size_t i = 0; i < dsp->planned_calls.size(); ++i) {
    planned_call const& call = dsp->planned_calls[i];
    if (call.layout == kernels::packed_layout::channel_pairs) {
      EXPECT_EQ(costs[i + 1].kernel.pixels, 4);
      ++tiles;
    }
    EXPECT_GT(costs[i + 1].kernel.tile, 0);
  }
  for (step_cost const& cost : step_costs<arch::scalar>(g, scalar->planned_calls, 0)) {
    EXPECT_EQ(cost.kernel.pixels, 1);
    EXPECT_EQ(cost.kernel.call, 0);
    ++unstated;
  }
  EXPECT_GT(tiles, 10);
  EXPECT_GT(unstated, 10);
}

}  // namespace
