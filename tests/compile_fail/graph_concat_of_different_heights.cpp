// SPDX-License-Identifier: MIT
// refused: the operands have different shapes
// names: at_node<1, [a-z_:]*op::concat>, [a-z_:]*printed_shape<1, 27, 27, 24>, [a-z_:]*printed_shape<1, 56,
// 56, 24>
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto x = g.input({.height = 56, .width = 56, .channels = 24});
#if defined(REFUSED)
  x = g.concat({x, g.max_pool2d(x, {.kernel = {3, 3}, .stride = {2, 2}})});
#endif
  return g.finish(g.softmax(x));
}
inline constexpr auto net = linnet::compose<network>();
