// SPDX-License-Identifier: MIT
// refused: the operands have different shapes
// names: at_node<1, [a-z_:]*op::add>, [a-z_:]*<1, 56, 56, 24>, [a-z_:]*<1, 28, 28, 24>
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto x = g.input({.height = 56, .width = 56, .channels = 24});
#if defined(REFUSED)
  x = g.add(x, g.conv2d(x, {.filters = 24, .stride = {2, 2}}));
#endif
  return g.finish(g.softmax(x));
}
inline constexpr auto net = linnet::compose<network>();
