// SPDX-License-Identifier: MIT
// refused: linnet: the searched plan is of another graph or architecture: run linnet compile again
// names: of another graph or architecture
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/runtime/model.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto const x = g.input({.height = 8, .width = 8, .channels = 4, .type = linnet::s8});
  return g.finish(g.conv2d(g.conv2d(x, {.filters = 8, .kernel = {3, 3}}), {.filters = 4, .kernel = {3, 3}}));
}
inline constexpr auto net = linnet::compose<network>();
static linnet::weights_for<net> weights;

#if defined(REFUSED)
constexpr std::size_t operations = 3;
#else
constexpr std::size_t operations = 2;
#endif
/// Layer by layer: input, wide tensor, output.
inline constexpr linnet::searched_plan<operations, 3, 0> plan {
  .options = {.policy = linnet::memory_policy::least_memory}, .parts = false, .group_of = {0, 1},
#if defined(REFUSED)
  .strip = {1, 1, 1},
#else
  .strip = {1, 1},
#endif
  .rings = {{{0, 8, 32}, {256, 8, 64}, {768, 8, 32}}}, .table = {}
};
linnet::model<net, weights, linnet::searched<plan>{}> m;
