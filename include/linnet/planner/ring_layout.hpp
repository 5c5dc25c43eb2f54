// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/base/span.hpp>
#include <linnet/planner/row_schedule.hpp>

// Places the buffers of a schedule as rings: row y of a buffer lies in slot y modulo the ring's rows. Rings
// whose rows never live at the same time in the same place may overlap.
namespace linnet::inline LINNET_ISA::planner {

/// Where the rows of a buffer lie: row y at offset + y % rows * row_bytes; or each at an address of its own,
/// which entry table + y of a row table has.
struct ring {
  std::int32_t offset = 0, rows = 0, row_bytes = 0;  ///< rows 0: nobody uses the buffer
  std::int32_t table = -1;                           ///< -1: it is a ring
  std::int32_t memory = 0;                           ///< which one, where there are several

  /// Bytes of all its rows.
  [[nodiscard]] constexpr std::int64_t bytes() const { return std::int64_t{rows} * row_bytes; }
  [[nodiscard]] constexpr std::int64_t end() const { return offset + bytes(); }
  friend constexpr bool operator==(ring const&, ring const&) = default;
};

/// The offsets at which one ring may not lie, seen from another: strictly between `from` and `to`.
struct forbidden_range {
  std::int32_t from = 0, to = 0;  ///< offsets, in bytes
  [[nodiscard]] constexpr bool empty() const { return from >= to; }
};

/// Two rings that cannot lie anywhere: a pair that may is not listed.
struct ring_conflict {
  forbidden_range range;                        ///< of `b`, seen from `a`
  std::int32_t a = 0, b = 0;                    ///< a > b
  std::int32_t next_of_a = -1, next_of_b = -1;  ///< further conflicts of the same ring; -1: no more
};

/// Working memory of `place_rings`: n buffers.
struct ring_workspace {
  span<ring_conflict> conflicts;                         ///< n * (n - 1) / 2
  span<std::int32_t> order, trial, first, last, newest;  ///< n
  span<std::int32_t> other;                              ///< 2 * n
  span<std::int64_t> keys;                               ///< n
};

namespace detail {

/// Rows from the first to the last that somebody asked for.
[[nodiscard]] constexpr std::int32_t used_rows(row_buffer const& b, std::int32_t const* birth) {
  std::int32_t rows = b.rows;
  while (rows > 0 && birth[rows - 1] < 0) --rows;
  return rows;
}

/// The fewest slots such that row y is dead before row y + slots is born.
[[nodiscard]] constexpr std::int32_t fewest_slots(std::int32_t const* birth, std::int32_t const* death,
                                                  std::int32_t rows) {
  std::int32_t slots = rows > 0 ? 1 : 0;
  for (std::int32_t y = 0; y + slots < rows;) {
    if (death[y] >= birth[y + slots]) {
      ++slots;
    } else {
      ++y;
    }
  }
  return slots;
}

/// What one needs to know of a ring to hold it against another.
struct living_ring {
  std::int32_t const *birth, *death;
  std::int32_t used, slots, row_bytes;
};

/// Rows of `b` that live together with row y of `a` are a run; the run's slots may not lie where y's slot
/// does. The hull of all that.
[[nodiscard]] constexpr forbidden_range conflict(living_ring const& a, living_ring const& b) {
  std::int32_t low = std::numeric_limits<std::int32_t>::max(),
               high = std::numeric_limits<std::int32_t>::min();
  std::int32_t const *const birth_a = a.birth, *const death_a = a.death, *const birth_b = b.birth,
                            *const death_b = b.death;
  std::int32_t const used_a = a.used, used_b = b.used, slots = b.slots, bytes = b.row_bytes;
  std::int32_t const slots_a = a.slots, bytes_a = a.row_bytes, least = -slots * bytes,
                     most = slots_a * bytes_a;
  std::int32_t y = 0, begin = 0, end = 0;
  while (y < used_a && death_a[y] < birth_b[0]) ++y;  // these die before any row of b is born
  for (; y < used_a; ++y) {
    std::int32_t const birth = birth_a[y], death = death_a[y];
    while (begin + 8 <= used_b && death_b[begin + 7] < birth) begin += 8;
    while (begin < used_b && death_b[begin] < birth) ++begin;
    if (begin == used_b) break;
    if (end < begin) end = begin;  // rows that died before were born before
    while (end < used_b && end - begin < slots && birth_b[end] <= death) ++end;  // more than all is no more
    if (begin >= end) continue;
    std::int32_t first = 0, last = slots - 1;
    if (end - begin < slots && begin % slots <= (end - 1) % slots) {
      first = begin % slots;
      last = (end - 1) % slots;
    }
    std::int32_t const at = y % slots_a * bytes_a, lowest = at - (last + 1) * bytes,
                       highest = at + bytes_a - first * bytes;
    if (lowest < low) low = lowest;
    if (highest > high) high = highest;
    if (low == least && high == most) break;  // no slot may meet any
  }
  return low < high ? forbidden_range{low, high} : forbidden_range{};
}

/// Orders to place rings in: the largest first, the earliest born, the last to die, the most bytes times
/// steps.
inline constexpr int ring_orders = 4;

/// Finds rings and conflicts of a schedule, and places them.
class ring_ground {
 public:
  constexpr ring_ground(row_problem const& p, row_timeline const& t, span<ring> rings,
                        ring_workspace const& w)
      : problem_(p),
        timeline_(t),
        rings_(rings.data()),
        conflicts_(w.conflicts.data()),
        order_(w.order.data()),
        offset_(w.trial.data()),
        first_(w.first.data()),
        last_(w.last.data()),
        newest_(w.newest.data()),
        spare_(w.other.data()),
        keys_(w.keys.data()),
        count_(static_cast<std::int32_t>(p.buffers.size())) {}

  constexpr void find_rings() {
    for (std::int32_t b = 0; b < count_; ++b) {
      std::int32_t const base = timeline_.base[static_cast<std::size_t>(b)];
      std::int32_t const* const birth = timeline_.birth.data() + base;
      std::int32_t const* const death = timeline_.death.data() + base;
      std::int32_t const used = spare_[b] = used_rows(buffer(b), birth);  // until rings are placed
      rings_[b] = {0, fewest_slots(birth, death, used), buffer(b).row_bytes};
      if (buffer(b).present) rings_[b].rows = buffer(b).rows;
      first_[b] = used > 0 ? birth[0] : 0;
      last_[b] = used > 0 ? death[used - 1] : -1;
    }
  }

  /// Lists the pairs that cannot lie anywhere: most can, and are not looked at again.
  constexpr void find_conflicts() {
    std::int32_t found = 0;
    for (std::int32_t a = 0; a < count_; ++a) {
      std::int32_t const first = first_[a], last = last_[a];
      newest_[a] = -1;
      if (rings_[a].rows == 0) continue;
      living_ring const seen_from = living(a);
      for (std::int32_t b = 0; b < a; ++b) {
        if (first > last_[b] || first_[b] > last || rings_[b].rows == 0) continue;
        forbidden_range const range = conflict(seen_from, living(b));
        if (range.empty()) continue;
        conflicts_[found] = {range, a, b, newest_[a], newest_[b]};
        newest_[a] = newest_[b] = found++;
      }
    }
  }

  /// Of `b`, seen from `a`.
  [[nodiscard]] constexpr forbidden_range of_pair(std::int32_t a, std::int32_t b) const {
    if (rings_[a].rows == 0 || rings_[b].rows == 0 || first_[a] > last_[b] || first_[b] > last_[a]) return {};
    return conflict(living(a), living(b));
  }

  /// Orders all rings of a memory that are used; returns how many.
  constexpr std::int32_t sort_by(int criterion, std::int32_t memory = 0) {
    bool const backwards = criterion == 2;  // buffers are made in order: little to move
    std::int32_t used = 0;
    std::int64_t* const keys = keys_;
    for (std::int32_t i = 0; i < count_; ++i) {
      std::int32_t const b = backwards ? count_ - 1 - i : i;
      if (rings_[b].rows == 0 || rings_[b].memory != memory) continue;
      std::int64_t const key = key_of(criterion, b), behind = backwards ? key - 1 : key;
      std::int32_t at = used++;
      for (; at > 0 && keys[at - 1] > behind; --at) {
        keys[at] = keys[at - 1];
        order_[at] = order_[at - 1];
      }
      keys[at] = key;
      order_[at] = b;
    }
    return used;
  }

  /// Places the first `used` of the order one by one, each as low as it goes; gives up at `cutoff` bytes.
  constexpr std::int64_t place_in_order(std::int32_t used, std::int64_t cutoff) {
    std::int64_t top = 0;
    clear();
    for (std::int32_t n = 0; n < used; ++n) {
      std::int32_t const b = order_[n];
      std::int32_t const offset = lowest_fit(b);
      offset_[b] = offset;
      top = max(top, offset + rings_[b].bytes());
      if (top >= cutoff) return top;
    }
    return top;
  }
  /// Begins anew: no ring is placed.
  constexpr void clear() {
    for (std::int32_t b = 0; b < count_; ++b) offset_[b] = -1;
  }

  constexpr void keep_offsets(std::int32_t memory = 0) {
    for (std::int32_t b = 0; b < count_; ++b) {
      if (rings_[b].memory == memory) rings_[b].offset = offset_[b];
    }
  }
  constexpr void put(std::int32_t b, std::int32_t offset) { offset_[b] = offset; }
  /// The lowest offset of `b` that no placed ring forbids.
  [[nodiscard]] constexpr std::int32_t lowest_fit(std::int32_t b) {
    std::int32_t* const from = spare_;
    std::int32_t* const to = spare_ + count_;
    std::int32_t ranges = 0;
    for (std::int32_t i = newest_[b]; i >= 0;) {
      ring_conflict const& c = conflicts_[i];
      bool const is_a = c.a == b;
      std::int32_t const offset = offset_[is_a ? c.b : c.a];
      i = is_a ? c.next_of_a : c.next_of_b;
      if (offset < 0) continue;
      std::int32_t const begin = offset + (is_a ? -c.range.to : c.range.from),
                         end = offset + (is_a ? -c.range.from : c.range.to);
      if (end <= 0) continue;
      std::int32_t at = ranges++;
      for (; at > 0 && from[at - 1] > begin; --at) {
        from[at] = from[at - 1];
        to[at] = to[at - 1];
      }
      from[at] = begin;
      to[at] = end;
    }
    std::int32_t offset = 0;
    for (std::int32_t i = 0; i < ranges && offset > from[i]; ++i) {
      if (offset < to[i]) offset = align_up(to[i], buffer(b).alignment);
    }
    return offset;
  }

 private:
  [[nodiscard]] constexpr row_buffer const& buffer(std::int32_t b) const {
    return problem_.buffers[static_cast<std::size_t>(b)];
  }
  [[nodiscard]] constexpr living_ring living(std::int32_t b) const {
    std::int32_t const base = timeline_.base[static_cast<std::size_t>(b)];
    std::int32_t const* const birth = timeline_.birth.data() + base;
    return {birth, timeline_.death.data() + base, spare_[b], rings_[b].rows, rings_[b].row_bytes};
  }

  [[nodiscard]] constexpr std::int64_t key_of(int criterion, std::int32_t b) const {
    std::int64_t const bytes = rings_[b].bytes();
    switch (criterion) {
      case 0: return -bytes;
      case 1: return first_[b];
      case 2: return -std::int64_t{last_[b]} * 65536 + first_[b];
      default: return -(bytes * (last_[b] - first_[b] + 1) / 64);
    }
  }

  row_problem const& problem_;
  row_timeline const& timeline_;
  ring* rings_;
  ring_conflict* conflicts_;
  std::int32_t *order_, *offset_, *first_, *last_, *newest_, *spare_;  // an offset below 0: not placed
  std::int64_t* keys_;
  std::int32_t count_;
};

}  // namespace detail

/// Gives every buffer of a schedule a ring of the fewest rows and an offset, in as few bytes as it finds in
/// some orders. `lower_bound` ends the search early. Spans have an entry a buffer (`w.other`: two).
[[nodiscard]] constexpr std::int64_t place_rings(row_problem const& p, row_timeline const& t,
                                                 std::int64_t lower_bound, span<ring> rings,
                                                 ring_workspace const& w) {
  detail::ring_ground ground(p, t, rings, w);
  ground.find_rings();
  ground.find_conflicts();
  std::int64_t best = std::numeric_limits<std::int64_t>::max();
  for (int criterion = 0; criterion < detail::ring_orders && best > lower_bound; ++criterion) {
    std::int64_t const top = ground.place_in_order(ground.sort_by(criterion), best);
    if (top >= best) continue;
    best = top;
    ground.keep_offsets();
  }
  return best;
}

/// What is wrong with rings that came from elsewhere.
enum class ring_fault : std::uint8_t {
  none,
  wrong_rows,  // a ring has fewer rows than live at one time, or other bytes a row
  misaligned,  // or in front of the memory
  overlapping  // two rows that live at one time share bytes
};

/// The bytes that given rings need.
struct ring_check {
  ring_fault fault = ring_fault::none;   ///< none: the rings are sound
  std::int32_t first = -1, second = -1;  ///< the buffers at fault
  std::int64_t bytes = 0;                ///< where the last ring ends
};

/// Holds rings against a schedule: nothing about them is believed. `scratch` and `w` are working memory like
/// those of `place_rings`.
[[nodiscard]] constexpr ring_check check_rings(row_problem const& p, row_timeline const& t,
                                               span<ring const> rings, span<ring> scratch,
                                               ring_workspace const& w) {
  detail::ring_ground ground(p, t, scratch, w);
  ground.find_rings();
  ring_check found;
  auto const count = static_cast<std::int32_t>(p.buffers.size());
  for (std::int32_t a = 0; a < count; ++a) {
    auto const i = static_cast<std::size_t>(a);
    ring const& given = rings[i];
    if (scratch[i].rows == 0) continue;
    bool const side_by_side = p.buffers[i].present || p.buffers[i].kept;
    bool const enough = given.rows >= scratch[i].rows && given.rows <= p.buffers[i].rows &&
                        (!side_by_side || given.rows == p.buffers[i].rows);
    if (!enough || given.row_bytes != scratch[i].row_bytes) return {ring_fault::wrong_rows, a, a, 0};
    if (given.offset < 0 || given.offset % p.buffers[i].alignment != 0)
      return {ring_fault::misaligned, a, a, 0};
    scratch[i] = given;
    found.bytes = max(found.bytes, given.end());
  }
  for (std::int32_t a = 0; a < count; ++a) {
    for (std::int32_t b = 0; b < a; ++b) {
      forbidden_range const f = ground.of_pair(a, b);
      std::int32_t const between =
          scratch[static_cast<std::size_t>(b)].offset - scratch[static_cast<std::size_t>(a)].offset;
      if (!f.empty() && between > f.from && between < f.to) return {ring_fault::overlapping, a, b, 0};
    }
  }
  return found;
}

}  // namespace linnet::inline LINNET_ISA::planner
