// SPDX-License-Identifier: MIT
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <linnet/analysis/plain_text.hpp>

namespace {

using namespace linnet;

TEST(plain_text, groups_thousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(3538984), "3,538,984");
}

TEST(plain_text, names_in_any_script_stay) {
  for (std::string const name : {"conv1/Relu6;bias", "couche à été", "層/畳み込み", "😀"})
    EXPECT_EQ(printable(name, 100), name);
}

TEST(plain_text, what_shows_nothing_becomes_a_question_mark) {
  EXPECT_EQ(printable({"a\0b\n\x1B[2J\x7F", 9}, 100), "a?b??[2J?");
  EXPECT_EQ(printable("\xC2\x85 \xE2\x80\xAE \xE2\x81\xA6 \xE2\x80\xA8 \xEF\xBF\xBF \xEF\xBF\xBE", 100),
            "? ? ? ? ? ?")
      << "C1, turns of direction, a line separator, noncharacters";
}

TEST(plain_text, what_is_no_utf8_becomes_a_question_mark_a_byte) {
  EXPECT_EQ(printable("\xFF\x80", 100), "??");
  EXPECT_EQ(printable("\xC0\xAF", 100), "??") << "longer than it need be";
  EXPECT_EQ(printable("\xE0\x80\xAF", 100), "???") << "longer than it need be";
  EXPECT_EQ(printable("\xED\xA0\x80", 100), "???") << "half of a surrogate pair";
  EXPECT_EQ(printable("\xF4\x90\x80\x80", 100), "????") << "behind the last character";
  EXPECT_EQ(printable("x\xE5\xB1", 100), "x??") << "cut off";
  EXPECT_EQ(printable("\xE5(\xB1", 100), "?(?");
}

TEST(plain_text, long_names_are_cut_between_characters) {
  EXPECT_EQ(printable("abcd", 4), "abcd");
  EXPECT_EQ(printable("abcde", 4), "abc…");
  EXPECT_EQ(printable("層層層", 2), "層…");
  EXPECT_EQ(printable("ab", 1), "…");
  EXPECT_EQ(last_part("abcd", 4), "abcd");
  EXPECT_EQ(last_part("abcde", 4), "…cde");
  EXPECT_EQ(last_part("a層層層", 3), "…層層");
  EXPECT_EQ(last_part("ab", 1), "…");
}

TEST(plain_text, of_xml_has_no_markup) {
  EXPECT_EQ(escape_xml("</svg><a b='1' c=\"&amp;\">"),
            "&lt;/svg&gt;&lt;a b=&apos;1&apos; c=&quot;&amp;amp;&quot;&gt;");
}

}  // namespace
