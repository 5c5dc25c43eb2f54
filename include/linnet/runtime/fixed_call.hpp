// SPDX-License-Identifier: MIT
#pragma once

#include <array>
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

/// Keeps the problem of one call of a node, where it is of type Wanted.
template <class Wanted>
struct problem_picker {
  std::size_t part;
  Wanted& picked;
  std::size_t& seen;

  constexpr expected<void, graph_error> operator()(Wanted const& p, kernel_call const&) const {
    if (seen++ == part) picked = p;
    return {};
  }
  template <class Other>
  constexpr expected<void, graph_error> operator()(Other const&, kernel_call const&) const {
    ++seen;
    return {};
  }
};
template <class Problem>
[[nodiscard]] constexpr Problem problem_of(graph_view const& g, planned_call const& call) {
  Problem made{};
  std::size_t seen = 0;
  problem_picker<Problem> const pick{static_cast<std::size_t>(call.part), made, seen};
  (void)lower(g, g.nodes[static_cast<std::size_t>(call.node)], pick);
  return made;
}

/// The address of a type's own object names it among the kinds of calls.
template <class Descriptor>
inline constexpr char kind_name{};

/// The kind of a call: which code runs it.
template <class Extent, class Problem>
[[nodiscard]] constexpr char const* kind_of(Problem const& p) {
  return with_descriptor<Extent>(p,
                                 []<class D>(D const&) { return static_cast<char const*>(&kind_name<D>); });
}

/// The descriptor of a problem, which is known to be of this type.
template <class Descriptor, class Extent, class Problem>
[[nodiscard]] constexpr Descriptor descriptor_as(Problem const& p) {
  return with_descriptor<Extent>(p, []<class D>(D const& d) -> Descriptor {
    if constexpr (std::is_same_v<D, Descriptor>) {
      return d;
    } else {
      __builtin_unreachable();
    }
  });
}

/// Calls that have a type of problem, a kernel's tag and a width of extents in common.
struct call_family {
  std::size_t problem = 0;
  std::int32_t generation = 0;
  bool narrow = true;

  [[nodiscard]] constexpr bool has(planned_call const& c) const {
    return c.problem == problem && c.generation == generation && c.narrow == narrow;
  }
  [[nodiscard]] static constexpr call_family of(planned_call const& c) {
    return {c.problem, c.generation, c.narrow};
  }
};

/// The problems of a family of calls of a plan, in the order of the calls.
template <auto const& Graph, auto const& Plan, call_family Family>
struct family_problems {
  using problem_type = problem_at<Family.problem>;
  using extent = std::conditional_t<Family.narrow, std::uint16_t, std::int32_t>;
  static constexpr std::size_t count = [] {
    std::size_t calls = 0;
    for (planned_call const& c : Plan.planned_calls()) calls += Family.has(c) ? 1u : 0u;
    return calls;
  }();
  static constexpr auto problems = [] {
    std::array<problem_type, count> made{};
    std::size_t i = 0;
    for (planned_call const& c : Plan.planned_calls()) {
      if (Family.has(c)) made[i++] = problem_of<problem_type>(Graph.view(), c);
    }
    return made;
  }();
  static constexpr auto kinds = [] {
    std::array<char const*, count> made{};
    for (std::size_t i = 0; i < count; ++i) made[i] = kind_of<extent>(problems[i]);
    return made;
  }();
  /// The first call of the same kind.
  static constexpr auto first_of_kind = [] {
    std::array<std::size_t, count> made{};
    for (std::size_t i = 0; i < count; ++i) {
      while (kinds[made[i]] != kinds[i]) ++made[i];
    }
    return made;
  }();
  /// How many calls before are of the same kind.
  static constexpr auto number_in_kind = [] {
    std::array<std::size_t, count> made{};
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < i; ++j) made[i] += first_of_kind[j] == first_of_kind[i] ? 1u : 0u;
    }
    return made;
  }();
};

/// The descriptors of all calls of a family that are of the same kind as its First-th.
template <auto const& Graph, auto const& Plan, call_family Family, std::size_t First>
struct call_kind {
  using family = family_problems<Graph, Plan, Family>;
  using extent = typename family::extent;
  static constexpr typename family::problem_type example = family::problems[First];
  using descriptor_type = std::remove_cvref_t<decltype(descriptor_of<extent>(
      kernels::problem_constant<typename family::problem_type, example>{}))>;

  static constexpr std::size_t count = [] {
    std::size_t calls = 0;
    for (std::size_t first : family::first_of_kind) calls += first == First ? 1u : 0u;
    return calls;
  }();
  static constexpr auto members = [] {
    std::array<std::size_t, count> made{};
    std::size_t i = 0;
    for (std::size_t call = 0; call < family::count; ++call) {
      if (family::first_of_kind[call] == First) made[i++] = call;
    }
    return made;
  }();
  static constexpr auto descriptors = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<descriptor_type, count>{
        descriptor_as<descriptor_type, extent>(family::problems[members[I]])...};
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

/// Runs a call whose descriptor is a D. Out of line: all calls of one kernel share one body, whatever their
/// extents.
template <class D, class Tag>
[[gnu::noinline]] void run_call(void const* descriptor, call_places const& p, std::byte* const* memories,
                                std::byte const* const* packed, kernels::input_row* window,
                                row_interval rows) {
  auto const input = [&](call_place const& at) -> row_place<std::byte const> {
    return {at.offset >= 0 ? memories[at.memory] + at.offset : packed[0] + ~at.offset, at.row_bytes, at.ring,
            at.table};
  };
  auto const output = [&](call_place const& at) -> row_place<std::byte> {
    return {memories[at.memory] + at.offset, at.row_bytes, at.ring, at.table};
  };
  execute(*static_cast<D const*>(descriptor), p.geometry,
          {.inputs = {input(p.inputs[0]), input(p.inputs[1])},
           .output = output(p.output),
           .packed = packed[p.fast_packed ? 1 : 0] + p.packed,
           .scratch = output(p.scratch),
           .window = window},
          rows, Tag{});
}

/// A call as straight-line code and tables have it.
struct fixed_call {
  void (*run)(void const*, call_places const&, std::byte* const*, std::byte const* const*,
              kernels::input_row*, row_interval);
  void const* descriptor;
};

/// How many calls of the same family are before each call of a plan.
template <auto const& Plan>
inline constexpr auto numbers_in_family = [] {
  std::array<std::size_t, Plan.calls> made{};
  for (std::size_t i = 0; i < made.size(); ++i) {
    call_family const mine = call_family::of(Plan.all_calls[i]);
    for (std::size_t j = 0; j < i; ++j) made[i] += mine.has(Plan.all_calls[j]) ? 1u : 0u;
  }
  return made;
}();

/// The Index-th call of a plan.
template <auto const& Graph, class Arch, auto const& Plan, std::size_t Index>
[[nodiscard]] consteval fixed_call fixed_call_of() {
  constexpr call_family mine = call_family::of(Plan.all_calls[Index]);
  constexpr std::size_t number = numbers_in_family<Plan>[Index];
  using family = family_problems<Graph, Plan, mine>;
  using kind = call_kind<Graph, Plan, mine, family::first_of_kind[number]>;
  return {run_call<typename kind::descriptor_type, typename ancestor<Arch, mine.generation>::type>,
          &kind::descriptors[family::number_in_kind[number]]};
}

}  // namespace linnet::inline LINNET_ISA::detail
