// SPDX-License-Identifier: MIT
// refused: linnet: the arena exceeds its budget
// names: missing<2528>, .*at_peak<0, .*at_ends, 15872>, .*at_peak<3, .*<0, [a-z_:]*op::conv2d>, 6144>
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/runtime/model.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto const x = g.input({.height = 32, .width = 32, .channels = 4});
  auto const y = g.conv2d(x, {.filters = 16, .kernel = {3, 3}});
  return g.finish(g.conv2d(y, {.filters = 8, .kernel = {3, 3}, .stride = {2, 2}}));
}
inline constexpr auto net = linnet::compose<network>();
inline constexpr linnet::plan_options roomy{.policy = linnet::memory_policy::within, .budget = 22'528};
inline constexpr linnet::plan_options tight{.policy = linnet::memory_policy::within, .budget = 20'000};
static linnet::weights_for<net> weights;

#if defined(REFUSED)
linnet::model<net, weights, tight> m;
#else
linnet::model<net, weights, roomy> m;
#endif
