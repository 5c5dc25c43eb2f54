// SPDX-License-Identifier: MIT
// refused: linnet: these weights were packed for another architecture or another graph
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/runtime/model.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto const x = g.input({.height = 4, .width = 4, .channels = 2});
  return g.finish(g.conv2d(x, {.filters = 3}));
}
inline constexpr auto net = linnet::compose<network>();

static std::byte bytes[4096];

/// As a generated file states it: the same sizes, for kernels that read them in another order.
constexpr auto stated() {
  auto layout = linnet::weights_layout<net>;
#if defined(REFUSED)
  layout.streams[0].layout = linnet::kernels::packed_layout::tap_planes;
#endif
  return linnet::packed_weights<sizeof bytes, 1>{
      .bytes = bytes, .format = linnet::weights_format, .hash = 0, .layout = layout};
}
inline constexpr auto weights = stated();
static linnet::model<net, weights> m;
void run() { m.run(); }
