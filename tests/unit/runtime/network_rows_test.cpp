// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/runtime/network_rows.hpp>

#include "support/random_graph.hpp"

namespace {

using namespace linnet;
using support::graph_maker;

/// A lowered graph and its rows.
struct seen_by_rows {
  std::vector<tensor_place> places;
  std::vector<planned_call> calls;
  std::vector<planner::interval> intervals;
  std::vector<planner::row_buffer> buffers;
  std::vector<planner::row_operation> operations;
  std::vector<std::int32_t> makers;
  std::vector<edge_range> runs;
  planner::row_problem problem;

  explicit seen_by_rows(graph_maker const& made, plan_options const& options = {})
      : places(made.tensors.size()), makers(most_makers(made.view())), runs(made.tensors.size()) {
    graph_view const g = made.view();
    calls.resize(most_calls(g));
    intervals.resize(places.size() + calls.size());
    std::vector<std::int32_t> uses(2 * places.size());
    auto const totals = lower_graph<arch::native>(g, {.by_rows = true},
                                                  {.places = places,
                                                   .calls = calls,
                                                   .intervals = intervals,
                                                   .offsets = {},
                                                   .uses = uses,
                                                   .workspace = {}});
    EXPECT_TRUE(totals.has_value());
    calls.resize(totals->calls);
    intervals.resize(totals->intervals);
    buffers.resize(totals->intervals);
    operations.resize(totals->calls + source_count(options));
    problem = rows_of(g, places, calls, intervals, options, {buffers, operations, makers, runs});
  }
  [[nodiscard]] planner::row_buffer const& of(tensor_id id) const {
    return buffers[static_cast<std::size_t>(places[static_cast<std::size_t>(id)].storage)];
  }
  [[nodiscard]] std::vector<std::int32_t> makers_of(planner::row_operand const& o) const {
    return {makers.begin() + o.first_maker, makers.begin() + o.first_maker + o.makers};
  }
};

quantization const q{0.5f, 0};

/// x 8x4x2 -> convolution 3x3, stride 2 -> a 4x4x3 -> average over 2x2 -> y 2x2x3.
graph_maker convolution_and_pool() {
  graph_maker g;
  tensor_id const x = g.activation({1, 8, 4, 2}, s8, q), a = g.activation({1, 4, 4, 3}, s8, q);
  tensor_id const y = g.activation({1, 2, 2, 3}, s8, q);
  tensor_id const w = g.constant({3, 3, 3, 2}, s8, std::vector<std::byte>(54), q);
  g.add({.kind = op::conv2d, .window = {.kernel = {3, 3}, .stride = {2, 1}, .padding = {1, 1, 1, 1}}}, {x, w},
        a);
  g.add({.kind = op::average_pool2d, .window = {.kernel = {2, 2}, .stride = {2, 2}}}, {a}, y);
  g.set_ends({x}, {y});
  return g;
}

TEST(rows_of, divides_storages_and_copies_windows) {
  seen_by_rows const s(convolution_and_pool());
  EXPECT_EQ(s.of(0).rows, 8);
  EXPECT_EQ(s.of(0).row_bytes, 8);
  EXPECT_TRUE(s.of(0).present);
  EXPECT_FALSE(s.of(0).kept);
  EXPECT_EQ(s.of(1).rows, 4);
  EXPECT_EQ(s.of(1).row_bytes, 12);
  EXPECT_TRUE(s.of(2).kept);
  ASSERT_EQ(s.operations.size(), 2u);
  planner::row_operation const &conv = s.operations[0], &pool = s.operations[1];
  EXPECT_EQ(conv.rows, 4);
  EXPECT_EQ(conv.input_rows, 8);
  EXPECT_EQ(conv.reach, 3);
  EXPECT_EQ(conv.stride, 2);
  EXPECT_EQ(conv.padding, 1);
  EXPECT_EQ(conv.constants, s.calls[0].packed_bytes);
  EXPECT_EQ(conv.operands[0].makers, 0) << "the input is there";
  EXPECT_TRUE(pool.folds);
  EXPECT_EQ(s.makers_of(pool.operands[0]), (std::vector<std::int32_t>{0}));
  planner::row_buffer const& state = s.buffers[static_cast<std::size_t>(pool.state)];
  EXPECT_EQ(state.rows, 2) << "one state an output row";
  EXPECT_EQ(state.row_bytes % kernels::packed_alignment, 0);
}

TEST(rows_of, a_streamed_input_is_brought_by_an_operation) {
  seen_by_rows const s(convolution_and_pool(), {.stream_input = true});
  ASSERT_EQ(s.operations.size(), 3u);
  EXPECT_FALSE(s.of(0).present);
  EXPECT_EQ(s.operations[0].rows, 8);
  EXPECT_EQ(s.operations[0].output, s.places[0].storage);
  EXPECT_EQ(s.operations[0].operands[0].buffer, -1);
  EXPECT_EQ(s.makers_of(s.operations[1].operands[0]), (std::vector<std::int32_t>{0}));
  EXPECT_EQ(s.makers_of(s.operations[2].operands[0]), (std::vector<std::int32_t>{1}));
}

TEST(rows_of, batches_and_other_views_are_needed_whole) {
  graph_maker g;
  tensor_id const x = g.activation({2, 4, 4, 1}, s8, q), a = g.activation({2, 4, 4, 1}, s8, q);
  tensor_id const y = g.activation({1, 4, 8, 1}, s8, q), z = g.activation({1, 4, 8, 1}, s8, {0.25f, 0});
  g.add({.kind = op::max_pool2d}, {x}, a);
  g.add({.kind = op::reshape}, {a}, y);
  g.add({.kind = op::requantize}, {y}, z);
  g.set_ends({x}, {z});
  seen_by_rows const s(g);
  EXPECT_EQ(s.of(x).rows, 1);
  EXPECT_TRUE(s.operations[0].writes_whole);
  EXPECT_TRUE(s.operations[0].operands[0].whole);
  EXPECT_EQ(s.makers_of(s.operations[1].operands[0]), (std::vector<std::int32_t>{0})) << "through the alias";
}

TEST(rows_of, a_concat_is_made_by_its_parts_and_by_copies) {
  graph_maker g;
  auto const t = [&](std::int32_t channels, float scale = 0.5f) {
    return g.activation({1, 4, 4, channels}, s8, {scale, 0});
  };
  tensor_id const x = t(2), a = t(2), b = t(2, 0.25f), whole = t(4), y = t(4, 0.125f);
  node concat{.kind = op::concat};
  concat.axes.push_back(3);
  g.add({.kind = op::max_pool2d}, {x}, a);
  g.add({.kind = op::requantize}, {x}, b);
  g.add(concat, {a, b}, whole);
  g.add({.kind = op::requantize}, {whole}, y);
  g.set_ends({x}, {y});
  seen_by_rows const s(g);
  ASSERT_EQ(s.operations.size(), 4u) << "the pool, b, its copy, y";
  EXPECT_EQ(s.operations[0].output, s.operations[2].output);
  EXPECT_FALSE(s.operations[0].writes_whole) << "parts have rows, too";
  EXPECT_EQ(s.makers_of(s.operations[3].operands[0]), (std::vector<std::int32_t>{0, 2}));
  EXPECT_EQ(s.operations[2].operands[1].buffer, s.operations[2].output);
  EXPECT_EQ(s.makers_of(s.operations[2].operands[1]), (std::vector<std::int32_t>{0}))
      << "the last call waits for the parts, so that rows are complete when it has made them";
}

TEST(most_makers, is_enough_for_random_graphs) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    support::random_graph made(seed);
    seen_by_rows const s(made.maker());
    std::int32_t used = 0;
    for (planner::row_operation const& o : s.operations) {
      for (planner::row_operand const& operand : o.operands)
        used = std::max(used, operand.first_maker + operand.makers);
    }
    ASSERT_LE(static_cast<std::size_t>(used), s.makers.size()) << "seed " << seed;
  }
}

TEST(fullest_of, names_the_two_that_hold_most) {
  graph_maker const g = convolution_and_pool();
  seen_by_rows const s(g);
  std::vector<std::int32_t> base, birth, death;
  for (std::size_t b = 0; b < s.buffers.size(); ++b) {
    base.push_back(static_cast<std::int32_t>(birth.size()));
    for (std::int32_t y = 0; y < s.buffers[b].rows; ++y) {
      birth.push_back(static_cast<std::int32_t>(b));
      death.push_back(static_cast<std::int32_t>(b) + 1);
    }
  }
  constexpr std::int32_t end = 4;
  std::vector<std::int64_t> change(end + 2);
  fullest_moment const f = fullest_of(g.view(), s.places, s.problem, base, birth, death, end, change);
  EXPECT_EQ(f.time, 1) << "input and a: 64 and 48 bytes";
  EXPECT_EQ(f.tensors[0], 0);
  EXPECT_EQ(f.bytes[0], 64);
  EXPECT_EQ(f.tensors[1], 1);
  EXPECT_EQ(f.bytes[1], 48);
}

}  // namespace
