// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_lanes.hpp>
#include <linnet/kernels/channel_pairs.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/conv2d/descriptor.hpp>
#include <linnet/kernels/conv2d/layout.hpp>
#include <linnet/kernels/int16_channels.hpp>

namespace linnet::inline LINNET_ISA::kernels::conv2d {

/// Writes the packed stream of one convolution. `from.weights` is (output channel, ky, kx, input channel);
/// `to` has as many bytes as the traits say.
constexpr void pack(problem const& p, constants const& from, std::byte* to, arch::scalar) {
  with_layer_arithmetic(p, [&]<class T, class Policy>(std::type_identity<T>, Policy policy) {
    pack_channel_records<T, Policy>(policy, {p.taps() * p.input.channels, p.input.channels},
                                    p.output.channels, p.input_quantization, p.output_quantization,
                                    p.weight_zero_point, from, to);
  });
}

/// The weights of a problem of s16 as the kernels for Cortex-M cores take them.
[[nodiscard]] constexpr int16_weights int16_weights_of(problem const& p, constants const& from) {
  return {from,
          p.rounding,
          p.taps() * p.input.channels,
          p.output.channels,
          p.input_quantization,
          p.output_quantization};
}
/// Writes them.
constexpr void pack_int16(problem const& p, constants const& from, std::byte* to) {
  pack_int16_records({static_cast<std::int32_t>(p.taps() * p.input.channels), p.input.channels},
                     int16_weights_of(p, from), to);
}

/// The weights of a problem as the arm_dsp kernel takes them.
[[nodiscard]] constexpr channel_weights weights_of(problem const& p, constants const& from) {
  return {from,
          p.taps() * p.input.channels,
          p.output.channels,
          p.input_quantization,
          p.output_quantization,
          clamp_for<std::int8_t>(p)};
}

/// Whether the arm_dsp kernel is exact with these weights.
[[nodiscard]] constexpr bool packs(problem const& p, constants const& from, arch::arm_dsp) {
  if (p.input_type == s16) return int16_weights_of(p, from).all_exact();
  return weights_of(p, from).all_exact();
}

/// Precondition: `packs`.
constexpr void pack(problem const& p, constants const& from, std::byte* to, arch::arm_dsp) {
  if (p.input_type == s16) return pack_int16(p, from, to);
  channel_pairs const layout{p.taps() * p.input.channels, p.input.channels};
  store_zero_points<std::int8_t>(to, layout.zero_pixel, p.input_quantization.zero_point);
  word_writer words{to + layout.first()};
  for (std::int64_t o = 0; o < p.output.channels; o += 2)
    pack_pairs<1>(weights_of(p, from), o, layout.padded(), words);
}

namespace detail {

/// The weights of a problem as the arm_mve kernel takes them.
[[nodiscard]] constexpr channel_weights single_weights_of(problem const& p, constants const& from) {
  channel_weights made = weights_of(p, from);
  made.sum_bits = single_sum_bits;
  return made;
}

}  // namespace detail

/// Whether the arm_mve kernel is exact with these weights.
[[nodiscard]] constexpr bool packs(problem const& p, constants const& from, arch::arm_mve) {
  if (p.input_type == s16) return int16_weights_of(p, from).all_exact();
  return all_lanes_exact(detail::single_weights_of(p, from));
}

/// Writes `channel_lanes`. Precondition: all channels have a proof.
constexpr void pack_channel_lanes(channel_lanes const& layout, channel_weights const& weights,
                                  std::byte* to) {
  store_zero_points<std::int8_t>(to, layout.channels, weights.input.zero_point);
  word_writer words{to + layout.first()};
  for (std::int64_t o = 0; o < weights.channels; o += 4) {
    pack_lanes<4>(
        weights, layout.padded(), words,
        [&](std::size_t lane) { return o + static_cast<std::int64_t>(lane); },
        [&](std::int64_t place) { return layout.weight_at(place); });
  }
}

/// Precondition: `packs`.
constexpr void pack(problem const& p, constants const& from, std::byte* to, arch::arm_mve) {
  if (p.input_type == s16) return pack_int16(p, from, to);
  pack_channel_lanes(lanes_of(p), detail::single_weights_of(p, from), to);
}

/// Reads the weights back, in the order that `pack` took them.
constexpr void unpack_weights(problem const& p, std::byte const* packed, std::byte* weights, arch::scalar) {
  with_layer_arithmetic(p, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
    unpack_channel_records<T, Policy>({p.taps() * p.input.channels, p.input.channels}, p.output.channels,
                                      packed, weights);
  });
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d
