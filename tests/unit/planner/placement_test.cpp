// SPDX-License-Identifier: MIT
#include <array>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/planner/placement.hpp>

namespace {

using linnet::planner::interval;
using linnet::planner::placement;
using intervals = std::vector<interval>;

struct plan {
  placement result;
  std::vector<std::int64_t> offsets;
};

plan place(intervals const& wanted, std::int64_t effort = linnet::planner::default_effort) {
  std::vector<std::int64_t> offsets(wanted.size(), -1), trial(wanted.size());
  std::vector<std::int32_t> order(wanted.size()), sorted(wanted.size());
  auto const result =
      linnet::planner::place(wanted, offsets, {.order = order, .sorted = sorted, .trial = trial}, effort);
  return {result, offsets};
}

/// Whether two intervals share a step, found by looking at every step.
bool share_a_step(interval const& a, interval const& b) {
  for (int step = a.first; step <= a.last; ++step) {
    if (b.first <= step && step <= b.last) return true;
  }
  return false;
}

std::int64_t most_in_a_step(intervals const& wanted) {
  std::int64_t most = 0;
  for (int step = 0; step < 100; ++step) {
    std::int64_t sum = 0;
    for (interval const& i : wanted) sum += i.first <= step && step <= i.last ? i.bytes : 0;
    most = std::max(most, sum);
  }
  return most;
}

/// Everything that must hold whatever the quality of a plan.
void expect_sound(intervals const& wanted, plan const& p) {
  std::int64_t top = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::int64_t const begin = p.offsets[i], end = begin + wanted[i].bytes;
    ASSERT_GE(begin, 0);
    ASSERT_EQ(begin % wanted[i].alignment, 0) << i;
    top = std::max(top, end);
    for (std::size_t j = 0; j < i; ++j) {
      if (!share_a_step(wanted[i], wanted[j])) continue;
      ASSERT_TRUE(end <= p.offsets[j] || p.offsets[j] + wanted[j].bytes <= begin) << i << " overlaps " << j;
    }
  }
  ASSERT_EQ(p.result.bytes, top);
  ASSERT_EQ(p.result.lower_bound, most_in_a_step(wanted));
  ASSERT_GE(p.result.bytes, p.result.lower_bound);
  ASSERT_TRUE(p.result.optimal || p.result.bytes > p.result.lower_bound);
}

/// Tries every offset of every interval: whether `size` bytes are enough.
bool fits(intervals const& wanted, std::int64_t size, std::vector<std::int64_t>& offsets) {
  std::size_t const i = offsets.size();
  if (i == wanted.size()) return true;
  for (std::int64_t begin = 0; begin + wanted[i].bytes <= size; begin += wanted[i].alignment) {
    bool free = true;
    for (std::size_t j = 0; j < i && free; ++j) {
      free = !share_a_step(wanted[i], wanted[j]) || begin + wanted[i].bytes <= offsets[j] ||
             offsets[j] + wanted[j].bytes <= begin;
    }
    if (!free) continue;
    offsets.push_back(begin);
    bool const rest = fits(wanted, size, offsets);
    offsets.pop_back();
    if (rest) return true;
  }
  return false;
}

std::int64_t least_bytes(intervals const& wanted) {
  std::vector<std::int64_t> offsets;
  std::int64_t size = most_in_a_step(wanted);
  while (!fits(wanted, size, offsets)) ++size;
  return size;
}

class random_intervals {
 public:
  explicit random_intervals(unsigned seed) : random_(seed) {}
  int number(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
  intervals make(int count, int most_bytes, int steps, std::vector<int> const& alignments) {
    intervals made;
    for (int i = 0; i < count; ++i) {
      int const first = number(0, steps - 1);
      made.push_back(
          {.bytes = number(1, most_bytes),
           .alignment =
               alignments[static_cast<std::size_t>(number(0, static_cast<int>(alignments.size()) - 1))],
           .first = first,
           .last = std::min(steps - 1, first + number(0, 3))});
    }
    return made;
  }

 private:
  std::mt19937 random_;
};

TEST(placement, alive_together_is_sharing_a_step) {
  for (int code = 0; code < 625; ++code) {
    interval const a{.first = code % 5, .last = code % 5 + code / 5 % 5},
        b{.first = code / 25 % 5, .last = code / 25 % 5 + code / 125};
    ASSERT_EQ(linnet::planner::alive_together(a, b), share_a_step(a, b)) << code;
  }
}

TEST(placement, of_small_instances_is_the_optimum) {
  random_intervals random(14);
  int above_the_bound = 0;
  for (int i = 0; i < 600; ++i) {
    intervals const wanted =
        random.make(random.number(1, 6), 4, 5, i % 2 == 0 ? std::vector{1} : std::vector{1, 2, 4});
    plan const p = place(wanted);
    ASSERT_NO_FATAL_FAILURE(expect_sound(wanted, p));
    ASSERT_TRUE(p.result.optimal);  // 6! orders are far fewer than the effort allows
    ASSERT_EQ(p.result.bytes, least_bytes(wanted)) << "instance " << i;
    above_the_bound += p.result.bytes > p.result.lower_bound;
  }
  EXPECT_GT(above_the_bound, 20);  // or the search was never needed
}

TEST(placement, of_random_graphs_is_sound) {
  random_intervals random(15);
  for (int i = 0; i < 60; ++i) {
    intervals wanted = random.make(random.number(50, 70), 100000, 40, {1, 4, 16, 64});
    wanted[3].bytes = 0;
    wanted[7] = {.bytes = 5, .alignment = 1, .first = 0, .last = 39};  // alive all the time
    plan const p = place(wanted, 8000);
    ASSERT_NO_FATAL_FAILURE(expect_sound(wanted, p));
    ASSERT_LE(p.result.bytes, p.result.lower_bound * 3 / 2) << "instance " << i;
    ASSERT_EQ(place(wanted, 8000).offsets, p.offsets);  // the same again
  }
}

TEST(placement, of_a_chain_meets_the_bound) {
  random_intervals random(16);
  for (int i = 0; i < 100; ++i) {
    intervals wanted;
    for (int step = 0; step < 12; ++step) {
      wanted.push_back({.bytes = random.number(1, 1000), .alignment = 1, .first = step, .last = step + 1});
    }
    plan const p = place(wanted);
    ASSERT_NO_FATAL_FAILURE(expect_sound(wanted, p));
    ASSERT_EQ(p.result.bytes, p.result.lower_bound) << "instance " << i;
  }
}

TEST(placement, claims_no_optimum_that_small_effort_could_not_prove) {
  random_intervals random(17);
  int given_up = 0;
  for (int i = 0; i < 300; ++i) {
    intervals const wanted = random.make(8, 9, 6, {1, 4});
    plan const hasty = place(wanted, 20), thorough = place(wanted, 4'000'000);
    ASSERT_NO_FATAL_FAILURE(expect_sound(wanted, hasty));
    ASSERT_TRUE(thorough.result.optimal);
    ASSERT_LE(thorough.result.bytes, hasty.result.bytes);
    if (hasty.result.optimal) {
      ASSERT_EQ(hasty.result.bytes, thorough.result.bytes);
    }
    given_up += !hasty.result.optimal;
  }
  EXPECT_GT(given_up, 20);
}

TEST(placement, of_hardly_anything) {
  EXPECT_EQ(place({}).result.bytes, 0);
  EXPECT_TRUE(place({}).result.optimal);
  EXPECT_EQ(place({{.bytes = 7, .alignment = 4, .first = 2, .last = 2}}).offsets[0], 0);
  plan const huge = place({{.bytes = std::int64_t{1} << 40}, {.bytes = std::int64_t{1} << 40}});
  EXPECT_EQ(huge.result.bytes, std::int64_t{1} << 41);
  plan const apart = place({{.bytes = 10, .first = 0, .last = 3}, {.bytes = 20, .first = 4, .last = 5}});
  EXPECT_EQ(apart.result.bytes, 20);
}

TEST(placement, alignment_may_cost_more_than_the_bound) {
  plan const p = place({{.bytes = 1, .alignment = 16}, {.bytes = 1, .alignment = 16}});
  EXPECT_EQ(p.result.lower_bound, 2);
  EXPECT_EQ(p.result.bytes, 17);
  EXPECT_TRUE(p.result.optimal);
}

}  // namespace
