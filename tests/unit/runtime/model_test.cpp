// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/runtime/model.hpp>

namespace {

using namespace linnet;

/// Two inputs and two outputs: their sum, and its largest value of every channel in 2x2 windows.
constexpr auto pair() {
  graph_builder g;
  quantization const q{0.5f, 0};
  auto const a = g.input({.height = 4, .width = 4, .channels = 2, .type = s8, .quantization = q});
  auto const b = g.input({.height = 4, .width = 4, .channels = 2, .type = s8, .quantization = q});
  auto const sum = g.add(a, b, {.quantization = q});
  return g.finish({sum, g.max_pool2d(sum, {})});
}
constexpr auto pair_graph = compose<pair>();
weights_for<pair_graph> no_weights;
using pair_model = model<pair_graph, no_weights>;

static_assert(pair_model::input_count == 2 && pair_model::output_count == 2 && pair_model::node_count == 2);
static_assert(pair_model::weights_bytes == 0);
static_assert(pair_model::arena_bytes == plan_of<pair_graph>.arena_bytes);
static_assert(sizeof(pair_model) ==
                  (pair_model::arena_bytes + arena_alignment - 1) / arena_alignment * arena_alignment,
              "an object is its arena and nothing else");
static_assert(std::is_trivially_destructible_v<pair_model>, "static objects register nothing");

TEST(model, has_views_of_its_inputs_and_outputs) {
  pair_model m{};
  auto a = m.input(), b = m.input<1>();
  static_assert(std::is_same_v<decltype(a), tensor_view<std::int8_t, extents<1, 4, 4, 2>>>);
  static_assert(std::is_same_v<decltype(m.output<1>()), tensor_view<std::int8_t const, extents<1, 2, 2, 2>>>);
  for (int i = 0; i < 32; ++i) {
    a.data()[i] = static_cast<std::int8_t>(i);
    b.data()[i] = static_cast<std::int8_t>(2 * i);
  }
  m.run();
  for (int i = 0; i < 32; ++i) EXPECT_EQ(m.output().data()[i], 3 * i);
  EXPECT_EQ(m.output<1>()(0, 1, 1, 0), 3 * 30);
  EXPECT_EQ(argmax(m.output<1>()), 7);
}

TEST(model, objects_of_one_type_do_not_share_anything) {
  pair_model first{}, second{};
  first.input().elements()[0] = 3;
  first.input<1>().elements()[0] = 4;
  second.input().elements()[0] = 30;
  first.run();
  second.run();
  EXPECT_EQ(first.output().data()[0], 7);
  EXPECT_EQ(second.output().data()[0], 30);
}

TEST(model, shows_an_observer_the_rows_that_each_node_makes) {
  pair_model m{};
  for (int i = 0; i < 32; ++i) m.input().data()[i] = static_cast<std::int8_t>(i);
  std::vector<std::size_t> seen;
  m.run([&](observed_rows const& made) {
    seen.push_back(made.node);
    EXPECT_EQ(made.type, s8);
    EXPECT_EQ(made.first, 0);
    EXPECT_EQ(made.count, made.image.height);
    EXPECT_EQ(made.pixel_bytes(), 2);
    EXPECT_EQ(std::to_integer<int>(*made.pixel(1, 1)), made.node == 0 ? 10 : 30);
  });
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 1}));
}

using pair_in = model_in<pair_graph, no_weights>;

TEST(model_in, runs_in_the_caller_s_memory) {
  alignas(arena_alignment) std::array<std::byte, pair_in::arena_bytes + 5> memory{};
  memory.back() = std::byte{77};
  auto m = pair_in::create(memory);
  ASSERT_TRUE(m.has_value());
  m->input().elements()[5] = 1;
  m->input<1>().elements()[5] = 2;
  m->run();
  EXPECT_EQ(m->output().data()[5], 3);
  std::byte const* const output = reinterpret_cast<std::byte const*>(m->output().data());
  EXPECT_TRUE(output >= memory.data() && output + 32 <= memory.data() + pair_in::arena_bytes);
  EXPECT_EQ(memory.back(), std::byte{77});
}

TEST(model_in, refuses_memory_that_is_too_small_or_misaligned) {
  alignas(arena_alignment) std::array<std::byte, pair_in::arena_bytes + arena_alignment> memory{};
  auto const create = [&](std::size_t first, std::size_t size) {
    return pair_in::create(std::span(memory).subspan(first, size));
  };
  EXPECT_TRUE(create(0, pair_in::arena_bytes).has_value());
  auto const small = create(0, pair_in::arena_bytes - 1), shifted = create(1, pair_in::arena_bytes);
  ASSERT_FALSE(small.has_value());
  EXPECT_EQ(small.error(), arena_fault::too_small);
  ASSERT_FALSE(shifted.has_value());
  EXPECT_EQ(shifted.error(), arena_fault::misaligned);
  EXPECT_NE(explain(small.error()), explain(shifted.error()));
  EXPECT_FALSE(pair_in::create({}).has_value());
}

/// A convolution in front of each part of a concat: parts are made in their place.
constexpr auto fire() {
  graph_builder g;
  auto const x = g.input({.height = 5, .width = 5, .channels = 3, .type = s8});
  return g.finish(g.fire(x, {.squeeze = 2, .expand = 3}));
}
constexpr auto fire_graph = compose<fire>();

TEST(model, shows_parts_of_a_concat_with_gaps_between_their_pixels) {
  static weights_for<fire_graph> weights;  // zero: every product is nothing, every bias too
  static model<fire_graph, weights> m;
  std::vector<std::int32_t> strides;
  m.run([&](observed_rows const& made) {
    strides.push_back(made.pixel_stride);
    EXPECT_EQ(made.row_stride, made.pixel_stride * 5);
  });
  EXPECT_EQ(strides, (std::vector<std::int32_t>{2, 6, 6, 6}));
}

static_assert(argmax(tensor_view<int const, extents<0>>(nullptr)) == 0);
constexpr std::array<int, 4> ties{1, 5, 5, -3};
static_assert(argmax(tensor_view<int const, extents<4>>(ties.data())) == 1, "the first of equal ones");

}  // namespace
