// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/io/onnx/casts.hpp>
#include <linnet/io/onnx/matrix_operators.hpp>
#include <linnet/io/onnx/quantized_layers.hpp>

// Layers of bytes that make sums of 32 bits. The sums are made by layers of floats: exact up to
// 2^24, which 258 products of bytes cannot exceed, and rounded as a float is beyond.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// Numbers of a tensor as they are stored, as floats.
[[nodiscard]] inline result<tensor_id> stored_numbers(stated_operator& from, int i, tensor_id id) {
  element_type const type = from.writer.view().tensor(id).type;
  if (type != s8 && type != u8)
    return fail(errc::not_supported, from.input_in_words(i) + "is not of type INT8 or UINT8");
  return cast_stored(from, id, f32, from.writer.name_of_tensor(id) + "/numbers");
}

/// The one zero point of input `i`, taken from a tensor of floats: a constant, or what a run finds.
[[nodiscard]] inline result<tensor_id> less_zero_point(stated_operator& from, tensor_id id, int i) {
  std::string const name = from.node_name() + "/moved" + std::to_string(i);
  if (!from.has_input(i)) return id;
  auto const value = from.input(i);
  if (!value) return unexpected(value.error());
  auto const s = shape_of_input(from, i);
  if (!s) return unexpected(s.error());
  if (s->elements() != 1)
    return fail(errc::not_supported, from.input_in_words(i) + "only one zero point is supported");
  if (value->is_constant()) {
    auto const c = from.any_constant(i);
    if (!c) return unexpected(c.error());
    auto const zero = numbers_of<float>(*c);
    return zero[0] == 0.0f ? result<tensor_id>(id)
                           : with_numbers(from, binary_function::sub, id, {}, zero, name);
  }
  auto const zero = from.writer.settled(value->activation);
  if (!zero) return unexpected(zero.error());
  auto const numbers = stored_numbers(from, i, zero->id);
  if (!numbers) return numbers;
  auto const number = from.writer.view_as(*numbers, {});
  if (!number) return number;
  return from.writer.add_node({.kind = op::binary, .binary = binary_function::sub}, {id, *number}, name);
}

/// An activation of bytes less its zero point, input `zero`.
[[nodiscard]] inline result<stored_value> bytes_less_zero(stated_operator& from, stored_value x, int i,
                                                          int zero) {
  auto id = stored_numbers(from, i, x.id);
  if (id) id = less_zero_point(from, *id, zero);
  if (!id) return unexpected(id.error());
  x.id = *id;
  return x;
}

/// Constant bytes less their zero points, input `zero`: one, or one for each entry of dimension `axis`.
[[nodiscard]] inline result<constant> constant_less_zero(stated_operator& from, int i, int zero,
                                                         std::size_t axis) {
  auto const c = from.any_constant(i);
  if (!c) return c;
  if (auto const type = byte_type(from, i, c->data_type()); !type) return unexpected(type.error());
  auto numbers = numbers_of<float>(*c);
  if (from.has_input(zero)) {
    auto const stated = from.any_constant(zero);
    if (!stated) return stated;
    auto const zeros = numbers_of<float>(*stated);
    std::size_t inner = 1;
    for (std::size_t d = axis + 1; d < c->shape.rank(); ++d) inner *= static_cast<std::size_t>(c->shape[d]);
    bool const fits = zeros.size() == 1 ||
                      (axis < c->shape.rank() && zeros.size() == static_cast<std::size_t>(c->shape[axis]));
    if (!fits) {
      return fail(errc::invalid_graph, from.input_in_words(zero) + std::to_string(zeros.size()) +
                                           " zero points for " + describe(c->shape));
    }
    for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] -= zeros[k / inner % zeros.size()];
  }
  if (auto room = from.writer.reserve(numbers.size() * sizeof(float)); !room) return unexpected(room.error());
  return from.names.keep(c->shape, numbers);
}

/// What so many products of two bytes make: each is 255 * 255 at most.
[[nodiscard]] constexpr float_sums sums_of_products(std::int64_t count) {
  return count * 255 * 255 <= 1 << 24 ? float_sums::exact : float_sums::rounded;
}

[[nodiscard]] inline result<void> read_conv_integer(stated_operator& from) {
  auto const image = image_or_list(from);
  if (!image) return unexpected(image.error());
  auto const x = bytes_less_zero(from, *image, 0, 2);
  if (!x) return unexpected(x.error());
  auto const w = constant_less_zero(from, 1, 3, 0);
  if (!w) return unexpected(w.error());
  auto const made = add_convolution(from, *x, *w, {});
  if (!made) return unexpected(made.error());
  from.writer.set_sums(*made, sums_of_products(w->shape.elements() / w->shape[0]));
  return give_image(from, *made, is_list_of_channels(from));
}

[[nodiscard]] inline result<void> read_mat_mul_integer(stated_operator& from) {
  if (auto known = from.attributes.finish(); !known) return known;
  auto const value = from.activation(0);
  if (!value) return unexpected(value.error());
  auto const x = bytes_less_zero(from, *value, 0, 2);
  if (!x) return unexpected(x.error());
  auto const b = from.input(1);
  if (!b) return unexpected(b.error());
  auto const s = shape_of_input(from, 1);
  if (!s) return unexpected(s.error());
  std::size_t const rank = s->rank();
  result<constant> const w =
      b->is_constant() ? constant_less_zero(from, 1, 3, rank - 1) : result<constant>(constant{});
  if (!w) return unexpected(w.error());
  auto made = result<tensor_id>(-1);
  if (b->is_constant() && rank == 2) {
    made = add_dense(from, *x, *w, false, 1.0f, {});
  } else {
    auto const plain = from.writer.in_order(*x, stated_order(x->stated.rank()));
    if (!plain) return unexpected(plain.error());
    auto other = b->is_constant() ? from.writer.add_constant(*s, permuted_reals(*w, stated_order(rank)),
                                                             from.stated.input(1))
                                  : result<tensor_id>(-1);
    if (!b->is_constant()) {
      auto const y = bytes_less_zero(from, b->activation, 1, 3);
      if (!y) return unexpected(y.error());
      auto const turned = from.writer.in_order(*y, stated_order(rank));
      if (!turned) return unexpected(turned.error());
      other = turned->id;
    }
    if (!other) return unexpected(other.error());
    made = from.writer.add_node({.kind = op::batch_matmul}, {plain->id, *other}, from.node_name());
  }
  if (!made) return unexpected(made.error());
  from.writer.set_sums(*made, sums_of_products(x->stated.back(0)));
  return from.give(from.value_of(*made, stated_order(from.writer.view().tensor(*made).shape.rank())));
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
