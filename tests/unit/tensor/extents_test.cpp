// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/tensor/extents.hpp>

namespace {

using linnet::dynamic;
using linnet::extents;

/// Counts through all index lists of (2, 3, 4, 5) in row-major order.
template <class Extents>
constexpr bool counts_in_row_major_order(Extents const& e) {
  std::size_t next = 0;
  for (int a = 0; a < 2; ++a) {
    for (int b = 0; b < 3; ++b) {
      for (int c = 0; c < 4; ++c) {
        for (int d = 0; d < 5; ++d) {
          if (e.offset(a, b, c, d) != next++) return false;
        }
      }
    }
  }
  return next == e.size();
}

template <class Extents>
constexpr bool is_2_3_4_5(Extents const& e) {
  return e[0] == 2 && e[1] == 3 && e[2] == 4 && e[3] == 5 && e.size() == 120 && e.stride(0) == 60 &&
         e.stride(1) == 20 && e.stride(2) == 5 && e.stride(3) == 1;
}

TEST(extents, index_algebra_is_one_for_static_dynamic_and_mixed) {
  constexpr extents<2, 3, 4, 5> fixed;
  constexpr linnet::dynamic_extents<4> free(2, 3, 4, 5);
  constexpr extents<2, dynamic, 4, dynamic> mixed(3, 5);
  constexpr extents<dynamic, 3, dynamic, 5> other(2, 4);
  static_assert(is_2_3_4_5(fixed) && is_2_3_4_5(free) && is_2_3_4_5(mixed) && is_2_3_4_5(other));
  EXPECT_TRUE(counts_in_row_major_order(fixed));
  EXPECT_TRUE(counts_in_row_major_order(free));
  EXPECT_TRUE(counts_in_row_major_order(mixed));
  EXPECT_TRUE(counts_in_row_major_order(other));
}

TEST(extents, only_dynamic_extents_take_memory) {
  struct with_static {
    [[no_unique_address]] extents<2, 3> e;
    int value;
  };
  static_assert(sizeof(with_static) == sizeof(int));
  static_assert(sizeof(extents<7, dynamic, 9>) == sizeof(std::int32_t));
  static_assert(extents<7, dynamic, 9>::dynamic_rank == 1 && !extents<7, dynamic, 9>::is_static);
  static_assert(extents<7, 8>::is_static && extents<7, 8>::rank == 2);
  EXPECT_EQ((extents<7, dynamic, 9>(8)[1]), 8);
}

TEST(extents, compare_by_value_whatever_is_static) {
  EXPECT_TRUE((extents<2, 3>{} == extents<2, 3>{}));
  EXPECT_TRUE((extents<2, 3>{} == extents<dynamic, 3>(2)));
  EXPECT_TRUE((linnet::dynamic_extents<2>(2, 3) == extents<2, dynamic>(3)));
  EXPECT_FALSE((linnet::dynamic_extents<2>(2, 4) == extents<2, 3>{}));
  EXPECT_TRUE((extents<2, 3>{} != extents<3, 2>{}));
}

TEST(extents, of_rank_0_hold_one_element) {
  constexpr extents<> scalar;
  static_assert(scalar.size() == 1 && scalar.rank == 0 && scalar.is_static);
  EXPECT_EQ(scalar.offset(), 0u);
}

TEST(extents, do_not_overflow_32_bits) {
  linnet::dynamic_extents<3> const large(3, 1 << 16, 1 << 16);
  EXPECT_EQ(large.stride(0), std::size_t{1} << 32);
  EXPECT_EQ(large.offset(2, 1, 7), (std::size_t{2} << 32) + (1u << 16) + 7);
}

}  // namespace
