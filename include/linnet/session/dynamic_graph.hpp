// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <linnet/graph/graph.hpp>

namespace linnet::inline LINNET_ISA {

/// A graph that grows at run time. `view()` is valid until the graph changes or goes.
struct dynamic_graph {
  std::vector<node> nodes;                   ///< in an order in which they can run
  std::vector<tensor_info> tensors;          ///< numbered by `tensor_id`
  std::vector<tensor_id> edges;              ///< tensor numbers, in runs
  std::vector<float> scales;                 ///< per channel, of all tensors
  std::vector<char> characters;              ///< names of all tensors
  edge_range input_edges, output_edges;      ///< runs of `edges`: the graph's own
  edge_range state_edges{}, update_edges{};  ///< states, and what replaces each of them

  /// The graph, as passes and readers take it; refers to this.
  [[nodiscard]] graph_view view() const {
    return {nodes, tensors, edges, scales, characters, input_edges, output_edges, state_edges, update_edges};
  }

  /// Adds a run of tensor numbers.
  edge_range add_edges(std::span<tensor_id const> ids) {
    edge_range const range{static_cast<std::uint32_t>(edges.size()), static_cast<std::uint32_t>(ids.size())};
    edges.insert(edges.end(), ids.begin(), ids.end());
    return range;
  }
  /// Appends a name: what a tensor's `name` is.
  edge_range add_name(std::string_view name) {
    edge_range const range{static_cast<std::uint32_t>(characters.size()),
                           static_cast<std::uint32_t>(name.size())};
    characters.insert(characters.end(), name.begin(), name.end());
    return range;
  }
  /// Appends scales: what a tensor's `channel_scales` is.
  edge_range add_scales(std::span<float const> values) {
    edge_range const range{static_cast<std::uint32_t>(scales.size()),
                           static_cast<std::uint32_t>(values.size())};
    scales.insert(scales.end(), values.begin(), values.end());
    return range;
  }
};

}  // namespace linnet::inline LINNET_ISA
