// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <linnet/graph/edges.hpp>
#include <linnet/io/axis.hpp>
#include <linnet/io/slice_range.hpp>
#include <linnet/io/tflite/stated_operator.hpp>
#include <linnet/io/tflite/window_operators.hpp>

// Operators that become several nodes, or have several results.
namespace linnet::inline LINNET_ISA::io::tflite {

/// Such an operator as the file states it, its results as the network numbers them, and the network.
struct composed_operator {
  table options;                                       ///< absent where the file has none
  number_list<std::int32_t> inputs;                    ///< as the file numbers them
  std::vector<tensor_id> outputs;                      ///< as the network numbers them
  tensor_reader& tensors;                              ///< of the file
  dynamic_graph& graph;                                ///< of the network
  std::vector<std::span<std::byte const>>& constants;  ///< bytes of each tensor; empty: no constant
  std::int32_t source;                                 ///< index of the operator in the file

  /// Input i as the network numbers it.
  [[nodiscard]] result<tensor_id> operand(std::size_t i) const { return tensors.use(inputs[i]); }
  /// A tensor of the network.
  [[nodiscard]] tensor_info info(tensor_id id) const { return tensors.info(id); }

  /// Another tensor like this one, of this shape.
  tensor_id add_tensor(tensor_info like, linnet::shape const& s, std::string const& suffix) {
    like.shape = s;
    like.role = tensor_role::activation;
    std::string const name(graph.view().name(like));
    like.name = graph.add_name(name.substr(0, tensor_reader::most_name_bytes - suffix.size()) + suffix);
    graph.tensors.push_back(like);
    constants.emplace_back();
    return static_cast<tensor_id>(graph.tensors.size()) - 1;
  }
  /// Appends a node that makes `output` of `operands`.
  void add_node(node made, std::vector<tensor_id> const& operands, tensor_id output) {
    made.source = source;
    made.inputs = graph.add_edges(operands);
    made.outputs = graph.add_edges({&output, 1});
    graph.nodes.push_back(made);
  }
};

/// Brings such an operator into the network.
using composed_reader = result<void> (*)(composed_operator&);

namespace detail {

/// One slice for each output: so many entries of dimension `axis`.
[[nodiscard]] inline result<void> give_parts(composed_operator& to, tensor_id x, std::int64_t axis,
                                             std::vector<std::int64_t> const& sizes) {
  shape const s = to.info(x).shape;
  auto const d = dimension(axis, s.rank());
  if (!d) return unexpected(d.error());
  auto const at = static_cast<std::size_t>(*d);
  if (std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}) != s[at]) {
    return fail(errc::invalid_graph,
                "its parts are not those of " + std::to_string(s[at]) + " entries of its input");
  }
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    node n = whole_slice(s.rank());
    if (auto set = set_slice(n, at, s[at], {begin, begin + sizes[i]}); !set) return set;
    begin += sizes[i];
    to.add_node(n, {x}, to.outputs[i]);
  }
  return {};
}

/// Equal parts along the dimension that input 0 names.
[[nodiscard]] inline result<void> read_split(composed_operator& to) {
  auto const axis = to.tensors.integers(to.inputs[0]);
  if (!axis) return unexpected(axis.error());
  auto const x = to.operand(1);
  if (!x) return unexpected(x.error());
  shape const s = to.info(*x).shape;
  auto const d = dimension((*axis)[0], s.rank());
  if (!d) return unexpected(d.error());
  std::size_t const parts = to.outputs.size();
  std::int64_t const part = s[static_cast<std::size_t>(*d)] / static_cast<std::int64_t>(parts);
  return give_parts(to, *x, *d, std::vector<std::int64_t>(parts, part));
}

/// Parts of the sizes that input 1 states, along the dimension that input 2 names; one -1 takes what is left.
[[nodiscard]] inline result<void> read_split_v(composed_operator& to) {
  auto const x = to.operand(0);
  if (!x) return unexpected(x.error());
  auto const stated = to.tensors.integers(to.inputs[1]), axis = to.tensors.integers(to.inputs[2]);
  if (!stated) return unexpected(stated.error());
  if (!axis) return unexpected(axis.error());
  shape const s = to.info(*x).shape;
  auto const d = dimension((*axis)[0], s.rank());
  if (!d) return unexpected(d.error());
  std::vector<std::int64_t> sizes(stated->begin(), stated->end());
  if (sizes.size() != to.outputs.size()) {
    return fail(errc::invalid_graph,
                std::to_string(sizes.size()) + " sizes of " + std::to_string(to.outputs.size()) + " outputs");
  }
  std::int64_t left = s[static_cast<std::size_t>(*d)];
  for (std::int64_t size : sizes) {
    bool const sound = size >= -1 && size <= left;
    if (!sound) return fail(errc::invalid_graph, "a part of " + std::to_string(size) + " entries");
    if (size > 0) left -= size;
  }
  for (std::int64_t& size : sizes) {
    if (size != -1) continue;
    size = left;
    left = 0;
  }
  return give_parts(to, *x, *d, sizes);
}

/// Inputs of one shape side by side along a new dimension.
[[nodiscard]] inline result<void> read_pack(composed_operator& to) {
  using f = pack_fields;
  node joined;
  joined.kind = op::concat;
  std::vector<tensor_id> parts;
  for (std::size_t i = 0; i < to.inputs.size(); ++i) {
    auto const x = to.operand(i);
    if (!x) return unexpected(x.error());
    tensor_info const from = to.info(*x);
    if (from.shape.full()) return fail(errc::not_supported, "a rank over " + std::to_string(max_rank));
    auto const axis = dimension(to.options.number<std::int32_t>(f::axis), from.shape.rank() + 1);
    if (!axis) return unexpected(axis.error());
    shape one;
    for (std::size_t d = 0; d <= from.shape.rank(); ++d) {
      auto const at = static_cast<std::size_t>(*axis);
      one.push_back(d == at ? 1 : from.shape[d < at ? d : d - 1]);
    }
    if (i == 0) joined.axes.push_back(*axis);
    parts.push_back(to.add_tensor(from, one, "/packed"));
    node n;
    n.kind = op::reshape;
    to.add_node(n, {*x}, parts.back());
  }
  to.add_node(joined, parts, to.outputs[0]);
  return {};
}

/// One output for each entry of a dimension, which goes.
[[nodiscard]] inline result<void> read_unpack(composed_operator& to) {
  auto const x = to.operand(0);
  if (!x) return unexpected(x.error());
  return give_parts(to, *x, to.options.number<std::int32_t>(unpack_fields::axis),
                    std::vector<std::int64_t>(to.outputs.size(), 1));
}

/// Amounts of padding of one dimension, and the rule for what is there.
struct mirrored_dimension {
  std::size_t d;
  std::array<std::int64_t, 2> amounts;  // in front and behind
  edge_rule rule;
};

/// `x` of shape `s` with its edges as `output`.
[[nodiscard]] inline result<void> give_edges(composed_operator& to, tensor_id x, shape const& s,
                                             mirrored_dimension const& m, tensor_id output) {
  std::int32_t const most = most_padding(m.rule, s[m.d]);
  std::vector<tensor_id> parts{x};
  for (std::size_t i = 0; i < 2; ++i) {
    if (m.amounts[i] == 0) continue;
    if (m.amounts[i] < 0 || m.amounts[i] > most) {
      return fail(errc::invalid_graph,
                  "padding " + std::to_string(m.amounts[i]) + ", not between 0 and " + std::to_string(most));
    }
    auto const amount = static_cast<std::int32_t>(m.amounts[i]);
    shape edge = s;
    edge[m.d] = amount;
    tensor_id const made = to.add_tensor(to.info(to.outputs[0]), edge, i == 0 ? "/front" : "/back");
    to.add_node(edge_slice(s, m.d, m.rule, amount, i == 1), {x}, made);
    parts.insert(i == 0 ? parts.begin() : parts.end(), made);
  }
  node joined;
  joined.kind = op::concat;
  joined.axes.push_back(static_cast<std::int32_t>(m.d));
  to.add_node(joined, parts, output);
  return {};
}

/// Slices and a concat for each dimension that is padded.
[[nodiscard]] inline result<void> read_mirror_pad(composed_operator& to) {
  auto x = to.operand(0);
  if (!x) return unexpected(x.error());
  auto const stated = to.tensors.integers(to.inputs[1]);
  if (!stated) return unexpected(stated.error());
  auto const mode = to.options.number<std::int8_t>(mirror_pad_fields::mode);
  if (mode < 0 || mode > 1) return fail(errc::malformed, "mode " + std::to_string(mode) + " does not exist");
  bool const reflects = mode == static_cast<std::int8_t>(mirror_mode::reflect);
  shape s = to.info(*x).shape;
  if (stated->size() != 2 * s.rank()) {
    return fail(errc::invalid_graph, std::to_string(stated->size()) +
                                         " amounts of padding for a tensor of rank " +
                                         std::to_string(s.rank()));
  }
  std::vector<mirrored_dimension> padded;
  for (std::size_t d = 0; d < s.rank(); ++d) {
    std::array<std::int64_t, 2> const amounts{(*stated)[2 * d], (*stated)[2 * d + 1]};
    if (amounts[0] != 0 || amounts[1] != 0)
      padded.push_back({d, amounts, reflects ? edge_rule::reflect : edge_rule::symmetric});
  }
  for (mirrored_dimension const& m : padded) {
    shape larger = s;
    std::int64_t extent = s[m.d];
    for (std::int64_t amount : m.amounts)  // what is too much, or negative, is refused below
      extent += linnet::clamp<std::int64_t>(amount, 0, most_padding(m.rule, s[m.d]));
    if (extent > max_elements) return fail(errc::too_large, "a padded extent of " + std::to_string(extent));
    larger[m.d] = static_cast<std::int32_t>(extent);
    bool const is_last = m.d == padded.back().d;
    tensor_id const made = is_last ? to.outputs[0] : to.add_tensor(to.info(to.outputs[0]), larger, "/padded");
    if (auto given = give_edges(to, *x, s, m, made); !given) return given;
    s = larger;
    *x = made;
  }
  if (padded.empty()) to.add_node({}, {*x}, to.outputs[0]);  // a copy
  return {};
}

/// (a - b)^2 of floats.
[[nodiscard]] inline result<void> read_squared_difference(composed_operator& to) {
  auto const a = to.operand(0), b = to.operand(1);
  if (!a) return unexpected(a.error());
  if (!b) return unexpected(b.error());
  tensor_info const made = to.info(to.outputs[0]);
  if (made.type != f32) {
    return fail(errc::not_supported,
                "a squared difference of " + std::string(name_of(made.type)) + " is not supported");
  }
  tensor_id const less = to.add_tensor(made, made.shape, "/difference");
  node n;
  n.kind = op::binary;
  n.binary = binary_function::sub;
  to.add_node(n, {*a, *b}, less);
  n = {};
  n.kind = op::unary;
  n.unary = unary_function::square;
  to.add_node(n, {less}, to.outputs[0]);
  return {};
}

/// The dimension that input 1 names goes to the end first, where the kernel looks.
template <reduction R>
[[nodiscard]] result<void> read_index_of(composed_operator& to) {
  auto x = to.operand(0);
  if (!x) return unexpected(x.error());
  auto const stated = to.tensors.integers(to.inputs[1]);
  if (!stated) return unexpected(stated.error());
  tensor_info const from = to.info(*x);
  std::size_t const rank = from.shape.rank();
  auto const axis = dimension((*stated)[0], rank);
  if (!axis) return unexpected(axis.error());
  auto const last = static_cast<std::int32_t>(rank) - 1;
  if (*axis != last) {
    node moved;
    moved.kind = op::transpose;
    for (std::int32_t i = 0; i <= last; ++i) {
      if (i != *axis) moved.axes.push_back(i);
    }
    moved.axes.push_back(*axis);
    shape s;
    for (std::int32_t i : moved.axes) s.push_back(from.shape[static_cast<std::size_t>(i)]);
    tensor_id const made = to.add_tensor(from, s, "/moved");
    to.add_node(moved, {*x}, made);
    *x = made;
  }
  node n;
  n.kind = op::reduce;
  n.reduction = R;
  n.axes.push_back(last);
  to.add_node(n, {*x}, to.outputs[0]);
  return {};
}

/// The square root of the mean of squares, of floats.
[[nodiscard]] inline result<void> read_l2_pool(composed_operator& to) {
  auto const x = to.operand(0);
  if (!x) return unexpected(x.error());
  tensor_info const from = to.info(*x), made = to.info(to.outputs[0]);
  if (from.type != f32) {
    return fail(errc::not_supported,
                "an L2 pool of " + std::string(name_of(from.type)) + " is not supported");
  }
  node pool;
  if (auto read = read_pool2d({builtin::l2_pool_2d, to.options, to.inputs, to.tensors, made, from}, pool);
      !read)
    return read;
  activation const limit = std::exchange(pool.activation, activation::none);
  pool.kind = op::average_pool2d;
  tensor_id const squares = to.add_tensor(from, from.shape, "/squares"),
                  means = to.add_tensor(made, made.shape, "/means"),
                  root = limit == activation::none ? to.outputs[0] : to.add_tensor(made, made.shape, "/root");
  node n;
  n.kind = op::unary;
  n.unary = unary_function::square;
  to.add_node(n, {*x}, squares);
  to.add_node(pool, {squares}, means);
  n.unary = unary_function::sqrt;
  to.add_node(n, {means}, root);
  if (limit == activation::none) return {};
  n = {};
  n.kind = op::relu;
  n.activation = limit;
  to.add_node(n, {root}, to.outputs[0]);
  return {};
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::tflite
