// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <linnet/graph/graph.hpp>
#include <linnet/graph/validate.hpp>

#include "random_values.hpp"

namespace support {

using linnet::tensor_id;

/// A graph under construction together with the bytes of its constants; of device rooms only, so that the
/// runtime's tests run on every machine.
class graph_maker {
 public:
  tensor_id activation(linnet::shape const& s, element_type type, linnet::quantization const& q = {},
                       std::string_view name = "") {
    return tensor({.shape = s, .type = type, .quantization = q}, {}, name);
  }
  tensor_id constant(linnet::shape const& s, element_type type, std::vector<std::byte> bytes,
                     linnet::quantization const& q = {}, std::string_view name = "") {
    return tensor({.shape = s, .type = type, .role = linnet::tensor_role::constant, .quantization = q},
                  std::move(bytes), name);
  }
  /// Per-channel scales for a tensor.
  void set_scales(tensor_id id, std::vector<float> const& values, std::int32_t axis) {
    linnet::tensor_info& t = at(id);
    t.quantization.scale = 0.0f;
    t.channel_axis = axis;
    t.channel_scales = {static_cast<std::uint32_t>(scales.size()), static_cast<std::uint32_t>(values.size())};
    scales.insert(scales.end(), values.begin(), values.end());
  }
  /// Appends a node whose attributes are those of `n`.
  void add(linnet::node n, std::vector<tensor_id> const& inputs, tensor_id output) {
    n.inputs = run(inputs);
    n.outputs = run({output});
    nodes.push_back(n);
  }
  void set_ends(std::vector<tensor_id> const& inputs, std::vector<tensor_id> const& outputs) {
    input_edges = run(inputs);
    output_edges = run(outputs);
  }

  [[nodiscard]] linnet::tensor_info& at(tensor_id id) { return tensors[static_cast<std::size_t>(id)]; }
  [[nodiscard]] linnet::tensor_info const& at(tensor_id id) const {
    return tensors[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] linnet::graph_view view() const {
    return {nodes, tensors, edges, scales, characters, input_edges, output_edges};
  }
  [[nodiscard]] linnet::expected<void, linnet::graph_error> check() const {
    std::unique_ptr<bool[]> const made(new bool[tensors.size()]());
    return linnet::validate(view(), {made.get(), tensors.size()});
  }

  std::vector<linnet::node> nodes;
  std::vector<linnet::tensor_info> tensors;
  std::vector<tensor_id> edges;
  std::vector<float> scales;
  std::vector<char> characters;
  std::vector<std::vector<std::byte>> constants;  // one a tensor; empty for activations
  linnet::edge_range input_edges, output_edges;

 private:
  tensor_id tensor(linnet::tensor_info info, std::vector<std::byte> bytes, std::string_view name) {
    std::string const called = name.empty() ? "t" + std::to_string(tensors.size()) : std::string(name);
    info.name = {static_cast<std::uint32_t>(characters.size()), static_cast<std::uint32_t>(called.size())};
    characters.insert(characters.end(), called.begin(), called.end());
    tensors.push_back(info);
    constants.push_back(std::move(bytes));
    return static_cast<tensor_id>(tensors.size()) - 1;
  }
  linnet::edge_range run(std::vector<tensor_id> const& ids) {
    linnet::edge_range const range{static_cast<std::uint32_t>(edges.size()),
                                   static_cast<std::uint32_t>(ids.size())};
    edges.insert(edges.end(), ids.begin(), ids.end());
    return range;
  }
};

}  // namespace support
