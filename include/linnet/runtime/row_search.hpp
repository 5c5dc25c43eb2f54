// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/planner/row_grouping.hpp>
#include <linnet/runtime/policy.hpp>

// Which groupings a policy tries, one after the other: each is scheduled and placed by whoever asks, and what
// comes next depends on the bytes that it took. One sequence for constants and for sessions.
namespace linnet::inline LINNET_ISA {

/// A grouping to try, or the end of the search. Numbers is an array or a vector, one entry an operation.
template <class Numbers>
struct row_search {
  Numbers group_of{}, strip{};   ///< the trial: a grouping
  Numbers accepted{};            ///< strips of the best trial while strips are raised
  std::int32_t trial = 0;        ///< number of this trial
  std::int32_t estimate = 0;     ///< number of the estimate that it is; past all of them: not one
  std::int32_t best = 0;         ///< number of the trial to take, so far
  std::int32_t raising = -1;     ///< rank of the group whose strip is raised; -1: not yet
  std::int32_t strip_index = 0;  ///< of `planner::strips`: that of the trial
  bool finished = false;         ///< there is nothing more to try: `best` is to be taken
};

namespace detail {

/// Trials whose strips are found by estimate; estimates do not know how well buffers fit together, so each
/// trial fills less of the budget.
inline constexpr std::int32_t estimates = 4;

/// No search tries more: compilers have to follow it.
inline constexpr std::int32_t most_trials = 24;

[[nodiscard]] constexpr bool has_budget(plan_options const& options) {
  return options.policy == memory_policy::within || options.policy == memory_policy::fastest;
}

/// The number of the group that reads the `rank`-th most bytes of constants; -1 where there are not so many
/// groups.
template <class Numbers>
[[nodiscard]] constexpr std::int32_t group_of_rank(planner::row_problem const& p, Numbers const& group_of,
                                                   std::int32_t rank) {
  auto const weight = [&](std::int32_t group) {
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < p.operations.size(); ++i) {
      if (group_of[i] == group) bytes += p.operations[i].constants;
    }
    return bytes;
  };
  std::int32_t const groups = group_of[p.operations.size() - 1] + 1;
  for (std::int32_t group = 0; group < groups; ++group) {
    std::int32_t before = 0;
    for (std::int32_t other = 0; other < groups; ++other) {
      std::int64_t const more = weight(other) - weight(group);
      before += more > 0 || (more == 0 && other < group) ? 1 : 0;
    }
    if (before == rank) return group;
  }
  return -1;
}

/// Sets the strip of the group whose turn it is; ends the search where there is none.
template <class Numbers>
constexpr void raise_strip(planner::row_problem const& p, row_search<Numbers>& s) {
  std::int32_t const group = group_of_rank(p, s.group_of, s.raising);
  s.finished = group < 0 || s.trial >= most_trials;
  s.strip = s.accepted;
  for (std::size_t i = 0; i < p.operations.size(); ++i) {
    if (s.group_of[i] == group) s.strip[i] = planner::strips[s.strip_index];
  }
}

/// The next grouping by estimate, or the one that needs the least memory.
template <class Numbers>
constexpr void group_for(plan_options const& options, planner::row_problem const& p,
                         planner::grouping_workspace const& w, row_search<Numbers>& s) {
  planner::row_grouping const grouping{s.group_of, s.strip};
  if (options.policy == memory_policy::layer_by_layer) return group_layers(grouping);
  for (; has_budget(options) && s.estimate < estimates; ++s.estimate) {
    if (group_within(p, budget_of(options) * (16 - s.estimate) / 16, w, grouping)) return;
  }
  group_for_least_memory(p, w, grouping);
  s.accepted = s.strip;
}

}  // namespace detail

/// The first trial of a policy. `s` has room for the problem's operations.
template <class Numbers>
[[nodiscard]] constexpr row_search<Numbers> begin_search(plan_options const& options,
                                                         planner::row_problem const& p,
                                                         planner::grouping_workspace const& w,
                                                         row_search<Numbers> s = {}) {
  detail::group_for(options, p, w, s);
  return s;
}

/// What follows a trial that needs so many bytes.
template <class Numbers>
[[nodiscard]] constexpr row_search<Numbers> next_search(plan_options const& options,
                                                        planner::row_problem const& p, row_search<Numbers> s,
                                                        std::int64_t bytes,
                                                        planner::grouping_workspace const& w) {
  bool const fits = bytes <= budget_of(options);
  bool const estimated = s.estimate < detail::estimates;
  if (!detail::has_budget(options) || (estimated && fits)) {
    s.best = s.trial;
    s.finished = true;
    return s;
  }
  std::int32_t const judged = s.trial++;
  if (estimated) {
    ++s.estimate;
    detail::group_for(options, p, w, s);
    return s;
  }
  if (s.raising < 0 || fits) {  // the least memory, or a raised strip that fits: the next group
    s.best = judged;
    s.accepted = s.strip;
    s.finished = !fits;
    ++s.raising;
    s.strip_index = planner::strip_count - 1;
  } else if (--s.strip_index == 0) {
    ++s.raising;
    s.strip_index = planner::strip_count - 1;
  }
  if (!s.finished) detail::raise_strip(p, s);
  return s;
}

}  // namespace linnet::inline LINNET_ISA
