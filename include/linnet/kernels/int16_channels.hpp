// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/contract.hpp>

// Streams of layers of s8 weights between s16 for Cortex-M cores, and the proof that what those compute is
// exact. Weights stay bytes in flash, as many as the scalar kernel's stream has: they are widened when they
// are multiplied, each for several pixels at once, or while they are loaded. Sums are 32 bits where the proof
// says that no sum has more.
namespace linnet::inline LINNET_ISA::kernels {

/// One output channel as its stream has it. Under `reduced_multiplier` a sum's output is
/// round(sum * factor / 2^32), ties up: the multiplier of 15 bits, raised as far as the shift is below 32.
/// Under `double_rounding` it is round(round(2 * sum * factor / 2^32) / 2^shift), ties away from zero at
/// last.
struct int16_channel {
  bool exact = false;                            ///< there is a proof
  std::int32_t bias = 0, factor = 0, shift = 0;  ///< with what the form above takes
};

/// Proves one channel: its sums fit 32 bits (of `double_rounding` 31, since twice a sum is multiplied), and
/// its multiplier is one of those that the forms above have. Weights are `stride` bytes apart.
[[nodiscard]] constexpr int16_channel prove_int16(rounding policy, std::int64_t bias,
                                                  std::byte const* weights, std::int64_t count,
                                                  std::int64_t stride, multiplier const& m) {
  bool const reduced = policy == rounding::reduced_multiplier;
  std::int64_t room = (std::int64_t{1} << (reduced ? 31 : 30)) - 1 - (bias < 0 ? -(bias + 1) : bias);
  for (std::int64_t i = 0; i < count && room >= 0; ++i) {
    std::int32_t const w = load<std::int8_t>(weights + i * stride);
    room -= std::int64_t{w < 0 ? -w : w} << 15;
  }
  int const shift = reduced ? 15 - m.exponent : -m.exponent;
  bool const has_form = reduced ? shift >= 16 && shift <= 32 : shift >= 1 && shift <= 30;
  if (room <= 0 || m.q31 < 0 || !has_form) return {};
  if (!reduced) return {true, static_cast<std::int32_t>(bias), m.q31, shift};
  std::int32_t const q15 = m.q31 < 0x7FFF0000 ? (m.q31 + (1 << 15)) >> 16 : 0x7FFF;
  return {true, static_cast<std::int32_t>(bias), q15 << (32 - shift), 0};
}

/// The weights of a layer, (channel, weight) or (weight, channel), as a packer walks over them.
struct int16_weights {
  constants const& from;               ///< the node's constants
  rounding policy;                     ///< double_rounding or reduced_multiplier
  std::int64_t count, channels;        ///< weights of one channel; channels
  quantization const &input, &output;  ///< of the layer
  std::int64_t apart = 1;  ///< from a weight of a channel to the next: 1, or the number of channels

  [[nodiscard]] constexpr std::byte const* begin(std::int64_t channel) const {
    return from.weights.data() + (apart == 1 ? channel * count : channel);
  }
  /// The channel with its proof, if there is one.
  [[nodiscard]] constexpr int16_channel prove(std::int64_t channel) const {
    std::int64_t const bias = policy == rounding::reduced_multiplier
                                  ? bias_of<std::int64_t>(from, channel)
                                  : std::int64_t{bias_of<std::int32_t>(from, channel)};
    return prove_int16(policy, bias, begin(channel), count, apart,
                       factor_of(double_rounding{}, from, channel, input, output));
  }
  /// Whether every channel has a proof. The output's zero point must be 0.
  [[nodiscard]] constexpr bool all_exact() const {
    if (output.zero_point != 0) return false;
    for (std::int64_t o = 0; o < channels; ++o) {
      if (!prove(o).exact) return false;
    }
    return true;
  }
};

/// The packed stream of convolution and dense layers: one pixel of zero points, then for every channel its
/// bias, factor and shift, and its weights with zeros to whole words. No longer than `channel_records`.
struct int16_records {
  std::int32_t weights, zero_pixel;  ///< of one output channel; elements of the pixel of zero points

  static constexpr std::int32_t weights_at = 12;  ///< Offset of the weights in a record, in bytes.
  /// Bytes of the weights of a channel.
  [[nodiscard]] constexpr std::int32_t padded() const { return align_up<std::int32_t>(weights, 4); }
  /// Offset of the first record, in bytes.
  [[nodiscard]] constexpr std::int32_t first() const { return align_up<std::int32_t>(2 * zero_pixel, 4); }
  /// Bytes from record to record.
  [[nodiscard]] constexpr std::int32_t stride() const { return weights_at + padded(); }
};

/// Writes `int16_records`. Precondition: all channels have a proof.
constexpr void pack_int16_records(int16_records const& layout, int16_weights const& w, std::byte* to) {
  store_zero_points<std::int16_t>(to, layout.zero_pixel, w.input.zero_point);
  to += layout.first();
  for (std::int64_t o = 0; o < w.channels; ++o, to += layout.stride()) {
    int16_channel const c = w.prove(o);
    store(to, c.bias);
    store(to + 4, c.factor);
    store(to + 8, c.shift);
    for (std::int32_t i = 0; i < layout.padded(); ++i)
      to[layout.weights_at + i] = i < layout.weights ? w.begin(o)[i] : std::byte{};
  }
}

/// The packed stream of depthwise layers: a pixel of zero points, the biases, the factors, the shifts, the
/// weights tap by tap (ky, kx, output channel). No longer than the scalar kernel's.
struct int16_planes {
  std::int32_t input_channels, channels;  ///< channels: of the output

  /// Offset of the biases, in bytes.
  [[nodiscard]] constexpr std::int32_t bias_at() const {
    return align_up<std::int32_t>(2 * input_channels, 4);
  }
  /// Offset of the factors, in bytes.
  [[nodiscard]] constexpr std::int32_t factors_at() const { return bias_at() + 4 * channels; }
  /// Offset of the shifts, in bytes.
  [[nodiscard]] constexpr std::int32_t shifts_at() const { return factors_at() + 4 * channels; }
  /// Offset of the weights, in bytes.
  [[nodiscard]] constexpr std::int32_t weights_at() const { return shifts_at() + 4 * channels; }
};

/// Writes `int16_planes`. Precondition: all channels have a proof.
constexpr void pack_int16_planes(int16_planes const& layout, int16_weights const& w, std::byte* to) {
  store_zero_points<std::int16_t>(to, layout.input_channels, w.input.zero_point);
  for (std::int32_t o = 0; o < layout.channels; ++o) {
    int16_channel const c = w.prove(o);
    store(to + layout.bias_at() + 4 * o, c.bias);
    store(to + layout.factors_at() + 4 * o, c.factor);
    store(to + layout.shifts_at() + 4 * o, c.shift);
  }
  copy_bytes(to + layout.weights_at(), w.from.weights.data(), static_cast<std::size_t>(w.count * w.channels));
}

}  // namespace linnet::inline LINNET_ISA::kernels
