// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>

#include <linnet/config/arch.hpp>

namespace linnet::inline LINNET_ISA {

/// A type that is made from a pointer and a length, as `std::string_view` and `std::string` are.
template <class String>
concept StringOfCharacters =
    std::is_class_v<String> && std::constructible_from<String, char const*, std::size_t>;

/// Characters that somebody else owns: the part of `std::string_view` that device rooms need. Converts to
/// `std::string_view` and `std::string` where those exist.
class text {
 public:
  constexpr text() = default;
  /// Over `size` characters, or over a literal without its closing 0. Keeps neither alive.
  constexpr text(char const* data, std::size_t size) : data_(data), size_(size) {}
  template <std::size_t N>
  consteval text(char const (&literal)[N]) : data_(literal), size_(N - 1) {}  // NOLINT: implicit by design

  [[nodiscard]] constexpr char const* data() const { return data_; }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
  [[nodiscard]] constexpr char const* begin() const { return data_; }
  [[nodiscard]] constexpr char const* end() const { return data_ + size_; }

  /// A string that owns a copy of the characters.
  template <StringOfCharacters String>
  constexpr operator String() const {
    return String(data_, size_);
  }

  friend constexpr bool operator==(text a, text b) {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i) {
      if (a.data_[i] != b.data_[i]) return false;
    }
    return true;
  }

 private:
  char const* data_ = "";
  std::size_t size_ = 0;
};

}  // namespace linnet::inline LINNET_ISA
