// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>

#include <linnet/graph/graph.hpp>

namespace linnet::inline LINNET_ISA {

/// Multiply-accumulates of a node: convolutions, dense layers and products of matrices only, taps on padding
/// included.
[[nodiscard]] inline std::int64_t macs(graph_view const& g, node const& n) {
  std::int64_t const outputs = g.output(n).shape.elements();
  switch (n.kind) {
    case op::transpose_conv2d:  // every weight of every input pixel
      return g.input(n).shape.elements() / g.input(n, 1).shape[3] * g.input(n, 1).shape.elements();
    case op::batch_matmul: return outputs * g.input(n).shape.back(n.transposed[0] ? 1 : 0);
    case op::conv2d: return outputs * (g.input(n, 1).shape.elements() / g.input(n, 1).shape[0]);
    case op::depthwise_conv2d: return outputs * n.window.kernel.height * n.window.kernel.width;
    case op::dense: return outputs * g.input(n, 1).shape[1];
    default: return 0;
  }
}

/// Elements of a node's constant operands: weights and biases.
[[nodiscard]] inline std::int64_t parameters(graph_view const& g, node const& n) {
  std::int64_t sum = 0;
  for (tensor_id id : g.inputs(n)) {
    if (is_constant(g.tensor(id))) sum += g.tensor(id).shape.elements();
  }
  return sum;
}

[[nodiscard]] inline std::int64_t macs(graph_view const& g) {
  std::int64_t sum = 0;
  for (node const& n : g.nodes) sum += macs(g, n);
  return sum;
}

/// Elements of all constants, each counted once.
[[nodiscard]] inline std::int64_t parameters(graph_view const& g) {
  std::int64_t sum = 0;
  for (tensor_info const& t : g.tensors) {
    if (is_constant(t)) sum += t.shape.elements();
  }
  return sum;
}

}  // namespace linnet::inline LINNET_ISA
