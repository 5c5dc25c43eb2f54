// SPDX-License-Identifier: MIT
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/widened.hpp>

namespace {

TEST(widened, low_bits_first_and_signed) {
  std::vector<std::byte> const packed{std::byte{0x80}, std::byte{0x7F}, std::byte{0x0E}};
  std::vector<std::byte> const wanted{std::byte{0}, std::byte{0xF8}, std::byte{0xFF}, std::byte{7},
                                      std::byte{0xFE}};
  EXPECT_EQ(linnet::widened_nibbles(packed, 5), wanted);
  EXPECT_TRUE(linnet::widened_nibbles({}, 0).empty());
}

TEST(widened, halves_are_floats) {
  std::vector<std::byte> const stored{std::byte{0}, std::byte{0x3E}, std::byte{1}, std::byte{0x80}};
  auto const made = linnet::widened_halves(stored);
  ASSERT_EQ(made.size(), 8u);
  EXPECT_EQ(linnet::load<float>(made.data()), 1.5f);
  EXPECT_EQ(linnet::load<float>(made.data() + 4), -0x1p-24f);
  EXPECT_TRUE(linnet::widened_halves({}).empty());
}

}  // namespace
