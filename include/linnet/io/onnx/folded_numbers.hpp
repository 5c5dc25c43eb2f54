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
#include <utility>
#include <vector>

#include <linnet/io/onnx/stated_operator.hpp>
#include <linnet/io/onnx/typed_numbers.hpp>

// Numbers of constants in the file's own types: what every operator on constants alone needs.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// The result of such an operator. Counts its bytes as they are stored.
template <class Number>
[[nodiscard]] result<void> give_numbers(stated_operator& from, int data_type, shape const& s,
                                        std::vector<Number> const& numbers) {
  auto bytes = stored_as(data_type, numbers);
  if (auto room = from.writer.reserve(bytes.size()); !room) return room;
  return from.give(from.names.keep_bytes(s, data_type, std::move(bytes)));
}

/// Constants of all inputs from `first` on.
[[nodiscard]] inline result<std::vector<constant>> constants_of(stated_operator const& from, int first = 0) {
  std::vector<constant> all;
  for (int i = first; i < from.stated.input_size(); ++i) {
    auto const c = from.any_constant(i);
    if (!c) return unexpected(c.error());
    all.push_back(*c);
  }
  return all;
}

/// For each element of a shape, in order, the index of the element of `from` that is repeated there. Empty
/// where `from` cannot be repeated to that shape.
[[nodiscard]] inline std::vector<std::size_t> repeated_indices(shape const& from, shape const& to) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < from.rank(); ++i) {
    if (from.back(i) != 1 && (i >= to.rank() || from.back(i) != to.back(i))) return indices;
  }
  auto const count = static_cast<std::size_t>(to.elements());
  for (std::size_t at = 0; at < count; ++at) {
    std::size_t rest = at, index = 0, step = 1;
    for (std::size_t i = 0; i < to.rank(); ++i) {
      auto const extent = static_cast<std::size_t>(to.back(i)), place = rest % extent;
      rest /= extent;
      if (i >= from.rank()) continue;
      if (from.back(i) != 1) index += place * step;
      step *= static_cast<std::size_t>(from.back(i));
    }
    indices.push_back(index);
  }
  return indices;
}

/// The shape that all of these are repeated to, for whose numbers there is room. None may be empty.
[[nodiscard]] inline result<shape> common_shape(stated_operator& from, std::vector<constant> const& all) {
  shape made;
  for (constant const& c : all) {
    if (c.size() == 0) return fail(errc::not_supported, "an empty constant is not supported here");
    auto const joined = linnet::detail::broadcast_shape(made, c.shape);
    if (!joined)
      return fail(errc::invalid_graph, describe(made) + " and " + describe(c.shape) + " do not fit");
    made = *joined;
  }
  if (made.elements(max_elements) < 0) return fail(errc::too_large, describe(made) + " is too large");
  auto const bytes = static_cast<std::size_t>(made.elements()) * sizeof(std::uint64_t);
  if (auto room = from.writer.expect_room(bytes); !room) return unexpected(room.error());
  return made;
}

/// f of two numbers by the operator's name; what is compared is 0 or 1. Integers are those of 64 bits, modulo
/// 2^64; `sound` is false where they are divided by 0.
template <class Number>
[[nodiscard]] Number computed(std::string_view name, Number a, Number b, bool& sound) {
  auto const truth = [](bool is) { return is ? Number{1} : Number{}; };
  auto const wrapping = [&](auto f) {
    if constexpr (std::floating_point<Number>) return f(a, b);
    if constexpr (!std::floating_point<Number>)
      return static_cast<Number>(f(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
  };
  if (name == "Add") return wrapping([](auto x, auto y) { return x + y; });
  if (name == "Sub") return wrapping([](auto x, auto y) { return x - y; });
  if (name == "Mul") return wrapping([](auto x, auto y) { return x * y; });
  if (name == "Div") {
    if constexpr (std::floating_point<Number>) return a / b;
    sound = sound && b != Number{};
    if constexpr (std::is_signed_v<Number> && std::integral<Number>) {
      if (b == Number{-1}) return static_cast<Number>(0 - static_cast<std::uint64_t>(a));
    }
    return sound ? static_cast<Number>(a / b) : Number{};
  }
  if (name == "Max") return a < b ? b : a;
  if (name == "Min") return b < a ? b : a;
  if (name == "Equal") return truth(a == b);
  if (name == "Greater") return truth(a > b);
  if (name == "GreaterOrEqual") return truth(a >= b);
  if (name == "Less") return truth(a < b);
  if (name == "LessOrEqual") return truth(a <= b);
  bool const x = a != Number{}, y = b != Number{};
  return truth(name == "And" ? x && y : name == "Or" ? x || y : x != y);
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
