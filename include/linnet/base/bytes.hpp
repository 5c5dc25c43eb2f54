// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <linnet/config/arch.hpp>

namespace linnet::inline LINNET_ISA {

/// Reads a T from bytes of any alignment, in constant expressions too; at run time it is one load.
template <class T>
  requires std::is_trivially_copyable_v<T>
[[nodiscard]] constexpr T load(std::byte const* from) {
  if (std::is_constant_evaluated()) {
    std::array<std::byte, sizeof(T)> bytes{};
    for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = from[i];
    return std::bit_cast<T>(bytes);
  }
  T value;
  __builtin_memcpy(&value, from, sizeof(T));
  return value;
}

/// The same for bytes that are aligned as a T: what a core without unaligned access reads in one go.
template <class T>
  requires std::is_trivially_copyable_v<T>
[[nodiscard]] constexpr T load_aligned(std::byte const* from) {
  if (std::is_constant_evaluated()) return load<T>(from);
  return load<T>(static_cast<std::byte const*>(__builtin_assume_aligned(from, alignof(T))));
}

/// Writes a T to bytes of any alignment, in constant expressions too; at run time it is one store.
template <class T>
  requires std::is_trivially_copyable_v<T>
constexpr void store(std::byte* to, T value) {
  if (std::is_constant_evaluated()) {
    auto const bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i) to[i] = bytes[i];
    return;
  }
  __builtin_memcpy(to, &value, sizeof(T));
}

/// Copies bytes that do not overlap, in constant expressions too.
constexpr void copy_bytes(std::byte* to, std::byte const* from, std::size_t count) {
  if (std::is_constant_evaluated()) {
    for (std::size_t i = 0; i < count; ++i) to[i] = from[i];
    return;
  }
  __builtin_memcpy(to, from, count);
}

}  // namespace linnet::inline LINNET_ISA
