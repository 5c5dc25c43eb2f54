// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/depthwise/pack.hpp>
#include <linnet/kernels/depthwise/traits.hpp>

#include "support/exact_buffer.hpp"
#include "support/random_values.hpp"
#include "support/tags.hpp"

namespace {

using namespace linnet;
using kernels::depthwise::problem;

problem random_problem(support::random_source& random, element_type type, rounding policy) {
  problem p;
  p.input_type = p.weight_type = p.output_type = type;
  p.rounding = policy;
  p.input = {1, 1, 1, random.integer(1, 9)};
  p.output = {1, 1, 1, p.input.channels * random.integer(1, 3)};
  p.kernel_height = random.integer(1, 4);
  p.kernel_width = random.integer(1, 4);
  p.input_quantization = support::random_quantization(random, type, -5, true);
  p.output_quantization = support::random_quantization(random, type, -3, true);
  p.weight_zero_point = support::random_zero_point(random, type);
  return p;
}

/// Packs into a block of exactly the stated size and reads the weights back from it.
template <class Tag>
void expect_round_trip(support::random_source& random, problem const& p, Tag tag) {
  using stated = kernels::traits<problem, Tag>;
  if (!stated::supports(p)) return;
  auto const count = static_cast<std::size_t>(p.taps() * p.output.channels);
  auto const weights = support::random_elements(random, p.weight_type, count);
  std::vector<std::byte> const bias(static_cast<std::size_t>(p.output.channels) * 4, std::byte{0x11});
  float const scale = 0.25f;
  kernels::constants const from{weights, bias, {&scale, p.input_type == f32 ? 0u : 1u}};
  std::int64_t const bytes = stated::packed_bytes(p);
  EXPECT_EQ(bytes % kernels::packed_alignment, 0) << "the next packed stream would be misaligned";
  support::exact_buffer const packed(static_cast<std::size_t>(bytes));
  pack(p, from, packed.data(), tag);
  support::exact_buffer const unpacked(weights.size());
  unpack_weights(p, packed.data(), unpacked.data(), tag);
  EXPECT_EQ(std::vector<std::byte>(unpacked.data(), unpacked.data() + weights.size()), weights) << Tag::name;
}

TEST(depthwise_pack, unpacking_gives_the_weights_back) {
  support::random_source random(0x9AC4);
  for (element_type type : {s8, u8, f32}) {
    for (int policy = 0; policy <= static_cast<int>(rounding::shift_half_away); ++policy) {
      for (int i = 0; i < 12; ++i) {
        problem const p = random_problem(random, type, static_cast<rounding>(policy));
        support::for_each_runnable<problem>([&](auto tag) { expect_round_trip(random, p, tag); });
      }
    }
  }
}

TEST(depthwise_pack, equal_constants_pack_to_equal_bytes) {
  support::random_source random(0xE9A1);
  problem const p = random_problem(random, s8, rounding::double_rounding);
  auto const weights =
      support::random_elements(random, s8, static_cast<std::size_t>(p.taps() * p.output.channels));
  float const scale = 0.25f;
  support::for_each_runnable<problem>([&]<class Tag>(Tag tag) {
    auto const bytes = static_cast<std::size_t>(kernels::traits<problem, Tag>::packed_bytes(p));
    std::vector<std::byte> streams[2];
    for (int i = 0; i < 2; ++i) {  // constants may lie at any address
      std::vector<std::byte> moved(weights.size() + 1);
      std::copy(weights.begin(), weights.end(), moved.begin() + i);
      support::exact_buffer const packed(bytes, std::byte{0});
      pack(p, {std::span(moved).subspan(static_cast<std::size_t>(i), weights.size()), {}, {&scale, 1}},
           packed.data(), tag);
      streams[i].assign(packed.data(), packed.data() + bytes);
    }
    EXPECT_EQ(streams[0], streams[1]) << Tag::name;
  });
}

}  // namespace
