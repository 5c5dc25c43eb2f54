// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/runtime/storage.hpp>

#include "support/random_graph.hpp"

namespace {

using namespace linnet;
using support::graph_maker;

struct lifetimes {
  std::vector<planner::interval> intervals;
  std::vector<tensor_place> places;

  explicit lifetimes(graph_maker const& g, sharing share = {.in_place = false, .parts = false})
      : intervals(g.tensors.size()), places(g.tensors.size(), {.storage = 12345}) {
    std::vector<std::int32_t> uses(2 * g.tensors.size(), 54321);
    intervals.resize(assign_storage<arch::native>(g.view(), share, intervals, places, uses));
  }
  [[nodiscard]] tensor_place const& place(tensor_id id) const { return places[static_cast<std::size_t>(id)]; }
  [[nodiscard]] planner::interval const& of(tensor_id id) const {
    return intervals[static_cast<std::size_t>(place(id).storage)];
  }
};

void expect_alive(planner::interval const& i, std::int32_t first, std::int32_t last) {
  EXPECT_EQ(i.first, first);
  EXPECT_EQ(i.last, last);
}

TEST(assign_storage, chain_with_a_shortcut) {
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

TEST(assign_storage, reshapes_in_a_row_share_one_place_for_all_their_lives) {
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
  EXPECT_EQ(live.place(a).storage, live.place(x).storage);
  EXPECT_EQ(live.place(b).storage, live.place(x).storage);
  expect_alive(live.of(b), -1, 3);
  expect_alive(live.of(y), 2, 4);
  EXPECT_EQ(live.of(x).bytes, 96);
  EXPECT_EQ(live.of(x).alignment, 4);
}

TEST(assign_storage, an_alias_that_is_an_output_keeps_its_source) {
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

TEST(assign_storage, inputs_that_nobody_reads_and_inputs_that_are_outputs) {
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

TEST(assign_storage, constants_and_unmade_tensors_have_no_place) {
  graph_maker g;
  std::vector<std::byte> const bytes(6);
  tensor_id const x = g.activation({6}, s8, {1.0f, 0}), c = g.constant({6}, s8, bytes, {1.0f, 0});
  tensor_id const stray = g.activation({6}, s8), moved = g.activation({2, 3}, s8, {1.0f, 0});
  tensor_id const y = g.activation({6}, s8, {1.0f, 0});
  g.add({.kind = op::add}, {x, c}, y);
  g.add({.kind = op::reshape}, {c}, moved);  // of a constant: a copy, since constants are not in the arena
  g.set_ends({x}, {y, moved, c});
  lifetimes const live(g);
  EXPECT_EQ(live.place(c).storage, no_storage);
  EXPECT_EQ(live.place(stray).storage, no_storage);
  expect_alive(live.of(moved), 1, 2);
}

/// By definition: alive from the step that makes a tensor to the last that reads it under any of its names.
TEST(assign_storage, random_graphs_by_definition) {
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

constexpr quantization q{0.5f, 0};

TEST(assign_storage, in_place_takes_the_bytes_of_an_input_that_dies) {
  graph_maker g;
  auto const t = [&] { return g.activation({1, 2, 3, 4}, s8, q); };
  tensor_id const x = t(), a = t(), b = t(), sum = t(), y = t();
  g.add({.kind = op::relu}, {x}, a);          // x dies: in place
  g.add({.kind = op::relu}, {a}, b);          // a is read again
  g.add({.kind = op::add}, {b, a}, sum);      // both die: the first operand's bytes
  g.add({.kind = op::max_pool2d}, {sum}, y);  // pools do not work in place
  g.set_ends({x}, {y});
  lifetimes const live(g, {.in_place = true, .parts = false});
  EXPECT_EQ(live.place(a).storage, live.place(x).storage);
  EXPECT_NE(live.place(b).storage, live.place(a).storage);
  EXPECT_EQ(live.place(sum).storage, live.place(b).storage);
  EXPECT_NE(live.place(y).storage, live.place(sum).storage);
  expect_alive(live.of(x), -1, 2);
  expect_alive(live.of(sum), 1, 3);
  EXPECT_EQ(live.intervals.size(), 3u);
}

/// Which tensors of input, depthwise and pointwise convolution share their bytes on a core with DSP
/// instructions.
std::vector<std::int32_t> storages_of_convolutions(std::int32_t height, sharing share, bool keeps = false) {
  graph_maker g;
  auto const t = [&] { return g.activation({1, height, 5, 8}, s8, {0.5f, -128}); };
  tensor_id const x = t(), a = t(), y = t();
  g.constant({1, 3, 3, 8}, s8, std::vector<std::byte>(72), {0.125f, 0}, "taps");
  g.constant({8, 1, 1, 8}, s8, std::vector<std::byte>(64), {0.125f, 0}, "matrix");
  g.add({.kind = op::depthwise_conv2d,
         .activation = activation::relu,
         .window = {.kernel = {3, 3}, .padding = {1, 1, 1, 1}},
         .keeps_operands = keeps},
        {x, 3}, a);
  g.add({.kind = op::conv2d, .window = {.kernel = {1, 1}}, .keeps_operands = keeps}, {a, 4}, y);
  g.set_ends({x}, {y});
  std::vector<planner::interval> intervals(g.tensors.size());
  std::vector<tensor_place> places(g.tensors.size());
  std::vector<std::int32_t> uses(2 * g.tensors.size());
  (void)assign_storage<arch::arm_dsp>(g.view(), share, intervals, places, uses);
  return {places[0].storage, places[1].storage, places[2].storage};
}
TEST(assign_storage, convolutions_work_in_place_where_their_kernels_say_so) {
  using numbers = std::vector<std::int32_t>;
  EXPECT_EQ(storages_of_convolutions(20, {}), (numbers{0, 0, 0}));
  EXPECT_EQ(storages_of_convolutions(40, {}), (numbers{0, 1, 1})) << "40 rows take two calls";
  EXPECT_EQ(storages_of_convolutions(20, {.in_place = false}), (numbers{0, 1, 2}));
  EXPECT_EQ(storages_of_convolutions(20, {.by_rows = true}), (numbers{0, 1, 2}));
  EXPECT_EQ(storages_of_convolutions(20, {}, true), (numbers{0, 1, 2})) << "an older kernel reads the stream";
}

TEST(assign_storage, in_place_spares_outputs_other_names_and_other_sizes) {
  graph_maker g;
  tensor_id const x = g.activation({4}, s8, q), seen = g.activation({4}, s8, q),
                  named = g.activation({2, 2}, s8, q);
  tensor_id const y = g.activation({4}, s8, q), z = g.activation({2, 2}, s8, q),
                  wide = g.activation({2, 2}, f32);
  g.add({.kind = op::relu}, {x}, seen);         // in place
  g.add({.kind = op::reshape}, {seen}, named);  // another name of an output
  g.add({.kind = op::relu}, {seen}, y);         // seen is an output
  g.add({.kind = op::relu}, {named}, z);        // so is what named is a name of
  g.add({.kind = op::dequantize}, {z}, wide);   // four times the bytes
  g.set_ends({x}, {seen, y, wide});
  lifetimes const live(g, {});
  EXPECT_EQ(live.place(seen).storage, live.place(x).storage);
  EXPECT_EQ(live.place(named).storage, live.place(x).storage);
  EXPECT_EQ(live.intervals.size(), 4u) << "x, y, z and wide have bytes of their own";
}

/// x -> a, b; a and b -> whole; perhaps a -> copy; whole -> y.
lifetimes concat_in_front_of_a_relu(bool part_is_read, bool by_rows) {
  graph_maker g;
  auto const t = [&](std::int32_t channels) { return g.activation({1, 3, 3, channels}, s8, q); };
  tensor_id const x = t(4), y = t(8), whole = t(8), a = t(4), b = t(4);
  tensor_id const copy = g.activation({1, 3, 3, 4}, s8, {0.25f, 0});
  node concat{.kind = op::concat};
  concat.axes.push_back(3);
  g.add({.kind = op::max_pool2d}, {x}, a);
  g.add({.kind = op::max_pool2d}, {x}, b);
  g.add(concat, {a, b}, whole);
  g.add({.kind = op::requantize}, {part_is_read ? a : x}, copy);
  g.add({.kind = op::relu}, {whole}, y);
  g.set_ends({x}, {copy, y});
  return lifetimes(g, {.in_place = true, .parts = true, .by_rows = by_rows});
}

TEST(assign_storage, by_rows_nothing_is_overwritten_that_has_a_second_reader) {
  auto const overwrites = [](lifetimes const& live) {
    return live.place(1).storage == live.place(2).storage;
  };
  EXPECT_TRUE(overwrites(concat_in_front_of_a_relu(false, false)));
  EXPECT_TRUE(overwrites(concat_in_front_of_a_relu(false, true)));
  EXPECT_TRUE(overwrites(concat_in_front_of_a_relu(true, false))) << "the part is read before, as nodes go";
  EXPECT_FALSE(overwrites(concat_in_front_of_a_relu(true, true))) << "the part may be read later";
}

TEST(assign_storage, by_rows_a_chain_in_place_stays_in_place) {
  graph_maker g;
  auto const t = [&] { return g.activation({1, 2, 3, 4}, s8, q); };
  tensor_id const x = t(), a = t(), b = t(), twice = t(), y = t();
  tensor_id const flat = g.activation({24}, s8, q);
  g.add({.kind = op::relu}, {x}, a);
  g.add({.kind = op::reshape}, {a}, flat);
  g.add({.kind = op::reshape}, {flat}, b);
  g.add({.kind = op::relu}, {b}, twice);
  g.add({.kind = op::add}, {twice, twice}, y);  // reads both operands before it writes
  g.set_ends({x}, {y});
  lifetimes const live(g, {.in_place = true, .parts = true, .by_rows = true});
  for (tensor_id id : {a, flat, b, twice, y}) EXPECT_EQ(live.place(id).storage, live.place(x).storage);
}

TEST(assign_storage, operands_of_a_concat_are_made_in_their_place) {
  graph_maker g;
  auto const t = [&](std::int32_t channels) { return g.activation({2, 3, 3, channels}, s8, q); };
  tensor_id const x = t(5), a = t(5), b = t(5), c = t(5), whole = t(20);
  tensor_id const scaled = g.activation({2, 3, 3, 5}, s8, {0.25f, 0});
  g.add({.kind = op::max_pool2d}, {x}, a);
  g.add({.kind = op::max_pool2d}, {x}, b);
  g.add({.kind = op::max_pool2d}, {a}, c);  // reads a part
  g.add({.kind = op::requantize}, {x}, scaled);
  node concat{.kind = op::concat};
  concat.axes.push_back(3);
  g.add(concat, {b, scaled, a, c}, whole);
  g.set_ends({x}, {whole});
  lifetimes const live(g, {});
  for (auto const& [id, offset] : {std::pair{b, 0}, std::pair{a, 10}, std::pair{c, 15}}) {
    EXPECT_EQ(live.place(id).storage, live.place(whole).storage);
    EXPECT_EQ(live.place(id).offset, offset);
    EXPECT_EQ(live.place(id).pixel_stride, 20);
    EXPECT_EQ(live.place(id).whole, whole);
  }
  EXPECT_NE(live.place(scaled).storage, live.place(whole).storage) << "its scale is another";
  EXPECT_EQ(live.place(whole).pixel_stride, 0);
  expect_alive(live.of(whole), 0, 5);
}

TEST(assign_storage, what_reads_more_than_pixels_keeps_an_operand_whole) {
  graph_maker g;
  tensor_id const x = g.activation({1, 2, 2, 3}, s8, q), a = g.activation({1, 2, 2, 3}, s8, q),
                  b = g.activation({1, 2, 2, 3}, s8, q), flat = g.activation({12}, s8, q);
  tensor_id const seen = g.activation({1, 2, 2, 3}, s8, q), whole = g.activation({1, 2, 2, 15}, s8, q);
  for (tensor_id made : {a, b, seen}) g.add({.kind = op::max_pool2d}, {x}, made);
  g.add({.kind = op::reshape}, {a}, flat);  // its bytes must touch
  node concat{.kind = op::concat};
  concat.axes.push_back(3);
  g.add(concat, {a, b, b, seen, x}, whole);
  g.set_ends({x}, {whole, flat, seen});
  lifetimes const live(g, {.in_place = false});
  for (tensor_id id : {a, b, seen, x}) {  // reshaped, there twice, an output, an input
    EXPECT_EQ(live.place(id).whole, -1) << id;
    EXPECT_NE(live.place(id).storage, live.place(whole).storage) << id;
  }
}

TEST(assign_storage, rows_side_by_side_are_copied_whatever_their_channels) {
  graph_maker g;  // (1, 2, 3, 1) twice along the width: between the rows of one lie those of the other
  tensor_id const x = g.activation({1, 2, 3, 1}, f32), a = g.activation({1, 2, 3, 1}, f32),
                  b = g.activation({1, 2, 3, 1}, f32), whole = g.activation({1, 2, 6, 1}, f32);
  for (tensor_id made : {a, b}) g.add({.kind = op::max_pool2d}, {x}, made);
  node concat{.kind = op::concat};
  concat.axes.push_back(2);
  g.add(concat, {a, b}, whole);
  g.set_ends({x}, {whole});
  lifetimes const live(g, {});
  for (tensor_id id : {a, b}) EXPECT_EQ(live.place(id).whole, -1);
}

TEST(assign_storage, parts_along_the_outermost_axis_are_runs_of_bytes) {
  graph_maker g;
  tensor_id const x = g.activation({1, 2, 3, 4}, f32), a = g.activation({1, 2, 3, 4}, f32),
                  b = g.activation({1, 2, 3, 4}, f32), flat = g.activation({24}, f32),
                  whole = g.activation({1, 4, 3, 4}, f32);
  for (tensor_id made : {a, b}) g.add({.kind = op::max_pool2d}, {x}, made);
  g.add({.kind = op::reshape}, {b}, flat);
  node concat{.kind = op::concat};
  concat.axes.push_back(1);
  g.add(concat, {a, b}, whole);
  g.set_ends({x}, {whole, flat});
  lifetimes const live(g, {});
  EXPECT_EQ(live.place(b).storage, live.place(whole).storage);
  EXPECT_EQ(live.place(b).offset, 96);
  EXPECT_EQ(live.place(b).pixel_stride, 0);
  EXPECT_EQ(live.place(flat).offset, 96) << "another name of the part";
  EXPECT_EQ(live.place(flat).whole, -1) << "but no operand";
}

TEST(zero_byte, is_the_zero_point_in_every_byte_of_a_tensor) {
  auto const of = [](linnet::element_type type, std::int32_t zero_point) {
    return linnet::zero_byte({.type = type, .quantization = {0.5f, zero_point}});
  };
  EXPECT_EQ(of(linnet::s8, -128), std::byte{0x80});
  EXPECT_EQ(of(linnet::u8, 128), std::byte{0x80});
  EXPECT_EQ(of(linnet::s4, -3), std::byte{0xDD});
  EXPECT_EQ(of(linnet::s16, 0), std::byte{0});
  EXPECT_EQ(of(linnet::f32, 0), std::byte{0});
}

}  // namespace
