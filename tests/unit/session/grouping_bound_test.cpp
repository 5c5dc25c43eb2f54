// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <linnet/session/grouping_bound.hpp>

#include "support/composed_plan.hpp"
#include "support/random_rows.hpp"

namespace {

using namespace linnet;

/// What a grouping keeps alive at most, run as a whole; bit i of `borders`: a group begins behind operation
/// i.
std::int64_t most_alive_in(planner::row_problem const& p, std::uint32_t borders, bool ring) {
  support::rows_memory m(p);
  for (std::size_t i = 1; i < m.group_of.size(); ++i)
    m.group_of[i] = m.group_of[i - 1] + static_cast<std::int32_t>(borders >> (i - 1) & 1);
  m.schedule(p, ring);
  return most_alive(p, m.timeline(), m.change);
}

/// By trying all groupings whose groups have at most `longest` operations.
std::int64_t least_of_all(planner::row_problem const& p, bool ring, std::size_t longest) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::uint32_t borders = 0; borders >> (p.operations.size() - 1) == 0; ++borders) {
    std::size_t length = 1, most = 1;
    for (std::size_t i = 0; i + 1 < p.operations.size(); ++i) {
      length = (borders >> i & 1) != 0 ? 1 : length + 1;
      most = std::max(most, length);
    }
    if (most <= longest) least = std::min(least, most_alive_in(p, borders, ring));
  }
  return least;
}

TEST(bound_of_groupings, is_the_least_of_all_groupings_of_small_problems) {
  int grouped = 0;
  for (std::uint64_t seed = 0; seed < 200 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::random_rows const made(seed);
    planner::row_problem const p = made.problem();
    for (bool ring : {false, true}) {
      for (std::size_t longest : {std::size_t{2}, std::size_t{planner::longest_group}}) {
        grouping_bound const found = bound_of_groupings(p, ring, longest);
        EXPECT_EQ(found.bytes, least_of_all(p, ring, longest)) << (ring ? "rings" : "rows in any order");
      }
    }
    grouped += bound_of_groupings(p).grouping.group_of.back() + 1 < std::ssize(p.operations) ? 1 : 0;
  }
  EXPECT_GT(grouped, 5) << "some problems are better off with groups";
}

TEST(bound_of_groupings, comes_with_a_grouping_that_reaches_it) {
  for (std::uint64_t seed = 0; seed < 200 && !HasFailure(); ++seed) {
    support::random_rows const made(seed);
    planner::row_problem const p = made.problem();
    for (bool ring : {false, true}) {
      grouping_bound found = bound_of_groupings(p, ring, 3);
      EXPECT_EQ(found.grouping.group_of[0], 0);
      EXPECT_TRUE(std::ranges::is_sorted(found.grouping.group_of));
      EXPECT_EQ(std::ranges::count(found.grouping.strip, 1), std::ssize(p.operations));
      detail::row_planner planner(p);
      EXPECT_EQ(planner.schedule(std::move(found.grouping), ring).lower_bound, found.bytes)
          << "seed " << seed;
    }
  }
}

/// Groups of taller steps keep what a schedule of them keeps, group by group.
TEST(bound_search, knows_what_groups_of_any_height_keep_alive) {
  for (std::uint64_t seed = 0; seed < 100 && !HasFailure(); ++seed) {
    support::random_rows const made(seed);
    planner::row_problem const p = made.problem();
    std::size_t const count = p.operations.size(), border = count / 2;
    for (std::int32_t strip : {1, 2, 3, planner::whole_strip}) {
      detail::bound_search search(p, false);
      std::int64_t const second = search.group_bytes(border, count, strip),
                         first = border == 0 ? 0 : search.group_bytes(0, border, strip);
      grouped_operations grouping(count);
      for (std::size_t i = border; i < count; ++i) grouping.group_of[i] = border == 0 ? 0 : 1;
      std::ranges::fill(grouping.strip, strip);
      if (border > 0) align_group(p, 0, border, strip, grouping.lag);
      align_group(p, border, count, strip, grouping.lag);
      detail::row_planner planner(p);
      EXPECT_EQ(planner.schedule(std::move(grouping), false).lower_bound, std::max(first, second))
          << "seed " << seed << ", " << strip << " rows a step";
    }
  }
}

TEST(bound_of_groupings, of_networks) {
  auto const expect_bound = [](std::string const& name, std::int64_t in_ram, std::int64_t streamed) {
    for (bool streams : {false, true}) {
      support::composed_plan const made(name,
                                        {.policy = memory_policy::least_memory, .stream_input = streams});
      std::int64_t const bytes = bound_of_groupings(made.plan.rows.problem()).bytes;
      EXPECT_EQ(bytes, streams ? streamed : in_ram) << name;
      EXPECT_LE(bytes, made.plan.arena_bytes);
    }
  };
  expect_bound("mobilenet_v2:1.0:224", 189952, 101472);
  expect_bound("mobilenet_v2:0.35:96", 29376, 13920);
  expect_bound("squeezenet:1.1:224", 159968, 57472);
}

}  // namespace
