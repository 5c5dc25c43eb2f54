// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include <linnet/graph/graph.hpp>

namespace linnet::inline LINNET_ISA {

/// Operators whose kernels move or compare stored values: input and output share one quantization.
[[nodiscard]] constexpr bool keeps_quantization(op kind) {
  switch (kind) {
    case op::average_pool2d:
    case op::max_pool2d:
    case op::pad:
    case op::reshape:
    case op::transpose: return true;
    default: return false;
  }
}

/// Operators whose integer kernels have one output quantization: scale 1/256, zero point at the lowest value.
[[nodiscard]] constexpr bool makes_256ths(op kind) { return kind == op::softmax || kind == op::logistic; }

/// Which tensors of a graph must have, or profit from, one quantization. A valid graph is read once, front to
/// back; the result does not depend on the order of nodes:
/// - what an operator that keeps quantization reads and makes is one group (so a pool takes the wider range
/// of
///   its input, a padded image the range that both have together);
/// - the operands and the output of a concat are one group, so that it copies. Operands fixed to 256ths stay
///   out and are rescaled, unless all are.
/// Weights and biases are in no group but their own.
class quantization_groups {
 public:
  explicit quantization_groups(graph_view const& g) : parents_(g.tensors.size()), fixed_(g.tensors.size()) {
    std::iota(parents_.begin(), parents_.end(), tensor_id{0});
    for (node const& n : g.nodes) {
      tensor_id const output = g.outputs(n)[0];
      if (makes_256ths(n.kind)) fixed_[static_cast<std::size_t>(output)] = true;
      if (keeps_quantization(n.kind)) join(g.inputs(n)[0], output);
      if (n.kind == op::concat) join_concat(g, n);
    }
  }

  /// A tensor that stands for the group of `id`.
  [[nodiscard]] tensor_id group_of(tensor_id id) const {
    while (parents_[static_cast<std::size_t>(id)] != id) id = parents_[static_cast<std::size_t>(id)];
    return id;
  }
  /// Whether the group has the quantization of 256ths.
  [[nodiscard]] bool is_fixed(tensor_id id) const { return fixed_[static_cast<std::size_t>(group_of(id))]; }

 private:
  /// Nodes stand in running order, so what makes an operand fixed has been seen.
  void join_concat(graph_view const& g, node const& n) {
    bool all_fixed = true;
    for (tensor_id id : g.inputs(n)) all_fixed = all_fixed && is_fixed(id);
    for (tensor_id id : g.inputs(n)) {
      if (all_fixed || !is_fixed(id)) join(id, g.outputs(n)[0]);
    }
  }
  void join(tensor_id a, tensor_id b) {
    tensor_id const from = group_of(b), to = group_of(a);
    parents_[static_cast<std::size_t>(from)] = to;
    if (fixed_[static_cast<std::size_t>(from)]) fixed_[static_cast<std::size_t>(to)] = true;
  }

  std::vector<tensor_id> parents_;
  std::vector<bool> fixed_;  // of a group: at the tensor that stands for it
};

}  // namespace linnet::inline LINNET_ISA
