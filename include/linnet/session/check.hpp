// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <linnet/graph/validate.hpp>
#include <linnet/session/describe.hpp>
#include <linnet/session/dynamic_plan.hpp>
#include <linnet/session/error.hpp>
#include <linnet/session/network.hpp>
#include <linnet/session/operator_matrix.hpp>

namespace linnet::inline LINNET_ISA {

/// Holds a network against its graph's own rules, and every constant against the bytes its shape asks for.
[[nodiscard]] inline result<void> check_network(network const& net) {
  graph_view const g = net.graph.view();
  std::unique_ptr<bool[]> const made(new bool[g.tensors.size()]());
  if (auto valid = validate(g, {made.get(), g.tensors.size()}); !valid)
    return fail(errc::invalid_graph, describe(valid.error(), g, net.name));
  for (std::size_t i = 0; i < g.tensors.size(); ++i) {
    tensor_info const& t = g.tensors[i];
    std::size_t const bytes = i < net.constants.size() ? net.constants[i].size() : 0;
    auto const wanted = is_constant(t) ? bytes_of(t.type, t.shape.elements()) : 0;
    if (static_cast<std::int64_t>(bytes) != wanted) {
      return fail(errc::invalid_graph,
                  net.name + ": tensor " + detail::tensor_in_words(g, static_cast<tensor_id>(i)) + " has " +
                      std::to_string(bytes) + " bytes of data where its shape asks for " +
                      std::to_string(wanted));
    }
  }
  return {};
}

namespace detail {

/// Which types a node has, and which it could have: "s8 to s8; exp has kernels for f32".
template <class Arch>
[[nodiscard]] std::string types_in_words(graph_view const& g, node const& n) {
  std::string text;
  for (std::size_t i = 0; i < n.inputs.count; ++i)
    text += (text.empty() ? "" : ", ") + std::string(name_of(g.input(n, i).type));
  text += " to " + std::string(name_of(g.output(n).type));
  std::string const others = types_with_kernels<Arch>(n);
  if (others.empty()) return text;
  return text + "; " + std::string(name_of(n)) + " has kernels for " + others;
}

/// By how much a plan misses its budget, and what fills the memory.
[[nodiscard]] inline std::string budget_in_words(graph_view const& g, dynamic_plan const& plan) {
  std::string text = "needs " + std::to_string(plan.arena_bytes) + " bytes, " +
                     std::to_string(plan.arena_bytes - plan.options.budget) + " more than the budget of " +
                     std::to_string(plan.options.budget);
  fullest_moment const peak = fullest(g, plan);
  for (std::size_t i = 0; i < 2; ++i) {
    if (peak.tensors[i] < 0) continue;
    text += (i == 0 ? "; alive together at the peak: tensor " : " and tensor ") +
            tensor_in_words(g, peak.tensors[i]) + " (" + std::to_string(peak.bytes[i]) + " bytes)";
  }
  return text;
}

}  // namespace detail

/// The plan of a network's graph for Arch; errors as sentences. Besides what `plan_graph` refuses: a streamed
/// input of a network that has several (wrong_argument), and a budget that no plan fits (too_large; it names
/// the tensors that fill the memory). Precondition: `check_network` has passed.
template <class Arch>
[[nodiscard]] result<dynamic_plan> plan_network(network const& net, plan_options const& options = {},
                                                search_options const& search = {}) {
  graph_view const g = net.graph.view();
  if (options.stream_input && (g.inputs().size() != 1 || is_constant(g.tensor(g.inputs()[0])))) {
    return fail(errc::wrong_argument, net.name + ": has " + std::to_string(g.inputs().size()) +
                                          " inputs; rows can be streamed into a network of one input only");
  }
  auto planned = plan_graph<Arch>(g, options, search);
  if (!planned) {
    graph_error const& why = planned.error();
    errc const code = why.fault == graph_fault::types_not_supported ? errc::not_supported
                      : why.fault == graph_fault::tensor_too_large  ? errc::too_large
                                                                    : errc::invalid_graph;
    std::string text = describe(why, g, net.name);
    if (code == errc::not_supported && why.node >= 0)
      text += ": " + detail::types_in_words<Arch>(g, g.nodes[static_cast<std::size_t>(why.node)]);
    return fail(code, text);
  }
  if (options.policy == memory_policy::within && planned->arena_bytes > options.budget)
    return fail(errc::too_large, net.name + ": " + detail::budget_in_words(g, *planned));
  return *std::move(planned);
}

}  // namespace linnet::inline LINNET_ISA
