// SPDX-License-Identifier: MIT
// refused: linnet: the arena exceeds its budget
// names: missing<[0-9]+>, .*at_peak<
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/runtime/model.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto const x = g.input({.height = 16, .width = 16, .channels = 4, .type = linnet::s8});
  return g.finish(g.conv2d(g.conv2d(x, {.filters = 8, .kernel = {3, 3}}), {.filters = 4, .kernel = {3, 3}}));
}
inline constexpr auto net = linnet::compose<network>();
inline constexpr linnet::plan_options least{.policy = linnet::memory_policy::least_memory};
static linnet::weights_for<net> weights;

#if defined(REFUSED)
inline constexpr linnet::board_memories<2> board{{{.bytes = 400, .cost = 1}, {.bytes = 1000, .cost = 4}}};
#else
inline constexpr linnet::board_memories<2> board{{{.bytes = 400, .cost = 1}, {.bytes = 3000, .cost = 4}}};
#endif
using model = linnet::model_in<net, weights, linnet::in_memories<least, board>{}>;
void use(std::array<std::span<std::byte>, 2> const& memories) { (void)model::create(memories); }
