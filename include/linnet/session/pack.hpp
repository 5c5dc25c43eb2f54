// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/kernels/pack.hpp>
#include <linnet/runtime/plan.hpp>
#include <linnet/session/network.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// The constants of a node, as its kernel's `pack` reads them.
[[nodiscard]] inline kernels::constants constants_of(network const& net, node const& n) {
  kernels::constants from;
  bool const of_two_kinds = n.kind == op::recurrent;
  if (!has_weights(n.kind) && !of_two_kinds) return from;
  graph_view const g = net.graph.view();
  auto const bytes_at = [&](std::size_t i) {
    return net.constants[static_cast<std::size_t>(g.inputs(n)[i])];
  };
  auto const scales_of = [&](tensor_info const& weights) -> span<float const> {
    span<float const> const scales = g.channel_scales(weights);
    bool const one = scales.empty() && weights.quantization.present();
    return one ? span<float const>(&weights.quantization.scale, 1) : scales;
  };
  from.weights = bytes_at(1);
  from.weight_scales = scales_of(g.input(n, 1));
  if (of_two_kinds) {
    from.second_weights = bytes_at(2);
    from.second_scales = scales_of(g.input(n, 2));
  }
  std::size_t const bias = of_two_kinds ? 3 : 2;
  if (n.inputs.count > bias) from.bias = bytes_at(bias);
  return from;
}

}  // namespace detail

/// Writes the packed weights of a network, as the kernels of Arch read them, to `to`: as many bytes as the
/// plan says, at an address aligned to `kernels::packed_alignment`. Returns the layout of each call's stream:
/// the selected kernel's, or an ancestor's where only that one is exact with the weights. Precondition: the
/// plan is of this network's graph for Arch.
template <class Arch>
std::vector<kernels::packed_layout> pack_weights(network const& net, std::span<tensor_place const> places,
                                                 std::span<planned_call const> calls, std::byte* to) {
  graph_view const g = net.graph.view();
  std::vector<kernels::packed_layout> layouts;
  for (node const& n : g.nodes) {
    (void)lower_placed(
        g, n, places,
        [&]<class Problem>(Problem const& problem, kernel_call const&) -> expected<void, graph_error> {
          std::byte* const stream = to + calls[layouts.size()].packed_offset;
          layouts.push_back(kernels::pack_exact<Arch>(problem, detail::constants_of(net, n), stream));
          return {};
        });
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i].storage != packed_storage) continue;
    copy_bytes(to + places[i].offset, net.constants[i].data(), net.constants[i].size());
  }
  return layouts;
}

/// Marks the nodes whose streams an ancestor of the selected kernel reads, since that one may not work in
/// place; true where one was not marked before: the plan is to be made again.
[[nodiscard]] inline bool mark_other_kernels(dynamic_graph& g, std::span<planned_call const> calls,
                                             std::span<kernels::packed_layout const> layouts) {
  bool any = false;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    node& n = g.nodes[static_cast<std::size_t>(calls[i].node)];
    if (layouts[i] == calls[i].layout || n.keeps_operands) continue;
    any = n.keeps_operands = true;
  }
  return any;
}

}  // namespace linnet::inline LINNET_ISA
