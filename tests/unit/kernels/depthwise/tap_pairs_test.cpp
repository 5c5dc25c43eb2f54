// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/depthwise/pack.hpp>
#include <linnet/kernels/depthwise/tap_pairs.hpp>
#include <linnet/kernels/depthwise/traits.hpp>

#include "support/exact_buffer.hpp"
#include "support/int8_layer.hpp"
#include "support/random_values.hpp"

namespace {

using namespace linnet;
using kernels::depthwise::problem;
using kernels::depthwise::tap_pairs;
using support::random_source;

static_assert(tap_pairs{9, 64}.blocks() == 4 && tap_pairs{9, 17}.blocks() == 2);
static_assert(tap_pairs{9, 17}.channel(1, 0) == 1, "the last sixteen");
static_assert(tap_pairs{9, 8}.channel(0, 13) == 5, "two pixels");
static_assert(tap_pairs{9, 64}.scratch() == 2 * 12 * 4);

TEST(tap_pairs, sums_are_a_permutation_of_the_lanes) {
  std::vector<int> seen(16);
  for (std::int32_t i = 0; i < 16; ++i) ++seen[static_cast<std::size_t>(tap_pairs::lane_of_sum(i))];
  EXPECT_EQ(seen, std::vector<int>(16, 1));
}

problem some_problem(random_source& random, support::int8_layer const& l, std::int32_t channels) {
  problem p;
  p.kernel_height = random.integer(1, 4);
  p.kernel_width = random.integer(1, 4);
  p.input = p.output = {1, 1, 1, channels};
  p.input_quantization = l.input;
  p.output_quantization = l.output;
  return p;
}

/// Reads the stream as the kernel does: two taps at a time, in 16 bits.
TEST(tap_pairs, what_is_packed_gives_the_sums_and_outputs_of_the_arithmetic) {
  random_source random(14);
  int exact = 0;
  for (int i = 0; i < 200; ++i) {
    std::int32_t const channels = random.integer(1, 40);
    support::int8_layer l = support::random_int8_layer(random, channels, 1);
    problem const p = some_problem(random, l, channels);
    auto const taps = static_cast<std::int32_t>(p.taps());
    l.weights.clear();
    for (std::int32_t w = 0; w < taps * channels; ++w)  // (channel, tap)
      l.weights.push_back(static_cast<std::int8_t>(random.integer(-128, 127)));
    std::vector<std::byte> weights;  // (tap, channel)
    for (std::int32_t tap = 0; tap < taps; ++tap) {
      for (std::int32_t c = 0; c < channels; ++c)
        weights.push_back(static_cast<std::byte>(l.weights[static_cast<std::size_t>(c * taps + tap)]));
    }
    kernels::constants from;
    (void)l.view(from);
    from.weights = weights;
    if (!packs(p, from, arch::arm_mve{})) continue;
    ++exact;
    tap_pairs const layout{taps, channels};
    support::exact_buffer const packed(static_cast<std::size_t>(layout.bytes()));
    pack(p, from, packed.data(), arch::arm_mve{});
    EXPECT_EQ(load<std::int8_t>(packed.data() + 15), l.input.zero_point);
    for (int run = 0; run < 4; ++run) {
      for (std::int32_t block = 0; block < layout.blocks(); ++block) {
        std::vector<std::int8_t> const input = support::some_inputs(random, taps, run);
        std::byte const* const begin = packed.data() + layout.first() + block * (3 * 64 + taps * 16);
        for (std::int32_t sum_at = 0; sum_at < 16; ++sum_at) {
          std::int32_t const lane = tap_pairs::lane_of_sum(sum_at);
          auto sum = load<std::int32_t>(begin + 4 * sum_at);
          std::int32_t pair = 0;
          for (std::int32_t tap = 0; tap < taps; ++tap) {
            pair += input[static_cast<std::size_t>(tap)] * load<std::int8_t>(begin + 64 + 16 * tap + lane);
            ASSERT_EQ(pair, static_cast<std::int16_t>(pair)) << "the sum of two products leaves 16 bits";
            if (tap % 2 == 0 && tap + 1 < taps) continue;
            sum += pair;
            pair = 0;
          }
          std::byte const* const factors = begin + 64 + 16 * taps + 4 * sum_at;
          EXPECT_EQ(
              support::requantized_in_lane(sum, load<std::int32_t>(factors), load<std::int32_t>(factors + 64),
                                           l.output.zero_point, false),
              l.expected(static_cast<std::size_t>(layout.channel(block, lane)), input));
        }
      }
    }
  }
  EXPECT_GT(exact, 50);
}

/// Of one input channel the stream is that of the convolution with the same weights, the other way round.
TEST(tap_pairs, one_input_channel_is_packed_as_a_convolution) {
  random_source random(15);
  support::int8_layer l = support::random_int8_layer(random, 8, 12);
  kernels::conv2d::problem conv;
  conv.kernel_height = 3;
  conv.kernel_width = 4;
  conv.input = {1, 5, 5, 1};
  conv.output = {1, 3, 2, 8};
  conv.input_quantization = l.input;
  conv.output_quantization = l.output;
  problem p;
  static_cast<kernels::convolution_problem&>(p) = conv;
  kernels::constants from;
  (void)l.view(from);
  std::vector<std::byte> turned;
  for (std::size_t tap = 0; tap < 12; ++tap) {
    for (std::size_t c = 0; c < 8; ++c) turned.push_back(from.weights[c * 12 + tap]);
  }
  kernels::constants const other{turned, from.bias, from.weight_scales};
  using stated = kernels::traits<problem, arch::arm_mve>;
  ASSERT_TRUE(stated::supports(p) && packs(p, other, arch::arm_mve{}) && packs(conv, from, arch::arm_mve{}));
  auto const bytes = static_cast<std::size_t>(stated::packed_bytes(p));
  std::vector<std::byte> streams[2] = {std::vector<std::byte>(bytes), std::vector<std::byte>(bytes)};
  pack(p, other, streams[0].data(), arch::arm_mve{});
  pack(conv, from, streams[1].data(), arch::arm_mve{});
  EXPECT_EQ(streams[0], streams[1]);
  p.output.channels = 6;
  EXPECT_FALSE(stated::supports(p)) << "no whole vectors of filters";
  p.input.channels = 2;
  p.output.channels = 8;
  EXPECT_FALSE(stated::supports(p)) << "several input channels, several filters each";
}

TEST(tap_pairs, two_least_weights_side_by_side_are_refused) {
  problem p;
  p.kernel_width = 2;
  p.input = p.output = {1, 1, 1, 1};
  p.input_quantization = {1.0f, 0};
  p.output_quantization = {4.0f, 0};
  std::vector<std::byte> weights(2, std::byte{0x80});
  float const scale = 0.01f;
  kernels::constants const from{weights, {}, {&scale, 1}};
  EXPECT_FALSE(packs(p, from, arch::arm_mve{}));
  weights[1] = std::byte{0x81};
  EXPECT_TRUE(packs(p, from, arch::arm_mve{}));
}

}  // namespace
