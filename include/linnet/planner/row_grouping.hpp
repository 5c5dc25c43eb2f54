// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/base/quotient.hpp>
#include <linnet/base/span.hpp>
#include <linnet/planner/rows.hpp>

// Which operations run together, found without running anything: a group costs the buffers that cross it or
// reach into it, and for each buffer inside it the rows that its readers' windows span.
namespace linnet::inline LINNET_ISA::planner {

/// Strips that a search tries: rows a step. The last one stands for all rows.
inline constexpr std::int32_t whole_strip = 1 << 20;
/// Rows a step, in the order in which they are tried.
inline constexpr std::int32_t strips[] = {1, 2, 4, 8, 16, whole_strip};
inline constexpr std::int32_t strip_count = 6;  ///< how many there are

/// What a step costs beside the constants that it reads again, in bytes read.
inline constexpr std::int64_t step_cost = 500;

/// Groups have at most so many operations: a row asked of the last one asks through all of them, and
/// compilers limit how deep a constant's calls may go.
inline constexpr std::int32_t longest_group = 100;

/// Working memory of the searches: n operations, m buffers.
struct grouping_workspace {
  span<std::int64_t> best;                     ///< n + 1
  span<std::int32_t> from, with;               ///< n + 1
  span<std::int32_t> first_begin, last_begin;  ///< n + 2
  span<std::int32_t> first, last;              ///< m
  span<std::int32_t> by_first, by_last;        ///< m
  span<std::int32_t> slots;                    ///< strip_count * m
};

namespace detail {

/// Bytes that groups need, by estimate.
class group_costs {
 public:
  constexpr group_costs(row_problem const& p, grouping_workspace const& w)
      : operations_(p.operations.data()),
        buffers_(p.buffers.data()),
        makers_(p.makers.data()),
        first_(w.first.data()),
        last_(w.last.data()),
        all_slots_(w.slots.data()),
        by_first_(w.by_first.data()),
        by_last_(w.by_last.data()),
        first_begin_(w.first_begin.data()),
        last_begin_(w.last_begin.data()),
        operation_count_(static_cast<std::int32_t>(p.operations.size())),
        buffer_count_(static_cast<std::int32_t>(p.buffers.size())) {
    find_lives();
    sort_by(first_, by_first_, first_begin_);
    sort_by(last_, by_last_, last_begin_);
    for (std::int32_t n = first_begin_[0]; n < first_begin_[1]; ++n) {
      if (last_[by_first_[n]] >= 0) across_ += bytes(by_first_[n]);
    }
  }

  [[nodiscard]] constexpr std::int32_t operations() const { return operation_count_; }

  /// From here on steps are of `strips[index]` rows, for which slots were estimated before.
  constexpr void use(std::int32_t index) {
    strip_ = strips[index];
    slots_ = all_slots_ + index * buffer_count_;
  }

  /// Estimates every buffer's slots for steps of `strips[index]` rows.
  constexpr void estimate(std::int32_t index) {
    use(index);
    std::int32_t const strip = strip_;
    for (std::int32_t b = 0; b < buffer_count_; ++b) slots_[b] = min(strip, buffers_[b].rows);
    for (std::int32_t i = 0; i < operation_count_; ++i) {
      row_operation const& o = operations_[i];
      std::int32_t const rows = min(strip, o.rows);
      std::int32_t const seen = o.folds ? (o.reach + o.stride - 1) / o.stride : 1;
      if (o.folds) raise(o.output, seen);
      if (o.folds && o.state >= 0) raise(o.state, seen);
      if (!o.folds && o.state >= 0) slots_[o.state] = 0;  // of one step only: `for_each_group` sees to it
      for (row_operand const& operand : o.operands) {
        if (operand.buffer < 0 || operand.buffer == o.output) continue;
        std::int32_t const window = o.folds ? rows : o.reach + (rows - 1) * o.stride;
        raise(operand.buffer, operand.whole ? buffers_[operand.buffer].rows : window);
      }
      if (o.operands[1].buffer >= 0) hold_back(o, rows);
    }
  }

  /// From here on groups end before the next operation: before operation 1 at first.
  constexpr void advance() {
    for (std::int32_t n = first_begin_[end_ + 1]; n < first_begin_[end_ + 2]; ++n)
      across_ += bytes(by_first_[n]);
    for (std::int32_t n = last_begin_[end_]; n < last_begin_[end_ + 1]; ++n) across_ -= bytes(by_last_[n]);
    ++end_;
  }

  /// Calls `f(first operation, bytes, bytes of buffers inside)` for the groups of at most `longest`
  /// operations that end there, shortest first, until it returns false.
  template <class F>
  constexpr void for_each_group(std::int32_t longest, F const& f) const {
    std::int32_t const end = end_;
    std::int64_t in = 0, out = 0, inside = 0, across = across_, moving = 0, scratch = 0;
    for (std::int32_t i = end - 1, least = max<std::int32_t>(0, end - longest); i >= least; --i) {
      row_operation const& o = operations_[i];
      if (!o.folds && o.state >= 0) scratch = max<std::int64_t>(scratch, buffers_[o.state].row_bytes);
      for (std::int32_t n = last_begin_[i]; n < last_begin_[i + 1]; ++n) {
        std::int32_t const b = by_last_[n];  // the last reader joins the group: the buffer comes in
        if (first_[b] < i) in += std::int64_t{buffers_[b].rows} * buffers_[b].row_bytes;
      }
      for (std::int32_t n = first_begin_[i + 1]; n < first_begin_[i + 2]; ++n) {
        std::int32_t const b = by_first_[n], row_bytes = buffers_[b].row_bytes;  // its maker joins, too
        std::int64_t const all = std::int64_t{buffers_[b].rows} * row_bytes,
                           kept = std::int64_t{slots_[b]} * row_bytes;
        if (last_[b] >= end) {
          across -= all;
          out += all;
          moving += kept;
        } else {
          if (last_[b] > i) in -= all;
          inside += kept;
        }
      }
      std::int64_t const overlap = strip_ == 1 ? 0 : min(min(in, out), min(moving, waiting(i, moving)));
      std::int64_t const bytes = across + inside + (in < out ? out : in) + overlap + scratch;
      if (!f(i, bytes, inside + scratch)) return;
    }
  }

  /// Bytes of constants and steps that an operation reads in steps of the strip in use.
  [[nodiscard]] constexpr std::int64_t traffic_of(std::int32_t operation) const {
    row_operation const& o = operations_[operation];
    std::int32_t const rows = o.folds ? o.input_rows : o.rows;
    return divide_rounding_up(rows, min(strip_, rows)) * (o.constants + step_cost);
  }

 private:
  [[nodiscard]] constexpr std::int64_t bytes(std::int32_t b) const {
    return std::int64_t{buffers_[b].rows} * buffers_[b].row_bytes;
  }
  /// Bytes that come into a group from operation `first` on and are still there when rows of what leaves it
  /// are made in as many bytes: windows of the first operation reach back over its padding. `all` where the
  /// last operation itself reads what comes in, or someone reads it whole.
  [[nodiscard]] constexpr std::int64_t waiting(std::int32_t first, std::int64_t all) const {
    row_operation const &o = operations_[first], &last = operations_[end_ - 1];
    for (row_operand const& operand : last.operands) {
      if (operand.buffer >= 0 && first_[operand.buffer] < first) return all;
    }
    std::int64_t bytes = 0;
    for (row_operand const& operand : o.operands) {
      if (operand.buffer < 0) continue;
      if (operand.whole || o.folds) return all;
      bytes += std::int64_t{max<std::int32_t>(o.padding, 0)} * buffers_[operand.buffer].row_bytes;
    }
    return bytes;
  }
  constexpr void raise(std::int32_t b, std::int32_t slots) {
    slots_[b] = max(slots_[b], min(slots, buffers_[b].rows));
  }

  /// From the operation that makes a buffer first (-1: it is there) to the last one that touches it.
  constexpr void find_lives() {
    for (std::int32_t b = 0; b < buffer_count_; ++b) {
      first_[b] = buffers_[b].present ? -1 : operation_count_;
      last_[b] = -1;
    }
    auto const touch = [&](std::int32_t b, std::int32_t i) {
      if (b < 0) return;
      first_[b] = min(first_[b], i);
      last_[b] = max(last_[b], i);
    };
    for (std::int32_t i = 0; i < operation_count_; ++i) {
      row_operation const& o = operations_[i];
      touch(o.operands[0].buffer, i);
      touch(o.operands[1].buffer, i);
      touch(o.output, i);
      touch(o.state, i);
    }
    for (std::int32_t b = 0; b < buffer_count_; ++b) {
      if (buffers_[b].kept) last_[b] = operation_count_;
    }
  }

  /// Buffers by a number in [-1, n]: those of number k lie at [begin[k + 1], begin[k + 2]) - except that
  /// `last` counts from 0, since a buffer that nobody touches is in no group.
  constexpr void sort_by(std::int32_t const* number, std::int32_t* sorted, std::int32_t* begin) {
    std::int32_t const shift = number == first_ ? 1 : 0;
    for (std::int32_t k = 0; k <= operation_count_ + 1; ++k) begin[k] = 0;
    for (std::int32_t b = 0; b < buffer_count_; ++b) {
      std::int32_t const k = number[b] + shift;
      if (k >= 0 && k <= operation_count_) ++begin[k + 1];
    }
    for (std::int32_t k = 0; k <= operation_count_; ++k) begin[k + 1] += begin[k];
    std::int32_t const all = begin[operation_count_ + 1];
    for (std::int32_t b = buffer_count_; b-- > 0;) {  // from behind: a run's end moves down to its first
      std::int32_t const k = number[b] + shift;
      if (k >= 0 && k <= operation_count_) sorted[--begin[k + 1]] = b;
    }
    for (std::int32_t k = 0; k <= operation_count_; ++k) begin[k] = begin[k + 1];
    begin[operation_count_ + 1] = all;
  }

  /// An operation that joins a long branch with a short one: rows of the short one wait while the long one's
  /// windows run ahead.
  constexpr void hold_back(row_operation const& o, std::int32_t rows) {
    std::int32_t const a = maker_of(o.operands[0]), b = maker_of(o.operands[1]);
    if (a < 0 && b < 0) return;
    bool const first_is_long = a > b;
    std::int32_t const short_maker = first_is_long ? b : a;
    std::int32_t lead = 0, at = first_is_long ? a : b;
    while (at > short_maker) {
      row_operation const& passed = operations_[at];
      lead = lead * passed.stride + max<std::int32_t>(0, passed.reach - 1 - passed.padding);
      at = maker_of(passed.operands[0]);
    }
    std::int32_t const waiting = o.operands[first_is_long ? 1 : 0].buffer;
    if (waiting >= 0) raise(waiting, lead + rows);
  }
  [[nodiscard]] constexpr std::int32_t maker_of(row_operand const& operand) const {
    return operand.makers > 0 ? makers_[operand.first_maker] : -1;
  }

  row_operation const* operations_;
  row_buffer const* buffers_;
  std::int32_t const* makers_;
  std::int32_t *first_, *last_, *all_slots_, *by_first_, *by_last_, *first_begin_, *last_begin_;
  std::int32_t operation_count_, buffer_count_, strip_ = 1, end_ = 0;
  std::int64_t across_ = 0;  // bytes made before operation `end_` and touched by it or later ones
  std::int32_t* slots_ = nullptr;
};

constexpr void write_groups(span<std::int32_t const> from, span<std::int32_t const> with,
                            row_grouping const& grouping) {
  auto const count = static_cast<std::int32_t>(grouping.group_of.size());
  std::int32_t groups = 0;
  for (std::int32_t end = count; end > 0; end = from[static_cast<std::size_t>(end)]) {
    std::int32_t const first = from[static_cast<std::size_t>(end)];
    for (std::int32_t i = first; i < end; ++i) {
      grouping.group_of[static_cast<std::size_t>(i)] = -groups;
      grouping.strip[static_cast<std::size_t>(i)] = with[static_cast<std::size_t>(end)];
    }
    ++groups;
  }
  for (std::int32_t& group : grouping.group_of) group += groups - 1;
}

}  // namespace detail

/// Sets the lags of the operations [first, last) of a group such that their steps meet: the last one makes
/// its strip from as many rows as the others then make. Between steps wait the rows that windows share, and
/// no more.
constexpr void align_group(row_problem const& p, std::size_t first, std::size_t last, std::int32_t strip,
                           span<std::int32_t> lag) {
  span<std::int32_t> const lead = lag;  // until its turn comes: rows made before the group's last output
  for (std::size_t i = first; i < last; ++i) lead[i] = 0;
  for (std::size_t i = last; i-- > first;) {
    row_operation const& o = p.operations[i];
    bool const asked = i + 1 < last || !o.folds;  // the last one takes rows as they come
    std::int64_t const beyond = (std::int64_t{lead[i]} - 1) * o.stride + o.reach - o.padding;
    auto const ahead = asked ? static_cast<std::int32_t>(min<std::int64_t>(beyond, o.input_rows)) : 0;
    for (row_operand const& operand : o.operands) {
      for (std::int32_t k = 0; k < operand.makers && !operand.whole; ++k) {
        auto const maker =
            static_cast<std::size_t>(p.makers[static_cast<std::size_t>(operand.first_maker + k)]);
        if (maker >= first) lead[maker] = max(lead[maker], ahead);
      }
    }
    std::int32_t const own = o.folds ? ahead : lead[i], rows = o.folds ? o.input_rows : o.rows;
    lag[i] = strip >= rows || own <= 0 ? 0 : modulo(strip - modulo(own, strip), strip);
  }
}

/// Every operation by itself, all its rows in one step.
constexpr void group_layers(row_grouping const& grouping) {
  for (std::size_t i = 0; i < grouping.group_of.size(); ++i) {
    grouping.group_of[i] = static_cast<std::int32_t>(i);
    grouping.strip[i] = whole_strip;
  }
}

/// Groups of at most `longest` operations that need the least memory by estimate, one row a step; of equal
/// ones the longest.
constexpr void group_for_least_memory(row_problem const& p, grouping_workspace const& w,
                                      row_grouping const& grouping, std::int32_t longest = longest_group) {
  detail::group_costs costs(p, w);
  costs.estimate(0);
  std::int32_t const count = costs.operations();
  std::int64_t* const best = w.best.data();
  std::int32_t* const from = w.from.data();
  best[0] = 0;
  for (std::int32_t end = 1; end <= count; ++end) {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    w.with[static_cast<std::size_t>(end)] = 1;
    costs.advance();
    costs.for_each_group(longest, [&](std::int32_t first, std::int64_t bytes, std::int64_t inside) {
      std::int64_t const before = best[first], worst = before < bytes ? bytes : before;
      if (worst <= least) {
        least = worst;
        from[end] = first;
      }
      return inside <= least;
    });
    best[end] = least;
  }
  detail::write_groups(w.from, w.with, grouping);
}

/// Groups, and a strip for each, that read the fewest bytes of constants again inside a budget of bytes, by
/// estimate. False where there are none.
[[nodiscard]] constexpr bool group_within(row_problem const& p, std::int64_t budget,
                                          grouping_workspace const& w, row_grouping const& grouping) {
  constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  detail::group_costs costs(p, w);
  std::int32_t const count = costs.operations();
  std::int64_t* const best = w.best.data();
  for (std::int32_t index = 0; index < strip_count; ++index) costs.estimate(index);
  for (std::int32_t end = 0; end <= count; ++end) best[end] = end == 0 ? 0 : never;
  for (std::int32_t end = 1; end <= count; ++end) {
    costs.advance();
    for (std::int32_t index = 0; index < strip_count; ++index) {
      costs.use(index);
      std::int64_t traffic = 0;
      costs.for_each_group(longest_group, [&](std::int32_t first, std::int64_t bytes, std::int64_t inside) {
        traffic += costs.traffic_of(first);
        if (bytes <= budget && best[first] != never && best[first] + traffic < best[end]) {
          best[end] = best[first] + traffic;
          w.from[static_cast<std::size_t>(end)] = first;
          w.with[static_cast<std::size_t>(end)] = strips[index];
        }
        return inside <= budget && traffic < best[end];
      });
    }
  }
  if (best[count] == never) return false;
  detail::write_groups(w.from, w.with, grouping);
  return true;
}

}  // namespace linnet::inline LINNET_ISA::planner
