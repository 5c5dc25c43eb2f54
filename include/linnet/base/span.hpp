// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include <linnet/config/arch.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// Something with `data()` and `size()` whose elements are T, but for a const.
template <class Range, class T>
concept ContiguousOf = requires(Range& range) {
  range.size();
  requires std::is_convertible_v < std::remove_pointer_t<decltype(range.data())>(*)
  [], T(*)[] > ;
};

}  // namespace detail

/// Elements that somebody else owns, side by side: the part of `std::span` that device rooms need. Every type
/// of element costs compilers some milliseconds in `std::span`, which holds it against the concepts of ranges
/// whenever one is made. Containers, arrays and `std::span` convert to it, and it converts to `std::span`.
template <class T>
class span {
 public:
  using element_type = T;
  using value_type = std::remove_cv_t<T>;

  constexpr span() = default;
  /// Over `size` elements, over an array, or over what has `data()` and `size()`. Keeps none of them alive.
  constexpr span(T* data, std::size_t size) : data_(data), size_(size) {}
  template <std::size_t Size>
  constexpr span(T (&array)[Size]) : data_(array), size_(Size) {}
  template <class Range>
    requires(!std::same_as<std::remove_cvref_t<Range>, span> && detail::ContiguousOf<Range, T>)
  constexpr span(Range&& range) : data_(range.data()), size_(range.size()) {}

  [[nodiscard]] constexpr T* data() const { return data_; }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr std::size_t size_bytes() const { return size_ * sizeof(T); }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
  [[nodiscard]] constexpr T* begin() const { return data_; }
  [[nodiscard]] constexpr T* end() const { return data_ + size_; }
  /// Precondition of these: there is such an element.
  [[nodiscard]] constexpr T& operator[](std::size_t i) const { return data_[i]; }
  [[nodiscard]] constexpr T& front() const { return data_[0]; }
  [[nodiscard]] constexpr T& back() const { return data_[size_ - 1]; }
  /// Precondition of these: there are so many elements.
  [[nodiscard]] constexpr span first(std::size_t count) const { return {data_, count}; }
  [[nodiscard]] constexpr span last(std::size_t count) const { return {data_ + (size_ - count), count}; }
  [[nodiscard]] constexpr span subspan(std::size_t begin) const { return {data_ + begin, size_ - begin}; }
  [[nodiscard]] constexpr span subspan(std::size_t begin, std::size_t count) const {
    return {data_ + begin, count};
  }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

template <class Range>
span(Range&&) -> span<std::remove_pointer_t<decltype(std::declval<Range&>().data())>>;

}  // namespace linnet::inline LINNET_ISA
