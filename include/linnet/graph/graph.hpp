// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/base/span.hpp>
#include <linnet/graph/node.hpp>

namespace linnet::inline LINNET_ISA {

/// A graph that somebody else owns. Nodes are in an order in which they can run; edges hold the tensor
/// numbers of every node's inputs and outputs, and of the graph's own.
struct graph_view {
  span<node const> nodes;                    ///< in an order in which they can run
  span<tensor_info const> tensors;           ///< numbered by `tensor_id`
  span<tensor_id const> edges;               ///< tensor numbers, in runs
  span<float const> scales;                  ///< per-channel scales of all tensors
  span<char const> characters;               ///< names of all tensors
  edge_range input_edges, output_edges;      ///< runs of `edges`: the graph's own
  edge_range state_edges{}, update_edges{};  ///< of one length: states, and what replaces each of them

  /// Tensors that the caller brings or, of a node, its operands; then what is made of them.
  [[nodiscard]] constexpr span<tensor_id const> inputs() const { return run(input_edges); }
  /// Tensors that the caller takes or, of a node, what it makes.
  [[nodiscard]] constexpr span<tensor_id const> outputs() const { return run(output_edges); }
  [[nodiscard]] constexpr span<tensor_id const> inputs(node const& n) const { return run(n.inputs); }
  [[nodiscard]] constexpr span<tensor_id const> outputs(node const& n) const { return run(n.outputs); }
  /// Tensors that live on from run to run: zeros before the first.
  [[nodiscard]] constexpr span<tensor_id const> states() const { return run(state_edges); }
  /// Of each state, in their order, the tensor whose elements it has after the run.
  [[nodiscard]] constexpr span<tensor_id const> updates() const { return run(update_edges); }
  /// Precondition: there is such a tensor.
  [[nodiscard]] constexpr tensor_info const& tensor(tensor_id id) const {
    return tensors.data()[id];  // plain pointers: graphs in constants ask here all the time
  }
  /// Operand i of a node. Precondition: it has one.
  [[nodiscard]] constexpr tensor_info const& input(node const& n, std::size_t i = 0) const {
    return tensors.data()[edges.data()[n.inputs.first + i]];
  }
  /// The first thing that a node makes.
  [[nodiscard]] constexpr tensor_info const& output(node const& n) const {
    return tensors.data()[edges.data()[n.outputs.first]];
  }

  /// Scales along `channel_axis`, or none where the tensor has one scale for all.
  [[nodiscard]] constexpr span<float const> channel_scales(tensor_info const& t) const {
    return scales.subspan(t.channel_scales.first, t.channel_scales.count);
  }
  /// As the file or the builder called it; may be empty.
  [[nodiscard]] constexpr text name(tensor_info const& t) const {
    return {characters.data() + t.name.first, t.name.count};
  }
  /// A node is called after its first output.
  [[nodiscard]] constexpr text name(node const& n) const { return name(output(n)); }

 private:
  [[nodiscard]] constexpr span<tensor_id const> run(edge_range r) const {
    return {edges.data() + r.first, r.count};
  }
};

/// A graph as a constant: everything inside, sizes exact.
template <std::size_t Nodes, std::size_t Tensors, std::size_t Edges, std::size_t Scales = 0,
          std::size_t Characters = 0>
struct literal_graph {
  std::array<node, Nodes> nodes{};
  std::array<tensor_info, Tensors> tensors{};
  std::array<tensor_id, Edges> edges{};
  std::array<float, Scales> scales{};
  std::array<char, Characters> characters{};
  edge_range input_edges, output_edges;
  edge_range state_edges{}, update_edges{};

  /// The graph, as passes and readers take it; refers to this.
  [[nodiscard]] constexpr graph_view view() const {
    return {nodes, tensors, edges, scales, characters, input_edges, output_edges, state_edges, update_edges};
  }
};

}  // namespace linnet::inline LINNET_ISA
