// SPDX-License-Identifier: MIT
#include <cstdint>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/runtime/row_search.hpp>

#include "support/random_rows.hpp"

namespace {

using namespace linnet;
using numbers = std::vector<std::int32_t>;
using search = row_search<numbers>;

struct trials {
  std::vector<search> all;  // each with its number
  std::int32_t best = -1;
};

/// Follows a search to its end, where trial i takes `bytes(trial)`.
trials follow(plan_options const& options, planner::row_problem const& p,
              std::function<std::int64_t(search const&)> const& bytes) {
  support::rows_memory m(p);
  numbers const none(p.operations.size());
  search s = begin_search<numbers>(options, p, m.grouping_workspace(),
                                   {.group_of = none, .strip = none, .accepted = none});
  trials seen;
  while (!s.finished && seen.all.size() < 100) {
    EXPECT_EQ(s.trial, static_cast<std::int32_t>(seen.all.size()));
    seen.all.push_back(s);
    s = next_search(options, p, s, bytes(s), m.grouping_workspace());
  }
  EXPECT_TRUE(s.finished);
  seen.best = s.best;
  return seen;
}

TEST(row_search, without_a_budget_tries_once) {
  support::random_rows const made(1);
  for (memory_policy policy : {memory_policy::layer_by_layer, memory_policy::least_memory}) {
    trials const t =
        follow({.policy = policy, .stream_input = true}, made.problem(), [](auto const&) { return 1 << 30; });
    EXPECT_EQ(t.all.size(), 1u);
    EXPECT_EQ(t.best, 0);
  }
}

TEST(row_search, an_estimate_that_fits_is_taken) {
  support::random_rows const made(2);
  plan_options const options{.policy = memory_policy::within, .budget = 1000000};
  trials const t = follow(options, made.problem(), [](auto const&) { return 1000; });
  EXPECT_EQ(t.all.size(), 1u);
  trials const second =
      follow(options, made.problem(), [](search const& s) { return s.trial == 0 ? 1000001 : 1000000; });
  EXPECT_EQ(second.best, 1);
  EXPECT_EQ(second.all.size(), 2u);
}

/// Whatever trials take: the one that is taken fits where any did that was tried last, and strips are raised
/// from what was accepted.
TEST(row_search, takes_a_trial_that_fits_where_there_is_one) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    support::random_rows const made(seed);
    support::random_source random(seed);
    plan_options const options{.policy = memory_policy::within, .budget = 100};
    std::vector<bool> fits;
    trials const t = follow(options, made.problem(), [&](search const&) {
      fits.push_back(random.one_in(3));
      return fits.back() ? 100 : 101;
    });
    ASSERT_LE(t.all.size(), static_cast<std::size_t>(detail::most_trials) + 1);
    bool any = false;
    for (bool fit : fits) any = any || fit;
    ASSERT_GE(t.best, 0);
    EXPECT_EQ(fits[static_cast<std::size_t>(t.best)], any) << "seed " << seed;
  }
}

TEST(row_search, raises_the_strips_of_one_group_after_the_other) {
  support::random_rows const made(5);
  plan_options const options{.policy = memory_policy::within, .budget = 1};  // no estimate fits that
  trials const t = follow(options, made.problem(), [](search const&) { return 1; });
  ASSERT_GE(t.all.size(), 2u);
  EXPECT_EQ(t.all[0].strip, numbers(made.operations.size(), 1)) << "first the least memory";
  EXPECT_EQ(t.best, static_cast<std::int32_t>(t.all.size()) - 1);
  for (std::size_t i = 1; i < t.all.size(); ++i) {
    EXPECT_EQ(t.all[i].group_of, t.all[0].group_of);
    EXPECT_NE(t.all[i].strip, t.all[i - 1].strip);
  }
  EXPECT_EQ(t.all.back().strip, numbers(made.operations.size(), planner::whole_strip)) << "all of them fit";
}

TEST(budget_of, within_its_own_and_fastest_the_cache) {
  EXPECT_EQ(budget_of({.policy = memory_policy::within, .budget = 77}), 77);
  EXPECT_EQ(budget_of({.policy = memory_policy::fastest, .budget = 77}), near_bytes);
}

}  // namespace
