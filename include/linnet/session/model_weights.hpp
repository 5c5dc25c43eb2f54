// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>
#include <string>
#include <utility>

#include <linnet/runtime/weights.hpp>
#include <linnet/session/describe.hpp>
#include <linnet/session/deterministic_weights.hpp>
#include <linnet/session/error.hpp>
#include <linnet/session/pack.hpp>

// Weights made at run time for a graph that is a constant: for tests and first looks; generated files bring
// theirs.
namespace linnet::inline LINNET_ISA {

/// A copy of a graph that can grow.
[[nodiscard]] inline dynamic_graph copy_of(graph_view const& g) {
  return {{g.nodes.begin(), g.nodes.end()},
          {g.tensors.begin(), g.tensors.end()},
          {g.edges.begin(), g.edges.end()},
          {g.scales.begin(), g.scales.end()},
          {g.characters.begin(), g.characters.end()},
          g.input_edges,
          g.output_edges,
          g.state_edges,
          g.update_edges};
}

/// Packs a network's constants as `model<Graph, ...>` reads them. An error where a constant that the graph
/// has is missing in the network, or has another size.
template <auto const& Graph, class Arch>
[[nodiscard]] result<void> pack_weights(network const& net, weights_for<Graph, Arch>& to) {
  constexpr auto const& plan = detail::packed_plan<Graph, Arch>;
  graph_view const g = Graph.view();
  for (std::size_t i = 0; i < g.tensors.size(); ++i) {
    tensor_info const& t = g.tensors[i];
    if (!is_constant(t)) continue;
    auto const wanted = static_cast<std::size_t>(bytes_of(t.type, t.shape.elements()));
    if (i < net.constants.size() && net.constants[i].size() == wanted) continue;
    return fail(errc::wrong_argument,
                net.name + ": tensor " + detail::tensor_in_words(g, static_cast<tensor_id>(i)) +
                    " is not the constant of " + std::to_string(wanted) + " bytes that the graph asks for");
  }
  auto const layouts = pack_weights<Arch>(net, plan.places, plan.planned_calls(), to.bytes);
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    planned_call const& call = plan.all_calls[i];
    if (layouts[i] == call.layout) continue;
    return fail(errc::wrong_argument,
                net.name + ": the kernel that " + std::string(Arch::name) + " has for tensor " +
                    detail::tensor_in_words(g, call.output) +
                    " is not exact with these weights: compile the network (`linnet compile`) instead");
  }
  return {};
}

/// Fills a blob with the weights that `with_deterministic_weights` gives the same graph.
template <auto const& Graph, class Arch>
void deterministic_weights(weights_for<Graph, Arch>& to, std::uint32_t seed) {
  (void)pack_weights(with_deterministic_weights(copy_of(Graph.view()), seed, "deterministic"), to);
}

}  // namespace linnet::inline LINNET_ISA
