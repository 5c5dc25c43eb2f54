// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_lanes.hpp>
#include <linnet/kernels/channel_pairs.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/dense/descriptor.hpp>
#include <linnet/kernels/dense/layout.hpp>
#include <linnet/kernels/int16_channels.hpp>

namespace linnet::inline LINNET_ISA::kernels::dense {

/// Writes the packed stream of one dense layer. `from.weights` is (unit, input); `to` has as many bytes as
/// the traits say.
constexpr void pack(problem const& p, constants const& from, std::byte* to, arch::scalar) {
  with_layer_arithmetic(p, [&]<class T, class Policy>(std::type_identity<T>, Policy policy) {
    pack_channel_records<T, Policy>(policy, {p.input.channels, 0}, p.output.channels, p.input_quantization,
                                    p.output_quantization, p.weight_zero_point, from, to);
  });
}

/// The weights of a problem of s16 as the kernels for Cortex-M cores take them.
[[nodiscard]] constexpr int16_weights int16_weights_of(problem const& p, constants const& from) {
  return {from, p.rounding, p.input.channels, p.output.channels, p.input_quantization, p.output_quantization};
}
/// Writes them.
constexpr void pack_int16(problem const& p, constants const& from, std::byte* to) {
  pack_int16_records({static_cast<std::int32_t>(p.input.channels), 0}, int16_weights_of(p, from), to);
}

/// The weights of a problem as the arm_dsp kernel takes them.
[[nodiscard]] constexpr channel_weights weights_of(problem const& p, constants const& from) {
  return {from,
          p.input.channels,
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
  word_writer words{to};
  for (std::int64_t o = 0; o < p.output.channels; o += 4)
    pack_pairs<2>(weights_of(p, from), o, channel_quads{p.input.channels}.padded(), words);
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

/// Precondition: `packs`.
constexpr void pack(problem const& p, constants const& from, std::byte* to, arch::arm_mve) {
  if (p.input_type == s16) return pack_int16(p, from, to);
  word_writer words{to};
  for (std::int64_t o = 0; o < p.output.channels; o += 8) {
    pack_lanes<8>(
        detail::single_weights_of(p, from), channel_octets{p.input.channels}.padded(), words,
        [&](std::size_t lane) { return o + channel_octets::unit_of(static_cast<std::int64_t>(lane)); },
        [](std::int64_t place) { return place; });
  }
}

/// Reads the weights back, in the order that `pack` took them.
constexpr void unpack_weights(problem const& p, std::byte const* packed, std::byte* weights, arch::scalar) {
  with_layer_arithmetic(p, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
    unpack_channel_records<T, Policy>({p.input.channels, 0}, p.output.channels, packed, weights);
  });
}

}  // namespace linnet::inline LINNET_ISA::kernels::dense
