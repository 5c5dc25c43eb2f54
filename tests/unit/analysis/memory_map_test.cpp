// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/memory_map.hpp>

#include "support/composed_plan.hpp"
#include "support/graph_maker.hpp"
#include "support/random_graph.hpp"

namespace {

using namespace linnet;
using support::graph_maker;

memory_map map_of(graph_view const& g) {
  auto const plan = plan_graph<arch::scalar>(g);
  EXPECT_TRUE(plan.has_value());
  return map_memory(g, *plan);
}

TEST(memory_map, tensors_that_share_bytes_are_one_block) {
  graph_maker g;
  tensor_id const x = g.activation({1, 2, 2, 3}, f32, {}, "x"), y = g.activation({1, 2, 2, 3}, f32, {}, "y");
  tensor_id const z = g.activation({1, 12}, f32, {}, "");
  g.add({.kind = op::relu}, {x}, y);
  g.add({.kind = op::reshape}, {y}, z);
  g.set_ends({x}, {z});
  ASSERT_TRUE(g.check().has_value());
  memory_map const map = map_of(g.view());
  ASSERT_EQ(map.blocks.size(), 1u);
  EXPECT_EQ(map.blocks[0].names, (std::vector<std::string>{"x", "y", "t2"}));
  EXPECT_EQ(map.blocks[0].use, memory_use::input);
  EXPECT_EQ(map.blocks[0].bytes, 48);
  EXPECT_EQ(map.blocks[0].first, -1);
  EXPECT_EQ(map.blocks[0].last, 2);
  EXPECT_EQ(map.alive, (std::vector<std::int64_t>{48, 48, 48, 48}));
  EXPECT_EQ(map.step_in_words(-1), "start");
  EXPECT_EQ(map.step_in_words(1), "1 reshape");
  EXPECT_EQ(map.step_in_words(2), "end");
}

TEST(memory_map, names_every_activation_once_and_no_constant) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    support::random_graph made(seed);
    graph_view const g = made.maker().view();
    memory_map const map = map_of(g);
    std::vector<std::string> named, wanted;
    for (memory_block const& b : map.blocks) {
      EXPECT_FALSE(b.names.empty());
      if (b.use != memory_use::scratch) named.insert(named.end(), b.names.begin(), b.names.end());
    }
    for (tensor_id id : g.inputs()) wanted.push_back(g.name(g.tensor(id)));
    for (node const& n : g.nodes) wanted.push_back(g.name(n));
    std::ranges::sort(named);
    std::ranges::sort(wanted);
    EXPECT_EQ(named, wanted) << "seed " << seed;
  }
}

TEST(memory_map, peak_is_that_of_a_naive_count_and_the_lower_bound) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    support::random_graph made(seed);
    graph_view const g = made.maker().view();
    auto const plan = plan_graph<arch::scalar>(g);
    ASSERT_TRUE(plan.has_value());
    memory_map const map = map_memory(g, *plan);
    std::int64_t most = -1;
    std::int32_t peak = 0;
    for (std::int32_t step = -1; step <= map.steps(); ++step) {
      std::int64_t alive = 0;
      for (planner::interval const& i : plan->lives) alive += i.first <= step && step <= i.last ? i.bytes : 0;
      EXPECT_EQ(map.alive_at(step), alive);
      if (alive > most) peak = step;
      most = std::max(most, alive);
    }
    EXPECT_EQ(map.peak, peak);
    EXPECT_EQ(map.alive_at(map.peak), plan->arena_lower_bound);
  }
}

constexpr plan_options by_rows[] = {{.policy = memory_policy::least_memory},
                                    {.policy = memory_policy::least_memory, .stream_input = true},
                                    {.policy = memory_policy::layer_by_layer, .stream_input = true},
                                    {.policy = memory_policy::within, .budget = 50000}};
constexpr char const* networks[] = {"mobilenet_v2:0.35:96", "mobilenet_v1:0.25:96:2"};

void expect_inside(memory_block const& b, memory_map const& map) {
  EXPECT_GE(b.offset, 0);
  EXPECT_LE(b.offset + b.bytes, map.arena_bytes);
  EXPECT_GE(b.first, -1);
  EXPECT_LE(b.last, map.steps());
  EXPECT_LE(b.rows, b.tensor_rows);
  EXPECT_FALSE(b.names.empty());
  std::int64_t bytes = 0;
  for (memory_slot const& slot : b.slots) {
    EXPECT_GE(slot.offset, b.offset);
    EXPECT_LE(slot.offset + slot.bytes, b.offset + b.bytes);
    EXPECT_GE(slot.first, b.first);
    EXPECT_LE(slot.first, slot.last);
    EXPECT_LE(slot.last, b.last);
    bytes += slot.bytes;
  }
  EXPECT_EQ(bytes, b.bytes);
}

TEST(memory_map, of_a_plan_by_rows_lies_in_the_arena_and_peaks_at_the_bound) {
  for (char const* name : networks) {
    for (plan_options const& options : by_rows) {
      support::composed_plan const made(name, options);
      memory_map const map = map_memory(made.graph(), made.plan);
      EXPECT_TRUE(map.by_rows);
      EXPECT_EQ(map.alive_at(map.peak), made.plan.arena_lower_bound);
      EXPECT_EQ(static_cast<std::size_t>(map.steps()), made.plan.schedule.steps.size());
      EXPECT_EQ(map.groups, groups_of(made.plan));
      for (memory_block const& b : map.blocks) expect_inside(b, map);
    }
  }
}

/// The most rows of a ring that live at one time are all of its rows.
TEST(memory_map, of_a_plan_by_rows_knows_its_rings) {
  support::composed_plan const made(networks[0], by_rows[1]);
  memory_map const map = map_memory(made.graph(), made.plan);
  auto const of = [&](std::string const& name) {
    return std::ranges::find_if(map.blocks, [&](memory_block const& b) { return b.names[0] == name; });
  };
  auto const input = of("input_0"), output = of("dense_63");
  ASSERT_TRUE(input != map.blocks.end() && output != map.blocks.end());
  EXPECT_EQ(input->use, memory_use::input);
  EXPECT_EQ(input->rows, 3);
  EXPECT_EQ(input->tensor_rows, 96);
  EXPECT_TRUE(input->is_ring());
  EXPECT_EQ(output->use, memory_use::output);
  EXPECT_FALSE(output->is_ring());
  EXPECT_EQ(output->last, map.steps());
  EXPECT_EQ(map.step_in_words(0), "step 0 (input)");
}

TEST(memory_map, of_random_graphs_by_rows) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    support::random_graph made(seed);
    graph_view const g = made.maker().view();
    auto const plan = plan_graph<arch::scalar>(g, by_rows[0]);
    ASSERT_TRUE(plan.has_value());
    memory_map const map = map_memory(g, *plan);
    EXPECT_EQ(map.alive_at(map.peak), plan->arena_lower_bound) << "seed " << seed;
    for (memory_block const& b : map.blocks) expect_inside(b, map);
  }
}

TEST(memory_map, of_an_empty_graph) {
  memory_map const map = map_memory({}, {});
  EXPECT_TRUE(map.blocks.empty());
  EXPECT_EQ(map.alive, (std::vector<std::int64_t>{0, 0}));
  EXPECT_EQ(map.peak, -1);
}

}  // namespace
