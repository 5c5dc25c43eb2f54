// SPDX-License-Identifier: MIT
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/base/expected.hpp>

namespace {

using linnet::expected;
using linnet::unexpected;

enum class fault { none, broken };

/// Counts how many of it are alive: a destructor too few or too many shows.
struct counted {
  explicit counted(int number) : value(number) { ++alive; }
  counted(counted const& other) : value(other.value) { ++alive; }
  counted(counted&& other) noexcept : value(std::exchange(other.value, -1)) { ++alive; }
  counted& operator=(counted const&) = default;
  ~counted() { --alive; }
  int value;
  static inline int alive = 0;
};
using counted_or_text = expected<counted, std::string>;

constexpr expected<int, fault> half(int number) {
  if (number % 2 != 0) return unexpected(fault::broken);
  return number / 2;
}

TEST(expected, plain_values_work_in_constants) {
  static_assert(half(8).has_value() && *half(8) == 4);
  static_assert(!half(7) && half(7).error() == fault::broken);
  constexpr int sum = [] {
    expected<int, fault> result = half(3);
    result = half(6);
    expected<int, fault> copy = result;
    *copy += 10;
    return *copy + *result;
  }();
  static_assert(sum == 16);
  static_assert(std::is_trivially_copyable_v<expected<int, fault>>);
  EXPECT_TRUE(half(8));
  EXPECT_FALSE(half(7));
}

TEST(expected, gives_access_to_members) {
  expected<std::pair<int, int>, fault> pair(std::pair{1, 2});
  pair->first = 5;
  EXPECT_EQ(std::as_const(pair)->first + std::as_const(pair)->second, 7);
}

TEST(expected, copies_and_moves_both_sides) {
  {
    counted_or_text const value(counted(3));
    counted_or_text const error(unexpected(std::string(50, 'e')));
    counted_or_text copy = value;
    EXPECT_EQ(copy->value, 3);
    EXPECT_EQ(value->value, 3);
    counted_or_text moved = std::move(copy);
    EXPECT_EQ(moved->value, 3);
    counted_or_text other = error;
    EXPECT_EQ(other.error(), std::string(50, 'e'));
    EXPECT_EQ(error.error(), other.error());
  }
  EXPECT_EQ(counted::alive, 0);
}

TEST(expected, assignment_changes_sides) {
  {
    counted_or_text const value(counted(1)), error(unexpected(std::string("why")));
    counted_or_text target = value;
    target = error;  // value to error
    EXPECT_FALSE(target);
    EXPECT_EQ(target.error(), "why");
    EXPECT_EQ(counted::alive, 1);
    target = error;  // error to error
    EXPECT_EQ(target.error(), "why");
    target = value;  // error to value
    ASSERT_TRUE(target);
    EXPECT_EQ(target->value, 1);
    target = counted_or_text(counted(9));  // value to value
    EXPECT_EQ(target->value, 9);
    counted_or_text& itself = target;
    target = itself;
    EXPECT_EQ(target->value, 9);
  }
  EXPECT_EQ(counted::alive, 0);
}

TEST(expected, carries_what_can_only_be_moved) {
  expected<std::unique_ptr<int>, std::string> pointer(std::make_unique<int>(7));
  static_assert(!std::is_copy_constructible_v<std::unique_ptr<int>>);
  std::unique_ptr<int> const taken = *std::move(pointer);
  EXPECT_EQ(*taken, 7);
  EXPECT_EQ(*pointer, nullptr);
  expected<int, std::unique_ptr<int>> failure(unexpected(std::make_unique<int>(8)));
  EXPECT_EQ(*std::move(failure).error(), 8);
}

TEST(expected, converts_values_and_errors) {
  expected<std::string, std::string> const value = "from a literal";
  EXPECT_EQ(*value, "from a literal");
  expected<std::vector<int>, std::string> const error = unexpected("from a literal");
  EXPECT_EQ(error.error(), "from a literal");
}

TEST(expected, of_nothing_is_success_or_an_error) {
  constexpr auto check = [](bool good) -> expected<void, fault> {
    if (!good) return unexpected(fault::broken);
    return {};
  };
  static_assert(check(true).has_value() && !check(false).has_value());
  static_assert(check(false).error() == fault::broken);
  expected<void, std::string> text;
  EXPECT_TRUE(text);
  text = unexpected(std::string("late"));
  EXPECT_FALSE(text);
  EXPECT_EQ(std::move(text).error(), "late");
}

}  // namespace
