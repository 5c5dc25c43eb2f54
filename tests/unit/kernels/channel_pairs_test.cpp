// SPDX-License-Identifier: MIT
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/channel_pairs.hpp>

#include "support/int8_layer.hpp"
#include "support/random_values.hpp"

namespace {

using namespace linnet;
using namespace linnet::kernels;
using layer = support::int8_layer;
using support::random_source;

/// The instructions by their definitions in the ARMv7-M manual.
std::int32_t smlad(std::uint32_t x, std::uint32_t y, std::int32_t sum) {
  auto const half = [](std::uint32_t word, int i) {
    return std::int64_t{static_cast<std::int16_t>(word >> (16 * i) & 0xFFFF)};
  };
  return static_cast<std::int32_t>(
      static_cast<std::uint32_t>(sum + half(x, 0) * half(y, 0) + half(x, 1) * half(y, 1)));
}
std::uint32_t sxtb16(std::uint32_t x) {
  auto const wide = [](std::uint32_t byte) {
    return static_cast<std::uint32_t>(static_cast<std::int8_t>(byte)) & 0xFFFF;
  };
  return wide(x & 0xFF) | wide(x >> 16 & 0xFF) << 16;
}
std::int32_t smmlar(std::int32_t x, std::int32_t y, std::int32_t addend) {
  std::int64_t const sum = (std::int64_t{addend} << 32) + std::int64_t{x} * y + 0x80000000;
  return static_cast<std::int32_t>(sum >> 32);
}
std::int8_t requantized(std::int32_t sum, fast_factor const& f) {
  std::int32_t const doubled = static_cast<std::int32_t>(std::uint32_t{2} * static_cast<std::uint32_t>(sum));
  std::int32_t const rounded = smmlar(doubled, f.factor, f.addend) + (doubled < 0 ? -1 : 0);
  return static_cast<std::int8_t>(clamp<std::int32_t>(rounded >> f.shift, -128, 127));
}

/// Reads the stream as the kernels do, instruction by instruction.
template <std::size_t Pairs>
void expect_exact(random_source& random, std::int32_t count, std::int32_t padded) {
  layer const l = support::random_int8_layer(random, 2 * Pairs, count);
  constants from;
  channel_weights const weights = l.view(from);
  if (!weights.all_exact()) return;
  std::vector<std::uint32_t> stream(2 * Pairs + Pairs * static_cast<std::size_t>(padded) / 2 + 6 * Pairs);
  word_writer to{reinterpret_cast<std::byte*>(stream.data())};
  pack_pairs<Pairs>(weights, 0, padded, to);
  ASSERT_EQ(to.to, reinterpret_cast<std::byte*>(stream.data() + stream.size()));
  for (int run = 0; run < 20; ++run) {
    std::vector<std::int8_t> const input = support::some_inputs(random, count, run);
    auto const at = [&](std::size_t k) {
      return std::uint32_t{static_cast<std::uint8_t>(k < input.size() ? input[k] : 99)};
    };
    for (std::size_t p = 0; p < Pairs; ++p) {
      auto both = static_cast<std::int32_t>(stream[2 * p]),
           second = static_cast<std::int32_t>(stream[2 * p + 1]);
      std::size_t word = 2 * Pairs + p;
      for (std::size_t k = 0; k < static_cast<std::size_t>(padded); k += 4) {
        std::uint32_t const four = at(k) | at(k + 1) << 8 | at(k + 2) << 16 | at(k + 3) << 24;
        for (std::uint32_t const x : {sxtb16(four), sxtb16(std::rotr(four, 8))}) {
          both = smlad(stream[word], x, both);
          second = smlad(sxtb16(stream[word]), x, second);
          word += Pairs;
        }
      }
      std::int32_t const first = wrapping_add(both, -second) >> 8;
      std::size_t const factors = stream.size() - 6 * Pairs;
      for (std::size_t i = 0; i < 2; ++i) {
        auto const* const at_factor = &stream[factors + 3 * (2 * p + i)];
        fast_factor const f{static_cast<std::int32_t>(at_factor[0]), static_cast<std::int32_t>(at_factor[1]),
                            static_cast<std::int32_t>(at_factor[2])};
        EXPECT_EQ(requantized(i == 0 ? first : second, f), l.expected(2 * p + i, input))
            << "channel " << 2 * p + i;
      }
    }
  }
}

TEST(pack_pairs, what_is_packed_gives_the_sums_and_outputs_of_the_arithmetic) {
  random_source random(11);
  for (int i = 0; i < 200; ++i) {
    std::int32_t const count = random.integer(1, 60);
    expect_exact<1>(random, count, (count + 3) / 4 * 4);
    expect_exact<2>(random, count, (count + 7) / 8 * 8);
  }
}

fast_channel prove(std::int32_t bias, std::vector<std::int8_t> const& weights, multiplier const& m,
                   int sum_bits = paired_sum_bits) {
  return prove_channel(bias, reinterpret_cast<std::byte const*>(weights.data()), std::ssize(weights), 1, m, 0,
                       0, {-128, 127}, sum_bits);
}

TEST(prove_channel, refuses_what_the_instructions_cannot_do) {
  std::vector<std::int8_t> const weights(4, 100);
  constexpr multiplier eighth{1 << 30, -2};
  EXPECT_TRUE(prove(0, weights, eighth).exact);
  EXPECT_FALSE(prove(0, weights, {1 << 30, 0}).exact) << "no shift: nothing may be rounded twice";
  EXPECT_FALSE(prove(0, weights, {1 << 30, 3}).exact) << "a multiplier above 1";
  std::int32_t const edge = (1 << 23) - 4 * 127 * 100;
  multiplier const small{1 << 30, -16};
  EXPECT_TRUE(prove(edge - 1, weights, small).exact);
  EXPECT_FALSE(prove(edge, weights, small).exact) << "256 times the sum leaves 31 bits";
  EXPECT_TRUE(prove(edge, weights, small, single_sum_bits).exact);
}

TEST(prove_channel, knows_what_is_the_same_for_all_inputs) {
  std::vector<std::int8_t> const weights(4, 100);
  fast_channel const saturated = prove(1 << 30, weights, {1 << 30, -2});
  EXPECT_TRUE(saturated.exact && saturated.constant);
  EXPECT_EQ(requantized(0, saturated.factor), 127);
  fast_channel const vanishing = prove(1000, weights, {1 << 30, -30});
  EXPECT_TRUE(vanishing.exact && vanishing.constant) << "its shift is out of range, its output always 0";
  EXPECT_FALSE(prove(std::numeric_limits<std::int32_t>::max() - 1000, weights, {1 << 30, -2}).exact)
      << "sums that wrap are not monotone";
}

TEST(channel_weights, a_pair_of_weights_fits_a_halfword) {
  layer l{{-128, 5, -1, -128}, {0, 0}, {0.01f}};
  constants from;
  EXPECT_FALSE(l.view(from).all_exact()) << "256 * -128 - 1";
  l.weights[2] = 0;
  EXPECT_TRUE(l.view(from).all_exact()) << "the second one may be -128";
}

}  // namespace
