// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <linnet/base/math.hpp>
#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA {

/// The float constants of one convolution or dense layer.
struct layer_weights {
  std::vector<float> weights;  ///< as the network stores them
  std::vector<float> bias;     ///< one an output channel, or none
  std::size_t channels = 0;    ///< output channels
  bool channels_last = false;  ///< depthwise: weight i is of channel i % channels; else channels lie whole
  /// The output channel that weight i belongs to.
  [[nodiscard]] std::size_t channel_of(std::size_t i) const {
    return channels_last ? i % channels : i / (weights.size() / channels);
  }
};

/// The same as integers.
struct quantized_layer {
  std::vector<float> scales;         ///< one a channel, or one for all
  std::vector<std::int8_t> weights;  ///< weight = scale * stored; zero point 0
  std::vector<std::int32_t> bias;    ///< bias = input scale * scale * stored
  /// The scale of a channel's weights.
  [[nodiscard]] float scale_of(std::size_t channel) const { return scales[scales.size() == 1 ? 0 : channel]; }
};

namespace detail {

/// Stored biases stay within +-2^30: the other half of the accumulator is left to the products.
inline constexpr double most_stored_bias = 0x1p30;

[[nodiscard]] inline result<std::vector<float>> weight_scales(layer_weights const& layer, float input_scale,
                                                              bool per_channel) {
  std::vector<double> wanted(layer.channels);
  for (std::size_t i = 0; i < layer.weights.size(); ++i) {
    double& scale = wanted[layer.channel_of(i)];
    scale = max(scale, std::fabs(static_cast<double>(layer.weights[i])) / 127);
  }
  for (std::size_t c = 0; c < layer.bias.size(); ++c) {
    double const magnitude = std::fabs(static_cast<double>(layer.bias[c]));
    wanted[c] = max(wanted[c], magnitude / (static_cast<double>(input_scale) * most_stored_bias));
  }
  if (!per_channel) wanted = {*std::ranges::max_element(wanted)};
  std::vector<float> scales;
  for (double scale : wanted) {
    if (scale > static_cast<double>(std::numeric_limits<float>::max())) {
      return fail(errc::invalid_graph, "the bias of channel " + std::to_string(scales.size()) +
                                           " does not fit 32 bits: the input's scale is too small for it");
    }
    auto const nearest = static_cast<float>(scale);
    scales.push_back(nearest > 0.0f ? nearest : 1.0f);
  }
  return scales;
}

}  // namespace detail

/// Weights as int8 in [-127, 127], symmetric, per output channel or (`per_channel` false) with one scale for
/// all; biases as int32 of scale input_scale * scale; all rounded to nearest, ties away from zero. The scale
/// of a channel is the largest |weight| / 127. A bias that would not stay within +-2^30 raises it to the
/// least scale with which it does (as TFLite's AdjustWeightsForBiasScale): the channel's weights lose bits,
/// but are so small beside the bias that, up to 2^15 of them, the loss is less than a step of an output that
/// holds the bias. So a channel of zeros has the scale that its bias asks for; 1 where that is 0 too. Fails
/// (invalid_graph) where a bias does not fit with any scale. Precondition: all numbers are finite, the
/// input's scale is positive.
[[nodiscard]] inline result<quantized_layer> quantize_layer(layer_weights const& layer, float input_scale,
                                                            bool per_channel) {
  auto scales = detail::weight_scales(layer, input_scale, per_channel);
  if (!scales) return unexpected(scales.error());
  quantized_layer made{.scales = *std::move(scales), .weights = {}, .bias = {}};
  for (std::size_t i = 0; i < layer.weights.size(); ++i) {
    double const steps =
        static_cast<double>(layer.weights[i]) / static_cast<double>(made.scale_of(layer.channel_of(i)));
    auto const nearest = round_to_integer<tie::away>(steps);
    made.weights.push_back(static_cast<std::int8_t>(clamp<std::int64_t>(nearest, -127, 127)));
  }
  for (std::size_t c = 0; c < layer.bias.size(); ++c) {
    double const step = static_cast<double>(input_scale) * static_cast<double>(made.scale_of(c));
    auto const nearest = round_to_integer<tie::away>(static_cast<double>(layer.bias[c]) / step);
    made.bias.push_back(saturate<std::int32_t>(nearest));
  }
  return made;
}

}  // namespace linnet::inline LINNET_ISA
