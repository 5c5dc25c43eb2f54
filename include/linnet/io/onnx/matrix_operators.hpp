// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <linnet/io/onnx/dense_operators.hpp>
#include <linnet/io/onnx/function_operators.hpp>

// Products of matrices: by constant ones they are dense layers, else what they are.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// An operand as matrices, stored in the file's order.
struct stored_matrices {
  tensor_id id = -1;
  shape stated{};  ///< what the file's operator sees
};

/// Input i; a list is a matrix of one row, or of one column.
[[nodiscard]] inline result<stored_matrices> matrices_of(stated_operator& from, int i, bool as_column) {
  auto const value = from.input(i);
  if (!value) return unexpected(value.error());
  auto const with_two = [&](shape const& s) {
    if (s.rank() != 1) return s;
    return as_column ? shape{s[0], 1} : shape{1, s[0]};
  };
  if (value->is_constant()) {
    auto const c = from.reals(i);
    if (!c) return unexpected(c.error());
    auto const id = from.writer.add_constant(
        with_two(c->shape), permuted_reals(*c, stated_order(c->shape.rank())), from.stated.input(i));
    return id ? result<stored_matrices>({*id, c->shape}) : unexpected(id.error());
  }
  auto const settled = from.writer.settled(value->activation);
  if (!settled) return unexpected(settled.error());
  auto const plain = from.writer.in_order(*settled, stated_order(settled->stated.rank()));
  if (!plain) return unexpected(plain.error());
  auto const id = from.writer.view_as(plain->id, with_two(plain->stated));
  return id ? result<stored_matrices>({*id, plain->stated}) : unexpected(id.error());
}

/// Whether input 1 is a matrix of constants that a dense layer can have as its weights.
[[nodiscard]] inline result<bool> has_weight_matrix(stated_operator const& from) {
  auto const a = from.input(0), b = from.input(1);
  if (!a) return unexpected(a.error());
  if (!b) return unexpected(b.error());
  if (a->is_constant() && b->is_constant()) return fail(errc::not_supported, "all its inputs are constants");
  if (a->is_constant() || !b->is_constant()) return false;
  auto const c = from.any_constant(1);
  return !c ? result<bool>(true) : c->shape.rank() == 2;  // what is wrong with it is said there
}

/// The dimension that a list was given is dropped again.
[[nodiscard]] inline result<void> give_product(stated_operator& from) {
  auto const a = matrices_of(from, 0, false), b = matrices_of(from, 1, true);
  if (!a) return unexpected(a.error());
  if (!b) return unexpected(b.error());
  node n;
  n.kind = op::batch_matmul;
  auto const product = from.writer.add_node(n, {a->id, b->id}, from.node_name());
  if (!product) return unexpected(product.error());
  shape const made = from.writer.view().tensor(*product).shape;
  shape kept;
  for (std::size_t i = 0; i < made.rank(); ++i) {
    bool const row = i + 2 == made.rank() && a->stated.rank() == 1,
               column = i + 1 == made.rank() && b->stated.rank() == 1;
    if (!row && !column) kept.push_back(made[i]);
  }
  auto const id = from.writer.view_as(*product, kept);
  return id ? from.give(from.value_of(*id, stated_order(kept.rank()))) : unexpected(id.error());
}

[[nodiscard]] inline result<void> read_mat_mul(stated_operator& from) {
  auto const is_dense = has_weight_matrix(from);
  if (!is_dense) return unexpected(is_dense.error());
  if (auto known = from.attributes.finish(); !known) return known;
  if (!*is_dense) return give_product(from);
  auto const a = from.activation(0);
  if (!a) return unexpected(a.error());
  auto const w = weight_matrix(from);
  return w ? give_dense(from, *a, *w, false, 1.0f, {}) : unexpected(w.error());
}

/// A tensor times a number.
[[nodiscard]] inline result<tensor_id> scaled(stated_operator& from, tensor_id id, float factor,
                                              std::string const& name) {
  if (factor == 1.0f) return id;
  auto const number = from.writer.add_constant({}, {factor}, name + "/factor");
  if (!number) return number;
  node n;
  n.kind = op::binary;
  n.binary = binary_function::mul;
  return from.writer.add_node(n, {id, *number}, name);
}

/// alpha * A * B + beta * C of matrices of which none, or A alone, is constant: three operators.
[[nodiscard]] inline result<void> give_general_product(stated_operator& from) {
  float const alpha = from.attributes.real("alpha", 1.0f), beta = from.attributes.real("beta", 1.0f);
  node n;
  n.kind = op::batch_matmul;
  n.transposed = {from.attributes.flag("transA"), from.attributes.flag("transB")};
  if (auto known = from.attributes.finish(); !known) return known;
  auto const a = matrices_of(from, 0, false), b = matrices_of(from, 1, true);
  if (!a) return unexpected(a.error());
  if (!b) return unexpected(b.error());
  if (a->stated.rank() != 2 || b->stated.rank() != 2) {
    return fail(errc::invalid_graph,
                "its inputs " + describe(a->stated) + " and " + describe(b->stated) + " are not of rank 2");
  }
  auto made = from.writer.add_node(n, {a->id, b->id}, from.node_name() + "/product");
  if (made) made = scaled(from, *made, alpha, from.node_name() + "/scaled");
  if (made && from.has_input(2)) {
    auto const stated = from.input(2);
    if (!stated) return unexpected(stated.error());
    auto const numbers = stated->is_constant() ? from.reals(2) : constant{stated->activation.stated};
    if (!numbers) return unexpected(numbers.error());
    if (numbers->shape.rank() > 2) {
      return fail(errc::invalid_graph,
                  from.input_in_words(2) + describe(numbers->shape) + " is not of rank 2 at most");
    }
    auto const c = operand_in_order(from, 2, stated_order(2));
    if (!c) return unexpected(c.error());
    auto const addend = scaled(from, *c, beta, from.node_name() + "/addend");
    if (!addend) return unexpected(addend.error());
    node sum;
    sum.kind = op::binary;
    sum.binary = binary_function::add;
    made = from.writer.add_node(sum, {*made, *addend}, from.node_name());
  }
  return made ? from.give(from.value_of(*made, stated_order(2))) : unexpected(made.error());
}

[[nodiscard]] inline result<void> read_gemm(stated_operator& from) {
  auto const is_dense = has_weight_matrix(from);
  if (!is_dense) return unexpected(is_dense.error());
  auto const b = from.input(1);
  return *is_dense || b->is_constant() ? read_dense_gemm(from) : give_general_product(from);
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
