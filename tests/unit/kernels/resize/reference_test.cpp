// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <linnet/kernels/resize/pack.hpp>
#include <linnet/kernels/resize/reference.hpp>
#include <linnet/kernels/resize/traits.hpp>

#include "support/naive_functions.hpp"
#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::resize::problem;

std::string describe_case(problem const& p) {
  return std::to_string(p.input.height) + "x" + std::to_string(p.input.width) + " to " +
         std::to_string(p.output.height) + "x" + std::to_string(p.output.width) + ", sampling " +
         std::to_string(static_cast<int>(p.how.sampling)) + ", nearest " +
         std::to_string(static_cast<int>(p.how.nearest)) + ", stated " + std::to_string(p.rows_stated) + " " +
         std::to_string(p.columns_stated) + (p.how.method == interpolation::linear ? ", linear" : "");
}

/// None, the shapes' own, or one that they only round to.
float stated_scale(support::random_source& random, std::int32_t input, std::int32_t output) {
  float const exact = static_cast<float>(output) / static_cast<float>(input);
  return random.pick({0.0f, exact, exact * static_cast<float>(random.real(0.9, 1.1)), 1e-30f, 1e30f});
}

class resize_reference : public testing::TestWithParam<element_type> {};

/// All rules, of images of any size, up to those of one pixel.
TEST_P(resize_reference, equals_naive) {
  element_type const type = GetParam();
  support::random_source random(0x4E51 + static_cast<std::uint64_t>(type));
  int supported = 0;
  for (int i = 0; i < 500 && !HasFailure(); ++i) {
    problem p;
    p.type = type;
    p.input = {1, random.integer(1, 9), random.integer(1, 9), random.integer(1, 5)};
    p.output = {1, random.integer(1, 20), random.integer(1, 20), p.input.channels};
    p.how = {random.pick({interpolation::nearest, interpolation::linear}),
             static_cast<sampling>(random.integer(0, 3)), static_cast<nearest_entry>(random.integer(0, 3))};
    if (random.one_in(2)) {
      p.rows_stated = stated_scale(random, p.input.height, p.output.height);
      p.columns_stated = stated_scale(random, p.input.width, p.output.width);
    }
    if (!kernels::traits<problem, arch::scalar>::supports(p)) continue;
    ++supported;
    auto const extents = support::extents_of(p.input);
    auto const bytes = support::random_elements(random, type, naive::count_of(extents));
    support::kernel_case const call{.input = input_image_of(p),
                                    .output = image_of(p),
                                    .window = {},
                                    .input_pixel = static_cast<std::int32_t>(bytes.size()),
                                    .output_pixel = support::bytes_in(type, image_of(p).channels),
                                    .operands = {bytes},
                                    .constants = {},
                                    .zero_pixel = {}};
    naive::tensor const x{extents, support::type_of(type), {}, support::numbers(type, bytes)};
    naive::target const to{support::extents_of(p.output), x.element, {}};
    SCOPED_TRACE(describe_case(p));
    auto const want = naive::resized(x, support::resampling_of(p.how, p.rows_stated, p.columns_stated), to);
    EXPECT_EQ(support::expect_kernels_equal(p, call, want, x.element, random), 1);
  }
  EXPECT_GT(supported, 225);  // linear integers have the rules of TensorFlow Lite alone
}
INSTANTIATE_TEST_SUITE_P(types, resize_reference, testing::Values(s8, u8, s16, f32), support::type_name);

/// onnxruntime's other rules, entry by entry, from their own words.
TEST(resampling, rules_of_onnx) {
  for (std::int32_t input = 1; input < 12; ++input) {
    for (std::int32_t output = 1; output < 40; ++output) {
      resized_extent const e{input, output, static_cast<float>(output) / static_cast<float>(input)};
      for (std::int32_t i = 0; i < output; ++i) {
        float const corner = static_cast<float>(i) / e.stated;
        float const center = (static_cast<float>(i) + 0.5f) / e.stated - 0.5f;
        auto const inside = [&](float at) {
          return static_cast<std::int32_t>(std::fmin(std::fmax(at, 0.0f), static_cast<float>(input - 1)));
        };
        auto const nearest = [&](sampling where, nearest_entry rule) {
          return nearest_of(e, {interpolation::nearest, where, rule}, i);
        };
        ASSERT_EQ(nearest(sampling::corner, nearest_entry::below), inside(std::floor(corner)));
        ASSERT_EQ(nearest(sampling::center, nearest_entry::above), inside(std::ceil(center)));
        ASSERT_EQ(nearest(sampling::center, nearest_entry::half_down), inside(std::ceil(center - 0.5f)));
        ASSERT_EQ(nearest(sampling::center, nearest_entry::half_up), inside(std::floor(center + 0.5f)));
        float const aligned = output == 1 ? 0.0f
                                          : static_cast<float>(i) * static_cast<float>(input - 1) /
                                                static_cast<float>(output - 1);
        ASSERT_EQ(nearest(sampling::aligned, nearest_entry::below), inside(std::floor(aligned)));
        ASSERT_EQ(nearest(sampling::aligned, nearest_entry::above), inside(std::ceil(aligned)));
        sampled_entry const between_two = between(e, sampling::center_of_one, i);
        float const wanted =
            output == 1 ? 0.0f : std::fmin(std::fmax(center, 0.0f), static_cast<float>(input - 1));
        ASSERT_NEAR(static_cast<float>(between_two.index) + between_two.real, wanted, 1e-5f);
      }
    }
  }
}

TEST(resize_traits, linear_integers_have_the_rules_of_tflite) {
  using stated = kernels::traits<problem, arch::scalar>;
  problem p;
  EXPECT_TRUE(stated::supports(p));
  p.how.method = interpolation::linear;
  EXPECT_TRUE(stated::supports(p));
  p.rows_stated = 2.0f;
  EXPECT_FALSE(stated::supports(p));
  p.type = f32;
  EXPECT_TRUE(stated::supports(p));
  p.columns_stated = -2.0f;
  EXPECT_FALSE(stated::supports(p)) << "a negative number of columns for each";
  p.columns_stated = 0.0f;
  p.type = u8;
  EXPECT_FALSE(stated::supports(p));
  p.how.method = interpolation::nearest;
  EXPECT_TRUE(stated::supports(p));
}

}  // namespace
