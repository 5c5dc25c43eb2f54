// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <linnet/kernels/contract.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// The packed stream of the scalar convolution and dense kernels, in the order in which they read it: one
/// pixel of zero points, then for every output channel its folded bias, its weights and its factor, each
/// aligned to 4 bytes (the record to the bias's size).
template <class T, class Policy>
struct channel_records {
  std::int64_t weights;     ///< weights of one output channel
  std::int64_t zero_pixel;  ///< elements of the pixel of zero points; 0: none

  /// Offset of the first record, in bytes.
  [[nodiscard]] constexpr std::int64_t first() const {
    return align_up<std::int64_t>(zero_pixel * std::int64_t{sizeof(T)}, sum_size);
  }
  /// Offset of the weights in a record, in bytes.
  [[nodiscard]] constexpr std::int64_t weights_at() const { return sum_size; }
  /// Offset of the factor in a record, in bytes.
  [[nodiscard]] constexpr std::int64_t factor_at() const {
    return sum_size + align_up<std::int64_t>(weight_bytes<T, Policy>(weights), 4);
  }
  /// Bytes from record to record.
  [[nodiscard]] constexpr std::int64_t stride() const {
    return align_up<std::int64_t>(factor_at() + factor_bytes<Policy>, sum_size);
  }
  /// Bytes of the whole stream.
  [[nodiscard]] constexpr std::int64_t bytes(std::int64_t channels) const {
    return align_up<std::int64_t>(first() + channels * stride(), packed_alignment);
  }

 private:
  static constexpr std::int64_t sum_size = sizeof(accumulator<T, Policy>);
};

/// bias - zero_point * sum of the weights: with it a kernel multiplies raw inputs. Floats take the bias
/// alone. `weights` are `count` elements, `stride` bytes apart.
template <class T, class Sum>
[[nodiscard]] constexpr Sum folded_bias(Sum bias, std::byte const* weights, std::int64_t count,
                                        std::int64_t stride, std::int32_t weight_zero,
                                        std::int32_t input_zero) {
  if constexpr (sizeof(T) == 1) {  // wider inputs have no zero point
    std::int32_t sum = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      sum = wrapping_add(sum, std::int32_t{load<T>(weights + i * stride)} - weight_zero);
    }
    return wrapping_add(bias, -wrapping_multiply(input_zero, sum));
  }
  return bias;
}

/// The bias of one channel; 0 where the node has none.
template <class Sum>
[[nodiscard]] constexpr Sum bias_of(constants const& c, std::int64_t channel) {
  return c.bias.empty() ? Sum{} : load<Sum>(c.bias.data() + channel * std::int64_t{sizeof(Sum)});
}

/// The weight scale of one channel; 1 where there are none (floats).
[[nodiscard]] constexpr float weight_scale_of(constants const& c, std::int64_t channel) {
  if (c.weight_scales.empty()) return 1.0f;
  return c.weight_scales[c.weight_scales.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
}

/// The factor of one channel: made of the scales, or of the multiplier that is given in their place.
template <class Policy>
[[nodiscard]] constexpr typename Policy::factor factor_of(Policy policy, constants const& c,
                                                          std::int64_t channel, quantization const& input,
                                                          quantization const& output) {
  if constexpr (std::same_as<Policy, scaled_weights>)
    return {weight_scale_of(c, channel), bias_of<float>(c, channel)};
  if constexpr (requires(multiplier m) { policy.given(m); }) {
    if (!c.multipliers.empty())
      return policy.given(c.multipliers[c.multipliers.size() == 1 ? 0 : static_cast<std::size_t>(channel)]);
  }
  return policy.prepare(input.scale, weight_scale_of(c, channel), output.scale);
}

/// Writes number i of a list of two a byte. Numbers are written in order, the first of a byte first.
constexpr void store_nibble(std::byte* to, std::int64_t i, std::int32_t number) {
  auto const bits = static_cast<std::byte>(number & 15);
  to[i / 2] = i % 2 == 0 ? bits : to[i / 2] | bits << 4;
}
/// `folded_bias` of a channel whose weights are two a byte: `count` of them, from `first` on, every `step`th.
[[nodiscard]] constexpr std::int32_t biased_nibbles(constants const& c, std::int64_t channel,
                                                    std::int64_t count, std::int64_t first, std::int64_t step,
                                                    std::int32_t input_zero) {
  std::int32_t sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += nibble_at(c.weights.data(), first + i * step);
  return wrapping_add(bias_of<std::int32_t>(c, channel), -wrapping_multiply(input_zero, sum));
}

/// Writes `elements` zero points.
template <class T>
constexpr void store_zero_points(std::byte* to, std::int64_t elements, std::int32_t zero_point) {
  for (std::int64_t i = 0; i < elements; ++i)
    store(to + i * std::int64_t{sizeof(T)}, static_cast<T>(zero_point));
}

/// Writes the stream of `channels` records. `from.weights` is (channel, weight).
template <class T, class Policy>
constexpr void pack_channel_records(Policy policy, channel_records<T, Policy> const& records,
                                    std::int64_t channels, quantization const& input,
                                    quantization const& output, std::int32_t weight_zero,
                                    constants const& from, std::byte* to) {
  std::int64_t const size = weight_bytes<T, Policy>(records.weights);
  store_zero_points<T>(to, records.zero_pixel, input.zero_point);
  for (std::int64_t o = 0; o < channels; ++o) {
    std::byte* const record = to + records.first() + o * records.stride();
    store_factor<Policy>(record + records.factor_at(), factor_of(policy, from, o, input, output));
    if constexpr (has_nibbles<T, Policy>) {
      store(record, biased_nibbles(from, o, records.weights, o * records.weights, 1, input.zero_point));
      for (std::int64_t i = 0; i < records.weights; ++i)
        store_nibble(record + records.weights_at(), i,
                     nibble_at(from.weights.data(), o * records.weights + i));
    } else {
      std::byte const* const weights = from.weights.data() + o * size;
      copy_bytes(record + records.weights_at(), weights, static_cast<std::size_t>(size));
      if constexpr (std::same_as<Policy, scaled_weights>) {
        store(record, 0.0f);  // the factor has the bias
      } else {
        store(record, folded_bias<T>(bias_of<accumulator<T, Policy>>(from, o), weights, records.weights,
                                     sizeof(T), weight_zero, input.zero_point));
      }
    }
  }
}

/// Reads the weights of `channels` records back.
template <class T, class Policy>
constexpr void unpack_channel_records(channel_records<T, Policy> const& records, std::int64_t channels,
                                      std::byte const* packed, std::byte* weights) {
  std::int64_t const size = weight_bytes<T, Policy>(records.weights);
  for (std::int64_t o = 0; o < channels; ++o) {
    std::byte const* const held = packed + records.first() + o * records.stride() + records.weights_at();
    if constexpr (has_nibbles<T, Policy>) {
      for (std::int64_t i = 0; i < records.weights; ++i)
        store_nibble(weights, o * records.weights + i, nibble_at(held, i));
    } else {
      copy_bytes(weights + o * size, held, static_cast<std::size_t>(size));
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels
