// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <linnet/io/onnx/window.hpp>
#include <linnet/io/slice_range.hpp>

// Pools over any number of dimensions, one after the other: the largest of a box is the largest of its rows'
// largest, and the mean of a box the mean of its rows' means, since every row of a window counts as many
// elements. The last two dimensions are one pool; a pool with dilations is as many slices as it has taps.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// How a pool moves along one dimension.
struct pooled_dimension {
  std::int32_t kernel = 1, stride = 1, dilation = 1;
  resolved_padding padding{};  ///< stated or automatic; the overhang is never counted

  /// Whether it takes every element as it is.
  [[nodiscard]] bool is_identity() const {
    return kernel == 1 && stride == 1 && padding.before + padding.after + padding.overhang == 0;
  }
};

/// A pool and the tensor that it is at, stored (batch, dimensions of the window, channels).
struct pool_state {
  bool is_average = false, counts_padding = false;
  tensor_id id = -1;
  shape stored{};  ///< extents as they are so far
};

[[nodiscard]] inline result<std::vector<pooled_dimension>> read_pooled_dimensions(stated_operator& from,
                                                                                  shape const& s) {
  std::size_t const count = s.rank() - 2;
  auto stated = read_stated_window(from.attributes, count);
  if (!stated) return unexpected(stated.error());
  if (!from.attributes.has("kernel_shape")) return fail(errc::malformed, "its kernel_shape is missing");
  stated->rule.round_up = from.attributes.flag("ceil_mode");
  std::vector<pooled_dimension> made;
  for (std::size_t i = 0; i < count; ++i) {
    if (s[i + 2] > most_image_extent) {
      return fail(errc::too_large, "an image of " + describe(s) + " under a window, the limit is " +
                                       std::to_string(most_image_extent));
    }
    pooled_dimension d{stated->kernel[i], stated->strides[i], stated->dilations[i], {}};
    if (d.kernel == 1) d.dilation = 1;
    std::int32_t const reach = (d.kernel - 1) * d.dilation + 1;
    d.padding = resolve(s[i + 2], reach, d.stride, stated->rule, {stated->pads[i], stated->pads[i + count]});
    if (d.padding.before >= reach || d.padding.after >= reach)
      return fail(errc::not_supported, "a pool with as much padding as kernel is not supported");
    made.push_back(d);
  }
  return made;
}

/// Rows and columns of an image (.., rows, columns, channels) by one node, and one in front for padding that
/// counts: linnet's average leaves padding out.
[[nodiscard]] inline result<tensor_id> add_pool(stated_operator& from, bool is_average, bool counts_padding,
                                                tensor_id id, pooled_dimension const& rows,
                                                pooled_dimension const& columns, std::string const& name) {
  resolved_padding const &v = rows.padding, &h = columns.padding;
  padding2d padding{v.before, h.before, v.after, h.after};
  if (is_average && counts_padding && padding != padding2d{}) {
    node zeros;
    zeros.kind = op::pad;
    zeros.padding[1] = {v.before, v.after};
    zeros.padding[2] = {h.before, h.after};
    auto const padded = from.writer.add_node(zeros, {id}, name + "/padded");
    if (!padded) return padded;
    id = *padded;
    padding = {};
  }
  padding.bottom += v.overhang;
  padding.right += h.overhang;
  node n;
  n.kind = is_average ? op::average_pool2d : op::max_pool2d;
  n.window = {.kernel = {rows.kernel, columns.kernel},
              .stride = {rows.stride, columns.stride},
              .dilation = {1, 1},
              .padding = padding};
  return from.writer.add_node(n, {id}, name);
}

/// How many elements each window counts. Empty where one counts none.
[[nodiscard]] inline std::vector<float> counted_taps(pooled_dimension const& d, std::int32_t extent,
                                                     std::int32_t outputs, bool counts_padding) {
  std::int32_t const first = counts_padding ? -d.padding.before : 0,
                     last = counts_padding ? extent + d.padding.after : extent;
  std::vector<float> counts;
  for (std::int32_t i = 0; i < outputs; ++i) {
    std::int32_t const begin = i * d.stride - d.padding.before;  // the first tap
    std::int32_t const skipped = begin < first ? divide_rounding_up(first - begin, d.dilation) : 0;
    std::int32_t const reached = begin < last ? divide_rounding_up(last - begin, d.dilation) : 0;
    std::int32_t const count = std::min(reached, d.kernel) - skipped;
    if (count < 1) return {};
    counts.push_back(static_cast<float>(count));
  }
  return counts;
}

/// A pool with dilation down the rows of an image: a slice for each tap, of the image and what is around it.
/// The largest of a window at the border whose elements are all -infinity is the lowest number, which is what
/// is around the image: pads are finite.
[[nodiscard]] inline result<tensor_id> add_dilated_pool(stated_operator& from, pool_state const& pool,
                                                        tensor_id id, pooled_dimension const& d,
                                                        std::string const& name) {
  graph_writer& writer = from.writer;
  std::int32_t const extent = writer.view().tensor(id).shape[1], reach = (d.kernel - 1) * d.dilation + 1;
  std::int32_t const behind = d.padding.after + d.padding.overhang,
                     whole = extent + d.padding.before + behind,
                     outputs = whole < reach ? 0 : (whole - reach) / d.stride + 1;
  if (outputs == 0) return fail(errc::invalid_graph, "its kernel is larger than its padded input");
  auto const counts = counted_taps(d, extent, outputs, pool.counts_padding);
  if (counts.empty()) return fail(errc::not_supported, "a window that lies in the padding is not supported");
  if (writer.view().tensor(id).type != f32)
    return fail(errc::not_supported, "a pool of integers with dilations is not supported");
  if (d.padding.before + behind > 0) {
    node around;
    around.kind = op::pad;
    around.padding[1] = {d.padding.before, behind};
    if (!pool.is_average) around.alpha = std::numeric_limits<float>::lowest();
    auto const padded = writer.add_node(around, {id}, name + "/padded");
    if (!padded) return padded;
    id = *padded;
  }
  node const join{.kind = op::binary,
                  .binary = pool.is_average ? binary_function::add : binary_function::maximum};
  tensor_id made = -1;
  for (std::int32_t tap = 0; tap < d.kernel; ++tap) {
    node cut = whole_slice(4);
    std::int32_t const begin = tap * d.dilation, end = begin + (outputs - 1) * d.stride + 1;
    if (auto set = set_slice(cut, 1, whole, {begin, end, d.stride}); !set) return unexpected(set.error());
    auto const part = writer.add_node(cut, {id}, name + "/tap" + std::to_string(tap),
                                      sliced(writer.view().tensor(id).shape, cut));
    if (!part) return part;
    bool const is_last = tap + 1 == d.kernel && !pool.is_average;
    auto const joined = tap == 0 ? part
                                 : writer.add_node(join, {made, *part},
                                                   is_last ? name : name + "/taps" + std::to_string(tap));
    if (!joined) return joined;
    made = *joined;
  }
  if (!pool.is_average) return made;
  auto const numbers = writer.add_constant({outputs, 1, 1}, counts, name + "/counts");
  if (!numbers) return numbers;
  return writer.add_node({.kind = op::binary, .binary = binary_function::div}, {made, *numbers}, name);
}

/// Pools dimension i of the window, as the rows of an image.
[[nodiscard]] inline result<void> pool_one(stated_operator& from, pool_state& pool, std::size_t i,
                                           pooled_dimension const& d, std::string const& name) {
  shape as_rows{1, pool.stored[i + 1], 1, pool.stored.back(0)};
  for (std::size_t k = 0; k + 1 < pool.stored.rank(); ++k) {
    if (k != i + 1) as_rows[k < i + 1 ? 0 : 2] *= pool.stored[k];
  }
  auto const seen = from.writer.view_as(pool.id, as_rows);
  if (!seen) return unexpected(seen.error());
  auto const made = d.dilation == 1 ? add_pool(from, pool.is_average, pool.counts_padding, *seen, d, {}, name)
                                    : add_dilated_pool(from, pool, *seen, d, name);
  if (!made) return unexpected(made.error());
  pool.stored[i + 1] = from.writer.view().tensor(*made).shape[1];
  pool.id = *made;
  return {};
}

/// The last two dimensions, or the only one as the columns of a single row.
[[nodiscard]] inline result<void> pool_image(stated_operator& from, pool_state& pool,
                                             std::vector<pooled_dimension> const& d) {
  std::size_t const rank = pool.stored.rank(), count = d.size();
  pooled_dimension const rows = count > 1 ? d[count - 2] : pooled_dimension{};
  shape as_image{1, count > 1 ? pool.stored[rank - 3] : 1, pool.stored[rank - 2], pool.stored[rank - 1]};
  for (std::size_t k = 0; k + (count > 1 ? 3 : 2) < rank; ++k) as_image[0] *= pool.stored[k];
  auto const seen = from.writer.view_as(pool.id, as_image);
  if (!seen) return unexpected(seen.error());
  auto const made =
      add_pool(from, pool.is_average, pool.counts_padding, *seen, rows, d[count - 1], from.node_name());
  if (!made) return unexpected(made.error());
  shape const s = from.writer.view().tensor(*made).shape;
  if (count > 1) pool.stored[rank - 3] = s[1];
  pool.stored[rank - 2] = s[2];
  pool.id = *made;
  return {};
}

[[nodiscard]] inline result<void> give_pool(stated_operator& from, bool is_average) {
  auto const value = from.settled_activation(0);
  if (!value) return unexpected(value.error());
  std::size_t const rank = value->stated.rank();
  if (rank < 3) {
    return fail(errc::invalid_graph, "its input " + describe(value->stated) + " has no rows under a window");
  }
  auto const d = read_pooled_dimensions(from, value->stated);
  if (!d) return unexpected(d.error());
  pool_state pool{.is_average = is_average};
  if (is_average) pool.counts_padding = from.attributes.flag("count_include_pad");
  if (!is_average) from.attributes.pass_over("storage_order");  // of the second result, which nobody reads
  if (auto known = from.attributes.finish(); !known) return known;
  auto const x = from.writer.in_order(*value, channels_last(rank));
  if (!x) return unexpected(x.error());
  pool.id = x->id;
  pool.stored = permuted(x->stated, channels_last(rank));
  std::size_t const last = d->size() - 1;
  bool const joint = (*d)[last].dilation == 1 && (last == 0 || (*d)[last - 1].dilation == 1);
  std::size_t const alone = joint ? last - std::min<std::size_t>(last, 1) : last + 1;
  for (std::size_t i = 0; i < alone; ++i) {
    bool const is_result = !joint && i == last;
    if ((*d)[i].is_identity() && !is_result) continue;
    std::string const name = from.node_name() + (is_result ? "" : "/" + std::to_string(i));
    if (auto done = pool_one(from, pool, i, (*d)[i], name); !done) return done;
  }
  if (joint) {
    if (auto done = pool_image(from, pool, *d); !done) return done;
  }
  auto const id = from.writer.view_as(pool.id, pool.stored);
  return id ? from.give(from.value_of(*id, channels_last(rank))) : unexpected(id.error());
}

[[nodiscard]] inline result<void> read_max_pool(stated_operator& from) { return give_pool(from, false); }
[[nodiscard]] inline result<void> read_average_pool(stated_operator& from) { return give_pool(from, true); }

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
