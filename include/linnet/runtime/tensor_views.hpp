// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

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

/// The bytes that a call keeps between runs.
struct kept_state {
  std::int32_t memory = 0;
  std::int64_t offset = 0, bytes = 0;
};

/// Whether a plan has such calls.
template <auto const& Plan>
inline constexpr bool has_states = [] {
  for (std::size_t i = 0; i < Plan.calls; ++i) {
    if (Plan.all_calls[i].keeps_scratch) return true;
  }
  return false;
}();

/// What each of them keeps.
template <auto const& Plan>
constexpr auto make_states() {
  constexpr std::size_t count = [] {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < Plan.calls; ++i) sum += Plan.all_calls[i].keeps_scratch ? 1u : 0u;
    return sum;
  }();
  std::array<kept_state, count> made{};
  for (std::size_t i = 0, state = 0; state < count; ++i) {
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
  return made;
}
template <auto const& Plan>
inline constexpr auto states = make_states<Plan>();

}  // namespace linnet::inline LINNET_ISA::detail
