// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <linnet/kernels/channel_pairs.hpp>

#include "support/random_values.hpp"

namespace support {

/// A layer of sums of products over int8, for packers and for what reads their streams.
struct int8_layer {
  std::vector<std::int8_t> weights;  // (channel, weight)
  std::vector<std::int32_t> bias;
  std::vector<float> scales;
  linnet::quantization input{0.05f, 7}, output{0.1f, -128};

  [[nodiscard]] linnet::kernels::channel_weights view(linnet::kernels::constants& made) const {
    made.weights = {reinterpret_cast<std::byte const*>(weights.data()), weights.size()};
    made.bias = {reinterpret_cast<std::byte const*>(bias.data()), 4 * bias.size()};
    made.weight_scales = {scales.data(), scales.size()};
    auto const channels = static_cast<std::int64_t>(bias.size());
    return {made,   static_cast<std::int64_t>(weights.size()) / channels,           channels, input,
            output, linnet::clamp_of<std::int8_t>(linnet::activation::none, output)};
  }
  /// One channel as arithmetic.md has it.
  [[nodiscard]] std::int8_t expected(std::size_t channel, std::vector<std::int8_t> const& inputs) const {
    std::size_t const count = inputs.size();
    std::int64_t sum = bias[channel];
    for (std::size_t k = 0; k < count; ++k)
      sum += std::int64_t{weights[channel * count + k]} * (inputs[k] - input.zero_point);
    auto const m = linnet::double_rounding::prepare(input.scale, scales[channel], output.scale);
    return linnet::requantize<std::int8_t, linnet::double_rounding>(static_cast<std::int32_t>(sum), m,
                                                                    output.zero_point, {-128, 127});
  }
};

/// Some of its channels are the same for all inputs.
inline int8_layer random_int8_layer(random_source& random, std::int32_t channels, std::int32_t count) {
  int8_layer made;
  made.output.zero_point = random.integer(-128, 127);
  made.input.zero_point = random.integer(-128, 127);
  for (std::int32_t i = 0; i < channels * count; ++i)
    made.weights.push_back(static_cast<std::int8_t>(random.integer(-127, 127)));
  for (std::int32_t i = 0; i < channels; ++i) {
    made.bias.push_back(random.integer(-20000, 20000) * (random.integer(0, 7) == 0 ? 3000 : 1));
    made.scales.push_back(static_cast<float>(random.integer(1, 1000)) * 1e-5f);
  }
  return made;
}

/// Inputs of a layer: the extremes at first, then any.
inline std::vector<std::int8_t> some_inputs(random_source& random, std::int32_t count, int run) {
  std::vector<std::int8_t> made;
  for (std::int32_t k = 0; k < count; ++k)
    made.push_back(static_cast<std::int8_t>(run == 0 ? -128 : run == 1 ? 127 : random.integer(-128, 127)));
  return made;
}

/// Helium's requantization by its instructions' definitions in the Armv8-M manual: VQRDMULH, the correction
/// below zero, VRSHL to the right, saturated addition of the zero point and narrowing.
inline std::int8_t requantized_in_lane(std::int32_t sum, std::int32_t q31, std::int32_t negative_shift,
                                       std::int32_t zero_point, bool rectified) {
  auto const high = static_cast<std::int32_t>((std::int64_t{sum} * q31 * 2 + (std::int64_t{1} << 31)) >> 32);
  std::int32_t const moved = rectified ? high : high + (high >> 31);
  auto const rounded = static_cast<std::int32_t>(
      (std::int64_t{moved} + (std::int64_t{1} << (-negative_shift - 1))) >> -negative_shift);
  std::int32_t const halfword = linnet::clamp<std::int32_t>(rounded, -32768, 32767);
  return static_cast<std::int8_t>(linnet::clamp<std::int32_t>(
      linnet::clamp<std::int32_t>(halfword + zero_point, -32768, 32767), -128, 127));
}

}  // namespace support
