// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <linnet/io/onnx/stated_operator.hpp>
#include <linnet/io/slice_range.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// The node as it is for a value's own order of dimensions.
[[nodiscard]] inline node reordered_slice(node const& n, dimension_order const& order) {
  node made = whole_slice(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    auto const from = static_cast<std::size_t>(order[i]);
    made.padding[i] = n.padding[from];
    made.axes[i] = n.axes[from];
  }
  return made;
}

[[nodiscard]] inline result<tensor_id> add_slice(stated_operator& from, node const& n, stored_value const& x,
                                                 std::string const& name) {
  node const stored = reordered_slice(n, x.order);
  return from.writer.add_node(stored, {x.id}, name, sliced(from.writer.view().tensor(x.id).shape, stored));
}

/// Input i as whole numbers; `otherwise` where it is left out.
[[nodiscard]] inline result<std::vector<std::int64_t>> integers_or(stated_operator& from, int i,
                                                                   std::vector<std::int64_t> otherwise) {
  if (from.has_input(i)) return from.integers(i);
  return otherwise;
}

/// Slice-10 has its numbers as inputs; before, they are attributes, without steps.
[[nodiscard]] inline result<void> read_slice(stated_operator& from) {
  auto const x = from.settled_activation(0);
  if (!x) return unexpected(x.error());
  std::size_t const rank = x->stated.rank();
  std::vector<std::int64_t> begins, ends, axes, steps;
  if (from.opset < 10) {
    begins = from.attributes.integers("starts").value_or(begins);
    ends = from.attributes.integers("ends").value_or(ends);
    axes = from.attributes.integers("axes").value_or(axes);
  } else {
    auto const first = from.integers(1), last = from.integers(2);
    if (!first) return unexpected(first.error());
    if (!last) return unexpected(last.error());
    auto const named = integers_or(from, 3, {}), every = integers_or(from, 4, {});
    if (!named) return unexpected(named.error());
    if (!every) return unexpected(every.error());
    begins = *first;
    ends = *last;
    axes = *named;
    steps = *every;
  }
  if (auto known = from.attributes.finish(); !known) return known;
  if (axes.empty()) {
    axes.resize(begins.size());
    std::iota(axes.begin(), axes.end(), std::int64_t{0});
  }
  steps.resize(std::max(steps.size(), begins.size()), 1);
  bool const agree =
      ends.size() == begins.size() && axes.size() == begins.size() && steps.size() == begins.size();
  if (!agree) return fail(errc::invalid_graph, "its starts, ends, axes and steps are not equally many");
  if (auto once = marked(axes, rank); !once) return unexpected(once.error());
  node n = whole_slice(rank);
  for (std::size_t i = 0; i < begins.size(); ++i) {
    auto const d = static_cast<std::size_t>(*dimension(axes[i], rank));
    if (auto set = set_slice(n, d, x->stated[d], {begins[i], ends[i], steps[i]}); !set) return set;
  }
  auto const id = add_slice(from, n, *x, from.node_name());
  return id ? from.give(from.value_of(*id, x->order)) : unexpected(id.error());
}

/// How many entries each output takes: as stated, or equal parts of which the last one may be smaller.
[[nodiscard]] inline result<std::vector<std::int64_t>> split_sizes(stated_operator& from,
                                                                   std::int64_t extent) {
  auto const outputs = static_cast<std::int64_t>(from.stated.output_size());
  std::vector<std::int64_t> sizes = from.attributes.integers("split").value_or(std::vector<std::int64_t>{});
  if (from.attributes.integer("num_outputs", outputs) != outputs)
    return fail(errc::invalid_graph, "num_outputs is not the number of its outputs");
  if (from.opset >= 13 && from.has_input(1)) {
    auto const stated = from.integers(1);
    if (!stated) return stated;
    sizes = *stated;
  }
  if (sizes.empty()) {
    std::int64_t const part = (extent + outputs - 1) / outputs;
    for (std::int64_t i = 0; i < outputs; ++i) sizes.push_back(std::min(part, extent - part * i));
  }
  std::int64_t sum = 0;
  for (std::int64_t size : sizes) {
    if (size < 1 || size > extent - sum)
      return fail(errc::not_supported, "parts without entries, or beyond the end, are not supported");
    sum += size;
  }
  if (static_cast<std::int64_t>(sizes.size()) == outputs && sum == extent) return sizes;
  return fail(errc::invalid_graph, "its parts are not those of its input");
}

/// One slice for each output.
[[nodiscard]] inline result<void> read_split(stated_operator& from) {
  auto const x = from.settled_activation(0);
  if (!x) return unexpected(x.error());
  std::size_t const rank = x->stated.rank();
  auto const axis = dimension(from.attributes.integer("axis", 0), rank);
  if (!axis) return unexpected(axis.error());
  auto const d = static_cast<std::size_t>(*axis);
  auto const sizes = split_sizes(from, x->stated[d]);
  if (!sizes) return unexpected(sizes.error());
  if (auto known = from.attributes.finish(); !known) return known;
  std::int64_t begin = 0;
  for (int i = 0; i < from.stated.output_size(); ++i) {
    node n = whole_slice(rank);
    std::int64_t const end = begin + (*sizes)[static_cast<std::size_t>(i)];
    if (auto set = set_slice(n, d, x->stated[d], {begin, end}); !set) return set;
    begin = end;
    std::string const& name = from.stated.output(i);
    if (name.empty()) continue;
    auto const id = add_slice(from, n, *x, name);
    if (!id) return unexpected(id.error());
    if (auto named = from.names.add(name, {from.value_of(*id, x->order)}); !named) return named;
  }
  return {};
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
