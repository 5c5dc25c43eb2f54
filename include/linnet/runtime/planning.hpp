// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <linnet/graph/compose.hpp>
#include <linnet/runtime/in_memories.hpp>
#include <linnet/runtime/searched_plan.hpp>

namespace linnet::inline LINNET_ISA {

/// By how many bytes an arena misses its budget, as a type, so that compilers print it.
template <std::int64_t Bytes>
struct bytes_missing {
  static constexpr std::int64_t bytes = Bytes;  ///< 0 or less: it does not
};

/// A name as an argument of a template.
template <std::size_t Size>
struct printed_text {
  char characters[Size];  ///< without a closing 0
};

/// A tensor that is alive when an arena is fullest, as a type: its number in the graph, its name, the node
/// that makes it
/// (`at_ends`: it is an input), how many of its bytes are alive.
template <tensor_id Number, printed_text Name, class Where, std::int64_t Bytes>
struct tensor_at_peak {};

/// The same of what a kernel works in.
template <std::int64_t Bytes>
struct scratch_at_peak {};

/// There is no second one.
struct nothing_at_peak {};

namespace detail {

/// Bytes by which a plan in one memory misses its budget.
template <class Plan>
[[nodiscard]] constexpr std::int64_t bytes_over(Plan const& plan, plan_options const& options) {
  return options.policy == memory_policy::within ? max<std::int64_t>(0, plan.arena_bytes - options.budget)
                                                 : 0;
}

/// How a model's memory is planned: by options, as a searched plan says, or in several memories.
template <auto const& Graph, auto Planning, class Arch>
struct planning_of {
  static constexpr plan_options options = Planning;
  static constexpr bool by_rows = runs_by_rows<Graph, options, Arch>();
  static consteval auto const& plan() {
    if constexpr (by_rows) {
      return row_plan_of<Graph, options, Arch>;
    } else {
      return plan_of<Graph, Arch>;
    }
  }
  static consteval plan_verdict verdict() { return {}; }
  /// Where it is by rows: the type that has the schedule. A function, since nobody else is to make it.
  static consteval auto scheduled() { return std::type_identity<best_rows<Graph, options, Arch>>{}; }
  static consteval std::int64_t missing() { return bytes_over(plan(), options); }
  static consteval auto memory_bytes() { return std::array{plan().arena_bytes}; }
  static consteval auto memory_alignments() { return std::array{arena_alignment}; }
};
template <auto const& Graph, auto const& Plan, searched<Plan> Planning, class Arch>
struct planning_of<Graph, Planning, Arch> {
  static constexpr plan_options options = Plan.options;
  static constexpr bool by_rows = true;
  static consteval plan_verdict verdict() { return verdict_on<Graph, Arch, Plan>(); }
  static consteval auto const& plan() { return replayed<Graph, Arch, Plan>::plan; }
  static consteval auto scheduled() { return std::type_identity<replayed<Graph, Arch, Plan>>{}; }
  static consteval std::int64_t missing() { return bytes_over(plan(), options); }
  static consteval auto memory_bytes() { return std::array{plan().arena_bytes}; }
  static consteval auto memory_alignments() { return std::array{arena_alignment}; }
};
template <auto const& Graph, auto const& Options, auto const& Memories,
          in_memories<Options, Memories> Planning, class Arch>
struct planning_of<Graph, Planning, Arch> {
  using scheduled_type = memories_planning<Graph, Arch, Options, Memories>;
  static constexpr plan_options options = Options;
  static constexpr bool by_rows = true;
  static consteval plan_verdict verdict() { return {}; }
  static consteval auto const& plan() { return scheduled_type::plan; }
  static consteval auto scheduled() { return std::type_identity<scheduled_type>{}; }
  static consteval std::int64_t missing() { return scheduled_type::taken::placement.found.missing; }
  static consteval auto memory_bytes() { return scheduled_type::bytes; }
  static consteval auto memory_alignments() {
    std::array<std::int32_t, Memories.size()> made{};
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = Memories[i].alignment;
    return made;
  }
};

/// When a schedule keeps the most bytes alive.
template <auto const& Graph, class Scheduled>
inline constexpr fullest_moment peak_of = [] {
  auto schedule = Scheduled::schedule;
  auto const t = schedule.timeline();
  std::array<std::int64_t, Scheduled::most_steps + 3> change{};
  return fullest_of(Graph.view(), Scheduled::low.places, Scheduled::rows.problem(), t.base, t.birth, t.death,
                    t.end(), change);
}();

/// The number of the node that makes a tensor; -1: none does.
[[nodiscard]] constexpr std::int32_t node_that_makes(graph_view const& g, tensor_id id) {
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    if (g.outputs(g.nodes[i])[0] == id) return static_cast<std::int32_t>(i);
  }
  return -1;
}

/// Names of merged layers are long: so many characters are shown.
inline constexpr std::size_t longest_printed = 48;

template <auto const& Graph, tensor_id Id>
inline constexpr auto printed_name = [] {
  constexpr text name = Graph.view().name(Graph.view().tensor(Id));
  constexpr std::size_t size = min(name.size(), longest_printed);
  printed_text<size + 1> made{};
  for (std::size_t i = 0; i < size; ++i) made.characters[i] = name.data()[i];
  return made;
}();

template <auto const& Graph, class Scheduled, std::size_t Rank>
consteval auto at_peak() {
  constexpr fullest_moment peak = peak_of<Graph, Scheduled>;
  constexpr tensor_id id = peak.tensors[Rank];
  constexpr std::int64_t bytes = peak.bytes[Rank];
  if constexpr (bytes == 0) {
    return nothing_at_peak{};
  } else if constexpr (id < 0) {
    return scratch_at_peak<bytes>{};
  } else {
    constexpr std::int32_t maker = node_that_makes(Graph.view(), id);
    if constexpr (maker < 0) {
      return tensor_at_peak<id, printed_name<Graph, id>, at_ends, bytes>{};
    } else {
      return tensor_at_peak<id, printed_name<Graph, id>, at_node<maker, Graph.nodes[std::size_t{maker}].kind>,
                            bytes>{};
    }
  }
}

/// What `Check` says of a planning: `Check<bytes_missing<...>, ...>`, which is not instantiated here.
template <template <class, class, class> class Check, auto const& Graph, auto Planning, class Arch>
consteval auto checked_budget() {
  using planning = planning_of<Graph, Planning, Arch>;
  if constexpr (planning::missing() == 0) {
    return std::type_identity<Check<bytes_missing<0>, nothing_at_peak, nothing_at_peak>>{};
  } else {
    using scheduled = typename decltype(planning::scheduled())::type;
    return std::type_identity<
        Check<bytes_missing<planning::missing()>, decltype(at_peak<Graph, scheduled, 0>()),
              decltype(at_peak<Graph, scheduled, 1>())>>{};
  }
}
template <template <class, class, class> class Check, auto const& Graph, auto Planning, class Arch>
using budget_check = typename decltype(checked_budget<Check, Graph, Planning, Arch>())::type;

/// The same of a plan that came from elsewhere: `Check<mistake, buffer, other buffer>`.
template <template <plan_mistake, std::int32_t, std::int32_t> class Check, auto const& Graph, auto Planning,
          class Arch>
consteval auto checked_plan() {
  constexpr plan_verdict verdict = planning_of<Graph, Planning, Arch>::verdict();
  return std::type_identity<Check<verdict.mistake, verdict.first, verdict.second>>{};
}
template <template <plan_mistake, std::int32_t, std::int32_t> class Check, auto const& Graph, auto Planning,
          class Arch>
using plan_check = typename decltype(checked_plan<Check, Graph, Planning, Arch>())::type;

/// The code of a model behind a check of its plan: this way the check's sentence comes before all else.
template <bool Sound, class Code>
struct code_behind_check {
  using type = Code;
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA
