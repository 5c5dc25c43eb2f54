// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <linnet/base/bytes.hpp>
#include <linnet/runtime/fixed_places.hpp>
#include <linnet/tensor/view.hpp>

// Where the tensors and the states of a graph that is a constant lie, as its users see them.
namespace linnet::inline LINNET_ISA::detail {

template <auto const& Graph, tensor_id Id>
struct view_type {
  static constexpr tensor_info const& info = Graph.tensors[static_cast<std::size_t>(Id)];
  static constexpr shape extents_list = info.shape;
  template <std::size_t... I>
  static auto list(std::index_sequence<I...>) -> extents<extents_list[I]...>;
  using extents_type = decltype(list(std::make_index_sequence<extents_list.rank()>{}));
  using element = stored_element<info.type>;
  template <class Byte>
  using view = tensor_view<std::conditional_t<std::is_const_v<Byte>, element const, element>, extents_type>;

  template <class Byte>
  static view<Byte> at(Byte* bytes) {
    using pointer = std::conditional_t<std::is_const_v<Byte>, element const, element>*;
    return view<Byte>(reinterpret_cast<pointer>(bytes));
  }
};

/// Bytes that live on between runs.
struct kept_state {
  std::int32_t memory = 0;
  std::int64_t offset = 0, bytes = 0;
  std::byte zero{};              // each of them before the first run
  std::int32_t new_memory = -1;  // where they come from after each run; -1: a call has changed them
  std::int64_t new_offset = 0;
};

/// How many calls of a plan keep what they work in.
template <auto const& Plan>
inline constexpr std::size_t keeping_calls = [] {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < Plan.calls; ++i) sum += Plan.all_calls[i].keeps_scratch ? 1u : 0u;
  return sum;
}();

/// What they keep, then the graph's own states.
template <auto const& Graph, auto const& Plan>
constexpr auto make_states() {
  constexpr graph_view g = Graph.view();
  std::array<kept_state, keeping_calls<Plan> + g.states().size()> made{};
  for (std::size_t i = 0, state = 0; state < keeping_calls<Plan>; ++i) {
    planned_call const& call = Plan.all_calls[i];
    if (!call.keeps_scratch) continue;
    auto const scratch = static_cast<std::size_t>(call.scratch);
    if constexpr (requires { Plan.rings; }) {
      planner::ring const& r = Plan.rings[scratch];
      made[state++] = {r.memory, r.offset, r.bytes()};
    } else {
      made[state++] = {0, Plan.offsets[scratch], Plan.all_intervals[scratch].bytes};
    }
  }
  for (std::size_t i = 0; i < g.states().size(); ++i) {
    tensor_id const id = g.states()[i], update = g.updates()[i];
    tensor_info const& t = g.tensor(id);
    made[keeping_calls<Plan> + i] = {
        memory_of(Plan, id), Plan.offset_of(id),      bytes_of(t.type, t.shape.elements()),
        zero_byte(t),        memory_of(Plan, update), Plan.offset_of(update)};
  }
  return made;
}
template <auto const& Graph, auto const& Plan>
inline constexpr auto states = make_states<Graph, Plan>();

/// Makes the graph's states what the run has made of them. No two of them share a byte, old or new.
template <auto const& Graph, auto const& Plan>
void replace_states(std::byte* const* memories) {
  for (kept_state const& s : states<Graph, Plan>) {
    if (s.new_memory < 0) continue;
    copy_bytes(memories[s.memory] + s.offset, memories[s.new_memory] + s.new_offset,
               static_cast<std::size_t>(s.bytes));
  }
}

}  // namespace linnet::inline LINNET_ISA::detail
