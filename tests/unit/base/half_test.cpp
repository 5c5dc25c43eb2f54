// SPDX-License-Identifier: MIT
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include <linnet/base/half.hpp>

namespace {

using namespace linnet;

half bits(unsigned of) { return {static_cast<std::uint16_t>(of)}; }

static_assert(widened(half{0x3C00}) == 1.0f && widened(half{0xC000}) == -2.0f);
static_assert(widened(half{0x0001}) == 0x1p-24f && widened(half{0x03FF}) == 1023 * 0x1p-24f);
static_assert(narrowed(65519.0f).bits == 0x7BFF && narrowed(65520.0f).bits == 0x7C00);
static_assert(narrowed(-0.0f).bits == 0x8000 && narrowed(0x1p-25f).bits == 0);

/// By the definition: fraction times a power of two.
double value_of(unsigned h) {
  int const exponent = static_cast<int>(h >> 10 & 31u), fraction = static_cast<int>(h & 0x3FFu);
  double const size = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return (h & 0x8000u) != 0 ? -size : size;
}

TEST(half, every_one_is_the_float_that_its_bits_say_and_comes_back) {
  for (unsigned h = 0; h < 0x10000u; ++h) {
    float const wide = widened(bits(h));
    unsigned const rest = h & 0x7FFFu;
    ASSERT_EQ(std::signbit(wide), (h & 0x8000u) != 0) << h;
    if (rest > 0x7C00u) {
      ASSERT_TRUE(std::isnan(wide)) << h;
      ASSERT_EQ(narrowed(wide), bits(h | 0x200u)) << h;
    } else {
      bool const right = rest == 0x7C00u ? std::isinf(wide) : static_cast<double>(wide) == value_of(h);
      ASSERT_TRUE(right) << h << ": " << wide;
      ASSERT_EQ(narrowed(wide), bits(h));
    }
  }
}

/// Between two neighbours: the nearer one, and in the middle the even one. 65536, which there is not, is
/// infinity.
TEST(half, the_nearest_is_taken_and_ties_go_to_even) {
  for (unsigned h = 0; h < 0x7C00u; ++h) {
    float const low = static_cast<float>(value_of(h)),
                high = h == 0x7BFFu ? 65536.0f : static_cast<float>(value_of(h + 1));
    float const middle = low + (high - low) / 2;  // exact in float32
    for (unsigned const sign : {0u, 0x8000u}) {
      float const s = sign != 0 ? -1.0f : 1.0f;
      ASSERT_EQ(narrowed(s * middle), bits(sign | (h + h % 2))) << middle;
      ASSERT_EQ(narrowed(s * std::nextafter(middle, 0.0f)), bits(sign | h)) << middle;
      ASSERT_EQ(narrowed(s * std::nextafter(middle, high)), bits(sign | (h + 1))) << middle;
    }
  }
}

TEST(half, what_no_half_holds) {
  float const infinity = std::numeric_limits<float>::infinity();
  for (float const large : {65520.0f, 1e6f, std::numeric_limits<float>::max(), infinity}) {
    EXPECT_EQ(narrowed(large).bits, 0x7C00);
    EXPECT_EQ(narrowed(-large).bits, 0xFC00);
  }
  for (float const small : {0.0f, std::numeric_limits<float>::denorm_min(), 0x1p-26f, 0x1p-25f}) {
    EXPECT_EQ(narrowed(small).bits, 0);
    EXPECT_EQ(narrowed(-small).bits, 0x8000);
  }
  EXPECT_EQ(narrowed(std::bit_cast<float>(0x7F800001u)).bits, 0x7E00);
  EXPECT_EQ(narrowed(std::bit_cast<float>(0xFFFFFFFFu)).bits, 0xFFFF);
}

}  // namespace
