// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include <linnet/config/arch.hpp>

namespace linnet::inline LINNET_ISA {

/// An extent that is known at run time only.
inline constexpr std::int32_t dynamic = std::numeric_limits<std::int32_t>::min();

namespace detail {

/// The extents that are known at run time only. Without any it is an empty class, as `std::array` is not.
template <std::size_t Count>
struct dynamic_sizes {
  std::int32_t values[Count]{};
  constexpr std::int32_t operator[](std::size_t i) const { return values[i]; }
};
template <>
struct dynamic_sizes<0> {
  constexpr std::int32_t operator[](std::size_t) const { return 0; }
};

}  // namespace detail

/// The extents of a tensor of fixed rank, outermost first; each is a constant or `dynamic`. Only dynamic ones
/// take memory, and index algebra is written once for both.
template <std::int32_t... Extents>
class extents {
 public:
  static constexpr std::size_t rank = sizeof...(Extents);  ///< number of dimensions
  /// those known at run time only
  static constexpr std::size_t dynamic_rank = ((Extents == dynamic ? 1 : 0) + ... + 0);
  static constexpr bool is_static = dynamic_rank == 0;  ///< all extents are constants

  constexpr extents() = default;
  /// Takes the dynamic extents, in order.
  template <std::convertible_to<std::int32_t>... Sizes>
    requires(sizeof...(Sizes) == dynamic_rank && dynamic_rank > 0)
  constexpr explicit extents(Sizes... sizes) : dynamic_{{static_cast<std::int32_t>(sizes)...}} {}

  [[nodiscard]] constexpr std::int32_t operator[](std::size_t i) const {
    constexpr std::array<std::int32_t, rank> fixed{Extents...};
    return fixed[i] == dynamic ? dynamic_[dynamic_index(i)] : fixed[i];
  }
  [[nodiscard]] constexpr std::size_t size() const {
    std::size_t product = 1;
    for (std::size_t i = 0; i < rank; ++i) product *= static_cast<std::size_t>((*this)[i]);
    return product;
  }
  /// Row-major distance, in elements, between neighbours along dimension i.
  [[nodiscard]] constexpr std::size_t stride(std::size_t i) const {
    std::size_t product = 1;
    for (std::size_t j = i + 1; j < rank; ++j) product *= static_cast<std::size_t>((*this)[j]);
    return product;
  }
  /// Row-major offset, in elements, of one index list. Precondition: every index inside its extent.
  template <std::integral... Indices>
    requires(sizeof...(Indices) == rank)
  [[nodiscard]] constexpr std::size_t offset(Indices... indices) const {
    std::array<std::size_t, rank> const index{static_cast<std::size_t>(indices)...};
    std::size_t result = 0;
    for (std::size_t i = 0; i < rank; ++i) result = result * static_cast<std::size_t>((*this)[i]) + index[i];
    return result;
  }

  template <std::int32_t... Others>
    requires(sizeof...(Others) == rank)
  [[nodiscard]] friend constexpr bool operator==(extents const& a, extents<Others...> const& b) {
    for (std::size_t i = 0; i < rank; ++i) {
      if (a[i] != b[i]) return false;
    }
    return true;
  }

 private:
  [[nodiscard]] static constexpr std::size_t dynamic_index(std::size_t i) {
    constexpr std::array<std::int32_t, rank> fixed{Extents...};
    std::size_t count = 0;
    for (std::size_t j = 0; j < i; ++j) count += fixed[j] == dynamic ? 1u : 0u;
    return count;
  }

  [[no_unique_address]] detail::dynamic_sizes<dynamic_rank> dynamic_{};
};

namespace detail {
template <std::size_t... I>
constexpr auto dynamic_extents_of(std::index_sequence<I...>) -> extents<((void)I, dynamic)...>;
}  // namespace detail

/// All extents of rank Rank known at run time.
template <std::size_t Rank>
using dynamic_extents = decltype(detail::dynamic_extents_of(std::make_index_sequence<Rank>{}));

}  // namespace linnet::inline LINNET_ISA
