// SPDX-License-Identifier: MIT
// refused: linnet: a ring of the searched plan has a wrong number of rows
// names: wrong_rows.*, 2, 2>
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
constexpr std::int32_t rows = 7;  // of an output of 8 rows, which the caller sees side by side
#else
constexpr std::int32_t rows = 8;
#endif
inline constexpr linnet::searched_plan<2, 3, 0> plan{
    .options = {.policy = linnet::memory_policy::least_memory},
    .parts = false,
    .group_of = {0, 0},
    .strip = {1, 1},
    .rings = {{{0, 8, 32}, {256, 3, 64}, {448, rows, 32}}},
    .table = {}};
linnet::model<net, weights, linnet::searched<plan>{}> m;
