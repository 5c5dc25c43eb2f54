// SPDX-License-Identifier: MIT
// refused: kernel, stride, dilation or padding is out of range
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
