// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <linnet/base/span.hpp>
#include <linnet/planner/ring_layout.hpp>
#include <linnet/planner/row_schedule.hpp>
#include <linnet/runtime/fixed_plan.hpp>
#include <linnet/runtime/network_rows.hpp>
#include <linnet/runtime/row_search.hpp>

namespace linnet::inline LINNET_ISA {

/// The plan by rows of a graph that is a constant: what runs, in which steps, on which rings. What its
/// problem has already is not copied: that costs compilers more than making it.
template <class Problem, std::size_t Steps>
struct fixed_row_plan : plan_totals {
  static constexpr auto const& places = Problem::low.places;               ///< of each tensor
  static constexpr auto const& all_calls = Problem::low.all_calls;         ///< the first `calls` of them
  static constexpr auto const& operations = Problem::rows.all_operations;  ///< of the planner's problem

  typename Problem::numbers strip{}, lag{};  ///< of each operation, as `planner::row_grouping` has them
  std::array<planner::ring, Problem::buffers> rings{};  ///< of each buffer
  std::uint16_t const* table = nullptr;                 ///< of rows that have addresses of their own
  /// Operation of each step.
  std::array<std::conditional_t<(Problem::operations > 256), std::uint16_t, std::uint8_t>, Steps> steps{};

  /// The kernel calls, by number.
  [[nodiscard]] static constexpr span<planned_call const> planned_calls() {
    return Problem::low.planned_calls();
  }
  /// Bytes from the arena's first to a tensor's first. Precondition: it is an activation of the graph.
  [[nodiscard]] constexpr std::int64_t offset_of(tensor_id id) const {
    tensor_place const& place = places[static_cast<std::size_t>(id)];
    return rings[static_cast<std::size_t>(place.storage)].offset + place.offset;
  }
};

namespace detail {

// How constants are written here: g++ evaluates the body of a lambda twice, and a call whose arguments are
// constants once more where it stands in a function. So what takes long is the initializer itself, or a
// function without arguments.

/// The planner's problem of a graph.
template <auto const& Graph, class Arch, plan_options Options, bool Parts>
struct fixed_problem {
  static constexpr auto const& low = lowered<Graph, Arch, sharing{.parts = Parts, .by_rows = true}>;
  static constexpr std::size_t buffers = low.intervals, operations = low.calls + source_count(Options);
  using numbers = std::array<std::int32_t, operations>;
  using search_type = row_search<numbers>;

  struct rows_type {
    std::array<planner::row_buffer, buffers> all_buffers{};
    std::array<planner::row_operation, operations> all_operations{};
    std::array<std::int32_t, most_makers(Graph.view())> makers{};
    [[nodiscard]] constexpr planner::row_problem problem() const {
      return {all_buffers, all_operations, makers};
    }
  };
  static constexpr rows_type make_rows() {
    rows_type made;
    std::array<edge_range, Graph.tensors.size()> runs{};
    (void)rows_of(Graph.view(), low.places, low.planned_calls(), span(low.all_intervals).first(buffers),
                  Options, {made.all_buffers, made.all_operations, made.makers, runs});
    return made;
  }
  static constexpr rows_type rows = make_rows();
  static constexpr std::size_t row_count = rows.problem().row_count(),
                               most_steps = rows.problem().most_steps();

  struct search_memory {
    std::array<std::int64_t, operations + 1> best{};
    std::array<std::int32_t, operations + 1> from{}, with{};
    std::array<std::int32_t, operations + 2> first_begin{}, last_begin{};
    std::array<std::int32_t, buffers> first{}, last{}, by_first{}, by_last{};
    std::array<std::int32_t, buffers* static_cast<std::size_t>(planner::strip_count)> slots{};
    [[nodiscard]] constexpr planner::grouping_workspace view() {
      return {best, from, with, first_begin, last_begin, first, last, by_first, by_last, slots};
    }
  };

  /// The first grouping to try, and what follows a trial that needs so many bytes.
  static constexpr search_type first_proposal() {
    search_memory memory;
    return begin_search<numbers>(Options, rows.problem(), memory.view());
  }
  static constexpr search_type next_proposal(search_type const& tried, std::int64_t bytes) {
    search_memory memory;
    return next_search(Options, rows.problem(), tried, bytes, memory.view());
  }

  struct schedule_type {
    std::array<std::int32_t, buffers> base{};
    std::array<std::int32_t, row_count> birth{}, death{};
    std::array<std::uint16_t, most_steps> steps{};
    std::size_t step_count = 0;
    std::int64_t lower_bound = 0;
    [[nodiscard]] constexpr planner::row_timeline timeline() {
      return {base, birth, death, steps, step_count};
    }
  };
  static constexpr schedule_type scheduled(numbers group_of, numbers strip, span<std::int32_t> lag = {},
                                           bool ring = true) {
    schedule_type made;
    numbers done{}, taken{};
    planner::row_timeline t = made.timeline();
    schedule_rows(rows.problem(), {group_of, strip, lag}, t, {done, taken}, ring);
    made.step_count = t.step_count;
    std::array<std::int64_t, most_steps + 3> change{};
    made.lower_bound = most_alive(rows.problem(), t, change);
    return made;
  }

  struct placed_type {
    std::array<planner::ring, buffers> rings{};
    std::int64_t bytes = 0;
  };
  struct ring_memory {
    std::array<planner::ring_conflict, buffers*(buffers - 1) / 2 + 1> conflicts{};
    std::array<std::int32_t, buffers> order{}, trial{}, first{}, last{}, newest{};
    std::array<std::int32_t, 2 * buffers> other{};
    std::array<std::int64_t, buffers> keys{};
    [[nodiscard]] constexpr planner::ring_workspace view() {
      return {conflicts, order, trial, first, last, newest, other, keys};
    }
  };
  static constexpr placed_type placed(schedule_type s) {
    placed_type made;
    ring_memory memory;
    made.bytes = place_rings(rows.problem(), s.timeline(), s.lower_bound, made.rings, memory.view());
    return made;
  }

  /// All of it as the plan that is run.
  template <class Plan>
  static constexpr Plan finished(schedule_type const& s, numbers const& strip,
                                 std::array<planner::ring, buffers> const& rings, std::int64_t bytes) {
    Plan made{low};
    made.strip = strip;
    made.rings = rings;
    made.arena_bytes = bytes;
    made.arena_lower_bound = s.lower_bound;
    auto* to = made.steps.data();  // plain pointers: there are many steps
    for (std::uint16_t const *from = s.steps.data(), *end = from + s.step_count; from != end; ++from)
      *to++ = static_cast<typename decltype(made.steps)::value_type>(*from);
    return made;
  }
};

/// What comes before the first trial of a search.
template <class Problem>
struct no_trial {
  static constexpr typename Problem::search_type after = Problem::first_proposal();
};

/// A trial of the search for a plan by rows; each step is a constant of its own, since what compilers spend
/// on one is limited.
template <auto const& Graph, class Arch, plan_options Options, bool Parts, std::int32_t Trial>
struct row_trial : fixed_problem<Graph, Arch, Options, Parts> {
  using base = fixed_problem<Graph, Arch, Options, Parts>;

  static constexpr typename base::search_type const& proposal =
      std::conditional_t<Trial == 0, no_trial<base>,
                         row_trial<Graph, Arch, Options, Parts, Trial - 1>>::after;
  static constexpr typename base::schedule_type schedule = base::scheduled(proposal.group_of, proposal.strip);
  static constexpr typename base::placed_type placement = base::placed(schedule);
  static constexpr typename base::search_type after = base::next_proposal(proposal, placement.bytes);
};

/// The number of the trial whose plan is taken.
template <auto const& Graph, class Arch, plan_options Options, bool Parts, std::int32_t Trial = 0>
consteval std::int32_t chosen_trial() {
  using trial = row_trial<Graph, Arch, Options, Parts, Trial>;
  if constexpr (trial::after.finished) {
    return trial::after.best;
  } else {
    return chosen_trial<Graph, Arch, Options, Parts, Trial + 1>();
  }
}

template <auto const& Graph, class Arch, plan_options Options, bool Parts>
struct row_planning : row_trial<Graph, Arch, Options, Parts, chosen_trial<Graph, Arch, Options, Parts>()> {
  using taken = row_trial<Graph, Arch, Options, Parts, chosen_trial<Graph, Arch, Options, Parts>()>;
  using plan_type = fixed_row_plan<typename taken::base, taken::schedule.step_count>;
  static constexpr plan_type plan = taken::template finished<plan_type>(
      taken::schedule, taken::proposal.strip, taken::placement.rings, taken::placement.bytes);
};

/// Whether the operands of concats are made in their places: where that takes no more memory.
template <auto const& Graph, plan_options Options, class Arch>
consteval bool makes_parts() {
  if constexpr (has_concat(Graph.view())) {
    return row_planning<Graph, Arch, Options, true>::plan.arena_bytes <=
           row_planning<Graph, Arch, Options, false>::plan.arena_bytes;
  } else {
    return false;
  }
}

template <auto const& Graph, plan_options Options, class Arch>
using best_rows = row_planning<Graph, Arch, Options, makes_parts<Graph, Options, Arch>()>;

/// Whether nodes run row by row under these options.
template <auto const& Graph, plan_options Options, class Arch>
consteval bool runs_by_rows() {
  if constexpr (needs_rows(Options)) {
    return true;
  } else if constexpr (Options.policy == memory_policy::layer_by_layer) {
    return false;
  } else {
    return plan_of<Graph, Arch>.arena_bytes > budget_of(Options);
  }
}

}  // namespace detail

/// The plan by rows of a graph that is a constant. A graph that cannot be run is a compile error.
template <auto const& Graph, plan_options Options, class Arch = arch::native>
inline constexpr auto const& row_plan_of = detail::best_rows<Graph, Options, Arch>::plan;

}  // namespace linnet::inline LINNET_ISA
