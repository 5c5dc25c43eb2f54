// SPDX-License-Identifier: MIT
#include <cstdint>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/load.hpp>
#include <linnet/session/composed.hpp>

#include "golden/zoo.hpp"
#include "plan_cases.hpp"

// The networks of the project's table of arenas at their full sizes: executed in a poisoned arena of exactly
// the stated bytes, input in RAM and streamed, and their plans made wrong on purpose.
namespace {

using namespace linnet;

struct full_size {
  network net;
  std::int64_t in_ram, streamed;  // bytes that `least_memory` may take
};

void expect_plan(full_size const& n, bool streams, support::layered_tensors const& tensors) {
  plan_options options{.policy = memory_policy::least_memory, .stream_input = streams};
  auto const least = plan_graph<arch::native>(n.net.graph.view(), options);
  ASSERT_TRUE(least.has_value());
  EXPECT_LE(least->arena_bytes, streams ? n.streamed : n.in_ram);
  std::cout << n.net.name << (streams ? ", streamed: " : ", in RAM: ") << least->arena_bytes
            << " bytes, of which no placement needs less than " << least->arena_lower_bound << ", "
            << least->schedule.steps.size() << " steps\n";
  plan_cases::expect_right(n.net, options, least->arena_bytes, tensors);
  options.policy = memory_policy::within;
  options.budget = least->arena_bytes * 3 / 2;
  plan_cases::expect_right(n.net, options, least->arena_bytes, tensors);
}

void expect_full_size(full_size const& n) {
  support::layered_tensors const tensors(n.net, 1);
  for (bool streams : {false, true}) {
    expect_plan(n, streams, tensors);
    plan_options const options{.policy = memory_policy::least_memory, .stream_input = streams};
    plan_cases::expect_found(n.net, options, tensors, 3, 5);
  }
}

full_size composed(std::string const& name, std::int64_t in_ram, std::int64_t streamed) {
  auto net = composed_network(name);
  if (!net) throw std::runtime_error(net.error().message);
  return {*std::move(net), in_ram, streamed};
}
full_size stored(std::string const& file, std::int64_t in_ram, std::int64_t streamed) {
  auto net = load_network(golden::zoo() / "models/tflite" / file);
  if (!net) throw std::runtime_error(net.error().message);
  return {*std::move(net), in_ram, streamed};
}

TEST(full_size, mobilenet_v2_224) { expect_full_size(composed("mobilenet_v2:1.0:224", 200000, 128000)); }
TEST(full_size, mobilenet_v2_160) { expect_full_size(composed("mobilenet_v2:0.75:160", 112000, 80000)); }
TEST(full_size, mobilenet_v2_96) { expect_full_size(composed("mobilenet_v2:0.35:96", 31000, 16500)); }
TEST(full_size, mobilenet_v1_96) { expect_full_size(composed("mobilenet_v1:0.25:96:2", 29500, 15000)); }
TEST(full_size, squeezenet_1_0) { expect_full_size(composed("squeezenet:1.0:224", 173000, 88000)); }
TEST(full_size, squeezenet_1_1) { expect_full_size(composed("squeezenet:1.1:224", 166000, 66000)); }

TEST(full_size, resnet_8) {
  GOLDEN_REQUIRE_ZOO();
  expect_full_size(stored("mlperf_tiny/pretrainedResnet_quant.tflite", 15000, 13500));
}
TEST(full_size, keyword_spotting) {
  GOLDEN_REQUIRE_ZOO();
  expect_full_size(stored("mlperf_tiny/kws_ref_model.tflite", 5800, 5400));
}
TEST(full_size, visual_wake_words) {
  GOLDEN_REQUIRE_ZOO();
  expect_full_size(stored("mlperf_tiny/vww_96_int8.tflite", 29500, 15000));
}

/// The long search for the smallest plan, as `linnet compile --search 100` makes it.
TEST(full_size, searched_mobilenet_v2_96) {
  network const net = composed("mobilenet_v2:0.35:96", 0, 0).net;
  support::layered_tensors const tensors(net, 1);
  EXPECT_LE(plan_cases::expect_searched(net, false, {.effort = thorough_search}, tensors), 30500);
  EXPECT_LE(plan_cases::expect_searched(net, true, {.effort = thorough_search}, tensors), 15000);
  EXPECT_EQ(plan_cases::expect_moved_rows_found(net, true, thorough_search, tensors, 20), 20);
}

}  // namespace
