// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/conformance/kernel_case.hpp>
#include <linnet/io/conformance/suite.hpp>

#include "zoo.hpp"

// Test cases that others wrote. Those of CMSIS-NN's kernels, with its multipliers: those of fifteen
// operators, with the kernels of this machine and of every ancestor of its architecture (cores run the int8
// ones, tests/firmware/conformance_cases.cpp). Then everything that `linnet conform` runs.
namespace {

using namespace linnet;
namespace conformance = linnet::io::conformance;

struct count {
  int passed = 0, failed = 0, not_supported = 0;
  friend bool operator==(count const&, count const&) = default;
};
void PrintTo(count const& c, std::ostream* to) {
  *to << c.passed << " passed, " << c.failed << " failed, " << c.not_supported << " not supported";
}

/// Pinned: nothing is left that is not supported.
std::map<std::string, count> const pinned{{"add", {4, 0, 0}},
                                          {"avg_pool2d", {14, 0, 0}},
                                          {"batch_matmul", {14, 0, 0}},
                                          {"batch_norm", {5, 0, 0}},
                                          {"conv2d", {84, 0, 0}},
                                          {"depthwise_conv2d", {38, 0, 0}},
                                          {"fully_connected", {24, 0, 0}},
                                          {"max_pool2d", {20, 0, 0}},
                                          {"lstm", {12, 0, 0}},
                                          {"maximum", {13, 0, 0}},
                                          {"minimum", {13, 0, 0}},
                                          {"mul", {4, 0, 0}},
                                          {"pad", {5, 0, 0}},
                                          {"softmax", {3, 0, 0}},
                                          {"svdf", {8, 0, 0}},
                                          {"transpose", {20, 0, 0}},
                                          {"transpose_conv2d", {7, 0, 0}}};

std::vector<std::filesystem::path> folders_in(std::filesystem::path const& folder) {
  std::vector<std::filesystem::path> all;
  for (auto const& entry : std::filesystem::directory_iterator(folder)) all.push_back(entry.path());
  std::ranges::sort(all);
  return all;
}

/// Whether an architecture and its ancestors make exactly what is expected (floats: nearly); where only
/// ancestors have a kernel, those.
template <class Arch>
bool is_right(conformance::layer const& l) {
  auto const output = conformance::output_of<Arch>(l);
  bool const right =
      output.empty() || conformance::detail::difference(output, l.expected, l.type, l.tolerance).empty();
  if constexpr (std::is_void_v<typename Arch::parent>) {
    return right && !output.empty();
  } else {
    return right && is_right<typename Arch::parent>(l);
  }
}

/// Runs one case, and once more with a wrong bit in what it expects, which has to be noticed.
void run_case(std::filesystem::path const& folder, count& counted) {
  auto const read = conformance::read_case(folder);
  ASSERT_TRUE(read) << read.error().message;
  auto layer = conformance::layer_of(*read);
  if (!layer) {
    EXPECT_EQ(layer.error().code, errc::not_supported) << layer.error().message;
    EXPECT_NE(read->variant, "int8") << layer.error().message;
    EXPECT_NE(read->variant, "f32") << layer.error().message;
    EXPECT_NE(read->variant, "f16") << layer.error().message;
    ++counted.not_supported;
    return;
  }
  bool const right = is_right<arch::native>(*layer);
  EXPECT_TRUE(right) << read->op << "/" << read->name << " differs";
  ++(right ? counted.passed : counted.failed);
  std::size_t const random =
      static_cast<std::size_t>(counted.passed) * 2654435761u % (8 * layer->expected.size());
  std::size_t const bit = layer->type == f32 ? random / 32 * 32 + 30 : random;  // of an exponent
  layer->expected[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
  EXPECT_FALSE(is_right<arch::native>(*layer))
      << read->name << ": the wrong bit " << bit << " went unnoticed";
}

TEST(conformance, cases_of_cmsis_nn) {
  GOLDEN_REQUIRE_ZOO();
  std::map<std::string, count> counts;
  for (auto const& [operation, want] : pinned) {
    count& counted = counts[operation];
    for (auto const& folder : folders_in(golden::zoo() / "conformance/cmsis_nn" / operation))
      run_case(folder, counted);
    std::cout << operation << ": " << testing::PrintToString(counted) << "\n";
  }
  EXPECT_EQ(counts, pinned);
}

/// The reader takes every case, whatever its operator.
TEST(conformance, every_case_is_read) {
  GOLDEN_REQUIRE_ZOO();
  int read = 0;
  for (auto const& operation : folders_in(golden::zoo() / "conformance/cmsis_nn")) {
    for (auto const& folder : folders_in(operation)) {
      auto const one = conformance::read_case(folder);
      ASSERT_TRUE(one) << one.error().message;
      EXPECT_EQ(one->name, folder.filename());
      ++read;
    }
  }
  EXPECT_EQ(read, 293);
}

/// What `linnet conform` counts: nothing fails, and what once passed passes. Pinned counts may only grow.
TEST(conformance, suites_pass_what_they_passed) {
  GOLDEN_REQUIRE_ZOO();
  auto const all = conformance::judge_all(golden::zoo() / "conformance");
  ASSERT_TRUE(all) << all.error().message;
  std::map<std::string, int> cases, passed;
  int folded = 0;  // by the reader: no kernel ran
  for (conformance::judged_case const& one : *all) {
    ++cases[one.suite];
    EXPECT_NE(one.verdict, conformance::verdict::failed)
        << one.suite << "/" << one.op << "/" << one.name << ": " << one.reason;
    EXPECT_EQ(one.reason.empty(), one.verdict == conformance::verdict::passed) << one.name;
    passed[one.suite] += one.verdict == conformance::verdict::passed ? 1 : 0;
    folded += one.verdict == conformance::verdict::passed && one.type.ends_with(" folded") ? 1 : 0;
  }
  using counts = std::map<std::string, int>;
  EXPECT_GE(passed["cmsis_nn"], 292);
  EXPECT_GE(passed["tflm_seanet"], 75);
  EXPECT_EQ(cases["cmsis_nn"], 293);
  EXPECT_EQ(cases["tflm_seanet"], 75);
#if defined(LINNET_WITH_ONNX)
  EXPECT_GE(passed["onnx_node"], 295);
  EXPECT_GE(passed["onnx_node"] - folded, 251);
  EXPECT_EQ(cases["onnx_node"], 336);
#endif
  EXPECT_EQ(cases.size(), 3u) << testing::PrintToString(counts(cases));
}

}  // namespace
