// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/bounded_groupings.hpp>

#include "support/random_rows.hpp"

namespace {

using namespace linnet;

std::vector<step_cost> random_costs(support::random_source& random, std::size_t count) {
  std::vector<step_cost> costs(count);
  for (step_cost& cost : costs) {
    cost.kernel = {random.integer(0, 900), random.integer(1, 90), random.pick({1, 4, 8})};
    cost.pixels_a_row = random.integer(1, 9);
  }
  return costs;
}

/// Everything that a grouping costs, and the most that it keeps alive.
struct judged {
  std::int64_t bytes, cost;
};
judged judge(planner::row_problem const& p, std::span<step_cost const> costs, grouped_operations grouping) {
  std::int64_t cost = 0;
  for (std::size_t i = 0; i < costs.size(); ++i)
    cost += costs[i].of_steps(p.operations[i], grouping.strip[i], grouping.lag[i]);
  detail::row_planner planner(p);
  return {planner.schedule(std::move(grouping), false).lower_bound, cost};
}

/// Calls `f` with every way to cut operations into groups of one height each; short problems only.
template <class F>
void for_each_grouping(planner::row_problem const& p, grouped_operations& grouping, std::size_t first,
                       F const& f) {
  std::size_t const count = p.operations.size();
  if (first == count) return f(grouping);
  std::int32_t const group = first == 0 ? 0 : grouping.group_of[first - 1] + 1;
  for (std::size_t end = first + 1; end <= count; ++end) {
    for (std::int32_t strip : strip_heights) {
      align_group(p, first, end, strip, grouping.lag);
      for (std::size_t i = first; i < end; ++i) {
        grouping.group_of[i] = group;
        grouping.strip[i] = strip;
      }
      for_each_grouping(p, grouping, end, f);
    }
  }
}

TEST(bounded_groupings, are_the_cheapest_of_all_that_keep_so_much_alive) {
  int problems = 0, tall = 0;
  for (std::uint64_t seed = 0; problems < 12 && !HasFailure(); ++seed) {
    support::random_rows made(seed);
    planner::row_problem const p = made.problem();
    if (p.operations.size() > 3 || p.operations.size() < 2) continue;
    SCOPED_TRACE("seed " + std::to_string(seed));
    ++problems;
    auto const costs = random_costs(made.random(), p.operations.size());
    detail::bounded_groupings const all(p, costs);
    std::vector<judged> every;
    grouped_operations grouping(p.operations.size());
    for_each_grouping(p, grouping, 0,
                      [&](grouped_operations const& g) { every.push_back(judge(p, costs, g)); });
    for (std::int64_t const bytes : all.sizes()) {
      std::int64_t least = std::numeric_limits<std::int64_t>::max();
      for (judged const& one : every) {
        if (one.bytes <= bytes) least = std::min(least, one.cost);
      }
      costed_grouping const found = all.within(bytes);
      if (found.grouping.strip.empty()) {
        EXPECT_EQ(least, std::numeric_limits<std::int64_t>::max()) << bytes << " bytes";
        continue;
      }
      judged const real = judge(p, costs, found.grouping);
      EXPECT_EQ(found.cost, least) << bytes << " bytes";
      EXPECT_EQ(real.cost, found.cost);
      EXPECT_EQ(real.bytes, found.bytes);
      EXPECT_LE(found.bytes, bytes);
      tall += std::ranges::any_of(found.grouping.strip, [](std::int32_t s) { return s > 1; }) ? 1 : 0;
    }
    EXPECT_TRUE(all.within(0).grouping.strip.empty()) << "nothing needs no memory";
  }
  EXPECT_EQ(problems, 12);
  EXPECT_GT(tall, 12);
}

}  // namespace
