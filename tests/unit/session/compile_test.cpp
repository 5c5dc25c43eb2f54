// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/compile.hpp>

#include "support/float_network.hpp"
#include "support/network_of.hpp"

namespace {

using namespace linnet;
using support::graph_maker;

constexpr tensor_id input = 0, weights = 1, bias = 2, convolved = 3, addend = 4;

/// conv2d (one scale a channel, bias), then an addition of a constant that is read as it is.
graph_maker layered(element_type type) {
  quantization const q = type == f32 ? quantization{} : quantization{0.5f, 0};
  auto const bytes = [&](std::int64_t count) {
    return std::vector<std::byte>(static_cast<std::size_t>(bytes_of(type, count)), std::byte{0x20});
  };
  graph_maker g;
  g.activation({1, 2, 2, 2}, type, q, "x");
  g.constant({3, 1, 1, 2}, type, bytes(6), {}, "w");
  g.constant({3}, type == f32 ? f32 : s32, std::vector<std::byte>(12), {}, "b");
  g.activation({1, 2, 2, 3}, type, q, "y");
  g.constant({1, 2, 2, 3}, type, bytes(12), q, "c");
  tensor_id const sum = g.activation({1, 2, 2, 3}, type, q, "z");
  if (type != f32) g.set_scales(weights, {0.5f, 0.25f, 0.125f}, 0);
  g.add({.kind = op::conv2d}, {input, weights, bias}, convolved);
  g.add({.kind = op::add}, {convolved, addend}, sum);
  g.set_ends({input}, {sum});
  return g;
}

tensor_info const& tensor_called(graph_view const& g, std::string_view name) {
  for (tensor_info const& t : g.tensors) {
    if (std::string_view(g.name(t).data(), g.name(t).size()) == name) return t;
  }
  ADD_FAILURE() << "no tensor " << name;
  return g.tensors[0];
}

TEST(compile, keeps_the_graph_but_for_what_went_into_the_weights) {
  for (element_type type : {s8, u8, f32}) {
    auto const made = compile(support::network_of(layered(type)), "scalar");
    ASSERT_TRUE(made.has_value()) << made.error().message;
    graph_view const g = made->graph.view();
    EXPECT_EQ(g.nodes.size(), 2u);
    for (std::string_view name : {"w", "b"}) {
      tensor_info const& t = tensor_called(g, name);
      EXPECT_EQ(t.role, tensor_role::packed) << name;
      EXPECT_EQ(t.channel_scales.count, 0u) << name;
      EXPECT_FALSE(t.quantization.present()) << name;
    }
    EXPECT_EQ(tensor_called(g, "c").role, tensor_role::constant) << "an addition reads it as it is";
    EXPECT_EQ(tensor_called(g, "x").role, tensor_role::activation);
    EXPECT_EQ(tensor_called(g, "c").quantization.present(), type != f32);
    EXPECT_TRUE(g.scales.empty());
    EXPECT_EQ(made->arch, "scalar");
    EXPECT_EQ(made->name, "made.tflite");
  }
}

/// The firmware plans the graph that was written: it must find what the packer was told.
TEST(compile, the_compiled_graph_is_valid_and_plans_alike) {
  for (element_type type : {s8, u8, f32}) {
    auto const made = compile(support::network_of(layered(type)), "native");
    ASSERT_TRUE(made.has_value());
    graph_view const g = made->graph.view();
    bool tensors[8] = {};
    ASSERT_TRUE(validate(g, std::span(tensors).first(g.tensors.size())).has_value());
    auto const again = plan_graph<arch::native>(g);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->packed_bytes, static_cast<std::int64_t>(made->weights.size()));
    EXPECT_EQ(again->arena_bytes, made->plan.arena_bytes);
    ASSERT_EQ(again->planned_calls.size(), made->plan.planned_calls.size());
    for (std::size_t i = 0; i < again->planned_calls.size(); ++i)
      EXPECT_EQ(again->planned_calls[i].packed_offset, made->plan.planned_calls[i].packed_offset);
    for (std::size_t i = 0; i < again->places.size(); ++i) {
      EXPECT_EQ(again->places[i].storage, made->plan.places[i].storage);
      EXPECT_EQ(again->places[i].offset, made->plan.places[i].offset);
    }
  }
}

TEST(compile, weights_that_are_read_as_they_are_too_keep_their_scales) {
  graph_maker g = layered(s8);
  g.set_ends({input}, {5, weights});
  auto const made = compile(support::network_of(g), "scalar");
  ASSERT_TRUE(made.has_value()) << made.error().message;
  graph_view const view = made->graph.view();
  tensor_info const& shown = tensor_called(view, "w");
  EXPECT_EQ(shown.role, tensor_role::constant);
  auto const scales = view.channel_scales(shown);
  EXPECT_EQ(std::vector<float>(scales.begin(), scales.end()), (std::vector<float>{0.5f, 0.25f, 0.125f}));
  bool tensors[8] = {};
  EXPECT_TRUE(validate(view, std::span(tensors).first(view.tensors.size())).has_value());
}

TEST(compile, equal_networks_give_equal_weights_and_hash_and_others_do_not) {
  auto const one = compile(support::network_of(layered(s8)), "scalar"),
             same = compile(support::network_of(layered(s8)), "scalar");
  graph_maker other = layered(s8);
  other.constants[weights][0] = std::byte{0x21};
  auto const changed = compile(support::network_of(other), "scalar");
  EXPECT_EQ(one->weights, same->weights);
  EXPECT_EQ(one->hash, same->hash);
  EXPECT_NE(one->hash, changed->hash);
  EXPECT_EQ(one->hash, fnv1a(one->weights));
}

/// Of the authors' own list: isthe.com/chongo/src/fnv/test_fnv.c, fnv1a_64 of "", "a", "foobar".
TEST(fnv1a, of_known_words) {
  auto const hash = [](std::string_view word) { return fnv1a(std::as_bytes(std::span(word))); };
  EXPECT_EQ(hash(""), 0xcbf29ce484222325u);
  EXPECT_EQ(hash("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(hash("foobar"), 0x85944171f73967e8u);
}

TEST(compile, works_for_every_architecture_in_any_build) {
  [&]<class... Tag>(kernels::type_list<Tag...>) {
    auto const try_one = [](std::string_view name) {
      auto const made = compile(support::network_of(layered(s8)), name);
      ASSERT_TRUE(made.has_value()) << name;
      EXPECT_EQ(made->arch, name);
    };
    (try_one(Tag::name), ...);
  }(all_architectures{});
}

TEST(compile, refuses_an_unknown_architecture_and_lists_the_known) {
  for (std::string_view name : {"", "cortex-m4", "Scalar"}) {
    auto const made = compile(support::network_of(layered(s8)), name);
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code, errc::wrong_argument);
    EXPECT_NE(made.error().message.find(architecture_names()), std::string::npos) << made.error().message;
    EXPECT_NE(made.error().message.find("'" + std::string(name) + "'"), std::string::npos);
  }
}

/// Broken in every place that a pass could trip over before anyone has looked.
TEST(compile, refuses_broken_networks) {
  auto const expect_refused = [](graph_maker const& g, errc code) {
    auto const made = compile(support::network_of(g), "scalar");
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code, code) << made.error().message;
    EXPECT_TRUE(made.error().message.starts_with("made.tflite: ")) << made.error().message;
  };
  graph_maker g = layered(s8);
  g.edges[g.nodes[0].inputs.first] = 1 << 20;
  expect_refused(g, errc::invalid_graph);
  g = layered(s8);
  g.input_edges = {1000, 1};
  expect_refused(g, errc::invalid_graph);
  g = layered(s8);
  g.nodes[1] = {.kind = op::transpose};  // without operands, and as an importer would have put it
  expect_refused(g, errc::invalid_graph);
  g = layered(s8);
  g.constants[weights].clear();
  expect_refused(g, errc::invalid_graph);
  g = layered(s8);
  g.at(convolved).type = s16;
  expect_refused(g, errc::not_supported);
}

TEST(compile, makes_the_ends_channels_last) {
  support::float_maker g;
  tensor_id const x = g.real({1, 3, 4, 5}, "channels first");
  node turn{.kind = op::transpose}, back{.kind = op::transpose};
  for (std::int32_t axis : {0, 2, 3, 1}) turn.axes.push_back(axis);
  for (std::int32_t axis : {0, 3, 1, 2}) back.axes.push_back(axis);
  tensor_id const image = g.node(turn, {x}, {1, 4, 5, 3});
  tensor_id const made = g.node({.kind = op::logistic, .source = 0}, {image}, {1, 4, 5, 3});
  g.set_ends({x}, {g.node(back, {made}, {1, 3, 4, 5})});
  auto const compiled = compile(support::network_of(g), "scalar");
  ASSERT_TRUE(compiled.has_value());
  graph_view const view = compiled->graph.view();
  EXPECT_EQ(view.nodes.size(), 1u);
  EXPECT_EQ(view.tensor(view.inputs()[0]).shape, (shape{1, 4, 5, 3}));
  EXPECT_EQ(view.tensor(view.outputs()[0]).shape, (shape{1, 4, 5, 3}));
}

/// Two layers, a constant that is read as it is, and a third layer.
graph_maker three_layers() {
  quantization const q{0.5f, 0};
  graph_maker g;
  tensor_id x = g.activation({1, 8, 8, 4}, s8, q, "x");
  tensor_id const first = x;
  for (std::int32_t i = 0; i < 3; ++i) {
    std::vector<std::byte> values;
    for (int k = 0; k < 4 * 9 * 4; ++k) values.push_back(static_cast<std::byte>(7 * k + i));
    tensor_id const w = g.constant({4, 3, 3, 4}, s8, values, {0.25f, 0}, "w" + std::to_string(i));
    bool const strided = i == 2;
    tensor_id const y = g.activation({1, strided ? 4 : 8, strided ? 4 : 8, 4}, s8, q);
    node n{.kind = op::conv2d};
    n.window = {
        .kernel = {3, 3}, .stride = strided ? extent2d{2, 2} : extent2d{1, 1}, .padding = {1, 1, 1, 1}};
    g.add(n, {x, w}, y);
    x = y;
    if (i != 0) continue;
    tensor_id const c = g.constant({1, 8, 8, 4}, s8, std::vector<std::byte>(256, std::byte{9}), q, "c");
    x = g.activation({1, 8, 8, 4}, s8, q);
    g.add({.kind = op::add}, {y, c}, x);
  }
  g.set_ends({first}, {x});
  return g;
}
constexpr plan_options rows{.policy = memory_policy::least_memory};

compiled_network split_at(std::int64_t fast_bytes, compile_options options = {.plan = rows}) {
  options.fast_bytes = fast_bytes;
  return *compile(support::network_of(three_layers()), "scalar", options);
}

TEST(split_weights, both_parts_together_are_the_blob) {
  compiled_network const whole = split_at(0);
  EXPECT_TRUE(whole.fast_weights.empty());
  ASSERT_EQ(whole.streams.size(), 3u);
  std::int64_t const all = std::ssize(whole.weights);
  for (std::int64_t fast_bytes : {std::int64_t{1}, whole.streams[0].bytes, all / 2, all, 10 * all}) {
    compiled_network const made = split_at(fast_bytes);
    EXPECT_LE(std::ssize(made.fast_weights), fast_bytes);
    EXPECT_EQ(std::ssize(made.weights) + std::ssize(made.fast_weights), all);
    ASSERT_EQ(made.streams.size(), 3u);
    std::int64_t fast = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      packed_stream const &from = whole.streams[i], &to = made.streams[i];
      EXPECT_EQ(to.layout, from.layout);
      ASSERT_EQ(to.bytes, from.bytes);
      auto const& part = to.fast ? made.fast_weights : made.weights;
      ASSERT_LE(to.offset + to.bytes, std::ssize(part));
      EXPECT_TRUE(std::equal(part.begin() + to.offset, part.begin() + to.offset + to.bytes,
                             whole.weights.begin() + from.offset))
          << "stream " << i;
      fast += to.fast ? to.bytes : 0;
    }
    EXPECT_EQ(fast, std::ssize(made.fast_weights)) << "constants that are read as they are stay";
  }
  EXPECT_EQ(std::ssize(split_at(10 * all).weights), 256) << "that constant and nothing else";
  EXPECT_NE(split_at(all).hash, whole.hash) << "the parts stand in another order";
}

/// The firmware finds the constant by the same rule.
TEST(split_weights, constants_keep_their_place_among_the_slow_streams) {
  compiled_network const whole = split_at(0);
  for (std::int64_t fast_bytes : {whole.streams[0].bytes, 3 * whole.streams[0].bytes}) {
    compiled_network const made = split_at(fast_bytes);
    blob_layout<3> from{.bytes = std::ssize(whole.weights)}, to = from;
    std::ranges::copy(whole.streams, from.streams.begin());
    std::ranges::copy(made.streams, to.streams.begin());
    tensor_id constant = 0;
    while (made.plan.places[static_cast<std::size_t>(constant)].storage != packed_storage) ++constant;
    blob_place const at =
        place_in_blob(from, to, made.plan.places[static_cast<std::size_t>(constant)].offset);
    EXPECT_FALSE(at.fast);
    ASSERT_LE(at.offset + 256, std::ssize(made.weights));
    for (std::int64_t i = 0; i < 256; ++i)
      EXPECT_EQ(made.weights[static_cast<std::size_t>(at.offset + i)], std::byte{9});
  }
}

/// By rows a layer of 8 rows reads its weights twice as often as one of 4.
TEST(split_weights, what_is_read_most_often_goes_first) {
  std::int64_t const one = split_at(0).streams[0].bytes;
  compiled_network const made = split_at(2 * one);
  EXPECT_TRUE(made.streams[0].fast && made.streams[1].fast && !made.streams[2].fast);
  compiled_network const single = split_at(one + 1);
  EXPECT_TRUE(single.streams[0].fast && !single.streams[1].fast && !single.streams[2].fast);
}

TEST(readings_of, one_a_step_of_the_plan) {
  network const net = support::network_of(three_layers());
  auto const layers = *plan_network<arch::scalar>(net);
  auto const by_rows = *plan_network<arch::scalar>(net, rows);
  plan_options const streaming{.policy = memory_policy::least_memory, .stream_input = true};
  auto const streamed = *plan_network<arch::scalar>(net, streaming);
  using numbers = std::vector<std::int64_t>;
  EXPECT_EQ(detail::readings_of(layers.planned_calls, layers), (numbers{1, 1, 1, 1}));
  EXPECT_EQ(detail::readings_of(layers.planned_calls, by_rows), (numbers{8, 8, 8, 4}));
  EXPECT_EQ(detail::readings_of(layers.planned_calls, streamed), (numbers{8, 8, 8, 4}));
}

/// A dense layer of two units, the first weight of the first one given; that of the second one is negative.
graph_maker two_units(std::byte first) {
  graph_maker g;
  std::vector<std::byte> of_weights(8, std::byte{0x20});
  of_weights[0] = first;
  of_weights[4] = std::byte{0xFF};
  g.activation({1, 4}, s8, {0.5f, 0}, "x");
  g.constant({2, 4}, s8, of_weights, {0.125f, 0}, "w");
  g.constant({2}, s32, std::vector<std::byte>(8), {}, "b");
  g.activation({1, 2}, s8, {0.5f, 0}, "y");
  g.add({.kind = op::dense}, {0, 1, 2}, 3);
  g.set_ends({0}, {3});
  return g;
}
TEST(compile, a_layer_without_a_proof_is_packed_for_an_older_kernel) {
  using enum kernels::packed_layout;
  auto const proved = compile(support::network_of(two_units(std::byte{0x20})), "arm_dsp");
  auto const refused = compile(support::network_of(two_units(std::byte{0x80})), "arm_dsp");
  ASSERT_TRUE(proved.has_value() && refused.has_value());
  EXPECT_EQ(proved->streams[0].layout, channel_quads);
  EXPECT_EQ(refused->streams[0].layout, channel_records) << "256 * -128 - 1 is no halfword";
  EXPECT_EQ(refused->streams[0].bytes, proved->streams[0].bytes) << "no offset depends on what was proved";
  EXPECT_FALSE(proved->graph.nodes[0].keeps_operands);
  EXPECT_TRUE(refused->graph.nodes[0].keeps_operands) << "the older kernel may not work in place";
}

TEST(compile, keeps_the_plan_of_a_long_search_for_the_least_memory) {
  compiled_network const made = split_at(0, {.plan = rows, .search = {.effort = 10}});
  ASSERT_TRUE(made.searched.has_value());
  EXPECT_EQ(made.searched->arena_bytes, made.arena_bytes);
  EXPECT_LE(made.arena_bytes, split_at(0).arena_bytes);
  EXPECT_EQ(made.weights, split_at(0).weights) << "how memory is planned changes nothing in them";
  EXPECT_FALSE(split_at(0).searched.has_value());
  for (memory_policy policy :
       {memory_policy::layer_by_layer, memory_policy::fastest, memory_policy::within}) {
    plan_options const other{.policy = policy, .budget = policy == memory_policy::within ? 100000 : 0};
    EXPECT_FALSE(split_at(0, {.plan = other, .search = {.effort = 10}}).searched.has_value());
  }
}

}  // namespace
