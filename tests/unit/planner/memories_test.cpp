// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/planner/memories.hpp>

#include "support/random_rows.hpp"

namespace {

using namespace linnet::planner;
using support::rows_memory;

/// A random problem, scheduled, its rings in memories.
struct housed {
  support::random_rows made;
  row_problem p;
  rows_memory m;
  std::vector<std::int64_t> traffic;
  memories_placement found;

  explicit housed(std::uint64_t seed) : made(seed), p(made.problem()), m(p), traffic(p.buffers.size()) {
    m.group(made.random());
    m.schedule(p);
  }
  std::int64_t in_one() {
    return place_rings(p, m.timeline(), most_alive(p, m.timeline(), m.change), m.rings, m.ring_workspace());
  }
  void place(std::vector<memory_region> const& regions) {
    std::vector<std::int32_t> wanted(p.buffers.size()), memory(p.buffers.size()), offset(p.buffers.size());
    found = place_in_memories(p, m.timeline(), regions, m.rings, m.ring_workspace(),
                              {traffic, wanted, memory, offset});
  }
  [[nodiscard]] bool lives(std::size_t b, std::int32_t y) const { return m.birth[m.row(b, y)] >= 0; }
  [[nodiscard]] bool together(std::size_t a, std::int32_t y, std::size_t b, std::int32_t z) const {
    std::size_t const i = m.row(a, y), j = m.row(b, z);
    return lives(a, y) && lives(b, z) && m.birth[i] <= m.death[j] && m.birth[j] <= m.death[i];
  }
  [[nodiscard]] std::int64_t address(std::size_t b, std::int32_t y) const {
    return m.rings[b].offset + std::int64_t{y % m.rings[b].rows} * m.rings[b].row_bytes;
  }
  [[nodiscard]] bool meets(std::size_t a, std::int32_t y, std::size_t b, std::int32_t z) const {
    return m.rings[a].memory == m.rings[b].memory && (a != b || y != z) && together(a, y, b, z) &&
           address(a, y) < address(b, z) + m.rings[b].row_bytes &&
           address(b, z) < address(a, y) + m.rings[a].row_bytes;
  }
  /// Two rows that live at one time in the same bytes of the same memory, by definition.
  [[nodiscard]] bool collides() const {
    for (std::size_t a = 0; a < m.rings.size(); ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        for (std::int32_t y = 0; m.rings[a].rows > 0 && y < p.buffers[a].rows; ++y) {
          for (std::int32_t z = 0; m.rings[b].rows > 0 && z < p.buffers[b].rows; ++z) {
            if (meets(a, y, b, z)) return true;
          }
        }
      }
    }
    return false;
  }
};

void expect_sound(housed const& t, std::vector<memory_region> const& regions) {
  EXPECT_FALSE(t.collides());
  std::int64_t cost = 0, over = 0;
  for (std::size_t b = 0; b < t.m.rings.size(); ++b) {
    ring const& r = t.m.rings[b];
    if (r.rows == 0) continue;
    ASSERT_TRUE(r.memory >= 0 && r.memory < static_cast<std::int32_t>(regions.size()));
    memory_region const& region = regions[static_cast<std::size_t>(r.memory)];
    EXPECT_GE(r.offset, 0);
    EXPECT_EQ(r.offset % t.p.buffers[b].alignment, 0);
    EXPECT_LE(t.p.buffers[b].alignment, region.alignment);
    over = std::max(over, r.end() - region.bytes);
    cost += t.traffic[b] * region.cost;
  }
  EXPECT_EQ(t.found.missing, over);
  EXPECT_EQ(t.found.cost, cost);
}

TEST(place_in_memories, rings_lie_inside_their_memories_and_living_rows_apart) {
  int fit = 0, used[3] = {};
  for (std::uint64_t seed = 0; seed < 300 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    housed t(seed);
    std::int64_t const all = t.in_one();
    std::vector<memory_region> const regions{{all / 4, 8, 1}, {all, 16, 5}, {all / 3, 16, 2}};
    t.place(regions);
    expect_sound(t, regions);
    fit += t.found.fits() ? 1 : 0;
    for (std::int32_t i = 0; i < 3; ++i) {
      std::int64_t const bytes = bytes_of_memory(t.m.rings, i);
      EXPECT_TRUE(!t.found.fits() || bytes <= regions[static_cast<std::size_t>(i)].bytes);
      used[i] += bytes > 0 ? 1 : 0;
    }
  }
  EXPECT_EQ(fit, 300) << "the dearest one alone is large enough";
  for (int times : used) EXPECT_GT(times, 50);
}

TEST(place_in_memories, says_what_is_missing_where_memories_are_too_small) {
  int missed = 0;
  for (std::uint64_t seed = 0; seed < 200 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    housed t(seed);
    std::int64_t const all = t.in_one();
    std::vector<memory_region> const regions{{all / 4, 16, 1}, {all / 8, 16, 5}};
    t.place(regions);
    expect_sound(t, regions);
    missed += t.found.fits() ? 0 : 1;
  }
  EXPECT_GT(missed, 100);
}

TEST(place_in_memories, one_memory_of_the_bytes_that_rings_take_is_enough) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    housed t(seed);
    std::int64_t const bytes = t.in_one();
    t.place({{bytes, 16, 3}});
    EXPECT_TRUE(t.found.fits()) << "seed " << seed;
    EXPECT_LE(bytes_of_memory(t.m.rings, 0), bytes);
    t.place({{0, 16, 3}});
    EXPECT_EQ(t.found.missing, bytes) << "seed " << seed;
  }
}

/// Memories are told apart by what they cost, not by where they stand in the list.
TEST(place_in_memories, what_fits_into_the_cheapest_memory_goes_there) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    housed t(seed);
    std::int64_t const large = 100 * t.in_one();
    t.place({{large, 16, 9}, {large, 16, 2}, {large, 16, 4}});
    EXPECT_EQ(bytes_of_memory(t.m.rings, 0) + bytes_of_memory(t.m.rings, 2), 0) << "seed " << seed;
    EXPECT_GT(bytes_of_memory(t.m.rings, 1), 0);
  }
}

TEST(place_in_memories, a_memory_of_coarser_addresses_takes_no_buffer_that_asks_for_finer_ones) {
  int elsewhere = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    housed t(seed);
    std::int64_t const large = 100 * t.in_one();
    std::vector<memory_region> const regions{{large, 1, 1}, {large, 8, 7}};
    t.place(regions);
    expect_sound(t, regions);
    for (std::size_t b = 0; b < t.m.rings.size(); ++b) {
      std::int32_t const wanted = t.p.buffers[b].alignment > 1 ? 1 : 0;
      EXPECT_TRUE(t.m.rings[b].rows == 0 || t.m.rings[b].memory == wanted);
    }
    elsewhere += bytes_of_memory(t.m.rings, 1) > 0 ? 1 : 0;
  }
  EXPECT_GT(elsewhere, 20);
}

/// Four tensors of one size; both operations read windows of three rows of the ones in the middle.
struct busy_middle {
  std::vector<row_buffer> buffers{{.rows = 10, .row_bytes = 8, .present = true},
                                  {.rows = 10, .row_bytes = 8},
                                  {.rows = 10, .row_bytes = 8, .kept = true}};
  std::vector<std::int32_t> makers{0};
  std::vector<row_operation> operations{
      {.operands = {{.buffer = 0}, {}}, .output = 1, .rows = 10, .input_rows = 10},
      {.operands = {{.buffer = 1, .first_maker = 0, .makers = 1}, {}},
       .output = 2,
       .rows = 10,
       .input_rows = 10,
       .reach = 3,
       .padding = 1}};
  [[nodiscard]] row_problem problem() const { return {buffers, operations, makers}; }
};

TEST(count_traffic, counts_rows_as_often_as_windows_reach_them) {
  busy_middle const made;
  std::vector<std::int64_t> traffic(3, -1);
  count_traffic(made.problem(), traffic);
  EXPECT_EQ(traffic, (std::vector<std::int64_t>{10 * 8, 10 * 8 + 3 * 10 * 8, 10 * 8}));
}

TEST(count_traffic, counts_whole_operands_once_and_states_twice_a_row) {
  std::vector<row_buffer> const buffers{{.rows = 6, .row_bytes = 4},
                                        {.rows = 2, .row_bytes = 10},
                                        {.rows = 2, .row_bytes = 3},
                                        {.rows = 5, .row_bytes = 7}};
  std::vector<row_operation> const operations{
      {.operands = {{.buffer = 0}, {}},
       .output = 1,
       .state = 2,
       .rows = 2,
       .input_rows = 6,
       .reach = 3,
       .stride = 3,
       .folds = true},
      {.operands = {{.buffer = 1, .whole = true}, {}}, .output = 3, .writes_whole = true}};
  std::vector<std::int64_t> traffic(4);
  count_traffic({buffers, operations, {}}, traffic);
  EXPECT_EQ(traffic, (std::vector<std::int64_t>{6 * 4, 2 * 10 + 2 * 10, 2 * 6 * 3, 5 * 7}));
}

TEST(place_in_memories, of_equal_buffers_the_busier_one_lies_where_that_costs_least) {
  busy_middle const made;
  row_problem const p = made.problem();
  rows_memory m(p);
  m.group_of[1] = 1;  // all three are whole
  m.schedule(p);
  std::vector<std::int64_t> traffic(3);
  std::vector<std::int32_t> wanted(3), memory(3), offset(3);
  std::vector<memory_region> const regions{{200, 16, 10}, {80, 16, 1}};
  auto const found = place_in_memories(p, m.timeline(), regions, m.rings, m.ring_workspace(),
                                       {traffic, wanted, memory, offset});
  EXPECT_TRUE(found.fits());
  EXPECT_EQ(m.rings[1].memory, 1);
  EXPECT_EQ(m.rings[0].memory, 0);
  EXPECT_EQ(m.rings[2].memory, 0);
  EXPECT_EQ(found.cost, 320 * 1 + (80 + 80) * 10);
}

}  // namespace
