// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/io/image/png.hpp>

#include "pictures.hpp"

namespace {

using namespace linnet;
using pictures::file;

void put(file& to, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<std::byte>(number >> shift));
}

void put_chunk(file& to, std::string_view type, std::span<std::byte const> body) {
  put(to, static_cast<std::uint32_t>(body.size()));
  std::size_t const first = to.size();
  for (char c : type) to.push_back(static_cast<std::byte>(c));
  to.insert(to.end(), body.begin(), body.end());
  put(to, io::detail::crc32(std::span(to).subspan(first)));
}

/// A grey PNG of any stated size around any compressed data.
file png_of(std::uint32_t width, std::uint32_t height, std::span<std::byte const> data) {
  file to;
  for (char c : std::string_view("\x89PNG\r\n\x1A\n")) to.push_back(static_cast<std::byte>(c));
  file header;
  put(header, width);
  put(header, height);
  for (int b : {8, 0, 0, 0, 0}) header.push_back(static_cast<std::byte>(b));
  put_chunk(to, "IHDR", header);
  put_chunk(to, "IDAT", data);
  put_chunk(to, "IEND", {});
  return to;
}

/// Zeros in a zlib stream that a decoder unpacks to a thousand times its length: one fixed-code block of a
/// literal and then matches of 258 at distance 1, nine zero bits of input for each group.
file bomb(std::size_t bytes) {
  file data{std::byte{0x78}, std::byte{0x9C}};
  unsigned bits = 0, count = 0;
  auto const put_bits = [&](unsigned value, unsigned n) {
    bits |= value << count;
    for (count += n; count >= 8; count -= 8, bits >>= 8) data.push_back(static_cast<std::byte>(bits));
  };
  put_bits(1, 1);           // last block
  put_bits(1, 2);           // fixed codes
  put_bits(0b00001100, 8);  // literal 0, code 00110000 from its upper bit
  while (data.size() < bytes) {
    put_bits(0b10100011, 8);  // length 258: code 11000101 from its upper bit
    put_bits(0, 5);           // distance 1
  }
  put_bits(0, 7 + 8);  // end of block, and to a full byte
  return data;
}

TEST(png, finds_the_size) {
  auto const size = io::inspect_png(pictures::png(pictures::gradient(31, 17)), "x");
  ASSERT_TRUE(size);
  EXPECT_EQ(size->width, 31);
  EXPECT_EQ(size->height, 17);
}

TEST(png, checksum_is_the_one_of_the_specification) {
  std::string_view const end = "IEND";  // every PNG file ends in AE 42 60 82
  EXPECT_EQ(io::detail::crc32(std::as_bytes(std::span(end))), 0xAE426082u);
}

TEST(png, refuses_a_wrong_checksum) {
  file bytes = pictures::png(pictures::gradient(4, 4));
  bytes[45] ^= std::byte{1};  // in the pixel data
  auto const size = io::inspect_png(bytes, "x");
  ASSERT_FALSE(size);
  EXPECT_EQ(size.error().code, errc::malformed);
  EXPECT_NE(size.error().message.find("checksum"), std::string::npos);
}

TEST(png, refuses_sizes_beyond_the_limits_before_anything_is_allocated) {
  for (auto const& [width, height] :
       {std::pair{8001u, 8001u}, {70'000u, 1u}, {1u, 0x7FFFFFFFu}, {0xFFFFFFFFu, 2u}}) {
    auto const size = io::inspect_png(png_of(width, height, {}), "x");
    ASSERT_FALSE(size);
    EXPECT_EQ(size.error().code, errc::too_large) << width;
  }
  EXPECT_EQ(io::inspect_png(png_of(0, 5, {}), "x").error().code, errc::malformed);
}

TEST(png, refuses_a_decompression_bomb) {
  auto const size = io::inspect_png(png_of(10, 10, bomb(1 << 20)), "x");
  ASSERT_FALSE(size);
  EXPECT_EQ(size.error().code, errc::malformed);
  EXPECT_NE(size.error().message.find("decompress"), std::string::npos);
}

TEST(png, refuses_a_chunk_that_ends_behind_the_file) {
  file bytes = pictures::png(pictures::gradient(4, 4));
  bytes[33] = std::byte{0x3F};  // length of the second chunk
  auto const size = io::inspect_png(bytes, "x");
  ASSERT_FALSE(size);
  EXPECT_NE(size.error().message.find("truncated"), std::string::npos);
}

}  // namespace
