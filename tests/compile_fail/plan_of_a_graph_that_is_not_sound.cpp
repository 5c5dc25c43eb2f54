// SPDX-License-Identifier: MIT
// refused: op::logistic>.*linnet: a tensor is used before|linnet: a tensor is used before.*op::logistic>
#include <linnet/graph/compose.hpp>
#include <linnet/runtime/fixed_plan.hpp>

constexpr auto network() {
  linnet::literal_graph<1, 2, 4> g;
  g.tensors[0] = g.tensors[1] = {.shape = {1, 4}};
  g.edges = {0, 1, 0, 1};
  g.nodes[0] = {.kind = linnet::op::logistic, .inputs = {0, 1}, .outputs = {1, 1}};
#if !defined(REFUSED)
  g.input_edges = {2, 1};
#endif
  g.output_edges = {3, 1};
  return g;
}
inline constexpr auto net = network();
static_assert(linnet::plan_of<net>.calls == 1);
