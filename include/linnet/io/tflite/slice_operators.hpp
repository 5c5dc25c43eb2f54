// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include <linnet/io/slice_range.hpp>
#include <linnet/io/tflite/stated_operator.hpp>

namespace linnet::inline LINNET_ISA::io::tflite {

namespace detail {

/// One number for each dimension of the operand.
[[nodiscard]] inline result<integer_list> numbers_of_dimensions(stated_operator const& from, std::size_t i) {
  auto const list = from.tensors.integers(from.inputs[i]);
  if (!list || list->size() == from.first.shape.rank()) return list;
  return fail(errc::invalid_graph, "input " + std::to_string(i) + " has " + std::to_string(list->size()) +
                                       " numbers for rank " + std::to_string(from.first.shape.rank()));
}

/// A size of -1 means up to the end.
[[nodiscard]] inline result<void> read_slice(stated_operator const& from, node& into) {
  auto const begins = numbers_of_dimensions(from, 1), sizes = numbers_of_dimensions(from, 2);
  if (!begins) return unexpected(begins.error());
  if (!sizes) return unexpected(sizes.error());
  shape const& s = from.first.shape;
  into.axes = whole_slice(s.rank()).axes;
  for (std::size_t i = 0; i < s.rank(); ++i) {
    std::int64_t const begin = (*begins)[i], size = (*sizes)[i];
    bool const fits = begin >= 0 && begin < s[i] && size >= -1 && size <= s[i] - begin;
    if (!fits) {
      return fail(errc::invalid_graph, "dimension " + std::to_string(i) + ": " + std::to_string(size) +
                                           " entries from " + std::to_string(begin) + " on of " +
                                           std::to_string(s[i]));
    }
    if (auto set = set_slice(into, i, s[i], {begin, size < 0 ? s[i] : begin + size}); !set) return set;
  }
  return {};
}

/// Masks: bit i of `begin` or `end` leaves that end open, of `shrink` takes one entry and drops the
/// dimension.
[[nodiscard]] inline result<void> read_strided_slice(stated_operator const& from, node& into) {
  using f = strided_slice_fields;
  auto const mask = [&](unsigned field) {
    return static_cast<std::uint32_t>(from.options.number<std::int32_t>(field));
  };
  if (mask(f::ellipsis_mask) != 0 || mask(f::new_axis_mask) != 0)
    return fail(errc::not_supported, "an ellipsis or a new axis in a strided slice is not supported");
  if (mask(f::offset) != 0) return fail(errc::not_supported, "ends as offsets are not supported");
  auto const begins = numbers_of_dimensions(from, 1), ends = numbers_of_dimensions(from, 2),
             steps = numbers_of_dimensions(from, 3);
  if (!begins) return unexpected(begins.error());
  if (!ends) return unexpected(ends.error());
  if (!steps) return unexpected(steps.error());
  shape const& s = from.first.shape;
  into.axes = whole_slice(s.rank()).axes;
  for (std::size_t i = 0; i < s.rank(); ++i) {
    auto const has = [&](unsigned field) { return (mask(field) >> i & 1u) != 0; };
    constexpr std::int64_t far = std::numeric_limits<std::int32_t>::max();
    std::int64_t const step = (*steps)[i];
    slice_range range{(*begins)[i], (*ends)[i], step};
    if (has(f::begin_mask)) range.begin = step > 0 ? 0 : far;
    if (has(f::end_mask)) range.end = step > 0 ? far : -far;
    if (has(f::shrink_axis_mask)) {
      std::int64_t const at = range.begin < 0 ? range.begin + s[i] : range.begin;
      if (at < 0 || at >= s[i])
        return fail(errc::invalid_graph, "entry " + std::to_string(range.begin) + " of dimension " +
                                             std::to_string(i) + ", which has " + std::to_string(s[i]));
      range = {at, at + 1};
    }
    if (auto set = set_slice(into, i, s[i], range); !set) return set;
  }
  return {};
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::tflite
