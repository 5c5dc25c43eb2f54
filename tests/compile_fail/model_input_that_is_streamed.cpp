// SPDX-License-Identifier: MIT
// refused: linnet: the input is streamed: give its rows to run\(source\)
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/runtime/model.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  return g.finish(g.logistic(g.input({.height = 4, .width = 4, .channels = 2})));
}
inline constexpr auto net = linnet::compose<network>();
static linnet::weights_for<net> weights;
#if defined(REFUSED)
constexpr linnet::plan_options options{.stream_input = true};
#else
constexpr linnet::plan_options options{.policy = linnet::memory_policy::least_memory};
#endif
static linnet::model<net, weights, options> m;

auto input = m.input();
