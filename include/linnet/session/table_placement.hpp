// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <linnet/planner/row_table.hpp>
#include <linnet/session/row_plan.hpp>

namespace linnet::inline LINNET_ISA::detail {

/// Gives every row of a schedule an address of its own, as the buffers' rules say.
class table_placer {
  using row_rule = planner::row_rule;

 public:
  table_placer(planner::row_problem const& p, row_plan const& plan)
      : problem_(p), plan_(plan), rules_(p.buffers.size()) {
    find_row_rules(p, rules_);
    for (std::size_t b = 0; b < p.buffers.size(); ++b) add_items(b);
    find_neighbours();
    address_.resize(items_.size());
    placed_.resize(items_.size());
  }

  /// Places the items in an order of their buffers' weights (heavy first), each as low as it goes. Returns
  /// the bytes needed, or gives up with `cutoff`.
  std::int64_t place(std::span<std::int64_t const> weight, std::int64_t cutoff) {
    order_.resize(items_.size());
    for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = i;
    std::ranges::stable_sort(order_, [&](std::size_t a, std::size_t b) {
      return std::pair(-weight[items_[a].buffer], items_[a].birth) <
             std::pair(-weight[items_[b].buffer], items_[b].birth);
    });
    std::erase_if(order_, [&](std::size_t i) { return items_[i].run == 0; });  // they come with their run
    return place_in_order(cutoff);
  }

  /// Places the rows again and again, from the order of the last placement on: what ended behind all others
  /// comes earlier. Keeps what needs no more than `known` bytes, and places that once more: returns its
  /// bytes.
  template <class Dice>
  std::int64_t improve(std::int64_t known, std::int32_t attempts, std::int64_t lower_bound, Dice& dice) {
    std::vector<std::size_t> best = order_;
    std::size_t highest = highest_;  // of `best`
    for (std::int32_t i = 0; i < attempts && known > lower_bound && order_.size() > 1; ++i) {
      order_ = best;
      std::size_t const at = dice.below(4) == 0 ? dice.below(order_.size()) : highest;
      if (at > 0) move_run(at, dice.below(at));
      if (dice.below(2) == 0) move_run(dice.below(order_.size()), dice.below(order_.size()));
      std::int64_t const bytes = place_in_order(known + 1);
      if (bytes > known) continue;
      known = bytes;
      best = order_;
      highest = highest_;
    }
    order_ = best;
    return place_in_order(std::numeric_limits<std::int64_t>::max());
  }

  /// Writes the addresses of the last placement into a plan.
  void write(row_plan& plan) const {
    plan.table.clear();
    for (std::size_t b = 0; b < problem_.buffers.size(); ++b) {
      planner::ring& r = plan.rings[b];
      planner::row_buffer const& buffer = problem_.buffers[b];
      bool const used = first_item_[b] < first_item_[b + 1];
      r = {0, 0, buffer.row_bytes, -1};
      if (rules_[b] != row_rule::anywhere) {
        if (used) r.offset = address_[first_item_[b]];
        if (used) r.rows = rules_[b] == row_rule::one_slot ? 1 : buffer.rows;
        continue;
      }
      r.table = static_cast<std::int32_t>(plan.table.size());
      if (used) r.rows = buffer.rows;
      for (std::size_t i = first_item_[b]; i < first_item_[b + 1]; ++i)
        plan.table.push_back(static_cast<std::uint16_t>(address_[i] / planner::table_unit));
      plan.table.resize(static_cast<std::size_t>(r.table + buffer.rows));
    }
  }

 private:
  struct item {
    std::size_t buffer;
    std::int32_t bytes, birth, death;
    std::int32_t run = 1;  // items from here on that are placed together; 0: it is placed with one before
  };

  std::int64_t place_in_order(std::int64_t cutoff) {
    placed_.assign(items_.size(), false);
    std::int64_t top = 0;
    for (std::size_t n = 0; n < order_.size(); ++n) {
      std::size_t const i = order_[n];
      place_run(i);
      std::int64_t const end = address_[i] + items_[i].bytes + std::int64_t{step_of(i)} * (items_[i].run - 1);
      if (end > top) highest_ = n;
      top = max(top, end);
      if (top >= cutoff) return cutoff;
    }
    return top;
  }
  void move_run(std::size_t from, std::size_t to) {
    auto const begin = order_.begin();
    auto const f = static_cast<std::ptrdiff_t>(from), t = static_cast<std::ptrdiff_t>(to);
    f < t ? std::rotate(begin + f, begin + f + 1, begin + t + 1)
          : std::rotate(begin + t, begin + f, begin + f + 1);
  }

  void add_items(std::size_t b) {
    first_item_.resize(b + 2);
    first_item_[b] = items_.size();
    auto const base = static_cast<std::size_t>(plan_.base[b]);
    auto const rows = static_cast<std::size_t>(problem_.buffers[b].rows);
    std::int32_t const row_bytes = problem_.buffers[b].row_bytes;
    bool const in_one = rules_[b] == row_rule::side_by_side && !problem_.buffers[b].present;
    item whole{b, row_bytes * problem_.buffers[b].rows, std::numeric_limits<std::int32_t>::max(), -1};
    for (std::size_t y = base; y < base + rows; ++y) {
      if (plan_.birth[y] < 0) continue;
      if (!in_one) add_row({b, row_bytes, plan_.birth[y], plan_.death[y]});
      whole.birth = min(whole.birth, plan_.birth[y]);
      whole.death = max(whole.death, plan_.death[y]);
    }
    if (in_one && whole.death >= 0) items_.push_back(whole);
    first_item_[b + 1] = items_.size();
  }

  /// Rows that one step makes lie side by side, so that a kernel makes them in one call; so do those of an
  /// input that is there from the start. They die one by one.
  void add_row(item const& row) {
    bool const one_slot = rules_[row.buffer] == row_rule::one_slot,
               joins = items_.size() > first_item_[row.buffer] &&
                       (one_slot || problem_.buffers[row.buffer].present ||
                        (items_.back().birth == row.birth && row.bytes % planner::table_unit == 0));
    if (!joins) run_ = items_.size();
    items_.push_back(row);
    if (!joins) return;
    ++items_[run_].run;
    items_.back().run = 0;
  }

  /// Lists for each item those that live with it.
  void find_neighbours() {
    std::vector<std::size_t> by_birth(items_.size());
    for (std::size_t i = 0; i < by_birth.size(); ++i) by_birth[i] = i;
    std::ranges::stable_sort(by_birth, {}, [&](std::size_t i) { return items_[i].birth; });
    neighbours_.resize(items_.size());
    std::vector<std::size_t> alive;
    for (std::size_t const i : by_birth) {
      std::erase_if(alive, [&](std::size_t j) { return items_[j].death < items_[i].birth; });
      for (std::size_t const j : alive) {
        neighbours_[i].push_back(j);
        neighbours_[j].push_back(i);
      }
      alive.push_back(i);
    }
  }

  /// Bytes from an item of a run to the next.
  [[nodiscard]] std::int32_t step_of(std::size_t i) const {
    return rules_[items_[i].buffer] == row_rule::one_slot ? 0 : items_[i].bytes;
  }
  void place_run(std::size_t i) {
    std::int32_t const bytes = items_[i].bytes, step = step_of(i);
    auto const rows = static_cast<std::size_t>(items_[i].run);
    busy_.clear();  // where row 0 would have to lie for some row to meet a neighbour: (begin, end)
    for (std::size_t k = 0; k < rows; ++k) {
      auto const below = static_cast<std::int64_t>(k) * step;
      for (std::size_t const j : neighbours_[i + k]) {
        if (placed_[j])
          busy_.emplace_back(address_[j] - below - bytes, address_[j] + items_[j].bytes - below);
      }
    }
    std::ranges::sort(busy_);
    std::int64_t at = 0;
    for (auto const& [begin, end] : busy_) {
      if (at <= begin) break;
      if (at < end) at = align_up<std::int64_t>(end, alignment_of(i));
    }
    for (std::size_t k = 0; k < rows; ++k) {
      address_[i + k] = static_cast<std::int32_t>(at + static_cast<std::int64_t>(k) * step);
      placed_[i + k] = true;
    }
  }
  [[nodiscard]] std::int64_t alignment_of(std::size_t i) const {
    return max(problem_.buffers[items_[i].buffer].alignment, planner::table_unit);
  }

  planner::row_problem problem_;
  row_plan const& plan_;
  std::vector<row_rule> rules_;
  std::vector<item> items_;
  std::vector<std::size_t> first_item_;  // of each buffer
  std::size_t run_ = 0;                  // where the run begins that is being added
  std::vector<std::vector<std::size_t>> neighbours_;
  std::vector<std::int32_t> address_;
  std::vector<bool> placed_;
  std::vector<std::size_t> order_;  // runs, by their first item
  std::size_t highest_ = 0;         // in `order_`: the run that ends behind all others
  std::vector<std::pair<std::int64_t, std::int64_t>> busy_;
};

}  // namespace linnet::inline LINNET_ISA::detail
