// SPDX-License-Identifier: MIT
// refused: linnet: rows can be streamed into a network of one input only
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/runtime/model.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto const a = g.input({.height = 4, .width = 4, .channels = 2});
  auto const b = g.input({.height = 4, .width = 4, .channels = 2});
  return g.finish(g.add(a, b, {}));
}
inline constexpr auto net = linnet::compose<network>();
static linnet::weights_for<net> weights;
#if defined(REFUSED)
constexpr linnet::plan_options options{.stream_input = true};
#else
constexpr linnet::plan_options options{.policy = linnet::memory_policy::least_memory};
#endif
static linnet::model<net, weights, options> m;

auto output = m.output();
