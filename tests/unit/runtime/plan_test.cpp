// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/runtime/plan.hpp>

#include "support/random_graph.hpp"

namespace {

using namespace linnet;
using support::graph_maker;

struct planned {
  std::vector<tensor_place> places;
  std::vector<planned_call> calls;
  std::vector<planner::interval> intervals;
  std::vector<std::int64_t> offsets;
  expected<plan_totals, graph_error> totals = unexpected(graph_error{});

  explicit planned(graph_view const& g, sharing share = {})
      : places(g.tensors.size()),
        calls(most_calls(g)),
        intervals(g.tensors.size() + calls.size()),
        offsets(intervals.size()) {
    std::vector<std::int32_t> uses(2 * places.size());
    std::vector<std::int32_t> order(offsets.size()), sorted(offsets.size());
    std::vector<std::int64_t> trial(offsets.size());
    totals = plan<arch::native>(g, share, {places, calls, intervals, offsets, uses, {order, sorted, trial}});
  }
};

/// Two branches that a concat joins: convolution, pool with scratch, concat, mean.
graph_maker branches(std::int32_t channels = 4) {
  graph_maker g;
  quantization const q{0.5f, 1};
  auto const t = [&](std::int32_t c) { return g.activation({1, 6, 6, c}, s8, q); };
  tensor_id const x = t(2), a = t(channels), b = t(2), whole = t(channels + 2);
  tensor_id const y = g.activation({1, 1, 1, channels + 2}, s8, q);
  tensor_id const w = g.constant({channels, 1, 1, 2}, s8, std::vector<std::byte>(2 * 4), {0.25f, 0});
  g.add({.kind = op::conv2d}, {x, w}, a);
  g.add({.kind = op::average_pool2d, .window = {.kernel = {3, 3}, .padding = {1, 1, 1, 1}}}, {x}, b);
  node concat{.kind = op::concat}, mean{.kind = op::mean};
  concat.axes.push_back(3);
  g.add(concat, {a, b}, whole);
  mean.axes.push_back(1);
  mean.axes.push_back(2);
  g.add(mean, {whole}, y);
  g.set_ends({x}, {y});
  return g;
}

TEST(plan, lists_the_calls_that_are_left_with_their_places) {
  graph_maker const g = branches();
  planned const p(g.view());
  ASSERT_TRUE(p.totals.has_value());
  ASSERT_EQ(p.totals->calls, 3u) << "a concat whose operands are made in their place needs none";
  EXPECT_EQ(p.calls[0].geometry.output_pixel_stride, 6);
  EXPECT_EQ(p.calls[1].geometry.output_row_stride, 36);
  EXPECT_EQ(p.calls[2].node, 3);
  EXPECT_EQ(p.calls[0].scratch, no_storage);
  EXPECT_GE(p.calls[1].scratch, 0) << "a pool folds rows into a state";
  EXPECT_EQ(p.calls[0].layout, kernels::packed_layout::channel_records);
  EXPECT_EQ(p.totals->packed_bytes, p.calls[0].packed_bytes);

  planned const apart(g.view(), {.in_place = true, .parts = false});
  EXPECT_EQ(apart.totals->calls, 5u);
  EXPECT_EQ(apart.calls[3].output_offset, 4);
  EXPECT_LT(p.totals->arena_bytes, apart.totals->arena_bytes);
}

/// A plan from its own numbers: nothing that is alive at one time overlaps, everything is inside.
TEST(plan, of_random_graphs_keeps_what_is_alive_apart) {
  for (std::uint64_t seed = 2000; seed < 2200; ++seed) {
    support::random_graph made(seed);
    planned const p(made.maker().view(), {.in_place = seed % 2 == 0, .parts = seed % 3 != 0});
    ASSERT_TRUE(p.totals.has_value()) << "seed " << seed;
    ASSERT_LE(p.totals->arena_lower_bound, p.totals->arena_bytes);
    for (std::size_t i = 0; i < p.totals->intervals; ++i) {
      ASSERT_GE(p.offsets[i], 0);
      ASSERT_LE(p.offsets[i] + p.intervals[i].bytes, p.totals->arena_bytes);
      for (std::size_t j = 0; j < i; ++j) {
        if (!planner::alive_together(p.intervals[i], p.intervals[j])) continue;
        ASSERT_TRUE(p.offsets[i] + p.intervals[i].bytes <= p.offsets[j] ||
                    p.offsets[j] + p.intervals[j].bytes <= p.offsets[i])
            << "seed " << seed;
      }
    }
  }
}

TEST(plan, keeps_constants_that_are_read_as_they_are) {
  graph_maker g;
  quantization const q{0.5f, 1};
  tensor_id const x = g.activation({3}, s8, q), y = g.activation({3}, s8, q);
  tensor_id const c = g.constant({3}, s8, std::vector<std::byte>(3), q);
  tensor_id const shown = g.constant({5}, s8, std::vector<std::byte>(5), q);
  g.add({.kind = op::add}, {x, c}, y);
  g.set_ends({x}, {y, shown});
  planned const p(g.view());
  ASSERT_TRUE(p.totals.has_value());
  EXPECT_EQ(p.places[static_cast<std::size_t>(c)].storage, packed_storage);
  EXPECT_EQ(p.places[static_cast<std::size_t>(shown)].storage, packed_storage);
  EXPECT_EQ(p.places[static_cast<std::size_t>(shown)].offset, 8);
  EXPECT_EQ(p.totals->packed_bytes, 16);
  EXPECT_EQ(p.totals->arena_bytes, 3) << "in place";
}

TEST(plan, says_which_node_no_kernel_computes) {
  graph_maker g = branches();
  g.at(1).type = s16;
  g.at(1).quantization.zero_point = 0;
  planned const p(g.view());
  ASSERT_FALSE(p.totals.has_value());
  EXPECT_EQ(p.totals.error().fault, graph_fault::types_not_supported);
  EXPECT_EQ(p.totals.error().node, 0);
}

TEST(plan, refuses_tensors_whose_offsets_need_more_than_31_bits) {
  graph_maker g;
  tensor_id const x = g.activation({1 << 15, 1 << 14}, f32), y = g.activation({1 << 15, 1 << 14}, f32);
  g.add({.kind = op::logistic}, {x}, y);
  g.set_ends({x}, {y});
  planned const p(g.view());
  ASSERT_FALSE(p.totals.has_value());
  EXPECT_EQ(p.totals.error().fault, graph_fault::tensor_too_large);
  EXPECT_EQ(p.totals.error().tensor, x);
}

}  // namespace
