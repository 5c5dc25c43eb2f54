// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>
#include <utility>
#include <vector>

#include <linnet/runtime/plan.hpp>
#include <linnet/session/plan_search.hpp>
#include <linnet/session/row_plan.hpp>

namespace linnet::inline LINNET_ISA {

/// The plan of a graph that was made at run time.
struct dynamic_plan : plan_totals {
  plan_options options;                     ///< what was asked for
  bool parts = false;                       ///< operands of concats are made in their places
  std::vector<tensor_place> places;         ///< of each tensor
  std::vector<planned_call> planned_calls;  ///< in the order in which they run
  std::vector<planner::interval> lives;     ///< of storages, then of scratch; in steps
  std::vector<std::int64_t> offsets;        ///< of each of them in the arena
  network_rows rows;                        ///< where nodes run row by row: what is scheduled,
  row_plan schedule;                        ///< and how

  /// Whether nodes run whole, one after the other.
  [[nodiscard]] bool by_layers() const { return schedule.steps.empty(); }
  /// Bytes from the arena's first to a tensor's first. Precondition: it has a storage.
  [[nodiscard]] std::int64_t offset_of(tensor_id id) const {
    tensor_place const& place = places[static_cast<std::size_t>(id)];
    return offsets[static_cast<std::size_t>(place.storage)] + place.offset;
  }
};

namespace detail {

/// Of two plans, one that makes the operands of concats in their places: that copies less, but keeps a
/// concat's whole output alive from its first operand on.
[[nodiscard]] inline bool is_better(expected<dynamic_plan, graph_error> const& parted,
                                    expected<dynamic_plan, graph_error> const& whole) {
  return parted && whole && parted->arena_bytes <= whole->arena_bytes;
}

template <class Arch>
[[nodiscard]] expected<dynamic_plan, graph_error> plan_sharing(graph_view const& g, sharing share,
                                                               plan_options const& options = {}) {
  std::size_t const tensors = g.tensors.size(), calls = most_calls(g), intervals = tensors + calls;
  dynamic_plan made;
  made.options = options;
  made.parts = share.parts;
  made.places.resize(tensors);
  made.planned_calls.resize(calls);
  made.lives.resize(intervals);
  made.offsets.resize(intervals);
  std::vector<std::int32_t> uses(2 * tensors);
  std::vector<std::int32_t> order(intervals), sorted(intervals);
  std::vector<std::int64_t> trial(intervals);
  plan_memory const memory{.places = made.places,
                           .calls = made.planned_calls,
                           .intervals = made.lives,
                           .offsets = made.offsets,
                           .uses = uses,
                           .workspace = {order, sorted, trial}};
  auto totals = lower_graph<Arch>(g, share, memory);
  if (!totals) return unexpected(totals.error());
  if (!share.by_rows) place_layers(*totals, memory);
  static_cast<plan_totals&>(made) = *totals;
  made.planned_calls.resize(made.calls);
  made.lives.resize(made.intervals);
  made.offsets.resize(made.intervals);
  return made;
}

/// The rows of a lowered graph.
[[nodiscard]] inline network_rows rows_of_plan(graph_view const& g, dynamic_plan const& plan) {
  network_rows made{.buffers = std::vector<planner::row_buffer>(plan.lives.size()),
                    .operations = std::vector<planner::row_operation>(plan.planned_calls.size() +
                                                                      source_count(plan.options)),
                    .makers = std::vector<std::int32_t>(most_makers(g))};
  std::vector<edge_range> runs(g.tensors.size());
  (void)rows_of(
      g, plan.places, plan.planned_calls, plan.lives, plan.options,
      {.buffers = made.buffers, .operations = made.operations, .makers = made.makers, .runs = runs});
  return made;
}

/// Writes a schedule into a lowered plan.
inline void set_schedule(dynamic_plan& plan, row_plan schedule) {
  plan.schedule = std::move(schedule);
  plan.arena_bytes = plan.schedule.bytes;
  plan.arena_lower_bound = plan.schedule.lower_bound;
  for (std::size_t i = 0; i < plan.lives.size(); ++i) {
    planner::ring const& ring = plan.schedule.rings[i];
    auto const first = static_cast<std::size_t>(plan.schedule.base[i]);
    std::size_t last = first + static_cast<std::size_t>(plan.rows.buffers[i].rows) - 1;
    while (last > first && plan.schedule.birth[last] < 0) --last;
    plan.offsets[i] = ring.offset;
    plan.lives[i].bytes = ring.bytes();
    plan.lives[i].first = plan.schedule.birth[first] - 1;  // time 0 is before the first step
    plan.lives[i].last = plan.schedule.death[last] - 1;
  }
}

template <class Arch>
[[nodiscard]] expected<dynamic_plan, graph_error> plan_by_rows(graph_view const& g,
                                                               plan_options const& options) {
  auto const planned = [&](bool parts) {
    auto made = plan_sharing<Arch>(g, {.parts = parts, .by_rows = true}, options);
    if (!made) return made;
    made->rows = rows_of_plan(g, *made);
    set_schedule(*made, plan_rows(made->rows.problem(), options));
    return made;
  };
  auto whole = planned(false);
  if (!has_concat(g)) return whole;
  auto parted = planned(true);
  return is_better(parted, whole) ? std::move(parted) : std::move(whole);
}

/// The two tensors that hold the most bytes where a plan by rows keeps the most alive.
[[nodiscard]] inline fullest_moment fullest(graph_view const& g, dynamic_plan const& plan) {
  row_plan const& s = plan.schedule;
  std::vector<std::int64_t> change(s.steps.size() + 3);
  return fullest_of(g, plan.places, plan.rows.problem(), s.base, s.birth, s.death,
                    static_cast<std::int32_t>(s.steps.size()) + 1, change);
}

/// Searches long for a smaller plan than one by rows, with and without operands of concats in their places.
template <class Arch>
void search_plan(graph_view const& g, dynamic_plan& plan, search_options const& search) {
  auto const improve = [&](dynamic_plan& p) {
    auto const costs = step_costs<Arch>(g, p.planned_calls, source_count(p.options));
    set_schedule(p, search_rows(p.rows.problem(), std::move(p.schedule), search, costs));
  };
  improve(plan);
  if (!has_concat(g)) return;
  auto other = plan_sharing<Arch>(g, {.parts = !plan.parts, .by_rows = true}, plan.options);
  if (!other) return;
  other->rows = rows_of_plan(g, *other);
  set_schedule(*other, plan_rows(other->rows.problem(), plan.options));
  improve(*other);
  if (other->arena_bytes < plan.arena_bytes) plan = *std::move(other);
}

}  // namespace detail

/// The plan that `plan_of` (`row_plan_of`) makes of the same graph in a constant; where `search` makes an
/// effort for `least_memory`, a smaller one. Preconditions: the graph is valid; a streamed input is its only
/// one.
template <class Arch>
[[nodiscard]] expected<dynamic_plan, graph_error> plan_graph(graph_view const& g,
                                                             plan_options const& options = {},
                                                             search_options const& search = {}) {
  auto const layers = [&]() -> expected<dynamic_plan, graph_error> {
    auto whole = detail::plan_sharing<Arch>(g, {.parts = false}, options);
    if (!has_concat(g)) return whole;
    auto parted = detail::plan_sharing<Arch>(g, {.parts = true}, options);
    return detail::is_better(parted, whole) ? std::move(parted) : std::move(whole);
  };
  if (!needs_rows(options)) {
    auto made = layers();
    if (!made || made->arena_bytes <= budget_of(options)) return made;
  }
  auto made = detail::plan_by_rows<Arch>(g, options);
  if (made && options.policy == memory_policy::least_memory && search.effort > 0)
    detail::search_plan<Arch>(g, *made, search);
  return made;
}

}  // namespace linnet::inline LINNET_ISA
