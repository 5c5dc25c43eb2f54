// SPDX-License-Identifier: MIT
// refused: a tensor is used before a node has made it
// names: at_ends
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>

constexpr auto network() {
  linnet::graph_builder g;
  auto x = g.input({.height = 56, .width = 56, .channels = 24});
#if defined(REFUSED)
  x = linnet::tensor_handle{};
#endif
  return g.finish(x);
}
inline constexpr auto net = linnet::compose<network>();
