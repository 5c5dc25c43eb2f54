// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/io/image/bmp.hpp>
#include <linnet/io/image/read.hpp>

#include "pictures.hpp"

namespace {

using namespace linnet;
using pictures::file;

file changed(file bytes, std::size_t at, std::initializer_list<int> to) {
  for (int value : to) bytes[at++] = static_cast<std::byte>(value);
  return bytes;
}

errc failure_of(file const& bytes) {
  auto const size = io::inspect_bmp(bytes, "x");
  EXPECT_FALSE(size);
  return size ? errc::file_not_readable : size.error().code;
}

TEST(bmp, finds_the_size) {
  auto const size = io::inspect_bmp(pictures::bmp(pictures::gradient(31, 17)), "x");
  ASSERT_TRUE(size);
  EXPECT_EQ(size->width, 31);
  EXPECT_EQ(size->height, 17);
}

TEST(bmp, reads_rows_from_the_top_where_the_height_is_negative) {
  auto const picture = pictures::gradient(3, 2);
  auto const turned = changed(pictures::bmp(picture), 22, {0xFE, 0xFF, 0xFF, 0xFF});
  auto const decoded = io::decode(turned, 3, "x");
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->height, 2);
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(decoded->pixels[i], picture.pixels[9 + i]);
}

TEST(bmp, refuses_what_it_must) {
  file const good = pictures::bmp(pictures::gradient(4, 4));
  EXPECT_EQ(failure_of({}), errc::malformed);
  EXPECT_EQ(failure_of(changed(good, 10, {0, 0, 0, 0x7F})), errc::malformed);  // pixels behind the file
  EXPECT_EQ(failure_of(changed(good, 14, {13, 0, 0, 0})), errc::malformed);    // header too short
  EXPECT_EQ(failure_of(changed(good, 18, {0, 0, 0, 0})), errc::malformed);     // no width
  EXPECT_EQ(failure_of(changed(good, 18, {0xFF, 0xFF, 0xFF, 0xFF})), errc::malformed);  // negative width
  EXPECT_EQ(failure_of(changed(good, 18, {0, 0, 1, 0})), errc::too_large);              // 65,536 wide
  EXPECT_EQ(failure_of(changed(good, 22, {0, 0, 0, 0x80})), errc::too_large);           // least integer
  EXPECT_EQ(failure_of(changed(good, 22, {5, 0, 0, 0})), errc::malformed);              // a row too many
  EXPECT_EQ(failure_of(changed(good, 28, {17, 0})), errc::malformed);                   // bits a pixel
  EXPECT_EQ(failure_of(changed(good, 30, {1, 0, 0, 0})), errc::not_supported);          // run lengths
}

}  // namespace
