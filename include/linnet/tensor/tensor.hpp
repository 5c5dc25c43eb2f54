// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include <linnet/tensor/view.hpp>

namespace linnet::inline LINNET_ISA {

/// A tensor whose elements live inside it: static storage, no heap, all extents constants.
/// `tensor<std::int8_t, 96, 96, 3>` is an image in (height, width, channels) order.
template <class T, std::int32_t... Extents>
  requires(linnet::extents<Extents...>::is_static)
struct tensor {
  using extents_type = linnet::extents<Extents...>;  ///< all of them constants

  std::array<T, extents_type{}.size()> storage{};  ///< row-major

  [[nodiscard]] static constexpr std::size_t size() { return extents_type{}.size(); }
  /// The tensor's elements with their extents; refers to the tensor.
  [[nodiscard]] constexpr tensor_view<T, extents_type> view() {
    return tensor_view<T, extents_type>(storage.data());
  }
  [[nodiscard]] constexpr tensor_view<T const, extents_type> view() const {
    return tensor_view<T const, extents_type>(storage.data());
  }

  template <std::integral... Indices>
  [[nodiscard]] constexpr T& operator()(Indices... indices) {
    return view()(indices...);
  }
  template <std::integral... Indices>
  [[nodiscard]] constexpr T const& operator()(Indices... indices) const {
    return view()(indices...);
  }

  friend constexpr bool operator==(tensor const&, tensor const&) = default;
};

}  // namespace linnet::inline LINNET_ISA
