// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <linnet/graph/validate.hpp>
#include <linnet/io/onnx/layout.hpp>
#include <linnet/session/describe.hpp>
#include <linnet/session/error.hpp>
#include <linnet/session/network.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

/// An inner failure with the place it happened at in front.
[[nodiscard]] inline unexpected<error> within(std::string const& place, error const& inner) {
  return fail(inner.code, place + inner.message);
}

/// What an activation of floats stands for: sums of products of bytes, INT32 in the file, are whole numbers
/// as long as floats can hold them.
enum class float_sums : std::uint8_t {
  none,    ///< floats
  exact,   ///< INT32
  rounded  ///< INT32, those beyond 2^24 rounded
};

/// How many bytes a tensor's name may have (longer ones are cut), and how many operands all nodes together.
inline constexpr std::size_t most_name_bytes = 1u << 10, most_operands = 1u << 18;

/// Grows a network node by node, and stores values in the orders that are asked for. Activations are f32, or
/// integers whose steps and zero point an operator that reads them as numbers states (`state`): one statement
/// for a tensor and for all that hold its numbers in other places or shapes.
class graph_writer {
 public:
  /// `most_constant_bytes` bounds what the constants may take together: a small file could ask for one large
  /// constant in thousands of orders.
  graph_writer(network& into, std::size_t most_constant_bytes)
      : into_(into),
        blocks_(std::make_shared<std::vector<std::vector<std::byte>>>()),
        left_(most_constant_bytes) {
    into_.storage = blocks_;
  }

  /// Nodes that are added from now on come from this operator of the file, or from none (-1).
  void set_source(std::int32_t source) { source_ = source; }

  /// The network so far.
  [[nodiscard]] graph_view view() const { return into_.graph.view(); }
  /// Its name, in quotes where it has one.
  [[nodiscard]] std::string name_of_tensor(tensor_id id) const {
    return std::string(view().name(view().tensor(id)));
  }
  /// Calls a tensor so, cut to `most_name_bytes`.
  void rename(tensor_id id, std::string_view name) {
    if (name_of_tensor(id) == name.substr(0, most_name_bytes)) return;
    into_.graph.tensors[static_cast<std::size_t>(id)].name =
        into_.graph.add_name(name.substr(0, most_name_bytes));
  }

  /// Activations are f32 unless this says otherwise.
  void set_type(tensor_id id, element_type type) {
    into_.graph.tensors[static_cast<std::size_t>(id)].type = type;
  }
  /// What the stored numbers of an integer activation, and of all that only move them, mean. Fails
  /// (not_supported) where they are said to mean something else already.
  [[nodiscard]] result<void> state(tensor_id id, quantization const& q) {
    auto const [known, is_new] = meanings_.emplace(holder_of(id), q);
    if (is_new || known->second == q) return {};
    return fail(errc::not_supported, "the numbers of tensor " + in_quotes(name_of_tensor(id)) +
                                         " are taken with two scales or zero points");
  }
  /// What an activation of floats stands for.
  [[nodiscard]] float_sums sums_of(tensor_id id) const { return sums_[static_cast<std::size_t>(id)]; }
  /// Whether it stands for integers.
  [[nodiscard]] bool is_whole(tensor_id id) const { return sums_of(id) != float_sums::none; }
  /// Says what it stands for.
  void set_sums(tensor_id id, float_sums sums) { sums_[static_cast<std::size_t>(id)] = sums; }
  /// Writes what was stated into the network; where nothing was, a stored number means itself.
  void finish() {
    for (std::size_t i = 0; i < into_.graph.tensors.size(); ++i) {
      tensor_info& t = into_.graph.tensors[i];
      bool const has_steps = t.type == s8 || t.type == u8 || t.type == s16;
      bool const is_stated = t.quantization.present() || t.channel_scales.count > 0;  // a constant's
      if (!has_steps || is_stated) continue;
      auto const stated = meanings_.find(holder_of(static_cast<tensor_id>(i)));
      t.quantization = stated == meanings_.end() ? quantization{1.0f, 0} : stated->second;
    }
  }
  /// A tensor that a node will make.
  tensor_id add_activation(shape const& s, std::string_view name) {
    tensor_info info;
    info.shape = s;
    return add_tensor(info, name, {});
  }
  /// Whether so many bytes may still be taken: fails (too_large) where not. Counts none.
  [[nodiscard]] result<void> expect_room(std::size_t bytes) const {
    if (bytes <= left_) return {};
    return fail(errc::too_large, "its constants are many times as large as the file");
  }
  /// Counts bytes that are about to be written for a constant.
  [[nodiscard]] result<void> reserve(std::size_t bytes) {
    if (auto room = expect_room(bytes); !room) return room;
    left_ -= bytes;
    return {};
  }
  /// A constant with these values. Fails where constants take too many bytes.
  [[nodiscard]] result<tensor_id> add_constant(shape const& s, std::vector<float> const& values,
                                               std::string_view name) {
    return add_constant(s, f32, std::as_bytes(std::span(values)), name);
  }
  [[nodiscard]] result<tensor_id> add_constant(shape const& s, element_type type,
                                               std::span<std::byte const> bytes, std::string_view name) {
    tensor_info info;
    info.shape = s;
    info.type = type;
    return add_constant(info, bytes, name);
  }
  /// The same with steps and a zero point of its own.
  [[nodiscard]] result<tensor_id> add_constant(tensor_info info, std::span<std::byte const> bytes,
                                               std::string_view name) {
    if (auto room = reserve(bytes.size()); !room) return unexpected(room.error());
    blocks_->emplace_back(bytes.begin(), bytes.end());
    info.role = tensor_role::constant;
    return add_tensor(info, name, blocks_->back());
  }
  /// Scales of channels, for a constant's `channel_scales`.
  [[nodiscard]] edge_range add_scales(std::span<float const> scales) {
    return into_.graph.add_scales(scales);
  }

  /// Adds a node with one output of the shape that the node makes, or chooses by `stated` (see
  /// `infer_shape`). Fails where the operands do not fit.
  [[nodiscard]] result<tensor_id> add_node(node n, std::initializer_list<tensor_id> operands,
                                           std::string_view name, shape const& stated = {}) {
    return add_node(n, std::vector<tensor_id>(operands), name, stated);
  }
  [[nodiscard]] result<tensor_id> add_node(node n, std::vector<tensor_id> const& operands,
                                           std::string_view name, shape const& stated = {}) {
    operands_ += operands.size();
    if (operands_ > most_operands) {
      return fail(errc::too_large, "more than " + std::to_string(most_operands) + " operands in one network");
    }
    tensor_id const made = add_activation(stated, name);
    if (keeps_numbers(n)) {
      set_type(made, view().tensor(operands.front()).type);
      float_sums sums = float_sums::none;
      for (tensor_id operand : operands) sums = std::max(sums, sums_of(operand));  // the least exact one's
      set_sums(made, sums);
      if (view().tensor(made).type != f32) {
        for (tensor_id operand : operands) {
          if (auto one = join(made, operand); !one) return unexpected(one.error());
        }
      }
    }
    n.source = source_;
    n.inputs = into_.graph.add_edges(operands);
    n.outputs = into_.graph.add_edges({&made, 1});
    auto const inferred = infer_shape(view(), n);
    if (!inferred) return wrong_shapes(inferred.error());
    if (inferred->elements(max_elements) < 1) {
      return fail(errc::too_large, "its result " + linnet::describe(*inferred) + " has more than " +
                                       std::to_string(max_elements) + " elements");
    }
    into_.graph.tensors[static_cast<std::size_t>(made)].shape = *inferred;
    into_.graph.nodes.push_back(n);
    return made;
  }

  /// The value without a noted reshape: where its dimensions were moved as well, they are stored in the
  /// file's order first, which is the one that the reshape was meant for.
  [[nodiscard]] result<stored_value> settled(stored_value const& v) {
    if (!v.is_reshaped()) return v;
    auto const plain = in_order({v.id, v.base, v.base, v.order}, stated_order(v.base.rank()));
    if (!plain) return plain;
    auto const id = view_as(plain->id, v.stated);
    if (!id) return unexpected(id.error());
    return stored_value{*id, v.stated, v.stated, stated_order(v.stated.rank())};
  }

  /// The value, without a noted reshape, stored in this order.
  [[nodiscard]] result<stored_value> in_order(stored_value const& value, dimension_order const& wanted) {
    auto const settled_value = settled(value);
    if (!settled_value) return settled_value;
    stored_value const& v = *settled_value;
    if (v.order == wanted) return v;
    shape const to = permuted(v.base, wanted);
    node n;
    bool const moves = !same_memory(v.base, v.order, wanted);
    n.kind = moves ? op::transpose : op::reshape;
    for (std::int32_t dimension : wanted) {
      if (moves) n.axes.push_back(place_of(v.order, dimension));
    }
    auto const id = once(n, v.id, to, moves ? "/transposed" : "/reshaped");
    if (!id) return unexpected(id.error());
    return stored_value{*id, v.stated, v.base, wanted};
  }

  /// The tensor's bytes under another shape: no data is moved.
  [[nodiscard]] result<tensor_id> view_as(tensor_id id, shape const& s) {
    if (view().tensor(id).shape == s) return id;
    node n;
    n.kind = op::reshape;
    return once(n, id, s, "/reshaped");
  }

 private:
  tensor_id add_tensor(tensor_info info, std::string_view name, std::span<std::byte const> bytes) {
    info.name = into_.graph.add_name(name.substr(0, most_name_bytes));
    into_.graph.tensors.push_back(info);
    into_.constants.push_back(bytes);
    holders_.push_back(static_cast<tensor_id>(holders_.size()));
    sums_.push_back(float_sums::none);
    return static_cast<tensor_id>(into_.graph.tensors.size()) - 1;
  }

  /// Whether a node's stored numbers are some of its operands'.
  [[nodiscard]] static bool keeps_numbers(node const& n) {
    switch (n.kind) {
      case op::concat:
      case op::pad:
      case op::reshape:
      case op::slice:
      case op::transpose:
      case op::max_pool2d: return true;
      case op::reduce: return n.reduction == reduction::maximum || n.reduction == reduction::minimum;
      default: return false;
    }
  }

  /// The tensor that speaks for all that hold its numbers.
  [[nodiscard]] tensor_id holder_of(tensor_id id) {
    while (holders_[static_cast<std::size_t>(id)] != id) {
      tensor_id& next = holders_[static_cast<std::size_t>(id)];
      next = holders_[static_cast<std::size_t>(next)];
      id = next;
    }
    return id;
  }
  [[nodiscard]] result<void> join(tensor_id made, tensor_id operand) {
    tensor_id const from = holder_of(operand), to = holder_of(made);
    if (from == to) return {};
    holders_[static_cast<std::size_t>(to)] = from;
    auto const stated = meanings_.find(to);
    return stated == meanings_.end() ? result<void>{} : state(from, stated->second);
  }

  /// Adds the node, unless the same was asked for before.
  [[nodiscard]] result<tensor_id> once(node const& n, tensor_id from, shape const& to,
                                       std::string_view suffix) {
    std::tuple const key(from, std::vector<std::int32_t>(n.axes.begin(), n.axes.end()),
                         std::vector<std::int32_t>(to.begin(), to.end()));
    if (auto const known = known_.find(key); known != known_.end()) return known->second;
    auto const made = add_node(n, {from}, name_of_tensor(from) + std::string(suffix), to);
    if (made) known_.emplace(key, *made);
    return made;
  }

  [[nodiscard]] static unexpected<error> wrong_shapes(graph_error const& e) {
    std::string place;
    if (e.first.rank() > 0) place = linnet::describe(e.first);
    if (e.second.rank() > 0) place += " against " + linnet::describe(e.second);
    return fail(errc::invalid_graph, place + (place.empty() ? "" : ": ") + std::string(explain(e.fault)));
  }

  network& into_;
  std::shared_ptr<std::vector<std::vector<std::byte>>> blocks_;
  std::size_t left_, operands_ = 0;
  std::int32_t source_ = -1;
  std::vector<tensor_id> holders_;  // of each tensor's numbers, step by step to the one that speaks
  std::vector<float_sums> sums_;
  std::map<tensor_id, quantization> meanings_;  // of those
  std::map<std::tuple<tensor_id, std::vector<std::int32_t>, std::vector<std::int32_t>>, tensor_id> known_;
};

}  // namespace linnet::inline LINNET_ISA::io::onnx
