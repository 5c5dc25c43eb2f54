// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <linnet/graph/equivalence.hpp>
#include <linnet/graph/passes/normalize.hpp>
#include <linnet/session/describe.hpp>
#include <linnet/session/dynamic_graph.hpp>
#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA {

/// The normal form of a graph of any size; see `normalize`. `name` names it in messages.
[[nodiscard]] inline result<dynamic_graph> normalized(graph_view const& g, std::string_view name) {
  std::vector<tensor_note> notes(g.tensors.size());
  auto made = normalize<dynamic_graph>(g, notes);
  if (!made) return fail(errc::invalid_graph, describe(made.error(), g, name));
  return *std::move(made);
}

/// A difference as a sentence: "node 3 (conv2d) 'conv2d_3' against node 5 (conv2d) 'a/b': the activation".
[[nodiscard]] inline std::string describe(graph_difference const& d, graph_view const& a,
                                          graph_view const& b) {
  std::string text;
  if (d.node >= 0) text += detail::node_in_words(a, d.node);
  if (d.node >= 0 && d.other >= 0) text += " against ";
  if (d.other >= 0) text += detail::node_in_words(b, d.other);
  return text + (text.empty() ? "" : ": ") + std::string(explain(d.what));
}

/// Whether two valid graphs of any origin are the same network: the number of equal nodes of their normal
/// forms, or the first difference (`wrong_argument`) as a sentence. Weights, scales and names are not
/// compared; see `equivalent`.
[[nodiscard]] inline result<std::size_t> compare_structure(graph_view const& a, graph_view const& b) {
  auto const first = normalized(a, "the first graph"), second = normalized(b, "the second graph");
  if (!first) return unexpected(first.error());
  if (!second) return unexpected(second.error());
  std::vector<tensor_id> twins(first->tensors.size());
  std::unique_ptr<bool[]> const taken(new bool[second->nodes.size() + 1]);
  auto const same = equivalent(first->view(), second->view(), twins, {taken.get(), second->nodes.size()});
  if (!same) return fail(errc::wrong_argument, describe(same.error(), first->view(), second->view()));
  return *same;
}

}  // namespace linnet::inline LINNET_ISA
