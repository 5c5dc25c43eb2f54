// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/base/expected.hpp>
#include <linnet/base/span.hpp>
#include <linnet/graph/graph.hpp>

namespace linnet::inline LINNET_ISA {

/// In what two graphs, or two of their nodes, can differ.
enum class difference : std::uint8_t {
  none,
  inputs,
  outputs,
  states,
  node_missing,
  kind,
  operands,
  window,
  activation,
  axes,
  padding,
  beta,
  function,
  output_shape,
  output_type
};

/// What a person reads behind "differs in".
[[nodiscard]] constexpr text explain(difference d) {
  switch (d) {
    case difference::none: return "nothing";
    case difference::inputs: return "the graph's inputs: their number, a shape or a type";
    case difference::outputs: return "the graph's outputs: their number, or who makes them";
    case difference::states: return "the graph's states: their number, a shape, a type, or what replaces one";
    case difference::node_missing: return "the number of nodes";
    case difference::kind: return "the operator";
    case difference::operands:
      return "the operands: their number, who makes them, or a constant's shape or type";
    case difference::window: return "kernel, stride, dilation or padding of the window";
    case difference::activation: return "the activation";
    case difference::axes: return "the axes";
    case difference::padding: return "the amounts of padding";
    case difference::beta: return "softmax's beta";
    case difference::function: return "the function of the elements, or its parameters";
    case difference::output_shape: return "the output's shape";
    case difference::output_type: return "the output's element type";
  }
  return "?";
}

/// Where two graphs begin to differ: a node of the one, a node of the other (-1: none), and in what.
struct graph_difference {
  difference what = difference::none;  ///< the first that was found
  std::int32_t node = -1, other = -1;  ///< in the first graph, and its counterpart; -1: none
};

namespace detail {

/// Walks the first graph and finds each node's twin in the second.
class twin_finder {
 public:
  constexpr twin_finder(graph_view const& a, graph_view const& b, span<tensor_id> twins, span<bool> taken)
      : a_(a), b_(b), twins_(twins), taken_(taken) {
    for (tensor_id& twin : twins_) twin = -1;
    for (bool& t : taken_) t = false;
  }

  constexpr expected<std::size_t, graph_difference> run() {
    if (!pair(a_.inputs(), b_.inputs())) return unexpected<graph_difference>({.what = difference::inputs});
    if (!pair(a_.states(), b_.states())) return unexpected<graph_difference>({.what = difference::states});
    for (std::size_t i = 0; i < a_.nodes.size(); ++i) {
      if (graph_difference const d = pair(i); d.what != difference::none) return unexpected(d);
    }
    for (std::size_t j = 0; j < b_.nodes.size(); ++j) {
      if (!taken_[j]) {
        return unexpected<graph_difference>(
            {.what = difference::node_missing, .other = static_cast<std::int32_t>(j)});
      }
    }
    if (!are_twins(a_.outputs(), b_.outputs()))
      return unexpected<graph_difference>({.what = difference::outputs});
    if (!are_twins(a_.updates(), b_.updates()))
      return unexpected<graph_difference>({.what = difference::states});
    return a_.nodes.size();
  }

 private:
  [[nodiscard]] constexpr tensor_id& twin(tensor_id id) { return twins_[static_cast<std::size_t>(id)]; }

  /// Of tensors that no node makes.
  constexpr bool pair(span<tensor_id const> mine, span<tensor_id const> others) {
    if (mine.size() != others.size()) return false;
    for (std::size_t i = 0; i < mine.size(); ++i) {
      tensor_info const &x = a_.tensor(mine[i]), &y = b_.tensor(others[i]);
      if (!(x.shape == y.shape) || x.type != y.type) return false;
      twin(mine[i]) = others[i];
    }
    return true;
  }
  constexpr bool are_twins(span<tensor_id const> mine, span<tensor_id const> others) {
    if (mine.size() != others.size()) return false;
    for (std::size_t i = 0; i < mine.size(); ++i) {
      if (twin(mine[i]) != others[i]) return false;
    }
    return true;
  }

  /// The first free node of the second graph that equals node i; else in what the first free one differs.
  constexpr graph_difference pair(std::size_t i) {
    graph_difference first{.what = difference::node_missing, .node = static_cast<std::int32_t>(i)};
    for (std::size_t j = 0; j < b_.nodes.size(); ++j) {
      if (taken_[j]) continue;
      difference const d = between(a_.nodes[i], b_.nodes[j]);
      if (d == difference::none) {
        taken_[j] = true;
        twin(a_.outputs(a_.nodes[i])[0]) = b_.outputs(b_.nodes[j])[0];
        return {};
      }
      if (first.other < 0) first = {.what = d, .node = first.node, .other = static_cast<std::int32_t>(j)};
    }
    return first;
  }

  constexpr difference between(node const& n, node const& m) {
    if (n.kind != m.kind) return difference::kind;
    if (!same_operands(n, m)) return difference::operands;
    if (!(n.window == m.window)) return difference::window;
    if (n.activation != m.activation) return difference::activation;
    if (!(n.axes == m.axes)) return difference::axes;
    if (!(n.padding == m.padding)) return difference::padding;
    bool const same_function = n.unary == m.unary && n.binary == m.binary && n.transposed == m.transposed &&
                               n.reduction == m.reduction && n.resampling == m.resampling &&
                               n.custom == m.custom && n.alpha == m.alpha && n.recurrence == m.recurrence &&
                               n.state_type == m.state_type &&
                               n.dynamic_quantization == m.dynamic_quantization;
    bool const has_two = n.kind == op::unary || n.kind == op::custom;  // parameters
    if (!same_function || (has_two && n.beta != m.beta)) return difference::function;
    if (n.beta != m.beta) return difference::beta;
    if (!(a_.output(n).shape == b_.output(m).shape)) return difference::output_shape;
    return a_.output(n).type == b_.output(m).type ? difference::none : difference::output_type;
  }

  constexpr bool same_operands(node const& n, node const& m) {
    if (n.inputs.count != m.inputs.count) return false;
    bool same = true;
    for (std::size_t i = 0; i < n.inputs.count; ++i) same = same && same_operand(n, i, m, i);
    if (same || n.kind != op::add) return same;
    return same_operand(n, 0, m, 1) && same_operand(n, 1, m, 0);  // a sum is a sum
  }
  constexpr bool same_operand(node const& n, std::size_t i, node const& m, std::size_t j) {
    tensor_info const &x = a_.input(n, i), &y = b_.input(m, j);
    if (x.role != y.role) return false;
    if (x.role == tensor_role::activation) return twin(a_.inputs(n)[i]) == b_.inputs(m)[j];
    return x.shape == y.shape && x.type == y.type;
  }

  graph_view a_, b_;
  span<tensor_id> twins_;
  span<bool> taken_;
};

}  // namespace detail

/// Whether two graphs are the same nodes on the same tensors: operators, windows, activations, axes, shapes
/// and element types, wired alike. Names, scales, roundings, `source` and the bytes of constants may differ,
/// as may the order of nodes and of an addition's operands. Graphs of different origin are normalized first.
/// Nodes that read the same and are alike in all of that are paired in their order.
///
/// Gives the number of nodes, or where the first difference is. `twins`, one entry a tensor of `a`, and
/// `taken`, one entry a node of `b`, are working memory; afterwards `twins` holds the tensors of `b` that
/// equal those of `a`. Precondition: both graphs are valid.
[[nodiscard]] constexpr expected<std::size_t, graph_difference> equivalent(graph_view const& a,
                                                                           graph_view const& b,
                                                                           span<tensor_id> twins,
                                                                           span<bool> taken) {
  return detail::twin_finder(a, b, twins, taken).run();
}

/// The same for graphs that are constants.
template <std::size_t Nodes, std::size_t Tensors, std::size_t... A, std::size_t OtherNodes, std::size_t... B>
[[nodiscard]] constexpr expected<std::size_t, graph_difference> equivalent(
    literal_graph<Nodes, Tensors, A...> const& a, literal_graph<OtherNodes, B...> const& b) {
  std::array<tensor_id, Tensors> twins{};
  std::array<bool, OtherNodes> taken{};
  return equivalent(a.view(), b.view(), twins, taken);
}

}  // namespace linnet::inline LINNET_ISA
