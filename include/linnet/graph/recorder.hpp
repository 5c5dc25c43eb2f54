// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include <linnet/base/span.hpp>
#include <linnet/graph/fixed_graph.hpp>
#include <linnet/graph/options.hpp>
#include <linnet/graph/shape_inference.hpp>
#include <linnet/graph/soundness.hpp>

namespace linnet::inline LINNET_ISA {

/// A tensor of a graph under construction.
struct tensor_handle {
  tensor_id id = -1;  ///< in the graph that is built; -1: no tensor
};

/// The book that a builder keeps: names, tensors, edges, nodes, and the first mistake. After a mistake
/// nothing is recorded any more. Every container may be full: that is a mistake too.
template <class Storage>
class graph_recorder {
 public:
  /// The graph with these outputs, or the first mistake that was made.
  [[nodiscard]] constexpr expected<Storage, graph_error> finish(
      std::initializer_list<tensor_handle> outputs) {
    static_vector<tensor_id, most_ends> ids;
    for (tensor_handle x : outputs) {
      if (!known(x)) blame_ends({.fault = graph_fault::used_before_made, .tensor = x.id});
      if (known(x) && is_state(x))
        blame_ends({.fault = graph_fault::state_as_it_is, .tensor = x.id, .first = info(x).shape});
      if (!detail::push_if_room(ids, x.id)) blame_ends({.fault = graph_fault::too_many_ends});
    }
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (updates_[i] < 0) blame_ends({.fault = graph_fault::not_updated, .tensor = states_[i]});
    }
    graph_.input_edges = add_edges({inputs_.data(), inputs_.size()});
    graph_.output_edges = add_edges({ids.data(), ids.size()});
    graph_.state_edges = add_edges(states());
    graph_.update_edges = add_edges({updates_.data(), updates_.size()});
    if (mistaken()) return unexpected(mistake_);
    return graph_;
  }
  [[nodiscard]] constexpr expected<Storage, graph_error> finish(tensor_handle output) {
    return finish({output});
  }

 protected:
  [[nodiscard]] constexpr bool mistaken() const { return mistake_.fault != graph_fault::none; }
  [[nodiscard]] constexpr bool known(tensor_handle x) const {
    return x.id >= 0 && static_cast<std::size_t>(x.id) < graph_.tensors.size();
  }
  /// Precondition: `known(x)`.
  [[nodiscard]] constexpr tensor_info const& info(tensor_handle x) const {
    return graph_.tensors[static_cast<std::size_t>(x.id)];
  }

  /// The next node is one of these operands; false after a mistake. A handle that nobody returned is one.
  constexpr bool begin(op kind, std::initializer_list<tensor_handle> operands) {
    kind_ = kind;
    if (operands.size() == 0 || operands.size() > most_ends)
      blame({.fault = graph_fault::wrong_operand_count});
    for (tensor_handle x : operands) {
      if (!known(x)) blame({.fault = graph_fault::used_before_made, .tensor = x.id});
    }
    return !mistaken();
  }

  /// Writes a mistake down if it is the first, as one of the node that was begun. Returns no tensor.
  constexpr tensor_handle blame(graph_error e) {
    e.node = static_cast<std::int32_t>(graph_.nodes.size());
    e.kind = kind_;
    return blame_ends(e);
  }

  constexpr tensor_handle record_input(tensor_info const& made) { return record_end(made, "input", inputs_); }
  /// Nothing replaces it yet.
  constexpr tensor_handle record_state(tensor_info const& made) {
    tensor_handle const x = record_end(made, "state", states_);
    if (!mistaken()) updates_.push_back(-1);
    return x;
  }
  /// `value` replaces the state after the run.
  constexpr void record_update(tensor_handle state, tensor_handle value) {
    std::size_t i = 0;
    while (i < states_.size() && states_[i] != state.id) ++i;
    if (i == states_.size()) blame_ends({.fault = graph_fault::no_state, .tensor = state.id});
    if (!known(value)) blame_ends({.fault = graph_fault::used_before_made, .tensor = value.id});
    if (mistaken()) return;
    graph_fault fault = detail::update_soundness(info(state), info(value));
    if (updates_[i] >= 0) fault = graph_fault::updated_twice;
    if (fault != graph_fault::none) {
      blame_ends(
          {.fault = fault, .tensor = state.id, .first = info(value).shape, .second = info(state).shape});
    }
    updates_[i] = value.id;
  }
  /// Whether a tensor is a state, perhaps under another shape. Precondition: `known(x)`.
  [[nodiscard]] constexpr bool is_state(tensor_handle x) const {
    return detail::is_state(graph_.view(), states(), x.id);
  }

  /// Adds the node that was begun; infers the shape of what it makes, where `made.shape` is what the graph
  /// states about it.
  constexpr tensor_handle record(node n, std::initializer_list<tensor_handle> operands,
                                 tensor_info const& made) {
    static_vector<tensor_id, most_ends + 2> ids;
    for (tensor_handle x : operands) ids.push_back(x.id);
    tensor_handle const output = add_tensor(made, name_of(n), graph_.nodes.size());
    n.inputs = add_edges({ids.data(), ids.size()});
    n.outputs = add_edges({&output.id, 1});
    if (mistaken()) return {};
    auto const inferred = infer_shape(graph_.view(), n);
    if (!inferred) return blame(inferred.error());
    tensor_info& result = graph_.tensors[static_cast<std::size_t>(output.id)];
    result.shape = *inferred;
    if (graph_error const e = soundness(result); e.fault != graph_fault::none) return blame(e);
    if (!detail::has_representable_multipliers(graph_.view(), n)) {
      return blame({.fault = graph_fault::multiplier_not_representable, .first = result.shape});
    }
    if (!detail::push_if_room(graph_.nodes, n)) return blame({.fault = graph_fault::too_many_nodes});
    return output;
  }

  /// Adds a node with constant weights, one bias a channel. Integer weights get the scale that keeps the
  /// variance of what flows through: uniform in [-127, 127] they have the real bounds +-sqrt(6 / inputs) (He
  /// et al. 2015).
  constexpr tensor_handle record_weighted(node const& n, tensor_handle x, shape const& weights,
                                          std::int32_t channels, quantization const& q) {
    element_type const type = info(x).type;
    tensor_info made{.shape = weights, .type = type, .role = tensor_role::constant};
    if (!detail::plausible(n.window))
      return blame({.fault = graph_fault::bad_window, .first = info(x).shape});
    if (graph_fault const fault = detail::shape_soundness(weights); fault != graph_fault::none)
      return blame({.fault = fault, .first = weights, .second = info(x).shape});
    if (type != f32) {
      double const bound = sqrt(6.0 / static_cast<double>(weights.elements() / channels));
      made.quantization = {static_cast<float>(bound / 127), type == u8 ? 128 : 0};
    }
    tensor_handle const w = add_tensor(made, "weights", graph_.nodes.size());
    tensor_handle const bias =
        add_tensor({.shape = {channels}, .type = type == f32 ? f32 : s32, .role = tensor_role::constant},
                   "bias", graph_.nodes.size());
    return record(n, {x, w, bias}, activation_like(x, n.activation, q));
  }

  /// A constant operand of the node that was begun.
  constexpr tensor_handle add_constant(shape const& s, element_type type, quantization const& q) {
    return add_tensor({.shape = s, .type = type, .role = tensor_role::constant, .quantization = q}, "weights",
                      graph_.nodes.size());
  }

  /// A tensor of x's type with the stated quantization, or the default one behind an activation.
  [[nodiscard]] constexpr tensor_info activation_like(tensor_handle x, activation a,
                                                      quantization const& q) const {
    return integer_or_real(info(x).type, q == quantization{} ? default_quantization(info(x).type, a) : q);
  }
  [[nodiscard]] static constexpr tensor_info integer_or_real(element_type type, quantization const& q) {
    return {.shape = {}, .type = type, .quantization = type == f32 ? quantization{} : q};
  }

 private:
  [[nodiscard]] constexpr span<tensor_id const> states() const { return {states_.data(), states_.size()}; }

  /// Adds a tensor that no node makes.
  constexpr tensor_handle record_end(tensor_info const& made, text stem,
                                     static_vector<tensor_id, most_ends>& ends) {
    if (mistaken()) return {};
    if (ends.full()) return blame_ends({.fault = graph_fault::too_many_ends});
    if (graph_error const e = soundness(made); e.fault != graph_fault::none) return blame_ends(e);
    tensor_handle const x = add_tensor(made, stem, ends.size());
    ends.push_back(x.id);
    return x;
  }

  constexpr tensor_handle blame_ends(graph_error const& e) {
    if (!mistaken()) mistake_ = e;
    return {};
  }

  /// What is wrong with an activation; shows its shape.
  [[nodiscard]] static constexpr graph_error soundness(tensor_info const& t) {
    graph_fault fault = detail::shape_soundness(t.shape);
    if (fault == graph_fault::none) fault = detail::quantization_soundness(t.type, t.quantization);
    bool const is_plain = t.type == f32 || t.type == s32 || t.type == s64;
    if (fault == graph_fault::none && !is_plain && !t.quantization.present()) fault = graph_fault::bad_scale;
    return {.fault = fault, .first = t.shape};
  }

  template <class Container, class T>
  constexpr void push(Container& to, T const& value) {
    if (!mistaken() && !detail::push_if_room(to, value)) blame({.fault = graph_fault::too_many_nodes});
  }

  constexpr edge_range add_edges(span<tensor_id const> ids) {
    edge_range const range{static_cast<std::uint32_t>(graph_.edges.size()),
                           static_cast<std::uint32_t>(ids.size())};
    for (tensor_id id : ids) push(graph_.edges, id);
    return range;
  }

  /// "conv2d_7": what a node is and its place.
  constexpr edge_range add_name(text stem, std::size_t number) {
    std::size_t unit = 1, length = stem.size() + 2;
    for (; number / unit >= 10; unit *= 10) ++length;
    edge_range const range{static_cast<std::uint32_t>(graph_.characters.size()),
                           static_cast<std::uint32_t>(length)};
    char* at = room_for_characters(length);
    if (at == nullptr) return {};
    for (char const c : stem) *at++ = c;
    *at++ = '_';
    for (; unit > 0; unit /= 10) *at++ = static_cast<char>('0' + number / unit % 10);
    return range;
  }
  /// Where so many characters are to be written, all at once: names are most of what a graph is made of.
  constexpr char* room_for_characters(std::size_t length) {
    auto& to = graph_.characters;
    std::size_t const size = to.size();
    if (mistaken()) return nullptr;
    if constexpr (requires { to.full(); }) {
      if (to.capacity() - size < length) {
        blame({.fault = graph_fault::too_many_nodes});
        return nullptr;
      }
      to.count += static_cast<std::uint32_t>(length);
    } else {
      to.resize(size + length);
    }
    return to.data() + size;
  }

  constexpr tensor_handle add_tensor(tensor_info made, text stem, std::size_t number) {
    made.name = add_name(stem, number);
    push(graph_.tensors, made);
    if (mistaken()) return {};
    return {static_cast<tensor_id>(graph_.tensors.size() - 1)};
  }

  Storage graph_{};
  static_vector<tensor_id, most_ends> inputs_, states_, updates_;  // -1: a state has no update yet
  graph_error mistake_;
  op kind_ = op::reshape;  // of the node that was begun
};

}  // namespace linnet::inline LINNET_ISA
