// SPDX-License-Identifier: MIT
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/quantizer/activation_quantization.hpp>

#include "support/float_network.hpp"
#include "support/network_of.hpp"

namespace {

using namespace linnet;
using support::float_maker;
using support::tensor_id;
using low_high = std::pair<float, float>;

/// The quantizations of a graph whose tensors have these ranges (constants: any).
result<std::vector<quantization>> quantizations(float_maker const& g, std::vector<low_high> const& seen) {
  network const net = support::network_of(g, "net.tflite");
  activation_ranges ranges = no_ranges(net);
  ranges.runs = 1;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    ranges.tensors[i].seen = true;
    ranges.tensors[i].low = seen[i].first;
    ranges.tensors[i].high = seen[i].second;
  }
  return activation_quantizations(net, ranges);
}

quantization of_relu(low_high seen, activation a = activation::none) {
  float_maker g;
  tensor_id const x = g.real({1, 2});
  g.set_ends({x}, {g.node({.kind = op::relu, .activation = a}, {x}, {1, 2})});
  auto const all = quantizations(g, {{0.0f, 1.0f}, seen});
  EXPECT_TRUE(all);
  return all ? (*all)[1] : quantization{};
}

TEST(activation_quantization, covers_the_range_and_0) {
  EXPECT_EQ(of_relu({0.0f, 255.0f}), (quantization{1.0f, -128}));
  EXPECT_EQ(of_relu({10.0f, 510.0f}), (quantization{2.0f, -128}));  // down to 0
  EXPECT_EQ(of_relu({-51.0f, -10.0f}), (quantization{0.2f, 127}));  // up to 0
  EXPECT_EQ(of_relu({-10.0f, 245.0f}), (quantization{1.0f, -118}));
  EXPECT_EQ(of_relu({-10.4f, 244.6f}), (quantization{1.0f, -118}));  // nearest integer
  EXPECT_EQ(of_relu({-10.6f, 244.4f}), (quantization{1.0f, -117}));
}

TEST(activation_quantization, an_empty_range_has_scale_1) {
  EXPECT_EQ(of_relu({0.0f, 0.0f}), (quantization{1.0f, 0}));
  EXPECT_EQ(of_relu({0.0f, std::numeric_limits<float>::denorm_min()}), (quantization{1.0f, 0}));
}

TEST(activation_quantization, fused_activations_bound_the_range) {
  EXPECT_EQ(of_relu({-51.0f, 255.0f}, activation::relu), (quantization{1.0f, -128}));
  EXPECT_EQ(of_relu({-51.0f, 255.0f}, activation::relu6), (quantization{6.0f / 255, -128}));
  EXPECT_EQ(of_relu({0.0f, 3.0f}, activation::relu6), (quantization{3.0f / 255, -128}));  // as seen
  EXPECT_EQ(of_relu({-7.0f, 7.0f}, activation::relu_n1_to_1), (quantization{2.0f / 255, -1}));
}

TEST(activation_quantization, probabilities_are_256ths) {
  for (op kind : {op::softmax, op::logistic}) {
    float_maker g;
    tensor_id const x = g.real({1, 2});
    tensor_id const y = g.node({.kind = kind}, {x}, {1, 2});
    g.set_ends({x}, {g.node({.kind = op::reshape}, {y}, {2})});
    auto const all = quantizations(g, {{0.0f, 255.0f}, {0.4f, 0.5f}, {0.4f, 0.5f}});
    ASSERT_TRUE(all);
    EXPECT_EQ((*all)[0], (quantization{1.0f, -128}));
    EXPECT_EQ((*all)[1], (quantization{1.0f / 256, -128}));
    EXPECT_EQ((*all)[2], (quantization{1.0f / 256, -128}));
  }
}

TEST(activation_quantization, groups_have_the_union_of_their_ranges) {
  float_maker g;
  shape const s{1, 1, 1, 1};
  tensor_id const a = g.real(s), b = g.real(s);
  node join{.kind = op::concat};
  join.axes.push_back(3);
  tensor_id const pooled = g.node({.kind = op::max_pool2d}, {a}, s);
  tensor_id const joined = g.node(join, {pooled, b}, {1, 1, 1, 2});
  g.set_ends({a, b}, {joined});
  auto const all = quantizations(g, {{-10.0f, 50.0f}, {1.0f, 245.0f}, {0.0f, 50.0f}, {0.0f, 245.0f}});
  ASSERT_TRUE(all);
  for (tensor_id id : {a, b, pooled, joined}) {
    EXPECT_EQ((*all)[static_cast<std::size_t>(id)], (quantization{1.0f, -118})) << id;
  }
}

TEST(activation_quantization, constants_have_the_range_of_their_elements_weights_have_none) {
  float_maker g;
  tensor_id const x = g.real({1, 2});
  tensor_id const c = g.reals({1, 2}, {-10.0f, 245.0f});
  tensor_id const sum = g.node({.kind = op::add}, {x, c}, {1, 2});
  tensor_id const w = g.reals({1, 2}, {3.0f, 4.0f}), bias = g.reals({1}, {1.0f});
  g.real({7}, "unused");
  g.set_ends({x}, {g.node({.kind = op::dense}, {sum, w, bias}, {1, 1})});
  low_high const one{0.0f, 1.0f};
  auto const all = quantizations(g, std::vector<low_high>(7, one));
  ASSERT_TRUE(all);
  EXPECT_EQ((*all)[static_cast<std::size_t>(c)], (quantization{1.0f, -118}));
  for (std::size_t id : {3u, 4u, 5u}) EXPECT_FALSE((*all)[id].present()) << id;
}

TEST(activation_quantization, a_missing_or_impossible_range_is_named) {
  float_maker g;
  tensor_id const x = g.real({1, 2}, "x");
  g.set_ends({x}, {g.node({.kind = op::relu, .source = 7}, {x}, {1, 2}, "y")});
  std::string const place = "net.tflite: node 0 (relu, operator 7) 'y': tensor 'y'";
  EXPECT_EQ(quantizations(g, {{0.0f, 1.0f}}).error().message,
            place + ": calibration has seen no value of it");
  EXPECT_EQ(quantizations(g, {}).error().message,
            "net.tflite: tensor 'x': calibration has seen no value of it");
  float const infinity = std::numeric_limits<float>::infinity();
  for (low_high const& wrong :
       {low_high{1.0f, 0.0f}, low_high{0.0f, infinity}, low_high{infinity - infinity, 1.0f}}) {
    auto const refused = quantizations(g, {{0.0f, 1.0f}, wrong});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::wrong_argument);
    EXPECT_EQ(refused.error().message, place + ": its range is not one of finite numbers, the lower first");
  }
}

}  // namespace
