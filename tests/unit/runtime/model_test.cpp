// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/kernels/pack.hpp>
#include <linnet/runtime/model.hpp>

#include "support/random_values.hpp"

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
constexpr std::size_t aligned(std::size_t bytes) {
  return (bytes + arena_alignment - 1) / arena_alignment * arena_alignment;
}
static_assert(sizeof(pair_model) == aligned(plan_of<pair_graph>.window_entries * sizeof(kernels::input_row)) +
                                        aligned(pair_model::arena_bytes),
              "an object is its arena, and where the rows of one call are");
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

/// Numbers of every type, one made of the other; the second output has lost what bytes do not hold.
constexpr auto casts() {
  graph_builder g;
  auto const whole = g.cast(g.input({.height = 2, .width = 2, .channels = 1, .type = f32}), s32);
  return g.finish({g.cast(g.cast(whole, s64), f32), g.cast(g.cast(g.cast(whole, u8), s8), s16)});
}
constexpr auto casts_graph = compose<casts>();
weights_for<casts_graph> no_weights_of_casts;

TEST(model, casts_what_is_stored) {
  model<casts_graph, no_weights_of_casts> m{};
  constexpr std::array given{-1.5f, 200.9f, 300.0f, -3e9f};
  std::ranges::copy(given, m.input().data());
  m.run();
  constexpr std::array whole{-1.0f, 200.0f, 300.0f, -0x1p31f};
  constexpr std::array<std::int16_t, 4> lowest{-1, 200 - 256, 300 - 256, 0};
  EXPECT_TRUE(std::equal(whole.begin(), whole.end(), m.output().data()));
  EXPECT_TRUE(std::equal(lowest.begin(), lowest.end(), m.output<1>().data()));
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

/// Convolutions around a residual, a concat that copies one of its operands, a pool and perhaps a mean.
template <bool Mean>
constexpr auto branching() {
  graph_builder g;
  auto const x = g.input({.height = 12, .width = 7, .channels = 3, .type = s8, .quantization = {0.5f, 0}});
  auto const a = g.conv2d(x, {.filters = 8, .kernel = {3, 3}});
  auto const b = g.conv2d(g.conv2d(a, {.filters = 16, .kernel = {3, 3}}), {.filters = 8});
  auto const sum = g.add(a, b, {});
  auto const pooled = g.max_pool2d(sum, {.kernel = {3, 3}, .stride = {2, 2}});
  auto const left = g.conv2d(pooled, {.filters = 4, .quantization = {0.25f, 0}});
  auto const right = g.conv2d(pooled, {.filters = 5, .kernel = {3, 3}, .quantization = {0.125f, 0}});
  auto const joined = g.concat({left, right}, {.quantization = {0.25f, 0}});
  if (!Mean) return g.finish(joined);
  return g.finish({joined, g.global_average_pool(joined)});
}
constexpr auto branching_graph = compose<branching<true>>();
constexpr auto ends_in_concat = compose<branching<false>>();
weights_for<branching_graph> some_weights;  // of both graphs: a mean has none
constexpr std::size_t concat_node = 7;

/// Random constants, packed as the kernels read them.
void pack_some_weights() {
  graph_view const g = branching_graph.view();
  support::random_source random(3);
  for (planned_call const& call : detail::packed_plan<branching_graph, arch::native>.planned_calls()) {
    node const& n = g.nodes[static_cast<std::size_t>(call.node)];
    if (call.packed_bytes == 0 || n.inputs.count != 3) continue;
    auto const elements = [&](std::size_t i) {
      return static_cast<std::size_t>(g.input(n, i).shape.elements());
    };
    auto const weights = support::random_elements(random, s8, elements(1));
    std::vector<std::byte> const bias(4 * elements(2));
    float const scale = g.input(n, 1).quantization.scale;
    kernels::constants const from{.weights = weights, .bias = bias, .weight_scales = {&scale, 1}};
    auto const packed = lower(g, n, [&]<class P>(P const& p, kernel_call const&) {
      kernels::with_tag<arch::native, P>(kernels::select<arch::native>(p), [&](auto tag) {
        (void)kernels::pack_stream(p, from, some_weights.bytes + call.packed_offset, tag);
      });
      return expected<void, graph_error>{};
    });
    ASSERT_TRUE(packed.has_value());
  }
}
constexpr plan_options least{.policy = memory_policy::least_memory};
constexpr plan_options streamed{.policy = memory_policy::least_memory, .stream_input = true};
constexpr plan_options roomy{.policy = memory_policy::within, .budget = 1100, .stream_input = true};

std::int8_t pixel_of(std::size_t i) { return static_cast<std::int8_t>(i * 37 % 251); }

/// Every tensor that a node makes, as an observer collects it; each row has to be shown once, in order.
struct collected {
  std::vector<std::vector<std::byte>> tensors{branching_graph.nodes.size()};
  std::vector<std::int32_t> next = std::vector<std::int32_t>(tensors.size());

  void operator()(observed_rows const& made) {
    EXPECT_EQ(made.first, next[made.node]) << "node " << made.node;
    next[made.node] = made.first + made.count;
    for (std::int32_t y = 0; y < made.count; ++y) {
      for (std::int32_t x = 0; x < made.image.width; ++x)
        tensors[made.node].insert(tensors[made.node].end(), made.pixel(y, x),
                                  made.pixel(y, x) + made.pixel_bytes());
    }
    if (next[made.node] == made.image.height) ++complete;
  }
  std::size_t complete = 0;
};

template <plan_options Options, auto const& Graph = branching_graph>
collected observed() {
  pack_some_weights();
  static model<Graph, some_weights, Options> m;
  collected seen;
  if constexpr (Options.stream_input) {
    std::int32_t wanted = 0;
    m.run(
        [&](std::int32_t y, std::span<std::int8_t> row) {
          EXPECT_EQ(y, wanted++);
          EXPECT_EQ(row.size(), 21u);
          for (std::size_t i = 0; i < row.size(); ++i)
            row[i] = pixel_of(static_cast<std::size_t>(y) * 21 + i);
        },
        seen);
    EXPECT_EQ(wanted, 12);
  } else {
    for (std::size_t i = 0; i < 12 * 21; ++i) m.input().data()[i] = pixel_of(i);
    m.run(seen);
  }
  auto const* const outputs = reinterpret_cast<std::byte const*>(m.output().data());
  EXPECT_TRUE(std::equal(seen.tensors[concat_node].begin(), seen.tensors[concat_node].end(), outputs))
      << "the concat";
  return seen;
}

static_assert(model<branching_graph, some_weights, streamed>::arena_bytes <
              model<branching_graph, some_weights, least>::arena_bytes);
static_assert(model<branching_graph, some_weights, least>::arena_bytes <
              model<branching_graph, some_weights>::arena_bytes);
static_assert(model<branching_graph, some_weights, roomy>::arena_bytes <= 1100);

TEST(model_by_rows, shows_every_row_once_with_the_bytes_of_layer_by_layer) {
  collected const layers = observed<plan_options{}>();
  EXPECT_EQ(layers.complete, branching_graph.nodes.size());
  for (collected const& rows : {observed<least>(), observed<streamed>(), observed<roomy>()}) {
    EXPECT_EQ(rows.complete, branching_graph.nodes.size());
    for (std::size_t i = 0; i < layers.tensors.size(); ++i)
      EXPECT_EQ(rows.tensors[i], layers.tensors[i]) << "node " << i;
  }
}

TEST(model_by_rows, shows_a_concat_when_all_of_its_parts_are_made) {
  collected const layers = observed<plan_options{}, ends_in_concat>();
  EXPECT_EQ(layers.complete, ends_in_concat.nodes.size());
  collected const rows = observed<least, ends_in_concat>(), stream = observed<streamed, ends_in_concat>();
  EXPECT_EQ(rows.tensors[concat_node], layers.tensors[concat_node]);
  EXPECT_EQ(stream.tensors[concat_node], layers.tensors[concat_node]);
}

TEST(model_by_rows, runs_on_a_source_in_the_caller_s_memory) {
  using streaming = model_in<branching_graph, some_weights, streamed>;
  alignas(arena_alignment) std::array<std::byte, streaming::arena_bytes + 1> memory{};
  memory.back() = std::byte{77};
  auto m = streaming::create(memory);
  ASSERT_TRUE(m.has_value());
  for (int i = 0; i < 2; ++i) {
    m->run([](std::int32_t y, std::span<std::int8_t> row) {
      for (std::size_t x = 0; x < row.size(); ++x) row[x] = pixel_of(static_cast<std::size_t>(y) * 21 + x);
    });
    auto const whole = observed<plan_options{}>();
    auto const* const output = reinterpret_cast<std::byte const*>(m->output().data());
    EXPECT_TRUE(std::equal(whole.tensors[concat_node].begin(), whole.tensors[concat_node].end(), output));
  }
  EXPECT_EQ(memory.back(), std::byte{77});
}

static_assert(argmax(tensor_view<int const, extents<0>>(nullptr)) == 0);
constexpr std::array<int, 4> ties{1, 5, 5, -3};
static_assert(argmax(tensor_view<int const, extents<4>>(ties.data())) == 1, "the first of equal ones");

}  // namespace
