// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/planner/row_table.hpp>
#include <linnet/runtime/fixed_rows.hpp>

namespace linnet::inline LINNET_ISA {

/// A plan by rows that was searched for when a model was compiled (`linnet compile --search`), as generated
/// headers hold it: which operations run together, where rows lie. It is replayed and checked by the compiler
/// of the firmware, never trusted.
template <std::size_t Operations, std::size_t Buffers, std::size_t Rows>
struct searched_plan {
  plan_options options{};                           ///< that it was searched for
  bool parts = false;                               ///< operands of concats are made in their places
  std::array<std::int32_t, Operations> group_of{};  ///< of each operation: its group, counted up from 0
  std::array<std::int32_t, Operations> strip{};     ///< rows a step
  std::array<std::int32_t, Operations> lag{};       ///< rows that its first step has less
  std::array<planner::ring, Buffers> rings{};       ///< of each buffer
  std::array<std::uint16_t, Rows> table{};          ///< addresses of rows, in planner::table_unit bytes
};

/// How a model's memory is planned, where it is by a searched plan: `model<graph, weights,
/// searched<plan>{}>`.
template <auto const& Plan>
struct searched {};

/// What can be wrong with a searched plan.
enum class plan_mistake : std::uint8_t {
  none,
  of_another_graph,  // or of another architecture
  unsound_groups,
  wrong_rows,
  misaligned,
  overlapping
};

namespace detail {

/// A mistake, and the buffers at fault.
struct plan_verdict {
  plan_mistake mistake = plan_mistake::none;
  std::int32_t first = -1, second = -1;
};

/// Whether groups and strips are something that can be run.
template <class Plan>
[[nodiscard]] constexpr bool has_sound_groups(Plan const& p) {
  for (std::size_t i = 0; i < p.group_of.size(); ++i) {
    std::int32_t const before = i == 0 ? 0 : p.group_of[i - 1];
    bool const counts_up = p.group_of[i] == before || (i > 0 && p.group_of[i] == before + 1);
    if (p.lag[i] < 0 || p.lag[i] >= p.strip[i]) return false;
    if (!counts_up || p.strip[i] < 1 || (p.group_of[i] == before && i > 0 && p.strip[i] != p.strip[i - 1]))
      return false;
  }
  return true;
}

/// The replay of a searched plan, in steps of constants.
template <auto const& Graph, class Arch, auto const& Plan>
struct replay : fixed_problem<Graph, Arch, Plan.options, Plan.parts> {
  using base = fixed_problem<Graph, Arch, Plan.options, Plan.parts>;
  static constexpr typename base::schedule_type make_schedule() {
    typename base::numbers lag = Plan.lag;
    return base::scheduled(Plan.group_of, Plan.strip, lag, false);
  }
  static constexpr typename base::schedule_type schedule = make_schedule();
  static constexpr std::size_t rows_a_step =
      256;  // of the check: what compilers spend on a constant is limited

  struct check_type {
    std::array<std::int32_t, base::row_count> order{};
    std::array<planner::held_bytes, base::row_count> held{};
    std::size_t rows = 0, checked = 0, held_count = 0;
    planner::ring_check found;

    [[nodiscard]] constexpr planner::row_check view() {
      return {order, held, rows, checked, held_count, found};
    }
    constexpr void keep(planner::row_check const& c) {
      rows = c.rows;
      checked = c.checked;
      held_count = c.held_count;
      found = c.found;
    }
  };
  static constexpr auto rules = [] {
    std::array<planner::row_rule, base::buffers> made{};
    find_row_rules(base::rows.problem(), made);
    return made;
  }();
};

template <auto const& Graph, class Arch, auto const& Plan, std::size_t Step>
struct replay_check : replay<Graph, Arch, Plan> {
  using base = replay<Graph, Arch, Plan>;
  using check_type = typename base::check_type;
  static constexpr check_type check() {
    check_type made;
    typename base::schedule_type s = base::schedule;
    if constexpr (Step == 0) {
      std::array<std::int32_t, base::most_steps + 3> counts{};
      planner::row_check c = made.view();
      begin_check(base::rows.problem(), s.timeline(), counts, c);
      made.keep(c);
    } else {
      made = replay_check<Graph, Arch, Plan, Step - 1>::state;
      planner::row_check c = made.view();
      check_rows(base::rows.problem(), s.timeline(), Plan.rings, Plan.table, base::rules, base::rows_a_step,
                 c);
      made.keep(c);
    }
    return made;
  }
  static constexpr check_type state = check();
  static constexpr bool finished =
      state.checked == state.rows || state.found.fault != planner::ring_fault::none;
};

template <auto const& Graph, class Arch, auto const& Plan, std::size_t Step = 0>
consteval planner::ring_check checked() {
  if constexpr (replay_check<Graph, Arch, Plan, Step>::finished) {
    return replay_check<Graph, Arch, Plan, Step>::state.found;
  } else {
    return checked<Graph, Arch, Plan, Step + 1>();
  }
}

/// What is wrong with a searched plan, and with which of its buffers.
template <auto const& Graph, class Arch, auto const& Plan>
consteval plan_verdict verdict_on() {
  using problem = fixed_problem<Graph, Arch, Plan.options, Plan.parts>;
  if constexpr (Plan.group_of.size() != problem::operations || Plan.rings.size() != problem::buffers) {
    return {plan_mistake::of_another_graph};
  } else if constexpr (!has_sound_groups(Plan)) {
    return {plan_mistake::unsound_groups};
  } else {
    constexpr planner::ring_check found = checked<Graph, Arch, Plan>();
    using enum planner::ring_fault;
    constexpr plan_mistake mistake = found.fault == none         ? plan_mistake::none
                                     : found.fault == wrong_rows ? plan_mistake::wrong_rows
                                     : found.fault == misaligned ? plan_mistake::misaligned
                                                                 : plan_mistake::overlapping;
    return {mistake, found.first, found.second};
  }
}

/// Precondition: the verdict on the plan is that there is no mistake.
template <auto const& Graph, class Arch, auto const& Plan>
struct replayed : replay<Graph, Arch, Plan> {
  using base = replay<Graph, Arch, Plan>;
  static constexpr planner::ring_check found = checked<Graph, Arch, Plan>();
  using plan_type = fixed_row_plan<typename base::base, base::schedule.step_count>;
  static constexpr plan_type made() {
    plan_type p = base::template finished<plan_type>(base::schedule, Plan.strip, Plan.rings, found.bytes);
    p.lag = Plan.lag;
    if (Plan.table.size() > 0) p.table = Plan.table.data();
    return p;
  }
  static constexpr plan_type plan = made();
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA
