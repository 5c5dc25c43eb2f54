// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <linnet/io/onnx/stated_operator.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// A matrix as a dense layer reads it: rows in a tensor of any shape, and for each stored element of a row,
/// its column in the file's matrix.
struct stored_rows {
  tensor_id id = -1;
  std::vector<std::int64_t> columns{};
};

/// The rows of a value whose dimensions were moved and then flattened, where the moving stays inside of the
/// rows: then the weights can move instead of the data. Nothing where it does not.
[[nodiscard]] inline std::optional<stored_rows> rows_in_place(stored_value const& v) {
  std::int64_t const inner = v.stated.back(0);
  std::int64_t product = 1;
  for (std::size_t first = v.base.rank(); first-- > 0;) {  // the dimensions from `first` on make a row
    product *= v.base[first];
    if (product != inner) continue;
    shape row;
    dimension_order order;
    bool inside = true;
    for (std::size_t i = 0; i < v.base.rank(); ++i) {
      bool const outer = i < first;
      auto const dimension = static_cast<std::size_t>(v.order[i]);
      inside = inside && (outer ? dimension == i : dimension >= first);
      if (outer) continue;
      row.push_back(v.base[i]);
      order.push_back(static_cast<std::int32_t>(dimension - first));
    }
    if (inside) return stored_rows{v.id, permuted_indices(row, order)};
  }
  return std::nullopt;
}

[[nodiscard]] inline result<stored_rows> rows_of(stated_operator& from, stored_value const& v) {
  if (auto rows = rows_in_place(v)) return *std::move(rows);
  auto const settled = from.writer.settled(v);
  if (!settled) return unexpected(settled.error());
  auto const plain = from.writer.in_order(*settled, stated_order(settled->stated.rank()));
  if (!plain) return unexpected(plain.error());
  return *rows_in_place(*plain);
}

/// alpha * weights, stored (units, inputs) with the inputs in the order of the rows. Each is rounded once.
[[nodiscard]] inline std::vector<float> dense_weights(constant const& w, bool units_first, float alpha,
                                                      std::vector<std::int64_t> const& columns) {
  std::size_t const inputs = columns.size(), units = w.size() / inputs;
  std::vector<float> values(w.size());
  for (std::size_t unit = 0; unit < units; ++unit) {
    for (std::size_t i = 0; i < inputs; ++i) {
      auto const column = static_cast<std::size_t>(columns[i]);
      values[unit * inputs + i] =
          alpha * w.real(units_first ? unit * inputs + column : column * units + unit);
    }
  }
  return values;
}

/// A dense layer of the value's rows. `bias`: one a unit, or none.
[[nodiscard]] inline result<tensor_id> add_dense(stated_operator& from, stored_value const& v,
                                                 constant const& w, bool units_first, float alpha,
                                                 std::vector<float> const& bias) {
  std::int32_t const inputs = w.shape[units_first ? 1 : 0], units = w.shape[units_first ? 0 : 1];
  if (v.stated.rank() == 0 || v.stated.back(0) != inputs) {
    return fail(errc::invalid_graph,
                "its input " + describe(v.stated) + " does not fit its weights " + describe(w.shape));
  }
  auto const rows = rows_of(from, v);
  if (!rows) return unexpected(rows.error());
  node n;
  n.kind = op::dense;
  auto const weights = from.writer.add_constant(
      {units, inputs}, dense_weights(w, units_first, alpha, rows->columns), from.stated.input(1));
  if (!weights) return unexpected(weights.error());
  std::vector<tensor_id> operands{rows->id, *weights};
  if (!bias.empty()) {
    auto const added = from.writer.add_constant({units}, bias, from.stated.input(2));
    if (!added) return unexpected(added.error());
    operands.push_back(*added);
  }
  shape made = v.stated;
  made[made.rank() - 1] = units;
  return from.writer.add_node(n, operands, from.node_name(), made);
}

/// The operator's result is what such a layer makes.
[[nodiscard]] inline result<void> give_dense(stated_operator& from, stored_value const& v, constant const& w,
                                             bool units_first, float alpha, std::vector<float> const& bias) {
  auto const id = add_dense(from, v, w, units_first, alpha, bias);
  return id ? from.give(from.value_of(*id, stated_order(v.stated.rank()))) : unexpected(id.error());
}

/// beta * C as one number a unit, where C is the same for every row.
[[nodiscard]] inline result<std::vector<float>> gemm_bias(stated_operator& from, std::int32_t units,
                                                          float beta) {
  if (!from.has_input(2)) return std::vector<float>{};
  auto const c = from.reals(2);
  if (!c) return unexpected(c.error());
  bool const one_row = c->shape.rank() <= 2 && c->shape.back(1) == 1;
  bool const fits = c->shape.back(0) == 1 || c->shape.back(0) == units;
  if (!one_row || !fits) {
    return fail(errc::not_supported, from.input_in_words(2) + "only a bias of " + std::to_string(units) +
                                         " numbers or of one is supported, not " + describe(c->shape));
  }
  std::vector<float> bias;
  for (std::size_t i = 0; i < static_cast<std::size_t>(units); ++i) {
    bias.push_back(beta * c->real(c->size() == 1 ? 0 : i));
  }
  return bias;
}

[[nodiscard]] inline result<constant> weight_matrix(stated_operator& from) {
  auto const w = from.reals(1);
  if (!w) return w;
  if (w->shape.rank() == 2) return w;
  return fail(errc::not_supported,
              "weights of shape " + describe(w->shape) + " are not supported, only rank 2");
}

[[nodiscard]] inline result<void> read_dense_gemm(stated_operator& from) {
  auto a = from.activation(0);
  if (!a) return unexpected(a.error());
  auto const w = weight_matrix(from);
  if (!w) return unexpected(w.error());
  float const alpha = from.attributes.real("alpha", 1.0f), beta = from.attributes.real("beta", 1.0f);
  bool const turned = from.attributes.flag("transA"), units_first = from.attributes.flag("transB");
  if (auto known = from.attributes.finish(); !known) return known;
  if (a->stated.rank() != 2) {
    return fail(errc::invalid_graph, "its input " + describe(a->stated) + " is not of rank 2");
  }
  if (turned) {
    auto const settled = from.writer.settled(*a);
    if (!settled) return unexpected(settled.error());
    dimension_order axes;
    axes.push_back(1);
    axes.push_back(0);
    a = transposed(*settled, axes);
  }
  auto const bias = gemm_bias(from, w->shape[units_first ? 0 : 1], beta);
  if (!bias) return unexpected(bias.error());
  return give_dense(from, *a, *w, units_first, alpha, *bias);
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
