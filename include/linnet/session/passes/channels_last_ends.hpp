// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <utility>
#include <vector>

#include <linnet/session/passes/rewrite.hpp>

namespace linnet::inline LINNET_ISA {

/// Drops the nodes that an importer put at a graph's ends to meet the file's channels-first layout (they are
/// no operator of the file: their `source` is -1): the network then takes and gives images of (N, H, W, C),
/// as firmware's cameras do. Inputs or outputs that something else reads as well keep theirs. Precondition:
/// the graph is valid.
[[nodiscard]] inline network channels_last_ends(network net) {
  dynamic_graph& graph = net.graph;
  graph_view const g = graph.view();
  tensor_uses const uses(g);
  std::vector<bool> left_out(graph.nodes.size(), false);
  std::vector<tensor_id> inputs(g.inputs().begin(), g.inputs().end());
  std::vector<tensor_id> outputs(g.outputs().begin(), g.outputs().end());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    node const& n = graph.nodes[i];
    if ((n.kind != op::transpose && n.kind != op::reshape) || n.source >= 0) continue;
    tensor_id const from = g.inputs(n)[0], to = g.outputs(n)[0];
    auto const readers = [&](tensor_id id) { return uses.readers[static_cast<std::size_t>(id)]; };
    for (tensor_id& input : inputs) {
      if (input != from || readers(from) != 1) continue;
      input = to;
      left_out[i] = true;
    }
    for (tensor_id& output : outputs) {
      if (left_out[i] || output != to || readers(to) != 1 || uses.only_maker(from) == no_node) continue;
      output = from;
      left_out[i] = true;
    }
  }
  graph.input_edges = graph.add_edges(inputs);
  graph.output_edges = graph.add_edges(outputs);
  return without(net, left_out);
}

}  // namespace linnet::inline LINNET_ISA
