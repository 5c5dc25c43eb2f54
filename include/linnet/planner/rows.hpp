// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/math.hpp>
#include <linnet/base/span.hpp>

// Buffers whose rows live and die one by one, and the operations that make rows from windows of rows. Knows
// nothing of tensors: an operation is some numbers about which rows it reads when it makes which.
namespace linnet::inline LINNET_ISA::planner {

/// A buffer of rows of one size.
struct row_buffer {
  std::int32_t rows = 1, row_bytes = 0, alignment = 1;  ///< how many; bytes of a row; of its first byte
  bool present = false;  ///< all rows are there before the first step, side by side
  bool kept = false;     ///< all rows are there after the last step, side by side
};

/// What an operation reads: some rows of a buffer at a time, or the whole.
struct row_operand {
  std::int32_t buffer = -1;                  ///< -1: nothing
  std::int32_t first_maker = 0, makers = 0;  ///< a run of `row_problem::makers`: who makes what is read
  bool whole = false;                        ///< every step reads all rows, side by side
};

/// Makes rows [0, rows) of its output in increasing order. Row y needs rows
/// [y * stride - padding, y * stride - padding + reach) of its operands, as far as they are inside.
struct row_operation {
  row_operand operands[2]{};  ///< up to two
  std::int32_t output = -1;   ///< buffer; in place where it is an operand's
  std::int32_t state = -1;    ///< buffer: of a folding operation one row an output row, else one row a step
  std::int32_t rows = 1, input_rows = 1;  ///< of the output, and of the operands
  /// Rows of a window; from window to window; rows above the first one.
  std::int32_t reach = 1, stride = 1, padding = 0;
  bool folds = false;          ///< takes input rows one by one, each into all output rows that see it
  bool writes_whole = false;   ///< has one row, which is all rows of the buffer
  std::int64_t constants = 0;  ///< bytes that every step reads again

  /// Where the window of output row y ends in the operands.
  [[nodiscard]] constexpr std::int32_t window_end(std::int32_t y) const {
    std::int32_t const end = y * stride - padding + reach;
    return end < input_rows ? end : input_rows;  // a call would cost compilers more
  }
};

/// Operations in an order in which they could run one after the other.
struct row_problem {
  span<row_buffer const> buffers;        ///< by number
  span<row_operation const> operations;  ///< in an order in which they could run whole
  span<std::int32_t const> makers;       ///< operations, by number

  /// Rows of all buffers.
  [[nodiscard]] constexpr std::size_t row_count() const {
    std::size_t count = 0;
    for (row_buffer const& b : buffers) count += static_cast<std::size_t>(b.rows);
    return count;
  }
  /// No schedule has more steps: every step makes an output row, or takes an input row.
  [[nodiscard]] constexpr std::size_t most_steps() const {
    std::size_t count = 0;
    for (row_operation const& o : operations)
      count += static_cast<std::size_t>(o.folds ? max(o.rows, o.input_rows) : o.rows);
    return count;
  }
};

/// How operations are run: consecutive ones together, as groups. The last operation of a group is asked for
/// its rows, `strip` of them a step, and asks the others for what it needs.
struct row_grouping {
  span<std::int32_t> group_of;  ///< of each operation, counted up from 0
  span<std::int32_t> strip;     ///< of each operation; the same in a group
  span<std::int32_t> lag{};  ///< of each operation: rows that its first step has less; empty: all have strips
};

}  // namespace linnet::inline LINNET_ISA::planner
