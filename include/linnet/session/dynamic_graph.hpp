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
  std::vector<node> nodes;
  std::vector<tensor_info> tensors;
  std::vector<tensor_id> edges;
  std::vector<float> scales;
  std::vector<char> characters;
  edge_range input_edges, output_edges;

  [[nodiscard]] graph_view view() const {
    return {nodes, tensors, edges, scales, characters, input_edges, output_edges};
  }

  /// Adds a run of tensor numbers.
  edge_range add_edges(std::span<tensor_id const> ids) {
    edge_range const range{static_cast<std::uint32_t>(edges.size()), static_cast<std::uint32_t>(ids.size())};
    edges.insert(edges.end(), ids.begin(), ids.end());
    return range;
  }
  edge_range add_name(std::string_view name) {
    edge_range const range{static_cast<std::uint32_t>(characters.size()),
                           static_cast<std::uint32_t>(name.size())};
    characters.insert(characters.end(), name.begin(), name.end());
    return range;
  }
  edge_range add_scales(std::span<float const> values) {
    edge_range const range{static_cast<std::uint32_t>(scales.size()),
                           static_cast<std::uint32_t>(values.size())};
    scales.insert(scales.end(), values.begin(), values.end());
    return range;
  }
};

}  // namespace linnet::inline LINNET_ISA
