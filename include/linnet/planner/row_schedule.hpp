// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/quotient.hpp>
#include <linnet/base/span.hpp>
#include <linnet/planner/rows.hpp>

namespace linnet::inline LINNET_ISA::planner {

/// When every row lives, and which operation makes a step at which time. Time 0 is before the first step,
/// step k happens at time k + 1, and the last time is behind all steps.
struct row_timeline {
  span<std::int32_t> base;          ///< of each buffer: its first row in the two spans below
  span<std::int32_t> birth, death;  ///< of each row: both included; -1: nobody asks for it
  span<std::uint16_t> steps;        ///< operation of each step; which rows follows from the steps before
  std::size_t step_count = 0;       ///< steps in use

  [[nodiscard]] constexpr std::int32_t end() const { return static_cast<std::int32_t>(step_count) + 1; }
};

/// Working memory of a schedule: one entry an operation.
struct row_counters {
  span<std::int32_t> done;   ///< output rows made
  span<std::int32_t> taken;  ///< input rows that a folding operation took
};

/// Rows of a step: output rows [first, last), or input rows where the operation folds.
struct row_range {
  std::int32_t first = 0, last = 0;  ///< [first, last)
};

/// The rows that the next step of an operation is about, when it has made `done` (or, folding, taken `done`):
/// a strip, or in its first step `lag` less.
[[nodiscard]] constexpr row_range next_rows(row_operation const& o, std::int32_t strip, std::int32_t lag,
                                            std::int32_t done) {
  std::int32_t const count = done == 0 ? strip - lag : strip;
  return {done, min(done + count, o.folds ? o.window_end(o.rows - 1) : o.rows)};
}

/// The output rows that input rows [first, last) of a folding operation are folded into.
[[nodiscard]] constexpr row_range folded_into(row_operation const& o, row_range taken) {
  std::int32_t const above = taken.first + o.padding - o.reach;
  return {above < 0 ? 0 : above / o.stride + 1, min(o.rows, (taken.last - 1 + o.padding) / o.stride + 1)};
}

/// How many output rows are complete when an operation has made, or a folding one has taken, so many rows.
[[nodiscard]] constexpr std::int32_t completed_rows(row_operation const& o, std::int32_t count) {
  if (!o.folds || count >= o.window_end(o.rows - 1)) return o.folds ? o.rows : count;
  std::int32_t const beyond = count + o.padding - o.reach;
  return beyond < 0 ? 0 : min(o.rows, quotient(beyond, o.stride) + 1);
}

namespace detail {

/// Runs the groups one after the other and writes down what happens.
class row_scheduler {
 public:
  constexpr row_scheduler(row_problem const& p, std::int32_t const* strip, std::int32_t const* lag,
                          row_timeline& t, row_counters const& counters, bool ring)
      : operations_(p.operations.data()),
        buffers_(p.buffers.data()),
        makers_(p.makers.data()),
        strip_(strip),
        lag_(lag),
        base_(t.base.data()),
        birth_(t.birth.data()),
        death_(t.death.data()),
        steps_(t.steps.data()),
        done_(counters.done.data()),
        taken_(counters.taken.data()),
        operation_count_(static_cast<std::int32_t>(p.operations.size())),
        buffer_count_(static_cast<std::int32_t>(p.buffers.size())),
        ring_(ring) {
    std::int32_t rows = 0;
    for (std::int32_t b = 0; b < buffer_count_; ++b) {
      base_[b] = rows;
      rows += buffers_[b].rows;
    }
    for (std::int32_t i = 0; i < rows; ++i) birth_[i] = death_[i] = -1;
    for (std::int32_t i = 0; i < operation_count_; ++i) done_[i] = taken_[i] = 0;
  }

  /// Marks the rows of a buffer as there at time 0.
  constexpr void present(std::int32_t buffer) { touch(buffer, 0, buffers_[buffer].rows, 0); }
  /// The same of rows for which `comes(buffer, row)`.
  template <class Comes>
  constexpr void present(std::int32_t buffer, Comes const& comes) {
    touch_those(buffer, 0, comes);
  }

  /// Operations before `first` have run.
  constexpr void begin_at(std::int32_t first) {
    for (std::int32_t i = 0; i < first; ++i) done_[i] = operations_[i].rows;
  }

  /// The rows of operation last - 1 on demand, then whatever the others have not made.
  constexpr void run_group(std::int32_t first, std::int32_t last) {
    demand(last - 1, operations_[last - 1].rows - 1);
    for (std::int32_t i = first; i < last; ++i) demand(i, operations_[i].rows - 1);
  }

  /// The rows of a buffer live until the end.
  constexpr void keep(std::int32_t buffer) { touch(buffer, 0, buffers_[buffer].rows, count_ + 1); }
  /// The same of rows for which `stays(buffer, row)`.
  template <class Stays>
  constexpr void keep(std::int32_t buffer, Stays const& stays) {
    touch_those(buffer, count_ + 1, stays);
  }

  /// Rows of a ring die in order: its slots are used again in order.
  constexpr void settle() {
    for (std::int32_t b = 0; b < buffer_count_; ++b) {
      std::int32_t before = -1;
      for (std::int32_t *at = death_ + base_[b], *end = at + buffers_[b].rows; at != end; ++at) {
        if (*at >= 0 && *at < before) {
          *at = before;
        } else {
          before = *at;
        }
      }
    }
  }
  [[nodiscard]] constexpr std::size_t steps() const { return static_cast<std::size_t>(count_); }

 private:
  constexpr void touch(std::int32_t buffer, std::int32_t first, std::int32_t last, std::int32_t when) {
    std::int32_t* const birth = birth_ + base_[buffer];
    std::int32_t* const death = death_ + base_[buffer];
    for (std::int32_t y = first; y < last; ++y) {
      if (birth[y] < 0) birth[y] = when;
      death[y] = when;
    }
  }

  template <class Chosen>
  constexpr void touch_those(std::int32_t buffer, std::int32_t when, Chosen const& chosen) {
    for (std::int32_t y = 0; y < buffers_[buffer].rows; ++y) {
      if (chosen(buffer, y)) touch(buffer, y, y + 1, when);
    }
  }

  constexpr void demand(std::int32_t operation, std::int32_t row) {
    while (done_[operation] <= row) step(operation);
  }
  constexpr void demand(row_operand const& operand, std::int32_t end) {
    for (std::int32_t i = 0; i < operand.makers; ++i) {
      std::int32_t const maker = makers_[operand.first_maker + i];
      row_operation const& o = operations_[maker];
      demand(maker, operand.whole ? o.rows - 1 : o.writes_whole ? 0 : end - 1);
    }
  }
  constexpr void read(row_operand const& operand, std::int32_t first, std::int32_t last, std::int32_t when) {
    if (operand.whole) {
      first = 0;
      last = buffers_[operand.buffer].rows;
    }
    std::int32_t const begin = base_[operand.buffer] + first, end = base_[operand.buffer] + last;
    if (ring_ && first < last && birth_[begin] >= 0 && birth_[end - 1] >= 0) {
      death_[begin] = when;  // the rows behind it die no earlier: `settle` sees to it
    } else {
      touch(operand.buffer, first, last, when);
    }
  }

  /// Reads the windows of output rows [first, last) one by one, and not the rows between them.
  constexpr void read_windows(row_operation const& o, std::int32_t first, std::int32_t last) {
    for (std::int32_t y = first; y < last; ++y) {
      for (row_operand const& from : o.operands) {
        if (from.buffer >= 0)
          read(from, max<std::int32_t>(0, y * o.stride - o.padding), o.window_end(y), count_);
      }
    }
  }

  constexpr void step(std::int32_t operation) {
    row_operation const& o = operations_[operation];
    if (o.folds) return fold(operation);
    std::int32_t const first = done_[operation];  // no calls of `min` here: compilers count them
    std::int32_t last = first + strip_[operation];
    if (lag_ != nullptr && first == 0) last -= lag_[operation];
    if (last > o.rows) last = o.rows;
    std::int32_t const end = o.window_end(last - 1);
    if (o.operands[0].buffer >= 0) demand(o.operands[0], end);
    if (o.operands[1].buffer >= 0) demand(o.operands[1], end);
    steps_[count_++] = static_cast<std::uint16_t>(operation);
    if (!ring_ && o.stride > o.reach) {
      read_windows(o, first, last);
    } else {
      std::int32_t const above = first * o.stride - o.padding, top = above < 0 ? 0 : above;
      if (o.operands[0].buffer >= 0) read(o.operands[0], top, end, count_);
      if (o.operands[1].buffer >= 0) read(o.operands[1], top, end, count_);
    }
    if (o.state >= 0) touch(o.state, taken_[operation], taken_[operation] + 1, count_);
    ++taken_[operation];
    if (o.writes_whole) {
      touch(o.output, 0, buffers_[o.output].rows, count_);
    } else {
      touch(o.output, first, last, count_);
    }
    done_[operation] = last;
  }

  constexpr void fold(std::int32_t operation) {
    row_operation const& o = operations_[operation];
    std::int32_t const lag = lag_ == nullptr ? 0 : lag_[operation];
    row_range const taken = next_rows(o, strip_[operation], lag, taken_[operation]);
    demand(o.operands[0], taken.last);
    steps_[count_++] = static_cast<std::uint16_t>(operation);
    read(o.operands[0], taken.first, taken.last, count_);
    row_range const into = folded_into(o, taken);
    touch(o.output, into.first, into.last, count_);
    if (o.state >= 0) touch(o.state, into.first, into.last, count_);
    taken_[operation] = taken.last;
    while (done_[operation] < o.rows && o.window_end(done_[operation]) <= taken.last) ++done_[operation];
  }

  // Plain pointers: what a constant costs is decided here.
  row_operation const* operations_;
  row_buffer const* buffers_;
  std::int32_t const* makers_;
  std::int32_t const *strip_, *lag_;  // lag_ null: there is none
  std::int32_t *base_, *birth_, *death_;
  std::uint16_t* steps_;
  std::int32_t *done_, *taken_;
  std::int32_t operation_count_, buffer_count_, count_ = 0;
  bool ring_;  // rows die in the order in which they were made
};

}  // namespace detail

/// Runs all groups of a problem. Spans of `t` are as long as the problem says (`base`: one entry a buffer).
/// Where `ring` is false rows may die in any order, else they die as they were made.
constexpr void schedule_rows(row_problem const& p, row_grouping const& grouping, row_timeline& t,
                             row_counters const& counters, bool ring = true) {
  detail::row_scheduler run(p, grouping.strip.data(), grouping.lag.data(), t, counters, ring);
  std::size_t const buffers = p.buffers.size(), operations = p.operations.size();
  for (std::size_t b = 0; b < buffers; ++b) {
    if (p.buffers[b].present) run.present(static_cast<std::int32_t>(b));
  }
  for (std::size_t first = 0, i = 1; i <= operations; ++i) {
    if (i < operations && grouping.group_of[i] == grouping.group_of[first]) continue;
    run.run_group(static_cast<std::int32_t>(first), static_cast<std::int32_t>(i));
    first = i;
  }
  for (std::size_t b = 0; b < buffers; ++b) {
    if (p.buffers[b].kept) run.keep(static_cast<std::int32_t>(b));
  }
  if (ring) run.settle();
  t.step_count = run.steps();
}

/// Runs operations [first, last) as a group by itself, with strips and lags of one entry an operation. Rows
/// for which `comes(buffer, row)` are there before, those for which `stays(buffer, row)` are there behind it.
template <class Comes, class Stays>
constexpr void schedule_group(row_problem const& p, std::size_t first, std::size_t last,
                              span<std::int32_t const> strip, span<std::int32_t const> lag,
                              Comes const& comes, Stays const& stays, row_timeline& t,
                              row_counters const& counters, bool ring = true) {
  detail::row_scheduler run(p, strip.data(), lag.data(), t, counters, ring);
  run.begin_at(static_cast<std::int32_t>(first));
  for (std::size_t b = 0; b < p.buffers.size(); ++b) run.present(static_cast<std::int32_t>(b), comes);
  run.run_group(static_cast<std::int32_t>(first), static_cast<std::int32_t>(last));
  for (std::size_t b = 0; b < p.buffers.size(); ++b) run.keep(static_cast<std::int32_t>(b), stays);
  if (ring) run.settle();
  t.step_count = run.steps();
}

/// The most bytes of rows that live at one time: no placement of this schedule needs less. `change` is
/// working memory of `t.step_count` + 3 entries.
[[nodiscard]] constexpr std::int64_t most_alive(row_problem const& p, row_timeline const& t,
                                                span<std::int64_t> change) {
  std::int64_t* const delta = change.data();
  for (std::size_t i = 0; i < t.step_count + 3; ++i) delta[i] = 0;
  for (std::size_t b = 0; b < p.buffers.size(); ++b) {
    std::int32_t const* const birth = t.birth.data() + t.base[b];
    std::int32_t const* const death = t.death.data() + t.base[b];
    std::int32_t const bytes = p.buffers[b].row_bytes, rows = p.buffers[b].rows;
    for (std::int32_t y = 0; y < rows; ++y) {
      std::int32_t const begin = birth[y];
      if (begin < 0) continue;
      delta[begin] += bytes;
      delta[death[y] + 1] -= bytes;
    }
  }
  std::int64_t alive = 0, most = 0;
  for (std::int64_t const *at = delta, *end = delta + t.step_count + 2; at != end; ++at) {
    alive += *at;
    if (alive > most) most = alive;
  }
  return most;
}

}  // namespace linnet::inline LINNET_ISA::planner
