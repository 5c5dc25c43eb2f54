// SPDX-License-Identifier: MIT
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <linnet/graph/node.hpp>

namespace {

using linnet::op;

TEST(node, every_operator_has_a_name_of_its_own) {
  std::set<std::string> names;
  int operators = 0;
  for (; operators < 256; ++operators) {
    std::string const name = linnet::name_of(static_cast<op>(operators));
    if (name == "?") break;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_EQ(operators, linnet::op_count);  // no gap before the last one
  EXPECT_TRUE(linnet::name_of(op::depthwise_conv2d) == "depthwise_conv2d");
}

/// Positions at which the whole dilated kernel lies inside.
int positions(int padded, int kernel, int stride, int dilation) {
  int count = 0;
  for (int at = 0; at + (kernel - 1) * dilation < padded; at += stride) ++count;
  return count;
}

TEST(node, same_padding_is_the_least_that_gives_ceil_of_input_by_stride) {
  for (int input = 1; input <= 20; ++input) {
    for (int kernel = 1; kernel <= 7; ++kernel) {
      for (int stride = 1; stride <= 5; ++stride) {
        for (int dilation = 1; dilation <= 3; ++dilation) {
          auto const [before, after] = linnet::same_padding(input, kernel, stride, dilation);
          int const wanted = (input + stride - 1) / stride;
          int least = 0;
          while (positions(input + least, kernel, stride, dilation) < wanted) ++least;
          ASSERT_EQ(before + after, least) << input << " " << kernel << " " << stride << " " << dilation;
          ASSERT_EQ(positions(input + least, kernel, stride, dilation), wanted);
          ASSERT_TRUE(after == before || after == before + 1);  // the odd one behind
        }
      }
    }
  }
}

TEST(node, starts_with_attributes_that_change_nothing) {
  constexpr linnet::node n;
  static_assert(n.activation == linnet::activation::none && n.rounding == linnet::rounding::double_rounding);
  static_assert(n.window.kernel == linnet::extent2d{1, 1} && n.window.stride == linnet::extent2d{1, 1} &&
                n.window.dilation == linnet::extent2d{1, 1} &&
                n.window.padding == linnet::padding2d{0, 0, 0, 0});
  static_assert(n.beta == 1.0f && n.source == -1 && n.axes.empty());
  linnet::node other = n;
  EXPECT_EQ(other, n);
  other.window.padding.right = 1;
  EXPECT_FALSE(other == n);
}

}  // namespace
