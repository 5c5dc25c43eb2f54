// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/base/span.hpp>
#include <linnet/runtime/geometry.hpp>
#include <linnet/runtime/storage.hpp>

// From a valid graph to everything that is known before it runs: which kernel calls there are, where every
// byte lies, how many there are. One function for constants (`fixed_plan.hpp`) and for sessions.
namespace linnet::inline LINNET_ISA {

/// One kernel call with its places.
struct planned_call {
  std::int32_t node = 0, part = 0;    ///< the part-th call of that node, as `lower` counts them
  std::size_t problem = 0;            ///< number of its problem's type in `kernels::all_problems`
  bool narrow = true;                 ///< 16 bits hold its extents
  std::array<tensor_id, 2> inputs{};  ///< activations that it reads; -1: none
  tensor_id output = -1;              ///< the node's, of which the call may make a part
  call_geometry geometry{};           ///< how it walks
  std::int64_t output_offset = 0;     ///< bytes into the output tensor
  std::int64_t packed_offset = 0;     ///< bytes into the packed weights
  std::int64_t packed_bytes = 0;      ///< a multiple of kernels::packed_alignment
  kernels::packed_layout layout = kernels::packed_layout::none;  ///< of its packed stream
  std::int32_t generation = 0;        ///< of the kernel's tag, as `kernels::selection` counts
  std::int32_t scratch = no_storage;  ///< interval
  bool folds = false;                 ///< the kernel takes input rows one by one
  bool keeps_scratch = false;         ///< its scratch is a state, which lives on between runs
};

/// Bytes that a plan needs.
struct plan_totals {
  std::int64_t arena_bytes = 0;        ///< activations and scratch
  std::int64_t arena_lower_bound = 0;  ///< the most bytes alive in one step: no plan in this order needs less
  std::int64_t packed_bytes = 0;       ///< weights, biases, requantization tables as the kernels read them
  std::int64_t window_entries = 0;     ///< row pointers that the neediest call gathers
  std::size_t intervals = 0, calls = 0;  ///< buffers, and kernel calls
};

/// What `plan` fills, and works with. `places` has one entry a tensor, `uses` two, `calls`
/// `most_calls(graph)`, the others one a tensor and call together.
struct plan_memory {
  span<tensor_place> places;          ///< of each tensor
  span<planned_call> calls;           ///< in the order in which they run
  span<planner::interval> intervals;  ///< lives of buffers, in steps
  span<std::int64_t> offsets;         ///< of each interval in the arena
  span<std::int32_t> uses;            ///< readers, and makers, of each tensor
  planner::workspace workspace;       ///< of `planner::place`
};

/// Whether a node joins tensors.
[[nodiscard]] constexpr bool has_concat(graph_view const& g) {
  for (node const& n : g.nodes) {
    if (n.kind == op::concat) return true;
  }
  return false;
}

/// No plan of a graph has more kernel calls.
[[nodiscard]] constexpr std::size_t most_calls(graph_view const& g) {
  std::size_t calls = 0;
  for (node const& n : g.nodes) calls += n.kind == op::concat ? n.inputs.count : 1;
  return calls;
}

/// Alignment of an arena, in bytes.
inline constexpr std::int32_t arena_alignment = 16;

namespace detail {

[[nodiscard]] constexpr graph_error located(graph_error e, graph_view const& g, std::size_t node) {
  e.node = static_cast<std::int32_t>(node);
  e.kind = g.nodes[node].kind;
  return e;
}

/// Offsets and strides have 31 bits: the first tensor that has more bytes, or -1. A valid graph's tensors
/// have no more elements than that.
[[nodiscard]] constexpr tensor_id too_large(graph_view const& g) {
  for (std::size_t i = 0; i < g.tensors.size(); ++i) {
    tensor_info const& t = g.tensors.data()[i];
    if (bits_per_element(t.type) > 8 &&
        bytes_of(t.type, t.shape.elements()) > std::numeric_limits<std::int32_t>::max())
      return static_cast<tensor_id>(i);
  }
  return -1;
}

/// The operands of a call, by their numbers in the graph.
[[nodiscard]] constexpr std::array<tensor_id, 2> operands_of_call(graph_view const& g, node const& n,
                                                                  kernel_call const& call) {
  return {g.inputs(n)[call.operands[0]], g.inputs(n)[call.operands[1]]};
}

}  // namespace detail

/// Whether a call of a concat has nothing to do: its operand is made in its place.
[[nodiscard]] constexpr bool is_made_in_place(graph_view const& g, node const& n, kernel_call const& call,
                                              span<tensor_place const> places) {
  tensor_id const operand = detail::operands_of_call(g, n, call)[0];
  return n.kind == op::concat && places[static_cast<std::size_t>(operand)].whole == g.outputs(n)[0];
}

/// Calls `f(problem, kernel_call) -> expected<void, graph_error>` for every kernel call of a node that is
/// left once operands of a concat are made in their place.
template <class F>
[[nodiscard]] constexpr expected<void, graph_error> lower_placed(graph_view const& g, node const& n,
                                                                 span<tensor_place const> places,
                                                                 F const& f) {
  return lower(g, n, [&](auto const& problem, kernel_call const& call) -> expected<void, graph_error> {
    if (is_made_in_place(g, n, call, places)) return {};
    return f(problem, call);
  });
}

/// Everything of a plan but the arena: kernel calls for an architecture, storages, places in the packed
/// weights. Errors: what `lower` refuses, a node that no kernel computes, a tensor of 2 GiB. Precondition:
/// the graph is valid.
template <class Arch>
[[nodiscard]] constexpr expected<plan_totals, graph_error> lower_graph(graph_view const& g, sharing share,
                                                                       plan_memory const& memory) {
  if (tensor_id const large = detail::too_large(g); large >= 0)
    return detail::lowering_fault(graph_fault::tensor_too_large, large);
  plan_totals totals;
  auto const pixel_stride = [&](tensor_id id) {
    return memory.places[static_cast<std::size_t>(id)].pixel_stride;
  };
  auto const keep_constant = [&](tensor_id id) {
    tensor_place& place = memory.places[static_cast<std::size_t>(id)];
    tensor_info const& t = g.tensor(id);
    if (t.role != tensor_role::constant || place.storage == packed_storage) return;
    place = {.storage = packed_storage, .offset = static_cast<std::int32_t>(totals.packed_bytes)};
    totals.packed_bytes +=
        align_up<std::int64_t>(bytes_of(t.type, t.shape.elements()), kernels::packed_alignment);
  };
  lowered_call lowered;  // one for all: copies cost compilers dearly
  kernels::selection const& selected = lowered.selected;
  totals.intervals = assign_storage<Arch>(g, share, memory.intervals, memory.places, memory.uses);
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    node const& n = g.nodes[i];
    auto const step = static_cast<std::int32_t>(i);
    std::size_t const parts = call_count(g, n);
    for (std::size_t part = 0; part < max<std::size_t>(1, parts); ++part) {
      if (auto const done = lower_call<Arch>(g, n, part, lowered); !done)
        return unexpected(detail::located(done.error(), g, i));
      if (parts == 0 || is_made_in_place(g, n, lowered.call, memory.places)) continue;
      if (!selected.found()) {
        return unexpected(
            detail::located({.fault = graph_fault::types_not_supported, .tensor = g.outputs(n)[0]}, g, i));
      }
      auto const inputs = detail::operands_of_call(g, n, lowered.call);
      tensor_id const output = g.outputs(n)[0];
      planned_call& made = memory.calls[totals.calls++];
      made = {
          .node = step,
          .part = static_cast<std::int32_t>(part),
          .problem = lowered.problem,
          .narrow = lowered.narrow,
          .inputs = inputs,
          .output = output,
          .geometry = geometry_of(lowered.call, lowered.window, g.tensor(inputs[0]).type,
                                  {pixel_stride(inputs[0]), pixel_stride(inputs[1])}, pixel_stride(output)),
          .output_offset = lowered.call.output_offset,
          .packed_offset = totals.packed_bytes,
          .packed_bytes = selected.packed_bytes,
          .layout = selected.layout,
          .generation = selected.generation,
          .folds = selected.folds,
          .keeps_scratch = selected.keeps_scratch};
      if (selected.scratch_bytes > 0) {
        made.scratch = static_cast<std::int32_t>(totals.intervals);
        std::int32_t const first = made.keeps_scratch ? -1 : step;
        std::int32_t const last = made.keeps_scratch ? static_cast<std::int32_t>(g.nodes.size()) : step;
        memory.intervals[totals.intervals++] = {selected.scratch_bytes, kernels::packed_alignment, first,
                                                last};
      }
      totals.packed_bytes += selected.packed_bytes;
      for (tensor_id id : inputs) keep_constant(id);
      if (!made.folds) totals.window_entries = max(totals.window_entries, made.geometry.window_entries());
    }
  }
  for (tensor_id id : g.outputs()) keep_constant(id);
  return totals;
}

/// Gives every interval of a lowered graph its place in the arena, layer by layer.
constexpr void place_layers(plan_totals& totals, plan_memory const& memory) {
  std::size_t const count = totals.intervals;
  planner::workspace const workspace{memory.workspace.order.first(count),
                                     memory.workspace.sorted.first(count),
                                     memory.workspace.trial.first(count)};
  planner::placement const placed =
      planner::place(memory.intervals.first(count), memory.offsets.first(count), workspace);
  totals.arena_bytes = placed.bytes;
  totals.arena_lower_bound = placed.lower_bound;
}

/// Plans a graph layer by layer in the order of its nodes. Errors: those of `lower_graph`.
template <class Arch>
[[nodiscard]] constexpr expected<plan_totals, graph_error> plan(graph_view const& g, sharing share,
                                                                plan_memory const& memory) {
  auto totals = lower_graph<Arch>(g, share, memory);
  if (totals) place_layers(*totals, memory);
  return totals;
}

}  // namespace linnet::inline LINNET_ISA
