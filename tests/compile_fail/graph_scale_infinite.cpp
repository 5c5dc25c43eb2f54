// SPDX-License-Identifier: MIT
// refused: a scale is missing, not finite or not positive
// names: at_ends, [a-z_:]*printed_shape<1, 1, 1, 1>
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto x = g.input({.height = 56, .width = 56, .channels = 24, .type = linnet::s8});
#if defined(REFUSED)
  x = g.input({.type = linnet::s8, .quantization = {__builtin_inff(), 0}});
#endif
  return g.finish(g.softmax(x));
}
inline constexpr auto net = linnet::compose<network>();
