// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/io/onnx/stated_operator.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// The shape of an input, whether it is computed or constant.
[[nodiscard]] inline result<shape> shape_of_input(stated_operator& from, int i) {
  auto const value = from.input(i);
  if (!value) return unexpected(value.error());
  if (!value->is_constant()) return value->activation.stated;
  auto const c = from.any_constant(i);
  return c ? result<shape>(c->shape) : unexpected(c.error());
}

/// Input 0 under another shape: a note on the value, or another look at the constant.
[[nodiscard]] inline result<void> give_reshaped(stated_operator& from, std::vector<std::int64_t> const& to) {
  auto const value = from.input(0);
  if (!value) return unexpected(value.error());
  auto const wanted = shape_of(to, value->is_constant() ? 0 : 1);
  if (!wanted) return unexpected(wanted.error());
  auto const present = shape_of_input(from, 0);
  if (!present) return unexpected(present.error());
  if (wanted->elements() != present->elements()) {
    return fail(errc::invalid_graph, describe(*present) + " cannot become " + describe(*wanted));
  }
  if (value->is_constant()) {
    auto c = from.any_constant(0);
    c->shape = *wanted;
    return from.give(*c);
  }
  stored_value reshaped = value->activation;
  reshaped.stated = *wanted;
  return from.give(reshaped);
}

/// Reshape-14: 0 keeps an extent (unless allowzero), one -1 takes what is left.
[[nodiscard]] inline result<void> read_reshape(stated_operator& from) {
  auto const present = shape_of_input(from, 0);
  if (!present) return unexpected(present.error());
  auto to = from.integers(1);
  if (!to) return unexpected(to.error());
  bool const keeps = !from.attributes.flag("allowzero");
  if (auto known = from.attributes.finish(); !known) return known;
  std::int64_t product = 1;
  for (std::size_t i = 0; i < to->size(); ++i) {
    std::int64_t& extent = (*to)[i];
    if (extent == 0 && keeps && i < present->rank()) extent = (*present)[i];
    if (extent == -1) continue;
    if (extent < 1 || product > max_elements / extent) {
      return fail(errc::invalid_graph, "a shape with an extent of " + std::to_string(extent));
    }
    product *= extent;
  }
  auto const left = std::find(to->begin(), to->end(), -1);
  if (left != to->end()) *left = present->elements() / product;
  return give_reshaped(from, *to);
}

[[nodiscard]] inline result<void> read_flatten(stated_operator& from) {
  auto const s = shape_of_input(from, 0);
  if (!s) return unexpected(s.error());
  std::int64_t axis = from.attributes.integer("axis", 1);
  if (auto known = from.attributes.finish(); !known) return known;
  auto const rank = static_cast<std::int64_t>(s->rank());
  if (axis < -rank || axis > rank) {
    return fail(errc::invalid_graph,
                "axis " + std::to_string(axis) + " is outside a tensor of rank " + std::to_string(rank));
  }
  if (axis < 0) axis += rank;
  std::vector<std::int64_t> to{1, 1};
  for (std::int64_t i = 0; i < rank; ++i) to[i < axis ? 0 : 1] *= (*s)[static_cast<std::size_t>(i)];
  return give_reshaped(from, to);
}

/// Axes as an attribute before opset `since`, as input 1 from there on; an empty list where neither is there.
[[nodiscard]] inline result<std::vector<std::int64_t>> read_axes(stated_operator& from, std::int64_t since) {
  if (from.opset < since) return from.attributes.integers("axes").value_or(std::vector<std::int64_t>{});
  if (!from.has_input(1)) return std::vector<std::int64_t>{};
  return from.integers(1);
}

[[nodiscard]] inline result<void> read_squeeze(stated_operator& from) {
  auto const s = shape_of_input(from, 0);
  if (!s) return unexpected(s.error());
  auto const axes = read_axes(from, 13);
  if (!axes) return unexpected(axes.error());
  if (auto known = from.attributes.finish(); !known) return known;
  auto const named = marked(*axes, s->rank());
  if (!named) return unexpected(named.error());
  std::vector<std::int64_t> to;
  for (std::size_t i = 0; i < s->rank(); ++i) {
    bool const goes = axes->empty() ? (*s)[i] == 1 : (*named)[i];
    if (goes && (*s)[i] != 1) {
      return fail(errc::invalid_graph, "extent " + std::to_string((*s)[i]) + " cannot be left out");
    }
    if (!goes) to.push_back((*s)[i]);
  }
  return give_reshaped(from, to);
}

[[nodiscard]] inline result<void> read_unsqueeze(stated_operator& from) {
  auto const s = shape_of_input(from, 0);
  if (!s) return unexpected(s.error());
  auto const axes = read_axes(from, 13);
  if (!axes) return unexpected(axes.error());
  if (auto known = from.attributes.finish(); !known) return known;
  auto const added = marked(*axes, s->rank() + axes->size());
  if (!added) return unexpected(added.error());
  std::vector<std::int64_t> to;
  std::size_t next = 0;
  for (bool is_new : *added) to.push_back(is_new ? 1 : (*s)[next++]);
  return give_reshaped(from, to);
}

/// Moves dimensions: a note on the value; a constant is written anew.
[[nodiscard]] inline result<void> read_transpose(stated_operator& from) {
  auto const s = shape_of_input(from, 0);
  if (!s) return unexpected(s.error());
  auto stated = from.attributes.integers("perm");
  if (auto known = from.attributes.finish(); !known) return known;
  if (stated && stated->size() != s->rank()) {
    return fail(errc::invalid_graph,
                std::to_string(stated->size()) + " axes of a tensor of rank " + std::to_string(s->rank()));
  }
  dimension_order axes;
  for (std::size_t i = s->rank(); i-- > 0;) axes.push_back(static_cast<std::int32_t>(i));
  if (stated) {
    if (auto once = marked(*stated, s->rank()); !once) return unexpected(once.error());
    for (std::size_t i = 0; i < s->rank(); ++i) axes[i] = *dimension((*stated)[i], s->rank());
  }
  if (from.input(0)->is_constant()) {
    auto const c = from.reals(0);
    if (!c) return unexpected(c.error());
    if (auto room = from.writer.reserve(c->bytes.size()); !room) return room;
    return from.give(from.names.keep(permuted(*s, axes), permuted_reals(*c, axes)));
  }
  auto const x = from.settled_activation(0);
  return x ? from.give(transposed(*x, axes)) : unexpected(x.error());
}

/// All parts in the order of the first one that is not in the file's.
[[nodiscard]] inline result<void> read_concat(stated_operator& from) {
  std::vector<stored_value> parts;
  dimension_order order;
  for (int i = 0; i < from.stated.input_size(); ++i) {
    auto const part = from.settled_activation(i);
    if (!part) return unexpected(part.error());
    if (i == 0) order = part->order;
    if (part->order.size() != order.size()) return fail(errc::invalid_graph, "its inputs differ in rank");
    if (order == stated_order(order.size())) order = part->order;
    parts.push_back(*part);
  }
  auto const axis = dimension(from.attributes.integer("axis", 1), order.size());
  if (auto known = from.attributes.finish(); !known) return known;
  if (!axis) return unexpected(axis.error());
  std::vector<tensor_id> operands;
  for (stored_value const& part : parts) {
    auto const ready = from.writer.in_order(part, order);
    if (!ready) return unexpected(ready.error());
    operands.push_back(ready->id);
  }
  node n;
  n.kind = op::concat;
  n.axes.push_back(place_of(order, *axis));
  auto const id = from.writer.add_node(n, operands, from.node_name());
  return id ? from.give(from.value_of(*id, order)) : unexpected(id.error());
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
