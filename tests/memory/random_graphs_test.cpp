// SPDX-License-Identifier: MIT
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plan_cases.hpp"
#include "support/network_of.hpp"
#include "support/random_graph.hpp"

// Random networks of all operators under every policy: sessions give the bytes of layer by layer, and the
// poisoned arena finds nothing.
namespace {

using namespace linnet;

void expect_rows_are_right(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  support::random_graph made(seed);
  network const net = support::network_of(made.maker());
  support::layered_tensors const tensors(net, seed);
  for (bool streams : {false, true}) {
    if (streams && net.graph.view().inputs().size() != 1) continue;
    std::int64_t least = 0;
    for (plan_options const& options : plan_cases::policies_of(net, streams)) {
      auto const planned = plan_graph<arch::native>(net.graph.view(), options);
      ASSERT_TRUE(planned.has_value());
      if (options.policy == memory_policy::least_memory) least = planned->arena_bytes;
      if (options.policy == memory_policy::within) {
        ASSERT_LE(planned->arena_bytes, options.budget) << "what least_memory takes is a budget, too";
      }
      plan_cases::expect_right(net, options, least, tensors);
    }
  }
}

TEST(rows_of_random_graphs, equal_layer_by_layer_in_a_poisoned_arena) {
  for (std::uint64_t seed = 9000; seed < 9250 && !HasFailure(); ++seed) expect_rows_are_right(seed);
}

// Nodes in place that overwrote parts of a concat which somebody else had still to read.
TEST(rows_of_random_graphs, that_were_wrong_once) {
  for (std::uint64_t seed : {10634u, 10662u, 10883u, 11406u, 13759u}) expect_rows_are_right(seed);
}

TEST(rows_of_random_graphs, wrong_rings_are_found) {
  int tried = 0;
  for (std::uint64_t seed = 9300; seed < 9500 && tried < 40 && !HasFailure(); ++seed) {
    support::random_graph made(seed);
    network const net = support::network_of(made.maker());
    support::layered_tensors const tensors(net, seed);
    plan_options const options{.policy = memory_policy::least_memory};
    auto const s = session::create(net, {.plan = options});
    ASSERT_TRUE(s.has_value());
    support::row_lives const lives = support::lives_of(s->graph(), s->plan());
    support::random_source random(4);
    support::row_mutations const mutations(s->plan(), lives);
    if (mutations.shorter_rings().empty() || mutations.moved_ring(random).rings.empty()) continue;
    SCOPED_TRACE("seed " + std::to_string(seed));
    plan_cases::expect_found(net, options, tensors, 4, 4);
    ++tried;
  }
  EXPECT_EQ(tried, 40) << "the generator makes too few graphs whose plans can be made wrong";
}

TEST(searched_plans_of_random_graphs, equal_layer_by_layer_in_a_poisoned_arena) {
  int tables = 0, moved = 0;
  for (std::uint64_t seed = 9500; seed < 10100 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::random_graph made(seed);
    network const net = support::network_of(made.maker());
    support::layered_tensors const tensors(net, seed);
    for (bool streams : {false, true}) {
      if (streams && net.graph.view().inputs().size() != 1) continue;
      plan_cases::expect_searched(net, streams, {.effort = 30}, tensors);
      if (seed % 5 == 0)  // these runs are long
        plan_cases::expect_searched(net, streams, {.effort = 6, .slowdown = 20}, tensors);
      int const found = plan_cases::expect_moved_rows_found(net, streams, 30, tensors, 3);
      tables += found > 0 ? 1 : 0;
      moved += found;
    }
  }
  EXPECT_GT(tables, 8) << "the generator makes too few graphs that are better off with a table";
  EXPECT_GT(moved, 20);
}

}  // namespace
