// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/io/onnx/dense_operators.hpp>
#include <linnet/io/onnx/matrix_operators.hpp>
#include <linnet/io/onnx/quantized_operators.hpp>
#include <linnet/io/onnx/window_operators.hpp>

// Layers of integers, as integers: sums are exact, and brought to the output's scale by the float product
// that ONNX rounds to even. Products of matrices that are no layers round ties up.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// linnet's type of bytes of the file; none of others.
[[nodiscard]] inline result<element_type> byte_type(stated_operator const& from, int i, int data_type) {
  if (data_type == proto::TensorProto_DataType_INT8) return s8;
  if (data_type == proto::TensorProto_DataType_UINT8) return u8;
  return fail(errc::not_supported, from.input_in_words(i) + "is not of type INT8 or UINT8");
}

/// One scale and zero point, of inputs i and i + 1.
[[nodiscard]] inline result<quantization> one_step(stated_operator& from, int i) {
  auto const scale = from.reals(i);
  if (!scale) return unexpected(scale.error());
  auto const zero = from.any_constant(i + 1);
  if (!zero) return unexpected(zero.error());
  if (scale->size() != 1 || zero->size() != 1)
    return fail(errc::not_supported, from.input_in_words(i) + "only one scale and zero point are supported");
  if (auto const type = byte_type(from, i + 1, zero->data_type()); !type) return unexpected(type.error());
  quantization const q{scale->real(0), static_cast<std::int32_t>(numbers_of<std::int64_t>(*zero)[0])};
  if (q.scale > 0.0f && is_finite(q.scale)) return q;
  return fail(errc::invalid_graph, from.input_in_words(i) + "a scale that is not positive and finite");
}

/// Operand i of the layer and what its numbers mean; they are stated in inputs i + 1 and i + 2.
struct integer_operand {
  stored_value value{};
  element_type type = s8;
  quantization meaning{};
};
[[nodiscard]] inline result<integer_operand> integer_input(stated_operator& from, int i) {
  auto const x = from.activation(i);
  if (!x) return unexpected(x.error());
  element_type const type = from.writer.view().tensor(x->id).type;
  if (type != s8 && type != u8)
    return fail(errc::not_supported, from.input_in_words(i) + "is not of type INT8 or UINT8");
  auto const q = one_step(from, i + 1);
  if (!q) return unexpected(q.error());
  if (auto said = from.writer.state(x->id, *q); !said) return unexpected(said.error());
  return integer_operand{*x, type, *q};
}

/// A constant of bytes as weights of a layer between tensors of `type`: what has a sign and what has none
/// differ by 128, in each number and in the zero point. `axis` is the stored dimension that has a scale for
/// each entry.
struct integer_weights {
  tensor_info info{};
  std::vector<std::byte> bytes{};
};
[[nodiscard]] inline result<integer_weights> integer_constant(stated_operator& from, int i, element_type type,
                                                              shape const& stated,
                                                              std::vector<std::int64_t> const& places,
                                                              std::size_t axis) {
  auto const c = from.any_constant(i);
  if (!c) return unexpected(c.error());
  auto const own = byte_type(from, i, c->data_type());
  if (!own) return unexpected(own.error());
  auto const scales = from.reals(i + 1);
  if (!scales) return unexpected(scales.error());
  auto const zeros = from.any_constant(i + 2);
  if (!zeros) return unexpected(zeros.error());
  if (auto const of = byte_type(from, i + 2, zeros->data_type()); !of) return unexpected(of.error());
  auto const zero_points = numbers_of<std::int64_t>(*zeros);
  bool const one_zero =
      !zero_points.empty() && std::ranges::all_of(zero_points, [&](auto z) { return z == zero_points[0]; });
  if (!one_zero) {
    return fail(errc::not_supported,
                from.input_in_words(i + 2) + "zero points that differ are not supported");
  }
  std::int64_t const shift = *own == type ? 0 : type == u8 ? 128 : -128;
  integer_weights made;
  made.info.shape = stated;
  made.info.type = type;
  made.info.quantization.zero_point = static_cast<std::int32_t>(zero_points[0] + shift);
  std::vector<float> factors;
  for (std::size_t k = 0; k < scales->size(); ++k) factors.push_back(scales->real(k));
  for (float scale : factors) {
    if (!(scale > 0.0f) || !is_finite(scale))
      return fail(errc::invalid_graph,
                  from.input_in_words(i + 1) + "a scale that is not positive and finite");
  }
  if (factors.size() == 1) {
    made.info.quantization.scale = factors[0];
  } else if (axis < stated.rank() && factors.size() == static_cast<std::size_t>(stated[axis])) {
    made.info.channel_scales = from.writer.add_scales(factors);
    made.info.channel_axis = static_cast<std::int32_t>(axis);
  } else {
    return fail(errc::invalid_graph, from.input_in_words(i + 1) + std::to_string(factors.size()) +
                                         " scales for weights " + describe(c->shape));
  }
  auto const numbers = numbers_of<std::int64_t>(*c);
  for (std::int64_t place : places)
    made.bytes.push_back(static_cast<std::byte>(numbers[static_cast<std::size_t>(place)] + shift));
  return made;
}

/// A node between integers of one type, and one more where the result has the other.
[[nodiscard]] inline result<tensor_id> add_integer_layer(stated_operator& from, node const& n,
                                                         std::vector<tensor_id> const& operands,
                                                         element_type type, int output_step,
                                                         shape const& stated = {}) {
  auto const q = one_step(from, output_step);
  if (!q) return unexpected(q.error());
  auto const zero = from.any_constant(output_step + 1);
  auto const wanted = byte_type(from, output_step + 1, zero->data_type());
  if (!wanted) return unexpected(wanted.error());
  bool const differs = *wanted != type;
  quantization inner = *q;
  if (differs) inner.zero_point += type == u8 ? 128 : -128;
  std::string const name = from.node_name();
  auto const made = add_integer_node(from, n, operands, type, inner, name + (differs ? "/made" : ""), stated);
  if (!made || !differs) return made;
  node other{.kind = op::requantize};
  other.rounding = rounding::float_half_even;
  return add_integer_node(from, other, {*made}, *wanted, *q, name);
}

/// x, its scale and zero point, weights, theirs, the result's, and perhaps a bias of the sums' scale.
[[nodiscard]] inline result<void> read_qlinear_conv(stated_operator& from) {
  auto const x = integer_input(from, 0);
  if (!x) return unexpected(x.error());
  auto const image = image_or_list(from);
  if (!image) return unexpected(image.error());
  bool const is_list = is_list_of_channels(from);
  auto stated = from.any_constant(3);
  if (!stated) return unexpected(stated.error());
  if (is_list) stated->shape = as_image_of_one_row(stated->shape);
  auto const w = read_weights(from, image->stated, *stated);
  if (!w) return unexpected(w.error());
  if (w->groups > 1)
    return fail(errc::not_supported, std::to_string(w->groups) + " groups of integers are not supported");
  shape const& s = w->values.shape;
  auto const window = read_window(from.attributes, image->stated, is_list, {s[2], s[3]});
  if (!window) return unexpected(window.error());
  if (auto known = from.attributes.finish(); !known) return known;
  node n;
  n.kind = w->kind;
  n.window = window->window;
  n.rounding = rounding::float_half_even;
  auto const weights = integer_constant(from, 3, x->type, permuted(s, w->order),
                                        permuted_indices(s, w->order), w->kind == op::conv2d ? 0 : 3);
  if (!weights) return unexpected(weights.error());
  auto const id = from.writer.add_constant(weights->info, weights->bytes, from.stated.input(3));
  if (!id) return unexpected(id.error());
  std::vector<tensor_id> operands{image->id, *id};
  if (from.has_input(8)) {
    auto const bias = from.any_constant(8);
    if (!bias) return unexpected(bias.error());
    if (bias->data_type() != proto::TensorProto_DataType_INT32 || !(bias->shape == shape{s[0]}))
      return fail(errc::invalid_graph, from.input_in_words(8) + "is no INT32 for each channel");
    auto const added = from.writer.add_constant(bias->shape, s32, bias->bytes, from.stated.input(8));
    if (!added) return unexpected(added.error());
    operands.push_back(*added);
  }
  auto const made = add_integer_layer(from, n, operands, x->type, 6);
  return made ? give_image(from, *made, is_list) : unexpected(made.error());
}

/// By a constant matrix: a dense layer, of weights (units, inputs).
[[nodiscard]] inline result<void> give_integer_dense(stated_operator& from, integer_operand const& a,
                                                     shape const& matrix) {
  if (a.value.stated.rank() == 0 || a.value.stated.back(0) != matrix[0]) {
    return fail(errc::invalid_graph,
                "its input " + describe(a.value.stated) + " does not fit its weights " + describe(matrix));
  }
  auto const rows = rows_of(from, a.value);
  if (!rows) return unexpected(rows.error());
  std::int32_t const inputs = matrix[0], units = matrix[1];
  std::vector<std::int64_t> places;
  for (std::int32_t unit = 0; unit < units; ++unit) {
    for (std::int64_t column : rows->columns) places.push_back(column * units + unit);
  }
  auto const weights = integer_constant(from, 3, a.type, {units, inputs}, places, 0);
  if (!weights) return unexpected(weights.error());
  auto const id = from.writer.add_constant(weights->info, weights->bytes, from.stated.input(3));
  if (!id) return unexpected(id.error());
  shape to = a.value.stated;
  to[to.rank() - 1] = units;
  node n{.kind = op::dense};
  n.rounding = rounding::float_half_even;
  auto const made = add_integer_layer(from, n, {rows->id, *id}, a.type, 6, to);
  return made ? from.give(from.value_of(*made, stated_order(to.rank()))) : unexpected(made.error());
}

[[nodiscard]] inline result<void> read_qlinear_mat_mul(stated_operator& from) {
  if (auto known = from.attributes.finish(); !known) return known;
  auto const a = integer_input(from, 0);
  if (!a) return unexpected(a.error());
  auto const b = from.input(3);
  if (!b) return unexpected(b.error());
  node n{.kind = op::batch_matmul};
  n.rounding = rounding::single_rounding;
  tensor_id other = -1;
  if (b->is_constant()) {
    auto const c = from.any_constant(3);
    if (!c) return unexpected(c.error());
    if (c->shape.rank() == 2) return give_integer_dense(from, *a, c->shape);
    std::size_t const rank = c->shape.rank();
    auto const numbers =
        integer_constant(from, 3, a->type, c->shape, permuted_indices(c->shape, stated_order(rank)), rank);
    if (!numbers) return unexpected(numbers.error());
    auto const id = from.writer.add_constant(numbers->info, numbers->bytes, from.stated.input(3));
    if (!id) return unexpected(id.error());
    other = *id;
  } else {
    auto const second = integer_input(from, 3);
    if (!second) return unexpected(second.error());
    if (second->type != a->type)
      return fail(errc::not_supported, "a product of INT8 and UINT8 is not supported");
    auto const plain = from.writer.in_order(second->value, stated_order(second->value.stated.rank()));
    if (!plain) return unexpected(plain.error());
    other = plain->id;
  }
  auto const plain = from.writer.in_order(a->value, stated_order(a->value.stated.rank()));
  if (!plain) return unexpected(plain.error());
  auto const made = add_integer_layer(from, n, {plain->id, other}, a->type, 6);
  if (!made) return unexpected(made.error());
  return from.give(from.value_of(*made, stated_order(from.writer.view().tensor(*made).shape.rank())));
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
