// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/graph/compose.hpp>
#include <linnet/graph/validate.hpp>
#include <linnet/runtime/plan.hpp>

namespace linnet::inline LINNET_ISA {

/// The plan of a graph that is a constant.
template <std::size_t Tensors, std::size_t Calls>
struct fixed_plan : plan_totals {
  std::array<tensor_place, Tensors> places{};
  std::array<planned_call, Calls> all_calls{};  // the first `calls` of them
  std::array<planner::interval, Tensors + Calls> all_intervals{};
  std::array<std::int64_t, Tensors + Calls> offsets{};

  [[nodiscard]] constexpr std::span<planned_call const> planned_calls() const {
    return std::span(all_calls).first(calls);
  }
  /// Bytes from the arena's first to a tensor's first. Precondition: it is an activation of the graph.
  [[nodiscard]] constexpr std::int64_t offset_of(tensor_id id) const {
    tensor_place const& place = places[static_cast<std::size_t>(id)];
    return offsets[static_cast<std::size_t>(place.storage)] + place.offset;
  }
};

namespace detail {

template <auto const& Graph, class Arch>
[[nodiscard]] constexpr auto plan_constant(sharing share) {
  constexpr std::size_t tensors = Graph.tensors.size(), calls = most_calls(Graph.view());
  constexpr std::size_t intervals = tensors + calls;
  using made = fixed_plan<tensors, calls>;
  made p;
  std::array<std::int32_t, tensors> last_use{};
  std::array<std::int32_t, intervals> order{}, sorted{};
  std::array<std::int64_t, intervals> trial{};
  auto const totals = plan<Arch>(Graph.view(), share,
                                 {.places = p.places,
                                  .calls = p.all_calls,
                                  .intervals = p.all_intervals,
                                  .offsets = p.offsets,
                                  .last_use = last_use,
                                  .workspace = {order, sorted, trial}});
  if (!totals) return expected<made, graph_error>(unexpected(totals.error()));
  static_cast<plan_totals&>(p) = *totals;
  return expected<made, graph_error>(p);
}

/// Validates and plans; each step is a constant of its own, since what compilers spend on one is limited.
template <auto const& Graph, class Arch>
struct planning {
  static constexpr auto sound = validate(Graph);
  [[nodiscard]] static constexpr auto in_parts(bool parts) {
    if (sound) return plan_constant<Graph, Arch>({.parts = parts});
    return decltype(plan_constant<Graph, Arch>({}))(unexpected(sound.error()));
  }
  static constexpr auto whole = in_parts(false);
  static constexpr auto parted = [] {
    if constexpr (has_concat(Graph.view())) return in_parts(true);
    return decltype(whole)(unexpected(graph_error{}));
  }();
  static constexpr auto const& best = is_better(parted, whole) ? parted : whole;
  static constexpr graph_error mistake = best.has_value() ? graph_error{} : best.error();
  static constexpr shape first = mistake.first, second = mistake.second;

  static consteval auto result() {
    if constexpr (best.has_value()) {
      return *best;
    } else {
      return refusal<planning>{};
    }
  }
};

}  // namespace detail

/// The plan of a graph that is a constant, for an architecture. A graph that cannot be run is a compile error
/// that says what is wrong, at which node, with which shapes.
template <auto const& Graph, class Arch = arch::native>
inline constexpr auto plan_of = detail::planning<Graph, Arch>::result();

}  // namespace linnet::inline LINNET_ISA
