// SPDX-License-Identifier: MIT
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <linnet/session/composed.hpp>

#include "plan_cases.hpp"

// Composed networks at small resolutions, under sanitizers.
namespace {

using namespace linnet;

network composed(std::string const& name) {
  auto net = composed_network(name);
  if (!net) throw std::runtime_error(net.error().message);
  return *net;
}

void expect_every_policy(std::string const& name) {
  network const net = composed(name);
  support::layered_tensors const tensors(net, 1);
  for (bool streams : {false, true}) {
    std::int64_t least = 0;
    for (plan_options const& options : plan_cases::policies_of(net, streams)) {
      if (least == 0) least = plan_graph<arch::native>(net.graph.view(), options)->arena_bytes;
      plan_cases::expect_right(net, options, least, tensors);
    }
  }
}

void expect_mutations_are_found(std::string const& name) {
  network const net = composed(name);
  support::layered_tensors const tensors(net, 1);
  for (bool streams : {false, true}) {
    plan_options options{.policy = memory_policy::least_memory, .stream_input = streams};
    plan_cases::expect_found(net, options, tensors, 12, 20);
    options.budget = plan_graph<arch::native>(net.graph.view(), options)->arena_bytes * 3 / 2;
    options.policy = memory_policy::within;  // strips of many rows
    plan_cases::expect_found(net, options, tensors, 6, 10);
  }
}

TEST(rows_of_networks, mobilenet_v2) { expect_every_policy("mobilenet_v2:0.35:32:10"); }
TEST(rows_of_networks, mobilenet_v1) { expect_every_policy("mobilenet_v1:0.25:32:2"); }
TEST(rows_of_networks, squeezenet_1_0) { expect_every_policy("squeezenet:1.0:40:5"); }
TEST(rows_of_networks, squeezenet_1_1) { expect_every_policy("squeezenet:1.1:36:5"); }

TEST(wrong_rings, of_mobilenet_v2_are_found) { expect_mutations_are_found("mobilenet_v2:0.35:32:10"); }
TEST(wrong_rings, of_mobilenet_v1_are_found) { expect_mutations_are_found("mobilenet_v1:0.25:32:2"); }
TEST(wrong_rings, of_squeezenet_are_found) { expect_mutations_are_found("squeezenet:1.1:36:5"); }

/// Plans of a long search: rows with addresses of their own, and each of them moved.
void expect_searched_plans(std::string const& name) {
  network const net = composed(name);
  support::layered_tensors const tensors(net, 1);
  int moved = 0;
  for (bool streams : {false, true}) {
    plan_cases::expect_searched(net, streams, {.effort = 8}, tensors);
    if (!streams) plan_cases::expect_searched(net, streams, {.effort = 2, .slowdown = 10}, tensors);
    moved += plan_cases::expect_moved_rows_found(net, streams, 8, tensors, 8);
  }
  EXPECT_GE(moved, 8) << "no plan has a table";
}

TEST(searched_plans, of_mobilenet_v2) { expect_searched_plans("mobilenet_v2:0.35:64:10"); }
TEST(searched_plans, of_mobilenet_v1) { expect_searched_plans("mobilenet_v1:0.25:32:2"); }
TEST(searched_plans, of_squeezenet_1_1) { expect_searched_plans("squeezenet:1.1:36:5"); }

}  // namespace
