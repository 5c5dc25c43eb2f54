// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/planner/row_table.hpp>

#include "support/random_rows.hpp"

namespace {

using namespace linnet::planner;
using support::rows_memory;

std::int32_t in_units(std::int32_t bytes) { return (bytes + table_unit - 1) / table_unit; }

/// A random problem whose rows die in any order. Rows that must lie side by side have bytes of their own, all
/// others take the lowest free bytes when they are born.
struct tabled {
  support::random_rows made;
  row_problem p;
  rows_memory m;
  std::vector<row_rule> rules;
  std::vector<ring> rings;
  std::vector<std::uint16_t> table;

  explicit tabled(std::uint64_t seed) : made(seed), p(made.problem()), m(p), rules(buffers()) {
    m.group(made.random());
    m.schedule(p, false);
    find_row_rules(p, rules);
    std::int32_t end = 0;
    for (std::size_t b = 0; b < buffers(); ++b) {
      rings.push_back({0, p.buffers[b].rows, p.buffers[b].row_bytes});
      if (rules[b] != row_rule::anywhere) {
        if (rules[b] == row_rule::one_slot) rings[b].rows = 1;
        rings[b].offset = end;
        end = in_units(end + rings[b].rows * p.buffers[b].row_bytes) * table_unit;
      } else {
        rings[b].table = static_cast<std::int32_t>(table.size());
        table.resize(table.size() + static_cast<std::size_t>(p.buffers[b].rows));
      }
    }
    for (std::int32_t time = 0; time < m.timeline().end(); ++time) place_born_at(time, end);
  }

  [[nodiscard]] std::size_t buffers() const { return p.buffers.size(); }
  [[nodiscard]] bool lives(std::size_t b, std::int32_t y) const { return m.birth[m.row(b, y)] >= 0; }
  [[nodiscard]] bool together(std::size_t a, std::int32_t y, std::size_t b, std::int32_t z) const {
    std::size_t const i = m.row(a, y), j = m.row(b, z);
    return lives(a, y) && lives(b, z) && m.birth[i] <= m.death[j] && m.birth[j] <= m.death[i];
  }
  [[nodiscard]] std::int64_t address(std::size_t b, std::int32_t y) const {
    ring const& r = rings[b];
    if (r.table >= 0) return std::int64_t{8} * table[static_cast<std::size_t>(r.table + y)];
    return r.offset + std::int64_t{y % r.rows} * r.row_bytes;
  }

  template <class F>
  void for_each_row(F const& f) const {
    for (std::size_t b = 0; b < buffers(); ++b) {
      for (std::int32_t y = 0; y < p.buffers[b].rows; ++y) {
        if (lives(b, y)) f(b, y);
      }
    }
  }
  [[nodiscard]] bool meets(std::size_t a, std::int32_t y, std::size_t b, std::int32_t z) const {
    return (a != b || y != z) && together(a, y, b, z) &&
           address(a, y) < address(b, z) + p.buffers[b].row_bytes &&
           address(b, z) < address(a, y) + p.buffers[a].row_bytes;
  }
  /// Whether row y of buffer a shares bytes with a row that lives at the same time, by definition.
  [[nodiscard]] bool collides(std::size_t a, std::int32_t y) const {
    bool found = false;
    for_each_row([&](std::size_t b, std::int32_t z) { found = found || meets(a, y, b, z); });
    return found;
  }
  [[nodiscard]] std::int64_t end() const {
    std::int64_t bytes = 0;
    for_each_row([&](std::size_t b, std::int32_t y) {
      bytes = std::max(bytes, address(b, y) + p.buffers[b].row_bytes);
    });
    return bytes;
  }

  /// All rows at once, or `step` of them at a time.
  [[nodiscard]] ring_check check(std::size_t step = 1u << 20) {
    std::vector<std::int32_t> order(p.row_count()), counts(m.step_count + 3);
    std::vector<held_bytes> held(p.row_count());
    row_check c{order, held, 0, 0, 0, {}};
    begin_check(p, m.timeline(), counts, c);
    while (c.checked < c.rows && c.found.fault == ring_fault::none)
      check_rows(p, m.timeline(), rings, table, rules, step, c);
    return c.found;
  }

 private:
  void place_born_at(std::int32_t time, std::int32_t first) {
    for_each_row([&](std::size_t b, std::int32_t y) {
      if (m.birth[m.row(b, y)] != time || rings[b].table < 0) return;
      std::uint16_t& entry = table[static_cast<std::size_t>(rings[b].table + y)];
      entry = static_cast<std::uint16_t>(first / table_unit);
      while (collides_with_older(b, y, time)) ++entry;
    });
  }
  [[nodiscard]] bool collides_with_older(std::size_t a, std::int32_t y, std::int32_t time) const {
    bool found = false;
    for_each_row([&](std::size_t b, std::int32_t z) {
      std::int32_t const birth = m.birth[m.row(b, z)];
      bool const placed = birth < time || (birth == time && (b < a || (b == a && z < y)));
      found = found || (placed && meets(a, y, b, z));
    });
    return found;
  }
};

TEST(address_of, follows_the_ring_or_the_table) {
  std::vector<std::uint16_t> const table{7, 9, 2, 65535};
  EXPECT_EQ(address_of({.offset = 40, .rows = 3, .row_bytes = 10}, {}, 7), 50);
  EXPECT_EQ(address_of({.offset = 40, .rows = 4, .row_bytes = 10, .table = 1}, table, 0), 72);
  EXPECT_EQ(address_of({.offset = 40, .rows = 4, .row_bytes = 10, .table = 1}, table, 2), 524280);
}

TEST(find_row_rules, says_what_whoever_runs_a_schedule_wants) {
  std::vector<row_buffer> const buffers{{.present = true}, {}, {}, {}, {}, {}, {}, {.kept = true}, {}};
  std::vector<row_operation> const operations{
      {.operands = {{.buffer = 0}, {}}, .output = 1, .state = 2, .folds = true},
      {.operands = {{.buffer = 1}, {}}, .output = 3, .state = 8},
      {.operands = {{.buffer = 3, .whole = true}, {}}, .output = 4, .state = 5, .writes_whole = true},
      {.operands = {{.buffer = 4}, {.buffer = 6, .whole = true}}, .output = 7}};
  std::vector<row_rule> rules(buffers.size());
  find_row_rules({buffers, operations, {}}, rules);
  using enum row_rule;
  EXPECT_EQ(rules, (std::vector{side_by_side, anywhere, anywhere, side_by_side, side_by_side, side_by_side,
                                side_by_side, side_by_side, one_slot}));
}

TEST(check_rows, accepts_every_sound_table_and_says_how_many_bytes) {
  std::size_t rows = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    tabled t(seed);
    rows += t.table.size();
    for (std::size_t step : {1u, 7u, 1u << 20}) {
      ring_check const found = t.check(step);
      ASSERT_EQ(found.fault, ring_fault::none) << "seed " << seed << ", " << step << " rows a step";
      EXPECT_EQ(found.bytes, t.end());
    }
  }
  EXPECT_GT(rows, 1000u);
}

/// A row one unit lower or higher, or where another one is: refused where it meets a living row, else not.
TEST(check_rows, finds_exactly_the_changed_rows_that_meet_a_living_one) {
  int wrong = 0, right = 0;
  for (std::uint64_t seed = 0; seed < 150 && !HasFailure(); ++seed) {
    tabled t(seed);
    if (t.table.empty()) continue;
    support::random_source random(seed);
    auto const sound = t.table;
    t.for_each_row([&](std::size_t b, std::int32_t y) {
      if (t.rings[b].table < 0) return;
      auto const at = static_cast<std::size_t>(t.rings[b].table + y);
      std::uint16_t const other = sound[random.bits() % sound.size()];
      for (int entry : {sound[at] - 1, sound[at] + 1, int{other}}) {
        if (entry < 0) continue;
        t.table[at] = static_cast<std::uint16_t>(entry);
        bool const harmful = t.collides(b, y);
        ring_check const found = t.check(5);
        EXPECT_EQ(found.fault, harmful ? ring_fault::overlapping : ring_fault::none)
            << "seed " << seed << ", row " << y << " of " << b << " at " << entry;
        if (harmful) {
          EXPECT_TRUE(found.first == static_cast<int>(b) || found.second == static_cast<int>(b));
        }
        ++(harmful ? wrong : right);
      }
      t.table = sound;
    });
  }
  EXPECT_GT(wrong, 500);
  EXPECT_GT(right, 100);
}

TEST(check_rows, finds_rings_that_are_not_what_the_buffers_are) {
  int tried = 0, single = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    tabled t(seed);
    auto const sound = t.rings;
    t.for_each_row([&](std::size_t b, std::int32_t y) {
      if (y > 0) return;
      auto const refuses = [&](ring const& changed) {
        t.rings[b] = changed;
        ring_check const found = t.check();
        t.rings = sound;
        return found.fault == ring_fault::wrong_rows && found.first == static_cast<std::int32_t>(b);
      };
      ring const is = sound[b];
      EXPECT_TRUE(refuses({is.offset, is.rows, is.row_bytes + 1, is.table}));
      EXPECT_TRUE(refuses({is.offset, is.rows, is.row_bytes, static_cast<std::int32_t>(t.table.size())}))
          << "a table that ends too early";
      EXPECT_TRUE(refuses({is.offset, 0, is.row_bytes, -1}));
      EXPECT_TRUE(refuses({is.offset, t.p.buffers[b].rows + 1, is.row_bytes, -1}));
      if (t.rules[b] == row_rule::one_slot) {
        EXPECT_TRUE(refuses({is.offset, 2, is.row_bytes, -1})) << "steps work in one place";
        ++single;
      }
      if (t.rules[b] != row_rule::anywhere) {
        t.table.resize(t.table.size() + 20);
        EXPECT_TRUE(refuses({0, is.rows, is.row_bytes, 0}))
            << "rows whose places follow from one have no table";
        t.table.resize(t.table.size() - 20);
      }
      ++tried;
    });
  }
  EXPECT_GT(tried, 200);
  EXPECT_GT(single, 10);
}

TEST(check_rows, finds_rows_that_are_not_aligned_or_in_front_of_the_memory) {
  std::vector<row_buffer> buffers{{.rows = 2, .row_bytes = 16, .alignment = 16, .present = true},
                                  {.rows = 2, .row_bytes = 16, .alignment = 16}};
  std::vector<row_operation> const operations{
      {.operands = {{.buffer = 0}, {}}, .output = 1, .rows = 2, .input_rows = 2}};
  row_problem const p{buffers, operations, {}};
  rows_memory m(p);
  m.schedule(p, false);
  row_rule rules[2] = {};
  find_row_rules(p, rules);
  auto const fault_of = [&](std::int32_t offset, std::vector<std::uint16_t> const& table) {
    std::vector<std::int32_t> order(4), counts(m.step_count + 3);
    std::vector<held_bytes> held(4);
    row_check c{order, held, 0, 0, 0, {}};
    begin_check(p, m.timeline(), counts, c);
    std::vector<ring> const rings{{offset, 2, 16}, {0, 2, 16, 0}};
    check_rows(p, m.timeline(), rings, table, rules, 100, c);
    return c.found.fault;
  };
  EXPECT_EQ(fault_of(0, {4, 6}), ring_fault::none);
  EXPECT_EQ(fault_of(0, {4, 5}), ring_fault::misaligned);
  EXPECT_EQ(fault_of(8, {4, 6}), ring_fault::misaligned);
  EXPECT_EQ(fault_of(-16, {4, 6}), ring_fault::misaligned);
}

}  // namespace
