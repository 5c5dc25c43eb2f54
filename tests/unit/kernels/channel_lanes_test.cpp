// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/channel_lanes.hpp>

#include "support/int8_layer.hpp"
#include "support/random_values.hpp"

namespace {

using namespace linnet;
using namespace linnet::kernels;
using support::random_source;

/// Reads the stream of `Lanes` channels as the kernels do: lanes in reverse, inputs in reverse.
template <std::size_t Lanes>
void expect_exact(random_source& random, std::int32_t count) {
  support::int8_layer const l = support::random_int8_layer(random, Lanes, count);
  constants from;
  channel_weights weights = l.view(from);
  weights.sum_bits = single_sum_bits;
  if (!all_lanes_exact(weights)) return;
  auto const padded = static_cast<std::size_t>((count + 15) / 16 * 16);
  std::vector<std::int32_t> stream(Lanes * (3 + padded / 4));
  word_writer to{reinterpret_cast<std::byte*>(stream.data())};
  pack_lanes<Lanes>(
      weights, static_cast<std::int64_t>(padded), to,
      [](std::size_t lane) { return static_cast<std::int64_t>(Lanes - 1 - lane); },
      [&](std::int64_t place) { return place < count ? count - 1 - place : place; });
  ASSERT_EQ(to.to, reinterpret_cast<std::byte*>(stream.data() + stream.size()));
  auto const* const packed = reinterpret_cast<std::int8_t const*>(stream.data() + Lanes);
  for (int run = 0; run < 20; ++run) {
    std::vector<std::int8_t> input = support::some_inputs(random, count, run);
    for (std::size_t lane = 0; lane < Lanes; ++lane) {
      std::int32_t sum = stream[lane];
      for (std::size_t k = 0; k < padded; ++k) {
        std::size_t const from_end = input.size() - 1 - k;
        std::int32_t const x = k < input.size() ? input[from_end] : 99;
        sum += x * packed[(k / 16 * Lanes + lane) * 16 + k % 16];
      }
      std::int32_t const q31 = stream[stream.size() - 2 * Lanes + lane],
                         shift = stream[stream.size() - Lanes + lane];
      std::int8_t const wanted = l.expected(Lanes - 1 - lane, input);
      EXPECT_EQ(support::requantized_in_lane(sum, q31, shift, l.output.zero_point, false), wanted);
      if (l.output.zero_point == -128) {
        EXPECT_EQ(support::requantized_in_lane(sum, q31, shift, -128, true), wanted) << "rectified";
      }
    }
  }
}

TEST(pack_lanes, what_is_packed_gives_the_sums_and_outputs_of_the_arithmetic) {
  random_source random(12);
  for (int i = 0; i < 200; ++i) {
    expect_exact<4>(random, random.integer(1, 70));
    expect_exact<8>(random, random.integer(1, 70));
  }
}

TEST(lane_of, a_constant_channel_gives_its_value_in_both_forms) {
  for (std::int32_t zero : {-128, -3, 0, 127}) {
    for (std::int32_t value = -128; value < 128; ++value) {
      lane_factor const f = lane_of({true, true, 0, {0, 2 * value, 1}}, zero);
      EXPECT_EQ(support::requantized_in_lane(f.bias, f.q31, -f.shift, zero, false), value);
      EXPECT_EQ(support::requantized_in_lane(f.bias, f.q31, -f.shift, zero, true), value);
    }
  }
}

/// The rounding itself, around every tie: halves below zero go away from it.
TEST(requantization_in_lanes, is_double_rounding_for_every_shift) {
  random_source random(13);
  for (int i = 0; i < 20000; ++i) {
    multiplier const m{random.integer(1 << 30, 2147483647), -random.integer(1, 22)};
    std::int32_t const sum = random.integer(-(1 << 29), 1 << 29) >> random.integer(0, 28);
    std::int32_t const zero = random.integer(-128, 127);
    EXPECT_EQ(support::requantized_in_lane(sum, m.q31, m.exponent, zero, false),
              (requantize<std::int8_t, double_rounding>(sum, m, zero, {-128, 127})));
    EXPECT_EQ(support::requantized_in_lane(sum, m.q31, m.exponent, -128, true),
              (requantize<std::int8_t, double_rounding>(sum, m, -128, {-128, 127})));
  }
}

}  // namespace
