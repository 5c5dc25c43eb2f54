// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include <linnet/graph/edges.hpp>
#include <linnet/graph/operators.hpp>

namespace linnet::inline LINNET_ISA {

/// Operators that are several nodes.
template <class Storage>
class composed_operator_builder : public operator_builder<Storage> {
 public:
  /// Where the largest element of a dimension is, which goes (s32, the first one of equal ones).
  constexpr tensor_handle argmax(tensor_handle x, std::int32_t axis = -1) {
    return index_of(reduction::first_of_maximum, x, axis);
  }
  /// Where the smallest element is, likewise.
  constexpr tensor_handle argmin(tensor_handle x, std::int32_t axis = -1) {
    return index_of(reduction::first_of_minimum, x, axis);
  }

  /// The square root of the mean of squares (floats): three nodes, and one of an activation.
  constexpr tensor_handle l2_pool2d(tensor_handle x, pool2d_options const& o) {
    pool2d_options plain = o;
    plain.activation = activation::none;
    tensor_handle const mean_of_squares = this->average_pool2d(this->unary(unary_function::square, x), plain);
    tensor_handle const root = this->unary(unary_function::sqrt, mean_of_squares);
    return o.activation == activation::none ? root : this->clamped(root, o.activation, {});
  }

  /// `amounts` around each dimension, with what x itself holds: slices and concats. Of `nearest` one entry.
  constexpr tensor_handle mirror_pad(tensor_handle x, edge_rule rule,
                                     std::initializer_list<edge_padding> amounts) {
    if (!this->begin(op::pad, {x})) return {};
    if (amounts.size() > this->shape_of(x).rank())
      return this->blame({.fault = graph_fault::bad_padding, .first = this->shape_of(x)});
    std::size_t d = 0;
    for (auto const& [before, after] : amounts) {
      tensor_handle const front = edge(x, d, rule, before, false), back = edge(x, d, rule, after, true);
      if (this->mistaken()) return {};
      auto const axis = static_cast<std::int32_t>(d++);
      quantization const q = this->info(x).quantization;
      if (before > 0 && after > 0) x = this->concat({front, x, back}, {axis, q});
      if (before > 0 && after == 0) x = this->concat({front, x}, {axis, q});
      if (before == 0 && after > 0) x = this->concat({x, back}, {axis, q});
      if (!this->begin(op::pad, {x})) return {};
    }
    return x;
  }

 private:
  /// No tensor where the amount is 0, or after a mistake.
  constexpr tensor_handle edge(tensor_handle x, std::size_t d, edge_rule rule, std::int32_t amount,
                               bool behind) {
    if (amount == 0 || this->mistaken()) return {};
    shape s = this->shape_of(x);
    if (amount < 0 || amount > most_padding(rule, s[d]))
      return this->blame({.fault = graph_fault::bad_padding, .first = s});
    node const n = edge_slice(s, d, rule, amount, behind);
    tensor_info made = this->like(x);
    s[d] = amount;
    made.shape = s;
    return this->record(n, {x}, made);
  }

  /// The dimension goes to the end first.
  constexpr tensor_handle index_of(reduction r, tensor_handle x, std::int32_t axis) {
    node to_end{.kind = op::transpose}, n{.kind = op::reduce, .reduction = r};
    if (!this->begin(op::reduce, {x}) || !this->take_axes(n, x, {axis})) return {};
    auto const last = static_cast<std::int32_t>(this->shape_of(x).rank()) - 1;
    if (n.axes[0] < 0 || n.axes[0] > last)
      return this->blame({.fault = graph_fault::bad_axis, .first = this->shape_of(x)});
    for (std::int32_t i = 0; i <= last; ++i) {
      if (i != n.axes[0]) to_end.axes.push_back(i);
    }
    to_end.axes.push_back(n.axes[0]);
    if (n.axes[0] != last) x = this->record(to_end, {x}, this->like(x));
    if (!this->begin(op::reduce, {x})) return {};
    n.axes[0] = last;
    return this->record(n, {x}, {.shape = this->reduced(this->shape_of(x), n, false), .type = s32});
  }
};

}  // namespace linnet::inline LINNET_ISA
