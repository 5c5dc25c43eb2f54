// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <linnet/planner/row_table.hpp>
#include <linnet/session/row_plan.hpp>

namespace linnet::inline LINNET_ISA::detail {

/// Gives every row of a schedule an address of its own; buffers whose rows must lie side by side get one for
/// all.
class table_placer {
 public:
  table_placer(planner::row_problem const& p, row_plan const& plan)
      : problem_(p), plan_(plan), side_by_side_(new bool[p.buffers.size()]()) {
    mark_side_by_side(p, {side_by_side_.get(), p.buffers.size()});
    for (std::size_t b = 0; b < p.buffers.size(); ++b) add_items(b);
    find_neighbours();
    address_.resize(items_.size());
    placed_.resize(items_.size());
    order_.resize(items_.size());
  }

  /// Places the items in an order of their buffers' weights (heavy first), each as low as it goes. Returns
  /// the bytes needed, or gives up with `cutoff`.
  std::int64_t place(std::span<std::int64_t const> weight, std::int64_t cutoff) {
    for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = i;
    std::ranges::stable_sort(order_, [&](std::size_t a, std::size_t b) {
      return std::pair(-weight[items_[a].buffer], items_[a].birth) <
             std::pair(-weight[items_[b].buffer], items_[b].birth);
    });
    placed_.assign(items_.size(), false);
    std::int64_t top = 0;
    for (std::size_t const i : order_) {
      if (is_part_of_input(i)) continue;  // it came with the first row
      place_item(i);
      top = max(top, std::int64_t{address_[i]} + bytes_with_followers(i));
      if (top >= cutoff) return cutoff;
    }
    return top;
  }

  /// Writes the addresses of the last placement into a plan.
  void write(row_plan& plan) const {
    plan.table.clear();
    for (std::size_t b = 0; b < problem_.buffers.size(); ++b) {
      planner::ring& r = plan.rings[b];
      r = {0, 0, problem_.buffers[b].row_bytes, -1};
      if (!side_by_side_[b]) r.table = static_cast<std::int32_t>(plan.table.size());
      for (std::size_t i = first_item_[b]; i < first_item_[b + 1]; ++i) {
        if (side_by_side_[b] && i > first_item_[b]) break;
        if (side_by_side_[b]) r.offset = address_[i];
        if (!side_by_side_[b])
          plan.table.push_back(static_cast<std::uint16_t>(address_[i] / planner::table_unit));
      }
      bool const used = first_item_[b] < first_item_[b + 1];
      r.rows = used ? problem_.buffers[b].rows : 0;
      if (!side_by_side_[b]) plan.table.resize(static_cast<std::size_t>(r.table + problem_.buffers[b].rows));
    }
  }

 private:
  struct item {
    std::size_t buffer;
    std::int32_t bytes, birth, death;
  };

  void add_items(std::size_t b) {
    first_item_.resize(b + 2);
    first_item_[b] = items_.size();
    auto const base = static_cast<std::size_t>(plan_.base[b]);
    auto const rows = static_cast<std::size_t>(problem_.buffers[b].rows);
    std::int32_t const row_bytes = problem_.buffers[b].row_bytes;
    item whole{b, row_bytes * problem_.buffers[b].rows, std::numeric_limits<std::int32_t>::max(), -1};
    for (std::size_t y = base; y < base + rows; ++y) {
      if (plan_.birth[y] < 0) continue;
      bool const alone = !side_by_side_[b] || problem_.buffers[b].present;
      if (alone) items_.push_back({b, row_bytes, plan_.birth[y], plan_.death[y]});
      whole.birth = min(whole.birth, plan_.birth[y]);
      whole.death = max(whole.death, plan_.death[y]);
    }
    bool const in_one = side_by_side_[b] && !problem_.buffers[b].present;
    if (in_one && whole.death >= 0) items_.push_back(whole);
    first_item_[b + 1] = items_.size();
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

  /// Rows of an input that is there from the start follow the first one, and die one by one.
  [[nodiscard]] bool is_present(std::size_t i) const { return problem_.buffers[items_[i].buffer].present; }
  [[nodiscard]] bool is_part_of_input(std::size_t i) const {
    return is_present(i) && i > first_item_[items_[i].buffer];
  }
  [[nodiscard]] std::int64_t bytes_with_followers(std::size_t i) const {
    planner::row_buffer const& b = problem_.buffers[items_[i].buffer];
    return b.present ? std::int64_t{b.rows} * b.row_bytes : items_[i].bytes;
  }

  void place_item(std::size_t i) {
    std::int32_t const row = items_[i].bytes;
    std::size_t const rows = is_present(i) ? first_item_[items_[i].buffer + 1] - i : 1;
    busy_.clear();  // where row 0 would have to lie for some row to meet a neighbour: (begin, end)
    for (std::size_t k = 0; k < rows; ++k) {
      auto const below = static_cast<std::int64_t>(k) * row;
      for (std::size_t const j : neighbours_[i + k]) {
        if (placed_[j]) busy_.emplace_back(address_[j] - below - row, address_[j] + items_[j].bytes - below);
      }
    }
    std::ranges::sort(busy_);
    std::int64_t at = 0;
    for (auto const& [begin, end] : busy_) {
      if (at <= begin) break;
      if (at < end) at = align_up<std::int64_t>(end, alignment_of(i));
    }
    for (std::size_t k = 0; k < rows; ++k) {
      address_[i + k] = static_cast<std::int32_t>(at + static_cast<std::int64_t>(k) * row);
      placed_[i + k] = true;
    }
  }
  [[nodiscard]] std::int64_t alignment_of(std::size_t i) const {
    return max(problem_.buffers[items_[i].buffer].alignment, planner::table_unit);
  }

  planner::row_problem problem_;
  row_plan const& plan_;
  std::unique_ptr<bool[]> side_by_side_;
  std::vector<item> items_;
  std::vector<std::size_t> first_item_;  // of each buffer
  std::vector<std::vector<std::size_t>> neighbours_;
  std::vector<std::int32_t> address_;
  std::vector<bool> placed_;
  std::vector<std::size_t> order_;
  std::vector<std::pair<std::int64_t, std::int64_t>> busy_;
};

}  // namespace linnet::inline LINNET_ISA::detail
