// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>

namespace linnet::inline LINNET_ISA {

/// A sequence of at most Capacity plain values, stored inside: a structural type, usable in constants.
/// Precondition of `push_back`: `size() < Capacity`.
template <class T, std::size_t Capacity>
struct static_vector {
  // An array of the language: every element of a `std::array` costs constants two more calls.
  T values[Capacity]{};     ///< values behind `count` are T{}, so that equal vectors are equal bytes
  std::uint32_t count = 0;  ///< elements in use, at most Capacity

  [[nodiscard]] static constexpr std::size_t capacity() { return Capacity; }
  [[nodiscard]] constexpr std::size_t size() const { return count; }
  [[nodiscard]] constexpr bool empty() const { return count == 0; }
  [[nodiscard]] constexpr bool full() const { return count == Capacity; }
  [[nodiscard]] constexpr T* data() { return values; }
  [[nodiscard]] constexpr T const* data() const { return values; }
  [[nodiscard]] constexpr T* begin() { return values; }
  [[nodiscard]] constexpr T const* begin() const { return values; }
  [[nodiscard]] constexpr T* end() { return values + count; }
  [[nodiscard]] constexpr T const* end() const { return values + count; }
  [[nodiscard]] constexpr T& operator[](std::size_t i) { return values[i]; }
  [[nodiscard]] constexpr T const& operator[](std::size_t i) const { return values[i]; }
  constexpr void push_back(T value) { values[count++] = value; }

  friend constexpr bool operator==(static_vector const&, static_vector const&) = default;
};

}  // namespace linnet::inline LINNET_ISA
