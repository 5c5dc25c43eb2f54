// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <linnet/session/grouping_bound.hpp>
#include <linnet/session/step_costs.hpp>

// Groupings with strips of several heights that need little memory and cost little: every segment of
// operations is run once with every height, all else is arithmetic on what that took.
namespace linnet::inline LINNET_ISA {

/// A grouping, the most bytes of rows that it keeps alive, and what its steps cost.
struct costed_grouping {
  grouped_operations grouping{};     ///< what runs together
  std::int64_t bytes = 0, cost = 0;  ///< alive at most; instructions by estimate
};

/// Rows a step that are tried; all rows last.
inline constexpr std::array<std::int32_t, 8> strip_heights{1, 2, 3, 4, 6, 8, 16, planner::whole_strip};

namespace detail {

class bounded_groupings {
 public:
  bounded_groupings(planner::row_problem const& p, std::span<step_cost const> costs)
      : problem_(p), operations_(p.operations.size()), segments_((operations_ + 1) * operations_) {
    bound_search bound(p, false);
    std::vector<std::int32_t> lag(operations_);
    for (std::size_t first = 0; first < operations_; ++first) {
      std::size_t const longest = static_cast<std::size_t>(planner::longest_group);
      for (std::size_t end = first + 1; end <= min(operations_, first + longest); ++end) {
        for (std::size_t h = 0; h < strip_heights.size(); ++h) {
          height& at = segments_[segment(first, end)][h];
          at.bytes = bound.group_bytes(first, end, strip_heights[h]);
          align_group(p, first, end, strip_heights[h], lag);
          for (std::size_t i = first; i < end; ++i)
            at.cost += costs[i].of_steps(p.operations[i], strip_heights[h], lag[i]);
          sizes_.push_back(at.bytes);
        }
      }
    }
    std::ranges::sort(sizes_);
    sizes_.erase(std::unique(sizes_.begin(), sizes_.end()), sizes_.end());
  }

  /// The cheapest grouping that keeps no more than so many bytes alive; none has no operations.
  [[nodiscard]] costed_grouping within(std::int64_t bytes) const {
    std::vector<std::int64_t> best(operations_ + 1, never);
    std::vector<std::pair<std::size_t, std::size_t>> from(operations_ + 1);
    best[0] = 0;
    for (std::size_t end = 1; end <= operations_; ++end) {
      for (std::size_t first = 0; first < end; ++first) {
        for (std::size_t h = 0; h < strip_heights.size() && best[first] != never; ++h) {
          height const& at = segments_[segment(first, end)][h];
          if (at.bytes > bytes || best[first] + at.cost >= best[end]) continue;
          best[end] = best[first] + at.cost;
          from[end] = {first, h};
        }
      }
    }
    if (best[operations_] == never) return {};
    costed_grouping made{grouped_operations(operations_), 0, best[operations_]};
    std::vector<std::size_t> begins;
    for (std::size_t end = operations_; end > 0; end = from[end].first) begins.push_back(end);
    std::int32_t group = 0;
    for (std::size_t k = begins.size(); k-- > 0; ++group) {
      std::size_t const end = begins[k];
      auto const [first, h] = from[end];
      made.bytes = max(made.bytes, segments_[segment(first, end)][h].bytes);
      align_group(problem_, first, end, strip_heights[h], made.grouping.lag);
      for (std::size_t i = first; i < end; ++i) {
        made.grouping.group_of[i] = group;
        made.grouping.strip[i] = strip_heights[h];
      }
    }
    return made;
  }

  /// Everything that segments keep alive, in increasing order.
  [[nodiscard]] std::span<std::int64_t const> sizes() const { return sizes_; }

 private:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  struct height {
    std::int64_t bytes = never, cost = 0;
  };
  [[nodiscard]] std::size_t segment(std::size_t first, std::size_t end) const {
    return first * (operations_ + 1) + end;
  }

  planner::row_problem problem_;
  std::size_t operations_;
  std::vector<std::array<height, strip_heights.size()>> segments_;
  std::vector<std::int64_t> sizes_;
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA
