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

/// The plan of a network's graph for Arch; errors as sentences. Precondition: `check_network` has passed.
template <class Arch>
[[nodiscard]] result<dynamic_plan> plan_network(network const& net) {
  auto planned = plan_graph<Arch>(net.graph.view());
  if (planned) return *std::move(planned);
  graph_error const& why = planned.error();
  errc const code = why.fault == graph_fault::types_not_supported ? errc::not_supported
                    : why.fault == graph_fault::tensor_too_large  ? errc::too_large
                                                                  : errc::invalid_graph;
  return fail(code, describe(why, net.graph.view(), net.name));
}

}  // namespace linnet::inline LINNET_ISA
