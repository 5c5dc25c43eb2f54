// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "support/graph_maker.hpp"
#include "support/random_source.hpp"

// A valid graph made wrong, or only odd, in a few places: what is refused, and what must be computed as it
// stands, is the library's to tell.
namespace fuzz {

/// A number of the size that attributes have, or one at an edge.
inline std::int32_t odd_number(support::random_source& random) {
  using limits = std::numeric_limits<std::int32_t>;
  return random.one_in(3) ? random.pick({limits::min(), -65536, -129, -128, -1, 128, 255, 256, 32767, 65536,
                                         limits::max()})
                          : random.integer(-2, 9);
}
inline float odd_real(support::random_source& random) {
  using limits = std::numeric_limits<float>;
  return random.pick({0.0f, -0.0f, -1.0f, 1.0f, 0.5f, 2.0f, 0.003f, 1e-6f, 1e6f, 1e-30f, 1e30f, limits::min(),
                      limits::denorm_min(), limits::max(), limits::infinity(), limits::quiet_NaN()});
}

inline void spoil_tensor(support::graph_maker& g, support::random_source& random) {
  linnet::tensor_info& t = g.tensors[random.bits() % g.tensors.size()];
  switch (random.integer(0, 7)) {
    case 0: t.type = static_cast<linnet::element_type>(random.integer(0, 10)); return;
    case 1: t.quantization.zero_point = odd_number(random); return;
    case 2: t.quantization.scale = odd_real(random); return;
    case 3:
      if (t.shape.rank() > 0) t.shape[random.bits() % t.shape.rank()] = odd_number(random);
      return;
    case 4:
      if (t.shape.rank() < linnet::max_rank) t.shape.push_back(random.integer(1, 2));
      return;
    case 5: t.channel_axis = odd_number(random); return;
    case 6: t.channel_scales.count = static_cast<std::uint32_t>(random.integer(0, 9)); return;
    default:
      if (!g.scales.empty()) g.scales[random.bits() % g.scales.size()] = odd_real(random);
  }
}

inline void spoil_node(support::graph_maker& g, support::random_source& random) {
  linnet::node& n = g.nodes[random.bits() % g.nodes.size()];
  std::size_t const axis = random.bits() % linnet::max_rank;
  switch (random.integer(0, 13)) {
    case 0: n.kind = static_cast<linnet::op>(random.integer(0, linnet::op_count - 1)); return;
    case 1: n.activation = static_cast<linnet::activation>(random.integer(0, 3)); return;
    case 2: n.rounding = support::random_rounding(random); return;
    case 3: n.window.kernel.height = odd_number(random); return;
    case 4: n.window.kernel.width = odd_number(random); return;
    case 5: n.window.stride = {odd_number(random), odd_number(random)}; return;
    case 6: n.window.dilation = {odd_number(random), odd_number(random)}; return;
    case 7:
      n.window.padding = {odd_number(random), odd_number(random), odd_number(random), odd_number(random)};
      return;
    case 8:
      if (!n.axes.full()) n.axes.push_back(odd_number(random));
      return;
    case 9:
      if (!n.axes.empty()) n.axes[random.bits() % n.axes.size()] = odd_number(random);
      return;
    case 10: n.padding[axis] = {odd_number(random), odd_number(random)}; return;
    case 11: n.alpha = odd_real(random); return;
    case 12: n.beta = odd_real(random); return;
    default: n.keeps_operands = true;
  }
}

inline void spoil_wiring(support::graph_maker& g, support::random_source& random) {
  auto const some = [&](std::vector<linnet::tensor_id>& edges) -> linnet::tensor_id& {
    return edges[random.bits() % edges.size()];
  };
  switch (random.integer(0, 3)) {
    case 0: some(g.edges) = random.integer(-1, static_cast<std::int32_t>(g.tensors.size())); return;
    case 1: some(g.edges) = some(g.edges); return;
    case 2: g.nodes[random.bits() % g.nodes.size()].inputs.count = random.bits() % 4 == 0 ? 3 : 1; return;
    default: g.output_edges.count = random.bits() % 2 == 0 ? 0 : g.output_edges.count + 1;
  }
}

inline void spoil(support::graph_maker& g, support::random_source& random) {
  for (std::int32_t i = random.integer(1, 3); i > 0; --i) {
    switch (random.integer(0, 6)) {
      case 0: spoil_wiring(g, random); break;
      case 1:
      case 2:
      case 3: spoil_tensor(g, random); break;
      default: spoil_node(g, random);
    }
  }
}

}  // namespace fuzz
