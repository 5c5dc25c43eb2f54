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
  EXPECT_EQ(all.side_by_side(1000000, 1000000), 1000000);
}

TEST(row_place, a_ring_uses_its_slots_again_in_order) {
  std::byte memory[1] = {};
  row_place<std::byte> const ring{memory, 12, 3};
  for (std::int32_t y = 0; y < 10; ++y) {
    EXPECT_EQ(ring.row(y) - memory, y % 3 * 12);
    EXPECT_EQ(ring.side_by_side(y, 9), 3 - y % 3);
    EXPECT_EQ(ring.side_by_side(y, 1), 1);
  }
}

TEST(row_place, a_table_has_every_row_s_address) {
  std::byte memory[1] = {};
  std::uint16_t const table[] = {9, 0, 65535};
  row_place<std::byte> const mapped{memory, 12, 2, table};
  EXPECT_EQ(mapped.row(0) - memory, 72);
  EXPECT_EQ(mapped.row(1), memory);
  EXPECT_EQ(mapped.row(2) - memory, 65535 * 8) << "the whole range of an entry";
  EXPECT_EQ(mapped.side_by_side(0, 3), 1);
}

TEST(row_place, rows_of_a_table_lie_side_by_side_where_their_addresses_say_so) {
  std::byte memory[1] = {};
  std::uint16_t const table[] = {9, 11, 13, 4, 6};
  row_place<std::byte> const mapped{memory, 16, no_ring, table};
  EXPECT_EQ(mapped.side_by_side(0, 5), 3);
  EXPECT_EQ(mapped.side_by_side(0, 2), 2) << "no more than were asked for";
  EXPECT_EQ(mapped.side_by_side(2, 3), 1) << "a row in front is not behind";
  EXPECT_EQ(mapped.side_by_side(3, 2), 2);
  row_place<std::byte> const narrow{memory, 12, no_ring, table};
  EXPECT_EQ(narrow.side_by_side(0, 5), 1) << "a gap between rows";
}

TEST(row_place, takes_no_place_for_a_table_that_there_is_not) {
  static_assert(sizeof(row_place<std::byte, no_row_table>) < sizeof(row_place<std::byte>));
  std::byte memory[1] = {};
  row_place<std::byte, no_row_table> const ring{memory, 12, 3};
  EXPECT_EQ(ring.row(7) - memory, 12);
  EXPECT_EQ(ring.side_by_side(7, 5), 2);
}

static_assert(row_interval{} != all_rows);

}  // namespace
