// SPDX-License-Identifier: MIT
#include <numeric>

#include <gtest/gtest.h>

#include <linnet/base/static_vector.hpp>

namespace {

using vector = linnet::static_vector<int, 4>;

constexpr vector counted_to(int last) {
  vector v;
  for (int i = 1; i <= last; ++i) v.push_back(i);
  return v;
}

TEST(static_vector, grows_to_its_capacity) {
  vector v;
  EXPECT_TRUE(v.empty());
  for (std::size_t i = 0; i < vector::capacity(); ++i) {
    EXPECT_FALSE(v.full());
    EXPECT_EQ(v.size(), i);
    v.push_back(static_cast<int>(10 * i));
    EXPECT_FALSE(v.empty());
    EXPECT_EQ(v[i], static_cast<int>(10 * i));
  }
  EXPECT_TRUE(v.full());
}

TEST(static_vector, iterates_over_what_it_holds_only) {
  vector v = counted_to(3);
  EXPECT_EQ(v.end() - v.begin(), 3);
  EXPECT_EQ(std::accumulate(v.begin(), v.end(), 0), 6);
  for (int& value : v) value *= 2;
  vector const& constant = v;
  EXPECT_EQ(constant.data()[2], 6);
  EXPECT_EQ(std::accumulate(constant.begin(), constant.end(), 0), 12);
}

TEST(static_vector, compares_size_and_values) {
  EXPECT_EQ(counted_to(3), counted_to(3));
  EXPECT_FALSE(counted_to(3) == counted_to(2));
  vector zero;
  zero.push_back(0);
  EXPECT_FALSE(zero == vector{});  // the same bytes but for the count
}

template <vector V>
constexpr std::size_t size_of_argument = V.size();

TEST(static_vector, is_a_template_argument) {
  static_assert(counted_to(4).full() && counted_to(4)[3] == 4);
  EXPECT_EQ(size_of_argument<counted_to(2)>, 2u);
}

}  // namespace
