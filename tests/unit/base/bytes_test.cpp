// SPDX-License-Identifier: MIT
#include <array>
#include <bit>
#include <cstring>

#include <gtest/gtest.h>

#include <linnet/base/bytes.hpp>

namespace {

/// Writes `value` at every offset of a buffer and reads it back; the bytes around it stay as they were.
template <class T>
void expect_round_trip(T value) {
  for (std::size_t offset = 0; offset < 16; ++offset) {
    alignas(16) std::array<std::byte, 48> buffer;
    buffer.fill(std::byte{0xA5});
    linnet::store(buffer.data() + 16 + offset, value);
    ASSERT_EQ(linnet::load<T>(buffer.data() + 16 + offset), value) << offset;
    ASSERT_EQ(std::memcmp(buffer.data() + 16 + offset, &value, sizeof(T)), 0) << offset;
    if (offset % alignof(T) == 0) {
      ASSERT_EQ(linnet::load_aligned<T>(buffer.data() + 16 + offset), value);
    }
    for (std::size_t i = 0; i < buffer.size(); ++i) {
      bool const written = i >= 16 + offset && i < 16 + offset + sizeof(T);
      ASSERT_TRUE(written || buffer[i] == std::byte{0xA5}) << "byte " << i << ", offset " << offset;
    }
  }
}

TEST(bytes, store_and_load_at_any_alignment) {
  expect_round_trip<std::int8_t>(-2);
  expect_round_trip<std::uint16_t>(0xBEEF);
  expect_round_trip<std::int32_t>(-123456789);
  expect_round_trip<std::int64_t>(-1234567890123456789);
  expect_round_trip<float>(-0.1f);
  expect_round_trip<double>(6.02214076e23);
  expect_round_trip<std::array<std::int16_t, 3>>({-1, 2, 30000});
}

/// The same by hand, in a constant expression.
template <class T>
constexpr bool round_trips_in_constants(T value) {
  std::array<std::byte, 24> buffer{};
  linnet::store(buffer.data() + 5, value);
  linnet::store(buffer.data() + 5 + sizeof(T), std::int8_t{-1});  // the neighbour starts right behind
  return linnet::load<T>(buffer.data() + 5) == value && buffer[4] == std::byte{0} &&
         buffer[5 + sizeof(T)] == std::byte{0xFF};
}

TEST(bytes, constants_and_run_time_agree) {
  static_assert(round_trips_in_constants(std::int32_t{-7}));
  static_assert(round_trips_in_constants(0.1));
  constexpr auto in_constants = [] {
    std::array<std::byte, 4> bytes{};
    linnet::store(bytes.data(), 0x01020304u);
    return bytes;
  }();
  std::array<std::byte, 4> at_run_time{};
  linnet::store(at_run_time.data(), 0x01020304u);
  EXPECT_EQ(in_constants, at_run_time);
  EXPECT_EQ(in_constants[0], std::endian::native == std::endian::little ? std::byte{4} : std::byte{1});
}

TEST(bytes, copy_copies_exactly_count) {
  for (std::size_t count = 0; count <= 9; ++count) {
    std::array<std::byte, 9> from{}, to{};
    for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<std::byte>(i + 1);
    linnet::copy_bytes(to.data(), from.data(), count);
    for (std::size_t i = 0; i < to.size(); ++i) {
      ASSERT_EQ(to[i], i < count ? from[i] : std::byte{0});
    }
  }
  constexpr bool in_constants = [] {
    std::array<std::byte, 3> const from{std::byte{1}, std::byte{2}, std::byte{3}};
    std::array<std::byte, 3> to{};
    linnet::copy_bytes(to.data(), from.data(), 2);
    return to[0] == std::byte{1} && to[1] == std::byte{2} && to[2] == std::byte{0};
  }();
  static_assert(in_constants);
}

}  // namespace
