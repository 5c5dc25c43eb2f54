// SPDX-License-Identifier: MIT
// refused: linnet: these weights were packed for another architecture or another graph
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/runtime/model.hpp>

template <int Filters>
constexpr auto network() {
  linnet::graph_builder g;
  auto const x = g.input({.height = 4, .width = 4, .channels = 2});
  return g.finish(g.conv2d(x, {.filters = Filters}));
}
inline constexpr auto net = linnet::compose<network<3>>(), other = linnet::compose<network<4>>();

#if defined(REFUSED)
static linnet::weights_for<other> weights;
#else
static linnet::weights_for<net> weights;
#endif
static linnet::model<net, weights> m;
void run() { m.run(); }
