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
  plan_options options;
  bool parts = false;                               // operands of concats are made in their places
  std::array<std::int32_t, Operations> group_of{};  // of each operation: its group, counted up from 0
  std::array<std::int32_t, Operations> strip{};     // rows a step
  std::array<planner::ring, Buffers> rings{};
  std::array<std::uint16_t, Rows> table{};  // addresses of rows, in planner::table_unit bytes
};

/// How a model's memory is planned, where it is by a searched plan: `model<graph, weights,
/// searched<plan>{}>`.
template <auto const& Plan>
struct searched {};

namespace detail {

/// What a searched plan must be, sentence by sentence.
template <planner::ring_fault Fault, std::int32_t FirstBuffer, std::int32_t SecondBuffer>
struct mistake_in_plan {
  using enum planner::ring_fault;
  static_assert(Fault != wrong_rows, "linnet: a ring of the searched plan has a wrong number of rows");
  static_assert(Fault != misaligned, "linnet: a row of the searched plan is misaligned");
  static_assert(Fault != overlapping, "linnet: two rows of the searched plan that live at one time overlap");
  static constexpr bool sound = true;
};

/// Whether groups and strips are something that can be run.
template <class Plan>
[[nodiscard]] constexpr bool has_sound_groups(Plan const& p) {
  for (std::size_t i = 0; i < p.group_of.size(); ++i) {
    std::int32_t const before = i == 0 ? 0 : p.group_of[i - 1];
    bool const counts_up = p.group_of[i] == before || (i > 0 && p.group_of[i] == before + 1);
    if (!counts_up || p.strip[i] < 1 || (p.group_of[i] == before && i > 0 && p.strip[i] != p.strip[i - 1]))
      return false;
  }
  return true;
}

/// The replay of a searched plan, in steps of constants.
template <auto const& Graph, class Arch, auto const& Plan>
struct replay : fixed_problem<Graph, Arch, Plan.options, Plan.parts> {
  using base = fixed_problem<Graph, Arch, Plan.options, Plan.parts>;
  static_assert(Plan.group_of.size() == base::operations && Plan.rings.size() == base::buffers,
                "linnet: the searched plan is of another graph or architecture: run linnet compile again");
  static_assert(has_sound_groups(Plan), "linnet: the groups of the searched plan cannot be run");
  static constexpr typename base::schedule_type schedule = base::scheduled(Plan.group_of, Plan.strip, false);
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
  static constexpr auto side_by_side = [] {
    std::array<bool, base::buffers> made{};
    mark_side_by_side(base::rows.problem(), made);
    return made;
  }();
};

template <auto const& Graph, class Arch, auto const& Plan, std::size_t Step>
struct replay_check : replay<Graph, Arch, Plan> {
  using base = replay<Graph, Arch, Plan>;
  using check_type = typename base::check_type;
  static constexpr check_type state = [] {
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
      check_rows(base::rows.problem(), s.timeline(), Plan.rings, Plan.table, base::side_by_side,
                 base::rows_a_step, c);
      made.keep(c);
    }
    return made;
  }();
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

template <auto const& Graph, class Arch, auto const& Plan>
struct replayed : replay<Graph, Arch, Plan> {
  using base = replay<Graph, Arch, Plan>;
  static constexpr planner::ring_check found = checked<Graph, Arch, Plan>();
  static_assert(mistake_in_plan<found.fault, found.first, found.second>::sound);
  using plan_type = fixed_row_plan<std::remove_cvref_t<decltype(base::low)>, base::operations, base::buffers,
                                   base::schedule.step_count>;
  static constexpr plan_type plan = base::template finished<plan_type>(base::schedule, Plan.strip, Plan.rings,
                                                                       found.bytes, Plan.table.data());
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA
