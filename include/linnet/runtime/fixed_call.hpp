// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <linnet/runtime/execute.hpp>
#include <linnet/runtime/fixed_plan.hpp>

// One kernel call of a graph that is a constant: its problem, its kernel's tag and its descriptor as types
// and constants, its places as numbers.
namespace linnet::inline LINNET_ISA::detail {

/// Where a fixed call's bytes are: offsets into the arena, or, where ~offset, into the packed weights.
struct call_places {
  call_geometry geometry;
  std::array<std::int32_t, 2> inputs;
  std::int32_t output, packed, scratch;
};

template <class Wanted, class... T>
[[nodiscard]] constexpr std::size_t index_of(kernels::type_list<T...>) {
  std::size_t index = 0;
  (void)((std::same_as<Wanted, T> || (++index, false)) || ...);
  return index;
}
template <std::size_t Index, class First, class... Rest>
constexpr auto type_at(kernels::type_list<First, Rest...>) {
  if constexpr (Index == 0) {
    return std::type_identity<First>{};
  } else {
    return type_at<Index - 1>(kernels::type_list<Rest...>{});
  }
}

/// The tag `Generation` steps above Arch.
template <class Arch, std::int32_t Generation>
struct ancestor : ancestor<typename Arch::parent, Generation - 1> {};
template <class Arch>
struct ancestor<Arch, 0> : std::type_identity<Arch> {};

/// Calls `f(problem, kernel_call)` for the call that a plan names. Like the three functions below it takes
/// the graph as an argument, not as a template's: one instantiation serves all calls of all graphs.
template <class F>
constexpr void visit_call(graph_view const& g, std::span<tensor_place const> places,
                          planned_call const& wanted, F const& f) {
  std::int32_t part = 0;
  node const& n = g.nodes[static_cast<std::size_t>(wanted.node)];
  (void)lower_placed(g, n, places,
                     [&](auto const& p, kernel_call const& call) -> expected<void, graph_error> {
                       if (part++ == wanted.part) f(p, call);
                       return {};
                     });
}

/// The number of a call's problem in `kernels::all_problems`.
[[nodiscard]] constexpr std::size_t problem_number(graph_view const& g, std::span<tensor_place const> places,
                                                   planned_call const& wanted) {
  std::size_t number = 0;
  visit_call(g, places, wanted, [&](auto const& p, kernel_call const&) {
    number = index_of<std::remove_cvref_t<decltype(p)>>(kernels::all_problems{});
  });
  return number;
}

template <class Problem>
[[nodiscard]] constexpr Problem problem_of(graph_view const& g, std::span<tensor_place const> places,
                                           planned_call const& wanted) {
  Problem made{};
  visit_call(g, places, wanted, [&](auto const& p, kernel_call const&) {
    if constexpr (std::same_as<std::remove_cvref_t<decltype(p)>, Problem>) made = p;
  });
  return made;
}

/// Whether 16 bits hold a call's extents.
[[nodiscard]] constexpr bool is_narrow(graph_view const& g, std::span<tensor_place const> places,
                                       planned_call const& wanted) {
  constexpr std::int64_t most = std::numeric_limits<std::uint16_t>::max();
  bool narrow = true;
  visit_call(g, places, wanted, [&](auto const&, kernel_call const& call) {
    narrow =
        max(max(call.input.width, call.input.channels), max(call.output.width, call.output.channels)) <= most;
  });
  return narrow;
}

/// Where an operand is, as `call_places` has it.
template <class Plan>
[[nodiscard]] constexpr std::int32_t place_in(Plan const& plan, tensor_id id) {
  tensor_place const& place = plan.places[static_cast<std::size_t>(id)];
  return place.storage == packed_storage ? ~place.offset : static_cast<std::int32_t>(plan.offset_of(id));
}

template <class Plan>
[[nodiscard]] constexpr call_places places_of(Plan const& plan, planned_call const& call) {
  std::int64_t const scratch =
      call.scratch == no_storage ? 0 : plan.offsets[static_cast<std::size_t>(call.scratch)];
  return {call.geometry,
          {place_in(plan, call.inputs[0]), place_in(plan, call.inputs[1])},
          static_cast<std::int32_t>(place_in(plan, call.output) + call.output_offset),
          static_cast<std::int32_t>(call.packed_offset),
          static_cast<std::int32_t>(scratch)};
}

template <auto const& Graph, class Arch, std::size_t Index>
struct fixed_call {
  static constexpr auto const& plan = plan_of<Graph, Arch>;
  static constexpr planned_call planned = plan.all_calls[Index];
  using problem_type = typename decltype(type_at<problem_number(Graph.view(), plan.places, planned)>(
      kernels::all_problems{}))::type;
  static constexpr problem_type problem = problem_of<problem_type>(Graph.view(), plan.places, planned);
  using extent =
      std::conditional_t<is_narrow(Graph.view(), plan.places, planned), std::uint16_t, std::int32_t>;
  static constexpr auto descriptor =
      descriptor_of<extent>(kernels::problem_constant<problem_type, problem>{});
  static constexpr call_places places = places_of(plan, planned);
  using tag = typename ancestor<Arch, planned.generation>::type;
};

/// Runs a call. Out of line: all calls of one kernel share one body, whatever their extents.
template <class Descriptor, class Tag>
[[gnu::noinline]] void run_call(Descriptor const& d, call_places const& p, std::byte* arena,
                                std::byte const* packed, kernels::input_row* window, Tag tag) {
  auto const input = [&](std::int32_t place) -> std::byte const* {
    return place >= 0 ? arena + place : packed + ~place;
  };
  execute(d, p.geometry,
          {{input(p.inputs[0]), input(p.inputs[1])},
           arena + p.output,
           packed + p.packed,
           arena + p.scratch,
           window},
          tag);
}

}  // namespace linnet::inline LINNET_ISA::detail
