// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <linnet/base/math.hpp>

// Places intervals (bytes alive from one step to another) in one memory. Knows nothing of tensors: it would
// serve any program's buffers.
namespace linnet::inline LINNET_ISA::planner {

/// A buffer: alive in every step of [first, last], both included.
struct interval {
  std::int64_t bytes = 0;
  std::int32_t alignment = 1;
  std::int32_t first = 0, last = 0;
};

[[nodiscard]] constexpr bool alive_together(interval const& a, interval const& b) {
  return a.first <= b.last && b.first <= a.last;
}

/// What `place` found.
struct placement {
  std::int64_t bytes = 0;        // size of the memory
  std::int64_t lower_bound = 0;  // the most bytes alive in one step: no placement can need less
  bool optimal = false;          // proved: the bound is met, or the search was exhausted
};

/// The most bytes alive in any step.
[[nodiscard]] constexpr std::int64_t most_alive(std::span<interval const> intervals) {
  std::int64_t most = 0;
  for (interval const& at : intervals) {  // the maximum is reached where some interval begins
    std::int64_t sum = 0;
    for (interval const& other : intervals) {
      if (other.first <= at.first && at.first <= other.last) sum += other.bytes;
    }
    most = max(most, sum);
  }
  return most;
}

namespace detail {

/// The lowest offset at which interval `i` overlaps none of the placed ones that are alive with it.
[[nodiscard]] constexpr std::int64_t lowest_fit(std::span<interval const> intervals,
                                                std::span<std::int64_t const> offsets,
                                                std::span<std::int32_t const> placed, std::int32_t i) {
  interval const& wanted = intervals[static_cast<std::size_t>(i)];
  std::int64_t offset = 0;
  for (bool moved = true; moved;) {
    moved = false;
    for (std::int32_t j : placed) {
      interval const& other = intervals[static_cast<std::size_t>(j)];
      std::int64_t const begin = offsets[static_cast<std::size_t>(j)], end = begin + other.bytes;
      if (!alive_together(wanted, other) || offset >= end || offset + wanted.bytes <= begin) continue;
      offset = align_up<std::int64_t>(end, wanted.alignment);
      moved = true;
    }
  }
  return offset;
}

/// Places in the given order, each as low as it goes. Returns the bytes needed.
constexpr std::int64_t place_in_order(std::span<interval const> intervals,
                                      std::span<std::int32_t const> order, std::span<std::int64_t> offsets) {
  std::int64_t top = 0;
  for (std::size_t n = 0; n < order.size(); ++n) {
    auto const i = static_cast<std::size_t>(order[n]);
    offsets[i] = lowest_fit(intervals, offsets, order.first(n), order[n]);
    top = max(top, offsets[i] + intervals[i].bytes);
  }
  return top;
}

/// Sorts `order` (insertion sort: stable, constexpr, a few dozen entries).
template <class Before>
constexpr void sort(std::span<std::int32_t> order, Before before) {
  for (std::size_t n = 1; n < order.size(); ++n) {
    std::int32_t const moving = order[n];
    std::size_t hole = n;
    for (; hole > 0 && before(moving, order[hole - 1]); --hole) order[hole] = order[hole - 1];
    order[hole] = moving;
  }
}

/// Depth-first search over all orders in which offsets do not decrease: every optimal placement can be pushed
/// down into one of those. Gives up after `budget` placements.
class exhaustive_search {
 public:
  constexpr exhaustive_search(std::span<interval const> intervals, std::span<std::int64_t> offsets,
                              std::span<std::int32_t> order, std::span<std::int64_t> best_offsets,
                              placement& best, std::int64_t budget)
      : intervals_(intervals),
        offsets_(offsets),
        order_(order),
        best_offsets_(best_offsets),
        best_(best),
        budget_(budget) {}

  /// Returns whether every order was tried or excluded.
  constexpr bool run() {
    descend(0, 0, 0);
    return budget_ > 0 || best_.bytes == best_.lower_bound;
  }

 private:
  constexpr void descend(std::size_t depth, std::int64_t floor, std::int64_t top) {
    if (depth == order_.size()) {
      best_.bytes = top;
      for (std::size_t i = 0; i < offsets_.size(); ++i) best_offsets_[i] = offsets_[i];
      return;
    }
    for (std::size_t n = depth; n < order_.size(); ++n) {
      if (best_.bytes == best_.lower_bound || --budget_ <= 0) return;
      swap(depth, n);
      auto const i = static_cast<std::size_t>(order_[depth]);
      std::int64_t const offset = lowest_fit(intervals_, offsets_, order_.first(depth), order_[depth]);
      std::int64_t const new_top = max(top, offset + intervals_[i].bytes);
      if (offset >= floor && new_top < best_.bytes) {
        offsets_[i] = offset;
        descend(depth + 1, offset, new_top);
      }
      swap(depth, n);
    }
  }
  constexpr void swap(std::size_t a, std::size_t b) {
    std::int32_t const kept = order_[a];
    order_[a] = order_[b];
    order_[b] = kept;
  }

  std::span<interval const> intervals_;
  std::span<std::int64_t> offsets_;
  std::span<std::int32_t> order_;
  std::span<std::int64_t> best_offsets_;
  placement& best_;
  std::int64_t budget_;
};

}  // namespace detail

/// Working memory of `place`: one entry an interval.
struct workspace {
  std::span<std::int32_t> order;
  std::span<std::int64_t> trial;
};

namespace detail {

/// Keeps the best placement seen.
class recorder {
 public:
  constexpr recorder(std::span<interval const> intervals, std::span<std::int64_t> offsets, workspace memory,
                     placement& best)
      : intervals_(intervals), offsets_(offsets), memory_(memory), best_(best) {}

  /// Places in the workspace's order and keeps the result if it is better. Returns the bytes it needs.
  constexpr std::int64_t attempt() {
    std::int64_t const bytes = place_in_order(intervals_, memory_.order, memory_.trial);
    if (bytes < best_.bytes) {
      best_.bytes = bytes;
      for (std::size_t i = 0; i < offsets_.size(); ++i) offsets_[i] = memory_.trial[i];
    }
    return bytes;
  }
  /// Moves the interval that reaches the top of the last attempt to the front of the order: whoever could not
  /// be placed well gets the first choice next time.
  constexpr void promote_highest(std::int64_t top) {
    std::size_t n = 0;
    while (memory_.trial[index(n)] + intervals_[index(n)].bytes != top) ++n;
    std::int32_t const moving = memory_.order[n];
    for (; n > 0; --n) memory_.order[n] = memory_.order[n - 1];
    memory_.order[0] = moving;
  }

 private:
  [[nodiscard]] constexpr std::size_t index(std::size_t n) const {
    return static_cast<std::size_t>(memory_.order[n]);
  }

  std::span<interval const> intervals_;
  std::span<std::int64_t> offsets_;
  workspace memory_;
  placement& best_;
};

}  // namespace detail

/// Gives every interval an offset so that no two that are alive together overlap, in as few bytes as it
/// finds: four orders greedily, each repaired a few times, then an exhaustive search of at most `budget`
/// placements; each stage only while the lower bound is not met. Preconditions: bytes >= 0, alignment >= 1,
/// first <= last; spans of one size.
[[nodiscard]] constexpr placement place(std::span<interval const> intervals, std::span<std::int64_t> offsets,
                                        workspace memory, std::int64_t budget = 20000) {
  constexpr int repairs = 16;
  placement best{.bytes = std::numeric_limits<std::int64_t>::max(), .lower_bound = most_alive(intervals)};
  auto const at = [&](std::int32_t i) -> interval const& { return intervals[static_cast<std::size_t>(i)]; };
  auto const area = [&](std::int32_t i) { return at(i).bytes * (at(i).last - at(i).first + 1); };
  auto const sort_by = [&](int criterion) {
    for (std::size_t i = 0; i < intervals.size(); ++i) memory.order[i] = static_cast<std::int32_t>(i);
    detail::sort(memory.order, [&](std::int32_t a, std::int32_t b) {
      switch (criterion) {
        case 0: return at(a).bytes > at(b).bytes;
        case 1: return area(a) > area(b);
        case 2: return at(a).first < at(b).first;
        default: return at(a).last > at(b).last;
      }
    });
  };
  detail::recorder recorder(intervals, offsets, memory, best);
  for (int criterion = 0; criterion < 4 && best.bytes > best.lower_bound; ++criterion) {
    sort_by(criterion);
    std::int64_t top = recorder.attempt();
    for (int i = 0; i < repairs && best.bytes > best.lower_bound; ++i) {
      recorder.promote_highest(top);
      top = recorder.attempt();
    }
  }
  best.optimal = best.bytes == best.lower_bound;
  if (!best.optimal) {
    sort_by(0);
    best.optimal =
        detail::exhaustive_search(intervals, memory.trial, memory.order, offsets, best, budget).run();
  }
  return best;
}

}  // namespace linnet::inline LINNET_ISA::planner
