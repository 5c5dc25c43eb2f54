// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/layer_comparison.hpp>
#include <linnet/session/assign.hpp>

#include "support/float_network.hpp"
#include "support/network_of.hpp"

namespace {

using namespace linnet;

/// x -> relu 'middle' -> relu6 'y', of any type; the first may have another name.
session two_layers(element_type type, quantization const& q = {}, char const* middle = "middle") {
  support::graph_maker g;
  auto const x = g.activation({1, 3}, type, q, "x"), m = g.activation({1, 3}, type, q, middle),
             y = g.activation({1, 3}, type, q, "y");
  g.add({.kind = op::relu, .activation = activation::relu}, {x}, m);
  g.add({.kind = op::relu, .activation = activation::relu6}, {m}, y);
  g.set_ends({x}, {y});
  auto made = session::create(support::network_of(g, "two"));
  EXPECT_TRUE(made) << made.error().message;
  return *std::move(made);
}

std::vector<recorded_layer> layers_of(session& s, std::vector<float> const& values) {
  EXPECT_TRUE(assign(s.input(), values));
  return record_layers(s);
}

recorded_layer layer(std::string op, std::string name, std::vector<float> const& values) {
  recorded_layer made;
  made.op = std::move(op);
  made.name = std::move(name);
  made.shape = {static_cast<std::int32_t>(values.size())};
  made.bytes.resize(values.size() * sizeof(float));
  for (std::size_t i = 0; i < values.size(); ++i) store(made.bytes.data() + i * sizeof(float), values[i]);
  return made;
}

TEST(record_layers, keeps_what_every_node_makes) {
  session s = two_layers(f32);
  auto const all = layers_of(s, {-1.0f, 5.0f, 9.0f});
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name, "middle");
  EXPECT_EQ(all[1].op, "relu");
  EXPECT_EQ(all[1].node, 1u);
  recorded_layer last = all[1];
  EXPECT_EQ(dequantized(last.tensor()), (std::vector<float>{0.0f, 5.0f, 6.0f}));
}

TEST(layer_comparison, says_where_two_runs_part_and_by_how_much) {
  session real = two_layers(f32), stored = two_layers(s8, {0.5f, 0});
  layer_comparison sum;
  sum.add(layers_of(real, {1.0f, 2.0f, 7.0f}), layers_of(stored, {1.0f, 2.0f, 7.0f}));
  EXPECT_EQ(sum.first_beyond(0.0), nullptr) << "all of it is representable";
  ASSERT_EQ(sum.layers().size(), 2u);
  EXPECT_EQ(sum.layers()[0].cosine(), 1.0);
  EXPECT_EQ(sum.layers()[0].sqnr_db(), std::numeric_limits<double>::infinity());
  sum.add(layers_of(real, {1.0f, 2.25f, 7.25f}), layers_of(stored, {1.0f, 2.25f, 7.25f}));
  layer_difference const& middle = sum.layers()[0];
  EXPECT_EQ(middle.elements, 6);
  EXPECT_EQ(middle.differing, 2);
  EXPECT_EQ(middle.largest, 0.25);
  EXPECT_EQ(middle.largest_at, 1);
  EXPECT_EQ(middle.noise, 0.125);
  EXPECT_EQ(middle.signal, 1 + 4 + 49 + 1 + 2.25 * 2.25 + 7.25 * 7.25);
  EXPECT_DOUBLE_EQ(middle.sqnr_db(), 10.0 * std::log10(middle.signal / 0.125));
  EXPECT_LT(middle.cosine(), 1.0);
  EXPECT_EQ(sum.layers()[1].differing, 1) << "the clamp hides the other";
  ASSERT_NE(sum.first_beyond(0.125), nullptr);
  EXPECT_EQ(sum.first_beyond(0.125)->name, "middle");
  EXPECT_EQ(sum.first_beyond(0.25), nullptr);
}

TEST(layer_comparison, nothing_is_worse_than_what_is_no_number) {
  float const nan = std::numeric_limits<float>::quiet_NaN();
  layer_comparison sum;
  sum.add({layer("relu", "y", {1.0f, 2.0f, 3.0f})}, {layer("relu", "y", {1.5f, nan, 9.0f})});
  EXPECT_TRUE(std::isnan(sum.layers()[0].largest));
  EXPECT_EQ(sum.layers()[0].largest_at, 1);
  ASSERT_NE(sum.first_beyond(100.0), nullptr);
}

TEST(pair_layers, goes_by_names_where_some_agree) {
  std::vector<recorded_layer> const a{layer("conv2d", "a/x:0", {1}), layer("add", "twice", {1}),
                                      layer("add", "twice", {1}), layer("relu", "y", {1, 2})},
      b{layer("relu", "y", {1, 2}), layer("", "a_x_0", {1}), layer("add", "twice", {1}),
        layer("relu", "z", {1})};
  EXPECT_EQ(pair_layers(a, b), (std::vector<layer_pair>{{0, 1}, {3, 0}})) << "a name of two says nothing";
  layer_comparison sum;
  sum.add(a, b);
  EXPECT_EQ(sum.alone_in_a(), 2u);
  EXPECT_EQ(sum.alone_in_b(), 2u);
}

TEST(pair_layers, finds_what_has_another_name_between_what_has_the_same) {
  std::vector<recorded_layer> const a{layer("conv2d", "1", {1}), layer("relu", "2", {1}),
                                      layer("conv2d", "3", {1}), layer("softmax", "Identity", {1})},
      b{layer("relu", "early", {1}), layer("conv2d", "1", {1}),       layer("relu", "other", {1}),
        layer("conv2d", "3", {1}),   layer("softmax", "Call:0", {1}), layer("softmax", "more", {1})};
  EXPECT_EQ(pair_layers(a, b), (std::vector<layer_pair>{{0, 1}, {1, 2}, {2, 3}, {3, 4}}));
}

TEST(pair_layers, goes_by_operators_and_sizes_in_order_where_none_do) {
  std::vector<recorded_layer> const a{layer("conv2d", "1", {1}), layer("relu", "2", {1}),
                                      layer("relu", "3", {1, 2})},
      b{layer("conv2d", "4", {1}), layer("pad", "5", {1}), layer("relu", "6", {1, 2}),
        layer("relu", "7", {1})};
  EXPECT_EQ(pair_layers(a, b), (std::vector<layer_pair>{{0, 0}, {1, 3}})) << "in order";
}

TEST(layer_comparison, of_layers_without_a_length) {
  layer_comparison sum;
  sum.add({layer("relu", "y", {0.0f}), layer("relu", "z", {0.0f})},
          {layer("relu", "y", {0.0f}), layer("relu", "z", {2.0f})});
  EXPECT_EQ(sum.layers()[0].cosine(), 1.0);
  EXPECT_EQ(sum.layers()[1].cosine(), 0.0);
  EXPECT_EQ(sum.layers()[1].sqnr_db(), -std::numeric_limits<double>::infinity());
}

}  // namespace
