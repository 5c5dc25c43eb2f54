// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <linnet/planner/ring_layout.hpp>
#include <linnet/planner/row_grouping.hpp>
#include <linnet/planner/row_schedule.hpp>
#include <linnet/runtime/network_rows.hpp>
#include <linnet/runtime/row_search.hpp>

namespace linnet::inline LINNET_ISA {

/// The planner's problem of a graph, with what it points at.
struct network_rows {
  std::vector<planner::row_buffer> buffers;        ///< one a storage and scratch
  std::vector<planner::row_operation> operations;  ///< one a call and streamed input
  std::vector<std::int32_t> makers;                ///< operations, in runs

  /// As the planner takes it; refers to this.
  [[nodiscard]] planner::row_problem problem() const { return {buffers, operations, makers}; }
};

/// Groups, strips and lags, one entry an operation.
struct grouped_operations {
  std::vector<std::int32_t> group_of, strip, lag;  ///< of each operation

  grouped_operations() = default;
  /// Each operation by itself, one row a step.
  explicit grouped_operations(std::size_t operations)
      : group_of(operations), strip(operations, 1), lag(operations) {}
  /// As the planner takes it; refers to this.
  [[nodiscard]] planner::row_grouping view() { return {group_of, strip, lag}; }
  /// Whether operation i is the first of its group.
  [[nodiscard]] bool begins_group(std::size_t i) const { return i == 0 || group_of[i] != group_of[i - 1]; }
};

/// A schedule of row steps and where its rows lie.
struct row_plan {
  grouped_operations grouping;       ///< what runs together
  std::vector<std::uint16_t> steps;  ///< operation of each step
  std::vector<planner::ring> rings;  ///< of each buffer
  std::vector<std::uint16_t> table;  ///< addresses of rows that have their own, in planner::table_unit bytes
  std::vector<std::int32_t> base;    ///< of each buffer: its first row in the two below
  std::vector<std::int32_t> birth, death;  ///< times of each row, as `planner::row_timeline` has them
  std::int64_t bytes = 0;                  ///< of all rings
  std::int64_t lower_bound = 0;  ///< the most bytes of rows alive at one time: the schedule needs no less
};

namespace detail {

/// Working memory of the planner's functions for one problem.
class row_planner {
 public:
  explicit row_planner(planner::row_problem const& p)
      : problem_(p),
        operations_(p.operations.size()),
        buffers_(p.buffers.size()),
        best_(operations_ + 1),
        numbers_(2 * (operations_ + 1) + 2 * (operations_ + 2) +
                 (4 + static_cast<std::size_t>(planner::strip_count)) * buffers_),
        counters_(2 * operations_),
        conflicts_(buffers_ * (buffers_ - 1) / 2 + 1),
        ring_numbers_(7 * buffers_),
        keys_(buffers_),
        change_(p.most_steps() + 3) {}

  [[nodiscard]] planner::grouping_workspace grouping() {
    std::size_t at = 0;
    auto const take = [&](std::size_t count) {
      at += count;
      return std::span(numbers_).subspan(at - count, count);
    };
    std::size_t const n = operations_, m = buffers_;
    return {.best = best_,
            .from = take(n + 1),
            .with = take(n + 1),
            .first_begin = take(n + 2),
            .last_begin = take(n + 2),
            .first = take(m),
            .last = take(m),
            .by_first = take(m),
            .by_last = take(m),
            .slots = take(static_cast<std::size_t>(planner::strip_count) * m)};
  }
  [[nodiscard]] planner::ring_workspace rings() {
    std::span const all(ring_numbers_);
    std::size_t const m = buffers_;
    return {.conflicts = conflicts_,
            .order = all.first(m),
            .trial = all.subspan(m, m),
            .first = all.subspan(2 * m, m),
            .last = all.subspan(3 * m, m),
            .newest = all.subspan(4 * m, m),
            .other = all.subspan(5 * m, 2 * m),
            .keys = keys_};
  }

  /// Runs the groups and finds how much lives at once; rows are placed nowhere yet.
  [[nodiscard]] row_plan schedule(grouped_operations grouping, bool ring = true) {
    std::size_t const rows = problem_.row_count();
    row_plan made{.grouping = std::move(grouping),
                  .steps = std::vector<std::uint16_t>(problem_.most_steps()),
                  .rings = std::vector<planner::ring>(buffers_),
                  .table = {},
                  .base = std::vector<std::int32_t>(buffers_),
                  .birth = std::vector<std::int32_t>(rows),
                  .death = std::vector<std::int32_t>(rows)};
    planner::row_timeline t{.base = made.base, .birth = made.birth, .death = made.death, .steps = made.steps};
    std::span const counters(counters_);
    schedule_rows(problem_, made.grouping.view(), t,
                  {.done = counters.first(operations_), .taken = counters.last(operations_)}, ring);
    made.lower_bound = most_alive(problem_, t, change_);
    made.steps.resize(t.step_count);
    return made;
  }

  /// Schedules and places.
  [[nodiscard]] row_plan plan(grouped_operations grouping) {
    row_plan made = schedule(std::move(grouping));
    made.bytes = place_rings(problem_, timeline_of(made), made.lower_bound, made.rings, rings());
    return made;
  }

  /// Places the rings of a plan again in orders that differ a little from the best one. Returns the bytes
  /// that the best placement needs; the plan has its rings.
  template <class Dice>
  [[nodiscard]] std::int64_t improve(row_plan& plan, std::int32_t attempts, Dice& dice) {
    planner::row_timeline const t = timeline_of(plan);
    std::vector<planner::ring> rings(buffers_);
    planner::ring_workspace const w = this->rings();
    planner::detail::ring_ground ground(problem_, t, rings, w);
    ground.find_rings();
    ground.find_conflicts();
    std::int32_t const used = ground.sort_by(0);
    std::int64_t best = plan.bytes;
    std::vector<std::int32_t> order(w.order.begin(), w.order.begin() + used);
    for (std::int32_t i = 0; i < attempts && used > 1 && best > plan.lower_bound; ++i) {
      std::ranges::copy(order, w.order.begin());
      for (std::size_t n = 1 + dice.below(3); n > 0; --n) {
        auto const from = static_cast<std::ptrdiff_t>(dice.below(order.size()));
        auto const to = static_cast<std::ptrdiff_t>(dice.below(order.size()));
        auto const begin = w.order.begin();
        from < to ? std::rotate(begin + from, begin + from + 1, begin + to + 1)
                  : std::rotate(begin + to, begin + from, begin + from + 1);
      }
      std::int64_t const bytes = ground.place_in_order(used, best + 1);
      if (bytes > best) continue;
      best = bytes;
      std::ranges::copy(w.order.first(static_cast<std::size_t>(used)), order.begin());
      ground.keep_offsets();
      plan.rings = rings;
    }
    return best;
  }

  [[nodiscard]] static planner::row_timeline timeline_of(row_plan& plan) {
    return {plan.base, plan.birth, plan.death, plan.steps, plan.steps.size()};
  }

 private:
  planner::row_problem problem_;
  std::size_t operations_, buffers_;
  std::vector<std::int64_t> best_;
  std::vector<std::int32_t> numbers_, counters_;
  std::vector<planner::ring_conflict> conflicts_;
  std::vector<std::int32_t> ring_numbers_;
  std::vector<std::int64_t> keys_;
  std::vector<std::int64_t> change_;
};

}  // namespace detail

/// The plan that the compiler makes for the same problem and policy.
[[nodiscard]] inline row_plan plan_rows(planner::row_problem const& p, plan_options const& options) {
  detail::row_planner planner(p);
  using numbers = std::vector<std::int32_t>;
  numbers const none(p.operations.size());
  auto search = begin_search<numbers>(options, p, planner.grouping(),
                                      {.group_of = none, .strip = none, .accepted = none});
  row_plan best;
  for (;;) {
    grouped_operations grouping(p.operations.size());
    grouping.group_of = search.group_of;
    grouping.strip = search.strip;
    row_plan made = planner.plan(std::move(grouping));
    std::int32_t const trial = search.trial;
    search = next_search(options, p, std::move(search), made.bytes, planner.grouping());
    if (search.best == trial) best = std::move(made);
    if (search.finished) return best;
  }
}

}  // namespace linnet::inline LINNET_ISA
