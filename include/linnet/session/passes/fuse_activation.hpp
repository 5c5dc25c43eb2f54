// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <linnet/session/passes/rewrite.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

[[nodiscard]] constexpr bool takes_activation(op kind) {
  return kind == op::conv2d || kind == op::depthwise_conv2d || kind == op::dense || kind == op::add ||
         kind == op::average_pool2d || kind == op::max_pool2d || kind == op::transpose_conv2d ||
         kind == op::batch_matmul;
}

}  // namespace detail

/// Merges each node of the relu family into the node that makes its operand, where that node can take it (see
/// `node::activation`), has none yet, and nothing else reads what it makes. The result is the same, bit for
/// bit: only nodes whose operand and result are of one type and quantization are merged. The merged node
/// keeps its `source` and gets the relu's output. Precondition: the graph is valid.
[[nodiscard]] inline network fuse_activation(network net) {
  dynamic_graph& graph = net.graph;
  tensor_uses const uses(graph.view());
  std::vector<bool> left_out(graph.nodes.size(), false);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    node const n = graph.nodes[i];
    if (n.kind != op::relu) continue;
    graph_view const g = graph.view();
    std::int32_t const maker = uses.only_maker(g.inputs(n)[0]);
    if (maker == no_node) continue;
    node& m = graph.nodes[static_cast<std::size_t>(maker)];
    tensor_info const &from = g.input(n), &to = g.output(n);
    bool const alike = from.type == to.type && from.quantization == to.quantization;
    if (!alike || !detail::takes_activation(m.kind) || m.activation != activation::none) continue;
    m.activation = n.activation;
    m.outputs = n.outputs;
    left_out[i] = true;
  }
  return without(net, left_out);
}

}  // namespace linnet::inline LINNET_ISA
