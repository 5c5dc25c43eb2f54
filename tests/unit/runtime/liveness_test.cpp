// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/runtime/liveness.hpp>

#include "support/random_graph.hpp"

namespace {

using namespace linnet;
using support::graph_maker;

struct lifetimes {
  std::vector<planner::interval> intervals;
  std::vector<std::int32_t> storage;

  explicit lifetimes(graph_maker const& g) : intervals(g.tensors.size()), storage(g.tensors.size(), 12345) {
    intervals.resize(tensor_lifetimes(g.view(), intervals, storage));
  }
  [[nodiscard]] planner::interval const& of(tensor_id id) const {
    return intervals[static_cast<std::size_t>(storage[static_cast<std::size_t>(id)])];
  }
};

void expect_alive(planner::interval const& i, std::int32_t first, std::int32_t last) {
  EXPECT_EQ(i.first, first);
  EXPECT_EQ(i.last, last);
}

TEST(tensor_lifetimes, chain_with_a_shortcut) {
  graph_maker g;
  auto const t = [&] { return g.activation({1, 2, 3, 4}, s8, {1.0f, 0}); };
  tensor_id const x = t(), a = t(), b = t(), sum = t();
  g.add({.kind = op::relu}, {x}, a);
  g.add({.kind = op::relu}, {a}, b);
  g.add({.kind = op::add}, {a, b}, sum);
  g.set_ends({x}, {sum});
  lifetimes const live(g);
  ASSERT_EQ(live.intervals.size(), 4u);
  expect_alive(live.of(x), -1, 0);
  expect_alive(live.of(a), 0, 2);
  expect_alive(live.of(b), 1, 2);
  expect_alive(live.of(sum), 2, 3);
  EXPECT_EQ(live.of(a).bytes, 24);
  EXPECT_EQ(live.of(a).alignment, 1);
}

TEST(tensor_lifetimes, reshapes_in_a_row_share_one_place_for_all_their_lives) {
  graph_maker g;
  tensor_id const x = g.activation({1, 2, 3, 4}, f32), a = g.activation({24}, f32),
                  b = g.activation({4, 6}, f32);
  tensor_id const y = g.activation({4, 6}, f32), z = g.activation({1, 2, 3, 4}, f32);
  g.add({.kind = op::reshape}, {x}, a);
  g.add({.kind = op::reshape}, {a}, b);
  g.add({.kind = op::relu}, {b}, y);
  g.add({.kind = op::relu}, {x}, z);  // the oldest name is read last
  g.set_ends({x}, {y, z});
  lifetimes const live(g);
  EXPECT_EQ(live.intervals.size(), 3u);
  EXPECT_EQ(live.storage[static_cast<std::size_t>(a)], live.storage[static_cast<std::size_t>(x)]);
  EXPECT_EQ(live.storage[static_cast<std::size_t>(b)], live.storage[static_cast<std::size_t>(x)]);
  expect_alive(live.of(b), -1, 3);
  expect_alive(live.of(y), 2, 4);
  EXPECT_EQ(live.of(x).bytes, 96);
  EXPECT_EQ(live.of(x).alignment, 4);
}

TEST(tensor_lifetimes, an_alias_that_is_an_output_keeps_its_source) {
  graph_maker g;
  tensor_id const x = g.activation({6}, s8, {1.0f, 0}), a = g.activation({2, 3}, s8, {1.0f, 0});
  tensor_id const y = g.activation({6}, s8, {1.0f, 0});
  g.add({.kind = op::reshape}, {x}, a);
  g.add({.kind = op::relu}, {x}, y);
  g.set_ends({x}, {a, y});
  lifetimes const live(g);
  expect_alive(live.of(x), -1, 2);
  EXPECT_EQ(&live.of(a), &live.of(x));
}

TEST(tensor_lifetimes, inputs_that_nobody_reads_and_inputs_that_are_outputs) {
  graph_maker g;
  tensor_id const unused = g.activation({5}, u8, {1.0f, 0}), both = g.activation({7}, u8, {1.0f, 0});
  tensor_id const y = g.activation({7}, u8, {1.0f, 0}), dead = g.activation({7}, u8, {1.0f, 0});
  g.add({.kind = op::relu}, {both}, dead);
  g.add({.kind = op::relu}, {both}, y);
  g.set_ends({unused, both}, {both, y});
  lifetimes const live(g);
  expect_alive(live.of(unused), -1, -1);
  expect_alive(live.of(both), -1, 2);
  expect_alive(live.of(dead), 0, 0);
  expect_alive(live.of(y), 1, 2);
  EXPECT_TRUE(planner::alive_together(live.of(unused), live.of(both))) << "both are filled before the run";
}

TEST(tensor_lifetimes, constants_and_unmade_tensors_have_no_place) {
  graph_maker g;
  std::vector<std::byte> const bytes(6);
  tensor_id const x = g.activation({6}, s8, {1.0f, 0}), c = g.constant({6}, s8, bytes, {1.0f, 0});
  tensor_id const stray = g.activation({6}, s8), moved = g.activation({2, 3}, s8, {1.0f, 0});
  tensor_id const y = g.activation({6}, s8, {1.0f, 0});
  g.add({.kind = op::add}, {x, c}, y);
  g.add({.kind = op::reshape}, {c}, moved);  // of a constant: a copy, since constants are not in the arena
  g.set_ends({x}, {y, moved, c});
  lifetimes const live(g);
  EXPECT_EQ(live.storage[static_cast<std::size_t>(c)], no_storage);
  EXPECT_EQ(live.storage[static_cast<std::size_t>(stray)], no_storage);
  expect_alive(live.of(moved), 1, 2);
}

/// By definition: alive from the step that makes a tensor to the last that reads it under any of its names.
TEST(tensor_lifetimes, random_graphs_by_definition) {
  for (std::uint64_t seed = 1000; seed < 1200; ++seed) {
    support::random_graph made(seed);
    graph_maker const& g = made.maker();
    graph_view const view = g.view();
    lifetimes const live(g);
    for (std::size_t i = 0; i < view.nodes.size(); ++i) {
      node const& n = view.nodes[i];
      auto const step = static_cast<std::int32_t>(i);
      for (tensor_id id : view.inputs(n)) {
        if (view.tensor(id).role == tensor_role::constant) continue;
        EXPECT_LE(live.of(id).first, step) << "seed " << seed;
        EXPECT_GE(live.of(id).last, step) << "seed " << seed;
      }
      planner::interval const& output = live.of(view.outputs(n)[0]);
      EXPECT_LE(output.first, step);
      EXPECT_EQ(output.first == step, !is_alias(view, n)) << "seed " << seed;
      EXPECT_EQ(output.bytes, bytes_of(view.output(n).type, view.output(n).shape.elements()));
    }
    for (tensor_id id : view.inputs()) EXPECT_EQ(live.of(id).first, -1);
    for (tensor_id id : view.outputs())
      EXPECT_EQ(live.of(id).last, static_cast<std::int32_t>(view.nodes.size()));
  }
}

}  // namespace
