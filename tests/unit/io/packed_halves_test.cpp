// SPDX-License-Identifier: MIT
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/packed_halves.hpp>

namespace {

TEST(packed_halves, low_bits_first_and_signed) {
  std::vector<std::byte> const packed{std::byte{0x80}, std::byte{0x7F}, std::byte{0x0E}};
  std::vector<std::byte> const wanted{std::byte{0}, std::byte{0xF8}, std::byte{0xFF}, std::byte{7},
                                      std::byte{0xFE}};
  EXPECT_EQ(linnet::io::widened_halves(packed, 5), wanted);
  EXPECT_TRUE(linnet::io::widened_halves({}, 0).empty());
}

}  // namespace
