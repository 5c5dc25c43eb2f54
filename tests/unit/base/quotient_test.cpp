// SPDX-License-Identifier: MIT
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include <linnet/base/quotient.hpp>

namespace {

using linnet::divider;
using linnet::modulo;
using linnet::quotient;

constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();

static_assert(quotient(0, 1) == 0 && quotient(65535, 1) == 65535 && quotient(65535, 63) == 65535 / 63);
static_assert(quotient(most, 1) == most && quotient(most, most) == 1 && quotient(most - 1, most) == 0);
static_assert(divider(1).quotient(most) == most && divider(most).quotient(most - 1) == 0);
static_assert(modulo(7, 3) == 1 && modulo(most, 1000) == most % 1000);

TEST(quotient, equals_division_for_every_value_of_16_bits_and_small_divisors) {
  for (std::int32_t divisor = 1; divisor < 64; ++divisor) {
    for (std::int32_t value = 0; value <= 65535; ++value)
      ASSERT_EQ(quotient(value, divisor), value / divisor) << value << " / " << divisor;
  }
}

TEST(quotient, equals_division_beside_multiples_of_larger_numbers) {
  for (std::int64_t divisor = 1; divisor <= most; divisor = divisor * 9 / 8 + 1) {
    for (std::int64_t times = 0; times * divisor <= most; times = times * 5 / 4 + 1) {
      for (std::int64_t beside = -1; beside <= 1; ++beside) {
        std::int64_t const value = times * divisor + beside;
        if (value < 0 || value > most) continue;
        auto const of = static_cast<std::int32_t>(value), by = static_cast<std::int32_t>(divisor);
        ASSERT_EQ(quotient(of, by), of / by) << of << " / " << by;
        ASSERT_EQ(modulo(of, by), of % by) << of << " % " << by;
        ASSERT_EQ(divider(by).quotient(of), of / by) << of << " / " << by;
      }
    }
  }
}

}  // namespace
