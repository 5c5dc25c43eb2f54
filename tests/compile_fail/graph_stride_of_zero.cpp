// SPDX-License-Identifier: MIT
// refused: kernel, stride, dilation or padding is out of range
// names: at_node<0, [a-z_:]*op::conv2d>, [a-z_:]*printed_shape<1, 56, 56, 24>
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto x = g.input({.height = 56, .width = 56, .channels = 24});
#if defined(REFUSED)
  x = g.conv2d(x, {.filters = 8, .stride = {0, 1}});
#endif
  return g.finish(g.softmax(x));
}
inline constexpr auto net = linnet::compose<network>();
