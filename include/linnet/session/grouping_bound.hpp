// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <linnet/session/row_plan.hpp>

// The least memory that any grouping of a problem's operations can do with, rows pulled one by one in their
// order: groups do not know of each other but through the buffers that cross their borders, so the least of
// all groupings is a dynamic programme over segments, each run once by itself.
namespace linnet::inline LINNET_ISA {

/// What the groupings of a problem need.
struct grouping_bound {
  std::int64_t bytes = 0;         // the most row bytes alive in the best grouping: no plan needs less
  grouped_operations grouping{};  // one that reaches it
};

namespace detail {

class bound_search {
 public:
  bound_search(planner::row_problem const& p, bool ring)
      : problem_(p),
        ring_(ring),
        operations_(p.operations.size()),
        first_(p.buffers.size(), -1),
        last_(p.buffers.size(), -1),
        numbers_(3 * operations_, 1),
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

 private:
  /// From the operation that makes a buffer first to the last one that touches it; all of it, at the ends.
  void find_lives() {
    auto const touch = [&](std::int32_t b, std::size_t i) {
      if (b < 0) return;
      auto const buffer = static_cast<std::size_t>(b);
      auto const operation = static_cast<std::int64_t>(i);
      if (first_[buffer] < 0 && !problem_.buffers[buffer].present) first_[buffer] = operation;
      last_[buffer] = operation;
    };
    for (std::size_t i = 0; i < operations_; ++i) {
      planner::row_operation const& o = problem_.operations[i];
      for (std::int32_t b : {o.operands[0].buffer, o.operands[1].buffer, o.output, o.state}) touch(b, i);
    }
    for (std::size_t b = 0; b < last_.size(); ++b) {
      if (problem_.buffers[b].kept) last_[b] = static_cast<std::int64_t>(operations_);
    }
  }

  /// The most row bytes alive while one group runs.
  [[nodiscard]] std::int64_t group_bytes(std::size_t first, std::size_t end) {
    auto const begin = static_cast<std::int64_t>(first), behind = static_cast<std::int64_t>(end);
    auto const comes = [&](std::size_t b) { return first_[b] < begin && last_[b] >= begin; };
    auto const stays = [&](std::size_t b) { return first_[b] < behind && last_[b] >= behind; };
    planner::row_timeline t{base_, birth_, death_, steps_, 0};
    std::span const all(numbers_);
    schedule_group(problem_, first, end, all.first(operations_), comes, stays, t,
                   {all.subspan(operations_, operations_), all.subspan(2 * operations_, operations_)}, ring_);
    return most_alive(problem_, t, change_);
  }

  planner::row_problem problem_;
  bool ring_;
  std::size_t operations_;
  std::vector<std::int64_t> first_, last_;
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
