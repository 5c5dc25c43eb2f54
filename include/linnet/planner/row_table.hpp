// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/span.hpp>
#include <linnet/planner/ring_layout.hpp>

// Rows that have addresses of their own, in a table: no slot of a ring stands idle while it waits for its
// turn. Tables are searched elsewhere; here they are checked, row by row, and nothing about them is believed.
namespace linnet::inline LINNET_ISA::planner {

/// Bytes that an entry of a row table counts.
inline constexpr std::int32_t table_unit = 8;

/// Where row y of a buffer lies.
[[nodiscard]] constexpr std::int32_t address_of(ring const& r, span<std::uint16_t const> table,
                                                std::int32_t y) {
  if (r.table >= 0) return std::int32_t{table[static_cast<std::size_t>(r.table + y)]} * table_unit;
  return r.offset + y % r.rows * r.row_bytes;
}

/// What whoever runs a schedule wants of where a buffer's rows lie.
enum class row_rule : std::uint8_t {
  anywhere,
  one_slot,     // steps work there, one after the other: all rows lie in one place
  side_by_side  // somebody reads or writes them as a whole, the caller included
};

/// The rule of each buffer.
constexpr void find_row_rules(row_problem const& p, span<row_rule> rules) {
  auto const set = [&](std::int32_t buffer, row_rule rule) {
    if (buffer >= 0) rules[static_cast<std::size_t>(buffer)] = rule;
  };
  for (std::size_t i = 0; i < p.buffers.size(); ++i)
    rules[i] = p.buffers[i].present || p.buffers[i].kept ? row_rule::side_by_side : row_rule::anywhere;
  for (row_operation const& o : p.operations) {
    if (!o.folds) set(o.state, o.writes_whole ? row_rule::side_by_side : row_rule::one_slot);
    if (o.writes_whole) set(o.output, row_rule::side_by_side);
    for (row_operand const& operand : o.operands) {
      if (operand.whole) set(operand.buffer, row_rule::side_by_side);
    }
  }
}

/// Bytes [begin, end) that a row holds until it dies.
struct held_bytes {
  /// [begin, end) in the memory; time of the row's death; whose row it is, -1: nobody's.
  std::int32_t begin = 0, end = 0, death = 0, buffer = -1;
};

/// The state of a check: rows in the order of their births, and the bytes that are held, by address.
struct row_check {
  span<std::int32_t> order;    ///< rows
  span<held_bytes> held;       ///< as many
  std::size_t rows = 0;        ///< of `order`
  std::size_t checked = 0;     ///< of them
  std::size_t held_count = 0;  ///< entries in use
  ring_check found;            ///< what is wrong, and of which buffers
};

/// Sorts the rows that somebody asks for by their birth. `counts` is working memory of `t.step_count` + 3
/// entries.
constexpr void begin_check(row_problem const& p, row_timeline const& t, span<std::int32_t> counts,
                           row_check& c) {
  std::size_t const rows = p.row_count(), times = t.step_count + 2;
  for (std::size_t i = 0; i <= times; ++i) counts[i] = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    if (t.birth[i] >= 0) ++counts[static_cast<std::size_t>(t.birth[i]) + 1];
  }
  for (std::size_t i = 0; i < times; ++i) counts[i + 1] += counts[i];
  c.rows = static_cast<std::size_t>(counts[times]);
  for (std::size_t i = 0; i < rows; ++i) {
    if (t.birth[i] < 0) continue;
    std::int32_t& at = counts[static_cast<std::size_t>(t.birth[i])];
    c.order[static_cast<std::size_t>(at++)] = static_cast<std::int32_t>(i);
  }
}

namespace detail {

/// The first held range that ends behind `address`. Held ranges do not overlap.
[[nodiscard]] constexpr std::size_t first_behind(row_check const& c, std::int32_t address) {
  std::size_t low = 0, high = c.held_count;
  while (low < high) {
    std::size_t const middle = (low + high) / 2;
    if (c.held[middle].end > address) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/// Puts a row born at `birth` where ranges of the dead were; the buffer of a living one that is in its way,
/// or -1.
constexpr std::int32_t hold(row_check& c, held_bytes const& row, std::int32_t birth) {
  std::size_t const first = first_behind(c, row.begin);
  std::size_t last = first;
  for (; last < c.held_count && c.held[last].begin < row.end; ++last) {
    if (c.held[last].death >= birth) return c.held[last].buffer;
  }
  std::size_t const removed = last - first;
  if (removed == 0) {
    for (std::size_t i = c.held_count; i > first; --i) c.held[i] = c.held[i - 1];
  } else if (removed > 1) {
    for (std::size_t i = last; i < c.held_count; ++i) c.held[i - removed + 1] = c.held[i];
  }
  c.held_count += 1 - removed;
  c.held[first] = row;
  return -1;
}

/// The buffer that a row belongs to.
[[nodiscard]] constexpr std::int32_t buffer_of_row(row_timeline const& t, std::int32_t row) {
  std::size_t low = 0, high = t.base.size();
  while (high - low > 1) {
    std::size_t const middle = (low + high) / 2;
    if (t.base[middle] <= row) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return static_cast<std::int32_t>(low);
}

}  // namespace detail

/// Holds the next `count` rows of a check against those that live with them, and buffers against their
/// rules.
constexpr void check_rows(row_problem const& p, row_timeline const& t, span<ring const> rings,
                          span<std::uint16_t const> table, span<row_rule const> rules, std::size_t count,
                          row_check& c) {
  for (; count > 0 && c.checked < c.rows && c.found.fault == ring_fault::none; --count, ++c.checked) {
    std::int32_t const row = c.order[c.checked];
    std::int32_t const b = detail::buffer_of_row(t, row);
    auto const i = static_cast<std::size_t>(b);
    row_buffer const& buffer = p.buffers[i];
    ring const& r = rings[i];
    std::int32_t const y = row - t.base[i];
    bool const in_table = r.table >= 0;
    std::int32_t const least = rules[i] == row_rule::side_by_side ? buffer.rows : 1,
                       most = rules[i] == row_rule::one_slot ? 1 : buffer.rows;
    bool const sound = r.row_bytes == buffer.row_bytes &&
                       (in_table ? rules[i] == row_rule::anywhere &&
                                       static_cast<std::size_t>(r.table + buffer.rows) <= table.size()
                                 : r.rows >= least && r.rows <= most);
    if (!sound) {
      c.found = {ring_fault::wrong_rows, b, b, 0};
      return;
    }
    std::int32_t const begin = address_of(r, table, y);
    if (begin < 0 || begin % buffer.alignment != 0) {
      c.found = {ring_fault::misaligned, b, b, 0};
      return;
    }
    held_bytes const held{begin, begin + buffer.row_bytes, t.death[static_cast<std::size_t>(row)], b};
    std::int32_t const other = detail::hold(c, held, t.birth[static_cast<std::size_t>(row)]);
    if (other >= 0) {
      c.found = {ring_fault::overlapping, b, other, 0};
      return;
    }
    c.found.bytes = max<std::int64_t>(c.found.bytes, held.end);
  }
}

}  // namespace linnet::inline LINNET_ISA::planner
