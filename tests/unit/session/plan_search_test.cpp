// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/plan_search.hpp>

#include "support/composed_plan.hpp"
#include "support/random_rows.hpp"
#include "support/row_mutations.hpp"

namespace {

using namespace linnet;

constexpr plan_options least{.policy = memory_policy::least_memory};

row_plan searched(planner::row_problem const& p, search_options const& options) {
  return search_rows(p, plan_rows(p, least), options);
}
bool same(row_plan const& a, row_plan const& b) {
  return a.bytes == b.bytes && a.rings == b.rings && a.table == b.table && a.steps == b.steps &&
         a.grouping.group_of == b.grouping.group_of;
}

TEST(search_rows, finds_sound_plans_between_the_bound_and_what_was_known) {
  int better = 0, tables = 0;
  for (std::uint64_t seed = 0; seed < 120 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::random_rows const made(seed);
    planner::row_problem const p = made.problem();
    row_plan const known = plan_rows(p, least), found = searched(p, {.effort = 12});
    EXPECT_LE(found.bytes, known.bytes);
    EXPECT_GE(found.bytes, bound_of_groupings(p).bytes) << "a bound for every plan";
    EXPECT_GE(found.bytes, found.lower_bound);
    auto const check = support::checked_rows(p, found);
    EXPECT_EQ(check.fault, planner::ring_fault::none);
    EXPECT_EQ(check.bytes, found.bytes);
    better += found.bytes < known.bytes ? 1 : 0;
    tables += found.table.empty() ? 0 : 1;
  }
  EXPECT_GT(better, 20);
  EXPECT_GT(tables, 10);
}

TEST(search_rows, makes_no_tables_where_none_are_wanted) {
  int better = 0;
  for (std::uint64_t seed = 0; seed < 80 && !HasFailure(); ++seed) {
    support::random_rows const made(seed);
    planner::row_problem const p = made.problem();
    row_plan found = searched(p, {.effort = 12, .row_tables = false});
    EXPECT_TRUE(found.table.empty());
    for (planner::ring const& r : found.rings) EXPECT_EQ(r.table, -1);
    EXPECT_GE(found.bytes, bound_of_groupings(p, true).bytes) << "a bound for every plan of rings";
    detail::row_planner memory(p);
    std::vector<planner::ring> scratch(found.rings.size());
    auto const check =
        check_rings(p, detail::row_planner::timeline_of(found), found.rings, scratch, memory.rings());
    EXPECT_EQ(check.fault, planner::ring_fault::none) << "seed " << seed;
    EXPECT_EQ(check.bytes, found.bytes);
    better += found.bytes < plan_rows(p, least).bytes ? 1 : 0;
  }
  EXPECT_GT(better, 3);
}

TEST(search_rows, equal_efforts_give_equal_plans_and_none_gives_the_known_one) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    support::random_rows const made(seed);
    planner::row_problem const p = made.problem();
    EXPECT_TRUE(same(searched(p, {.effort = 20}), searched(p, {.effort = 20}))) << "seed " << seed;
    EXPECT_TRUE(same(searched(p, {.effort = 0}), plan_rows(p, least))) << "seed " << seed;
    EXPECT_LE(searched(p, {.effort = 40}).bytes, searched(p, {.effort = 10}).bytes) << "seed " << seed;
  }
}

/// Costs of a call and of a row, whatever the operation.
std::vector<step_cost> equal_costs(planner::row_problem const& p) {
  return std::vector<step_cost>(p.operations.size(), step_cost{{.call = 431, .tile = 97, .pixels = 1}, 1});
}
std::int64_t cost_of(planner::row_problem const& p, grouped_operations const& grouping) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < p.operations.size(); ++i)
    sum += equal_costs(p)[i].of_steps(p.operations[i], grouping.strip[i], grouping.lag[i]);
  return sum;
}

TEST(search_rows, keeps_to_a_slowdown_and_needs_less_where_more_is_allowed) {
  int between = 0, tables = 0;
  for (std::uint64_t seed = 0; seed < 100 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::random_rows const made(seed);
    planner::row_problem const p = made.problem();
    grouped_operations layers(p.operations.size());
    group_layers(layers.view());
    std::int64_t const whole = cost_of(p, layers);
    std::vector<std::int64_t> bytes;
    for (std::int32_t slowdown : {0, 30, 200}) {
      row_plan const found =
          search_rows(p, plan_rows(p, least), {.effort = 16, .slowdown = slowdown}, equal_costs(p));
      EXPECT_LE(cost_of(p, found.grouping) * 100, whole * (100 + slowdown));
      EXPECT_GE(found.bytes, found.lower_bound);
      EXPECT_GE(found.bytes, bound_of_groupings(p).bytes);
      auto const check = support::checked_rows(p, found);
      EXPECT_EQ(check.fault, planner::ring_fault::none);
      EXPECT_EQ(check.bytes, found.bytes);
      tables += found.table.empty() ? 0 : 1;
      bytes.push_back(found.bytes);
    }
    EXPECT_LE(bytes[2], bytes[0]);
    between += bytes[1] < bytes[0] && bytes[2] < bytes[1] ? 1 : 0;
  }
  EXPECT_GT(between, 5);
  EXPECT_GT(tables, 10);
}

/// A chain of two operations that take as long whole as together, and need less memory then.
TEST(search_rows, takes_a_smaller_plan_that_costs_nothing) {
  std::vector<planner::row_buffer> const buffers{{.rows = 1, .row_bytes = 8, .present = true},
                                                 {.rows = 9, .row_bytes = 64},
                                                 {.rows = 9, .row_bytes = 64},
                                                 {.rows = 1, .row_bytes = 8, .kept = true}};
  std::vector<std::int32_t> const makers{0, 1};
  std::vector<planner::row_operation> const operations{
      {.operands = {{.buffer = 0, .whole = true}, {}}, .output = 1, .rows = 9, .input_rows = 1},
      {.operands = {{.buffer = 1, .first_maker = 0, .makers = 1}, {}},
       .output = 2,
       .rows = 9,
       .input_rows = 9},
      {.operands = {{.buffer = 2, .first_maker = 1, .makers = 1}, {}},
       .output = 3,
       .rows = 1,
       .input_rows = 9,
       .reach = 9,
       .stride = 9,
       .folds = true}};
  planner::row_problem const p{buffers, operations, makers};
  std::vector<step_cost> costs(3, step_cost{{.tile = 97, .pixels = 1}, 1});
  for (step_cost& cost : costs) cost.kernel.call = -executor_cost;  // steps cost nothing of their own
  row_plan const found = search_rows(p, plan_rows(p, {}), {.effort = 20, .slowdown = 0}, costs);
  EXPECT_LE(found.bytes, 8 + 64 + 64 + 8) << "a row at a time, instead of nine";
}

TEST(plan_graph, searches_for_the_least_memory_only) {
  auto const network = *composed_network("mobilenet_v2:0.35:64:10");
  graph_view const g = network.graph.view();
  auto const bytes = [&](plan_options const& options, std::int32_t effort) {
    return plan_graph<arch::scalar>(g, options, {.effort = effort})->arena_bytes;
  };
  EXPECT_LT(bytes(least, 10), bytes(least, 0));
  plan_options const within{.policy = memory_policy::within, .budget = bytes(least, 0)};
  EXPECT_EQ(bytes(within, 10), bytes(within, 0));
  EXPECT_EQ(bytes({}, 10), bytes({}, 0));
  auto const plan = plan_graph<arch::scalar>(g, least, {.effort = 10});
  for (std::size_t i = 0; i < plan->lives.size(); ++i) {
    planner::ring const& r = plan->schedule.rings[i];
    EXPECT_EQ(plan->offsets[i], r.offset);
    EXPECT_TRUE(r.rows == 0 || r.table >= 0 || r.end() <= plan->arena_bytes);
  }
}

}  // namespace
