// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/planner/row_schedule.hpp>

#include "support/random_rows.hpp"

namespace {

using namespace linnet::planner;
using support::rows_memory;

/// Two windows of three rows over an image of four, the ends padded.
struct two_windows {
  std::vector<row_buffer> buffers{{.rows = 4, .row_bytes = 10, .present = true},
                                  {.rows = 4, .row_bytes = 20},
                                  {.rows = 4, .row_bytes = 5, .kept = true}};
  std::vector<std::int32_t> makers{0};
  std::vector<row_operation> operations{
      {.operands = {{.buffer = 0}, {}}, .output = 1, .rows = 4, .input_rows = 4, .reach = 3, .padding = 1},
      {.operands = {{.buffer = 1, .first_maker = 0, .makers = 1}, {}},
       .output = 2,
       .rows = 4,
       .input_rows = 4,
       .reach = 3,
       .padding = 1}};
  [[nodiscard]] row_problem problem() const { return {buffers, operations, makers}; }
};
using numbers = std::vector<std::int32_t>;

numbers steps_of(rows_memory const& m) {
  return {m.steps.begin(), m.steps.begin() + static_cast<std::ptrdiff_t>(m.step_count)};
}

TEST(schedule_rows, a_group_pulls_the_rows_of_its_last_operation) {
  two_windows const made;
  rows_memory m(made.problem());
  m.schedule(made.problem());
  EXPECT_EQ(steps_of(m), (numbers{0, 0, 1, 0, 1, 0, 1, 1}));
  EXPECT_EQ(m.birth, (numbers{0, 0, 0, 0, 1, 2, 4, 6, 3, 5, 7, 8}));
  EXPECT_EQ(m.death, (numbers{2, 4, 6, 6, 5, 7, 8, 8, 9, 9, 9, 9}));
  EXPECT_EQ(most_alive(made.problem(), m.timeline(), m.change), 3 * 10 + 3 * 20 + 5) << "at time 4";
}

TEST(schedule_rows, groups_run_one_after_the_other) {
  two_windows const made;
  rows_memory m(made.problem());
  m.group_of = {0, 1};
  m.strip = {1 << 20, 3};
  m.schedule(made.problem());
  EXPECT_EQ(steps_of(m), (numbers{0, 1, 1}));
  EXPECT_EQ(m.birth, (numbers{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3}));
  EXPECT_EQ(m.death, (numbers{1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 4, 4}));
}

TEST(next_rows, are_a_strip_or_what_is_left) {
  row_operation o{.rows = 5, .input_rows = 11, .reach = 3, .stride = 2};
  EXPECT_EQ(next_rows(o, 2, 0, 4).first, 4);
  EXPECT_EQ(next_rows(o, 2, 0, 4).last, 5);
  EXPECT_EQ(next_rows(o, 3, 2, 0).last, 1) << "the first step has less";
  EXPECT_EQ(next_rows(o, 3, 2, 1).last, 4);
  o.folds = true;
  o.rows = 3;
  EXPECT_EQ(next_rows(o, 4, 0, 4).last, 7) << "input rows that no window sees are not taken";
}

TEST(folded_into, and_completed_rows_follow_from_the_windows) {
  for (std::int32_t reach = 1; reach <= 4; ++reach) {
    for (std::int32_t stride = 1; stride <= reach; ++stride) {
      for (std::int32_t padding = 0; padding < reach; ++padding) {
        row_operation const o{.rows = (9 + 2 * padding - reach) / stride + 1,
                              .input_rows = 9,
                              .reach = reach,
                              .stride = stride,
                              .padding = padding,
                              .folds = true};
        auto const sees = [&](std::int32_t y, std::int32_t row) {
          return y * stride - padding <= row && row < y * stride - padding + reach;
        };
        std::int32_t const taken = next_rows(o, 1 << 20, 0, 0).last;
        for (std::int32_t row = 0; row < taken; ++row) {
          row_range const into = folded_into(o, {row, row + 1});
          for (std::int32_t y = 0; y < o.rows; ++y)
            EXPECT_EQ(into.first <= y && y < into.last, sees(y, row)) << y << " " << row;
          std::int32_t complete = 0;
          while (complete < o.rows && o.window_end(complete) <= row + 1) ++complete;
          EXPECT_EQ(completed_rows(o, row + 1), complete);
        }
      }
    }
  }
  EXPECT_EQ(completed_rows({.rows = 5}, 3), 3) << "what does not fold completes what it makes";
}

/// Runs a schedule with flags for rows: when was each row touched first and last, and was all there that a
/// step reads?
class replay {
 public:
  replay(row_problem const& p, rows_memory& m)
      : p_(p), m_(m), taken_(p.operations.size()), first(m.birth.size(), -1), last(first) {
    std::vector<std::int32_t> count(p.operations.size());
    for (std::size_t b = 0; b < p.buffers.size(); ++b) {
      if (p.buffers[b].present) touch(b, 0, p.buffers[b].rows, 0);
    }
    for (std::size_t i = 0; i < m.step_count; ++i) {
      std::int32_t& done = count[m.steps[i]];
      std::int32_t const lag = done == 0 ? m.lag[m.steps[i]] : 0;
      step(p.operations[m.steps[i]], m.strip[m.steps[i]] - lag, done, static_cast<std::int32_t>(i) + 1);
    }
    for (std::size_t b = 0; b < p.buffers.size(); ++b) {
      if (p.buffers[b].kept) touch(b, 0, p.buffers[b].rows, static_cast<std::int32_t>(m.step_count) + 1);
    }
    for (std::size_t i = 0; i < count.size(); ++i) {
      row_operation const& o = p.operations[i];
      std::int32_t const all = o.writes_whole ? 1 : o.folds ? o.window_end(o.rows - 1) : o.rows;
      EXPECT_EQ(count[i], all) << "operation " << i << " makes all of its rows once";
    }
  }

 private:
  void touch(std::size_t buffer, std::int32_t from, std::int32_t to, std::int32_t time) {
    for (std::int32_t y = from; y < to; ++y) {
      if (first[m_.row(buffer, y)] < 0) first[m_.row(buffer, y)] = time;
      last[m_.row(buffer, y)] = time;
    }
  }
  void read(row_operand const& from, std::int32_t top, std::int32_t end, std::int32_t time) {
    if (from.buffer < 0) return;
    auto const b = static_cast<std::size_t>(from.buffer);
    std::int32_t const low = from.whole ? 0 : std::max(0, top);
    std::int32_t const high = from.whole ? p_.buffers[b].rows : std::min(end, p_.buffers[b].rows);
    for (std::int32_t y = low; y < high; ++y) EXPECT_GE(first[m_.row(b, y)], 0) << "read before it is made";
    touch(b, low, high, time);
  }
  void step(row_operation const& o, std::int32_t strip, std::int32_t& count, std::int32_t time) {
    std::int32_t const begin = count, all = o.folds ? o.window_end(o.rows - 1) : o.rows;
    count = std::min(begin + strip, all);
    if (o.folds) {
      read(o.operands[0], begin, count, time);
      for (std::int32_t y = 0; y < o.rows; ++y) {
        std::int32_t const top = y * o.stride - o.padding;
        if (top >= count || top + o.reach <= begin) continue;
        touch(static_cast<std::size_t>(o.output), y, y + 1, time);
        if (o.state >= 0) touch(static_cast<std::size_t>(o.state), y, y + 1, time);
      }
      return;
    }
    for (row_operand const& from : o.operands) {
      for (std::int32_t y = begin; y < count; ++y)
        read(from, y * o.stride - o.padding, y * o.stride - o.padding + o.reach, time);
    }
    std::int32_t& taken = taken_[static_cast<std::size_t>(&o - p_.operations.data())];
    if (o.state >= 0) touch(static_cast<std::size_t>(o.state), taken, taken + 1, time);
    ++taken;
    auto const output = static_cast<std::size_t>(o.output);
    if (o.writes_whole) return touch(output, 0, p_.buffers[output].rows, time);
    touch(output, begin, count, time);
  }

  row_problem const& p_;
  rows_memory& m_;
  numbers taken_;  // steps of each operation

 public:
  numbers first, last;
};

TEST(schedule_rows, random_problems_run_in_order_and_rows_live_as_long_as_they_are_touched) {
  for (std::uint64_t seed = 0; seed < 400 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::random_rows made(seed);
    row_problem const p = made.problem();
    rows_memory m(p);
    m.group(made.random());
    m.schedule(p, false);
    replay const run(p, m);
    EXPECT_EQ(m.birth, run.first);
    EXPECT_EQ(m.death, run.last);
    std::int64_t most = 0;
    for (std::int32_t time = 0; time <= m.timeline().end(); ++time) {
      std::int64_t alive = 0;
      for (std::size_t b = 0; b < p.buffers.size(); ++b) {
        for (std::int32_t y = 0; y < p.buffers[b].rows; ++y) {
          bool const lives = run.first[m.row(b, y)] <= time && time <= run.last[m.row(b, y)];
          if (run.first[m.row(b, y)] >= 0 && lives) alive += p.buffers[b].row_bytes;
        }
      }
      most = std::max(most, alive);
    }
    EXPECT_EQ(most_alive(p, m.timeline(), m.change), most);
  }
}

TEST(schedule_rows, rows_of_a_ring_die_as_they_were_made) {
  for (std::uint64_t seed = 0; seed < 200 && !HasFailure(); ++seed) {
    support::random_rows made(seed);
    row_problem const p = made.problem();
    rows_memory m(p);
    m.group(made.random());
    m.schedule(p, false);
    numbers settled = m.death;
    for (std::size_t b = 0; b < p.buffers.size(); ++b) {
      for (std::int32_t y = 1; y < p.buffers[b].rows; ++y) {
        if (settled[m.row(b, y)] >= 0)
          settled[m.row(b, y)] = std::max(settled[m.row(b, y)], settled[m.row(b, y - 1)]);
      }
    }
    m.schedule(p, true);
    EXPECT_EQ(m.death, settled) << "seed " << seed;
  }
}

}  // namespace
