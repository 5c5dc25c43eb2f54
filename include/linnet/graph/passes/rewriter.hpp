// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/span.hpp>
#include <linnet/graph/fixed_graph.hpp>
#include <linnet/graph/shape_inference.hpp>

namespace linnet::inline LINNET_ISA {

/// What a pass remembers of a tensor of its source graph.
struct tensor_note {
  tensor_id kept = -1;          ///< tensor of the result that holds the elements, -1: none yet
  std::int32_t producer = -1;   ///< node of the source that makes it
  std::int32_t uses = 0;        ///< how often nodes, the graph's outputs and its states' updates read it
  bool shared = false;          ///< somebody else reads the elements too, under whatever shape
  bool folded = false;          ///< made by a pad that lives on in its reader's window
  bool producer_aside = false;  ///< made by a node at the graph's ends that the result lacks
};

/// A graph read from one place and written, changed, to another: what passes have in common. Every tensor of
/// the source is copied when it is first wanted, with its name and scales.
template <class Storage>
class graph_rewriter {
 protected:
  /// `notes`: working memory, one entry a tensor of the source.
  constexpr graph_rewriter(graph_view const& from, span<tensor_note> notes) : from_(from), notes_(notes) {
    for (tensor_note& n : notes_) n = {};
    for (std::size_t i = 0; i < from_.nodes.size(); ++i) {
      for (tensor_id id : from_.inputs(from_.nodes[i])) ++note(id).uses;
      note(from_.outputs(from_.nodes[i])[0]).producer = static_cast<std::int32_t>(i);
    }
    for (tensor_id id : from_.outputs()) ++note(id).uses;
    for (tensor_id id : from_.updates()) ++note(id).uses;
  }

  [[nodiscard]] constexpr tensor_note& note(tensor_id id) { return notes_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] constexpr graph_view const& source() const { return from_; }
  [[nodiscard]] constexpr Storage& made() { return made_; }
  [[nodiscard]] constexpr tensor_info& made_tensor(tensor_id id) {
    return made_.tensors[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] constexpr bool mistaken() const { return mistake_.fault != graph_fault::none; }
  [[nodiscard]] constexpr graph_error const& mistake() const { return mistake_; }
  constexpr void blame(graph_error const& e) {
    if (!mistaken()) mistake_ = e;
  }

  /// A tensor of the source under another shape.
  constexpr tensor_id copy_tensor(tensor_id id, shape const& s) {
    tensor_info info = from_.tensor(id);
    text const name = from_.name(info);
    auto const scales = from_.channel_scales(info);
    info.shape = s;
    info.name = {static_cast<std::uint32_t>(made_.characters.size()),
                 static_cast<std::uint32_t>(name.size())};
    info.channel_scales = {static_cast<std::uint32_t>(made_.scales.size()),
                           static_cast<std::uint32_t>(scales.size())};
    for (char c : name) push(made_.characters, c);
    for (float scale : scales) push(made_.scales, scale);
    push(made_.tensors, info);
    return static_cast<tensor_id>(made_.tensors.size()) - 1;
  }

  constexpr edge_range add_edges(span<tensor_id const> ids) {
    edge_range const range{static_cast<std::uint32_t>(made_.edges.size()),
                           static_cast<std::uint32_t>(ids.size())};
    for (tensor_id id : ids) push(made_.edges, id);
    return range;
  }

  /// Adds a node whose operands begin at edge `first`; it makes a copy of `output`, of the shape that follows
  /// or, where the operator leaves a choice, of `stated`. Returns the copy.
  constexpr tensor_id emit(node n, std::uint32_t first, tensor_id output, shape const& stated = {}) {
    n.inputs = {first, static_cast<std::uint32_t>(made_.edges.size()) - first};
    tensor_id const result = copy_tensor(output, stated);
    n.outputs = add_edges({&result, 1});
    if (mistaken()) return -1;
    auto const inferred = infer_shape(made_.view(), n);
    if (!inferred) {
      blame(inferred.error());
      return -1;
    }
    made_tensor(result).shape = *inferred;
    push(made_.nodes, n);
    return result;
  }
  [[nodiscard]] constexpr std::uint32_t begin_operands() const {
    return static_cast<std::uint32_t>(made_.edges.size());
  }

 private:
  template <class Container, class T>
  constexpr void push(Container& to, T const& value) {
    if (!mistaken() && !detail::push_if_room(to, value)) blame({.fault = graph_fault::too_many_nodes});
  }

  graph_view from_;
  span<tensor_note> notes_;
  Storage made_{};
  graph_error mistake_;
};

}  // namespace linnet::inline LINNET_ISA
