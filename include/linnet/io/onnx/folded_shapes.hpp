// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <linnet/io/onnx/folded_numbers.hpp>

// Operators on constants alone that make lists, and shapes.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// first, first + step, ... below the limit.
[[nodiscard]] inline result<void> fold_range(stated_operator& from) {
  auto const all = constants_of(from);
  if (!all) return unexpected(all.error());
  if (auto known = from.attributes.finish(); !known) return known;
  int const type = all->front().data_type();
  for (constant const& c : *all) {
    if (c.size() != 1 || c.data_type() != type)
      return fail(errc::invalid_graph, "it needs three numbers of one type");
  }
  return with_computed_type(type, [&]<class Number>(Number) -> result<void> {
    Number const first = numbers_of<Number>((*all)[0])[0], limit = numbers_of<Number>((*all)[1])[0],
                 step = numbers_of<Number>((*all)[2])[0];
    double const span = static_cast<double>(limit) - static_cast<double>(first);
    double const count = std::ceil(span / static_cast<double>(step));
    if (step == Number{} || !(count <= static_cast<double>(max_elements)))
      return fail(errc::too_large, "a range of too many numbers");
    std::vector<Number> made;
    auto const bytes = static_cast<std::size_t>(std::max(count, 0.0)) * sizeof(Number);
    if (auto room = from.writer.expect_room(bytes); !room) return room;
    bool sound = true;
    for (double i = 0; i < count; i += 1.0) {
      Number const steps = computed("Mul", static_cast<Number>(i), step, sound);
      made.push_back(computed("Add", first, steps, sound));
    }
    return give_numbers(from, type, shape{static_cast<std::int32_t>(made.size())}, made);
  });
}

/// One number, FLOAT 0 where none is stated, everywhere.
[[nodiscard]] inline result<void> fold_constant_of_shape(stated_operator& from) {
  auto const extents = from.integers(0);
  if (!extents) return unexpected(extents.error());
  auto const* const stated = from.attributes.tensor("value");
  if (auto known = from.attributes.finish(); !known) return known;
  auto const to = shape_of(*extents, 0);
  if (!to) return unexpected(to.error());
  auto const count = static_cast<std::size_t>(to->elements());
  if (auto room = from.writer.expect_room(count * sizeof(double)); !room) return room;
  if (stated == nullptr)
    return give_numbers(from, proto::TensorProto_DataType_FLOAT, *to, std::vector<double>(count));
  auto const value = read_constant(*stated);
  if (!value) return unexpected(value.error());
  if (value->size() != 1) return fail(errc::invalid_graph, "its value is not one number");
  return with_computed_type(value->data_type(), [&]<class Number>(Number) {
    return give_numbers(from, value->data_type(), *to,
                        std::vector<Number>(count, numbers_of<Number>(*value)[0]));
  });
}

/// The extents of an input, or some of them: known, whatever the input is.
[[nodiscard]] inline result<void> fold_shape(stated_operator& from) {
  auto const value = from.input(0);
  if (!value) return unexpected(value.error());
  shape s = value->activation.stated;
  if (value->is_constant()) {
    auto const c = from.any_constant(0);
    if (!c) return unexpected(c.error());
    s = c->shape;
  }
  auto const rank = static_cast<std::int64_t>(s.rank());
  auto const inside = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? std::max(at, -rank) + rank : at, 0, rank);
  };
  std::int64_t const first = inside(from.attributes.integer("start", 0)),
                     last = inside(from.attributes.integer("end", rank));
  if (auto known = from.attributes.finish(); !known) return known;
  std::vector<std::int64_t> extents;
  for (std::int64_t i = first; i < last; ++i) extents.push_back(s[static_cast<std::size_t>(i)]);
  return give_numbers(from, proto::TensorProto_DataType_INT64,
                      shape{static_cast<std::int32_t>(extents.size())}, extents);
}

/// Constants side by side.
[[nodiscard]] inline result<void> fold_concat(stated_operator& from) {
  auto const all = constants_of(from);
  if (!all) return unexpected(all.error());
  shape to = all->front().shape;
  int const type = all->front().data_type();
  auto const axis = dimension(from.attributes.integer("axis", 1), to.rank());
  if (auto known = from.attributes.finish(); !known) return known;
  if (!axis) return unexpected(axis.error());
  auto const d = static_cast<std::size_t>(*axis);
  std::int64_t sum = 0;
  std::size_t rows = 1;
  for (std::size_t i = 0; i < d; ++i) rows *= static_cast<std::size_t>(to[i]);
  for (constant const& c : *all) {
    if (c.shape.rank() != to.rank() || c.data_type() != type)
      return fail(errc::invalid_graph, "its inputs differ in rank or type");
    sum += c.shape[d];
    to[d] = c.shape[d];
    if (!(c.shape == to)) return fail(errc::invalid_graph, "its inputs differ in more than one dimension");
  }
  to[d] = saturate<std::int32_t>(sum);
  if (to.elements(max_elements) < 0) return fail(errc::too_large, "its result is too large");
  auto const bytes = static_cast<std::size_t>(to.elements()) * sizeof(std::uint64_t);
  if (auto room = from.writer.expect_room(bytes); !room) return room;
  return with_computed_type(type, [&]<class Number>(Number) {
    std::vector<Number> made;
    std::vector<std::vector<Number>> parts;  // without empty ones: none where there are no elements
    for (constant const& c : *all) {
      if (c.size() > 0) parts.push_back(numbers_of<Number>(c));
    }
    for (std::size_t row = 0; row < rows && !parts.empty(); ++row) {
      for (std::vector<Number> const& numbers : parts) {
        auto const part = static_cast<std::ptrdiff_t>(numbers.size() / rows),
                   begin = part * static_cast<std::ptrdiff_t>(row);
        made.insert(made.end(), numbers.begin() + begin, numbers.begin() + begin + part);
      }
    }
    return give_numbers(from, type, to, made);
  });
}

/// Entries of one dimension of constants; a negative index counts from behind.
[[nodiscard]] inline result<void> fold_gather(stated_operator& from) {
  auto const data = from.any_constant(0), where = from.any_constant(1);
  if (!data) return unexpected(data.error());
  if (!where) return unexpected(where.error());
  auto const axis = dimension(from.attributes.integer("axis", 0), data->shape.rank());
  if (auto known = from.attributes.finish(); !known) return known;
  if (!axis) return unexpected(axis.error());
  auto const d = static_cast<std::size_t>(*axis);
  std::int64_t const extent = data->shape[d];
  shape to;
  std::size_t outer = 1, inner = 1;
  auto const append = [&](std::int32_t e) {
    if (to.full()) return false;
    to.push_back(e);
    return true;
  };
  bool fits = true;
  for (std::size_t i = 0; i < data->shape.rank(); ++i) {
    if (i < d) outer *= static_cast<std::size_t>(data->shape[i]);
    if (i > d) inner *= static_cast<std::size_t>(data->shape[i]);
    if (i != d) fits = fits && append(data->shape[i]);
    for (std::size_t k = 0; i == d && k < where->shape.rank(); ++k) fits = fits && append(where->shape[k]);
  }
  if (!fits || to.elements(max_elements) < 0) return fail(errc::too_large, "its result is too large");
  auto const bytes = static_cast<std::size_t>(to.elements()) * sizeof(double);
  if (auto room = from.writer.expect_room(bytes); !room) return room;
  auto const indices = numbers_of<std::int64_t>(*where);
  for (std::int64_t index : indices) {
    if (index < -extent || index >= extent)
      return fail(errc::invalid_graph,
                  "index " + std::to_string(index) + " of " + std::to_string(extent) + " entries");
  }
  return with_computed_type(data->data_type(), [&]<class Number>(Number) {
    auto const numbers = numbers_of<Number>(*data);
    std::vector<Number> made;
    for (std::size_t o = 0; o < outer && to.elements() > 0; ++o) {
      for (std::int64_t index : indices) {
        auto const at = static_cast<std::size_t>(index < 0 ? index + extent : index);
        auto const begin = numbers.begin() +
                           static_cast<std::ptrdiff_t>((o * static_cast<std::size_t>(extent) + at) * inner);
        made.insert(made.end(), begin, begin + static_cast<std::ptrdiff_t>(inner));
      }
    }
    return give_numbers(from, data->data_type(), to, made);
  });
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
