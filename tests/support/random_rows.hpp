// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <linnet/planner/ring_layout.hpp>
#include <linnet/planner/row_grouping.hpp>
#include <linnet/planner/row_schedule.hpp>

#include "random_source.hpp"

// Problems of the planner of rows, and the memory that its functions work in.
namespace support {

/// Chains of windows with strides, pools that fold, sums with older buffers and operations that need all.
class random_rows {
 public:
  explicit random_rows(std::uint64_t seed) : random_(seed) {
    add_buffer(random_.integer(1, 12));
    buffers.back().present = true;
    makers_of_.push_back(-1);
    std::int32_t const count = random_.integer(1, 9);
    for (std::int32_t i = 0; i < count; ++i) add_operation();
    buffers.back().kept = true;
  }

  [[nodiscard]] linnet::planner::row_problem problem() const { return {buffers, operations, makers}; }
  [[nodiscard]] random_source& random() { return random_; }

  std::vector<linnet::planner::row_buffer> buffers;
  std::vector<linnet::planner::row_operation> operations;
  std::vector<std::int32_t> makers;

 private:
  void add_buffer(std::int32_t rows) {
    std::int32_t const alignment = random_.pick({1, 1, 4, 8});
    buffers.push_back({.rows = rows, .row_bytes = random_.integer(1, 9) * alignment, .alignment = alignment});
  }
  [[nodiscard]] bool is_state(std::int32_t buffer) const {
    return buffer > 0 && makers_of_[static_cast<std::size_t>(buffer)] < 0;
  }
  linnet::planner::row_operand operand(std::int32_t buffer) {
    std::int32_t const maker = makers_of_[static_cast<std::size_t>(buffer)];
    if (maker < 0) return {.buffer = buffer};
    makers.push_back(maker);
    return {.buffer = buffer, .first_maker = static_cast<std::int32_t>(makers.size()) - 1, .makers = 1};
  }
  void add_operation() {
    auto const last = static_cast<std::int32_t>(buffers.size()) - 1;
    std::int32_t from = random_.one_in(4) ? random_.integer(0, last) : last;
    if (is_state(from)) from = last;
    linnet::planner::row_operation o;
    o.input_rows = buffers[static_cast<std::size_t>(from)].rows;
    o.operands[0] = operand(from);
    o.constants = random_.integer(0, 2000);
    if (random_.one_in(8)) {
      o.writes_whole = o.operands[0].whole = true;
    } else {
      choose_window(o);
    }
    for (std::int32_t other = 0; other <= last && o.reach == 1 && o.stride == 1 && !o.folds; ++other) {
      if (other == from || is_state(other) || buffers[static_cast<std::size_t>(other)].rows != o.input_rows)
        continue;
      o.operands[1] = operand(other);
      o.operands[1].whole = o.writes_whole;
      break;
    }
    add_state(o);
    o.output = static_cast<std::int32_t>(buffers.size());
    add_buffer(o.writes_whole ? random_.integer(1, 5) : o.rows);
    operations.push_back(o);
    while (makers_of_.size() < buffers.size()) makers_of_.push_back(-1);
    makers_of_.back() = static_cast<std::int32_t>(operations.size()) - 1;
  }
  void choose_window(linnet::planner::row_operation& o) {
    o.reach = random_.integer(1, std::min(4, o.input_rows));
    o.stride = random_.integer(1, 3);
    o.padding = random_.integer(0, o.reach - 1);
    o.folds = random_.one_in(4);
    o.rows = (o.input_rows + 2 * o.padding - o.reach) / o.stride + 1;
    while (o.rows > 1 && (o.rows - 1) * o.stride - o.padding >= o.input_rows) --o.rows;
  }
  void add_state(linnet::planner::row_operation& o) {
    if (random_.one_in(o.folds ? 2 : 3)) return;
    o.state = static_cast<std::int32_t>(buffers.size());
    add_buffer(o.rows);
  }

  random_source random_;
  std::vector<std::int32_t> makers_of_;  // of each buffer
};

/// Working memory of all functions of the planner.
struct rows_memory {
  explicit rows_memory(linnet::planner::row_problem const& p)
      : base(p.buffers.size()),
        birth(p.row_count()),
        death(p.row_count()),
        steps(p.most_steps()),
        done(p.operations.size()),
        taken(p.operations.size()),
        group_of(p.operations.size()),
        strip(p.operations.size(), 1),
        lag(p.operations.size()),
        rings(p.buffers.size()),
        change(p.most_steps() + 3),
        best(p.operations.size() + 1),
        conflicts(p.buffers.size() * p.buffers.size()) {
    for (auto& numbers : by_operation) numbers.resize(p.operations.size() + 2);
    for (auto& numbers : by_buffer) numbers.resize(p.buffers.size());
    slots.resize(p.buffers.size() * linnet::planner::strip_count);
    other.resize(2 * p.buffers.size());
    keys.resize(p.buffers.size());
  }
  [[nodiscard]] linnet::planner::row_timeline timeline() {
    return {.base = base, .birth = birth, .death = death, .steps = steps, .step_count = step_count};
  }
  [[nodiscard]] linnet::planner::row_grouping grouping() { return {group_of, strip, lag}; }
  [[nodiscard]] linnet::planner::grouping_workspace grouping_workspace() {
    return {.best = best,
            .from = by_operation[0],
            .with = by_operation[1],
            .first_begin = by_operation[2],
            .last_begin = by_operation[3],
            .first = by_buffer[0],
            .last = by_buffer[1],
            .by_first = by_buffer[2],
            .by_last = by_buffer[3],
            .slots = slots};
  }
  [[nodiscard]] linnet::planner::ring_workspace ring_workspace() {
    return {.conflicts = conflicts,
            .order = by_buffer[4],
            .trial = by_buffer[5],
            .first = by_buffer[6],
            .last = by_buffer[7],
            .newest = by_buffer[8],
            .other = other,
            .keys = keys};
  }
  void schedule(linnet::planner::row_problem const& p, bool ring = true) {
    auto t = timeline();
    schedule_rows(p, grouping(), t, {done, taken}, ring);
    step_count = t.step_count;
  }
  /// Groups of random length with random strips and lags.
  void group(random_source& random) {
    for (std::size_t i = 1; i < group_of.size(); ++i) {
      bool const same = random.one_in(2);
      group_of[i] = group_of[i - 1] + (same ? 0 : 1);
      strip[i] = same ? strip[i - 1] : random.pick({1, 1, 2, 3, linnet::planner::whole_strip});
      lag[i] = strip[i] <= 3 ? random.integer(0, strip[i] - 1) : 0;
    }
  }
  [[nodiscard]] std::size_t row(std::size_t buffer, std::int32_t y) const {
    return static_cast<std::size_t>(base[buffer] + y);
  }

  std::vector<std::int32_t> base, birth, death;
  std::vector<std::uint16_t> steps;
  std::vector<std::int32_t> done, taken, group_of, strip, lag;
  std::size_t step_count = 0;
  std::vector<linnet::planner::ring> rings;
  std::vector<std::int64_t> change, best, keys;
  std::vector<linnet::planner::ring_conflict> conflicts;
  std::vector<std::int32_t> by_operation[4], by_buffer[9], slots, other;
};

}  // namespace support
