// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/passes/narrow_weights.hpp>
#include <linnet/session/session.hpp>

#include "support/float_network.hpp"
#include "support/network_of.hpp"

namespace {

using namespace linnet;

/// Two rows of three floats by two layers that share weights, a third one of its own, and what it makes added
/// to its weights.
network four_nodes(std::vector<float> const& shared, std::vector<float> const& own) {
  support::float_maker g;
  tensor_id const x = g.real({3, 3}, "x"), w = g.reals({3, 3}, shared, "w"),
                  b = g.reals({3}, {1.0f, 2.0f, 3.0f}, "b"), v = g.reals({3, 3}, own, "v");
  tensor_id const first = g.node({.kind = op::dense}, {x, w, b}, {3, 3}, "first"),
                  second = g.node({.kind = op::dense}, {first, w}, {3, 3}, "second"),
                  third = g.node({.kind = op::dense}, {second, v}, {3, 3}, "third"),
                  sum = g.node({.kind = op::add}, {third, v}, {3, 3}, "sum");
  g.set_ends({x}, {sum});
  return support::network_of(g);
}
std::vector<float> const small_numbers{1, -2, 0.5f, 0, 3, 0.25f, -1, 1.5f, 8};

struct outcome {
  std::vector<float> values;
  std::int64_t weights = 0;
};
outcome run(network const& net) {
  auto made = session::create(net);
  if (!made) ADD_FAILURE() << made.error().message;
  if (!made) return {};
  auto const x = *made->input().as<float>();
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.3f * static_cast<float>(i) - 1;
  made->run();
  auto const y = *made->output().as<float>();
  return {{y.begin(), y.end()}, made->packed_bytes()};
}
tensor_info const& weights_of(network const& net, std::size_t node) {
  return net.graph.view().input(net.graph.nodes[node], 1);
}

TEST(with_half_weights, rounds_to_the_nearest_half) {
  float const step = 0x1p-10f;  // of halves from 1 to 2
  std::vector<float> values{1 + step / 2,      1 + 1.5f * step, 1 + 0.51f * step,
                            -1 - 1.49f * step, 65504,           -65504,
                            0x1p-24f,          0x1p-26f,        0};
  std::vector<float> const rounded{1, 1 + 2 * step, 1 + step, -1 - step, 65504, -65504, 0x1p-24f, 0, 0};
  auto const made = with_half_weights(four_nodes(values, small_numbers));
  ASSERT_TRUE(made) << made.error().message;
  outcome const wide = run(four_nodes(rounded, small_numbers)), narrow = run(*made);
  EXPECT_EQ(narrow.values, wide.values);
  EXPECT_LT(narrow.weights, wide.weights);
}

TEST(with_half_weights, changes_weights_alone) {
  auto const made = with_half_weights(four_nodes(small_numbers, small_numbers));
  ASSERT_TRUE(made) << made.error().message;
  graph_view const g = made->graph.view();
  EXPECT_EQ(weights_of(*made, 0).type, f16);
  EXPECT_EQ(g.inputs(g.nodes[0])[1], g.inputs(g.nodes[1])[1]) << "shared weights stay shared";
  EXPECT_EQ(g.name(weights_of(*made, 0)), text("w"));
  EXPECT_EQ(g.input(g.nodes[0], 2).type, f32) << "the bias";
  EXPECT_EQ(weights_of(*made, 2).type, f16);
  EXPECT_EQ(weights_of(*made, 3).type, f32) << "what is added";
  EXPECT_EQ(std::ranges::count(made->graph.tensors, f16, &tensor_info::type), 2);
  EXPECT_EQ(made->graph.tensors.size(), 9u) << "the floats of the shared weights are gone";
}

TEST(with_half_weights, refuses_what_halves_do_not_hold) {
  for (float const wrong : {65505.0f, -65536.0f, std::numeric_limits<float>::infinity(), std::nanf("")}) {
    std::vector<float> values = small_numbers;
    values[4] = wrong;
    auto const made = with_half_weights(four_nodes(small_numbers, values));
    ASSERT_FALSE(made) << wrong;
    EXPECT_EQ(made.error().code, errc::not_supported);
    EXPECT_EQ(
        made.error().message,
        "made.tflite: node 2 (dense) 'third': tensor 'v': element 4 is no number that float16 holds: it "
        "ends at 65504");
  }
}

TEST(with_exact_half_weights, leaves_what_would_be_rounded) {
  std::vector<float> values = small_numbers;
  values[8] = 1 + 0x1p-11f;
  network const net = four_nodes(small_numbers, values);
  network const made = with_exact_half_weights(net);
  EXPECT_EQ(weights_of(made, 1).type, f16);
  EXPECT_EQ(weights_of(made, 2).type, f32);
  EXPECT_EQ(run(made).values, run(net).values);
}

TEST(with_wide_weights, is_the_way_back) {
  network const net = four_nodes(small_numbers, small_numbers);
  network const narrow = with_exact_half_weights(net), made = with_wide_weights(narrow);
  EXPECT_EQ(made.graph.tensors.size(), narrow.graph.tensors.size()) << "tensors keep their numbers";
  for (std::size_t node : {0u, 1u, 2u}) EXPECT_EQ(weights_of(made, node).type, f32);
  EXPECT_EQ(run(made).values, run(net).values);
}

TEST(with_wide_weights, of_four_bits_are_bytes) {
  support::graph_maker g;
  tensor_id const x = g.activation({1, 3}, s8, {0.5f, 0}, "x"),
                  w = g.constant({1, 3}, s4, {std::byte{0x7E}, std::byte{0x08}}, {0.5f, 0}, "w"),
                  y = g.activation({1, 1}, s8, {0.5f, 0}, "y");
  g.add({.kind = op::dense}, {x, w}, y);
  g.set_ends({x}, {y});
  network net = support::network_of(g);
  network const made = with_wide_weights(net);
  EXPECT_EQ(weights_of(made, 0).type, s8);
  std::vector<std::byte> const wanted{std::byte{0xFE}, std::byte{7}, std::byte{0xF8}};
  EXPECT_TRUE(std::ranges::equal(made.constants[static_cast<std::size_t>(w)], wanted));
  net.constants[static_cast<std::size_t>(w)] = {};
  EXPECT_EQ(weights_of(with_wide_weights(net), 0).type, s4) << "their bytes are missing";
}

}  // namespace
