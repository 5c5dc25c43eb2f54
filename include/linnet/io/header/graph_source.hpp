// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <linnet/graph/graph.hpp>
#include <linnet/session/describe.hpp>

// A graph as C++ text: a `literal_graph` with what is not a default, one node or tensor a line, layer names
// as comments.
namespace linnet::inline LINNET_ISA::io::header {

namespace detail {

/// The float exactly: "0x1.8p-6f".
[[nodiscard]] inline std::string exact(float value) {
  if (value == 0.0f) return std::signbit(value) ? "-0.0f" : "0.0f";
  std::array<char, 32> text{};
  auto const [end, failure] = std::to_chars(text.data(), text.data() + text.size(),
                                            value < 0 ? -value : value, std::chars_format::hex);
  return (value < 0 ? "-0x" : "0x") + std::string(text.data(), end) + "f";
}

[[nodiscard]] inline std::string number(std::int64_t value) { return std::to_string(value); }

[[nodiscard]] inline std::string pair_of(std::int64_t a, std::int64_t b) {
  return "{" + number(a) + ", " + number(b) + "}";
}

[[nodiscard]] inline std::string range(edge_range const& r) { return pair_of(r.first, r.count); }

template <class Values>
[[nodiscard]] std::string list(Values const& values) {
  std::string text;
  for (auto const value : values) text += (text.empty() ? "" : ", ") + number(value);
  return "{" + text + "}";
}

[[nodiscard]] inline std::string word(activation a) {
  switch (a) {
    case activation::none: return "none";
    case activation::relu: return "relu";
    case activation::relu6: return "relu6";
    case activation::relu_n1_to_1: return "relu_n1_to_1";
  }
  return "?";
}

[[nodiscard]] inline std::string word(resampling const& r) {
  auto const number_of = [](auto e) { return number(static_cast<std::int64_t>(e)); };
  return "{static_cast<interpolation>(" + number_of(r.method) + "), static_cast<sampling>(" +
         number_of(r.sampling) + "), static_cast<nearest_entry>(" + number_of(r.nearest) + ")}";
}

[[nodiscard]] inline std::string window_text(window2d const& w) {
  std::string text = ".kernel = " + pair_of(w.kernel.height, w.kernel.width);
  if (w.stride != extent2d{}) text += ", .stride = " + pair_of(w.stride.height, w.stride.width);
  if (w.dilation != extent2d{}) text += ", .dilation = " + pair_of(w.dilation.height, w.dilation.width);
  padding2d const& p = w.padding;
  if (p != padding2d{}) text += ", .padding = " + list(std::array{p.top, p.left, p.bottom, p.right});
  return "{" + text + "}";
}

[[nodiscard]] inline std::string node_text(node const& n) {
  node const plain;
  std::string text = ".kind = op::" + std::string(name_of(n.kind));
  if (n.activation != plain.activation) text += ", .activation = activation::" + word(n.activation);
  if (n.rounding != plain.rounding) text += ", .rounding = rounding::" + std::string(name_of(n.rounding));
  text += ", .inputs = " + range(n.inputs) + ", .outputs = " + range(n.outputs);
  if (n.window != plain.window) text += ", .window = " + window_text(n.window);
  if (!n.axes.empty()) text += ", .axes = {" + list(n.axes) + ", " + number(n.axes.count) + "}";
  if (n.padding != plain.padding) {
    std::string amounts;
    for (edge_padding const& p : n.padding)
      amounts += (amounts.empty() ? "" : ", ") + pair_of(p.before, p.after);
    text += ", .padding = {{" + amounts + "}}";
  }
  if (n.beta != plain.beta) text += ", .beta = " + exact(n.beta);
  if (n.alpha != plain.alpha) text += ", .alpha = " + exact(n.alpha);
  if (n.unary != plain.unary) text += ", .unary = unary_function::" + std::string(name_of(n.unary));
  if (n.binary != plain.binary) text += ", .binary = binary_function::" + std::string(name_of(n.binary));
  if (n.reduction != plain.reduction)
    text += ", .reduction = reduction::" + std::string(name_of(n.reduction));
  if (n.resampling != plain.resampling) text += ", .resampling = " + word(n.resampling);
  if (n.transposed != plain.transposed)
    text += std::string(", .transposed = {{") + (n.transposed[0] ? "true, " : "false, ") +
            (n.transposed[1] ? "true}}" : "false}}");
  if (n.recurrence != plain.recurrence)
    text += ", .recurrence = recurrence::" + std::string(name_of(n.recurrence));
  if (n.state_type != plain.state_type) text += ", .state_type = " + std::string(name_of(n.state_type));
  if (n.state != plain.state)
    text += ", .state = {" + exact(n.state.scale) + ", " + number(n.state.zero_point) + "}";
  if (n.dynamic_quantization != plain.dynamic_quantization)
    text += ", .dynamic_quantization = dynamic_quantization::" + std::string(name_of(n.dynamic_quantization));
  if (n.keeps_operands) text += ", .keeps_operands = true";
  if (n.source != plain.source) text += ", .source = " + number(n.source);
  return "{" + text + "}";
}

[[nodiscard]] inline std::string tensor_text(tensor_info const& t) {
  std::string text = ".shape = " + list(t.shape) + ", .type = " + std::string(name_of(t.type));
  if (t.role == tensor_role::constant) text += ", .role = tensor_role::constant";
  if (t.role == tensor_role::packed) text += ", .role = tensor_role::packed";
  if (t.quantization != quantization{})
    text +=
        ", .quantization = {" + exact(t.quantization.scale) + ", " + number(t.quantization.zero_point) + "}";
  if (t.channel_scales.count > 0)
    text += ", .channel_scales = " + range(t.channel_scales) + ", .channel_axis = " + number(t.channel_axis);
  return "{" + text + ", .name = " + range(t.name) + "}";
}

/// A name inside a string literal or a comment: what could change how the compiler reads on becomes '_'.
[[nodiscard]] inline std::string plain(std::string_view name) {
  std::string text;
  for (char c : name) {
    bool const harmless = c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '?';
    text += harmless ? c : '_';
  }
  return text;
}

/// The end of a line that is about something of this name; names of merged operators are long.
[[nodiscard]] inline std::string comment(std::string_view name) {
  return ",  // " + plain(name.substr(0, 60)) + "\n";
}

/// The characters of all names, as string literals of one name a line where they lie in a row.
[[nodiscard]] inline std::string names_text(graph_view const& g, std::string_view indent) {
  std::string text;
  std::size_t at = 0;
  auto const add = [&](std::size_t end) {
    if (end <= at) return;
    text += std::string(indent) + '"' + plain({g.characters.data() + at, end - at}) + "\"\n";
    at = end;
  };
  for (tensor_info const& t : g.tensors) add(t.name.first + std::size_t{t.name.count});
  add(g.characters.size());
  return text.empty() ? std::string(indent) + "\"\"\n" : text;
}

}  // namespace detail

/// The expression of a graph's constant: "literal_graph<13, 50, ...>{...}". It names things of namespace
/// linnet unqualified.
[[nodiscard]] inline std::string graph_source(graph_view const& g) {
  using namespace detail;
  std::string text = "literal_graph<" + number(std::ssize(g.nodes)) + ", " + number(std::ssize(g.tensors)) +
                     ", " + number(std::ssize(g.edges)) + ", " + number(std::ssize(g.scales)) + ", " +
                     number(std::ssize(g.characters) + 1) + ">{\n      .nodes = {{\n";
  for (node const& n : g.nodes) text += "          " + node_text(n) + comment(g.name(n));
  text += "      }},\n      .tensors = {{\n";
  for (tensor_info const& t : g.tensors) text += "          " + tensor_text(t) + comment(g.name(t));
  text += "      }},\n      .edges = {" + list(g.edges) + "},\n";
  if (!g.scales.empty()) {
    std::string scales;
    for (float scale : g.scales) scales += (scales.empty() ? "" : ", ") + exact(scale);
    text += "      .scales = {{" + scales + "}},\n";
  }
  text += "      .characters = {\n" + names_text(g, "          ") + "      },\n";
  text +=
      "      .input_edges = " + range(g.input_edges) + ",\n      .output_edges = " + range(g.output_edges);
  if (!g.states().empty()) {
    text += ",\n      .state_edges = " + range(g.state_edges) +
            ",\n      .update_edges = " + range(g.update_edges);
  }
  return text + "}";
}

}  // namespace linnet::inline LINNET_ISA::io::header
