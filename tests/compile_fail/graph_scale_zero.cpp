// SPDX-License-Identifier: MIT
// refused: a scale is missing, not finite or not positive
// names: at_node<0, [a-z_:]*op::requantize>
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto x = g.input({.height = 56, .width = 56, .channels = 24, .type = linnet::s8});
#if defined(REFUSED)
  x = g.requantize(x, {.type = linnet::u8, .quantization = {0.0f, 128}});
#endif
  return g.finish(g.softmax(x));
}
inline constexpr auto net = linnet::compose<network>();
