// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/io/onnx/plain_operators.hpp>

// Functions of one element, and of two or more whose shapes are repeated to fit one another.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

[[nodiscard]] inline result<void> give_function(stated_operator& from, unary_function f, float a = 0.0f,
                                                float b = 1.0f) {
  if (auto known = from.attributes.finish(); !known) return known;
  auto const x = from.activation(0);
  if (!x) return unexpected(x.error());
  node n;
  n.kind = op::unary;
  n.unary = f;
  n.alpha = a;
  n.beta = b;
  return from.give_elementwise(n, *x);
}

template <unary_function F>
[[nodiscard]] result<void> read_function(stated_operator& from) {
  return give_function(from, F);
}

[[nodiscard]] inline result<void> read_elu(stated_operator& from) {
  return give_function(from, unary_function::elu, from.attributes.real("alpha", 1.0f));
}
[[nodiscard]] inline result<void> read_leaky_relu(stated_operator& from) {
  return give_function(from, unary_function::leaky_relu, from.attributes.real("alpha", 0.01f));
}
[[nodiscard]] inline result<void> read_hard_sigmoid(stated_operator& from) {
  float const alpha = from.attributes.real("alpha", 0.2f), beta = from.attributes.real("beta", 0.5f);
  return give_function(from, unary_function::hard_sigmoid, alpha, beta);
}
[[nodiscard]] inline result<void> read_swish(stated_operator& from) {
  return give_function(from, unary_function::swish, from.attributes.real("alpha", 1.0f));
}
[[nodiscard]] inline result<void> read_gelu(stated_operator& from) {
  std::string const form = from.attributes.text("approximate", "none");
  if (form == "tanh" || form == "none")
    return give_function(from, unary_function::gelu, form == "tanh" ? 0.0f : 1.0f);
  return fail(errc::malformed, "approximate is " + in_quotes(form));
}

/// The powers that have a function of their own.
[[nodiscard]] inline result<void> read_power(stated_operator& from) {
  auto const exponent = from.reals(1);
  if (!exponent) return unexpected(exponent.error());
  auto const base = from.activation(0);
  if (!base) return unexpected(base.error());
  if (exponent->shape.rank() > base->stated.rank())
    return fail(errc::not_supported, from.input_in_words(1) + "is of a higher rank than input 0");
  float const e = exponent->size() == 1 ? exponent->real(0) : 0.0f;
  if (e == 2.0f) return give_function(from, unary_function::square);
  if (e == 0.5f) return give_function(from, unary_function::sqrt);
  if (e == -0.5f) return give_function(from, unary_function::rsqrt);
  if (e == -1.0f) return give_function(from, unary_function::reciprocal);
  return fail(errc::not_supported,
              from.input_in_words(1) + "only the exponents 2, 1/2, -1/2 and -1 are supported");
}

/// A shape with extents of 1 in front.
[[nodiscard]] inline shape with_rank(shape const& s, std::size_t rank) {
  shape made;
  for (std::size_t i = rank; i-- > 0;) made.push_back(s.back(i));
  return made;
}

/// The tensor of input i as `rank` dimensions stored in `order`.
[[nodiscard]] inline result<tensor_id> operand_in_order(stated_operator& from, int i,
                                                        dimension_order const& order) {
  auto const value = from.input(i);
  if (!value) return unexpected(value.error());
  if (value->is_constant()) {
    auto c = from.reals(i);
    if (!c) return unexpected(c.error());
    c->shape = with_rank(c->shape, order.size());
    return from.writer.add_constant(permuted(c->shape, order), permuted_reals(*c, order),
                                    from.stated.input(i));
  }
  auto x = from.writer.settled(value->activation);
  if (!x) return unexpected(x.error());
  if (x->stated.rank() < order.size()) {
    auto const plain = from.writer.in_order(*x, stated_order(x->stated.rank()));
    if (!plain) return unexpected(plain.error());
    shape const extended = with_rank(x->stated, order.size());
    auto const id = from.writer.view_as(plain->id, extended);
    if (!id) return unexpected(id.error());
    *x = {*id, extended, extended, stated_order(order.size())};
  }
  auto const moved = from.writer.in_order(*x, order);
  return moved ? result<tensor_id>(moved->id) : unexpected(moved.error());
}

/// The order in which an operator on all its inputs stores them: that of the first activation of the largest
/// rank.
[[nodiscard]] inline result<dimension_order> common_order(stated_operator& from) {
  std::size_t rank = 0;
  result<dimension_order> order = fail(errc::not_supported, "all its inputs are constants");
  for (int i = 0; i < from.stated.input_size(); ++i) {
    auto const value = from.input(i);
    if (!value) return unexpected(value.error());
    if (value->is_constant()) {
      auto const c = from.any_constant(i);
      if (!c) return unexpected(c.error());
      rank = std::max(rank, c->shape.rank());
    } else {
      rank = std::max(rank, value->activation.stated.rank());
    }
  }
  for (int i = from.stated.input_size(); i-- > 0;) {
    auto const value = from.input(i);
    if (value->is_constant()) continue;
    auto const x = from.writer.settled(value->activation);
    if (!x) return unexpected(x.error());
    if (x->stated.rank() == rank) {
      order = x->order;
    } else if (!order) {
      order = stated_order(rank);
    }
  }
  return order;
}

/// f(... f(f(x0, x1), x2) ..., xn) of all inputs, stored in `order`; the last one is named as the operator's
/// result where it is.
[[nodiscard]] inline result<tensor_id> combined(stated_operator& from, binary_function f,
                                                dimension_order const& order, bool is_result) {
  auto made = operand_in_order(from, 0, order);
  node n;
  n.kind = op::binary;
  n.binary = f;
  int const inputs = from.stated.input_size();
  for (int i = 1; made && i < inputs; ++i) {
    auto const operand = operand_in_order(from, i, order);
    if (!operand) return operand;
    bool const is_last = is_result && i + 1 == inputs;
    made = from.writer.add_node(n, {*made, *operand},
                                from.node_name() + (is_last ? "" : "/" + std::to_string(i)));
  }
  return made;
}

[[nodiscard]] inline result<void> give_combined(stated_operator& from, binary_function f) {
  auto const order = common_order(from);
  if (!order) return unexpected(order.error());
  auto const made = combined(from, f, *order, true);
  return made ? from.give(from.value_of(*made, *order)) : unexpected(made.error());
}

template <binary_function F>
[[nodiscard]] result<void> read_combined(stated_operator& from) {
  if (from.stated.input_size() == 1) return read_identity(from);
  if (auto known = from.attributes.finish(); !known) return known;
  return give_combined(from, F);
}

/// The constant among two inputs that has one number for each entry of one dimension of the other one, or -1.
[[nodiscard]] inline result<int> scaling_constant(stated_operator& from) {
  if (from.stated.input_size() != 2) return -1;
  auto const a = from.input(0), b = from.input(1);
  if (!a) return unexpected(a.error());
  if (!b) return unexpected(b.error());
  if (a->is_constant() == b->is_constant()) return -1;
  int const constant = a->is_constant() ? 0 : 1;
  auto const fits = varies_along_one(from, 1 - constant, constant);
  if (!fits) return unexpected(fits.error());
  return *fits ? constant : -1;
}

/// What every channel is multiplied by, or moved by, is a layer, which a pass can fold into its neighbour.
[[nodiscard]] inline result<void> read_product(stated_operator& from) {
  if (auto known = from.attributes.finish(); !known) return known;
  auto const constant = scaling_constant(from);
  if (!constant) return unexpected(constant.error());
  if (*constant >= 0) return scale_by_constant(from, 1 - *constant, *constant, false);
  return give_combined(from, binary_function::mul);
}

/// Tensors of one shape have an operator of their own.
[[nodiscard]] inline result<void> read_sum(stated_operator& from) {
  int const inputs = from.stated.input_size();
  if (inputs == 1) return read_identity(from);
  if (auto known = from.attributes.finish(); !known) return known;
  auto const constant = scaling_constant(from);
  if (!constant) return unexpected(constant.error());
  if (*constant >= 0) return scale_by_constant(from, 1 - *constant, *constant, true);
  auto const a = from.activation(0), b = from.activation(1);
  if (inputs == 2 && a && b && a->stated == b->stated) return add_alike(from);
  return give_combined(from, binary_function::add);
}

/// The sum of all inputs by their number.
[[nodiscard]] inline result<void> read_mean_of_inputs(stated_operator& from) {
  if (from.stated.input_size() == 1) return read_identity(from);
  if (auto known = from.attributes.finish(); !known) return known;
  auto const order = common_order(from);
  if (!order) return unexpected(order.error());
  auto const sum = combined(from, binary_function::add, *order, false);
  if (!sum) return unexpected(sum.error());
  auto const count = from.writer.add_constant({}, {static_cast<float>(from.stated.input_size())},
                                              from.node_name() + "/count");
  if (!count) return unexpected(count.error());
  node n;
  n.kind = op::binary;
  n.binary = binary_function::div;
  return from.give_node(n, {*sum, *count}, *order);
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
