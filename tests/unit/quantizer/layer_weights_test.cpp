// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/quantizer/layer_weights.hpp>

#include "support/random_source.hpp"

namespace {

using namespace linnet;

layer_weights random_layer(support::random_source& random) {
  layer_weights layer;
  layer.channels = static_cast<std::size_t>(random.integer(1, 6));
  layer.channels_last = random.one_in(2);
  std::vector<double> magnitudes;
  for (std::size_t c = 0; c < layer.channels; ++c) {
    magnitudes.push_back(random.one_in(5) ? 0.0 : std::exp2(random.real(-30, 10)));
    layer.bias.push_back(random.one_in(5) ? 0.0f : static_cast<float>(random.real(-3, 3)));
  }
  layer.weights.resize(layer.channels * static_cast<std::size_t>(random.integer(1, 9)));
  for (std::size_t i = 0; i < layer.weights.size(); ++i) {
    layer.weights[i] = static_cast<float>(random.real(-1, 1) * magnitudes[layer.channel_of(i)]);
  }
  if (random.one_in(4)) layer.bias.clear();
  return layer;
}

TEST(quantize_layer, what_it_stores_is_within_half_a_step) {
  support::random_source random(11);
  for (int i = 0; i < 2000; ++i) {
    layer_weights const layer = random_layer(random);
    bool const per_channel = random.one_in(2);
    auto const input_scale = static_cast<float>(std::exp2(random.real(-12, 4)));
    auto const made = quantize_layer(layer, input_scale, per_channel);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->scales.size(), per_channel ? layer.channels : 1u);
    ASSERT_EQ(made->weights.size(), layer.weights.size());
    for (std::size_t k = 0; k < layer.weights.size(); ++k) {
      double const scale = static_cast<double>(made->scale_of(layer.channel_of(k)));
      EXPECT_GE(made->weights[k], -127);
      // The scale is a float: the largest weight may lie 127 half ulps beyond the last step.
      EXPECT_LE(std::fabs(made->weights[k] * scale - static_cast<double>(layer.weights[k])),
                0.5 * scale * (1 + 1e-4));
    }
    ASSERT_EQ(made->bias.size(), layer.bias.size());
    for (std::size_t c = 0; c < layer.bias.size(); ++c) {
      double const step = static_cast<double>(made->scale_of(c)) * static_cast<double>(input_scale);
      EXPECT_LE(std::fabs(made->bias[c] * step - static_cast<double>(layer.bias[c])),
                0.5 * step * (1 + 1e-9));
      EXPECT_LE(std::fabs(static_cast<double>(made->bias[c])), 0x1p30 * (1 + 1e-6));
    }
  }
}

TEST(quantize_layer, the_largest_weight_of_each_channel_is_127) {
  layer_weights layer{.weights = {1.0f, -4.0f, 0.5f, 0.25f}, .bias = {}, .channels = 2};
  auto made = quantize_layer(layer, 0.1f, true);
  EXPECT_EQ(made->scales, (std::vector<float>{4.0f / 127, 0.5f / 127}));
  EXPECT_EQ(made->weights, (std::vector<std::int8_t>{32, -127, 127, 64}));  // 31.75; 63.5: away from zero
  layer.channels_last = true;  // channels {1, 0.5} and {-4, 0.25}
  made = quantize_layer(layer, 0.1f, true);
  EXPECT_EQ(made->scales, (std::vector<float>{1.0f / 127, 4.0f / 127}));
  made = quantize_layer(layer, 0.1f, false);
  EXPECT_EQ(made->scales, std::vector<float>{4.0f / 127});
  EXPECT_EQ(made->weights, (std::vector<std::int8_t>{32, -127, 16, 8}));
}

TEST(quantize_layer, a_channel_of_zeros_has_the_scale_of_its_bias_or_1) {
  layer_weights layer{.weights = {0.0f, 0.0f}, .bias = {}, .channels = 2};
  EXPECT_EQ(quantize_layer(layer, 0.5f, true)->scales, (std::vector<float>{1.0f, 1.0f}));
  layer.bias = {-3.0f, 0.0f};
  auto const made = quantize_layer(layer, 0.5f, true);
  EXPECT_EQ(made->scales, (std::vector<float>{0x3p-29f, 1.0f}));  // 3 / (0.5 * 2^30)
  EXPECT_EQ(made->weights, (std::vector<std::int8_t>{0, 0}));
  EXPECT_EQ(made->bias, (std::vector<std::int32_t>{-(1 << 30), 0}));
}

TEST(quantize_layer, a_bias_far_above_its_weights_raises_their_scale) {
  layer_weights const layer{.weights = {1e-12f, 1.0f}, .bias = {2.0f, 2.0f}, .channels = 2};
  auto const made = quantize_layer(layer, 1.0f, true);
  EXPECT_EQ(made->scales, (std::vector<float>{0x1p-29f, 1.0f / 127}));
  EXPECT_EQ(made->bias, (std::vector<std::int32_t>{1 << 30, 254}));
}

TEST(quantize_layer, refuses_a_bias_that_fits_no_scale) {
  layer_weights const layer{.weights = {1.0f, 1.0f}, .bias = {0.0f, 3e38f}, .channels = 2};
  auto const made = quantize_layer(layer, 1e-30f, true);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, errc::invalid_graph);
  EXPECT_EQ(made.error().message,
            "the bias of channel 1 does not fit 32 bits: the input's scale is too small for it");
}

}  // namespace
