// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <linnet/io/onnx/casts.hpp>
#include <linnet/io/onnx/function_operators.hpp>
#include <linnet/io/onnx/plain_operators.hpp>
#include <linnet/io/onnx/typed_numbers.hpp>

// Functions of integers of 8 and 16 bits, comparisons and logic: floats hold the numbers and what is made of
// them, so they are calculated with, and brought back.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// What makes floats of two operands.
using float_function = result<tensor_id> (*)(stated_operator&, tensor_id, tensor_id, std::string const& name);

template <binary_function F>
[[nodiscard]] result<tensor_id> combination(stated_operator& from, tensor_id a, tensor_id b,
                                            std::string const& name) {
  return from.writer.add_node({.kind = op::binary, .binary = F}, {a, b}, name);
}
template <unary_function F>
[[nodiscard]] result<tensor_id> function_of(stated_operator& from, result<tensor_id> const& x,
                                            std::string const& name) {
  return x ? from.writer.add_node({.kind = op::unary, .unary = F}, {*x}, name) : x;
}
/// A number combined with the tensor: the number first.
template <binary_function F>
[[nodiscard]] result<tensor_id> number_and(stated_operator& from, float number, result<tensor_id> const& x,
                                           std::string const& name) {
  if (!x) return x;
  auto const c = from.writer.add_constant({}, {number}, name + "/number");
  return c ? combination<F>(from, *c, *x, name) : c;
}

/// The same with the number behind.
template <binary_function F>
[[nodiscard]] result<tensor_id> and_number(stated_operator& from, result<tensor_id> const& x, float number,
                                           std::string const& name) {
  if (!x) return x;
  auto const c = from.writer.add_constant({}, {number}, name + "/number");
  return c ? combination<F>(from, *x, *c, name) : c;
}

/// 1, 0 or -1 where a is larger, equal or smaller; NaN where one of them is.
[[nodiscard]] inline result<tensor_id> order_of(stated_operator& from, tensor_id a, tensor_id b,
                                                std::string const& name) {
  auto const difference = combination<binary_function::sub>(from, a, b, name + "/difference");
  return function_of<unary_function::sign>(from, difference, name + "/sign");
}

/// 1 where a is larger, else 0: as of all comparisons, where one is NaN as well. A maximum is its first
/// operand where the second one is NaN.
[[nodiscard]] inline result<tensor_id> is_greater(stated_operator& from, tensor_id a, tensor_id b,
                                                  std::string const& name) {
  auto const sign = order_of(from, a, b, name);
  return number_and<binary_function::maximum>(from, 0.0f, sign, name);
}
[[nodiscard]] inline result<tensor_id> is_less(stated_operator& from, tensor_id a, tensor_id b,
                                               std::string const& name) {
  return is_greater(from, b, a, name);
}
[[nodiscard]] inline result<tensor_id> is_not_less(stated_operator& from, tensor_id a, tensor_id b,
                                                   std::string const& name) {
  auto const sign = order_of(from, a, b, name);
  auto const side = number_and<binary_function::add>(from, 1.0f, sign, name + "/side");
  auto const raised = number_and<binary_function::maximum>(from, 0.0f, side, name + "/raised");
  return number_and<binary_function::minimum>(from, 1.0f, raised, name);
}
[[nodiscard]] inline result<tensor_id> is_not_greater(stated_operator& from, tensor_id a, tensor_id b,
                                                      std::string const& name) {
  return is_not_less(from, b, a, name);
}
[[nodiscard]] inline result<tensor_id> differ(stated_operator& from, tensor_id a, tensor_id b,
                                              std::string const& name) {
  auto const sign = order_of(from, a, b, name);
  return function_of<unary_function::abs>(from, sign, name);
}
[[nodiscard]] inline result<tensor_id> is_equal(stated_operator& from, tensor_id a, tensor_id b,
                                                std::string const& name) {
  auto const same =
      number_and<binary_function::sub>(from, 1.0f, differ(from, a, b, name + "/differ"), name + "/same");
  return number_and<binary_function::maximum>(from, 0.0f, same, name);
}

/// The type of the first input that is an activation.
[[nodiscard]] inline result<element_type> type_of_activations(stated_operator const& from) {
  for (int i = 0; i < from.stated.input_size(); ++i) {
    auto const value = from.input(i);
    if (!value) return unexpected(value.error());
    if (value->is_constant()) continue;
    tensor_id const id = value->activation.id;
    return from.writer.is_whole(id) ? s32 : from.writer.view().tensor(id).type;
  }
  return fail(errc::not_supported, "all its inputs are constants");
}

/// Fails (not_supported) where input i holds no floats.
[[nodiscard]] inline result<void> require_floats_in(stated_operator const& from, int i) {
  auto const value = from.input(i);
  if (!value) return unexpected(value.error());
  std::string type;
  if (value->is_constant()) {
    auto const c = from.any_constant(i);
    if (!c) return unexpected(c.error());
    if (c->data_type() == proto::TensorProto_DataType_FLOAT) return {};
    type = type_in_words(c->data_type());
  } else {
    tensor_id const id = value->activation.id;
    element_type const stored = from.writer.is_whole(id) ? s32 : from.writer.view().tensor(id).type;
    if (stored == f32) return {};
    type = std::string(name_of(stored));
  }
  return fail(errc::not_supported,
              from.input_in_words(i) + "numbers of type " + type + " are not supported here");
}

/// Input i as floats in this order; its type is `type`, so that floats have it all.
[[nodiscard]] inline result<tensor_id> floats_in_order(stated_operator& from, int i, element_type type,
                                                       dimension_order const& order) {
  auto const value = from.input(i);
  if (!value) return unexpected(value.error());
  if (value->is_constant()) {
    auto c = from.any_constant(i);
    if (!c) return unexpected(c.error());
    if (c->size() == 0 || activation_type(c->data_type()) != type)
      return fail(errc::invalid_graph, from.input_in_words(i) + "is empty, or of another type");
    c->shape = with_rank(c->shape, order.size());
    auto const numbers = numbers_of<float>(*c);
    std::vector<float> moved;
    for (std::int64_t index : permuted_indices(c->shape, order))
      moved.push_back(numbers[static_cast<std::size_t>(index)]);
    return from.writer.add_constant(permuted(c->shape, order), moved, from.stated.input(i));
  }
  bool const is_same = from.writer.view().tensor(value->activation.id).type == type &&
                       !from.writer.is_whole(value->activation.id);
  if (!is_same) return fail(errc::invalid_graph, from.input_in_words(i) + "is of another type");
  auto const id = operand_in_order(from, i, order);
  if (!id || type == f32) return id;
  return cast_stored(from, *id, f32, from.writer.name_of_tensor(*id) + "/numbers");
}

/// Floats hold integers of 16 bits and less, and what two of them make.
[[nodiscard]] inline result<void> require_held_by_floats(stated_operator const& from, element_type type) {
  if (type == f32 || type == s8 || type == u8 || type == s16) return {};
  return fail(errc::not_supported, from.input_in_words(0) + "numbers of type " + std::string(name_of(type)) +
                                       " are not supported here");
}

/// f(... f(x0, x1) ..., xn) of numbers that floats hold.
[[nodiscard]] inline result<tensor_id> combined_as_floats(stated_operator& from, float_function f,
                                                          element_type type, dimension_order const& order) {
  if (auto held = require_held_by_floats(from, type); !held) return unexpected(held.error());
  auto made = floats_in_order(from, 0, type, order);
  for (int i = 1; made && i < from.stated.input_size(); ++i) {
    auto const next = floats_in_order(from, i, type, order);
    if (!next) return next;
    made = f(from, *made, *next, from.node_name() + "/" + std::to_string(i));
  }
  return made;
}

/// Integers of few bits as floats and back, where they lose the bits that are too many; floats by their own
/// reader.
template <binary_function F, operator_reader OfFloats>
[[nodiscard]] result<void> read_arithmetic(stated_operator& from) {
  auto const type = type_of_activations(from);
  if (!type) return unexpected(type.error());
  if (*type == f32 || from.stated.input_size() == 1) {
    if (auto taken = require_floats(from); !taken) return taken;
    return OfFloats(from);
  }
  if (auto known = from.attributes.finish(); !known) return known;
  if (*type == s16 && F == binary_function::mul)
    return fail(errc::not_supported, "products of numbers of type s16 are not supported");
  auto const order = common_order(from);
  if (!order) return unexpected(order.error());
  auto made = combined_as_floats(from, combination<F>, *type, *order);
  if (made) made = cast_stored(from, *made, s32, from.node_name() + "/whole");
  if (made) made = cast_stored(from, *made, *type, from.node_name());
  return made ? from.give(from.value_of(*made, *order)) : unexpected(made.error());
}

/// BOOL of numbers that are compared. Infinities are taken as the largest numbers: a difference of theirs is
/// NaN. What is NaN stays so.
template <float_function F>
[[nodiscard]] result<void> read_comparison(stated_operator& from) {
  if (auto known = from.attributes.finish(); !known) return known;
  auto const type = type_of_activations(from);
  if (!type) return unexpected(type.error());
  auto const order = common_order(from);
  if (!order) return unexpected(order.error());
  auto const finite = [](stated_operator& f, tensor_id a, tensor_id b, std::string const& name) {
    constexpr float most = std::numeric_limits<float>::max();
    auto const bounded = [&](tensor_id x, std::string const& side) {
      auto const raised = and_number<binary_function::maximum>(f, x, -most, name + side + "/raised");
      return and_number<binary_function::minimum>(f, raised, most, name + side);
    };
    auto const x = bounded(a, "/a"), y = bounded(b, "/b");
    if (!x) return x;
    return y ? F(f, *x, *y, name) : y;
  };
  auto made = combined_as_floats(from, *type == f32 ? float_function(finite) : F, *type, *order);
  if (made) made = cast_stored(from, *made, u8, from.node_name());
  return made ? from.give(from.value_of(*made, *order)) : unexpected(made.error());
}

/// BOOL of BOOL.
template <float_function F>
[[nodiscard]] result<void> read_logic(stated_operator& from) {
  if (auto known = from.attributes.finish(); !known) return known;
  auto const type = type_of_activations(from);
  if (!type) return unexpected(type.error());
  if (*type != u8) return fail(errc::invalid_graph, from.input_in_words(0) + "is not of type BOOL");
  auto const order = common_order(from);
  if (!order) return unexpected(order.error());
  auto made = combined_as_floats(from, F, u8, *order);
  if (made && from.stated.op_type() == "Not")
    made = number_and<binary_function::sub>(from, 1.0f, made, from.node_name() + "/not");
  if (made) made = cast_stored(from, *made, u8, from.node_name());
  return made ? from.give(from.value_of(*made, *order)) : unexpected(made.error());
}

/// Integers of few bits between bounds that are constants of their type; floats by their own reader.
[[nodiscard]] inline result<void> read_clip_of_any(stated_operator& from) {
  auto const type = type_of_activations(from);
  if (!type) return unexpected(type.error());
  if (*type == f32) return read_clip(from);
  if (auto known = from.attributes.finish(); !known) return known;
  if (auto held = require_held_by_floats(from, *type); !held) return held;
  auto const x = from.settled_activation(0);
  if (!x) return unexpected(x.error());
  dimension_order const order = x->order;
  auto made = floats_in_order(from, 0, *type, order);
  for (int i : {1, 2}) {
    if (!made || !from.has_input(i)) continue;
    auto const bound = floats_in_order(from, i, *type, order);
    if (!bound) return unexpected(bound.error());
    std::string const name = from.node_name() + "/" + std::to_string(i);
    made = i == 1 ? combination<binary_function::maximum>(from, *made, *bound, name)
                  : combination<binary_function::minimum>(from, *made, *bound, name);
  }
  if (made) made = cast_stored(from, *made, *type, from.node_name());
  return made ? from.give(from.value_of(*made, order)) : unexpected(made.error());
}

/// One of two floats, as a BOOL says: the other one is bounded by infinity from the side where it does not
/// count, so that infinities pass as well. A NaN that is chosen becomes an infinity.
[[nodiscard]] inline result<void> read_where(stated_operator& from) {
  if (auto known = from.attributes.finish(); !known) return known;
  auto const order = common_order(from);
  if (!order) return unexpected(order.error());
  if (auto floats = require_floats_in(from, 1); !floats) return floats;
  constexpr float infinity = std::numeric_limits<float>::infinity();
  std::string const name = from.node_name();
  auto const which = floats_in_order(from, 0, u8, *order);
  if (!which) return unexpected(which.error());
  auto limit = number_and<binary_function::add>(from, -0.5f, which, name + "/side");
  limit = number_and<binary_function::mul>(from, infinity, limit, name + "/limit");
  auto const other_limit = function_of<unary_function::neg>(from, limit, name + "/other_limit");
  auto const x = floats_in_order(from, 1, f32, *order), y = floats_in_order(from, 2, f32, *order);
  if (!x) return unexpected(x.error());
  if (!y) return unexpected(y.error());
  if (!other_limit) return unexpected(other_limit.error());
  auto const first = combination<binary_function::minimum>(from, *limit, *x, name + "/first"),
             second = combination<binary_function::minimum>(from, *other_limit, *y, name + "/second");
  if (!first) return unexpected(first.error());
  if (!second) return unexpected(second.error());
  auto const made = combination<binary_function::maximum>(from, *first, *second, name);
  return made ? from.give(from.value_of(*made, *order)) : unexpected(made.error());
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
