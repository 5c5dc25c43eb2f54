// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <linnet/session/network.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// A float tensor with the shape of another, called after it: "NAME/float".
[[nodiscard]] inline tensor_id add_float_twin(dynamic_graph& g, tensor_id of) {
  std::string const name(g.view().name(g.view().tensor(of)));
  g.tensors.push_back({.shape = g.view().tensor(of).shape, .type = f32, .name = g.add_name(name + "/float")});
  return static_cast<tensor_id>(g.tensors.size()) - 1;
}

[[nodiscard]] inline node conversion(dynamic_graph& g, op kind, tensor_id from, tensor_id to) {
  node made{.kind = kind};
  made.inputs = g.add_edges(std::array{from});
  made.outputs = g.add_edges(std::array{to});
  return made;
}

}  // namespace detail

/// An integer network that takes and gives real numbers: each s8 or u8 input is made by a `quantize` node
/// from a float tensor "NAME/float", each such output goes through a `dequantize` node into one. Nodes keep
/// their order and everything else; their index grows by the number of inputs converted. Precondition: the
/// graph is valid.
[[nodiscard]] inline network with_float_ends(network net) {
  dynamic_graph& g = net.graph;
  auto const is_quantized = [&](tensor_id id) {
    element_type const type = g.view().tensor(id).type;
    return type == s8 || type == u8;
  };
  std::vector<tensor_id> inputs(g.view().inputs().begin(), g.view().inputs().end()),
      outputs(g.view().outputs().begin(), g.view().outputs().end());
  std::vector<node> nodes;
  for (tensor_id& id : inputs) {
    if (!is_quantized(id)) continue;
    tensor_id const real = detail::add_float_twin(g, id);
    nodes.push_back(detail::conversion(g, op::quantize, real, std::exchange(id, real)));
  }
  nodes.insert(nodes.end(), g.nodes.begin(), g.nodes.end());
  for (tensor_id& id : outputs) {
    if (!is_quantized(id)) continue;
    tensor_id const real = detail::add_float_twin(g, id);
    nodes.push_back(detail::conversion(g, op::dequantize, std::exchange(id, real), real));
  }
  g.nodes = std::move(nodes);
  g.input_edges = g.add_edges(inputs);
  g.output_edges = g.add_edges(outputs);
  net.constants.resize(g.tensors.size());
  return net;
}

}  // namespace linnet::inline LINNET_ISA
