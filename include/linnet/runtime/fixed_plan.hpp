// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/base/span.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/graph/validate.hpp>
#include <linnet/runtime/plan.hpp>

namespace linnet::inline LINNET_ISA {

/// The plan of a graph that is a constant.
template <std::size_t Tensors, std::size_t Calls>
struct fixed_plan : plan_totals {
  std::array<tensor_place, Tensors> places{};                      ///< of each tensor
  std::array<planned_call, Calls> all_calls{};                     ///< the first `calls` of them
  std::array<planner::interval, Tensors + Calls> all_intervals{};  ///< of storages, then of scratch; in steps
  std::array<std::int64_t, Tensors + Calls> offsets{};             ///< of each of them in the arena, in bytes

  /// The kernel calls, in the order in which they run.
  [[nodiscard]] constexpr span<planned_call const> planned_calls() const {
    return span(all_calls).first(calls);
  }
  /// Bytes from the arena's first to a tensor's first. Precondition: it is an activation of the graph.
  [[nodiscard]] constexpr std::int64_t offset_of(tensor_id id) const {
    tensor_place const& place = places[static_cast<std::size_t>(id)];
    return offsets[static_cast<std::size_t>(place.storage)] + place.offset;
  }
};

namespace detail {

/// Validates and lowers. A graph that cannot be run is a compile error that says what is wrong, at which
/// node, with which shapes.
template <auto const& Graph, class Arch, sharing Share>
struct lowering {
  static constexpr std::size_t tensors = Graph.tensors.size(), calls = most_calls(Graph.view());
  using made_type = fixed_plan<tensors, calls>;

  static constexpr expected<made_type, graph_error> make() {
    if (auto const sound = validate(Graph); !sound) return unexpected(sound.error());
    made_type p;
    std::array<std::int32_t, 2 * tensors> uses{};
    auto const totals = lower_graph<Arch>(Graph.view(), Share,
                                          {.places = p.places,
                                           .calls = p.all_calls,
                                           .intervals = p.all_intervals,
                                           .offsets = p.offsets,
                                           .uses = uses,
                                           .workspace = {}});
    if (!totals) return unexpected(totals.error());
    static_cast<plan_totals&>(p) = *totals;
    return p;
  }
  static constexpr auto made = make();
  static constexpr graph_error mistake = made.has_value() ? graph_error{} : made.error();
  static constexpr shape first = mistake.first, second = mistake.second;

  static consteval decltype(auto) result() {
    if constexpr (made.has_value()) {
      return (*made);
    } else {
      return refusal<lowering>{};
    }
  }
};

/// Everything of a plan but the arena.
template <auto const& Graph, class Arch, sharing Share>
inline constexpr decltype(auto) lowered = lowering<Graph, Arch, Share>::result();

template <auto const& Graph, class Arch, bool Parts>
constexpr auto make_layer_plan() {
  auto p = lowered<Graph, Arch, sharing{.parts = Parts}>;
  constexpr std::size_t intervals = p.offsets.size();
  std::array<std::int32_t, intervals> order{}, sorted{};
  std::array<std::int64_t, intervals> trial{};
  place_layers(p, {.places = p.places,
                   .calls = p.all_calls,
                   .intervals = p.all_intervals,
                   .offsets = p.offsets,
                   .uses = {},
                   .workspace = {order, sorted, trial}});
  return p;
}
template <auto const& Graph, class Arch, bool Parts>
inline constexpr auto layer_plan = make_layer_plan<Graph, Arch, Parts>();

/// Of two plans in constants, one that makes the operands of concats in their places.
template <auto const& Graph, auto const& Whole, auto const& Parted>
consteval auto const& better_of() {
  if constexpr (Parted.arena_bytes <= Whole.arena_bytes) {
    return Parted;
  } else {
    return Whole;
  }
}

template <auto const& Graph, class Arch>
consteval auto const& best_layers() {
  if constexpr (has_concat(Graph.view())) {
    return better_of<Graph, layer_plan<Graph, Arch, false>, layer_plan<Graph, Arch, true>>();
  } else {
    return layer_plan<Graph, Arch, false>;
  }
}

}  // namespace detail

/// The plan of a graph that is a constant, for an architecture, layer by layer. A graph that cannot be run is
/// a compile error.
template <auto const& Graph, class Arch = arch::native>
inline constexpr auto const& plan_of = detail::best_layers<Graph, Arch>();

}  // namespace linnet::inline LINNET_ISA
