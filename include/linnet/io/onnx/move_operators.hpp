// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/graph/shape_inference.hpp>
#include <linnet/io/onnx/folded_numbers.hpp>
#include <linnet/io/onnx/function_operators.hpp>
#include <linnet/io/slice_range.hpp>

// Operators that repeat, pick and rearrange elements: slices side by side, and transposes.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// How many slices, or copies, one operator may be.
inline constexpr std::size_t most_parts = 1u << 12;

/// Tensors side by side along one place of their stored order; one alone is what it is.
[[nodiscard]] inline result<tensor_id> side_by_side(stated_operator& from,
                                                    std::vector<tensor_id> const& parts, std::size_t place,
                                                    std::string const& name) {
  if (parts.size() == 1) return parts.front();
  if (parts.size() > most_parts) {
    return fail(errc::too_large, std::to_string(parts.size()) + " parts of one tensor, the limit is " +
                                     std::to_string(most_parts));
  }
  node n;
  n.kind = op::concat;
  n.axes.push_back(static_cast<std::int32_t>(place));
  return from.writer.add_node(n, parts, name);
}

/// So many copies of a tensor side by side.
[[nodiscard]] inline result<tensor_id> repeated(stated_operator& from, tensor_id id, std::size_t place,
                                                std::int64_t count, std::string const& name) {
  if (count > static_cast<std::int64_t>(most_parts)) {
    return fail(errc::too_large,
                std::to_string(count) + " copies of one tensor, the limit is " + std::to_string(most_parts));
  }
  return side_by_side(from, std::vector<tensor_id>(static_cast<std::size_t>(count), id), place, name);
}

[[nodiscard]] inline result<void> read_tile(stated_operator& from) {
  auto const x = from.settled_activation(0);
  if (!x) return unexpected(x.error());
  auto const counts = from.integers(1);
  if (!counts) return unexpected(counts.error());
  if (auto known = from.attributes.finish(); !known) return known;
  if (counts->size() != x->stated.rank()) {
    return fail(errc::invalid_graph, std::to_string(counts->size()) + " numbers of copies for " +
                                         std::to_string(x->stated.rank()) + " dimensions");
  }
  tensor_id made = x->id;
  for (std::size_t d = 0; d < counts->size(); ++d) {
    if ((*counts)[d] < 1) return fail(errc::not_supported, "no copies of a tensor are not supported");
    auto const place = static_cast<std::size_t>(place_of(x->order, static_cast<std::int32_t>(d)));
    auto const id = repeated(from, made, place, (*counts)[d], from.node_name() + "/" + std::to_string(d));
    if (!id) return unexpected(id.error());
    made = *id;
  }
  return from.give(from.value_of(made, x->order));
}

/// Floats times ones of the extents that are new; integers as copies.
[[nodiscard]] inline result<void> read_expand(stated_operator& from) {
  auto const x = from.settled_activation(0);
  if (!x) return unexpected(x.error());
  auto const asked = from.integers(1);
  if (!asked) return unexpected(asked.error());
  if (auto known = from.attributes.finish(); !known) return known;
  auto const least = shape_of(*asked, 1);
  if (!least) return unexpected(least.error());
  auto const to = linnet::detail::broadcast_shape(x->stated, *least);
  if (!to) return fail(errc::invalid_graph, describe(x->stated) + " and " + describe(*least) + " do not fit");
  if (to->elements(max_elements) < 0) return fail(errc::too_large, describe(*to) + " is too large");
  std::size_t const rank = to->rank();
  dimension_order const order = rank > x->stated.rank() ? stated_order(rank) : x->order;
  auto made = operand_in_order(from, 0, order);
  if (!made) return unexpected(made.error());
  shape ones;
  shape const present = with_rank(x->stated, rank);
  for (std::size_t d = 0; d < rank; ++d) ones.push_back(present[d] == (*to)[d] ? 1 : (*to)[d]);
  if (from.writer.view().tensor(*made).type == f32 && !from.writer.is_whole(*made) && ones.elements() > 1) {
    auto const bytes = static_cast<std::size_t>(ones.elements()) * sizeof(float);
    if (auto room = from.writer.expect_room(bytes); !room) return room;
    std::vector<float> const values(static_cast<std::size_t>(ones.elements()), 1.0f);
    auto const factor = from.writer.add_constant(permuted(ones, order), values, from.node_name() + "/ones");
    if (!factor) return unexpected(factor.error());
    return from.give_node({.kind = op::binary, .binary = binary_function::mul}, {*made, *factor}, order);
  }
  for (std::size_t d = 0; d < rank && made; ++d) {
    auto const place = static_cast<std::size_t>(place_of(order, static_cast<std::int32_t>(d)));
    made = repeated(from, *made, place, ones[d], from.node_name() + "/" + std::to_string(d));
  }
  return made ? from.give(from.value_of(*made, order)) : unexpected(made.error());
}

/// Entries of one place of a tensor's stored order, each in [0, extent): equal steps are one slice.
[[nodiscard]] inline result<tensor_id> picked(stated_operator& from, tensor_id id, std::size_t place,
                                              std::vector<std::int64_t> const& indices) {
  shape const s = from.writer.view().tensor(id).shape;
  std::string const name = from.node_name();
  std::vector<tensor_id> parts;
  for (std::size_t first = 0; first < indices.size();) {
    std::size_t last = first;
    std::int64_t const step = first + 1 < indices.size() ? indices[first + 1] - indices[first] : 0;
    while (step != 0 && last + 1 < indices.size() && indices[last + 1] - indices[last] == step) ++last;
    bool const is_all = step == 1 && indices[first] == 0 && indices[last] + 1 == s[place];
    if (!is_all) {
      node n = whole_slice(s.rank());
      // Backwards down to the first entry: an end of -1 would be the last one.
      std::int64_t const before = indices[last] > 0 ? indices[last] - 1 : -1 - std::int64_t{s[place]};
      std::int64_t const end = step < 0 ? before : indices[last] + 1;
      if (auto set = set_slice(n, place, s[place], {indices[first], end, step == 0 ? 1 : step}); !set)
        return unexpected(set.error());
      auto const part =
          from.writer.add_node(n, {id}, name + "/" + std::to_string(parts.size()), sliced(s, n));
      if (!part) return part;
      parts.push_back(*part);
    } else {
      parts.push_back(id);
    }
    if (parts.size() > most_parts)
      return fail(errc::too_large, "more than " + std::to_string(most_parts) + " parts of one tensor");
    first = last + 1;
  }
  return side_by_side(from, parts, place, name);
}

/// Indices of an operator, of which negative ones count from behind; and their shape.
struct stated_indices {
  shape stated{};
  std::vector<std::int64_t> numbers{};
};
[[nodiscard]] inline result<stated_indices> read_indices(stated_operator& from, int i, std::int64_t extent) {
  auto const c = from.any_constant(i);
  if (!c) return unexpected(c.error());
  if (c->size() == 0) return fail(errc::not_supported, from.input_in_words(i) + "has no elements");
  if (auto room = from.writer.expect_room(c->size() * sizeof(std::int64_t)); !room)
    return unexpected(room.error());
  stated_indices made{c->shape, numbers_of<std::int64_t>(*c)};
  for (std::int64_t& index : made.numbers) {
    if (index < -extent || index >= extent) {
      return fail(errc::invalid_graph,
                  "index " + std::to_string(index) + " of " + std::to_string(extent) + " entries");
    }
    if (index < 0) index += extent;
  }
  return made;
}

/// Entries of one dimension; the indices' shape takes its place.
[[nodiscard]] inline result<void> read_gather(stated_operator& from) {
  auto const x = from.settled_activation(0);
  if (!x) return unexpected(x.error());
  auto const axis = dimension(from.attributes.integer("axis", 0), x->stated.rank());
  if (auto known = from.attributes.finish(); !known) return known;
  if (!axis) return unexpected(axis.error());
  auto const d = static_cast<std::size_t>(*axis);
  auto const indices = read_indices(from, 1, x->stated[d]);
  if (!indices) return unexpected(indices.error());
  if (x->stated.rank() - 1 + indices->stated.rank() > max_rank)
    return fail(errc::not_supported, "a rank over " + std::to_string(max_rank));
  auto const place = static_cast<std::size_t>(place_of(x->order, *axis));
  auto const id = picked(from, x->id, place, indices->numbers);
  if (!id) return unexpected(id.error());
  stored_value made = from.value_of(*id, x->order);
  made.stated = {};
  for (std::size_t i = 0; i < x->stated.rank(); ++i) {
    if (i != d) made.stated.push_back(x->stated[i]);
    for (std::size_t k = 0; i == d && k < indices->stated.rank(); ++k)
      made.stated.push_back(indices->stated[k]);
  }
  return from.give(made);
}

/// Elements that differ from their place in one dimension only: picked from the tensor as one list.
[[nodiscard]] inline result<void> read_gather_elements(stated_operator& from) {
  auto const value = from.settled_activation(0);
  if (!value) return unexpected(value.error());
  shape const& s = value->stated;
  auto const axis = dimension(from.attributes.integer("axis", 0), s.rank());
  if (auto known = from.attributes.finish(); !known) return known;
  if (!axis) return unexpected(axis.error());
  auto const d = static_cast<std::size_t>(*axis);
  auto const indices = read_indices(from, 1, s[d]);
  if (!indices) return unexpected(indices.error());
  shape const& to = indices->stated;
  bool fits = to.rank() == s.rank();
  for (std::size_t i = 0; fits && i < s.rank(); ++i) fits = i == d || to[i] <= s[i];
  if (!fits)
    return fail(errc::invalid_graph, "indices " + describe(to) + " do not fit its input " + describe(s));
  std::vector<std::int64_t> flat;
  for (std::size_t at = 0; at < indices->numbers.size(); ++at) {
    std::int64_t rest = static_cast<std::int64_t>(at), index = 0, stride = 1;
    for (std::size_t i = s.rank(); i-- > 0;) {
      index += stride * (i == d ? indices->numbers[at] : rest % to[i]);
      rest /= to[i];
      stride *= s[i];
    }
    flat.push_back(index);
  }
  auto const x = from.writer.in_order(*value, stated_order(s.rank()));
  if (!x) return unexpected(x.error());
  auto const list = from.writer.view_as(x->id, {static_cast<std::int32_t>(s.elements())});
  if (!list) return unexpected(list.error());
  auto const made = picked(from, *list, 0, flat);
  if (!made) return unexpected(made.error());
  auto const id = from.writer.view_as(*made, to);
  return id ? from.give(from.value_of(*id, stated_order(to.rank()))) : unexpected(id.error());
}

/// The image as (batch, rows, columns, ..) of rank 6, its dimensions moved, as an image again.
[[nodiscard]] inline result<void> give_rearranged(stated_operator& from, tensor_id id, shape const& split,
                                                  std::vector<std::int32_t> const& axes, shape const& to) {
  auto const parts = from.writer.view_as(id, split);
  if (!parts) return unexpected(parts.error());
  node n;
  n.kind = op::transpose;
  for (std::int32_t axis : axes) n.axes.push_back(axis);
  auto const moved = from.writer.add_node(n, {*parts}, from.node_name() + "/moved");
  if (!moved) return unexpected(moved.error());
  auto const made = from.writer.view_as(*moved, to);
  return made ? from.give(from.value_of(*made, channels_last(4))) : unexpected(made.error());
}

/// The largest edge of a block: its square is an int32.
inline constexpr std::int32_t most_block = 1 << 14;

/// The edge of the blocks of pixels that channels become, or come from.
[[nodiscard]] inline result<std::int32_t> block_size(stated_operator& from) {
  std::int64_t const size = from.attributes.integer("blocksize", 0);
  if (size < 1 || size > most_block)
    return fail(errc::invalid_graph, "its blocksize is " + std::to_string(size));
  return static_cast<std::int32_t>(size);
}
/// Channels become blocks of pixels: DCR counts the places of a block outside of the channels, CRD inside.
[[nodiscard]] inline result<void> read_depth_to_space(stated_operator& from) {
  auto const x = image(from);
  if (!x) return unexpected(x.error());
  auto const block = block_size(from);
  std::string const mode = from.attributes.text("mode", "DCR");
  if (auto known = from.attributes.finish(); !known) return known;
  if (!block) return unexpected(block.error());
  if (mode != "DCR" && mode != "CRD") return fail(errc::malformed, "its mode is " + in_quotes(mode));
  std::int32_t const n = x->stated[0], channels = x->stated[1], rows = x->stated[2], columns = x->stated[3],
                     b = *block;
  if (channels % (b * b) != 0) {
    return fail(errc::invalid_graph, std::to_string(channels) + " channels do not make blocks of " +
                                         std::to_string(b) + " by " + std::to_string(b));
  }
  std::int32_t const left = channels / (b * b);
  shape const to{n, rows * b, columns * b, left};
  if (mode == "DCR")
    return give_rearranged(from, x->id, {n, rows, columns, b, b, left}, {0, 1, 3, 2, 4, 5}, to);
  return give_rearranged(from, x->id, {n, rows, columns, left, b, b}, {0, 1, 4, 2, 5, 3}, to);
}

/// Blocks of pixels become channels.
[[nodiscard]] inline result<void> read_space_to_depth(stated_operator& from) {
  auto const x = image(from);
  if (!x) return unexpected(x.error());
  auto const block = block_size(from);
  if (auto known = from.attributes.finish(); !known) return known;
  if (!block) return unexpected(block.error());
  std::int32_t const n = x->stated[0], channels = x->stated[1], rows = x->stated[2], columns = x->stated[3],
                     b = *block;
  if (rows % b != 0 || columns % b != 0) {
    return fail(errc::invalid_graph, describe(x->stated) + " is not made of blocks of " + std::to_string(b) +
                                         " by " + std::to_string(b));
  }
  return give_rearranged(from, x->id, {n, rows / b, b, columns / b, b, channels}, {0, 1, 3, 2, 4, 5},
                         {n, rows / b, columns / b, b * b * channels});
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
