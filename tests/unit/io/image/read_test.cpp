// SPDX-License-Identifier: MIT
#include <cstdlib>

#include <gtest/gtest.h>

#include <linnet/io/image/read.hpp>

#include "pictures.hpp"

namespace {

using namespace linnet;
using pictures::file;

void expect_failure(file const& bytes, errc code, std::string_view mentions = "") {
  auto const picture = io::decode(bytes, 3, "x.png");
  ASSERT_FALSE(picture);
  EXPECT_EQ(picture.error().code, code) << picture.error().message;
  EXPECT_EQ(picture.error().message.substr(0, 7), "x.png: ");
  EXPECT_NE(picture.error().message.find(mentions), std::string::npos) << picture.error().message;
}

int largest_difference(io::image const& a, io::image const& b) {
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    largest = std::max(largest, std::abs(int{a.pixels[i]} - int{b.pixels[i]}));
  }
  return largest;
}

TEST(image_read, decodes_png_and_bmp_exactly) {
  for (int width : {1, 2, 5, 33}) {
    auto const picture = pictures::gradient(width, 7);
    auto const png = io::decode(pictures::png(picture), 3, "x"),
               bmp = io::decode(pictures::bmp(picture), 3, "x");
    ASSERT_TRUE(png && bmp) << width;
    EXPECT_EQ(*png, picture);
    EXPECT_EQ(*bmp, picture);
  }
}

TEST(image_read, decodes_jpeg_closely) {
  auto const picture = io::image{24, 16, 3, std::vector<std::uint8_t>(24 * 16 * 3, 90)};
  auto const decoded = io::decode(pictures::jpeg(picture), 3, "x");
  ASSERT_TRUE(decoded) << decoded.error().message;
  ASSERT_EQ(decoded->pixels.size(), picture.pixels.size());
  EXPECT_LE(largest_difference(*decoded, picture), 2);
}

TEST(image_read, decodes_progressive_jpeg) {
  auto const decoded = io::decode(pictures::progressive_jpeg(), 1, "x");
  ASSERT_TRUE(decoded) << decoded.error().message;
  ASSERT_EQ(decoded->pixels.size(), 64u);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) {
      EXPECT_NEAR(decoded->pixels[static_cast<std::size_t>(y * 8 + x)], 16 * (x + y), 6) << x << ' ' << y;
    }
  }
}

TEST(image_read, converts_between_colour_and_grey) {
  auto const grey = pictures::gradient(6, 5, 1);
  auto const wide = io::decode(pictures::png(grey), 3, "x");
  ASSERT_TRUE(wide);
  for (std::size_t i = 0; i < wide->pixels.size(); ++i) EXPECT_EQ(wide->pixels[i], grey.pixels[i / 3]);

  auto const colour = pictures::gradient(6, 5);
  auto const narrow = io::decode(pictures::png(colour), 1, "x");
  ASSERT_TRUE(narrow);
  ASSERT_EQ(narrow->pixels.size(), 30u);
  for (std::size_t i = 0; i < 30; ++i) {
    int const luma =
        (colour.pixels[3 * i] * 77 + colour.pixels[3 * i + 1] * 150 + colour.pixels[3 * i + 2] * 29) >> 8;
    EXPECT_EQ(narrow->pixels[i], luma);
  }
}

TEST(image_read, drops_alpha) {
  std::vector<std::uint8_t> const rgba{10, 20, 30, 0, 40, 50, 60, 255};
  file bytes;
  stbi_write_png_to_func(pictures::append, &bytes, 2, 1, 4, rgba.data(), 0);
  auto const picture = io::decode(bytes, 3, "x");
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->pixels, (std::vector<std::uint8_t>{10, 20, 30, 40, 50, 60}));
}

TEST(image_read, refuses_other_files_and_arguments) {
  expect_failure({}, errc::malformed, "empty");
  expect_failure(file(100), errc::not_supported, "not a PNG, JPEG or BMP");
  file gif;
  for (char c : std::string_view("GIF89a\x01\0\x01\0\0\0\0;")) gif.push_back(static_cast<std::byte>(c));
  expect_failure(gif, errc::not_supported);
  EXPECT_EQ(io::decode(pictures::png(pictures::gradient(2, 2)), 2, "x").error().code, errc::wrong_argument);
}

TEST(image_read, refuses_every_truncation) {
  auto const picture = pictures::gradient(9, 5);
  for (file const& whole : {pictures::png(picture), pictures::jpeg(picture), pictures::progressive_jpeg()}) {
    for (std::size_t size = 1; size < whole.size(); ++size) {
      auto const decoded = io::decode(std::span(whole).first(size), 3, "x");
      EXPECT_FALSE(decoded) << size << " of " << whole.size();
    }
  }
  file const bmp = pictures::bmp(picture);  // its last byte is padding of the row, which may be missing
  for (std::size_t size = 1; size + 1 < bmp.size(); ++size) {
    EXPECT_FALSE(io::decode(std::span(bmp).first(size), 3, "x")) << size;
  }
}

TEST(image_read, survives_every_changed_byte) {
  auto const picture = pictures::gradient(5, 3);
  for (file const& whole : {pictures::png(picture), pictures::bmp(picture), pictures::jpeg(picture),
                            pictures::progressive_jpeg()}) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (int mask : {0x01, 0x10, 0x80, 0xFF}) {
        file changed = whole;
        changed[at] ^= static_cast<std::byte>(mask);
        auto const decoded = io::decode(changed, 3, "x");
        if (decoded) {
          EXPECT_TRUE(decoded->consistent());
        }
      }
    }
  }
}

}  // namespace
