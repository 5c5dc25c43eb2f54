// SPDX-License-Identifier: MIT
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <linnet/io/onnx/node_case.hpp>

#include "zoo.hpp"

// The ONNX project's own cases of single operators: linnet runs a case exactly or refuses it with a sentence:
// a wrong answer fails.
namespace {

namespace onnx = linnet::io::onnx;
using golden::zoo;
using linnet::io::conformance::verdict;

/// Pinned: may only grow.
constexpr int least_run = 295;

TEST(golden_onnx, nodes) {
  GOLDEN_REQUIRE_ZOO();
  int run = 0, refused = 0, wrong = 0;
  std::map<std::string, int> by_operator;
  std::set<std::filesystem::path> folders;
  for (auto const& entry : std::filesystem::directory_iterator(zoo() / "conformance/onnx_node")) {
    folders.insert(entry.path());
  }
  for (auto const& folder : folders) {
    auto const judged = onnx::judge_node_case(folder);
    if (judged.verdict == verdict::not_supported) {
      EXPECT_TRUE(judged.reason.starts_with(judged.name + ": ")) << judged.reason;
      ++refused;
      if (onnx::find_mapping(judged.op) != nullptr) std::cout << "  refused: " << judged.reason << "\n";
      continue;
    }
    EXPECT_EQ(judged.verdict, verdict::passed) << judged.name << ": " << judged.reason;
    ++(judged.verdict == verdict::passed ? run : wrong);
    if (judged.verdict == verdict::passed) ++by_operator[judged.op];
  }
  std::cout << "ONNX node cases: " << run << " run, " << refused << " refused (by name), " << wrong
            << " wrong\n  run:";
  for (auto const& [name, count] : by_operator) std::cout << " " << name << " " << count;
  std::cout << "\n";
  EXPECT_EQ(wrong, 0);
  EXPECT_GE(run, least_run);
}

/// A wrong number in what a case expects is noticed, whatever its operator.
TEST(golden_onnx, a_changed_expectation_is_noticed) {
  GOLDEN_REQUIRE_ZOO();
  int noticed = 0;
  for (char const* name : {"test_relu", "test_conv_with_strides_padding", "test_softmax_axis_2"}) {
    auto c = onnx::read_node_case(zoo() / "conformance/onnx_node" / name);
    if (!c) continue;
    auto session = onnx::open_node_case(*c, name);
    ASSERT_TRUE(session) << session.error().message;
    EXPECT_EQ(onnx::run_node_case(*session, *c, {}), "") << name;
    std::string& raw = *c->outputs[0].mutable_raw_data();
    ASSERT_GE(raw.size(), 8u);
    raw[7] = static_cast<char>(raw[7] ^ 0x40);  // an exponent
    EXPECT_NE(onnx::run_node_case(*session, *c, {}), "") << name;
    ++noticed;
  }
  EXPECT_GE(noticed, 1);
}

}  // namespace
