// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/plan_search.hpp>
#include <linnet/session/table_placement.hpp>

#include "support/random_rows.hpp"
#include "support/row_mutations.hpp"

namespace {

using namespace linnet;

constexpr std::int64_t no_cutoff = std::numeric_limits<std::int64_t>::max();

/// A random problem with random groups, its rows placed one by one in a random order of buffers.
struct placed_table {
  support::random_rows made;
  planner::row_problem p;
  row_plan plan;
  std::int64_t bytes = 0;

  explicit placed_table(std::uint64_t seed) : made(seed), p(made.problem()) {
    detail::row_planner planner(p);
    grouped_operations groups(p.operations.size());
    for (std::size_t i = 1; i < groups.group_of.size(); ++i)
      groups.group_of[i] = groups.group_of[i - 1] + made.random().integer(0, 1);
    std::ranges::fill(groups.strip, made.random().integer(1, 3));
    plan = planner.schedule(std::move(groups), false);
    std::vector<std::int64_t> weight;
    for (std::size_t b = 0; b < p.buffers.size(); ++b) weight.push_back(made.random().integer(0, 9));
    detail::table_placer placer(p, plan);
    bytes = placer.place(weight, no_cutoff);
    placer.write(plan);
    EXPECT_EQ(placer.place(weight, bytes), bytes) << "what needs no fewer bytes than the cutoff is given up";
  }

  [[nodiscard]] std::int64_t address(std::size_t b, std::int32_t y) const {
    planner::ring const& r = plan.rings[b];
    if (r.table >= 0) return std::int64_t{8} * plan.table[static_cast<std::size_t>(r.table + y)];
    return r.offset + std::int64_t{y % std::max(1, r.rows)} * r.row_bytes;
  }
  template <class F>
  void for_each_row(F const& f) const {
    for (std::size_t b = 0; b < p.buffers.size(); ++b) {
      for (std::int32_t y = 0; y < p.buffers[b].rows; ++y) {
        auto const i = static_cast<std::size_t>(plan.base[b] + y);
        if (plan.birth[i] >= 0) f(b, y, plan.birth[i], plan.death[i]);
      }
    }
  }
};

TEST(table_placer, no_two_living_rows_share_bytes) {
  std::size_t rows = 0;
  for (std::uint64_t seed = 0; seed < 200 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    placed_table const t(seed);
    rows += t.plan.table.size();
    std::int64_t end = 0;
    t.for_each_row([&](std::size_t a, std::int32_t y, std::int32_t born_a, std::int32_t dead_a) {
      std::int64_t const at = t.address(a, y), behind = at + t.p.buffers[a].row_bytes;
      end = std::max(end, behind);
      EXPECT_EQ(at % t.p.buffers[a].alignment, 0);
      t.for_each_row([&](std::size_t b, std::int32_t z, std::int32_t born_b, std::int32_t dead_b) {
        if ((a == b && y == z) || born_a > dead_b || born_b > dead_a) return;
        EXPECT_TRUE(behind <= t.address(b, z) || t.address(b, z) + t.p.buffers[b].row_bytes <= at)
            << "row " << y << " of " << a << ", row " << z << " of " << b;
      });
    });
    EXPECT_EQ(t.bytes, end);
    EXPECT_GE(t.bytes, t.plan.lower_bound);
  }
  EXPECT_GT(rows, 1000u);
}

TEST(table_placer, satisfies_the_check_of_tables) {
  for (std::uint64_t seed = 0; seed < 200 && !HasFailure(); ++seed) {
    placed_table t(seed);
    auto const found = support::checked_rows(t.p, t.plan);
    EXPECT_EQ(found.fault, planner::ring_fault::none) << "seed " << seed;
    EXPECT_EQ(found.bytes, t.bytes);
  }
}

TEST(table_placer, rows_that_somebody_sees_as_a_whole_lie_side_by_side) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    placed_table const t(seed);
    EXPECT_EQ(t.plan.rings.front().table, -1) << "the input";
    EXPECT_EQ(t.plan.rings.back().table, -1) << "the output";
    for (planner::row_operation const& o : t.p.operations) {
      if (!o.writes_whole) continue;
      EXPECT_EQ(t.plan.rings[static_cast<std::size_t>(o.output)].table, -1);
      EXPECT_EQ(t.plan.rings[static_cast<std::size_t>(o.operands[0].buffer)].table, -1);
    }
  }
}

/// Rows that a step makes are made in one call where they lie side by side; what steps work in has one place.
TEST(table_placer, places_the_rows_of_a_step_together) {
  int runs = 0, states = 0;
  for (std::uint64_t seed = 0; seed < 200 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    placed_table const t(seed);
    std::vector<planner::row_rule> rules(t.p.buffers.size());
    find_row_rules(t.p, rules);
    for (std::size_t b = 0; b < t.p.buffers.size(); ++b) {
      planner::row_buffer const& buffer = t.p.buffers[b];
      planner::ring const& r = t.plan.rings[b];
      if (rules[b] == planner::row_rule::one_slot && r.rows > 0) {
        EXPECT_EQ(r.rows, 1);
        EXPECT_EQ(r.table, -1);
        ++states;
      }
      if (r.table < 0 || buffer.row_bytes % planner::table_unit != 0) continue;
      for (std::int32_t y = 1; y < buffer.rows; ++y) {
        auto const i = static_cast<std::size_t>(t.plan.base[b] + y);
        if (t.plan.birth[i] < 0 || t.plan.birth[i] != t.plan.birth[i - 1]) continue;
        EXPECT_EQ(t.address(b, y), t.address(b, y - 1) + buffer.row_bytes);
        ++runs;
      }
    }
  }
  EXPECT_GT(runs, 50);
  EXPECT_GT(states, 50);
}

TEST(table_placer, improves_and_keeps_what_it_found) {
  int better = 0;
  for (std::uint64_t seed = 0; seed < 100 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    placed_table t(seed);
    detail::table_placer placer(t.p, t.plan);
    std::vector<std::int64_t> const weight(t.p.buffers.size());
    std::int64_t const before = placer.place(weight, no_cutoff);
    detail::search_dice dice;
    std::int64_t const after = placer.improve(before, 60, t.plan.lower_bound, dice);
    EXPECT_LE(after, before);
    placer.write(t.plan);
    auto const found = support::checked_rows(t.p, t.plan);
    EXPECT_EQ(found.fault, planner::ring_fault::none);
    EXPECT_EQ(found.bytes, after);
    better += after < before ? 1 : 0;
  }
  EXPECT_GT(better, 10);
}

}  // namespace
