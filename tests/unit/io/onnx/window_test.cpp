// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>

#include <gtest/gtest.h>

#include <linnet/graph/shape_inference.hpp>
#include <linnet/io/onnx/window.hpp>

namespace {

using namespace linnet::io::onnx;
using linnet::io::onnx::detail::resolve;
using linnet::io::onnx::detail::resolved_padding;
using kind = padding_rule::kind;

std::int32_t extent(std::int32_t input, std::int32_t reach, std::int32_t stride, resolved_padding p) {
  return linnet::detail::windowed_extent(input, reach, stride, 1, p.before, p.after + p.overhang);
}

/// Over a whole small domain: as many outputs as the specification says, and the odd element on its side.
TEST(onnx_window, same_gives_as_many_outputs_as_strides_fit) {
  for (std::int32_t input = 1; input <= 12; ++input) {
    for (std::int32_t reach = 1; reach <= 6; ++reach) {
      for (std::int32_t stride = 1; stride <= 4; ++stride) {
        auto const upper = resolve(input, reach, stride, {kind::same_upper}, {5, 5});
        auto const lower = resolve(input, reach, stride, {kind::same_lower}, {5, 5});
        ASSERT_EQ(extent(input, reach, stride, upper), (input + stride - 1) / stride);
        ASSERT_EQ(upper.before, lower.after);
        ASSERT_EQ(upper.after, lower.before);
        ASSERT_TRUE(upper.after == upper.before || upper.after == upper.before + 1);
      }
    }
  }
}

/// The specification's formula, against windows counted one by one.
TEST(onnx_window, rounding_up_counts_windows_that_begin_in_the_image) {
  for (std::int32_t input = 1; input <= 12; ++input) {
    for (std::int32_t reach = 1; reach <= 6; ++reach) {
      for (std::int32_t stride = 1; stride <= 4; ++stride) {
        for (std::int32_t pad = 0; pad < reach; ++pad) {
          if (input + 2 * pad < reach) continue;
          auto const p = resolve(input, reach, stride, {kind::stated, true}, {pad, pad});
          std::int32_t count = 1;  // one more as long as the one before does not reach the padded end
          while ((count - 1) * stride + reach < input + 2 * pad && count * stride < input + pad) ++count;
          ASSERT_EQ(extent(input, reach, stride, p), count)
              << input << " " << reach << " " << stride << " " << pad;
          ASSERT_LT(p.after + p.overhang, reach);  // so that each window has an element to look at
        }
      }
    }
  }
}

TEST(onnx_window, stated_and_no_padding) {
  auto const stated = resolve(8, 3, 2, {kind::stated}, {1, 2});
  EXPECT_EQ(stated.before, 1);
  EXPECT_EQ(stated.after, 2);
  EXPECT_EQ(stated.overhang, 0);
  auto const valid = resolve(8, 3, 2, {kind::valid}, {1, 2});
  EXPECT_EQ(valid.before, 0);
  EXPECT_EQ(valid.after, 0);
}

}  // namespace
