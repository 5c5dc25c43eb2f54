// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/half.hpp>
#include <linnet/base/text.hpp>

namespace linnet::inline LINNET_ISA {

/// What one element of a tensor is. `s` signed, `u` unsigned, `f` IEEE binary float, `bf16` the upper half of
/// an f32; `s4`, `s2` (ternary) and `s1` (binary) are packed, low bits first.
enum class element_type : std::uint8_t { f32, f16, bf16, s64, s32, s16, s8, u8, s4, s2, s1 };
using enum element_type;

/// Bits that one element takes in memory: 4 to 64.
[[nodiscard]] constexpr int bits_per_element(element_type type) {
  switch (type) {
    case s64: return 64;
    case f32:
    case s32: return 32;
    case f16:
    case bf16:
    case s16: return 16;
    case s8:
    case u8: return 8;
    case s4: return 4;
    case s2: return 2;
    case s1: return 1;
  }
  return 0;
}

/// Bytes that `elements` packed elements take (the last byte of a sub-byte type may be partly used).
[[nodiscard]] constexpr std::int64_t bytes_of(element_type type, std::int64_t elements) {
  return (elements * bits_per_element(type) + 7) / 8;
}

/// Its name as the enumerator spells it: "s8", "f32".
[[nodiscard]] constexpr text name_of(element_type type) {
  switch (type) {
    case f32: return "f32";
    case f16: return "f16";
    case bf16: return "bf16";
    case s64: return "s64";
    case s32: return "s32";
    case s16: return "s16";
    case s8: return "s8";
    case u8: return "u8";
    case s4: return "s4";
    case s2: return "s2";
    case s1: return "s1";
  }
  return "?";
}

namespace detail {
template <class T>
struct element_type_of_impl;
template <>
struct element_type_of_impl<float> {
  static constexpr element_type value = f32;
};
template <>
struct element_type_of_impl<half> {
  static constexpr element_type value = f16;
};
template <>
struct element_type_of_impl<std::int64_t> {
  static constexpr element_type value = s64;
};
template <>
struct element_type_of_impl<std::int32_t> {
  static constexpr element_type value = s32;
};
template <>
struct element_type_of_impl<std::int16_t> {
  static constexpr element_type value = s16;
};
template <>
struct element_type_of_impl<std::int8_t> {
  static constexpr element_type value = s8;
};
template <>
struct element_type_of_impl<std::uint8_t> {
  static constexpr element_type value = u8;
};

template <element_type Type>
constexpr auto stored_element_of() {
  if constexpr (Type == f32) {
    return float{};
  } else if constexpr (Type == f16) {
    return half{};
  } else if constexpr (Type == s64) {
    return std::int64_t{};
  } else if constexpr (Type == s32) {
    return std::int32_t{};
  } else if constexpr (Type == s16) {
    return std::int16_t{};
  } else if constexpr (Type == s8) {
    return std::int8_t{};
  } else if constexpr (Type == u8) {
    return std::uint8_t{};
  } else {
    return std::byte{};
  }
}
}  // namespace detail

/// The C++ type of an element type's elements; `std::byte` where C++ has none.
template <element_type Type>
using stored_element = decltype(detail::stored_element_of<Type>());

/// The element type that a C++ type stores.
template <class T>
inline constexpr element_type element_type_of = detail::element_type_of_impl<T>::value;

}  // namespace linnet::inline LINNET_ISA
