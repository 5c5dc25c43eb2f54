// SPDX-License-Identifier: MIT
#include <cstdint>

#include <gtest/gtest.h>

#include <linnet/kernels/traits.hpp>

namespace {

using namespace linnet;
using namespace linnet::kernels;

struct unknown_problem {};
struct known_problem {};

}  // namespace

/// A family that exists in this file only.
template <>
struct linnet::kernels::traits<known_problem, linnet::arch::scalar> : linnet::kernels::bare_traits {
  static constexpr bool supports(known_problem const&) { return true; }
};

namespace {

static_assert(!traits<unknown_problem, arch::scalar>::exists);
static_assert(!traits<unknown_problem, arch::amx_int8>::supports({}));
static_assert(traits<unknown_problem, arch::scalar>::packed_bytes({}) == 0);
static_assert(traits<unknown_problem, arch::scalar>::scratch_bytes({}) == 0);

static_assert(traits<known_problem, arch::scalar>::exists);
static_assert(traits<known_problem, arch::scalar>::scratch_bytes(known_problem{}) == 0);
static_assert(!traits<known_problem, arch::arm_dsp>::exists,
              "a tag's kernels are found by `select`, not inherited");

TEST(traits, computable_types_are_those_of_the_reference_kernels) {
  for (element_type type : {f32, s8, u8}) EXPECT_TRUE(is_computable(type));
  for (element_type type : {f16, bf16, s64, s32, s16, s4, s2, s1}) EXPECT_FALSE(is_computable(type));
  EXPECT_TRUE(is_quantized(s8) && is_quantized(u8));
  EXPECT_FALSE(is_quantized(f32) || is_quantized(s32));
}

}  // namespace
