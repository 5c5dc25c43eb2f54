// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/models/mobilenet.hpp>
#include <linnet/models/squeezenet.hpp>
#include <linnet/runtime/model.hpp>
#include <linnet/session/model_weights.hpp>
#include <linnet/session/session.hpp>

#include "support/custom_operators.hpp"
#include "support/random_source.hpp"

// One graph, two lives: what the compiler planned and what a session planned give the same bits.
namespace {

using namespace linnet;

std::vector<std::byte> rows_of(observed_rows const& made) {
  std::vector<std::byte> bytes;
  auto const pixel = static_cast<std::size_t>(made.pixel_bytes());
  for (std::int32_t y = 0; y < made.count; ++y) {
    for (std::int32_t x = 0; x < made.image.width; ++x) {
      bytes.insert(bytes.end(), made.pixel(y, x), made.pixel(y, x) + pixel);
    }
  }
  return bytes;
}

/// Fills every input with the same noise for a model and a session.
template <class Model, std::size_t... I>
void fill(Model& m, session& s, std::uint64_t seed, std::index_sequence<I...>) {
  support::random_source random(seed);
  auto const fill_one = [&](auto view, tensor_ref const& input) {
    using element = typename decltype(view)::element;
    for (std::size_t i = 0; i < view.size(); ++i) {
      double const value = random.real(-100, 100);
      view.data()[i] = static_cast<element>(std::is_unsigned_v<element> ? value + 100 : value);
    }
    auto const bytes = std::as_bytes(view.elements());
    ASSERT_EQ(bytes.size(), input.bytes.size());
    std::copy(bytes.begin(), bytes.end(), input.bytes.begin());
  };
  (fill_one(m.template input<I>(), s.input(I)), ...);
}

template <auto const& Graph>
void expect_same_bits(std::uint32_t seed) {
  static weights_for<Graph> weights;
  deterministic_weights(weights, seed);
  static model<Graph, weights> m;
  auto created = session::create(with_deterministic_weights(copy_of(Graph.view()), seed, "composed"));
  ASSERT_TRUE(created.has_value()) << created.error().message;
  session& s = *created;
  EXPECT_EQ(static_cast<std::int64_t>(m.arena_bytes), s.arena_bytes());
  EXPECT_EQ(static_cast<std::int64_t>(m.arena_lower_bound), s.arena_lower_bound());
  EXPECT_EQ(static_cast<std::int64_t>(m.weights_bytes), s.packed_bytes());
  for (int run = 0; run < 2; ++run) {
    ASSERT_NO_FATAL_FAILURE(fill(m, s, seed + static_cast<std::uint64_t>(run),
                                 std::make_index_sequence<decltype(m)::input_count>{}));
    std::vector<std::vector<std::byte>> want;
    s.run([&](std::size_t, node const&, tensor_ref const& made) {
      want.emplace_back(made.bytes.begin(), made.bytes.end());
    });
    std::size_t nodes = 0;
    m.run([&](observed_rows const& made) {
      ++nodes;
      EXPECT_EQ(rows_of(made), want[made.node])
          << "node " << made.node << ' ' << std::string(name_of(s.graph().nodes[made.node].kind));
    });
    EXPECT_EQ(nodes, s.graph().nodes.size());
    auto const output = std::as_bytes(m.output().elements());
    EXPECT_TRUE(std::equal(output.begin(), output.end(), s.output().bytes.begin(), s.output().bytes.end()));
  }
}

/// The same for s8, u8 and f32.
template <template <element_type> class Composed>
void expect_same_bits_in_every_type() {
  expect_same_bits<Composed<s8>::graph>(1);
  expect_same_bits<Composed<u8>::graph>(2);
  expect_same_bits<Composed<f32>::graph>(3);
}

template <element_type Type>
struct small_mobilenet_v1 {
  static constexpr auto composed() {
    graph_builder g;
    return g.finish(models::mobilenet_v1(g, {.width = 0.25, .resolution = 32, .classes = 10, .type = Type}));
  }
  static constexpr auto graph = compose<composed>();
};
template <element_type Type>
struct small_mobilenet_v2 {
  static constexpr auto composed() {
    graph_builder g;
    return g.finish(models::mobilenet_v2(g, {.width = 0.25, .resolution = 32, .classes = 10, .type = Type}));
  }
  static constexpr auto graph = compose<composed>();
};
template <element_type Type>
struct small_squeezenet {
  static constexpr auto composed() {
    graph_builder g;
    return g.finish(models::squeezenet_1_1(
        g, {.resolution = 48, .classes = 10, .type = Type, .bypass = bypass::complex}));
  }
  static constexpr auto graph = compose<composed>();
};

TEST(model, gives_the_bits_of_a_session_for_mobilenet_v1) {
  expect_same_bits_in_every_type<small_mobilenet_v1>();
}
TEST(model, gives_the_bits_of_a_session_for_mobilenet_v2) {
  expect_same_bits<small_mobilenet_v2<s8>::graph>(5);
}
TEST(model, gives_the_bits_of_a_session_for_squeezenet) { expect_same_bits<small_squeezenet<f32>::graph>(6); }

/// Every operator that the networks above lack; parts of a concat that are copied; two outputs.
template <element_type Type>
struct rest {
  static constexpr auto composed() {
    graph_builder g;
    auto const x = g.input({.height = 9, .width = 7, .channels = 3, .type = Type});
    auto const y = g.average_pool2d(x, {.kernel = {3, 3}, .stride = {1, 1}, .border = border::same});
    auto const z = g.pad(x, padding2d{.top = 1, .right = 2});
    auto const w = g.conv2d(z, {.filters = 4, .kernel = {2, 3}, .border = border::valid});
    auto const both = g.concat({y, w, x, g.logistic(y)});
    auto const turned = g.transpose(both, {0, 2, 1, 3});
    auto const flat = g.reshape(g.relu(turned), {1, 63, 13});
    return g.finish({g.mean(flat, {2}), both});
  }
  static constexpr auto graph = compose<composed>();
};

TEST(model, gives_the_bits_of_a_session_for_every_other_operator) { expect_same_bits_in_every_type<rest>(); }

/// A user's operators among linnet's: two activations by rows, between layers; one that needs scratch.
constexpr auto compose_bytes() {
  graph_builder g;
  auto const x = g.input({.height = 9, .width = 7, .channels = 3, .type = u8});
  auto const y = g.max_pool2d(x, {.kernel = {3, 3}, .stride = {1, 1}, .border = border::same});
  auto const edges = g.custom<support::distance>(x, y);
  return g.finish(g.custom<support::equalize>(g.conv2d(edges, {.filters = 4, .kernel = {3, 3}})));
}
inline constexpr auto of_bytes = compose<compose_bytes>();

/// With weights that are not 0, as deterministic ones of one dimension are.
constexpr auto compose_floats() {
  graph_builder g;
  auto const x = g.input({.height = 2, .width = 3, .channels = 2});
  return g.finish(g.custom<support::snake>(g.relu(x), {.weights = {2}}));
}
inline constexpr auto of_floats = compose<compose_floats>();

/// What is kept between runs, in front of and behind layers that stream.
template <element_type Type>
struct remembering {
  static constexpr auto composed() {
    graph_builder g;
    auto x = g.input({.height = 12, .width = 5, .channels = 3, .type = Type});
    x = g.conv2d(g.conv2d(x, {.filters = 6, .kernel = {3, 3}}), {.filters = 4, .kernel = {3, 3}});
    x = g.svdf(g.mean(x, {1}), {.units = 4, .rank = 2, .memory = 3});
    x = g.lstm(g.reshape(x, {1, 5, 4}), {.units = 3});
    return g.finish(g.dense(g.flatten(x), {.units = 6}));
  }
  static constexpr auto graph = compose<composed>();
};

/// States of the graph itself, beside one that a node keeps: two that change places, behind layers that
/// stream.
template <element_type Type>
struct carrying {
  static constexpr auto composed() {
    graph_builder g;
    auto x = g.input({.height = 12, .width = 5, .channels = 3, .type = Type});
    quantization const q = Type == f32 ? quantization{} : quantization{1.0f / 16, 1};
    auto const image = g.state({.shape = {1, 12, 5, 4}, .type = Type, .quantization = q});
    auto const older = g.state({.shape = {1, 12, 5, 4}, .type = Type, .quantization = q});
    auto const seen =
        g.concat({g.conv2d(x, {.filters = 6, .kernel = {3, 3}}), g.conv2d(older, {.filters = 2})});
    g.update(older, image);
    g.update(image, g.conv2d(seen, {.filters = 4, .kernel = {3, 3}, .quantization = q}));
    x = g.svdf(g.mean(seen, {1, 2}), {.units = 4, .rank = 2, .memory = 3});
    x = g.simple_rnn(g.gru(x, {.units = 5}), {.units = 3, .relu = Type == f32});
    return g.finish(g.dense(x, {.units = 6}));
  }
  static constexpr auto graph = compose<composed>();
};

TEST(model, gives_the_bits_of_a_session_run_after_run) {
  expect_same_bits<remembering<f32>::graph>(8);
  expect_same_bits<remembering<s8>::graph>(9);
  expect_same_bits<carrying<f32>::graph>(10);
  expect_same_bits<carrying<s8>::graph>(11);
}

/// Runs on one input, again and again: what comes out changes with what is kept.
template <class Composed, auto Planning>
void expect_resets() {
  static weights_for<Composed::graph> weights;
  deterministic_weights(weights, 3);
  static model<Composed::graph, weights, Planning> m;
  static_assert(decltype(m)::keeps_state);
  session_options options;
  options.plan = Planning;
  auto created =
      session::create(with_deterministic_weights(copy_of(Composed::graph.view()), 3, "composed"), options);
  auto layers = session::create(with_deterministic_weights(copy_of(Composed::graph.view()), 3, "composed"));
  ASSERT_TRUE(created && layers);
  session& s = *created;
  auto const run = [&](bool observed) {
    fill(m, s, 5, std::make_index_sequence<1>{});
    std::ranges::copy(s.input().bytes, layers->input().bytes.begin());
    m.run();
    layers->run();
    if (observed) {
      s.run([](std::size_t, node const&, tensor_ref const&) {});
    } else {
      s.run();
    }
    auto const output = std::as_bytes(m.output().elements());
    EXPECT_TRUE(std::ranges::equal(output, s.output().bytes));
    EXPECT_TRUE(std::ranges::equal(output, layers->output().bytes));
    return std::vector<std::byte>(output.begin(), output.end());
  };
  auto const first = run(false), second = run(true), third = run(false);
  EXPECT_NE(first, second);
  EXPECT_NE(second, third) << "what an observed run kept was lost";
  m.reset();
  s.reset();
  layers->reset();
  EXPECT_EQ(run(true), first);
  EXPECT_EQ(run(false), second);
}

TEST(model, reset_makes_what_is_kept_what_it_was_at_first) {
  expect_resets<remembering<f32>, plan_options{}>();
  expect_resets<remembering<f32>, plan_options{.policy = memory_policy::least_memory}>();
  expect_resets<carrying<s8>, plan_options{}>();
  expect_resets<carrying<s8>, plan_options{.policy = memory_policy::least_memory}>();
}

TEST(model, in_memory_of_the_callers_begins_with_nothing_kept) {
  using composed = carrying<f32>;
  static weights_for<composed::graph> weights;
  deterministic_weights(weights, 3);
  using network_type = model_in<composed::graph, weights>;
  alignas(16) static std::array<std::byte, network_type::arena_bytes> arena;
  std::vector<float> first;
  for (int i = 0; i < 2; ++i) {
    std::ranges::fill(arena, std::byte{0x3F});
    auto m = network_type::create(arena);
    ASSERT_TRUE(m);
    std::ranges::fill(m->input().elements(), 0.5f);
    m->run();
    m->run();
    std::vector<float> const made(m->output().elements().begin(), m->output().elements().end());
    if (i == 0) first = made;
    EXPECT_EQ(made, first);
  }
}

TEST(model, gives_the_bits_of_a_session_for_custom_operators) { expect_same_bits<of_bytes>(7); }

TEST(model, a_custom_operator_reads_its_weights_in_both_lives) {
  std::array<float, 2> const a{0.5f, 2.0f};
  network net = with_deterministic_weights(copy_of(of_floats.view()), 1, "snakes");
  for (std::size_t i = 0; i < net.graph.tensors.size(); ++i) {
    if (is_constant(net.graph.tensors[i])) net.constants[i] = std::as_bytes(std::span(a));
  }
  static weights_for<of_floats> weights;
  auto const packed = pack_weights(net, weights);
  ASSERT_TRUE(packed.has_value()) << packed.error().message;
  static model<of_floats, weights> m;
  EXPECT_EQ(m.arena_bytes, 2 * 3 * 2 * sizeof(float)) << "all in place";
  auto created = session::create(net);
  ASSERT_TRUE(created.has_value()) << created.error().message;
  std::array<float, 12> x{};
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.75f * static_cast<float>(i) - 2.0f;
  std::ranges::copy(x, m.input().elements().begin());
  std::ranges::copy(x, created->input().as<float>()->begin());
  m.run();
  created->run();
  for (std::size_t i = 0; i < x.size(); ++i) {
    float const want = support::snake::value(std::max(x[i], 0.0f), a[i % 2]);
    EXPECT_EQ(m.output().elements()[i], want) << i;
    EXPECT_EQ((*created->output().as<float>())[i], want) << i;
  }
}

/// Layers of floats whose weights are stored in fewer bits, one kind after the other: none of these kinds may
/// be run by the code of another.
constexpr auto in_fewer_bits() {
  graph_builder g;
  auto x = g.input({.height = 7, .width = 6, .channels = 3});
  for (int i = 0; i < 5; ++i) {
    x = g.conv2d(x, {.filters = 4, .kernel = {3, 2}});
    x = g.depthwise_conv2d(x, {.stride = {1, 1}, .multiplier = 2});
  }
  x = g.reshape(x, {1, 42, 8});
  for (int i = 0; i < 5; ++i) x = g.dense(x, {.units = 8});
  auto made = g.finish(x);
  struct kind {
    element_type weights;
    dynamic_quantization inputs;
  };
  constexpr kind kinds[] = {{f32, dynamic_quantization::none},
                            {s8, dynamic_quantization::symmetric},
                            {s8, dynamic_quantization::none},
                            {f16, dynamic_quantization::none},
                            {s8, dynamic_quantization::asymmetric}};
  std::size_t seen[op_count] = {};
  for (node& n : made->nodes) {
    if (n.kind == op::reshape) continue;
    kind const& k = kinds[seen[static_cast<std::size_t>(n.kind)]++];
    tensor_info& weights = made->tensors[static_cast<std::size_t>(made->edges[n.inputs.first + 1])];
    weights.type = k.weights;
    if (k.weights == s8) weights.quantization = {1.0f / 256, 0};
    n.dynamic_quantization = k.inputs;
  }
  return made;
}
constexpr auto graph_in_fewer_bits = compose<in_fewer_bits>();
TEST(model, gives_the_bits_of_a_session_for_weights_in_fewer_bits) {
  expect_same_bits<graph_in_fewer_bits>(10);
}

constexpr auto converting() {
  graph_builder g;
  auto const x = g.input({.height = 4, .width = 5, .channels = 3});
  auto const q = g.quantize(x, {.type = s8, .quantization = {0.5f, 3}});
  auto const u = g.requantize(q, {.type = u8, .quantization = {0.75f, 100}});
  return g.finish(g.dequantize(u));
}
constexpr auto converting_graph = compose<converting>();
TEST(model, gives_the_bits_of_a_session_for_conversions) { expect_same_bits<converting_graph>(4); }

TEST(pack_weights, refuses_the_constants_of_another_graph) {
  static weights_for<small_mobilenet_v1<s8>::graph> weights;
  auto const other = with_deterministic_weights(copy_of(small_mobilenet_v2<s8>::graph.view()), 1, "v2");
  auto const packed = pack_weights(other, weights);
  ASSERT_FALSE(packed.has_value());
  EXPECT_TRUE(packed.error().message.starts_with("v2: tensor '")) << packed.error().message;
}

}  // namespace
