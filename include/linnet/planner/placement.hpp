// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/base/math.hpp>
#include <linnet/base/span.hpp>

// Places intervals (bytes alive from one step to another) in one memory. Knows nothing of tensors: it would
// serve any program's buffers.
namespace linnet::inline LINNET_ISA::planner {

/// A buffer: alive in every step of [first, last], both included.
struct interval {
  std::int64_t bytes = 0;            ///< 0: takes no place
  std::int32_t alignment = 1;        ///< of its first byte; a power of two
  std::int32_t first = 0, last = 0;  ///< steps, both included
};

/// Whether there is a step in which both are alive.
[[nodiscard]] constexpr bool alive_together(interval const& a, interval const& b) {
  return a.first <= b.last && b.first <= a.last;
}

/// What `place` found.
struct placement {
  std::int64_t bytes = 0;        ///< size of the memory
  std::int64_t lower_bound = 0;  ///< the most bytes alive in one step: no placement can need less
  bool optimal = false;          ///< proved: the bound is met, or the search was exhausted
};

/// The most bytes alive in any step.
[[nodiscard]] constexpr std::int64_t most_alive(span<interval const> intervals) {
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

/// Working memory of `place`: one entry an interval.
struct workspace {
  span<std::int32_t> order, sorted;  ///< interval numbers
  span<std::int64_t> trial;          ///< offsets of the trial at hand
};

/// How much `place` may search: pairs of intervals that it compares. The default leaves a plan of some 100
/// intervals inside both compilers' default limits for constants.
inline constexpr std::int64_t default_effort = 25000;

namespace detail {

/// Sorts `order` by merging runs (stable; n log n comparisons). `other` is working memory of its size.
template <class Before>
constexpr void sort(span<std::int32_t> order, span<std::int32_t> other, Before before) {
  std::size_t const size = order.size();
  for (std::size_t run = 1; run < size; run *= 2) {
    for (std::size_t begin = 0; begin < size; begin += 2 * run) {
      std::size_t const middle = min(begin + run, size), end = min(begin + 2 * run, size);
      std::size_t a = begin, b = middle;
      for (std::size_t to = begin; to < end; ++to) {
        bool const from_a = b == end || (a < middle && !before(order[b], order[a]));
        other[to] = order[from_a ? a++ : b++];
      }
    }
    for (std::size_t i = 0; i < size; ++i) order[i] = other[i];
  }
}

constexpr void count_up(span<std::int32_t> order) {
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int32_t>(i);
}

/// Places intervals one by one, each as low as it goes among those that were placed before.
class ground {
 public:
  constexpr ground(span<interval const> intervals, workspace memory, std::int64_t effort)
      : intervals_(intervals), memory_(memory), effort_(effort) {}

  [[nodiscard]] constexpr interval const& at(std::int32_t i) const {
    return intervals_[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] constexpr std::int64_t& offset(std::int32_t i) {
    return memory_.trial[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] constexpr bool exhausted() const { return effort_ <= 0; }

  /// The lowest offset at which interval `i` overlaps none of `placed` (in the order of their offsets) that
  /// is alive with it.
  [[nodiscard]] constexpr std::int64_t lowest_fit(span<std::int32_t const> placed, std::int32_t i) {
    interval const* const all = intervals_.data();  // plain pointers: this loop decides what a constant costs
    std::int64_t const* const offsets = memory_.trial.data();
    interval const wanted = all[i];
    std::int64_t lowest = 0;
    std::size_t looked_at = 0;
    for (std::int32_t const *j = placed.data(), *end = j + placed.size(); j != end; ++j, ++looked_at) {
      if (wanted.first > all[*j].last || all[*j].first > wanted.last) continue;
      if (offsets[*j] >= lowest + wanted.bytes) break;
      lowest = max(lowest, align_up<std::int64_t>(offsets[*j] + all[*j].bytes, wanted.alignment));
    }
    effort_ -= static_cast<std::int64_t>(looked_at) + 1;
    return lowest;
  }

  /// Places all in the workspace's order. Returns the bytes needed.
  constexpr std::int64_t place_in_order() {
    std::int64_t top = 0;
    for (std::size_t n = 0; n < memory_.order.size(); ++n) {
      std::int32_t const i = memory_.order[n];
      std::int64_t const lowest = lowest_fit(memory_.sorted.first(n), i);
      offset(i) = lowest;
      std::size_t hole = n;
      for (; hole > 0 && offset(memory_.sorted[hole - 1]) > lowest; --hole)
        memory_.sorted[hole] = memory_.sorted[hole - 1];
      memory_.sorted[hole] = i;
      top = max(top, lowest + at(i).bytes);
    }
    return top;
  }

  /// Moves the interval that reaches the top of the last attempt to the front of the order: whoever could not
  /// be placed well gets the first choice next time.
  constexpr void promote_highest(std::int64_t top) {
    std::size_t n = 0;
    while (offset(memory_.order[n]) + at(memory_.order[n]).bytes != top) ++n;
    std::int32_t const moving = memory_.order[n];
    for (; n > 0; --n) memory_.order[n] = memory_.order[n - 1];
    memory_.order[0] = moving;
  }

 private:
  span<interval const> intervals_;
  workspace memory_;
  std::int64_t effort_;
};

/// Keeps the best placement seen.
struct record {
  span<std::int64_t const> trial;
  span<std::int64_t> offsets;
  placement best;

  constexpr void offer(std::int64_t bytes) {
    if (bytes >= best.bytes) return;
    best.bytes = bytes;
    for (std::size_t i = 0; i < offsets.size(); ++i) offsets[i] = trial[i];
  }
  [[nodiscard]] constexpr bool perfect() const { return best.bytes == best.lower_bound; }
};

/// Depth-first search over all orders in which offsets do not decrease: every optimal placement can be pushed
/// down into one of those. Ends early where the ground's effort is spent.
class exhaustive_search {
 public:
  constexpr exhaustive_search(ground& where, span<std::int32_t> order, record& kept)
      : ground_(where), order_(order), kept_(kept) {}

  constexpr void descend(std::size_t depth = 0, std::int64_t floor = 0, std::int64_t top = 0) {
    if (depth == order_.size()) kept_.offer(top);
    for (std::size_t n = depth; n < order_.size(); ++n) {
      if (kept_.perfect() || ground_.exhausted()) return;
      swap(depth, n);
      std::int32_t const i = order_[depth];
      std::int64_t const lowest = ground_.lowest_fit(order_.first(depth), i);
      std::int64_t const new_top = max(top, lowest + ground_.at(i).bytes);
      if (lowest >= floor && new_top < kept_.best.bytes) {
        ground_.offset(i) = lowest;
        descend(depth + 1, lowest, new_top);
      }
      swap(depth, n);
    }
  }

 private:
  constexpr void swap(std::size_t a, std::size_t b) {
    std::int32_t const kept = order_[a];
    order_[a] = order_[b];
    order_[b] = kept;
  }

  ground& ground_;
  span<std::int32_t> order_;
  record& kept_;
};

}  // namespace detail

/// Gives every interval an offset so that no two that are alive together overlap, in as few bytes as it
/// finds: four orders greedily, each repaired a few times, then an exhaustive search; each stage only while
/// the lower bound is not met and effort is left (the first order is always tried to its end).
/// Preconditions: bytes >= 0, alignment >= 1, first <= last; spans of one size.
[[nodiscard]] constexpr placement place(span<interval const> intervals, span<std::int64_t> offsets,
                                        workspace memory, std::int64_t effort = default_effort) {
  constexpr int repairs = 16;
  detail::ground ground(intervals, memory, effort);
  detail::record kept{
      memory.trial,
      offsets,
      {.bytes = std::numeric_limits<std::int64_t>::max(), .lower_bound = most_alive(intervals)}};
  auto const area = [&](std::int32_t i) {
    interval const& at = ground.at(i);
    return at.bytes * (at.last - at.first + 1);
  };
  auto const sort_by = [&](int criterion) {
    detail::count_up(memory.order);
    detail::sort(memory.order, memory.sorted, [&](std::int32_t a, std::int32_t b) {
      switch (criterion) {
        case 0: return ground.at(a).bytes > ground.at(b).bytes;
        case 1: return area(a) > area(b);
        case 2: return ground.at(a).first < ground.at(b).first;
        default: return ground.at(a).last > ground.at(b).last;
      }
    });
  };
  auto const done = [&] { return kept.perfect() || ground.exhausted(); };
  for (int criterion = 0; criterion < 4 && (criterion == 0 || !done()); ++criterion) {
    sort_by(criterion);
    for (int attempt = 0; attempt <= repairs && (attempt == 0 || !done()); ++attempt) {
      std::int64_t const top = ground.place_in_order();
      kept.offer(top);
      if (!done()) ground.promote_highest(top);
    }
  }
  if (!done()) {
    sort_by(0);
    detail::exhaustive_search(ground, memory.order, kept).descend();
  }
  kept.best.optimal = kept.perfect() || !ground.exhausted();
  return kept.best;
}

}  // namespace linnet::inline LINNET_ISA::planner
