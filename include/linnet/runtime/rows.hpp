// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <linnet/base/math.hpp>
#include <linnet/base/quotient.hpp>
#include <linnet/planner/row_table.hpp>

namespace linnet::inline LINNET_ISA {

/// Rows [first, last) that one step of a call is about: those that it makes, or, where its kernel folds,
/// those that it takes.
struct row_interval {
  std::int32_t first = 0, last = 0;  ///< last -1: all of them
  friend constexpr bool operator==(row_interval const&, row_interval const&) = default;
};

/// All rows of all batches.
inline constexpr row_interval all_rows{0, -1};

/// A ring that never wraps.
inline constexpr std::int32_t no_ring = std::numeric_limits<std::int32_t>::max();

/// Of plans where no row has an address of its own.
struct no_row_table {};

namespace detail {

/// Out of line, since every loop over rows would have a copy: bytes from the first row's place to that of row
/// y.
[[nodiscard, gnu::noinline]] constexpr std::ptrdiff_t offset_of_row(std::int32_t y, std::int32_t row_bytes,
                                                                    std::int32_t ring, no_row_table) {
  return std::ptrdiff_t{y < ring ? y : modulo(y, ring)} * row_bytes;
}
[[nodiscard, gnu::noinline]] constexpr std::ptrdiff_t offset_of_row(std::int32_t y, std::int32_t row_bytes,
                                                                    std::int32_t ring,
                                                                    std::uint16_t const* table) {
  if (table != nullptr) return std::ptrdiff_t{table[y]} * std::ptrdiff_t{planner::table_unit};
  return offset_of_row(y, row_bytes, ring, no_row_table{});
}

}  // namespace detail

/// Where the rows of an operand or an output are: row y lies at `base + y % ring * row_bytes`, or, where
/// there is a table, at `base + table[y] * planner::table_unit`. Table is `no_row_table` where there is none.
template <class Byte, class Table = std::uint16_t const*>
struct row_place {
  Byte* base = nullptr;                 ///< of row 0
  std::int32_t row_bytes = 0;           ///< from row to row
  std::int32_t ring = no_ring;          ///< rows after which it begins again
  [[no_unique_address]] Table table{};  ///< addresses of rows; may be empty

  /// The first byte of row y.
  [[nodiscard]] constexpr Byte* row(std::int32_t y) const {
    return base + detail::offset_of_row(y, row_bytes, ring, table);
  }
  /// How many rows from y on lie side by side, of at most `most`.
  [[nodiscard]] constexpr std::int32_t side_by_side(std::int32_t y, std::int32_t most) const {
    if constexpr (std::is_pointer_v<Table>) {
      if (table != nullptr) {
        std::int32_t count = 1;
        while (count < most &&
               (table[y + count] - table[y]) * planner::table_unit == std::int32_t{count} * row_bytes)
          ++count;
        return count;
      }
    }
    return ring == no_ring ? most : min(most, ring - modulo(y, ring));
  }
};

}  // namespace linnet::inline LINNET_ISA
