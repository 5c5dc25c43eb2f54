// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/planner/ring_layout.hpp>
#include <linnet/session/dynamic_plan.hpp>

#include "random_source.hpp"
#include "row_lives.hpp"

// Plans made wrong on purpose. Each mutation is known to be harmful before anything runs: two bytes that are
// needed at one time get one address.
namespace support {

struct ring_mutation {
  std::string name;
  std::vector<linnet::planner::ring> rings;
  std::vector<std::uint16_t> table;
};

class row_mutations {
 public:
  row_mutations(linnet::dynamic_plan const& plan, row_lives const& lives)
      : plan_(plan), lives_(lives), rings_(plan.schedule.rings), table_(plan.schedule.table) {}

  /// Every ring that is one row shorter and then holds two rows in one place that are needed at one time, or
  /// that whoever is outside needs side by side.
  [[nodiscard]] std::vector<ring_mutation> shorter_rings() const {
    std::vector<ring_mutation> all;
    for (std::size_t s = 0; s < rings_.size(); ++s) {
      if (rings_[s].rows < 2 || !shorter_is_harmful(s)) continue;
      all.push_back({"ring " + std::to_string(s) + " one row shorter", rings_, table_});
      --all.back().rings[s].rows;
    }
    return all;
  }

  /// One of the many ways to put a row of one ring where a row of another lies, both needed at one time; its
  /// rings are empty where these draws find none.
  [[nodiscard]] ring_mutation moved_ring(random_source& random) const {
    for (int attempt = 0; attempt < 300; ++attempt) {
      std::size_t const a = drawn(random), b = drawn(random);
      if (a == b || rings_[a].rows == 0 || rings_[b].rows == 0) continue;
      std::int32_t const y = random.integer(0, rows(a) - 1), z = random.integer(0, rows(b) - 1);
      std::int64_t const slot = y % rings_[a].rows * std::int64_t{rings_[a].row_bytes};
      std::int64_t offset = address(b, z) - slot;
      offset -= offset % plan_.rows.buffers[a].alignment;
      if (offset < 0 || offset + rings_[a].bytes() > plan_.arena_bytes) continue;
      if (!rows_collide(a, y, offset + slot, b, z)) continue;
      ring_mutation made{"row " + std::to_string(y) + " of ring " + std::to_string(a) + " over row " +
                             std::to_string(z) + " of ring " + std::to_string(b),
                         rings_, table_};
      made.rings[a].offset = static_cast<std::int32_t>(offset);
      return made;
    }
    return {};
  }

  /// A row with an address of its own one unit lower or higher, or where some other row is, and then in the
  /// place of one that is needed at the same time; its rings are empty where these draws find none.
  [[nodiscard]] ring_mutation moved_row(random_source& random) const {
    for (int attempt = 0; attempt < 2000; ++attempt) {
      std::size_t const a = drawn(random), b = drawn(random);
      if (rings_[a].table < 0 || rings_[b].rows == 0) continue;
      std::int32_t const y = random.integer(0, rows(a) - 1), z = random.integer(0, rows(b) - 1);
      std::int64_t const unit = 8, is = address(a, y);
      std::int64_t const to = random.pick({is - unit, is + unit, address(b, z) / unit * unit});
      if (to < 0 || to == is || to + rings_[a].row_bytes > plan_.arena_bytes || !collides(a, y, to)) continue;
      ring_mutation made{
          "row " + std::to_string(y) + " of storage " + std::to_string(a) + " at " + std::to_string(to),
          rings_, table_};
      made.table[static_cast<std::size_t>(rings_[a].table + y)] = static_cast<std::uint16_t>(to / unit);
      return made;
    }
    return {};
  }

 private:
  [[nodiscard]] std::size_t drawn(random_source& random) const { return random.bits() % rings_.size(); }
  [[nodiscard]] std::int32_t rows(std::size_t s) const { return plan_.rows.buffers[s].rows; }
  [[nodiscard]] std::int64_t address(std::size_t s, std::int32_t y) const {
    if (rings_[s].table >= 0) return 8 * std::int64_t{table_[static_cast<std::size_t>(rings_[s].table + y)]};
    return rings_[s].offset + y % rings_[s].rows * std::int64_t{rings_[s].row_bytes};
  }

  [[nodiscard]] bool shorter_is_harmful(std::size_t s) const {
    if (plan_.rows.buffers[s].kept) return true;
    std::int64_t const bytes = rings_[s].row_bytes, distance = rings_[s].rows - 1;
    for (std::int64_t y = 0; y + distance < rows(s); ++y) {
      for (std::int64_t i = 0; i < bytes; ++i) {
        if (lives_.together(s, y * bytes + i, s, (y + distance) * bytes + i)) return true;
      }
    }
    return false;
  }

  /// Whether two bytes that are needed at one time share an address where row y of `a` begins at `at`.
  [[nodiscard]] bool rows_collide(std::size_t a, std::int32_t y, std::int64_t at, std::size_t b,
                                  std::int32_t z) const {
    std::int64_t const other = address(b, z), size_a = rings_[a].row_bytes, size_b = rings_[b].row_bytes;
    for (std::int64_t byte = std::max(at, other); byte < std::min(at + size_a, other + size_b); ++byte) {
      if (lives_.together(a, y * size_a + byte - at, b, z * size_b + byte - other)) return true;
    }
    return false;
  }

  /// The same with any row of any storage but itself.
  [[nodiscard]] bool collides(std::size_t a, std::int32_t y, std::int64_t at) const {
    for (std::size_t b = 0; b < rings_.size(); ++b) {
      for (std::int32_t z = 0; rings_[b].rows > 0 && z < rows(b); ++z) {
        if ((a != b || y != z) && rows_collide(a, y, at, b, z)) return true;
      }
    }
    return false;
  }

  linnet::dynamic_plan const& plan_;
  row_lives const& lives_;
  std::vector<linnet::planner::ring> const& rings_;
  std::vector<std::uint16_t> const& table_;
};

/// What `planner::check_rings` says of rings for a plan's schedule.
[[nodiscard]] inline linnet::planner::ring_check checked(linnet::dynamic_plan const& plan,
                                                         std::vector<linnet::planner::ring> const& rings) {
  linnet::row_plan schedule = plan.schedule;
  linnet::detail::row_planner planner(plan.rows.problem());
  std::vector<linnet::planner::ring> scratch(rings.size());
  return check_rings(plan.rows.problem(), linnet::detail::row_planner::timeline_of(schedule), rings, scratch,
                     planner.rings());
}

/// What `planner::check_rows` says of a plan's rings and table.
[[nodiscard]] inline linnet::planner::ring_check checked_rows(linnet::planner::row_problem const& p,
                                                              linnet::row_plan plan) {
  auto const t = linnet::detail::row_planner::timeline_of(plan);
  std::vector<std::int32_t> order(p.row_count()), counts(t.step_count + 3);
  std::vector<linnet::planner::held_bytes> held(p.row_count());
  std::vector<linnet::planner::row_rule> rules(p.buffers.size());
  find_row_rules(p, rules);
  linnet::planner::row_check c{order, held, 0, 0, 0, {}};
  begin_check(p, t, counts, c);
  check_rows(p, t, plan.rings, plan.table, rules, c.rows, c);
  return c.found;
}

}  // namespace support
