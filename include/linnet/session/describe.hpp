// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include <linnet/graph/error.hpp>
#include <linnet/graph/graph.hpp>

namespace linnet::inline LINNET_ISA {

/// The extents as people write them: "1x112x112x32", or "scalar" for rank 0.
[[nodiscard]] inline std::string describe(shape const& s) {
  if (s.rank() == 0) return "scalar";
  std::string text = std::to_string(s[0]);
  for (std::size_t i = 1; i < s.rank(); ++i) text.append("x").append(std::to_string(s[i]));
  return text;
}

/// A name from a file, safe to print: in quotes, control characters replaced by '?', at most 120 bytes long.
[[nodiscard]] inline std::string in_quotes(std::string_view name) {
  constexpr std::size_t most = 120;
  std::string text = "'";
  for (char c : name.substr(0, most)) {
    auto const code = static_cast<unsigned char>(c);
    text += code < 0x20 || code == 0x7F ? '?' : c;
  }
  return text + (name.size() > most ? "...'" : "'");
}

namespace detail {

/// The name of a tensor of a graph that may be broken, or its number where it has none.
[[nodiscard]] inline std::string tensor_in_words(graph_view const& g, tensor_id id) {
  if (id < 0 || static_cast<std::size_t>(id) >= g.tensors.size()) return std::to_string(id);
  edge_range const name = g.tensor(id).name;
  bool const sound = name.first <= g.characters.size() && name.count <= g.characters.size() - name.first;
  if (!sound || name.count == 0) return std::to_string(id);
  return in_quotes({g.characters.data() + name.first, name.count});
}

/// "node 3 (conv2d, operator 5) 'conv1/Relu6'": the second number is the operator of the file it came from.
[[nodiscard]] inline std::string node_in_words(graph_view const& g, std::int32_t index) {
  std::string text = "node " + std::to_string(index);
  if (static_cast<std::size_t>(index) >= g.nodes.size()) return text;
  node const& n = g.nodes[static_cast<std::size_t>(index)];
  text += " (" + std::string(name_of(n));
  if (n.source >= 0) text += ", operator " + std::to_string(n.source);
  text += ")";
  if (n.outputs.count == 0 || n.outputs.first >= g.edges.size()) return text;
  return text + " " + tensor_in_words(g, g.edges[n.outputs.first]);
}

}  // namespace detail

/// What is wrong with a graph, and where, as a sentence for people: the file, the node with its operator and
/// name, the tensor, the shapes in question (what is stated against what it was held against), the fault.
/// The graph may be as broken as the error says: nothing in it is relied on.
[[nodiscard]] inline std::string describe(graph_error const& e, graph_view const& g, std::string_view file) {
  std::string text = std::string(file) + ": ";
  if (e.node >= 0) text += detail::node_in_words(g, e.node) + ": ";
  if (e.tensor >= 0) text += "tensor " + detail::tensor_in_words(g, e.tensor) + ": ";
  if (e.first.rank() > 0 || e.second.rank() > 0) {
    text += describe(e.first);
    if (e.second.rank() > 0) text += " against " + describe(e.second);
    text += ": ";
  }
  return text + std::string(explain(e.fault));
}

}  // namespace linnet::inline LINNET_ISA
