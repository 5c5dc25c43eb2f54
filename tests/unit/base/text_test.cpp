// SPDX-License-Identifier: MIT
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <linnet/base/text.hpp>

namespace {

using linnet::text;

TEST(text, of_a_literal_leaves_the_terminator_out) {
  constexpr text words = "two words";
  static_assert(words.size() == 9 && !words.empty() && words.end() - words.begin() == 9);
  EXPECT_EQ(std::string_view(words), "two words");
  static_assert(text("").empty() && text{}.empty());
  EXPECT_NE(text{}.data(), nullptr);
}

TEST(text, compares_characters_not_addresses) {
  std::string const one = "abc", other = "abc";
  EXPECT_TRUE(text(one.data(), 3) == text(other.data(), 3));
  EXPECT_TRUE(text(one.data(), 3) == "abc");
  EXPECT_FALSE(text(one.data(), 2) == text(other.data(), 3));
  EXPECT_FALSE(text(one.data(), 3) == "abd");
  EXPECT_TRUE(text(one.data(), 0) == text{});
  static_assert(text("x") == text("x") && !(text("x") == text("y")) && !(text("x") == text("xx")));
}

TEST(text, converts_to_the_library_s_strings) {
  std::string const source = "abcdef";
  text const part(source.data() + 2, 3);
  std::string const copy = part;
  std::string_view const view = part;
  EXPECT_EQ(copy, "cde");
  EXPECT_EQ(view.data(), source.data() + 2);
  EXPECT_EQ(std::string(text("a\0b")).size(), 3u);  // a zero is a character like any other
}

}  // namespace
