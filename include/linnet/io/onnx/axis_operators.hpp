// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <linnet/graph/edges.hpp>
#include <linnet/io/onnx/shape_operators.hpp>
#include <linnet/io/onnx/window.hpp>
#include <linnet/io/slice_range.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// Whether the kernel of means takes these dimensions where they are stored: the last three of the tensor,
/// or such that have nothing to add up.
[[nodiscard]] inline bool reducible_in_place(stored_value const& x, std::vector<bool> const& reduced) {
  for (std::size_t place = 0; place + 3 < x.order.size(); ++place) {
    auto const dimension = static_cast<std::size_t>(x.order[place]);
    if (reduced[dimension] && x.stated[dimension] != 1) return false;
  }
  return true;
}

/// Gives what a node makes of the marked dimensions as a result of shape `to`; the value has no noted
/// reshape.
[[nodiscard]] inline result<void> give_reduced(stated_operator& from, node n, stored_value const& x,
                                               std::vector<bool> const& reduced, shape const& to) {
  shape kept = x.stated;
  for (std::size_t i = 0; i < reduced.size(); ++i) {
    if (!reduced[i]) continue;
    kept[i] = 1;
    n.axes.push_back(place_of(x.order, static_cast<std::int32_t>(i)));
  }
  if (reducible_in_place(x, reduced)) {
    auto const id = from.writer.add_node(n, {x.id}, from.node_name(), permuted(kept, x.order));
    return id ? from.give(stored_value{*id, to, kept, x.order}) : unexpected(id.error());
  }
  // What is added up goes to the end, and is one dimension there.
  auto const order = with_last(reduced.size(), [&](std::size_t d) { return reduced[d]; });
  auto const moved = from.writer.in_order(x, order);
  if (!moved) return unexpected(moved.error());
  auto const rows = static_cast<std::int32_t>(kept.elements());
  auto const columns = static_cast<std::int32_t>(x.stated.elements() / rows);
  auto const matrix = from.writer.view_as(moved->id, {rows, columns});
  if (!matrix) return unexpected(matrix.error());
  n.axes = {};
  n.axes.push_back(1);
  auto const id = from.writer.add_node(n, {*matrix}, from.node_name(), {rows, 1});
  return id ? from.give(stored_value{*id, to, {rows, 1}, stated_order(2)}) : unexpected(id.error());
}

/// What a node makes of everything behind the channels.
[[nodiscard]] inline result<void> give_global_pool(stated_operator& from, node const& n) {
  if (auto known = from.attributes.finish(); !known) return known;
  auto const value = from.settled_activation(0);
  if (!value) return unexpected(value.error());
  std::size_t const rank = value->stated.rank();
  if (rank < 3) {
    return fail(errc::invalid_graph, "its input " + describe(value->stated) + " has nothing but channels");
  }
  auto const x = rank == 4 ? image(from) : value;
  if (!x) return unexpected(x.error());
  shape to = x->stated;
  std::vector<bool> reduced(rank, true);
  reduced[0] = reduced[1] = false;
  for (std::size_t i = 2; i < rank; ++i) to[i] = 1;
  return give_reduced(from, n, *x, reduced, to);
}

[[nodiscard]] inline result<void> read_global_average_pool(stated_operator& from) {
  return give_global_pool(from, {.kind = op::mean});
}
[[nodiscard]] inline result<void> read_global_max_pool(stated_operator& from) {
  return give_global_pool(from, {.kind = op::reduce, .reduction = reduction::maximum});
}

/// A reduction by this node, whose axes are an input from operator set `axes_as_input` on.
[[nodiscard]] inline result<void> read_reduction(stated_operator& from, node const& n,
                                                 std::int64_t axes_as_input, bool of_squares = false) {
  auto x = from.settled_activation(0);
  if (!x) return unexpected(x.error());
  auto const axes = read_axes(from, axes_as_input);
  if (!axes) return unexpected(axes.error());
  bool const keeps = from.attributes.flag("keepdims", true);
  bool const empty_is_none = from.opset >= axes_as_input && from.attributes.flag("noop_with_empty_axes");
  if (auto known = from.attributes.finish(); !known) return known;
  auto reduced = marked(*axes, x->stated.rank());
  if (!reduced) return unexpected(reduced.error());
  if (of_squares) {
    auto const squares = from.writer.add_node({.kind = op::unary, .unary = unary_function::square}, {x->id},
                                              from.node_name() + "/squares");
    if (!squares) return unexpected(squares.error());
    x->id = *squares;
  }
  if (axes->empty()) {
    if (empty_is_none || x->stated.rank() == 0) return from.give(*x);
    reduced->assign(x->stated.rank(), true);
  }
  shape to;
  for (std::size_t i = 0; i < reduced->size(); ++i) {
    if (!(*reduced)[i]) to.push_back(x->stated[i]);
    if ((*reduced)[i] && keeps) to.push_back(1);
  }
  return give_reduced(from, n, *x, *reduced, to);
}

[[nodiscard]] inline result<void> read_reduce_mean(stated_operator& from) {
  return read_reduction(from, {.kind = op::mean}, 18);
}
[[nodiscard]] inline result<void> read_reduce_sum(stated_operator& from) {
  return read_reduction(from, {.kind = op::reduce}, 13);
}
[[nodiscard]] inline result<void> read_reduce_sum_square(stated_operator& from) {
  return read_reduction(from, {.kind = op::reduce}, 18, true);
}
template <reduction R>
[[nodiscard]] result<void> read_reduce(stated_operator& from) {
  return read_reduction(from, {.kind = op::reduce, .reduction = R}, 18);
}

/// The place of the largest element along one dimension, or of the smallest: INT64.
template <bool Smallest>
[[nodiscard]] result<void> read_index_of(stated_operator& from) {
  auto const value = from.settled_activation(0);
  if (!value) return unexpected(value.error());
  auto const axis = dimension(from.attributes.integer("axis", 0), value->stated.rank());
  bool const keeps = from.attributes.flag("keepdims", true), last = from.attributes.flag("select_last_index");
  if (auto known = from.attributes.finish(); !known) return known;
  if (!axis) return unexpected(axis.error());
  auto const along = static_cast<std::size_t>(*axis);
  std::size_t const rank = value->stated.rank();
  auto const x = from.writer.in_order(*value, with_last(rank, [&](std::size_t d) { return d == along; }));
  if (!x) return unexpected(x.error());
  node n;
  n.kind = op::reduce;
  n.reduction = Smallest ? last ? reduction::last_of_minimum : reduction::first_of_minimum
                : last   ? reduction::last_of_maximum
                         : reduction::first_of_maximum;
  n.axes.push_back(static_cast<std::int32_t>(rank) - 1);
  shape kept = x->stated, to;
  kept[along] = 1;
  for (std::size_t i = 0; i < rank; ++i) {
    if (i != along || keeps) to.push_back(kept[i]);
  }
  auto const id = from.writer.add_node(n, {x->id}, from.node_name(), permuted(kept, x->order));
  if (!id) return unexpected(id.error());
  from.writer.set_type(*id, s64);
  return from.give(stored_value{*id, to, kept, x->order});
}

/// The dimensions that amounts of padding are stated for: all of them, or those that Pad-18 names.
[[nodiscard]] inline result<std::vector<std::int64_t>> padded_axes(stated_operator& from, std::size_t rank) {
  std::vector<std::int64_t> axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  if (from.opset < 18 || !from.has_input(3)) return axes;
  auto const named = from.integers(3);
  if (!named) return named;
  if (auto once = marked(*named, rank); !once) return unexpected(once.error());
  return named;
}

/// The amounts of padding of each dimension, all in front and then all behind (Pad-2 and later).
[[nodiscard]] inline result<std::vector<std::int64_t>> read_amounts(stated_operator& from, std::size_t rank) {
  auto const axes = padded_axes(from, rank);
  if (!axes) return axes;
  result<std::vector<std::int64_t>> const amounts =
      from.opset < 11 ? from.attributes.integers("pads").value_or(std::vector<std::int64_t>{})
                      : from.integers(1);
  if (!amounts) return amounts;
  if (amounts->size() != 2 * axes->size()) {
    return fail(errc::invalid_graph, std::to_string(amounts->size()) + " amounts of padding for " +
                                         std::to_string(axes->size()) + " dimensions");
  }
  std::vector<std::int64_t> all(2 * rank);
  for (std::size_t i = 0; i < amounts->size(); ++i) {
    std::int64_t const amount = (*amounts)[i];
    if (amount < 0 || amount > most_image_extent) {
      return fail(errc::not_supported, "padding " + std::to_string(amount) + " is not supported, only 0 to " +
                                           std::to_string(most_image_extent));
    }
    auto const d = static_cast<std::size_t>(*dimension((*axes)[i % axes->size()], rank));
    all[i < axes->size() ? d : d + rank] = amount;
  }
  return all;
}

/// What an input is padded with.
[[nodiscard]] inline result<float> padding_value(stated_operator& from) {
  float value = from.opset < 11 ? from.attributes.real("value", 0.0f) : 0.0f;
  if (from.opset >= 11 && from.has_input(2)) {
    auto const c = from.reals(2);
    if (!c) return unexpected(c.error());
    value = c->real(0);
  }
  if (is_finite(value)) return value;
  return fail(errc::not_supported, "padding with a value that is not finite is not supported");
}

/// Slices of the input around it, along one dimension after the other.
[[nodiscard]] inline result<void> give_mirrored(stated_operator& from, edge_rule rule, stored_value const& x,
                                                std::vector<std::int64_t> const& amounts) {
  std::size_t const rank = x.stated.rank();
  tensor_id made = x.id;
  for (std::size_t place = 0; place < rank; ++place) {
    auto const d = static_cast<std::size_t>(x.order[place]);
    shape const s = from.writer.view().tensor(made).shape;
    std::int32_t const most = most_padding(rule, s[place]);
    std::vector<tensor_id> parts{made};
    for (bool behind : {false, true}) {
      std::int64_t const amount = amounts[behind ? d + rank : d];
      bool const repeats = rule == edge_rule::nearest;
      if (amount == 0) continue;
      if (!repeats && amount > most) {
        return fail(errc::not_supported, "padding " + std::to_string(amount) + " of dimension " +
                                             std::to_string(d) + " is not supported, only 0 to " +
                                             std::to_string(most));
      }
      node const n = edge_slice(s, place, rule, repeats ? 1 : static_cast<std::int32_t>(amount), behind);
      auto const id =
          from.writer.add_node(n, {made}, from.node_name() + (behind ? "/back" : "/front"), sliced(s, n));
      if (!id) return unexpected(id.error());
      std::vector<tensor_id> const edge(repeats ? static_cast<std::size_t>(amount) : 1, *id);
      parts.insert(behind ? parts.end() : parts.begin(), edge.begin(), edge.end());
    }
    if (parts.size() == 1) continue;
    node n;
    n.kind = op::concat;
    n.axes.push_back(static_cast<std::int32_t>(place));
    auto const id = from.writer.add_node(n, parts, from.node_name() + "/padded");
    if (!id) return unexpected(id.error());
    made = *id;
  }
  return from.give(from.value_of(made, x.order));
}

[[nodiscard]] inline result<void> read_pad(stated_operator& from) {
  auto const x = from.settled_activation(0);
  if (!x) return unexpected(x.error());
  std::size_t const rank = x->stated.rank();
  std::string const mode = from.attributes.text("mode", "constant");
  auto const value = padding_value(from);
  if (!value) return unexpected(value.error());
  auto const amounts = read_amounts(from, rank);
  if (!amounts) return unexpected(amounts.error());
  if (auto known = from.attributes.finish(); !known) return known;
  if (mode == "reflect") return give_mirrored(from, edge_rule::reflect, *x, *amounts);
  if (mode == "edge") return give_mirrored(from, edge_rule::nearest, *x, *amounts);
  if (mode == "wrap") return give_mirrored(from, edge_rule::wrap, *x, *amounts);
  if (mode != "constant")
    return fail(errc::malformed, "padding of mode " + in_quotes(mode) + " does not exist");
  if (from.writer.view().tensor(x->id).type != f32)
    return fail(errc::not_supported, "padding integers with a constant is not supported");
  node n;
  n.kind = op::pad;
  n.alpha = *value;
  bool any = false;
  for (std::size_t place = 0; place < rank; ++place) {
    auto const d = static_cast<std::size_t>(x->order[place]);
    auto const before = (*amounts)[d], after = (*amounts)[d + rank];
    n.padding[place] = {static_cast<std::int32_t>(before), static_cast<std::int32_t>(after)};
    if (before + after == 0) continue;
    any = true;
    if (place + 3 >= rank) continue;
    return fail(errc::not_supported, "padding dimension " + std::to_string(d) + " is not supported");
  }
  return any ? from.give_node(n, {x->id}, x->order) : from.give(*x);
}

/// A constant of its own; which of the attributes it has says of what kind.
[[nodiscard]] inline result<void> read_constant_operator(stated_operator& from) {
  attributes& a = from.attributes;
  auto const* const tensor = a.tensor("value");
  auto const reals = a.reals("value_floats");
  auto const integers = a.integers("value_ints");
  bool const one_real = a.has("value_float"), one_integer = a.has("value_int");
  float const real = a.real("value_float", 0.0f);
  std::int64_t const integer = a.integer("value_int", 0);
  if (auto known = a.finish(); !known) return known;
  if (tensor != nullptr)
    return from.names.add(from.output_name(), {.activation = {}, .unread = tensor, .made = {}});
  auto const length = [](auto const& list) { return shape{static_cast<std::int32_t>(list.size())}; };
  if (reals) return from.give(from.names.keep(length(*reals), *reals));
  if (integers) return from.give(from.names.keep(length(*integers), *integers));
  if (one_real) return from.give(from.names.keep(shape{}, std::vector<float>{real}));
  if (one_integer) return from.give(from.names.keep(shape{}, std::vector<std::int64_t>{integer}));
  return fail(errc::malformed, "it has no value");
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
