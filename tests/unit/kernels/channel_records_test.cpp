// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/channel_records.hpp>

#include "support/random_values.hpp"

namespace {

using namespace linnet;
using namespace linnet::kernels;

TEST(channel_records, parts_follow_each_other_and_are_aligned) {
  for (std::int64_t weights = 1; weights <= 20; ++weights) {
    for (std::int64_t zero_pixel : {0, 1, 3, 4, 9}) {
      channel_records<std::int8_t, double_rounding> const records{weights, zero_pixel};
      EXPECT_GE(records.first(), zero_pixel);
      EXPECT_EQ(records.first() % 4, 0);
      EXPECT_GE(records.factor_at(), records.weights_at() + weights);
      EXPECT_EQ(records.factor_at() % 4, 0);
      EXPECT_EQ(records.stride(), records.factor_at() + 8);
      EXPECT_EQ(records.bytes(5) % packed_alignment, 0);
      EXPECT_GE(records.bytes(5), records.first() + 5 * records.stride());
      EXPECT_LT(records.bytes(5), records.first() + 5 * records.stride() + packed_alignment);
    }
  }
}

/// The identity that folding rests on, for every zero point: bias + sum w (x - z) = folded + sum w x, modulo
/// 2^32.
TEST(folded_bias, takes_the_input_zero_point_out_of_the_sum) {
  support::random_source random(0xF01D);
  for (int i = 0; i < 2000; ++i) {
    auto const weights = support::random_elements(random, u8, 9), x = support::random_elements(random, u8, 9);
    std::int32_t const weight_zero = random.integer(0, 255), input_zero = random.integer(0, 255);
    std::int32_t const bias =
        random.pick({0, random.integer(-5000, 5000), std::numeric_limits<std::int32_t>::min(),
                     std::numeric_limits<std::int32_t>::max()});
    naive::wide direct = bias;
    for (std::size_t k = 0; k < 9; ++k) {
      direct += (std::to_integer<int>(weights[k]) - weight_zero) * (std::to_integer<int>(x[k]) - input_zero);
    }
    std::int32_t const folded =
        folded_bias<std::uint8_t>(bias, weights.data(), 9, 1, weight_zero, input_zero);
    EXPECT_EQ(multiply_accumulate<std::uint8_t>(folded, x.data(), weights.data(), 9, weight_zero),
              static_cast<std::int32_t>(naive::wrap32(direct)));
  }
}

TEST(constants, missing_ones_count_as_neutral) {
  EXPECT_EQ(bias_of<std::int8_t>({}, 3), 0);
  EXPECT_EQ(weight_scale_of({}, 3), 1.0f);
  std::array const one{0.5f};
  std::array const two{0.5f, 0.25f};
  EXPECT_EQ(weight_scale_of({.weights = {}, .bias = {}, .weight_scales = one}, 3), 0.5f);
  EXPECT_EQ(weight_scale_of({.weights = {}, .bias = {}, .weight_scales = two}, 1), 0.25f);
}

TEST(factor_of, given_multipliers_take_the_place_of_scales) {
  std::array const all{multiplier{1 << 30, -3}, multiplier{1500000001, 2}};
  quantization const in{0.5f, 0}, out{0.25f, 0};
  constants const given{.weights = {}, .bias = {}, .weight_scales = {}, .multipliers = all};
  EXPECT_EQ(factor_of(double_rounding{}, given, 0, in, out), all[0]);
  EXPECT_EQ(factor_of(single_rounding{}, given, 1, in, out), all[1]);
  EXPECT_EQ(factor_of(double_rounding{}, {}, 1, in, out), make_multiplier(2.0));
  constants const one{.weights = {}, .bias = {}, .weight_scales = {}, .multipliers = {all.data(), 1}};
  EXPECT_EQ(factor_of(double_rounding{}, one, 7, in, out), all[0]);
  for (std::int32_t x : {0, 5, -5, 1000003, -1000003}) {  // and of the policy that is named at run time
    EXPECT_EQ(any_rounding::apply(x, factor_of(any_rounding{rounding::single_rounding}, given, 1, in, out)),
              single_rounding::apply(x, all[1]));
  }
}

}  // namespace
