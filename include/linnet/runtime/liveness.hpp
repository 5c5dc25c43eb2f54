// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <linnet/planner/placement.hpp>
#include <linnet/runtime/lower.hpp>

namespace linnet::inline LINNET_ISA {

/// A tensor that has no place in the arena: a constant, or one that nothing makes.
inline constexpr std::int32_t no_storage = -1;

/// When every tensor is alive if the graph runs layer by layer, as intervals for the planner: node i is step
/// i, the graph's inputs are there before step 0 and its outputs after the last. `storage[t]` becomes the
/// interval of tensor t; an aliasing reshape shares its input's. `intervals` and `storage` have one entry a
/// tensor; returns how many intervals there are. Precondition: the graph is valid.
[[nodiscard]] constexpr std::size_t tensor_lifetimes(graph_view const& g,
                                                     std::span<planner::interval> intervals,
                                                     std::span<std::int32_t> storage) {
  std::size_t count = 0;
  auto const make = [&](tensor_id id, std::int32_t step) {
    tensor_info const& t = g.tensor(id);
    std::int32_t const alignment = max(1, bits_per_element(t.type) / 8);
    storage[static_cast<std::size_t>(id)] = static_cast<std::int32_t>(count);
    intervals[count++] = {bytes_of(t.type, t.shape.elements()), alignment, step, step};
  };
  auto const use = [&](tensor_id id, std::int32_t step) {
    std::int32_t const where = storage[static_cast<std::size_t>(id)];
    if (where != no_storage) intervals[static_cast<std::size_t>(where)].last = step;
  };
  for (std::int32_t& where : storage) where = no_storage;
  for (tensor_id id : g.inputs()) make(id, -1);
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    node const& n = g.nodes[i];
    auto const step = static_cast<std::int32_t>(i);
    for (tensor_id id : g.inputs(n)) use(id, step);
    tensor_id const made = g.outputs(n)[0];
    if (is_alias(g, n)) {
      storage[static_cast<std::size_t>(made)] = storage[static_cast<std::size_t>(g.inputs(n)[0])];
    } else {
      make(made, step);
    }
  }
  for (tensor_id id : g.outputs()) use(id, static_cast<std::int32_t>(g.nodes.size()));
  return count;
}

}  // namespace linnet::inline LINNET_ISA
