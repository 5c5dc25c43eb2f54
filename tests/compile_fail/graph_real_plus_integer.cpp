// SPDX-License-Identifier: MIT
// refused: no kernel for this combination of element types
// names: at_node<1, [a-z_:]*op::add>
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto x = g.input({.height = 56, .width = 56, .channels = 24, .type = linnet::s8});
#if defined(REFUSED)
  x = g.add(x, g.dequantize(x));
#endif
  return g.finish(g.softmax(x));
}
inline constexpr auto net = linnet::compose<network>();
