// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/conformance/layer.hpp>
#include <linnet/io/conformance/read.hpp>
#include <linnet/runtime/whole_layer.hpp>

#include "zoo.hpp"

// Test cases of CMSIS-NN's kernels, with its multipliers: int8 ones of seven operators, every byte of their
// outputs with the kernels of this machine and of every ancestor of its architecture. Cores run the same
// (tests/firmware/conformance.cpp).
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

/// Pinned: what is not supported are other types (f16, f32, int16x8, int8x4, int8 to int16).
std::map<std::string, count> const pinned{{"add", {1, 0, 3}},
                                          {"avg_pool2d", {4, 0, 10}},
                                          {"conv2d", {19, 0, 65}},
                                          {"depthwise_conv2d", {7, 0, 31}},
                                          {"fully_connected", {4, 0, 20}},
                                          {"max_pool2d", {5, 0, 15}},
                                          {"softmax", {1, 0, 2}}};

std::vector<std::filesystem::path> folders_in(std::filesystem::path const& folder) {
  std::vector<std::filesystem::path> all;
  for (auto const& entry : std::filesystem::directory_iterator(folder)) all.push_back(entry.path());
  std::ranges::sort(all);
  return all;
}

/// The output of a layer with the kernels of an architecture; empty where it has none.
template <class Arch, class Problem>
std::vector<std::byte> output_of(Problem const& p, conformance::layer const& l) {
  auto const size = [](std::int64_t bytes) { return static_cast<std::size_t>(bytes); };
  layer_needs const needs = needs_of_layer<Arch>(p);
  std::vector<std::byte> packed(size(needs.packed_bytes)), scratch(size(needs.scratch_bytes)),
      output(l.expected.size());
  std::vector<kernels::input_row> window(size(needs.window_entries));
  plain_layer const layer{
      .inputs = {l.inputs[0].data(), l.inputs[1].data()},
      .output = output.data(),
      .constants = {.weights = l.weights, .bias = l.bias, .weight_scales = {}, .multipliers = l.multipliers},
      .groups = l.groups};
  if (!run_layer<std::uint16_t, Arch>(p, layer, {packed, scratch, window}).done()) return {};
  return output;
}

/// Whether an architecture and its ancestors make exactly what is expected; where only ancestors have a
/// kernel, those.
template <class Arch, class Problem>
bool is_exact(Problem const& p, conformance::layer const& l) {
  auto const output = output_of<Arch>(p, l);
  bool const exact = output.empty() || output == l.expected;
  if constexpr (std::is_void_v<typename Arch::parent>) {
    return exact && !output.empty();
  } else {
    return exact && is_exact<typename Arch::parent>(p, l);
  }
}
bool is_exact(conformance::layer const& l) {
  return std::visit([&](auto const& p) { return is_exact<arch::native>(p, l); }, l.problem);
}

/// Runs one case, and once more with a wrong bit in what it expects, which has to be noticed.
void run_case(std::filesystem::path const& folder, count& counted) {
  auto const read = conformance::read_case(folder);
  ASSERT_TRUE(read) << read.error().message;
  auto layer = conformance::layer_of(*read);
  if (!layer) {
    EXPECT_EQ(layer.error().code, errc::not_supported) << layer.error().message;
    EXPECT_NE(read->variant, "int8") << layer.error().message;
    ++counted.not_supported;
    return;
  }
  bool const exact = is_exact(*layer);
  EXPECT_TRUE(exact) << read->op << "/" << read->name << " differs";
  ++(exact ? counted.passed : counted.failed);
  std::size_t const bit =
      static_cast<std::size_t>(counted.passed) * 2654435761u % (8 * layer->expected.size());
  layer->expected[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
  EXPECT_FALSE(is_exact(*layer)) << read->name << ": the wrong bit " << bit << " went unnoticed";
}

TEST(conformance, int8_cases_of_cmsis_nn) {
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

}  // namespace
