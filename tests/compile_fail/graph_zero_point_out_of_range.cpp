// SPDX-License-Identifier: MIT
// refused: a zero point is outside the range of its type
// names: at_node<0, [a-z_:]*op::add>, [a-z_:]*printed_shape<1, 56, 56, 24>
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto x = g.input({.height = 56, .width = 56, .channels = 24, .type = linnet::s8});
#if defined(REFUSED)
  x = g.add(x, x, {.quantization = {0.5f, 128}});
#endif
  return g.finish(g.softmax(x));
}
inline constexpr auto net = linnet::compose<network>();
