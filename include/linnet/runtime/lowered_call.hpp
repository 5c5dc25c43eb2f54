// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/runtime/geometry.hpp>
#include <linnet/runtime/lower.hpp>

namespace linnet::inline LINNET_ISA {

/// All that planning asks about one kernel call, whatever its problem's type.
struct lowered_call {
  kernel_call call;                   ///< how it lies in its node
  kernels::selection selected;        ///< the kernel and what it needs
  kernels::vertical_window window{};  ///< how the kernel walks down its input
  std::size_t problem = 0;            ///< number of its problem's type in `kernels::all_problems`
  bool narrow = true;                 ///< 16 bits hold its extents
};

namespace detail {

template <class Wanted, class... T>
[[nodiscard]] constexpr std::size_t index_of(kernels::type_list<T...>) {
  std::size_t index = 0;
  (void)((std::same_as<Wanted, T> || (++index, false)) || ...);
  return index;
}

/// Keeps the part-th call that it is given. A named type: `lower` is compiled once for it.
template <class Arch>
struct call_picker {
  std::size_t part;
  lowered_call& picked;
  std::size_t& seen;

  template <class Problem>
  constexpr expected<void, graph_error> operator()(Problem const& p, kernel_call const& call) const {
    if (seen++ != part) return {};
    constexpr std::int64_t most = std::numeric_limits<std::uint16_t>::max();
    picked.call = call;
    picked.selected = kernels::select<Arch>(p);
    picked.problem = index_of<Problem>(kernels::all_problems{});
    picked.narrow =
        max(max(call.input.width, call.input.channels), max(call.output.width, call.output.channels)) <= most;
    if constexpr (requires { window_of(p); }) {
      picked.window = window_of(p);
    } else {
      picked.window = {};
    }
    return {};
  }
};

}  // namespace detail

/// How many kernel calls a node has.
[[nodiscard]] constexpr std::size_t call_count(graph_view const& g, node const& n) {
  if (is_alias(g, n)) return 0;
  return n.kind == op::concat ? n.inputs.count : 1;
}

/// Writes call `part` of a node to `made`. Errors: those of `lower`. Precondition: part < call_count(g, n),
/// or the node is an alias, whose errors alone matter.
template <class Arch>
[[nodiscard]] constexpr expected<void, graph_error> lower_call(graph_view const& g, node const& n,
                                                               std::size_t part, lowered_call& made) {
  std::size_t seen = 0;
  return lower(g, n, detail::call_picker<Arch>{part, made, seen});
}
/// The same as a value.
template <class Arch>
[[nodiscard]] constexpr expected<lowered_call, graph_error> lower_call(graph_view const& g, node const& n,
                                                                       std::size_t part = 0) {
  lowered_call made;
  if (auto const done = lower_call<Arch>(g, n, part, made); !done) return unexpected(done.error());
  return made;
}

}  // namespace linnet::inline LINNET_ISA
