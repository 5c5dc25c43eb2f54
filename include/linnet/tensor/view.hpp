// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

#include <linnet/tensor/extents.hpp>

namespace linnet::inline LINNET_ISA {

/// Elements that somebody else owns, in row-major order, with extents known now or later. Copying a view
/// copies no element; it must not outlive the storage it looks at.
template <class T, class Extents>
class tensor_view {
 public:
  using element = T;  ///< const where the view only reads

  /// Precondition: `data` points at `extents.size()` elements.
  constexpr explicit tensor_view(T* data, Extents extents = {}) : data_(data), extents_(extents) {}
  template <class U>
    requires(std::same_as<U const, T> && !std::is_const_v<U>)
  constexpr tensor_view(tensor_view<U, Extents> other) : data_(other.data()), extents_(other.extents()) {}

  [[nodiscard]] constexpr T* data() const { return data_; }
  /// Of the tensor, outermost first.
  [[nodiscard]] constexpr Extents const& extents() const { return extents_; }
  [[nodiscard]] constexpr std::size_t size() const { return extents_.size(); }
  /// All elements, row-major.
  [[nodiscard]] constexpr std::span<T> elements() const { return {data_, size()}; }

  /// The element at one index list, outermost first. Precondition: every index inside its extent.
  template <std::integral... Indices>
  [[nodiscard]] constexpr T& operator()(Indices... indices) const {
    return data_[extents_.offset(indices...)];
  }

 private:
  T* data_;
  [[no_unique_address]] Extents extents_;
};

}  // namespace linnet::inline LINNET_ISA
