// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <linnet/io/onnx/channel_operators.hpp>
#include <linnet/io/onnx/shape_operators.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

[[nodiscard]] inline result<void> give_activation(stated_operator& from, activation kind) {
  auto const x = from.activation(0);
  if (!x) return unexpected(x.error());
  if (kind == activation::none) return from.give(*x);
  node n;
  n.kind = op::relu;
  n.activation = kind;
  return from.give_elementwise(n, *x);
}

[[nodiscard]] inline result<void> read_relu(stated_operator& from) {
  if (auto known = from.attributes.finish(); !known) return known;
  return give_activation(from, activation::relu);
}

[[nodiscard]] inline result<void> read_sigmoid(stated_operator& from) {
  if (auto known = from.attributes.finish(); !known) return known;
  auto const x = from.activation(0);
  if (!x) return unexpected(x.error());
  node n;
  n.kind = op::logistic;
  return from.give_elementwise(n, *x);
}

/// A bound of Clip: a constant of one element, or what stands for no bound.
[[nodiscard]] inline result<float> clip_bound(stated_operator& from, int i, float none) {
  if (!from.has_input(i)) return none;
  auto const c = from.reals(i);
  if (!c) return unexpected(c.error());
  if (c->size() == 1) return c->real(0);
  return fail(errc::invalid_graph, from.input_in_words(i) + "is not one number");
}

/// The larger one of a value and `low`, and of that and `high` the smaller one; the largest numbers bound
/// nothing.
[[nodiscard]] inline result<void> give_clipped(stated_operator& from, float low, float high) {
  float const most = std::numeric_limits<float>::max();
  auto const x = from.activation(0);
  if (!x) return unexpected(x.error());
  tensor_id made = x->id;
  auto const bound = [&](binary_function f, float value, std::string const& name) -> result<void> {
    auto const constant = from.writer.add_constant({}, {value}, name + "/bound");
    if (!constant) return unexpected(constant.error());
    auto const id = from.writer.add_node({.kind = op::binary, .binary = f}, {made, *constant}, name);
    if (!id) return unexpected(id.error());
    made = *id;
    return {};
  };
  bool const has_top = high < most;
  if (low > -most) {
    std::string const name = from.node_name() + (has_top ? "/raised" : "");
    if (auto done = bound(binary_function::maximum, low, name); !done) return done;
  }
  if (has_top) {
    if (auto done = bound(binary_function::minimum, high, from.node_name()); !done) return done;
  }
  return from.give(stored_value{made, x->stated, x->base, x->order});
}

[[nodiscard]] inline result<void> read_clip(stated_operator& from) {
  float const most = std::numeric_limits<float>::max();
  float low = -most, high = most;
  if (from.opset < 11) {
    low = from.attributes.real("min", low);
    high = from.attributes.real("max", high);
  } else {
    auto const stated_low = clip_bound(from, 1, low), stated_high = clip_bound(from, 2, high);
    if (!stated_low) return unexpected(stated_low.error());
    if (!stated_high) return unexpected(stated_high.error());
    low = *stated_low;
    high = *stated_high;
  }
  if (auto known = from.attributes.finish(); !known) return known;
  // The largest numbers are no bounds but of infinities, which other exporters write in their place.
  if (low <= -most && high >= most) return give_activation(from, activation::none);
  for (activation kind : {activation::relu, activation::relu6, activation::relu_n1_to_1}) {
    auto const range = range_of(kind);
    bool const no_top = high >= most && range.high > most;
    if (low == range.low && (high == range.high || no_top)) return give_activation(from, kind);
  }
  return give_clipped(from, low, high);
}

[[nodiscard]] inline result<void> read_identity(stated_operator& from) {
  if (auto known = from.attributes.finish(); !known) return known;
  auto const x = from.input(0);
  return x ? from.names.add(from.output_name(), *x) : unexpected(x.error());
}

/// A constant of one BOOL, false where it is left out.
[[nodiscard]] inline result<bool> stated_flag(stated_operator& from, int i) {
  if (!from.has_input(i)) return false;
  auto const value = from.input(i);
  if (!value) return unexpected(value.error());
  auto const* const t = value->unread;
  bool const plain = t != nullptr && t->data_type() == proto::TensorProto_DataType_BOOL;
  if (plain && t->int32_data_size() == 1) return t->int32_data(0) != 0;
  if (plain && t->raw_data().size() == 1) return t->raw_data()[0] != 0;
  return fail(errc::not_supported, from.input_in_words(i) + "is not a constant of one BOOL");
}

/// Nothing is dropped outside of training; the ratio says how much would be. The mask is the second output.
[[nodiscard]] inline result<void> read_dropout(stated_operator& from) {
  from.attributes.pass_over("ratio");
  from.attributes.pass_over("seed");
  auto const training = stated_flag(from, 2);
  if (!training) return unexpected(training.error());
  if (*training) return fail(errc::not_supported, "training_mode 1 is not supported");
  if (auto kept = read_identity(from); !kept || !from.has_output(1)) return kept;
  if (from.opset < 10) return fail(errc::not_supported, "a mask of floats is not supported");
  auto const of = shape_of_input(from, 0);
  if (!of) return unexpected(of.error());
  auto const bytes = static_cast<std::size_t>(of->elements());
  if (auto room = from.writer.reserve(bytes); !room) return room;
  std::vector<std::byte> kept(bytes, std::byte{1});  // all of it
  named_value const mask{.made =
                             from.names.keep_bytes(*of, proto::TensorProto_DataType_BOOL, std::move(kept))};
  return from.names.add(from.stated.output(1), mask);
}

/// Softmax-13 runs along one dimension; before, along all from the axis on as if they were one.
[[nodiscard]] inline result<void> give_softmax(stated_operator& from, bool logarithm) {
  auto x = from.activation(0);
  if (!x) return unexpected(x.error());
  shape const s = x->stated;
  auto const axis = dimension(from.attributes.integer("axis", from.opset < 13 ? 1 : -1), s.rank());
  if (auto known = from.attributes.finish(); !known) return known;
  if (!axis) return unexpected(axis.error());
  auto along = static_cast<std::size_t>(*axis);
  if (from.opset < 13) {
    shape rows{1, 1};
    for (std::size_t i = 0; i < s.rank(); ++i) rows[i < along ? 0 : 1] *= s[i];
    x->stated = rows;
    along = 1;
  }
  auto const settled = from.writer.settled(*x);
  if (!settled) return unexpected(settled.error());
  auto const order = with_last(settled->stated.rank(), [&](std::size_t d) { return d == along; });
  bool const lies_last = static_cast<std::size_t>(settled->order[order.size() - 1]) == along;
  auto const ready = lies_last ? settled : from.writer.in_order(*settled, order);
  if (!ready) return unexpected(ready.error());
  node n;
  n.kind = op::softmax;
  if (logarithm) n.unary = unary_function::log;
  auto const id = from.writer.add_node(n, {ready->id}, from.node_name());
  return id ? from.give(stored_value{*id, s, ready->base, ready->order}) : unexpected(id.error());
}

[[nodiscard]] inline result<void> read_softmax(stated_operator& from) { return give_softmax(from, false); }
[[nodiscard]] inline result<void> read_log_softmax(stated_operator& from) { return give_softmax(from, true); }

/// Two activations of one shape in one order, without data being moved where that is possible.
[[nodiscard]] inline result<std::array<stored_value, 2>> alike(stated_operator& from) {
  auto const a = from.activation(0), b = from.activation(1);
  if (!a) return unexpected(a.error());
  if (!b) return unexpected(b.error());
  if (a->base == b->base && a->order == b->order) return std::array{*a, *b};
  auto const x = from.writer.settled(*a), y = from.writer.settled(*b);
  if (!x) return unexpected(x.error());
  if (!y) return unexpected(y.error());
  bool const x_is_plain = x->order == stated_order(x->stated.rank());
  auto const moved = x_is_plain ? from.writer.in_order(*x, y->order) : from.writer.in_order(*y, x->order);
  if (!moved) return unexpected(moved.error());
  return x_is_plain ? std::array{*moved, *y} : std::array{*x, *moved};
}

/// The sum of two activations of one shape.
[[nodiscard]] inline result<void> add_alike(stated_operator& from) {
  auto const operands = alike(from);
  if (!operands) return unexpected(operands.error());
  stored_value const& first = operands->front();
  node n;
  n.kind = op::add;
  auto const id = from.writer.add_node(n, {first.id, operands->back().id}, from.node_name());
  return id ? from.give(stored_value{*id, first.stated, first.base, first.order}) : unexpected(id.error());
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
