// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/base/math.hpp>
#include <linnet/graph/validate.hpp>
#include <linnet/session/describe.hpp>
#include <linnet/session/error.hpp>
#include <linnet/session/network.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// "person.tflite: node 3 (conv2d) 'y': tensor 'w'": how the quantizer's messages begin. A node below 0 is
/// left out.
[[nodiscard]] inline std::string place_in_words(network const& net, std::int32_t node, tensor_id tensor) {
  graph_view const g = net.graph.view();
  return net.name + ": " + (node >= 0 ? node_in_words(g, node) + ": " : "") + "tensor " +
         tensor_in_words(g, tensor);
}

/// Which node makes each tensor; -1 for inputs and constants. Precondition: the graph is valid.
[[nodiscard]] inline std::vector<std::int32_t> makers_of(graph_view const& g) {
  std::vector<std::int32_t> makers(g.tensors.size(), -1);
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    makers[static_cast<std::size_t>(g.outputs(g.nodes[i])[0])] = static_cast<std::int32_t>(i);
  }
  return makers;
}

/// Elements of a constant; none of activations. Precondition: a constant's type is f32.
[[nodiscard]] inline std::vector<float> floats_of(network const& net, tensor_id id) {
  auto const index = static_cast<std::size_t>(id);
  if (net.graph.tensors[index].role != tensor_role::constant) return {};
  std::vector<float> values(net.constants[index].size() / sizeof(float));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = load<float>(net.constants[index].data() + i * sizeof(float));
  }
  return values;
}

[[nodiscard]] inline result<void> require_float_tensor(network const& net, std::int32_t node, tensor_id id) {
  auto const index = static_cast<std::size_t>(id);
  tensor_info const& t = net.graph.tensors[index];
  auto const refuse = [&](errc code, std::string const& why) {
    return fail(code, place_in_words(net, node, id) + why);
  };
  if (t.type != f32) {
    return refuse(errc::wrong_argument, " holds " + std::string(name_of(t.type)) +
                                            " elements; only networks of f32 throughout can be quantized");
  }
  if (t.role != tensor_role::constant) return {};
  std::size_t const bytes = index < net.constants.size() ? net.constants[index].size() : 0;
  std::int64_t const wanted = bytes_of(f32, t.shape.elements());
  if (static_cast<std::int64_t>(bytes) != wanted) {
    return refuse(errc::invalid_graph, " has " + std::to_string(bytes) +
                                           " bytes of data where its shape asks for " +
                                           std::to_string(wanted));
  }
  std::vector<float> const values = floats_of(net, id);
  auto const wrong = std::ranges::find_if(values, [](float value) { return !is_finite(value); });
  if (wrong == values.end()) return {};
  return refuse(errc::invalid_graph, " is not finite at element " + std::to_string(wrong - values.begin()));
}

}  // namespace detail

/// Checks what the quantizer asks of its input: a valid graph in which everything that a node reads or makes
/// is f32, and constants have their bytes, which are finite numbers. Tensors that nobody uses may be
/// anything.
[[nodiscard]] inline result<void> require_float(network const& net) {
  graph_view const g = net.graph.view();
  std::unique_ptr<bool[]> const made(new bool[g.tensors.size()]());
  if (auto valid = validate(g, {made.get(), g.tensors.size()}); !valid) {
    return fail(errc::invalid_graph, describe(valid.error(), g, net.name));
  }
  for (tensor_id id : g.inputs()) {
    if (auto sound = detail::require_float_tensor(net, -1, id); !sound) return sound;
  }
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    for (auto const& operands : {g.inputs(g.nodes[i]), g.outputs(g.nodes[i])}) {
      for (tensor_id id : operands) {
        auto sound = detail::require_float_tensor(net, static_cast<std::int32_t>(i), id);
        if (!sound) return sound;
      }
    }
  }
  for (tensor_id id : g.outputs()) {
    if (auto sound = detail::require_float_tensor(net, -1, id); !sound) return sound;
  }
  return {};
}

}  // namespace linnet::inline LINNET_ISA
