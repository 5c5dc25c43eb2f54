// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/row_plan.hpp>

#include "support/random_rows.hpp"

namespace {

using namespace linnet;

/// Steps times what each reads again.
std::int64_t traffic(planner::row_problem const& p, row_plan const& plan) {
  std::int64_t bytes = 0;
  for (std::uint16_t operation : plan.steps) bytes += p.operations[operation].constants + planner::step_cost;
  return bytes;
}

TEST(plan_rows, places_what_it_schedules) {
  for (std::uint64_t seed = 0; seed < 150 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::random_rows const made(seed);
    planner::row_problem const p = made.problem();
    row_plan plan = plan_rows(p, {.policy = memory_policy::least_memory});
    EXPECT_GE(plan.bytes, plan.lower_bound);
    detail::row_planner memory(p);
    std::vector<planner::ring> scratch(plan.rings.size());
    auto const check =
        check_rings(p, detail::row_planner::timeline_of(plan), plan.rings, scratch, memory.rings());
    EXPECT_EQ(check.fault, planner::ring_fault::none);
    EXPECT_EQ(check.bytes, plan.bytes);
    EXPECT_TRUE(plan.grouping.begins_group(0));
  }
}

TEST(plan_rows, keeps_every_budget_from_the_least_memory_up_and_uses_it) {
  int less = 0;
  for (std::uint64_t seed = 0; seed < 100 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::random_rows const made(seed);
    planner::row_problem const p = made.problem();
    row_plan const least = plan_rows(p, {.policy = memory_policy::least_memory});
    for (std::int64_t budget : {least.bytes, 2 * least.bytes, 20 * least.bytes}) {
      row_plan const within = plan_rows(p, {.policy = memory_policy::within, .budget = budget});
      EXPECT_LE(within.bytes, budget);
      less += traffic(p, within) < traffic(p, least) ? 1 : 0;
    }
  }
  EXPECT_GT(less, 150) << "budgets are there to be used";
}

TEST(plan_rows, gives_the_smallest_plan_where_the_budget_cannot_be_met) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    support::random_rows const made(seed);
    planner::row_problem const p = made.problem();
    row_plan const least = plan_rows(p, {.policy = memory_policy::least_memory});
    row_plan const tight = plan_rows(p, {.policy = memory_policy::within, .budget = 1});
    EXPECT_EQ(tight.bytes, least.bytes) << "seed " << seed;
    EXPECT_EQ(tight.steps, least.steps);
  }
}

TEST(row_planner, rows_that_may_die_in_any_order_need_no_more) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    support::random_rows const made(seed);
    planner::row_problem const p = made.problem();
    detail::row_planner planner(p);
    EXPECT_LE(planner.schedule(grouped_operations(p.operations.size()), false).lower_bound,
              planner.schedule(grouped_operations(p.operations.size()), true).lower_bound);
  }
}

}  // namespace
