// SPDX-License-Identifier: MIT
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <linnet/graph/error.hpp>

namespace {

using linnet::graph_fault;

TEST(graph_error, every_fault_has_a_sentence_of_its_own) {
  std::set<std::string> sentences;
  int faults = 0;
  for (int i = 0; i < 256; ++i) {
    std::string const sentence = linnet::explain(static_cast<graph_fault>(i));
    if (sentence == "?") break;
    ++faults;
    EXPECT_GT(sentence.size(), 7u) << i;
    EXPECT_TRUE(sentences.insert(sentence).second) << sentence;
  }
  EXPECT_GE(faults, static_cast<int>(graph_fault::too_many_ends) + 1);  // no gap before the last one
}

TEST(graph_error, says_nothing_about_a_place_until_told) {
  constexpr linnet::graph_error error;
  static_assert(error.fault == graph_fault::none && error.node == -1 && error.tensor == -1);
  EXPECT_EQ(error.first, linnet::shape{});
}

}  // namespace
