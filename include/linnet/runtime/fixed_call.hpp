// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <linnet/runtime/execute.hpp>
#include <linnet/runtime/plan.hpp>

// The kernel calls of a graph that is a constant: descriptors and places as constants, one body of code for
// all calls that differ in numbers only.
namespace linnet::inline LINNET_ISA::detail {

template <std::size_t Index, class First, class... Rest>
constexpr auto type_at(kernels::type_list<First, Rest...>) {
  if constexpr (Index == 0) {
    return std::type_identity<First>{};
  } else {
    return type_at<Index - 1>(kernels::type_list<Rest...>{});
  }
}
template <std::size_t Number>
using problem_at = typename decltype(type_at<Number>(kernels::all_problems{}))::type;

/// The tag `Generation` steps above Arch.
template <class Arch, std::int32_t Generation>
struct ancestor : ancestor<typename Arch::parent, Generation - 1> {};
template <class Arch>
struct ancestor<Arch, 0> : std::type_identity<Arch> {};

/// What decides which code runs a call: calls of one family differ in numbers only. Descriptors' types depend
/// on the types of elements and on the rounding, and on nothing else.
struct call_family {
  std::size_t problem = 0;
  std::int32_t generation = 0;
  bool narrow = true;
  element_type input = s8, output = s8;
  linnet::rounding rounding = rounding::double_rounding;

  friend constexpr bool operator==(call_family const&, call_family const&) = default;
};
[[nodiscard]] constexpr call_family family_of(graph_view const& g, planned_call const& c) {
  return {c.problem,
          c.generation,
          c.narrow,
          g.tensor(c.inputs[0]).type,
          g.tensor(c.output).type,
          g.nodes[static_cast<std::size_t>(c.node)].rounding};
}

/// The families of a plan's calls, in the order in which they appear, and the calls of each.
template <std::size_t Calls>
struct call_families {
  std::array<call_family, Calls> all{};
  std::array<std::size_t, Calls> sizes{};               // calls of each
  std::array<std::size_t, Calls> family_of{}, place{};  // of each call, and its number there
  std::size_t count = 0;
};
template <auto const& Graph, auto const& Plan>
inline constexpr auto families = [] {
  call_families<Plan.calls> made;
  for (std::size_t i = 0; i < Plan.calls; ++i) {
    call_family const mine = family_of(Graph.view(), Plan.all_calls[i]);
    std::size_t family = 0;
    while (family < made.count && !(made.all[family] == mine)) ++family;
    if (family == made.count) made.all[made.count++] = mine;
    made.family_of[i] = family;
    made.place[i] = made.sizes[family]++;
  }
  return made;
}();

/// The descriptor of a problem, whose type is known.
template <class Descriptor, class Extent, class Problem>
[[nodiscard]] constexpr Descriptor descriptor_as(Problem const& p) {
  if constexpr (std::constructible_from<Descriptor, Problem const&>) {
    return Descriptor(p);
  } else {
    return with_descriptor<Extent>(p, []<class D>(D const& d) -> Descriptor {
      if constexpr (std::same_as<D, Descriptor>) {
        return d;
      } else {
        __builtin_unreachable();
      }
    });
  }
}

/// The descriptors of all calls of a family, in their order.
template <auto const& Graph, auto const& Plan, std::size_t Family>
struct family_descriptors {
  static constexpr call_family family = families<Graph, Plan>.all[Family];
  static constexpr std::size_t count = families<Graph, Plan>.sizes[Family];
  using problem_type = problem_at<family.problem>;
  using extent = std::conditional_t<family.narrow, std::uint16_t, std::int32_t>;

  [[nodiscard]] static constexpr problem_type problem(planned_call const& c) {
    return problem_of<problem_type>(Graph.view(), Graph.nodes[static_cast<std::size_t>(c.node)],
                                    static_cast<std::size_t>(c.part));
  }
  static constexpr auto members = [] {
    std::array<std::size_t, count> made{};
    for (std::size_t call = 0, i = 0; i < count; ++call) {
      if (families<Graph, Plan>.family_of[call] == Family) made[i++] = call;
    }
    return made;
  }();
  static constexpr problem_type example = problem(Plan.all_calls[members[0]]);
  using descriptor_type = std::remove_cvref_t<decltype(descriptor_of<extent>(
      kernels::problem_constant<problem_type, example>{}))>;
  static constexpr auto descriptors = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<descriptor_type, count>{
        descriptor_as<descriptor_type, extent>(problem(Plan.all_calls[members[I]]))...};
  }
  (std::make_index_sequence<count>{});
};

/// Where the rows of an operand or output lie.
struct call_place {
  std::int32_t offset = 0;  // into its memory, or, where ~offset, into the packed weights
  std::int32_t row_bytes = 0, ring = no_ring;
  std::uint16_t const* table = nullptr;
  std::int32_t memory = 0;  // of the arena, where it has several
};
/// Where the bytes of a fixed call are.
struct call_places {
  call_geometry geometry;
  std::array<call_place, 2> inputs;
  call_place output, scratch;
  std::int32_t packed;       // into the packed weights
  bool fast_packed = false;  // into their fast part
};

/// What all calls of a run share.
struct call_frame {
  std::byte* const* memories;
  std::byte const* const* packed;  // the weights, and their fast part
  kernels::input_row* window;
};

/// The places of a call as the executor takes them. Out of line: it is the same for all kernels.
[[nodiscard, gnu::noinline]] inline call_memory memory_of(call_places const& p, call_frame const& frame) {
  auto const input = [&](call_place const& at) -> row_place<std::byte const> {
    return {at.offset >= 0 ? frame.memories[at.memory] + at.offset : frame.packed[0] + ~at.offset,
            at.row_bytes, at.ring, at.table};
  };
  auto const output = [&](call_place const& at) -> row_place<std::byte> {
    return {frame.memories[at.memory] + at.offset, at.row_bytes, at.ring, at.table};
  };
  return {.inputs = {input(p.inputs[0]), input(p.inputs[1])},
          .output = output(p.output),
          .packed = frame.packed[p.fast_packed ? 1 : 0] + p.packed,
          .scratch = output(p.scratch),
          .window = frame.window};
}

/// Runs a call whose descriptor is a D. Out of line: all calls of one kernel share one body, whatever their
/// extents.
template <class D, class Tag>
[[gnu::noinline]] void run_call(void const* descriptor, call_places const& p, call_frame const& frame,
                                row_interval rows) {
  execute(*static_cast<D const*>(descriptor), p.geometry, memory_of(p, frame), rows, Tag{});
}

/// A call as straight-line code and tables have it.
struct fixed_call {
  void (*run)(void const*, call_places const&, call_frame const&, row_interval);
  void const* descriptor;
};

/// All calls of a plan.
template <auto const& Graph, class Arch, auto const& Plan>
inline constexpr auto fixed_calls = []<std::size_t... Family>(std::index_sequence<Family...>) {
  std::array<fixed_call, Plan.calls> made{};
  auto const add = [&]<std::size_t F>(std::integral_constant<std::size_t, F>) {
    using family = family_descriptors<Graph, Plan, F>;
    using tag = typename ancestor<Arch, family::family.generation>::type;
    for (std::size_t i = 0; i < family::count; ++i) {
      made[family::members[i]] = {run_call<typename family::descriptor_type, tag>, &family::descriptors[i]};
    }
  };
  (add(std::integral_constant<std::size_t, Family>{}), ...);
  return made;
}
(std::make_index_sequence<families<Graph, Plan>.count>{});

}  // namespace linnet::inline LINNET_ISA::detail
