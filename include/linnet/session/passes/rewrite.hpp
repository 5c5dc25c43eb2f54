// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <linnet/graph/graph.hpp>
#include <linnet/session/network.hpp>

// What passes over a network share: who makes and who reads a tensor, leaving out nodes, new constants.
namespace linnet::inline LINNET_ISA {

/// Nobody makes a tensor: the caller brings it, or it is a state or constant.
inline constexpr std::int32_t no_node = -1;

/// Who makes each tensor of a graph, and how often it is read: by nodes, as an output of the graph, and as
/// what replaces a state.
struct tensor_uses {
  std::vector<std::int32_t> maker;    ///< node, or no_node
  std::vector<std::int32_t> readers;  ///< of each tensor: how often it is read

  /// Counts the uses of a graph's tensors.
  explicit tensor_uses(graph_view const& g) : maker(g.tensors.size(), no_node), readers(g.tensors.size(), 0) {
    for (std::size_t i = 0; i < g.nodes.size(); ++i) {
      for (tensor_id id : g.outputs(g.nodes[i])) {
        maker[static_cast<std::size_t>(id)] = static_cast<std::int32_t>(i);
      }
      for (tensor_id id : g.inputs(g.nodes[i])) ++readers[static_cast<std::size_t>(id)];
    }
    for (tensor_id id : g.outputs()) ++readers[static_cast<std::size_t>(id)];
    for (tensor_id id : g.updates()) ++readers[static_cast<std::size_t>(id)];
  }
  /// The node that makes the tensor, where nothing but one node reads it; else no_node.
  [[nodiscard]] std::int32_t only_maker(tensor_id id) const {
    auto const at = static_cast<std::size_t>(id);
    return readers[at] == 1 ? maker[at] : no_node;
  }
};

/// Adds constants to a network, which must outlive it: their storage is held beside what the network has.
class added_constants {
 public:
  /// Bytes for tensors of this network, which keeps them alive.
  explicit added_constants(network& net) : net_(net), kept_(std::make_shared<storage>()) {
    kept_->before = std::exchange(net.storage, kept_);
  }
  /// Floats.
  tensor_id add(shape const& s, std::vector<float> const& values) {
    tensor_info info;
    info.shape = s;
    auto const bytes = std::as_bytes(std::span(values));
    return add(info, {bytes.begin(), bytes.end()});
  }
  /// Whatever `info` says. Precondition: so many bytes.
  tensor_id add(tensor_info info, std::vector<std::byte> bytes) {
    kept_->blocks.push_back(std::move(bytes));
    info.role = tensor_role::constant;
    net_.graph.tensors.push_back(info);
    net_.constants.push_back(kept_->blocks.back());
    return static_cast<tensor_id>(net_.graph.tensors.size()) - 1;
  }

 private:
  struct storage {
    std::shared_ptr<void const> before;
    std::vector<std::vector<std::byte>> blocks;
  };
  network& net_;
  std::shared_ptr<storage> kept_;
};

/// The network without the nodes that are marked, and without tensors that nothing reads or makes any more.
/// Tensors, edges and names are numbered anew; their bytes are shared.
[[nodiscard]] inline network without(network const& net, std::vector<bool> const& left_out) {
  graph_view const g = net.graph.view();
  network made{.name = net.name, .graph = {}, .constants = {}, .storage = net.storage};
  std::vector<tensor_id> number(g.tensors.size(), -1);
  auto const use = [&](std::span<tensor_id const> ids) {
    std::vector<tensor_id> renumbered;
    for (tensor_id id : ids) {
      tensor_id& known = number[static_cast<std::size_t>(id)];
      if (known < 0) {
        known = static_cast<tensor_id>(made.graph.tensors.size());
        tensor_info info = g.tensor(id);
        info.channel_scales = made.graph.add_scales(g.channel_scales(info));
        info.name = made.graph.add_name(g.name(info));
        made.graph.tensors.push_back(info);
        made.constants.push_back(net.constants[static_cast<std::size_t>(id)]);
      }
      renumbered.push_back(known);
    }
    return made.graph.add_edges(renumbered);
  };
  made.graph.input_edges = use(g.inputs());
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    if (left_out[i]) continue;
    node n = g.nodes[i];
    n.inputs = use(g.inputs(n));
    n.outputs = use(g.outputs(n));
    made.graph.nodes.push_back(n);
  }
  made.graph.output_edges = use(g.outputs());
  made.graph.state_edges = use(g.states());
  made.graph.update_edges = use(g.updates());
  return made;
}

}  // namespace linnet::inline LINNET_ISA
