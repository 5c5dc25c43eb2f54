// SPDX-License-Identifier: MIT
#include <algorithm>

#include <gtest/gtest.h>

#include <linnet/io/image/jpeg.hpp>

#include "pictures.hpp"

namespace {

using namespace linnet;
using pictures::file;

struct segment {
  std::size_t first, size;  // marker included
};

/// Where the n-th segment with a marker lies. The tests' files have no restart markers.
segment find(file const& bytes, int marker, int n = 0) {
  for (std::size_t at = 2; at + 4 <= bytes.size(); ++at) {
    if (bytes[at] != std::byte{0xFF} || bytes[at + 1] == std::byte{0}) continue;
    std::size_t const size = 2 + io::detail::big_endian<2>(bytes, at + 2);
    if (bytes[at + 1] == static_cast<std::byte>(marker) && n-- == 0) return {at, size};
    at += size - 1;
  }
  return {0, 0};
}

file without(file bytes, segment s) {
  auto const first = bytes.begin() + static_cast<std::ptrdiff_t>(s.first);
  bytes.erase(first, first + static_cast<std::ptrdiff_t>(s.size));
  return bytes;
}

std::string failure_of(file const& bytes, errc code = errc::malformed) {
  auto const size = io::inspect_jpeg(bytes, "x");
  if (size) return "accepted";
  EXPECT_EQ(size.error().code, code);
  return size.error().message;
}

TEST(jpeg, finds_the_size) {
  auto const baseline = io::inspect_jpeg(pictures::jpeg(pictures::gradient(31, 17)), "x");
  ASSERT_TRUE(baseline);
  EXPECT_EQ(baseline->width, 31);
  EXPECT_EQ(baseline->height, 17);
  auto const progressive = io::inspect_jpeg(pictures::progressive_jpeg(), "x");
  ASSERT_TRUE(progressive);
  EXPECT_EQ(progressive->pixels(), 64);
}

TEST(jpeg, refuses_scans_that_use_what_was_never_defined) {
  for (file const& whole : {pictures::jpeg(pictures::gradient(9, 9)), pictures::progressive_jpeg()}) {
    for (int marker : {0xDB, 0xC4}) {
      auto const table = find(whole, marker);
      ASSERT_NE(table.size, 0u);
      EXPECT_EQ(failure_of(without(whole, table)), "x: has a scan that uses an undefined table") << marker;
    }
  }
}

TEST(jpeg, refuses_a_refinement_before_the_first_scan) {
  file const whole = pictures::progressive_jpeg();
  file changed = whole;
  auto const scan = find(whole, 0xDA);
  changed[scan.first + 7] = changed[scan.first + 8] =
      std::byte{1};  // the first scan holds a fine coefficient
  std::string const message = failure_of(changed);
  EXPECT_NE(message, "accepted");
}

TEST(jpeg, refuses_more_huffman_symbols_than_the_decoder_has_room_for) {
  file whole = pictures::progressive_jpeg();
  auto const table = find(whole, 0xC4);
  file fat{std::byte{0xFF}, std::byte{0xC4}, std::byte{0x01}, std::byte{0x13}, std::byte{0}};
  for (int length = 1; length <= 16; ++length)
    fat.push_back(static_cast<std::byte>(length == 9 ? 255 : length == 10));
  fat.resize(2 + 0x113);
  whole.insert(whole.begin() + static_cast<std::ptrdiff_t>(table.first), fat.begin(), fat.end());
  EXPECT_EQ(failure_of(whole), "x: has a malformed Huffman table");
}

TEST(jpeg, refuses_a_file_without_pixels) {
  file whole = pictures::progressive_jpeg();
  auto const scan = find(whole, 0xDA);
  whole.resize(scan.first);
  whole.insert(whole.end(), {std::byte{0xFF}, std::byte{0xD9}});
  EXPECT_EQ(failure_of(whole), "x: has no pixels for some channel");
}

TEST(jpeg, refuses_other_processes_than_baseline_and_progressive) {
  file whole = pictures::jpeg(pictures::gradient(9, 9));
  whole[find(whole, 0xC0).first + 1] = std::byte{0xC9};  // arithmetic coding
  EXPECT_NE(failure_of(whole, errc::not_supported).find("baseline"), std::string::npos);
}

TEST(jpeg, bounds_the_work_of_many_scans) {
  file whole = pictures::progressive_jpeg();
  auto const frame = find(whole, 0xC2), scan = find(whole, 0xDA);
  for (std::size_t i : {5u, 7u}) whole[frame.first + i] = std::byte{0x1F};  // 8000 x 8000
  for (std::size_t i : {6u, 8u}) whole[frame.first + i] = std::byte{0x40};
  file const again(whole.begin() + static_cast<std::ptrdiff_t>(scan.first),
                   whole.begin() + static_cast<std::ptrdiff_t>(scan.first + scan.size));
  EXPECT_EQ(failure_of(whole), "accepted");
  for (int i = 0; i < 20; ++i) {
    whole.insert(whole.begin() + static_cast<std::ptrdiff_t>(scan.first), again.begin(), again.end());
  }
  EXPECT_NE(failure_of(whole, errc::too_large).find("too many scans"), std::string::npos);
}

}  // namespace
