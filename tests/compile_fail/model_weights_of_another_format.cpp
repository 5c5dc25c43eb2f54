// SPDX-License-Identifier: MIT
// refused: linnet: these weights have another format version: run linnet compile again
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
#if defined(REFUSED)
constexpr std::uint32_t format = linnet::weights_format + 1;
#else
constexpr std::uint32_t format = linnet::weights_format;
#endif
inline constexpr linnet::packed_weights<sizeof bytes, 1> weights{
    .bytes = bytes, .format = format, .hash = 0, .layout = linnet::weights_layout<net>};
static linnet::model<net, weights> m;
void run() { m.run(); }
