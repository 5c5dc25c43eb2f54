// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/base/span.hpp>
#include <linnet/planner/ring_layout.hpp>

// Several memories: what is read and written most lies where that costs least.
namespace linnet::inline LINNET_ISA::planner {

/// A memory: tightly coupled, on the chip, behind a bus.
struct memory_region {
  std::int64_t bytes = 0;       ///< how many a plan may take
  std::int32_t alignment = 16;  ///< of its first byte; buffers that ask for more lie elsewhere
  std::int32_t cost = 1;        ///< of moving a byte to or from it, in any unit
};

/// What placing rings in several memories came to.
struct memories_placement {
  std::int64_t cost = 0;     ///< bytes moved in one run, each times the cost of its memory
  std::int64_t missing = 0;  ///< bytes that the last memory to be filled lacks; 0: everything fits
  /// Whether every ring has a place.
  [[nodiscard]] constexpr bool fits() const { return missing == 0; }
};

/// Bytes that a run moves to and from every buffer: rows as often as windows reach them, what is made once,
/// states twice a row that is folded.
constexpr void count_traffic(row_problem const& p, span<std::int64_t> traffic) {
  for (std::int64_t& bytes : traffic) bytes = 0;
  auto const rows_of_buffer = [&](std::int32_t b) {
    return std::int64_t{p.buffers[static_cast<std::size_t>(b)].rows};
  };
  auto const add = [&](std::int32_t b, std::int64_t rows) {
    if (b >= 0)
      traffic[static_cast<std::size_t>(b)] += rows * p.buffers[static_cast<std::size_t>(b)].row_bytes;
  };
  for (row_operation const& o : p.operations) {
    for (row_operand const& operand : o.operands) {
      if (operand.buffer < 0) continue;
      std::int64_t const by_windows = std::int64_t{o.rows} * min(o.reach, o.input_rows);
      add(operand.buffer, operand.whole ? rows_of_buffer(operand.buffer) : by_windows);
    }
    add(o.output, o.writes_whole ? rows_of_buffer(o.output) : o.rows);
    add(o.state, 2 * std::int64_t{o.folds ? o.input_rows : o.rows});
  }
}

/// Working memory of `place_in_memories` beside that of `place_rings`: one entry a buffer.
struct memories_workspace {
  span<std::int64_t> traffic;  ///< bytes of each buffer (`count_traffic`)
  /// Memory of each buffer; the best so far, and its offset.
  span<std::int32_t> wanted, best_memory, best_offset;
};

namespace detail {

/// Fills memories one after the other, cheap ones first; what is left over goes into the last one, in the
/// best of several orders.
class memories_filler {
 public:
  constexpr memories_filler(row_problem const& p, span<memory_region const> regions, span<ring> rings,
                            ring_ground& ground, memories_workspace const& w)
      : buffers_(p.buffers.data()),
        regions_(regions),
        rings_(rings.data()),
        ground_(ground),
        work_(w),
        count_(static_cast<std::int32_t>(p.buffers.size())) {}

  /// Criterion 0: the busiest bytes first; 1: the largest buffers first.
  constexpr memories_placement fill(int criterion) {
    std::int32_t const last = dearest();
    for (std::int32_t b = 0; b < count_; ++b) rings_[b].memory = last;
    sort_wanted(criterion);
    for (std::int64_t cost = 0; cost >= 0;) {
      std::int32_t const memory = cheapest_above(cost, last);
      if (memory < 0) break;
      fill_memory(memory, last);
      cost = order_key(memory) + 1;
    }
    return fill_last(last);
  }

 private:
  [[nodiscard]] constexpr memory_region const& region(std::int32_t memory) const {
    return regions_[static_cast<std::size_t>(memory)];
  }
  /// Memories by cost, equal ones by number.
  [[nodiscard]] constexpr std::int64_t order_key(std::int32_t memory) const {
    return std::int64_t{region(memory).cost} * 64 + memory;
  }
  [[nodiscard]] constexpr std::int32_t dearest() const {
    std::int32_t found = 0;
    for (std::int32_t m = 1; m < static_cast<std::int32_t>(regions_.size()); ++m) {
      if (order_key(m) > order_key(found)) found = m;
    }
    return found;
  }
  [[nodiscard]] constexpr std::int32_t cheapest_above(std::int64_t key, std::int32_t last) const {
    std::int32_t found = -1;
    for (std::int32_t m = 0; m < static_cast<std::int32_t>(regions_.size()); ++m) {
      if (m == last || order_key(m) < key) continue;
      if (found < 0 || order_key(m) < order_key(found)) found = m;
    }
    return found;
  }

  [[nodiscard]] constexpr std::int64_t wish(int criterion, std::int32_t b) const {
    std::int64_t const bytes = max<std::int64_t>(1, rings_[b].bytes());
    return criterion == 0 ? work_.traffic[static_cast<std::size_t>(b)] * 16 / bytes : bytes;
  }
  constexpr void sort_wanted(int criterion) {
    std::int32_t* const wanted = work_.wanted.data();
    used_ = 0;
    for (std::int32_t b = 0; b < count_; ++b) {
      if (rings_[b].rows == 0) continue;
      std::int32_t at = used_++;
      for (; at > 0 && wish(criterion, wanted[at - 1]) < wish(criterion, b); --at)
        wanted[at] = wanted[at - 1];
      wanted[at] = b;
    }
  }

  /// Takes what fits of what would go to the last memory.
  constexpr void fill_memory(std::int32_t memory, std::int32_t last) {
    ground_.clear();
    for (std::int32_t i = 0; i < used_; ++i) {
      std::int32_t const b = work_.wanted[static_cast<std::size_t>(i)];
      if (rings_[b].memory != last || buffers_[b].alignment > region(memory).alignment) continue;
      std::int32_t const offset = ground_.lowest_fit(b);
      if (offset + rings_[b].bytes() > region(memory).bytes) continue;
      ground_.put(b, offset);
      rings_[b].memory = memory;
      rings_[b].offset = offset;
    }
  }

  constexpr memories_placement fill_last(std::int32_t last) {
    std::int64_t best = std::numeric_limits<std::int64_t>::max();
    for (int criterion = 0; criterion < ring_orders && best > region(last).bytes; ++criterion) {
      std::int32_t const used = ground_.sort_by(criterion, last);
      std::int64_t const top = ground_.place_in_order(used, best);
      if (top >= best) continue;
      best = top;
      ground_.keep_offsets(last);
    }
    memories_placement made{.missing = max<std::int64_t>(0, best - region(last).bytes)};
    for (std::int32_t b = 0; b < count_; ++b) {
      if (rings_[b].rows > 0)
        made.cost += work_.traffic[static_cast<std::size_t>(b)] * region(rings_[b].memory).cost;
    }
    return made;
  }

  row_buffer const* buffers_;
  span<memory_region const> regions_;
  ring* rings_;
  ring_ground& ground_;
  memories_workspace work_;
  std::int32_t count_, used_ = 0;
};

}  // namespace detail

/// Gives every buffer of a schedule a ring in one of several memories: the cheapest plan of those that fit,
/// or the one that misses the least. Spans have an entry a buffer.
[[nodiscard]] constexpr memories_placement place_in_memories(row_problem const& p, row_timeline const& t,
                                                             span<memory_region const> regions,
                                                             span<ring> rings, ring_workspace const& w,
                                                             memories_workspace const& m) {
  detail::ring_ground ground(p, t, rings, w);
  ground.find_rings();
  ground.find_conflicts();
  count_traffic(p, m.traffic);
  memories_placement best{.missing = std::numeric_limits<std::int64_t>::max()};
  for (int criterion = 0; criterion < 2; ++criterion) {
    memories_placement const made = detail::memories_filler(p, regions, rings, ground, m).fill(criterion);
    bool const better =
        made.missing < best.missing || (made.missing == best.missing && made.cost < best.cost);
    if (!better) continue;
    best = made;
    for (std::size_t b = 0; b < rings.size(); ++b) {
      m.best_memory[b] = rings[b].memory;
      m.best_offset[b] = rings[b].offset;
    }
  }
  for (std::size_t b = 0; b < rings.size(); ++b) {
    rings[b].memory = m.best_memory[b];
    rings[b].offset = m.best_offset[b];
  }
  return best;
}

/// Bytes that rings take of one memory.
[[nodiscard]] constexpr std::int64_t bytes_of_memory(span<ring const> rings, std::int32_t memory) {
  std::int64_t bytes = 0;
  for (ring const& r : rings) {
    if (r.memory == memory && r.rows > 0) bytes = max(bytes, r.end());
  }
  return bytes;
}

}  // namespace linnet::inline LINNET_ISA::planner
