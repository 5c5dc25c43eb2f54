// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include <linnet/base/static_vector.hpp>
#include <linnet/graph/graph.hpp>

namespace linnet::inline LINNET_ISA {

/// How many inputs, outputs, states or operands of one node a builder takes.
inline constexpr std::size_t most_ends = 16;

/// Room for a graph under construction in a constant: `Nodes` nodes of any kind, each with weights, bias and
/// names as `basic_graph_builder` makes them.
template <std::size_t Nodes = 128, std::size_t Scales = 1>
struct fixed_graph {
  static_vector<node, Nodes> nodes;                               ///< in an order in which they can run
  static_vector<tensor_info, 3 * Nodes + 2 * most_ends> tensors;  ///< of all nodes, inputs and states
  /// Tensor numbers: operands and outputs of nodes, then of the graph.
  static_vector<tensor_id, 6 * Nodes + 4 * most_ends> edges;
  static_vector<float, Scales> scales;                          ///< per channel, of all tensors
  static_vector<char, 40 * Nodes + 32 * most_ends> characters;  ///< names of all tensors
  edge_range input_edges, output_edges;                         ///< runs of `edges`: the graph's own
  edge_range state_edges{}, update_edges{};                     ///< states, and what replaces each of them

  /// The graph, as passes and readers take it; refers to this.
  [[nodiscard]] constexpr graph_view view() const {
    return {{nodes.data(), nodes.size()},
            {tensors.data(), tensors.size()},
            {edges.data(), edges.size()},
            {scales.data(), scales.size()},
            {characters.data(), characters.size()},
            input_edges,
            output_edges,
            state_edges,
            update_edges};
  }
};

namespace detail {

/// Appends where there is room. Storage of fixed capacity has its end, vectors have not.
template <class Container, class T>
constexpr bool push_if_room(Container& to, T const& value) {
  if constexpr (requires { to.full(); }) {
    if (to.full()) return false;
  }
  to.push_back(value);
  return true;
}

}  // namespace detail
}  // namespace linnet::inline LINNET_ISA
