// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <linnet/io/onnx/folded_numbers.hpp>
#include <linnet/io/onnx/shape_operators.hpp>

// Reductions of constants: what exporters count elements with. Of no elements, too.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// What a reduction of no elements makes: it changes nothing that it is combined with.
template <class Number>
[[nodiscard]] Number neutral_number(std::string_view name, int data_type) {
  if (name == "ReduceProd") return Number{1};
  if (name != "ReduceMax" && name != "ReduceMin") return Number{};
  Number made{};
  with_stored_type(data_type, [&]<class T>(std::type_identity<T>) {
    using limits = std::numeric_limits<T>;
    if constexpr (limits::has_infinity) {
      made = static_cast<Number>(name == "ReduceMax" ? -limits::infinity() : limits::infinity());
    } else {
      made = static_cast<Number>(name == "ReduceMax" ? limits::lowest() : limits::max());
    }
  });
  return made;
}

/// The reduction so far and one more element.
template <class Number>
[[nodiscard]] Number reduced_with(std::string_view name, Number so_far, Number next) {
  bool sound = true;
  if (name == "ReduceMax") return std::max(so_far, next);
  if (name == "ReduceMin") return std::min(so_far, next);
  if (name == "ReduceProd") return computed("Mul", so_far, next, sound);
  if (name == "ReduceSumSquare") next = computed("Mul", next, next, sound);
  return computed("Add", so_far, next, sound);
}

/// From which operator set on a reduction has its axes as an input.
[[nodiscard]] constexpr std::int64_t axes_as_input(std::string_view name) {
  return name == "ReduceSum" ? 13 : 18;
}

[[nodiscard]] inline result<void> fold_reduction(stated_operator& from) {
  auto const x = from.any_constant(0);
  if (!x) return unexpected(x.error());
  std::string const& name = from.stated.op_type();
  std::int64_t const since = axes_as_input(name);
  auto const axes = read_axes(from, since);
  if (!axes) return unexpected(axes.error());
  bool const keeps = from.attributes.flag("keepdims", true),
             empty_is_none = from.attributes.flag("noop_with_empty_axes") && from.opset >= since;
  if (auto known = from.attributes.finish(); !known) return known;
  shape const& s = x->shape;
  auto reduced = marked(*axes, s.rank());
  if (!reduced) return unexpected(reduced.error());
  if (axes->empty() && !empty_is_none) reduced->assign(s.rank(), true);
  shape kept, to;
  for (std::size_t i = 0; i < s.rank(); ++i) {
    kept.push_back((*reduced)[i] ? 1 : s[i]);
    if (!(*reduced)[i] || keeps) to.push_back(kept[i]);
  }
  auto const bytes = static_cast<std::size_t>(kept.elements()) * sizeof(double);
  if (auto room = from.writer.expect_room(bytes); !room) return room;
  return with_computed_type(x->data_type(), [&]<class Number>(Number) {
    std::vector<Number> made(static_cast<std::size_t>(kept.elements()),
                             neutral_number<Number>(name, x->data_type()));
    auto const numbers = numbers_of<Number>(*x);
    auto const places = numbers.empty() ? std::vector<std::size_t>{} : repeated_indices(kept, s);
    for (std::size_t i = 0; i < numbers.size(); ++i)
      made[places[i]] = reduced_with(name, made[places[i]], numbers[i]);
    return give_numbers(from, x->data_type(), to, made);
  });
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
