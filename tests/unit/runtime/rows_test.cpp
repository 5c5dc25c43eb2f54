// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <linnet/runtime/rows.hpp>

namespace {

using namespace linnet;

TEST(row_place, rows_lie_side_by_side_where_there_is_no_ring) {
  std::byte memory[1] = {};
  row_place<std::byte> const all{memory, 12};
  EXPECT_EQ(all.row(0), memory);
  EXPECT_EQ(all.row(5) - memory, 60);
  EXPECT_GT(all.side_by_side(1000000), 1000000);
}

TEST(row_place, a_ring_uses_its_slots_again_in_order) {
  std::byte memory[1] = {};
  row_place<std::byte> const ring{memory, 12, 3};
  for (std::int32_t y = 0; y < 10; ++y) {
    EXPECT_EQ(ring.row(y) - memory, y % 3 * 12);
    EXPECT_EQ(ring.side_by_side(y), 3 - y % 3);
  }
}

TEST(row_place, a_table_has_every_row_s_address) {
  std::byte memory[1] = {};
  std::uint16_t const table[] = {9, 0, 65535};
  row_place<std::byte> const mapped{memory, 12, 2, table};
  EXPECT_EQ(mapped.row(0) - memory, 72);
  EXPECT_EQ(mapped.row(1), memory);
  EXPECT_EQ(mapped.row(2) - memory, 65535 * 8) << "the whole range of an entry";
  EXPECT_EQ(mapped.side_by_side(0), 1);
}

static_assert(row_interval{} != all_rows);

}  // namespace
