// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/planner/ring_layout.hpp>

#include "support/random_rows.hpp"

namespace {

using namespace linnet::planner;
using support::rows_memory;

/// A random problem, scheduled and placed.
struct placed {
  support::random_rows made;
  row_problem p;
  rows_memory m;
  std::int64_t lower_bound = 0, bytes = 0;

  explicit placed(std::uint64_t seed) : made(seed), p(made.problem()), m(p) {
    m.group(made.random());
    m.schedule(p);
    lower_bound = most_alive(p, m.timeline(), m.change);
    bytes = place_rings(p, m.timeline(), lower_bound, m.rings, m.ring_workspace());
  }
  [[nodiscard]] bool lives(std::size_t b, std::int32_t y) const { return m.birth[m.row(b, y)] >= 0; }
  [[nodiscard]] bool together(std::size_t a, std::int32_t y, std::size_t b, std::int32_t z) const {
    std::size_t const i = m.row(a, y), j = m.row(b, z);
    return lives(a, y) && lives(b, z) && m.birth[i] <= m.death[j] && m.birth[j] <= m.death[i];
  }
  [[nodiscard]] std::int64_t address(std::size_t b, std::int32_t y) const {
    return m.rings[b].offset + std::int64_t{y % m.rings[b].rows} * m.rings[b].row_bytes;
  }
  [[nodiscard]] ring_check check(std::vector<ring> const& rings) {
    std::vector<ring> scratch(rings.size());
    return check_rings(p, m.timeline(), rings, scratch, m.ring_workspace());
  }
};

/// By definition: row y is dead before row y + slots is born.
bool enough_slots(placed const& t, std::size_t b, std::int32_t slots) {
  for (std::int32_t y = 0; y < t.p.buffers[b].rows; ++y) {
    for (std::int32_t z = y + 1; z < t.p.buffers[b].rows; ++z) {
      if (z % slots == y % slots && t.together(b, y, b, z)) return false;
    }
  }
  return true;
}

TEST(place_rings, random_problems_get_the_fewest_rows_and_no_two_live_rows_share_bytes) {
  for (std::uint64_t seed = 0; seed < 300 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    placed const t(seed);
    std::int64_t end = 0;
    for (std::size_t b = 0; b < t.p.buffers.size(); ++b) {
      ring const& r = t.m.rings[b];
      if (r.rows == 0) {
        for (std::int32_t y = 0; y < t.p.buffers[b].rows; ++y) EXPECT_FALSE(t.lives(b, y));
        continue;
      }
      EXPECT_EQ(r.row_bytes, t.p.buffers[b].row_bytes);
      EXPECT_EQ(r.offset % t.p.buffers[b].alignment, 0);
      EXPECT_TRUE(enough_slots(t, b, r.rows));
      if (!t.p.buffers[b].present && r.rows > 1) {
        EXPECT_FALSE(enough_slots(t, b, r.rows - 1)) << b;
      }
      end = std::max(end, r.end());
      for (std::size_t a = 0; a < b; ++a) {
        if (t.m.rings[a].rows == 0) continue;
        for (std::int32_t y = 0; y < t.p.buffers[a].rows; ++y) {
          for (std::int32_t z = 0; z < t.p.buffers[b].rows; ++z) {
            if (!t.together(a, y, b, z)) continue;
            EXPECT_TRUE(t.address(a, y) + t.m.rings[a].row_bytes <= t.address(b, z) ||
                        t.address(b, z) + r.row_bytes <= t.address(a, y))
                << "row " << y << " of " << a << ", row " << z << " of " << b;
          }
        }
      }
    }
    EXPECT_EQ(t.bytes, end);
    EXPECT_GE(t.bytes, t.lower_bound);
  }
}

TEST(place_rings, an_output_takes_the_rows_that_its_input_leaves) {
  std::vector<row_buffer> const buffers{{.rows = 8, .row_bytes = 10, .present = true},
                                        {.rows = 8, .row_bytes = 10, .kept = true}};
  std::vector<row_operation> const operations{
      {.operands = {{.buffer = 0}, {}}, .output = 1, .rows = 8, .input_rows = 8}};
  row_problem const p{buffers, operations, {}};
  rows_memory m(p);
  m.schedule(p);
  std::int64_t const least = most_alive(p, m.timeline(), m.change);
  EXPECT_EQ(least, 90) << "one row more than either";
  EXPECT_EQ(place_rings(p, m.timeline(), least, m.rings, m.ring_workspace()), 90);
  EXPECT_EQ(std::abs(m.rings[0].offset - m.rings[1].offset), 10);
}

TEST(check_rings, accepts_what_place_rings_made_and_says_how_many_bytes) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    placed t(seed);
    ring_check const found = t.check(t.m.rings);
    ASSERT_EQ(found.fault, ring_fault::none) << "seed " << seed;
    EXPECT_EQ(found.bytes, t.bytes);
  }
}

TEST(check_rings, finds_rings_of_too_few_rows_or_of_other_rows) {
  int tried = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    placed t(seed);
    for (std::size_t b = 0; b < t.m.rings.size(); ++b) {
      if (t.m.rings[b].rows == 0) continue;
      auto const refuses = [&](auto const& change) {
        std::vector<ring> rings = t.m.rings;
        change(rings[b]);
        ring_check const found = t.check(rings);
        return found.fault == ring_fault::wrong_rows && found.first == static_cast<std::int32_t>(b);
      };
      EXPECT_TRUE(refuses([](ring& r) { --r.rows; })) << "seed " << seed << ", ring " << b;
      EXPECT_TRUE(refuses([&](ring& r) { r.rows = t.p.buffers[b].rows + 1; }));
      EXPECT_TRUE(refuses([](ring& r) { --r.row_bytes; }));
      ++tried;
    }
  }
  EXPECT_GT(tried, 300);
}

TEST(check_rings, wants_rows_of_the_caller_side_by_side) {
  placed t(3);
  std::vector<ring> rings = t.m.rings;
  std::size_t const output = rings.size() - 1;
  ASSERT_TRUE(t.p.buffers[output].kept);
  EXPECT_EQ(rings[output].rows, t.p.buffers[output].rows);
  EXPECT_EQ(rings[0].rows, t.p.buffers[0].rows);
}

TEST(check_rings, finds_offsets_that_are_not_aligned_or_in_front_of_the_memory) {
  placed t(3);
  for (std::size_t b = 0; b < t.m.rings.size(); ++b) {
    if (t.m.rings[b].rows == 0) continue;
    std::vector<ring> rings = t.m.rings;
    rings[b].offset = -t.p.buffers[b].alignment;
    EXPECT_EQ(t.check(rings).fault, ring_fault::misaligned);
    if (t.p.buffers[b].alignment == 1) continue;
    rings[b].offset = t.m.rings[b].offset + 1;
    EXPECT_EQ(t.check(rings).fault, ring_fault::misaligned);
  }
}

TEST(check_rings, finds_any_two_live_rows_at_one_address) {
  int tried = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    placed t(seed);
    support::random_source random(seed);
    for (int draw = 0; draw < 40; ++draw) {
      auto const count = static_cast<std::int32_t>(t.m.rings.size());
      auto const a = static_cast<std::size_t>(random.integer(0, count - 1));
      auto const b = static_cast<std::size_t>(random.integer(0, count - 1));
      if (a == b || t.m.rings[a].rows == 0 || t.m.rings[b].rows == 0) continue;
      std::int32_t const y = random.integer(0, t.p.buffers[a].rows - 1);
      std::int32_t const z = random.integer(0, t.p.buffers[b].rows - 1);
      std::vector<ring> rings = t.m.rings;
      rings[a].offset += static_cast<std::int32_t>(t.address(b, z) - t.address(a, y));
      if (!t.together(a, y, b, z) || rings[a].offset < 0) continue;
      if (rings[a].offset % t.p.buffers[a].alignment != 0) continue;
      ring_check const found = t.check(rings);
      EXPECT_EQ(found.fault, ring_fault::overlapping) << "seed " << seed << ", rings " << a << ", " << b;
      ++tried;
    }
  }
  EXPECT_GT(tried, 300);
}

}  // namespace
