// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/models/mobilenet.hpp>
#include <linnet/models/squeezenet.hpp>
#include <linnet/runtime/fixed_rows.hpp>
#include <linnet/session/dynamic_plan.hpp>

#include "support/random_graph.hpp"

// One graph, two lives: the plan made at run time is the one that the compiler made.
namespace {

using namespace linnet;

void expect_same_place(tensor_place const& a, tensor_place const& b) {
  EXPECT_EQ(a.storage, b.storage);
  EXPECT_EQ(a.offset, b.offset);
  EXPECT_EQ(a.pixel_stride, b.pixel_stride);
  EXPECT_EQ(a.whole, b.whole);
}

void expect_same_geometry(call_geometry const& a, call_geometry const& b) {
  EXPECT_EQ(a.batch, b.batch);
  EXPECT_EQ(a.input_height, b.input_height);
  EXPECT_EQ(a.output_height, b.output_height);
  EXPECT_EQ(a.input_pixel_stride, b.input_pixel_stride);
  EXPECT_EQ(a.input_row_stride, b.input_row_stride);
  EXPECT_EQ(a.output_pixel_stride, b.output_pixel_stride);
  EXPECT_EQ(a.output_row_stride, b.output_row_stride);
  EXPECT_EQ(a.strip, b.strip);
  EXPECT_EQ(a.operands, b.operands);
  EXPECT_EQ(a.window.kernel, b.window.kernel);
  EXPECT_EQ(a.window.stride, b.window.stride);
  EXPECT_EQ(a.window.dilation, b.window.dilation);
  EXPECT_EQ(a.window.padding, b.window.padding);
}

void expect_same_call(planned_call const& a, planned_call const& b) {
  EXPECT_EQ(a.node, b.node);
  EXPECT_EQ(a.part, b.part);
  EXPECT_EQ(a.inputs, b.inputs);
  EXPECT_EQ(a.output, b.output);
  expect_same_geometry(a.geometry, b.geometry);
  EXPECT_EQ(a.output_offset, b.output_offset);
  EXPECT_EQ(a.packed_offset, b.packed_offset);
  EXPECT_EQ(a.packed_bytes, b.packed_bytes);
  EXPECT_EQ(a.layout, b.layout);
  EXPECT_EQ(a.generation, b.generation);
  EXPECT_EQ(a.scratch, b.scratch);
}

template <auto const& Graph>
void expect_plan_of_the_compiler() {
  constexpr auto const& fixed = plan_of<Graph, arch::native>;
  auto const planned = plan_graph<arch::native>(Graph.view());
  ASSERT_TRUE(planned.has_value());
  dynamic_plan const& p = *planned;
  EXPECT_EQ(p.arena_bytes, fixed.arena_bytes);
  EXPECT_EQ(p.arena_lower_bound, fixed.arena_lower_bound);
  EXPECT_EQ(p.packed_bytes, fixed.packed_bytes);
  EXPECT_EQ(p.window_entries, fixed.window_entries);
  ASSERT_EQ(p.places.size(), fixed.places.size());
  for (std::size_t i = 0; i < p.places.size(); ++i) expect_same_place(p.places[i], fixed.places[i]);
  ASSERT_EQ(p.planned_calls.size(), fixed.planned_calls().size());
  for (std::size_t i = 0; i < p.planned_calls.size(); ++i)
    expect_same_call(p.planned_calls[i], fixed.planned_calls()[i]);
  ASSERT_EQ(p.lives.size(), fixed.intervals);
  ASSERT_EQ(p.offsets.size(), fixed.intervals);
  for (std::size_t i = 0; i < p.lives.size(); ++i) {
    EXPECT_EQ(p.lives[i].bytes, fixed.all_intervals[i].bytes);
    EXPECT_EQ(p.lives[i].alignment, fixed.all_intervals[i].alignment);
    EXPECT_EQ(p.lives[i].first, fixed.all_intervals[i].first);
    EXPECT_EQ(p.lives[i].last, fixed.all_intervals[i].last);
    EXPECT_EQ(p.offsets[i], fixed.offsets[i]);
  }
  for (tensor_id id = 0; static_cast<std::size_t>(id) < p.places.size(); ++id) {
    if (p.places[static_cast<std::size_t>(id)].storage < 0) continue;
    EXPECT_EQ(p.offset_of(id), fixed.offset_of(id));
  }
}

template <element_type Type>
constexpr auto small_mobilenet() {
  graph_builder g;
  return g.finish(models::mobilenet_v2(g, {.width = 0.25, .resolution = 32, .classes = 10, .type = Type}));
}
constexpr auto int8_mobilenet = compose<small_mobilenet<s8>>();
constexpr auto float_mobilenet = compose<small_mobilenet<f32>>();

constexpr auto small_squeezenet() {
  graph_builder g;
  return g.finish(models::squeezenet_1_1(g, {.resolution = 48, .classes = 10, .type = s8}));
}
constexpr auto squeezenet = compose<small_squeezenet>();

TEST(plan_graph, equals_the_plan_of_a_constant) {
  expect_plan_of_the_compiler<int8_mobilenet>();
  expect_plan_of_the_compiler<float_mobilenet>();
  expect_plan_of_the_compiler<squeezenet>();
}

/// Rows: rings, steps, strips and all that follows from them.
template <auto const& Graph, plan_options Options>
void expect_rows_of_the_compiler() {
  SCOPED_TRACE(std::string(name_of(Options.policy)) + (Options.stream_input ? ", streamed" : ""));
  constexpr auto const& fixed = row_plan_of<Graph, Options, arch::native>;
  auto const planned = plan_graph<arch::native>(Graph.view(), Options);
  ASSERT_TRUE(planned.has_value());
  dynamic_plan const& p = *planned;
  EXPECT_FALSE(p.by_layers());
  EXPECT_EQ(p.options, Options);
  EXPECT_EQ(p.arena_bytes, fixed.arena_bytes);
  EXPECT_EQ(p.arena_lower_bound, fixed.arena_lower_bound);
  EXPECT_EQ(p.packed_bytes, fixed.packed_bytes);
  ASSERT_EQ(p.planned_calls.size(), fixed.calls);
  for (std::size_t i = 0; i < p.planned_calls.size(); ++i)
    expect_same_call(p.planned_calls[i], fixed.all_calls[i]);
  for (std::size_t i = 0; i < p.places.size(); ++i) expect_same_place(p.places[i], fixed.places[i]);
  EXPECT_TRUE(std::ranges::equal(p.schedule.rings, fixed.rings));
  EXPECT_TRUE(std::ranges::equal(p.schedule.steps, fixed.steps));
  EXPECT_TRUE(std::ranges::equal(p.schedule.grouping.strip, fixed.strip));
  ASSERT_EQ(p.rows.operations.size(), fixed.operations.size());
  for (std::size_t i = 0; i < fixed.rings.size(); ++i) EXPECT_EQ(p.offsets[i], fixed.rings[i].offset);
}

template <auto const& Graph, bool Stream>
void expect_rows_of_every_policy() {
  expect_rows_of_the_compiler<Graph, {.policy = memory_policy::least_memory, .stream_input = Stream}>();
  constexpr std::int64_t least =
      row_plan_of<Graph, plan_options{.policy = memory_policy::least_memory, .stream_input = Stream},
                  arch::native>.arena_bytes;
  expect_rows_of_the_compiler<Graph,
                              {.policy = memory_policy::within, .budget = least, .stream_input = Stream}>();
  expect_rows_of_the_compiler<
      Graph, {.policy = memory_policy::within, .budget = least * 3 / 2, .stream_input = Stream}>();
}

TEST(plan_graph, by_rows_equals_the_plan_of_a_constant) {
  expect_rows_of_every_policy<int8_mobilenet, false>();
  expect_rows_of_every_policy<int8_mobilenet, true>();
  expect_rows_of_every_policy<squeezenet, true>();
  expect_rows_of_the_compiler<int8_mobilenet, {.policy = memory_policy::fastest, .stream_input = true}>();
}

TEST(plan_graph, fastest_is_layer_by_layer_where_that_is_near) {
  auto const near = plan_graph<arch::native>(int8_mobilenet.view(), {.policy = memory_policy::fastest});
  EXPECT_TRUE(near->by_layers());
  EXPECT_EQ(near->arena_bytes, plan_graph<arch::native>(int8_mobilenet.view())->arena_bytes);
}

TEST(plan_graph, says_when_storages_of_rows_live) {
  auto const planned =
      plan_graph<arch::native>(int8_mobilenet.view(), {.policy = memory_policy::least_memory});
  auto const steps = static_cast<std::int32_t>(planned->schedule.steps.size());
  auto const life = [&](tensor_id id) {
    return planned->lives[static_cast<std::size_t>(planned->places[static_cast<std::size_t>(id)].storage)];
  };
  graph_view const g = int8_mobilenet.view();
  EXPECT_EQ(life(g.inputs()[0]).first, -1) << "there before the first step";
  EXPECT_LT(life(g.inputs()[0]).last, steps) << "and not to the end";
  EXPECT_EQ(life(g.outputs()[0]).last, steps);
  EXPECT_EQ(life(g.outputs()[0]).bytes, 10);
}

TEST(plan_graph, reports_the_mistake_that_the_compiler_would) {
  auto graph = compose<small_mobilenet<s8>>();
  graph.tensors[static_cast<std::size_t>(graph.view().outputs(graph.nodes[5])[0])].type = s16;
  auto const planned = plan_graph<arch::native>(graph.view());
  ASSERT_FALSE(planned.has_value());
  EXPECT_EQ(planned.error().fault, graph_fault::types_not_supported);
  EXPECT_EQ(planned.error().node, 5);
}

/// The better of the two ways to treat concats, whichever that is; its lists have the stated lengths.
TEST(plan_graph, of_random_graphs_takes_the_smaller_plan) {
  for (std::uint64_t seed = 7000; seed < 7150; ++seed) {
    support::random_graph made(seed);
    graph_view const g = made.maker().view();
    auto const best = plan_graph<arch::native>(g);
    auto const whole = detail::plan_sharing<arch::native>(g, {.parts = false});
    auto const parted = detail::plan_sharing<arch::native>(g, {.parts = true});
    ASSERT_TRUE(best.has_value() && whole.has_value() && parted.has_value()) << "seed " << seed;
    ASSERT_EQ(best->arena_bytes, min(whole->arena_bytes, parted->arena_bytes)) << "seed " << seed;
    ASSERT_EQ(best->planned_calls.size(), best->calls);
    ASSERT_EQ(best->lives.size(), best->intervals);
    ASSERT_EQ(best->offsets.size(), best->intervals);
    for (tensor_id id : g.outputs()) {
      if (best->places[static_cast<std::size_t>(id)].storage < 0) continue;
      auto const bytes = bytes_of(g.tensor(id).type, g.tensor(id).shape.elements());
      ASSERT_LE(best->offset_of(id) + bytes, best->arena_bytes) << "seed " << seed;
    }
  }
}

}  // namespace
