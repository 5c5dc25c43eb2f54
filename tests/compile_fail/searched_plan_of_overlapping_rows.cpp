// SPDX-License-Identifier: MIT
// refused: linnet: two rows of the searched plan that live at one time overlap
// names: overlapping.*, 1, 1>
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
constexpr std::uint16_t row_3 = 33;  // 8 bytes into row 0, whose last reader is row 1 of the next layer
#else
constexpr std::uint16_t row_3 = 56;
#endif
/// Both layers together: every row of the wide tensor has an address of its own.
inline constexpr linnet::searched_plan<2, 3, 8> plan{
    .options = {.policy = linnet::memory_policy::least_memory},
    .parts = false,
    .group_of = {0, 0},
    .strip = {1, 1},
    .rings = {{{0, 8, 32}, {0, 8, 64, 0}, {512, 8, 32}}},
    .table = {32, 40, 48, row_3, 32, 40, 48, 56}};
linnet::model<net, weights, linnet::searched<plan>{}> m;
