// SPDX-License-Identifier: MIT
#include <type_traits>

#include <gtest/gtest.h>

#include <linnet/tensor/tensor.hpp>

namespace {

using image = linnet::tensor<std::int8_t, 2, 3, 4>;  // (height, width, channels)

constexpr image counted() {
  image t;
  int next = 0;
  for (std::int8_t& element : t.storage) element = static_cast<std::int8_t>(next++);
  return t;
}

TEST(tensor, holds_its_elements_and_nothing_else) {
  static_assert(sizeof(image) == 24 && image::size() == 24);
  static_assert(sizeof(linnet::tensor<float, 5, 7>) == 35 * sizeof(float));
  static_assert(std::is_trivially_copyable_v<image>);
  EXPECT_EQ(image{}, (image{.storage = {}}));  // zeros
}

TEST(tensor, is_a_constant_that_can_be_indexed) {
  static constexpr image constant = counted();
  static_assert(constant(0, 0, 3) == 3 && constant(0, 1, 0) == 4 && constant(1, 2, 3) == 23);
  static_assert(constant.view()(1, 0, 0) == 12);
  static_assert(std::is_same_v<decltype(constant(0, 0, 0)), std::int8_t const&>);
  static_assert(std::is_same_v<decltype(constant.view())::element, std::int8_t const>);
  EXPECT_EQ(constant.view().data(), constant.storage.data());
}

TEST(tensor, writes_go_where_the_index_list_says) {
  image t = counted();
  t(1, 0, 2) = -9;
  EXPECT_EQ(t.storage[14], -9);
  t.view()(1, 2, 3) = -8;
  EXPECT_EQ(t.storage[23], -8);
  EXPECT_FALSE(t == counted());
}

TEST(tensor, of_rank_0_is_one_element) {
  linnet::tensor<float> scalar;
  scalar() = 2.5f;
  EXPECT_EQ(scalar.storage[0], 2.5f);
}

}  // namespace
