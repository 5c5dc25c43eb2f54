// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
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
/// on the types of elements, on the rounding and on the function of each element (or its group), and on
/// nothing else.
struct call_family {
  std::size_t problem = 0;
  std::int32_t generation = 0;
  bool narrow = true;
  element_type input = s8, output = s8;
  linnet::rounding rounding = rounding::double_rounding;
  unary_function unary = unary_function::abs;
  kernels::binary::group binary = kernels::binary::group::sums;
  linnet::reduction reduction = reduction::sum;
  linnet::recurrence recurrence = recurrence::svdf;
  element_type state = f32;
  element_type weights = f32;  // of layers
  bool dynamic = false;

  friend constexpr bool operator==(call_family const&, call_family const&) = default;
};
[[nodiscard]] constexpr call_family family_of(graph_view const& g, planned_call const& c,
                                              std::int32_t generation) {
  node const& n = g.nodes.data()[c.node];
  return {c.problem,
          generation,
          c.narrow,
          g.tensor(c.inputs[0]).type,
          g.tensor(c.output).type,
          n.rounding,
          n.unary,
          kernels::binary::group_of(n.binary),
          n.reduction,
          n.recurrence,
          n.state_type,
          has_weights(n.kind) ? g.input(n, 1).type : f32,
          n.dynamic_quantization != dynamic_quantization::none};
}

/// The problem of a call, whose type is known.
template <class Problem>
[[nodiscard]] constexpr Problem problem_of_call(graph_view const& g, planned_call const& c) {
  return problem_of<Problem>(g, g.nodes.data()[c.node], static_cast<std::size_t>(c.part));
}

/// The generation of the kernel that reads what is stated of a call's stream; -1: there is none.
template <class Arch, class... Problem>
[[nodiscard]] constexpr std::int32_t generation_stated(graph_view const& g, planned_call const& c,
                                                       kernels::packed_layout stated,
                                                       kernels::type_list<Problem...>) {
  if (stated == c.layout) return c.generation;
  std::int32_t found = -1;
  std::size_t number = 0;
  (void)((number++ == c.problem &&
          (found = kernels::generation_that_reads<Arch>(problem_of_call<Problem>(g, c), stated), true)) ||
         ...);
  return found;
}

/// Whose kernels run the calls of a plan: those that the planner selected, or ancestors of theirs where the
/// weights say so.
template <auto const& Graph, class Arch, auto const& Plan, auto const& Weights>
constexpr auto make_generations() {
  std::array<std::int32_t, Plan.calls> made{};
  for (std::size_t i = 0, stream = 0; i < Plan.calls; ++i) {
    planned_call const& c = Plan.all_calls[i];
    made[i] = c.packed_bytes == 0
                  ? c.generation
                  : generation_stated<Arch>(Graph.view(), c, Weights.layout.streams[stream++].layout,
                                            kernels::all_problems{});
  }
  return made;
}
template <auto const& Graph, class Arch, auto const& Plan, auto const& Weights>
inline constexpr auto generations = make_generations<Graph, Arch, Plan, Weights>();

/// Whether every call whose output takes an operand's bytes is run by the kernel that was selected for it:
/// another may not have read what it needs.
template <auto const& Plan, auto const& Generations>
consteval bool overwrites_safely() {
  for (std::size_t i = 0; i < Plan.calls; ++i) {
    planned_call const& c = Plan.all_calls[i];
    std::int32_t const output = Plan.places[static_cast<std::size_t>(c.output)].storage;
    for (std::size_t k = 0; k < static_cast<std::size_t>(c.geometry.operands); ++k) {
      bool const shared = Plan.places[static_cast<std::size_t>(c.inputs[k])].storage == output;
      if (shared && Generations[i] != c.generation) return false;
    }
  }
  return true;
}

/// Whether there is a kernel for every stream.
template <auto const& Graph, class Arch, auto const& Plan, auto const& Weights>
consteval bool has_readers() {
  for (std::int32_t generation : generations<Graph, Arch, Plan, Weights>) {
    if (generation < 0) return false;
  }
  return true;
}

/// The families of a plan's calls, in the order in which they appear, and the calls of each.
template <std::size_t Calls>
struct call_families {
  std::array<call_family, Calls> all{};
  std::array<std::size_t, Calls> sizes{};               // calls of each
  std::array<std::size_t, Calls> family_of{}, place{};  // of each call, and its number there
  std::size_t count = 0;
};
template <auto const& Graph, auto const& Plan, auto const& Generations>
constexpr auto make_families() {
  call_families<Plan.calls> made;
  for (std::size_t i = 0; i < Plan.calls; ++i) {
    call_family const mine = family_of(Graph.view(), Plan.all_calls[i], Generations[i]);
    std::size_t family = 0;
    while (family < made.count && !(made.all[family] == mine)) ++family;
    if (family == made.count) made.all[made.count++] = mine;
    made.family_of[i] = family;
    made.place[i] = made.sizes[family]++;
  }
  return made;
}
template <auto const& Graph, auto const& Plan, auto const& Generations>
inline constexpr auto families = make_families<Graph, Plan, Generations>();

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
template <auto const& Graph, auto const& Plan, auto const& Generations, std::size_t Family>
struct family_descriptors {
  static constexpr auto const& all = families<Graph, Plan, Generations>;
  static constexpr call_family family = all.all[Family];
  static constexpr std::size_t count = all.sizes[Family];
  using problem_type = problem_at<family.problem>;
  using extent = std::conditional_t<family.narrow, std::uint16_t, std::int32_t>;

  [[nodiscard]] static constexpr problem_type problem(planned_call const& c) {
    return problem_of_call<problem_type>(Graph.view(), c);
  }
  static constexpr auto make_members() {
    std::array<std::size_t, count> made{};
    for (std::size_t call = 0, i = 0; i < count; ++call) {
      if (all.family_of[call] == Family) made[i++] = call;
    }
    return made;
  }
  static constexpr auto members = make_members();
  static constexpr problem_type example = problem(Plan.all_calls[members[0]]);
  using descriptor_type = std::remove_cvref_t<decltype(descriptor_of<extent>(
      kernels::problem_constant<problem_type, example>{}))>;
  template <std::size_t I>
  static constexpr descriptor_type descriptor_at =
      descriptor_as<descriptor_type, extent>(problem(Plan.all_calls[members[I]]));
  template <std::size_t... I>
  static constexpr auto make_descriptors(std::index_sequence<I...>) {
    return std::array<descriptor_type, count>{descriptor_at<I>...};
  }
  static constexpr auto descriptors = make_descriptors(std::make_index_sequence<count>{});
};

/// Where the rows of an operand, an output or a scratch lie. Of 16 bits where they hold every number of a
/// plan: flash. Calls share them: what one makes the next takes.
template <class Count>
struct call_place {
  static constexpr Count no_ring = std::numeric_limits<Count>::max(), in_table = no_ring / 2 + 1;

  std::int32_t offset = 0;  // into its memory, or into the packed weights
  Count row_bytes = 0;
  Count ring = no_ring;  // rows; where each has its own address: `in_table` + the first one's place there

  template <class Byte, class Table>
  [[nodiscard]] constexpr row_place<Byte, Table> rows(Byte* memory, Table table) const {
    row_place<Byte, Table> made{memory + offset, static_cast<std::int32_t>(row_bytes)};
    if (ring == no_ring) return made;
    if constexpr (std::is_pointer_v<Table>) {
      if (ring >= in_table) {
        made.table = table + (ring - in_table);
        return made;
      }
    }
    made.ring = static_cast<std::int32_t>(ring);
    return made;
  }
  [[nodiscard]] constexpr bool is(call_place const& other) const {  // plain: compilers ask it often
    return offset == other.offset && row_bytes == other.row_bytes && ring == other.ring;
  }
};

/// What all calls of all runs share: in flash.
template <class Count, class Table>
struct call_constants {
  call_place<Count> const* places;
  std::byte const* packed[2];         // the weights, and their fast part
  [[no_unique_address]] Table table;  // of rows that have addresses of their own
};

/// What all calls of a run share.
template <class Count, class Table>
struct call_frame {
  call_constants<Count, Table> const* constants;
  std::byte* const* memories;
  kernels::input_row* window;
};

/// A fixed call as the executor reads it: what is left of `planned_call`. Index counts the plan's places.
template <class Count, class Index>
struct placed_call {
  using small = std::conditional_t<sizeof(Count) == 2, std::uint8_t, Count>;
  static constexpr int memory_bits = 4;
  static constexpr std::uint16_t packed_memory = (1 << memory_bits) - 1;

  std::int32_t packed = 0;  // into the packed weights, or, where ~packed, into their fast part
  std::uint16_t memories =
      0;  // four bits each: of the inputs, the output, the scratch; a constant's are all 1
  std::array<Index, 4> places{};
  basic_geometry<Count, small> geometry{};  // its strip is 0 where the kernel folds

  [[nodiscard]] constexpr bool folds() const { return geometry.strip == 0; }
};

/// Where the bytes of a placed call are: looked up when they are asked for, which takes no place on the stack
/// while the kernel runs.
template <class Count, class Index, class Table>
struct placed_memory {
  using call_type = placed_call<Count, Index>;
  using readable_rows = row_place<std::byte const, Table>;
  using writable_rows = row_place<std::byte, Table>;
  call_type const& call;
  call_frame<Count, Table> const& frame;
  std::int32_t image = 0;  // of the batch

  [[nodiscard]] constexpr readable_rows input_rows(std::int32_t operand) const {
    return rows(operand, call.geometry.input_height);
  }
  [[nodiscard]] constexpr writable_rows output_rows() const {
    return writable(rows(2, call.geometry.output_height));
  }
  [[nodiscard]] constexpr writable_rows scratch_rows() const { return writable(rows(3, 0)); }
  [[nodiscard]] constexpr std::byte const* packed_bytes() const {
    return call.packed >= 0 ? frame.constants->packed[0] + call.packed
                            : frame.constants->packed[1] + ~call.packed;
  }
  [[nodiscard]] constexpr kernels::input_row* window_rows() const { return frame.window; }
  constexpr void go_to_next_image(std::int32_t, std::int32_t) { ++image; }

 private:
  /// Operands, of which some are constants, output and scratch: one body of code.
  [[nodiscard, gnu::noinline]] constexpr readable_rows rows(std::int32_t number, std::int32_t height) const {
    call_place<Count> const& place = frame.constants->places[call.places[static_cast<std::size_t>(number)]];
    std::int32_t const memory = call.memories >> (number * call_type::memory_bits) & call_type::packed_memory;
    std::byte const* const from =
        memory == call_type::packed_memory ? frame.constants->packed[0] : frame.memories[memory];
    readable_rows made = place.rows(from, frame.constants->table);
    made.base += std::ptrdiff_t{image} * height * made.row_bytes;
    return made;
  }
  /// Of a place in the arena, which is not constant.
  [[nodiscard]] static constexpr writable_rows writable(readable_rows const& rows) {
    return {const_cast<std::byte*>(rows.base), rows.row_bytes, rows.ring, rows.table};
  }
};

/// Runs a call of any kernel; not of those that fold unless MayFold. Out of line: it is the same for all.
template <bool MayFold, class Count, class Index, class Table>
[[gnu::noinline]] void run_call(fixed_kernel const& kernel, placed_call<Count, Index> const& call,
                                call_frame<Count, Table> const& frame, row_interval const& rows) {
  pointed_kernel const bound{kernel, MayFold && call.folds()};
  placed_memory<Count, Index, Table> memory{call, frame};
  execute(bound, call.geometry, memory, rows);
}

/// Whether 16 bits hold the numbers of every call of a plan, and 8 the small ones.
template <auto const& Plan>
constexpr bool ask_for_small_numbers() {
  constexpr std::int64_t most = std::numeric_limits<std::uint16_t>::max() - 1, most_small = 255,
                         most_rows = call_place<std::uint16_t>::in_table - 1;
  for (std::size_t i = 0; i < Plan.calls; ++i) {
    call_geometry const& g = Plan.all_calls[i].geometry;
    kernels::vertical_window const& w = g.window;
    std::int32_t const row = max(max(g.input_row_stride[0], g.input_row_stride[1]), g.output_row_stride);
    std::int32_t const small = max(max(w.kernel, w.stride), max(w.dilation, w.padding));
    if (max(max(g.batch, g.input_height), max(g.output_height, row)) > most || small > most_small)
      return false;
  }
  if constexpr (requires { Plan.rings; }) {
    for (planner::ring const& r : Plan.rings) {
      if (r.row_bytes > most || max(r.rows, r.table + 1) > most_rows) return false;
    }
  }
  return true;
}
template <auto const& Plan>
inline constexpr bool has_small_numbers = ask_for_small_numbers<Plan>();

/// Counts the rows and bytes of a plan's calls.
template <auto const& Plan>
using place_count = std::conditional_t<has_small_numbers<Plan>, std::uint16_t, std::int32_t>;
/// Counts the places of a plan: no call has more than four that no other has, and one is nowhere.
template <auto const& Plan>
using place_index = std::conditional_t<(4 * Plan.calls < 256), std::uint8_t, std::uint16_t>;

template <auto const& Graph, class Arch, auto const& Plan, auto const& Generations, std::size_t... Family>
constexpr auto make_calls(std::index_sequence<Family...>) {
  std::array<fixed_kernel, Plan.calls> made{};
  auto const add = [&]<std::size_t F>(std::integral_constant<std::size_t, F>) {
    using family = family_descriptors<Graph, Plan, Generations, F>;
    using tag = typename ancestor<Arch, family::family.generation>::type;
    static_assert(bound_kernel<typename family::descriptor_type, tag>::folds ==
                      Plan.all_calls[family::members[0]].folds,
                  "linnet: an older kernel folds where the planned one does not, or the reverse");
    for (std::size_t i = 0; i < family::count; ++i) {
      made[family::members[i]] = {call_kernel<typename family::descriptor_type, tag>,
                                  &family::descriptors[i]};
    }
  };
  (add(std::integral_constant<std::size_t, Family>{}), ...);
  return made;
}
/// The kernels of all calls of a plan. Calls of one family share their code, whatever their extents.
template <auto const& Graph, class Arch, auto const& Plan, auto const& Generations>
inline constexpr auto fixed_calls = make_calls<Graph, Arch, Plan, Generations>(
    std::make_index_sequence<families<Graph, Plan, Generations>.count>{});

}  // namespace linnet::inline LINNET_ISA::detail
