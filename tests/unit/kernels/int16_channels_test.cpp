// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/int16_channels.hpp>
#include <linnet/kernels/pack.hpp>

#include "support/random_source.hpp"

namespace {

using namespace linnet;
using namespace linnet::kernels;
using support::random_source;

/// The instructions by their definitions in the ARMv7-M manual: the upper half of a product, rounded.
std::int64_t smmular(std::int64_t x, std::int64_t y) { return (x * y + 0x80000000) >> 32; }

/// As the kernels requantize.
std::int64_t output_of(rounding policy, int16_channel const& c, std::int32_t sum) {
  if (policy == rounding::reduced_multiplier) return smmular(sum, c.factor);
  std::int64_t const high = smmular(2 * std::int64_t{sum}, c.factor);
  return (high + (std::int64_t{1} << (c.shift - 1)) - (sum < 0 ? 1 : 0)) >> c.shift;
}
std::int32_t wanted(rounding policy, std::int32_t sum, multiplier const& m) {
  return policy == rounding::reduced_multiplier ? reduced_multiplier::apply(sum, m)
                                                : double_rounding::apply(sum, m);
}

constexpr rounding both[] = {rounding::double_rounding, rounding::reduced_multiplier};

TEST(int16_channels, requantizes_every_sum_that_a_proof_allows_as_the_policy_does) {
  random_source random(161);
  for (rounding policy : both) {
    int proved = 0;
    for (int i = 0; i < 3000; ++i) {
      multiplier const m{
          random.one_in(9) ? 0x7FFF0000 + random.integer(-1, 0xFFFF) : random.integer(1 << 30, 0x7FFFFFFF),
          random.integer(-31, 3)};
      std::vector<std::int8_t> weights(static_cast<std::size_t>(random.integer(1, 600)));
      std::int64_t most = 0;
      for (std::int8_t& w : weights) {
        w = static_cast<std::int8_t>(random.integer(-128, 127));
        most += std::int64_t{std::abs(w)} << 15;
      }
      std::int32_t const bias = random.integer(-(1 << random.integer(0, 30)), 1 << random.integer(0, 30));
      most += std::abs(bias);
      auto const* const bytes = reinterpret_cast<std::byte const*>(weights.data());
      int16_channel const c =
          prove_int16(policy, bias, bytes, static_cast<std::int64_t>(weights.size()), 1, m);
      bool const fits = most < (std::int64_t{1} << (policy == rounding::reduced_multiplier ? 31 : 30)) - 1;
      EXPECT_TRUE(fits || !c.exact) << most;
      if (!c.exact) continue;
      ++proved;
      EXPECT_EQ(c.bias, bias);
      auto const limit = static_cast<std::int32_t>(most);
      for (int k = 0; k < 50; ++k) {
        std::int32_t const sum =
            k < 6 ? (k % 2 == 0 ? limit : -limit) / (1 << k) : random.integer(-limit, limit);
        ASSERT_EQ(output_of(policy, c, sum), wanted(policy, sum, m))
            << name_of(policy).data() << " of " << sum << " by " << m.q31 << " * 2^" << m.exponent - 31;
      }
    }
    EXPECT_GT(proved, 500) << name_of(policy).data();
  }
}

TEST(int16_channels, has_no_proof_for_what_its_forms_cannot_hold) {
  std::byte const one{1};
  auto const exact = [&](rounding policy, std::int64_t bias, multiplier m) {
    return prove_int16(policy, bias, &one, 1, 1, m).exact;
  };
  for (rounding policy : both) {
    bool const reduced = policy == rounding::reduced_multiplier;
    std::int64_t const most = (std::int64_t{1} << (reduced ? 31 : 30)) - 1 - 32768;
    EXPECT_TRUE(exact(policy, most - 1, {1 << 30, -5}));
    EXPECT_TRUE(exact(policy, -most, {1 << 30, -5}));
    EXPECT_FALSE(exact(policy, most, {1 << 30, -5}));
    EXPECT_FALSE(exact(policy, -most - 1, {1 << 30, -5}));
    EXPECT_FALSE(exact(policy, INT64_MIN, {1 << 30, -5}));
    EXPECT_FALSE(exact(policy, INT64_MAX, {1 << 30, -5}));
    EXPECT_TRUE(exact(policy, 0, {1 << 30, -1}));
    EXPECT_FALSE(exact(policy, 0, {1 << 30, 0}));
    EXPECT_TRUE(exact(policy, 0, {1 << 30, reduced ? -17 : -30}));
    EXPECT_FALSE(exact(policy, 0, {1 << 30, reduced ? -18 : -31}));
  }
}

/// Layers whose stream stands where the scalar kernel's has room.
template <class Problem>
void expect_room(Problem p, std::int64_t bytes) {
  for (rounding policy : both) {
    p.input_type = p.output_type = s16;
    p.weight_type = s8;
    p.rounding = policy;
    EXPECT_LE(bytes, (traits<Problem, arch::arm_dsp>::packed_bytes(p)));
    EXPECT_LE(bytes, (traits<Problem, arch::arm_mve>::packed_bytes(p)));
    EXPECT_GE((traits<Problem, arch::arm_dsp>::scratch_bytes(p)),
              (traits<Problem, arch::arm_dsp_general>::scratch_bytes(p)));
    EXPECT_GE((traits<Problem, arch::arm_mve>::scratch_bytes(p)),
              (traits<Problem, arch::arm_dsp_general>::scratch_bytes(p)));
  }
}

TEST(int16_channels, needs_no_more_bytes_than_the_scalar_kernel) {
  for (std::int32_t inputs = 1; inputs < 9; ++inputs) {
    for (std::int32_t outputs = 1; outputs < 6; ++outputs) {
      for (std::int32_t kernel = 1; kernel < 4; ++kernel) {
        conv2d::problem p;
        p.input = {1, 5, 5, inputs};
        p.output = {1, 5, 5, outputs};
        p.kernel_height = kernel;
        int16_records const records{kernel * inputs, inputs};
        expect_room(p, records.first() + outputs * records.stride());
        depthwise::problem d;
        static_cast<convolution_problem&>(d) = p;
        d.output.channels = inputs * outputs;
        int16_planes const planes{inputs, inputs * outputs};
        expect_room(d, planes.weights_at() + kernel * inputs * outputs);
      }
      dense::problem p;
      p.input = {1, 1, 1, inputs};
      p.output = {1, 1, 1, outputs};
      expect_room(p, outputs * int16_records{inputs, 0}.stride());
    }
  }
}

TEST(int16_channels, are_packed_by_each_family_where_all_channels_have_a_proof) {
  std::int8_t const weights[] = {1, -2, 3, 4, -5, 6};
  std::int32_t const bias[] = {7, -8};
  float const scales[] = {0.25f, 0.125f};
  constants from{{reinterpret_cast<std::byte const*>(weights), 6},
                 {reinterpret_cast<std::byte const*>(bias), 8},
                 {scales, 2}};
  dense::problem p;
  p.input_type = p.output_type = s16;
  p.input = {1, 1, 1, 3};
  p.output = {1, 1, 1, 2};
  p.input_quantization = {0.5f, 0};
  p.output_quantization = {2.0f, 0};
  alignas(8) std::byte packed[64];
  ASSERT_EQ(pack_exact<arch::arm_dsp>(p, from, packed), packed_layout::channel_quads);
  EXPECT_EQ(load<std::int32_t>(packed), 7);
  EXPECT_EQ(load<std::int32_t>(packed + 4), 1 << 30);  // 1/16 = 2^30 * 2^-31 * 2^-3
  EXPECT_EQ(load<std::int32_t>(packed + 8), 3);
  EXPECT_EQ(load<std::uint32_t>(packed + 12), 0x0003FE01u);  // and a zero
  EXPECT_EQ(load<std::int32_t>(packed + 16), -8);
  EXPECT_EQ(load<std::uint32_t>(packed + 28), 0x0006FB04u);
  ASSERT_EQ(pack_exact<arch::arm_mve>(p, from, packed), packed_layout::channel_octets);
  p.output_quantization.scale = 0.01f;  // larger than a half: the general kernel's
  EXPECT_EQ(pack_exact<arch::arm_dsp>(p, from, packed), packed_layout::channel_records);
  EXPECT_EQ(generation_that_reads<arch::arm_mve>(p, packed_layout::channel_records), 2);
  p.output_quantization = {2.0f, 1};  // zero points of s16 are rare
  EXPECT_EQ(pack_exact<arch::arm_dsp>(p, from, packed), packed_layout::channel_records);
}

}  // namespace
