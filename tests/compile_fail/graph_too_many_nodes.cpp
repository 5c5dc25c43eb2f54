// SPDX-License-Identifier: MIT
// refused: the graph has more nodes than the builder has room for
// names: at_node<4, [a-z_:]*op::softmax>
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>

constexpr auto network() {
  linnet::basic_graph_builder<linnet::fixed_graph<4>> g;
  auto x = g.input({.height = 56, .width = 56, .channels = 24, .type = linnet::s8});
#if defined(REFUSED)
  for (int i = 0; i < 4; ++i) x = g.relu(x);
#endif
  return g.finish(g.softmax(x));
}
inline constexpr auto net = linnet::compose<network>();
