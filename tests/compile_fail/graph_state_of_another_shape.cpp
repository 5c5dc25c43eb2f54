// SPDX-License-Identifier: MIT
// refused: a state and what replaces it have different shapes, types or quantizations
// names: at_ends, [a-z_:]*printed_shape<1, 5>, [a-z_:]*printed_shape<1, 4>
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto const x = g.reshape(g.input({.channels = 4}), {1, 4});
  auto const h = g.state({.shape = {1, 4}});
  auto y = g.add(x, h);
#if defined(REFUSED)
  y = g.dense(y, {.units = 5});
#endif
  g.update(h, y);
  return g.finish(y);
}
inline constexpr auto net = linnet::compose<network>();
