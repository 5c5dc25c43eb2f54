// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/graph/graph.hpp>

// Counts of a graph by its shapes alone, in constants: independent of linnet's own cost model.
constexpr bool is_convolution(linnet::node const& n) {
  return n.kind == linnet::op::conv2d || n.kind == linnet::op::depthwise_conv2d;
}

constexpr std::int64_t macs_of(linnet::graph_view const& g) {
  std::int64_t sum = 0;
  for (auto const& n : g.nodes) {
    if (!is_convolution(n) && n.kind != linnet::op::dense) continue;
    auto const& weights = g.input(n, 1).shape;
    std::int64_t const channels = n.kind == linnet::op::depthwise_conv2d ? weights.back(0) : weights[0];
    sum += g.output(n).shape.elements() * (weights.elements() / channels);
  }
  return sum;
}

constexpr std::int64_t parameters_of(linnet::graph_view const& g) {
  std::int64_t sum = 0;
  for (auto const& t : g.tensors) sum += t.role == linnet::tensor_role::constant ? t.shape.elements() : 0;
  return sum;
}

/// A convolution's bias stands for the four numbers a channel of its batch normalization.
constexpr std::int64_t unfolded_parameters_of(linnet::graph_view const& g) {
  std::int64_t sum = parameters_of(g);
  for (auto const& n : g.nodes) {
    if (is_convolution(n)) sum += 3 * g.input(n, 2).shape.elements();
  }
  return sum;
}
