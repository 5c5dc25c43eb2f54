// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <linnet/planner/memories.hpp>
#include <linnet/runtime/fixed_rows.hpp>

namespace linnet::inline LINNET_ISA {

/// The memories of a board, in constexpr: `inline constexpr linnet::board_memories<2> board{{{.bytes = 64 *
/// 1024, .cost = 1}, {.bytes = 256 * 1024, .cost = 4}}};`.
template <std::size_t Count>
using board_memories = std::array<planner::memory_region, Count>;

/// How a model's memory is planned, where it has several: `model_in<graph, weights, in_memories<options,
/// board>{}>`. Every buffer lies in one of them, the busiest where moving a byte costs least. Under `within`
/// and `fastest` the memories themselves are the budget.
template <auto const& Options, auto const& Memories>
struct in_memories {};

namespace detail {

/// The options that trials are proposed under: all memories together are the budget.
template <auto const& Options, auto const& Memories>
inline constexpr plan_options options_in_memories = [] {
  plan_options o = Options;
  bool const searches = o.policy == memory_policy::within || o.policy == memory_policy::fastest;
  if (!searches) return o;
  o.policy = memory_policy::within;
  o.budget = 0;
  for (planner::memory_region const& region : Memories) o.budget += region.bytes;
  return o;
}();

/// A trial of the search for a plan in several memories.
template <auto const& Graph, class Arch, auto const& Options, auto const& Memories, bool Parts,
          std::int32_t Trial>
struct memories_trial : fixed_problem<Graph, Arch, options_in_memories<Options, Memories>, Parts> {
  using base = fixed_problem<Graph, Arch, options_in_memories<Options, Memories>, Parts>;

  static constexpr typename base::search_type const& proposal =
      std::conditional_t<Trial == 0, no_trial<base>,
                         memories_trial<Graph, Arch, Options, Memories, Parts, Trial - 1>>::after;
  static constexpr typename base::schedule_type schedule = base::scheduled(proposal.group_of, proposal.strip);

  struct placed_type {
    std::array<planner::ring, base::buffers> rings{};
    planner::memories_placement found;
  };
  static constexpr placed_type place() {
    placed_type made;
    typename base::schedule_type s = schedule;
    typename base::ring_memory memory;
    std::array<std::int64_t, base::buffers> traffic{};
    std::array<std::int32_t, base::buffers> wanted{}, best_memory{}, best_offset{};
    made.found = place_in_memories(base::rows.problem(), s.timeline(), Memories, made.rings, memory.view(),
                                   {traffic, wanted, best_memory, best_offset});
    return made;
  }
  static constexpr placed_type placement = place();
  static constexpr typename base::search_type after =
      base::next_proposal(proposal, placement.found.fits() ? 0 : std::numeric_limits<std::int64_t>::max());
};

template <auto const& Graph, class Arch, auto const& Options, auto const& Memories, bool Parts,
          std::int32_t Trial = 0>
consteval auto trial_in_memories() {
  using trial = memories_trial<Graph, Arch, Options, Memories, Parts, Trial>;
  if constexpr (trial::after.finished) {
    return std::type_identity<memories_trial<Graph, Arch, Options, Memories, Parts, trial::after.best>>{};
  } else {
    return trial_in_memories<Graph, Arch, Options, Memories, Parts, Trial + 1>();
  }
}

/// The better of the two ways to treat concats.
template <auto const& Graph, class Arch, auto const& Options, auto const& Memories>
consteval auto best_in_memories() {
  constexpr auto whole = trial_in_memories<Graph, Arch, Options, Memories, false>();
  if constexpr (!has_concat(Graph.view())) {
    return whole;
  } else {
    constexpr auto parted = trial_in_memories<Graph, Arch, Options, Memories, true>();
    constexpr planner::memories_placement a = decltype(parted)::type::placement.found,
                                          b = decltype(whole)::type::placement.found;
    if constexpr (a.missing < b.missing || (a.missing == b.missing && a.cost <= b.cost)) {
      return parted;
    } else {
      return whole;
    }
  }
}

template <auto const& Graph, class Arch, auto const& Options, auto const& Memories>
struct memories_planning : decltype(best_in_memories<Graph, Arch, Options, Memories>())::type {
  using taken = typename decltype(best_in_memories<Graph, Arch, Options, Memories>())::type;
  using plan_type = fixed_row_plan<typename taken::base, taken::schedule.step_count>;
  static_assert(
      [] {
        for (planner::memory_region const& region : Memories) {
          if (region.alignment < kernels::packed_alignment ||
              region.alignment % kernels::packed_alignment != 0)
            return false;
        }
        return true;
      }(),
      "linnet: the alignment of a memory must be a multiple of kernels::packed_alignment");
  static constexpr std::array<std::int64_t, Memories.size()> bytes = [] {
    std::array<std::int64_t, Memories.size()> made{};
    for (std::size_t i = 0; i < made.size(); ++i)
      made[i] = bytes_of_memory(taken::placement.rings, static_cast<std::int32_t>(i));
    return made;
  }();
  static constexpr std::int64_t all_bytes = [] {
    std::int64_t sum = 0;
    for (std::int64_t part : bytes) sum += part;
    return sum;
  }();
  static constexpr plan_type plan = taken::template finished<plan_type>(
      taken::schedule, taken::proposal.strip, taken::placement.rings, all_bytes);
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA
