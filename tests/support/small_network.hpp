// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <linnet/session/session.hpp>

// Float networks of a few nodes, written node by node, for tests of passes.
namespace support {

class small_network {
 public:
  /// Tensor 0 is the input.
  explicit small_network(linnet::shape const& input) { add(input, "x", {}); }

  /// A layer with weights and, where `bias` is not 0, as many biases; its weights become the next tensor.
  linnet::tensor_id layer(linnet::op kind, linnet::tensor_id x, linnet::shape const& weights,
                          std::int32_t bias, linnet::shape const& made, std::string const& name) {
    std::vector<linnet::tensor_id> operands{x, add_constant(weights)};
    if (bias != 0) operands.push_back(add_constant({bias}));
    linnet::node n;
    n.kind = kind;
    return add_node(n, operands, made, name);
  }
  linnet::tensor_id relu(linnet::tensor_id x, linnet::activation kind, std::string const& name) {
    linnet::node n;
    n.kind = linnet::op::relu;
    n.activation = kind;
    return add_node(n, {x}, shape_of(x), name);
  }
  linnet::tensor_id reshape(linnet::tensor_id x, linnet::shape const& to) {
    return add_node({}, {x}, to, "reshaped");
  }
  void output(linnet::tensor_id id) { outputs_.push_back(id); }

  [[nodiscard]] linnet::shape shape_of(linnet::tensor_id id) const {
    return graph_.tensors[static_cast<std::size_t>(id)].shape;
  }
  [[nodiscard]] linnet::node& last_node() { return graph_.nodes.back(); }
  [[nodiscard]] std::vector<float>& constant(linnet::tensor_id id) {
    return constants_[static_cast<std::size_t>(id)];
  }

  [[nodiscard]] linnet::network made() const {
    auto const kept = std::make_shared<std::vector<std::vector<float>> const>(constants_);
    linnet::network net{.name = "small", .graph = graph_, .constants = {}, .storage = kept};
    for (auto const& values : *kept) net.constants.push_back(std::as_bytes(std::span(values)));
    net.graph.input_edges = net.graph.add_edges(std::vector<linnet::tensor_id>{0});
    net.graph.output_edges = net.graph.add_edges(outputs_);
    return net;
  }

 private:
  linnet::tensor_id add(linnet::shape const& s, std::string const& name, std::vector<float> values) {
    linnet::tensor_info info;
    info.shape = s;
    info.role = values.empty() ? linnet::tensor_role::activation : linnet::tensor_role::constant;
    info.name = graph_.add_name(name);
    graph_.tensors.push_back(info);
    constants_.push_back(std::move(values));
    return static_cast<linnet::tensor_id>(graph_.tensors.size()) - 1;
  }
  linnet::tensor_id add_constant(linnet::shape const& s) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < s.elements(); ++i) {
      draw_ = draw_ * 1664525u + 1013904223u;
      values.push_back(static_cast<float>(draw_ >> 8) / 8388608.0f - 1.0f);
    }
    return add(s, "constant" + std::to_string(constants_.size()), values);
  }
  linnet::tensor_id add_node(linnet::node n, std::vector<linnet::tensor_id> const& operands,
                             linnet::shape const& made, std::string const& name) {
    linnet::tensor_id const id = add(made, name, {});
    n.source = static_cast<std::int32_t>(graph_.nodes.size());
    n.inputs = graph_.add_edges(operands);
    n.outputs = graph_.add_edges(std::vector<linnet::tensor_id>{id});
    graph_.nodes.push_back(n);
    return id;
  }

  linnet::dynamic_graph graph_;
  std::vector<std::vector<float>> constants_;  // one a tensor; empty for activations
  std::vector<linnet::tensor_id> outputs_;
  std::uint32_t draw_ = 1;
};

inline std::vector<linnet::op> kinds(linnet::network const& net) {
  std::vector<linnet::op> all;
  for (linnet::node const& n : net.graph.nodes) all.push_back(n.kind);
  return all;
}

/// All outputs of the network, end to end, for an input that rises from -1 to 1.
inline std::vector<float> outputs(linnet::network const& net) {
  auto session = linnet::session::create(net);
  if (!session) return {};
  auto const input = *session->input().as<float>();
  for (std::size_t i = 0; i < input.size(); ++i) {
    input[i] = 2.0f * static_cast<float>(i) / static_cast<float>(input.size()) - 1.0f;
  }
  session->run();
  std::vector<float> all;
  for (std::size_t i = 0; i < session->output_count(); ++i) {
    auto const values = *session->output(i).as<float>();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

}  // namespace support
