// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/conformance/judged_case.hpp>

namespace {

using namespace linnet;
using namespace linnet::io::conformance;
namespace cases = linnet::io::conformance::detail;

template <class T>
std::vector<std::byte> bytes_of(std::vector<T> const& values) {
  std::vector<std::byte> made(values.size() * sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) store(made.data() + i * sizeof(T), values[i]);
  return made;
}

TEST(difference, of_integers_is_every_bit) {
  auto const wanted = bytes_of<std::int16_t>({1, 2, 3, 4});
  EXPECT_EQ(cases::difference(wanted, wanted, s16), "");
  EXPECT_EQ(cases::difference(bytes_of<std::int16_t>({1, 3, 3, 260}), wanted, s16),
            "2 of 4 elements differ, the first is number 1");
  EXPECT_EQ(cases::difference(bytes_of<std::int16_t>({1, 2}), wanted, s16), "has 4 bytes, not 8");
  EXPECT_EQ(cases::difference(wanted, bytes_of<std::int8_t>({1, 0, 2, 0, 3, 0, 4, 1}), s4),
            "1 of 8 elements differ, the first is number 7")
      << "of types under a byte, bytes";
}

TEST(difference, of_floats_is_what_goes_beyond_the_tolerance) {
  float const nan = std::numeric_limits<float>::quiet_NaN(),
              infinity = std::numeric_limits<float>::infinity();
  auto const wanted = bytes_of<float>({1.0f, -1000.0f, 0.0f, infinity});
  EXPECT_EQ(cases::difference(bytes_of<float>({1.00015f, -1000.05f, 0.00005f, infinity}), wanted, f32), "");
  EXPECT_EQ(cases::difference(bytes_of<float>({1.0f, -1000.5f, 0.001f, infinity}), wanted, f32),
            "2 of 4 elements differ, the first is number 1");
  EXPECT_EQ(cases::difference(bytes_of<float>({nan, -1000.0f, 0.0f, -infinity}), wanted, f32),
            "2 of 4 elements differ, the first is number 0");
  EXPECT_EQ(cases::difference(bytes_of<float>({1.5f}), bytes_of<float>({1.0f}), f32, {.absolute = 0.5}), "");
}

TEST(judged_case, is_not_supported_only_where_linnet_lacks_something) {
  judged_case const of{.suite = "s", .op = "o", .type = "t", .name = "n", .reason = {}};
  EXPECT_EQ(cases::refused(of, {errc::not_supported, "no"}).verdict, verdict::not_supported);
  EXPECT_EQ(cases::refused(of, {errc::malformed, "cut"}).verdict, verdict::failed);
  EXPECT_EQ(cases::refused(of, {errc::malformed, "cut"}).reason, "cut");
  EXPECT_EQ(cases::passed_unless(of, "").verdict, verdict::passed);
  EXPECT_EQ(cases::passed_unless(of, "differs").verdict, verdict::failed);
}

}  // namespace
