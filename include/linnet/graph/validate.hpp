// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/span.hpp>
#include <linnet/graph/shape_inference.hpp>
#include <linnet/graph/soundness.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

[[nodiscard]] constexpr unexpected<graph_error> tensor_fault(graph_fault fault, tensor_id id,
                                                             shape const& s = {}) {
  return unexpected<graph_error>({.fault = fault, .tensor = id, .first = s});
}

[[nodiscard]] constexpr bool inside(edge_range r, std::size_t size) {
  return r.first <= size && r.count <= size - r.first;
}

[[nodiscard]] constexpr expected<void, graph_error> validate_tensor(graph_view const& g, tensor_id id) {
  tensor_info const& t = g.tensor(id);
  if (!inside(t.name, g.characters.size()) || !inside(t.channel_scales, g.scales.size())) {
    return tensor_fault(graph_fault::index_out_of_range, id);
  }
  if (graph_fault const fault = shape_soundness(t.shape); fault != graph_fault::none)
    return tensor_fault(fault, id, t.shape);
  if (graph_fault const fault = quantization_soundness(t.type, t.quantization); fault != graph_fault::none)
    return tensor_fault(fault, id);
  if (t.channel_scales.count == 0) return {};
  auto const axis = static_cast<std::size_t>(t.channel_axis);
  if (t.channel_axis < 0 || axis >= t.shape.rank() ||
      static_cast<std::uint32_t>(t.shape[axis]) != t.channel_scales.count) {
    return tensor_fault(graph_fault::bad_channel_scales, id, t.shape);
  }
  for (float scale : g.channel_scales(t)) {
    if (!is_scale(scale)) return tensor_fault(graph_fault::bad_scale, id);
  }
  return {};
}

struct operand_count {
  std::uint32_t least, most;
};
[[nodiscard]] constexpr operand_count operands_of(op kind) {
  switch (kind) {
    case op::conv2d:
    case op::depthwise_conv2d:
    case op::dense:
    case op::transpose_conv2d: return {2, 3};
    case op::add:
    case op::binary:
    case op::batch_matmul: return {2, 2};
    case op::custom: return {1, 2};
    case op::recurrent: return {3, 4};
    case op::concat: return {1, 1u << 12};
    default: return {1, 1};
  }
}

/// Wiring of one node: operand counts, indices, constants where constants belong.
[[nodiscard]] constexpr expected<void, graph_error> validate_operands(graph_view const& g, node const& n) {
  auto const [least, most] = operands_of(n.kind);
  if (n.inputs.count < least || n.inputs.count > most || n.outputs.count != 1) {
    return shape_fault(graph_fault::wrong_operand_count);
  }
  if (!inside(n.inputs, g.edges.size()) || !inside(n.outputs, g.edges.size())) {
    return shape_fault(graph_fault::index_out_of_range);
  }
  auto const exists = [&](tensor_id id) {
    return id >= 0 && static_cast<std::size_t>(id) < g.tensors.size();
  };
  for (tensor_id id : g.inputs(n)) {
    if (!exists(id)) return tensor_fault(graph_fault::index_out_of_range, id);
  }
  if (!exists(g.outputs(n)[0])) return tensor_fault(graph_fault::index_out_of_range, g.outputs(n)[0]);
  if (!has_weights(n.kind) && n.kind != op::recurrent) return {};
  if (is_constant(g.input(n))) return tensor_fault(graph_fault::operand_is_constant, g.inputs(n)[0]);
  for (std::size_t i = 1; i < n.inputs.count; ++i) {
    tensor_id const id = g.inputs(n)[i];
    if (!is_constant(g.tensor(id))) return tensor_fault(graph_fault::operand_not_constant, id);
  }
  if (n.kind == op::recurrent) return {};
  std::int32_t const channels =
      n.kind == op::depthwise_conv2d ? g.input(n, 1).shape.back(0) : g.input(n, 1).shape[0];
  if (n.inputs.count == 3 && g.input(n, 2).shape.elements() != channels) {
    return unexpected<graph_error>({.fault = graph_fault::shapes_do_not_chain,
                                    .tensor = g.inputs(n)[2],
                                    .first = g.input(n, 2).shape,
                                    .second = g.input(n, 1).shape});
  }
  return {};
}

[[nodiscard]] constexpr expected<void, graph_error> validate_node(graph_view const& g, node const& n,
                                                                  span<bool> made) {
  if (auto wired = validate_operands(g, n); !wired) return wired;
  for (tensor_id id : g.inputs(n)) {
    if (!made[static_cast<std::size_t>(id)]) return tensor_fault(graph_fault::used_before_made, id);
  }
  tensor_id const output = g.outputs(n)[0];
  if (made[static_cast<std::size_t>(output)]) return tensor_fault(graph_fault::made_twice, output);
  made[static_cast<std::size_t>(output)] = true;
  auto const inferred = infer_shape(g, n);
  if (!inferred) return unexpected(inferred.error());
  if (!(*inferred == g.tensor(output).shape)) {
    return unexpected<graph_error>({.fault = graph_fault::shapes_do_not_chain,
                                    .tensor = output,
                                    .first = g.tensor(output).shape,
                                    .second = *inferred});
  }
  if (!has_representable_multipliers(g, n))
    return tensor_fault(graph_fault::multiplier_not_representable, output);
  return {};
}

[[nodiscard]] constexpr expected<void, graph_error> validate_ends(graph_view const& g, span<bool> made) {
  for (edge_range const& run : {g.input_edges, g.output_edges, g.state_edges, g.update_edges}) {
    if (!inside(run, g.edges.size())) return shape_fault(graph_fault::index_out_of_range);
  }
  for (auto const& ends : {g.inputs(), g.outputs(), g.states(), g.updates()}) {
    for (tensor_id id : ends) {
      if (id < 0 || static_cast<std::size_t>(id) >= g.tensors.size()) {
        return tensor_fault(graph_fault::index_out_of_range, id);
      }
    }
  }
  for (std::size_t i = 0; i < g.tensors.size(); ++i) made[i] = is_constant(g.tensors[i]);
  for (tensor_id id : g.inputs()) {
    if (made[static_cast<std::size_t>(id)]) return tensor_fault(graph_fault::made_twice, id);
    made[static_cast<std::size_t>(id)] = true;
  }
  for (std::size_t i = 0; i < g.states().size(); ++i) {
    tensor_id const id = g.states()[i];
    for (tensor_id before : g.states().first(i)) {
      if (before == id) return tensor_fault(graph_fault::updated_twice, id);
    }
    if (made[static_cast<std::size_t>(id)]) return tensor_fault(graph_fault::made_twice, id);
    if (i >= g.updates().size()) return tensor_fault(graph_fault::not_updated, id);
    made[static_cast<std::size_t>(id)] = true;
  }
  if (g.updates().size() > g.states().size())
    return tensor_fault(graph_fault::no_state, g.updates()[g.states().size()]);
  return {};
}

/// What the run leaves behind: outputs, and what replaces states. Both are read when all nodes have run.
[[nodiscard]] constexpr expected<void, graph_error> validate_results(graph_view const& g,
                                                                     span<bool const> made) {
  for (auto const& results : {g.outputs(), g.updates()}) {
    for (tensor_id id : results) {
      if (!made[static_cast<std::size_t>(id)]) return tensor_fault(graph_fault::used_before_made, id);
      if (is_state(g, g.states(), id)) return tensor_fault(graph_fault::state_as_it_is, id);
    }
  }
  for (std::size_t i = 0; i < g.states().size(); ++i) {
    tensor_info const &state = g.tensor(g.states()[i]), &update = g.tensor(g.updates()[i]);
    if (graph_fault const fault = update_soundness(state, update); fault != graph_fault::none)
      return unexpected<graph_error>(
          {.fault = fault, .tensor = g.updates()[i], .first = update.shape, .second = state.shape});
  }
  return {};
}

}  // namespace detail

/// Holds a graph against every rule that does not depend on kernels: indices, wiring, order, shapes, scales.
/// What passes can be planned and run without further checks of these. `made` is working memory, one entry a
/// tensor.
[[nodiscard]] constexpr expected<void, graph_error> validate(graph_view const& g, span<bool> made) {
  if (auto ends = detail::validate_ends(g, made); !ends) return ends;
  for (std::size_t i = 0; i < g.tensors.size(); ++i) {
    if (auto sound = detail::validate_tensor(g, static_cast<tensor_id>(i)); !sound) return sound;
  }
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    if (auto sound = detail::validate_node(g, g.nodes[i], made); !sound) {
      graph_error located = sound.error();
      located.node = static_cast<std::int32_t>(i);
      located.kind = g.nodes[i].kind;
      return unexpected(located);
    }
  }
  return detail::validate_results(g, made);
}

/// The same for a graph that is a constant.
template <std::size_t Nodes, std::size_t Tensors, std::size_t Edges, std::size_t Scales,
          std::size_t Characters>
[[nodiscard]] constexpr expected<void, graph_error> validate(
    literal_graph<Nodes, Tensors, Edges, Scales, Characters> const& g) {
  std::array<bool, Tensors> made{};
  return validate(g.view(), made);
}

}  // namespace linnet::inline LINNET_ISA
