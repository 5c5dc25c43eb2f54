// SPDX-License-Identifier: MIT
#include <array>
#include <cstdint>
#include <string_view>

#include <gtest/gtest.h>

#include <linnet/kernels/kernels.hpp>
#include <linnet/kernels/select.hpp>

#include "support/tags.hpp"

namespace {

using namespace linnet;
using namespace linnet::kernels;

/// Windows of 3x3 over four channels, rectified: what every architecture that has kernels has one for.
template <class Problem>
constexpr Problem of_type(element_type type) {
  Problem p;
  if constexpr (requires { p.kernel_height; }) {
    p.kernel_height = p.kernel_width = 3;
    p.input = {1, 5, 5, 4};
    p.output = {1, 3, 3, 4};
    p.activation = activation::relu;
  }
  if constexpr (requires { p.over_height; }) p.input = {1, 5, 5, 4};
  if constexpr (requires { p.weight_type; }) p.weight_type = type;
  if constexpr (requires { p.input_type; }) p.input_type = p.output_type = type;
  if constexpr (requires { p.type; }) p.type = type;
  if constexpr (requires { p.input_quantization; }) p.input_quantization = {0.5f, 0};
  if constexpr (requires { p.output_quantization; })
    p.output_quantization = {1.0f / 256, type == s8 ? -128 : 0};
  if constexpr (std::same_as<Problem, elementwise::quantize_problem>) p.input_type = f32;
  if constexpr (std::same_as<Problem, elementwise::dequantize_problem>) p.output_type = f32;
  return p;
}

/// Which kernel every tag gets, family by family. A kernel that is added changes its column in its tag's row
/// (and in those of the tags that inherit it); a kernel that vanishes is a scalar fallback that this table
/// refuses.
struct row {
  std::string_view tag, conv2d, depthwise, dense, average_pool, max_pool, mean, add, rescale, softmax, pad,
      transpose;
};
using table = std::array<row, 12>;
constexpr std::string_view scalar = "scalar";

constexpr std::string_view dsp = "arm_dsp", mve = "arm_mve";

constexpr table unsigned_integers = {{
    {scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar},
    {"arm_dsp_general", scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar,
     scalar},
    {"arm_dsp", scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar},
    {"arm_mve", scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar},
    {"neon64", scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar},
    {"neon64_dot", scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar},
    {"neon64_i8mm", scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar},
    {"avx2", scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar},
    {"avx_vnni", scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar},
    {"avx512bw", scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar},
    {"avx512_vnni", scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar},
    {"amx_int8", scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar, scalar},
}};
constexpr table floats = unsigned_integers;
constexpr table signed_integers = [] {
  table made = unsigned_integers;
  made[1].depthwise = made[1].tag;
  made[2] = {dsp, dsp, dsp, dsp, dsp, dsp, dsp, dsp, dsp, dsp, scalar, scalar};
  made[3] = {mve, mve, mve, mve, mve, mve, mve, mve, mve, mve, scalar, scalar};
  return made;
}();

template <class Problem, class Tag>
constexpr std::string_view chosen(element_type type, Tag) {
  selection const s = select<Tag>(of_type<Problem>(type));
  return s.found() ? s.arch : "none";
}

template <class Tag>
constexpr row selected(element_type type, Tag tag) {
  return {Tag::name,
          chosen<conv2d::problem>(type, tag),
          chosen<depthwise::problem>(type, tag),
          chosen<dense::problem>(type, tag),
          chosen<pool::average_problem>(type, tag),
          chosen<pool::max_problem>(type, tag),
          chosen<mean::problem>(type, tag),
          chosen<elementwise::add_problem>(type, tag),
          chosen<elementwise::rescale_problem>(type, tag),
          chosen<softmax::problem>(type, tag),
          chosen<pad::problem>(type, tag),
          chosen<strided_copy::problem>(type, tag)};
}

void expect_equal(row const& got, row const& want, element_type type) {
  auto const same = [&](std::string_view row::*column, char const* name) {
    EXPECT_EQ(got.*column, want.*column) << name << " of " << name_of(type).data() << " for " << want.tag;
  };
  same(&row::tag, "tag");
  same(&row::conv2d, "conv2d");
  same(&row::depthwise, "depthwise");
  same(&row::dense, "dense");
  same(&row::average_pool, "average_pool");
  same(&row::max_pool, "max_pool");
  same(&row::mean, "mean");
  same(&row::add, "add");
  same(&row::rescale, "rescale");
  same(&row::softmax, "softmax");
  same(&row::pad, "pad");
  same(&row::transpose, "transpose");
}

TEST(select, gives_every_tag_the_kernel_of_the_table) {
  for (element_type type : {s8, u8, f32}) {
    std::size_t i = 0;
    support::for_each_tag([&](auto tag) {
      table const& wanted = type == f32 ? floats : type == u8 ? unsigned_integers : signed_integers;
      expect_equal(selected(type, tag), wanted[i], type);
      ++i;
    });
    EXPECT_EQ(i, floats.size());
  }
}

TEST(select, gives_conversions_and_logistic_a_kernel_on_every_tag) {
  support::for_each_tag([](auto tag) {
    for (element_type type : {s8, u8}) {
      EXPECT_EQ(chosen<elementwise::quantize_problem>(type, tag), scalar);
      EXPECT_EQ(chosen<elementwise::dequantize_problem>(type, tag), scalar);
      EXPECT_EQ(chosen<elementwise::logistic_problem>(type, tag), scalar);
    }
  });
}

/// Traits are never gated: a build for one machine plans for any other.
static_assert(select<arch::amx_int8>(of_type<conv2d::problem>(s8)).found());
static_assert(select<arch::arm_mve>(of_type<depthwise::problem>(u8)).found());
static_assert(select<arch::neon64_i8mm>(of_type<dense::problem>(f32)).packed_bytes > 0);
static_assert(select<arch::arm_dsp>(of_type<pool::average_problem>(s8)).scratch_bytes == 3 * 4 * 4);

/// A stream may be of an older kernel, where weights have no proof.
static_assert(generation_that_reads<arch::arm_mve>(of_type<conv2d::problem>(s8),
                                                   packed_layout::channel_lanes) == 0);
static_assert(generation_that_reads<arch::arm_mve>(of_type<conv2d::problem>(s8),
                                                   packed_layout::channel_pairs) == 1);
static_assert(generation_that_reads<arch::arm_mve>(of_type<conv2d::problem>(s8),
                                                   packed_layout::channel_records) == 3);
static_assert(generation_that_reads<arch::arm_dsp>(of_type<depthwise::problem>(s8),
                                                   packed_layout::tap_planes) == 1,
              "what the 3x3 kernel cannot prove");
static_assert(generation_that_reads<arch::scalar>(of_type<conv2d::problem>(s8),
                                                  packed_layout::channel_pairs) == -1);

TEST(select, reports_what_the_chosen_traits_state) {
  support::for_each_tag([]<class Tag>(Tag) {
    auto p = of_type<conv2d::problem>(s8);
    p.input.channels = 5;
    p.output.channels = 7;
    selection const s = select<Tag>(p);
    bool called = false;
    if constexpr (std::derived_from<arch::native, Tag>) {
      with_tag<Tag, conv2d::problem>(s, [&]<class Chosen>(Chosen) {
        called = true;
        EXPECT_EQ(std::string_view(s.arch), Chosen::name);
        EXPECT_EQ(s.packed_bytes, (traits<conv2d::problem, Chosen>::packed_bytes(p)));
        EXPECT_EQ(s.scratch_bytes, (traits<conv2d::problem, Chosen>::scratch_bytes(p)));
      });
      EXPECT_TRUE(called) << Tag::name;
    }
  });
}

template <class Problem, class F>
void expect_none(F const& change, element_type type = s8) {
  auto p = of_type<Problem>(type);
  EXPECT_TRUE(select<arch::native>(p).found());
  change(p);
  support::for_each_tag([&]<class Tag>(Tag) {
    selection const s = select<Tag>(p);
    EXPECT_FALSE(s.found()) << Tag::name;
    EXPECT_EQ(s.packed_bytes + s.scratch_bytes, 0);
  });
}

TEST(select, finds_nothing_for_combinations_without_a_kernel) {
  expect_none<conv2d::problem>([](auto& p) { p.weight_type = u8; });
  expect_none<conv2d::problem>([](auto& p) { p.output_type = f32; });
  expect_none<conv2d::problem>([](auto& p) { p.input_type = p.weight_type = p.output_type = s16; });
  expect_none<depthwise::problem>([](auto& p) { p.weight_type = s2; });
  expect_none<dense::problem>([](auto& p) { p.weight_type = s4; }, f32);
  expect_none<elementwise::add_problem>([](auto& p) { p.rounding = rounding::shift_half_up; });
  expect_none<elementwise::add_problem>([](auto& p) { p.type = s32; });
  expect_none<elementwise::rescale_problem>([](auto& p) { p.output_type = f32; });
  expect_none<elementwise::rescale_problem>([](auto& p) { p.input_type = s32; });
  expect_none<elementwise::rescale_problem>([](auto& p) {
    p.input_type = p.output_type = s16;
    p.rounding = rounding::float_half_even;
  });
  expect_none<elementwise::quantize_problem>([](auto& p) { p.output_type = s16; });
  expect_none<elementwise::quantize_problem>([](auto& p) { p.input_type = s8; });
  expect_none<elementwise::dequantize_problem>([](auto& p) { p.output_type = f16; });
  expect_none<elementwise::logistic_problem>([](auto& p) { p.output_quantization.scale = 0.5f; });
  expect_none<elementwise::logistic_problem>([](auto& p) { p.rounding = rounding::float_half_even; });
  expect_none<elementwise::logistic_problem>([](auto& p) { p.output_type = u8; });
  expect_none<mean::problem>([](auto& p) { p.rounding = rounding::float_half_away; });
  expect_none<mean::problem>([](auto& p) { p.type = bf16; });
  expect_none<pool::average_problem>([](auto& p) { p.type = s32; });
  expect_none<pool::max_problem>([](auto& p) { p.type = s64; });
  expect_none<pad::problem>([](auto& p) { p.type = s4; });
  expect_none<softmax::problem>([](auto& p) { p.output_quantization.zero_point = 1; });
}

}  // namespace
