// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>
#include <string>

#include <linnet/io/onnx/stated_operator.hpp>

// Stored numbers as numbers of other types.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// What is stored, whatever it means, as numbers of this type: floats toward zero, and saturated.
[[nodiscard]] inline result<tensor_id> cast_stored(stated_operator& from, tensor_id id, element_type type,
                                                   std::string const& name) {
  auto const made = from.writer.add_node({.kind = op::unary, .unary = unary_function::cast}, {id}, name);
  if (made) from.writer.set_type(*made, type);
  return made;
}

/// The same of sums that floats hold, as the INT32 that they stand for. Fails (not_supported) where a float
/// may not hold them.
[[nodiscard]] inline result<tensor_id> cast_sums(graph_writer& writer, tensor_id id,
                                                 std::string const& name) {
  if (writer.sums_of(id) == float_sums::rounded)
    return fail(errc::not_supported, "sums of more than 258 products of bytes are not supported as integers");
  auto const made = writer.add_node({.kind = op::unary, .unary = unary_function::cast}, {id}, name);
  if (made) writer.set_type(*made, s32);
  return made;
}

/// 1 where a number is not 0, else 0; NaN counts as 0.
[[nodiscard]] inline result<tensor_id> cast_to_bool(stated_operator& from, tensor_id id) {
  std::string const name = from.node_name();
  result<tensor_id> made = id;
  if (from.writer.view().tensor(id).type != f32) made = cast_stored(from, id, f32, name + "/numbers");
  if (made)
    made = from.writer.add_node({.kind = op::unary, .unary = unary_function::sign}, {*made}, name + "/sign");
  if (made)
    made = from.writer.add_node({.kind = op::unary, .unary = unary_function::abs}, {*made}, name + "/truth");
  return made ? cast_stored(from, *made, u8, name) : made;
}

/// Numbers of another type.
[[nodiscard]] inline result<void> read_cast(stated_operator& from) {
  auto const value = from.activation(0);
  if (!value) return unexpected(value.error());
  int const to = from.attributes.data_type("to", 0);
  from.attributes.pass_over("saturate");  // of types that are not read
  if (auto known = from.attributes.finish(); !known) return known;
  auto const wanted = activation_type(to);
  if (!wanted) return fail(errc::not_supported, "a cast to " + type_in_words(to) + " is not supported");
  element_type const type = from.writer.view().tensor(value->id).type;
  bool const whole = from.writer.is_whole(value->id), to_bool = to == proto::TensorProto_DataType_BOOL;
  if (*wanted == (whole ? s32 : type) && !to_bool) return from.give(*value);
  stored_value made = *value;
  result<tensor_id> id = -1;
  if (to_bool) {
    id = cast_to_bool(from, value->id);
  } else if (whole && *wanted == f32) {
    id = from.writer.add_node({.kind = op::reshape}, {value->id}, from.node_name(),
                              from.writer.view().tensor(value->id).shape);
    if (id) from.writer.set_sums(*id, float_sums::none);
  } else {
    id = value->id;
    if (whole) id = cast_sums(from.writer, *id, from.node_name() + "/sums");
    if (id) id = cast_stored(from, *id, *wanted, from.node_name());
  }
  if (!id) return unexpected(id.error());
  made.id = *id;
  return from.give(made);
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
