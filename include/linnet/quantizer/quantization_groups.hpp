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
    case op::reduce:
    case op::reshape:
    case op::resize:
    case op::slice:
    case op::transpose: return true;
    default: return false;
  }
}

/// The one int8 output quantization of operators whose integer kernels have no other; none of others.
[[nodiscard]] constexpr quantization fixed_quantization(node const& n) {
  if (n.kind == op::softmax || n.kind == op::logistic) return {1.0f / 256, -128};
  if (n.kind == op::unary && n.unary == unary_function::tanh) return {1.0f / 128, 0};
  return {};
}

/// Whether a node compares stored values of two operands.
[[nodiscard]] constexpr bool compares(node const& n) {
  return n.kind == op::binary &&
         (n.binary == binary_function::maximum || n.binary == binary_function::minimum);
}

/// Which tensors of a graph must have, or profit from, one quantization. A valid graph is read front to back,
/// its concats last; the result does not depend on the order of nodes:
/// - what an operator that keeps quantization reads and makes is one group (so a pool takes the wider range
///   of its input, a padded image the range that both have together); so are the operands and the output of
///   a maximum or a minimum;
/// - the operands and the output of a concat are one group, so that it copies. Operands with a fixed
///   quantization stay out and are rescaled, unless all have the same;
/// - a state and what replaces it are one group.
/// Weights and biases are in no group but their own.
class quantization_groups {
 public:
  /// Precondition: the graph is valid.
  explicit quantization_groups(graph_view const& g)
      : parents_(g.tensors.size()), torn_(g.tensors.size()), fixed_(g.tensors.size()) {
    std::iota(parents_.begin(), parents_.end(), tensor_id{0});
    for (node const& n : g.nodes) {
      if (auto const q = fixed_quantization(n); q.present())
        fixed_[static_cast<std::size_t>(g.outputs(n)[0])] = q;
    }
    for (std::size_t i = 0; i < g.states().size(); ++i) join(g.states()[i], g.updates()[i]);
    for (node const& n : g.nodes) {
      tensor_id const output = g.outputs(n)[0];
      if (keeps_quantization(n.kind)) join(g.inputs(n)[0], output);
      if (!compares(n)) continue;
      for (tensor_id id : g.inputs(n)) join(id, output);
    }
    for (node const& n : g.nodes) {
      if (n.kind == op::concat) join_concat(g, n);
    }
  }

  /// A tensor that stands for the group of `id`.
  [[nodiscard]] tensor_id group_of(tensor_id id) const {
    while (parents_[static_cast<std::size_t>(id)] != id) id = parents_[static_cast<std::size_t>(id)];
    return id;
  }
  /// The quantization that the group has to have; none where any will do.
  [[nodiscard]] quantization fixed(tensor_id id) const {
    return fixed_[static_cast<std::size_t>(group_of(id))];
  }
  /// Whether its operator allows one quantization only.
  [[nodiscard]] bool is_fixed(tensor_id id) const { return fixed(id).present(); }
  /// Whether it has to have two of them: what a maximum of a tanh and a softmax asks for.
  [[nodiscard]] bool is_torn(tensor_id id) const { return torn_[static_cast<std::size_t>(group_of(id))]; }

 private:
  /// Concats come last, so what makes an operand fixed has been seen.
  void join_concat(graph_view const& g, node const& n) {
    bool all_fixed = is_fixed(g.inputs(n)[0]);
    for (tensor_id id : g.inputs(n)) all_fixed = all_fixed && fixed(id) == fixed(g.inputs(n)[0]);
    for (tensor_id id : g.inputs(n)) {
      if (all_fixed || !is_fixed(id)) join(id, g.outputs(n)[0]);
    }
  }
  void join(tensor_id a, tensor_id b) {
    tensor_id const from = group_of(b), to = group_of(a);
    parents_[static_cast<std::size_t>(from)] = to;
    quantization const q = fixed_[static_cast<std::size_t>(from)];
    quantization& other = fixed_[static_cast<std::size_t>(to)];
    bool const differ = q.present() && other.present() && !(q == other);
    if (differ || torn_[static_cast<std::size_t>(from)]) torn_[static_cast<std::size_t>(to)] = true;
    if (q.present()) other = q;
  }

  std::vector<tensor_id> parents_;
  std::vector<bool> torn_;           // of a group: at the tensor that stands for it
  std::vector<quantization> fixed_;  // of a group: at the tensor that stands for it
};

}  // namespace linnet::inline LINNET_ISA
