// SPDX-License-Identifier: MIT
// refused: linnet: the network has no input of this number
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/runtime/model.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  return g.finish(g.logistic(g.input({.height = 4, .width = 4, .channels = 2})));
}
inline constexpr auto net = linnet::compose<network>();
static linnet::weights_for<net> weights;
static linnet::model<net, weights> m;

#if defined(REFUSED)
auto second = m.input<1>();
#else
auto first = m.input<0>();
#endif
