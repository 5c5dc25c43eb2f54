// SPDX-License-Identifier: MIT
// refused: at_node<0, [a-z_:]*op::conv2d>.*linnet: no kernel for|linnet: no kernel for.*op::conv2d>
#include <linnet/graph/compose.hpp>
#include <linnet/runtime/fixed_plan.hpp>

/// A convolution of half floats, as a file may have it: valid, but nothing computes it.
constexpr auto network() {
  linnet::literal_graph<1, 3, 5> g;
#if defined(REFUSED)
  constexpr auto type = linnet::f16;
#else
  constexpr auto type = linnet::s8;
#endif
  g.tensors[0] = {.shape = {1, 4, 4, 2}, .type = type, .quantization = {0.5f, 0}};
  g.tensors[1] = {.shape = {3, 1, 1, 2},
                  .type = linnet::s8,
                  .role = linnet::tensor_role::constant,
                  .quantization = {0.5f, 0}};
  g.tensors[2] = {.shape = {1, 4, 4, 3}, .type = type, .quantization = {0.5f, 0}};
  g.edges = {0, 1, 2, 0, 2};
  g.nodes[0] = {.kind = linnet::op::conv2d, .inputs = {0, 2}, .outputs = {2, 1}};
  g.input_edges = {3, 1};
  g.output_edges = {4, 1};
  return g;
}
inline constexpr auto net = network();
static_assert(linnet::plan_of<net>.calls == 1);
