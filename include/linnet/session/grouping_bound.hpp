// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <linnet/session/row_plan.hpp>

// The least memory that any grouping of a problem's operations can do with, rows pulled one by one in their
// order: groups do not know of each other but through the rows that cross their borders, so the least of
// all groupings is a dynamic programme over segments, each run once by itself.
namespace linnet::inline LINNET_ISA {

/// What the groupings of a problem need.
struct grouping_bound {
  std::int64_t bytes = 0;         ///< the most row bytes alive in the best grouping: no plan needs less
  grouped_operations grouping{};  ///< one that reaches it
};

namespace detail {

class bound_search {
 public:
  bound_search(planner::row_problem const& p, bool ring)
      : problem_(p),
        ring_(ring),
        operations_(p.operations.size()),
        first_(p.row_count(), -1),
        last_(p.row_count(), -1),
        numbers_(4 * operations_),
        base_(p.buffers.size()),
        birth_(p.row_count()),
        death_(p.row_count()),
        steps_(p.most_steps()),
        change_(p.most_steps() + 3) {
    find_lives();
  }

  /// Over groups of at most `longest` operations.
  [[nodiscard]] grouping_bound find(std::size_t longest) {
    constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
    std::vector<std::int64_t> best(operations_ + 1, never);
    std::vector<std::size_t> from(operations_ + 1);
    best[0] = 0;
    for (std::size_t end = 1; end <= operations_; ++end) {
      for (std::size_t first = end - min(longest, end); first < end; ++first) {
        if (best[first] >= best[end]) continue;
        std::int64_t const worst = max(best[first], group_bytes(first, end));
        if (worst >= best[end]) continue;
        best[end] = worst;
        from[end] = first;
      }
    }
    grouping_bound found{best[operations_], grouped_operations(operations_)};
    for (std::size_t end = operations_; end > 0; end = from[end]) {
      for (std::size_t i = from[end]; from[end] > 0 && i < operations_; ++i) ++found.grouping.group_of[i];
    }
    return found;
  }

  /// The most row bytes alive while operations [first, end) run as a group, `strip` rows a step.
  [[nodiscard]] std::int64_t group_bytes(std::size_t first, std::size_t end, std::int32_t strip = 1) {
    auto const crosses = [&](std::int32_t b, std::int32_t y, std::size_t border) {
      std::size_t const row = first_row_[static_cast<std::size_t>(b)] + static_cast<std::size_t>(y);
      auto const at = static_cast<std::int64_t>(border);
      return first_[row] < at && last_[row] >= at;
    };
    auto const comes = [&](std::int32_t b, std::int32_t y) { return crosses(b, y, first); };
    auto const stays = [&](std::int32_t b, std::int32_t y) { return crosses(b, y, end); };
    planner::row_timeline t{base_, birth_, death_, steps_, 0};
    auto const numbers = [&](std::size_t i) {
      return std::span(numbers_).subspan(i * operations_, operations_);
    };
    std::ranges::fill(numbers(0), strip);
    align_group(problem_, first, end, strip, numbers(1));
    schedule_group(problem_, first, end, numbers(0), numbers(1), comes, stays, t, {numbers(2), numbers(3)},
                   ring_);
    return most_alive(problem_, t, change_);
  }

 private:
  /// From the operation that makes a row first to the last one that touches it; before all and behind all, at
  /// the ends. A row that nobody reads is gone when its maker is, whatever becomes of the others.
  void find_lives() {
    for (std::size_t b = 0, row = 0; b < problem_.buffers.size(); ++b) {
      first_row_.push_back(row);
      row += static_cast<std::size_t>(problem_.buffers[b].rows);
    }
    for (std::size_t b = 0; b < problem_.buffers.size(); ++b) {
      if (problem_.buffers[b].present) touch(static_cast<std::int32_t>(b), whole(b), -1, 0);
    }
    for (std::size_t i = 0; i < operations_; ++i)
      touch_rows_of(problem_.operations[i], static_cast<std::int64_t>(i));
    for (std::size_t b = 0; b < problem_.buffers.size(); ++b) {
      auto const end = static_cast<std::int64_t>(operations_);
      if (problem_.buffers[b].kept) touch(static_cast<std::int32_t>(b), whole(b), end - 1, end);
      if (ring_) settle(b);
    }
  }
  [[nodiscard]] planner::row_range whole(std::size_t buffer) const {
    return {0, problem_.buffers[buffer].rows};
  }

  void touch(std::int32_t buffer, planner::row_range rows, std::int64_t born, std::int64_t dead) {
    if (buffer < 0) return;
    std::size_t const first = first_row_[static_cast<std::size_t>(buffer)];
    for (std::int32_t y = rows.first; y < rows.last; ++y) {
      std::size_t const row = first + static_cast<std::size_t>(y);
      if (last_[row] < 0) first_[row] = born;
      last_[row] = dead;
    }
  }
  void touch_rows_of(planner::row_operation const& o, std::int64_t i) {
    for (planner::row_operand const& operand : o.operands) {
      if (operand.buffer < 0) continue;
      std::int32_t const b = operand.buffer;
      if (operand.whole) touch(b, whole(static_cast<std::size_t>(b)), i, i);
      if (!operand.whole && o.folds) touch(b, {0, o.window_end(o.rows - 1)}, i, i);
      for (std::int32_t y = 0; y < o.rows && !operand.whole && !o.folds; ++y)
        touch(b, {max<std::int32_t>(0, y * o.stride - o.padding), o.window_end(y)}, i, i);
    }
    touch(o.output,
          o.writes_whole ? whole(static_cast<std::size_t>(o.output)) : planner::row_range{0, o.rows}, i, i);
    touch(o.state, {0, o.rows}, i, i);
  }
  /// Rows of a ring die in order.
  void settle(std::size_t buffer) {
    std::size_t const first = first_row_[buffer];
    for (std::size_t row = first + 1; row < first + static_cast<std::size_t>(problem_.buffers[buffer].rows);
         ++row) {
      if (last_[row] >= 0) last_[row] = max(last_[row], last_[row - 1]);
    }
  }

  planner::row_problem problem_;
  bool ring_;
  std::size_t operations_;
  std::vector<std::size_t> first_row_;      // of each buffer, in the two below
  std::vector<std::int64_t> first_, last_;  // operations; last_ -1: nobody touches the row
  std::vector<std::int32_t> numbers_, base_, birth_, death_;
  std::vector<std::uint16_t> steps_;
  std::vector<std::int64_t> change_;
};

}  // namespace detail

/// The least bytes of rows alive at one time, over all groupings into groups of at most `longest` operations
/// that pull one row at a time in the order of the operations. With `ring` rows die in the order they were
/// made, as in rings; without, each when it is last read: a bound for every plan. Runs every segment of
/// operations once: some milliseconds for a network of 60 nodes.
[[nodiscard]] inline grouping_bound bound_of_groupings(planner::row_problem const& p, bool ring = false,
                                                       std::size_t longest = planner::longest_group) {
  return detail::bound_search(p, ring).find(longest);
}

}  // namespace linnet::inline LINNET_ISA
