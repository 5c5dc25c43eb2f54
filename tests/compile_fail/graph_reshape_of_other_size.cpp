// SPDX-License-Identifier: MIT
// refused: the output's shape is not what the operator makes of its operands
// names: at_node<0, [a-z_:]*op::reshape>, [a-z_:]*printed_shape<56, 24>, [a-z_:]*printed_shape<1, 56, 56, 24>
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto x = g.input({.height = 56, .width = 56, .channels = 24, .type = linnet::s8});
#if defined(REFUSED)
  x = g.reshape(x, {56, 24});
#endif
  return g.finish(g.softmax(x));
}
inline constexpr auto net = linnet::compose<network>();
