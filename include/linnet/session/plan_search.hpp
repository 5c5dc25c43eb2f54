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

#include <linnet/session/bounded_groupings.hpp>
#include <linnet/session/grouping_bound.hpp>
#include <linnet/session/row_plan.hpp>
#include <linnet/session/step_costs.hpp>
#include <linnet/session/table_placement.hpp>

// The long search for a small arena, for whoever has the time: exact groupings, then changes of one that
// placed well, judged by where their rows really fit.
namespace linnet::inline LINNET_ISA {

/// An effort that finds most of what there is, in some seconds.
inline constexpr std::int32_t thorough_search = 100;

/// Any number of instructions for a smaller arena.
inline constexpr std::int32_t any_slowdown = std::numeric_limits<std::int32_t>::max();

/// How long to search, and for what.
struct search_options {
  std::int32_t effort = 0;  ///< groupings to place, 0: none; equal efforts give equal plans
  bool row_tables = true;   ///< rows may have addresses of their own: two bytes of flash a row
  /// Percent by which what steps cost may exceed what whole layers do, by estimate (`step_cost`).
  std::int32_t slowdown = any_slowdown;
};

namespace detail {

/// Numbers that are the same everywhere.
class search_dice {
 public:
  [[nodiscard]] std::size_t below(std::size_t end) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>((state_ >> 33) % end);
  }

 private:
  std::uint64_t state_ = 1;
};

class plan_searcher {
 public:
  plan_searcher(planner::row_problem const& p, search_options const& options,
                std::span<step_cost const> costs)
      : problem_(p), options_(options), costs_(costs), planner_(p) {}

  [[nodiscard]] row_plan search(row_plan first) {
    if (options_.slowdown != any_slowdown) return search_bounded(std::move(first));
    best_ = std::move(first);
    bound_ = bound_of_groupings(problem_).bytes;
    for (bool ring : {true, false}) attempt(bound_of_groupings(problem_, ring).grouping, 8);
    for (std::size_t longest : {4u, 6u, 8u, 12u, 16u, 24u})
      attempt(bound_of_groupings(problem_, false, longest).grouping, 4);
    while (spent_ < options_.effort && best_.bytes > bound_)
      attempt(changed(best_.grouping), 1 + (dice_.below(8) == 0 ? 3 : 0));
    return std::move(best_);
  }

 private:
  /// The same among plans that do not cost too much: groupings of steps of several heights, from those that
  /// keep the fewest bytes alive on; then those again that might still be better, placed with more care.
  [[nodiscard]] row_plan search_bounded(row_plan first) {
    grouped_operations layers(problem_.operations.size());
    group_layers(layers.view());
    std::int64_t const whole = cost_of(layers), limit = whole + whole * min(options_.slowdown, 100000) / 100;
    best_ = planner_.plan(std::move(layers));
    if (cost_of(first.grouping) <= limit && first.bytes < best_.bytes) best_ = std::move(first);
    bounded_groupings const all(problem_, costs_);
    std::vector<grouped_operations> tried;
    auto const costs_too_much = [&](std::int64_t bytes) {
      costed_grouping const found = all.within(bytes);
      return found.grouping.strip.empty() || found.cost > limit;
    };
    auto const first_size = std::ranges::partition_point(all.sizes(), costs_too_much);  // more cost less
    for (auto at = first_size; at != all.sizes().end(); ++at) {
      if (*at >= best_.bytes || spent_ * 2 >= options_.effort) break;
      costed_grouping found = all.within(*at);
      if (found.bytes != *at) continue;  // that of fewer bytes
      attempt(found.grouping, 2);
      tried.push_back(std::move(found.grouping));
    }
    for (grouped_operations& grouping : tried) attempt(std::move(grouping), 30);
    return std::move(best_);
  }
  [[nodiscard]] std::int64_t cost_of(grouped_operations const& g) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < g.strip.size(); ++i)
      sum += costs_[i].of_steps(problem_.operations[i], g.strip[i], g.lag[i]);
    return sum;
  }

  /// Places a grouping as rings and with a table, as thoroughly as `effort` says.
  void attempt(grouped_operations grouping, std::int32_t effort) {
    if (spent_ >= options_.effort) return;
    ++spent_;
    row_plan plan = planner_.schedule(grouping, false);
    if (plan.lower_bound >= best_.bytes) return;
    if (options_.row_tables) try_table(std::move(plan), effort);
    plan = planner_.plan(std::move(grouping));
    if (plan.lower_bound < best_.bytes) try_rings(std::move(plan), effort);
  }

  /// Rings in orders near the best one.
  void try_rings(row_plan plan, std::int32_t effort) {
    plan.bytes = planner_.improve(plan, effort * 300, dice_);
    if (plan.bytes < best_.bytes) best_ = std::move(plan);
  }

  void try_table(row_plan plan, std::int32_t effort) {
    std::int64_t const limit = std::int64_t{65535} * planner::table_unit;
    table_placer placer(problem_, plan);
    std::int64_t least = min(best_.bytes, limit);
    std::vector<std::int64_t> weight(problem_.buffers.size()), kept;
    auto const offer = [&] {
      std::int64_t const bytes = placer.place(weight, least);
      if (bytes >= least) return;
      least = bytes;
      kept = weight;
      placer.write(plan);
    };
    for (int criterion = 0; criterion < 4; ++criterion) {
      for (std::size_t b = 0; b < weight.size(); ++b) weight[b] = weight_of(plan, b, criterion);
      offer();
    }
    for (std::int32_t i = 0; i < effort * 12 && least > bound_; ++i) {
      for (std::size_t b = 0; b < weight.size(); ++b)
        weight[b] = kept.empty() ? weight_of(plan, b, 0) : kept[b];
      for (std::size_t n = 1 + dice_.below(3); n > 0; --n) {
        std::size_t const a = dice_.below(weight.size()), b = dice_.below(weight.size());
        weight[a] = weight[b] + static_cast<std::int64_t>(dice_.below(3)) - 1;
      }
      offer();
    }
    if (options_.slowdown != any_slowdown) {
      for (std::size_t b = 0; b < weight.size(); ++b)
        weight[b] = kept.empty() ? weight_of(plan, b, 0) : kept[b];
      (void)placer.place(weight, limit);
      std::int64_t const bytes = placer.improve(limit, effort * 100, plan.lower_bound, dice_);
      if (bytes < least) {
        least = bytes;
        kept = weight;
        placer.write(plan);
      }
    }
    if (kept.empty()) return;
    plan.bytes = least;
    best_ = std::move(plan);
  }

  /// What a buffer weighs when its rows are placed in the order of weights.
  [[nodiscard]] std::int64_t weight_of(row_plan const& plan, std::size_t b, int criterion) const {
    std::int64_t const bytes = std::int64_t{problem_.buffers[b].row_bytes} * 4;
    auto const first = static_cast<std::size_t>(plan.base[b]);
    std::int64_t const life = plan.death[first] - plan.birth[first] + 1;
    switch (criterion) {
      case 0: return bytes;
      case 1: return 0;  // in the order of births
      case 2: return bytes * life;
      default: return life;
    }
  }

  /// A grouping with a border more, less or elsewhere.
  [[nodiscard]] grouped_operations changed(grouped_operations const& from) {
    std::size_t const count = from.group_of.size();
    std::vector<bool> begins(count);
    for (std::size_t i = 0; i < count; ++i) begins[i] = from.begins_group(i);
    if (count < 2) return from;
    for (std::size_t n = 1 + dice_.below(3); n > 0; --n) {
      std::size_t const i = 1 + dice_.below(count - 1);
      if (dice_.below(2) == 0) {
        begins[i] = !begins[i];
      } else {
        std::size_t const j =
            max<std::size_t>(1, min(count - 1, i + dice_.below(5)) - min<std::size_t>(2, i));
        bool const kept = begins[i];
        begins[i] = begins[j];
        begins[j] = kept;
      }
    }
    grouped_operations made(count);
    std::int32_t group = -1;
    for (std::size_t i = 0, first = 0; i < count; ++i) {
      if (i == 0 || begins[i] || i - first >= static_cast<std::size_t>(planner::longest_group)) {
        ++group;
        first = i;
      }
      made.group_of[i] = group;
    }
    return made;
  }

  planner::row_problem problem_;
  search_options options_;
  std::span<step_cost const> costs_;
  row_planner planner_;
  search_dice dice_;
  row_plan best_;
  std::int64_t bound_ = 0;
  std::int32_t spent_ = 0;
};

}  // namespace detail

/// The smallest plan that a long search finds, from a plan that is known: some seconds for a thorough one.
/// Rows move one at a time, as under `memory_policy::least_memory`; where a slowdown is stated, as many as
/// keep to it, for which `costs` has an entry an operation.
[[nodiscard]] inline row_plan search_rows(planner::row_problem const& p, row_plan known,
                                          search_options const& options,
                                          std::span<step_cost const> costs = {}) {
  return detail::plan_searcher(p, options, costs).search(std::move(known));
}

}  // namespace linnet::inline LINNET_ISA
