// SPDX-License-Identifier: MIT
#include <array>
#include <type_traits>

#include <gtest/gtest.h>

#include <linnet/tensor/view.hpp>

namespace {

using linnet::dynamic;
using linnet::extents;
using linnet::tensor_view;

TEST(view, reads_and_writes_the_owner_s_elements) {
  std::array<int, 12> owner{};
  for (std::size_t i = 0; i < owner.size(); ++i) owner[i] = static_cast<int>(i);
  tensor_view const view(owner.data(), extents<dynamic, 4>(3));
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 4; ++column) EXPECT_EQ(view(row, column), 4 * row + column);
  }
  view(2, 1) = 99;  // a constant view is not a view of constants
  EXPECT_EQ(owner[9], 99);
  EXPECT_EQ(view.size(), 12u);
  EXPECT_EQ(view.elements().data(), owner.data());
  EXPECT_EQ(view.elements().size(), 12u);
  EXPECT_EQ(view.extents()[0], 3);
}

TEST(view, of_static_extents_is_a_pointer) {
  static_assert(sizeof(tensor_view<float, extents<96, 96, 3>>) == sizeof(float*));
  static_assert(std::is_trivially_copyable_v<tensor_view<float, extents<dynamic, 3>>>);
  std::array<float, 6> owner{};
  tensor_view<float, extents<2, 3>> const view(owner.data());
  EXPECT_EQ(&view(1, 2), owner.data() + 5);
}

TEST(view, turns_constant_and_never_back) {
  using writable = tensor_view<int, extents<4>>;
  using constant = tensor_view<int const, extents<4>>;
  static_assert(std::is_convertible_v<writable, constant>);
  static_assert(!std::is_constructible_v<writable, constant>);
  static_assert(!std::is_assignable_v<decltype(std::declval<constant>()(0)), int>);
  static_assert(!std::is_convertible_v<tensor_view<int, extents<5>>, constant>);
  std::array<int, 4> owner{1, 2, 3, 4};
  constant const view = writable(owner.data());
  owner[2] = 30;
  EXPECT_EQ(view(2), 30);
}

TEST(view, works_in_constants) {
  constexpr int sum = [] {
    std::array<int, 6> owner{1, 2, 3, 4, 5, 6};
    tensor_view<int, extents<2, 3>> view(owner.data());
    view(0, 0) = 10;
    int total = 0;
    for (int value : view.elements()) total += value;
    return total + view(1, 0);
  }();
  static_assert(sum == 34);
  EXPECT_EQ(sum, 34);
}

}  // namespace
