// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_lanes.hpp>
#include <linnet/kernels/channel_pairs.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/conv2d/pack.hpp>
#include <linnet/kernels/depthwise/column_pairs.hpp>
#include <linnet/kernels/depthwise/descriptor.hpp>
#include <linnet/kernels/depthwise/layout.hpp>
#include <linnet/kernels/depthwise/tap_pairs.hpp>
#include <linnet/kernels/int16_channels.hpp>

namespace linnet::inline LINNET_ISA::kernels::depthwise {

/// Writes the packed stream of one depthwise convolution. `from.weights` is (ky, kx, output channel); `to`
/// has as many bytes as the traits say.
constexpr void pack(problem const& p, constants const& from, std::byte* to, arch::scalar) {
  with_layer_arithmetic(p, [&]<class T, class Policy>(std::type_identity<T>, Policy policy) {
    using sum_type = accumulator<T, Policy>;
    std::int64_t const channels = p.output.channels, size = sizeof(weight_of<T, Policy>);
    tap_planes<T, Policy> const planes{p.taps(), p.input.channels, channels};
    store_zero_points<T>(to, p.input.channels, p.input_quantization.zero_point);
    copy_bytes(to + planes.weights_at(), from.weights.data(),
               static_cast<std::size_t>(weight_bytes<T, Policy>(p.taps() * channels)));
    for (std::int64_t o = 0; o < channels; ++o) {
      auto const bias = [&] {
        if constexpr (has_nibbles<T, Policy>) {
          return biased_nibbles(from, o, p.taps(), o, channels, p.input_quantization.zero_point);
        } else if constexpr (std::same_as<Policy, scaled_weights>) {
          return 0.0f;  // the factor has it
        } else {
          return folded_bias<T>(bias_of<sum_type>(from, o), from.weights.data() + o * size, p.taps(),
                                channels * size, p.weight_zero_point, p.input_quantization.zero_point);
        }
      }();
      store(to + planes.bias_at() + o * std::int64_t{sizeof(sum_type)}, bias);
      store_factor<Policy>(to + planes.factors_at() + o * factor_bytes<Policy>,
                           factor_of(policy, from, o, p.input_quantization, p.output_quantization));
    }
  });
}

namespace detail {

/// What the arm_dsp kernel has of one channel.
[[nodiscard]] constexpr fast_channel prove(problem const& p, constants const& from, std::int64_t channel) {
  multiplier const m =
      factor_of(double_rounding{}, from, channel, p.input_quantization, p.output_quantization);
  return prove_channel(bias_of<std::int32_t>(from, channel), from.weights.data() + channel, p.taps(),
                       p.output.channels, m, p.input_quantization.zero_point,
                       p.output_quantization.zero_point, clamp_for<std::int8_t>(p), single_sum_bits);
}

}  // namespace detail

/// The weights of a problem of s16 as the kernels for Cortex-M cores take them.
[[nodiscard]] constexpr int16_weights int16_weights_of(problem const& p, constants const& from) {
  return {from,
          p.rounding,
          p.taps(),
          p.output.channels,
          p.input_quantization,
          p.output_quantization,
          p.output.channels};
}
/// Writes them.
constexpr void pack_int16(problem const& p, constants const& from, std::byte* to) {
  pack_int16_planes({p.input.channels, p.output.channels}, int16_weights_of(p, from), to);
}

/// Whether the arm_dsp kernel is exact with these weights.
[[nodiscard]] constexpr bool packs(problem const& p, constants const& from, arch::arm_dsp) {
  if (p.input_type == s16) return int16_weights_of(p, from).all_exact();
  for (std::int64_t o = 0; o < p.output.channels; ++o) {
    if (!detail::prove(p, from, o).exact) return false;
  }
  return true;
}

/// Precondition: `packs`.
constexpr void pack(problem const& p, constants const& from, std::byte* to, arch::arm_dsp) {
  if (p.input_type == s16) return pack_int16(p, from, to);
  std::int64_t const channels = p.output.channels;
  store_zero_points<std::int8_t>(to, channels, p.input_quantization.zero_point);
  word_writer words{to + column_pairs::first(p.output.channels)};
  for (std::int64_t o = 0; o < channels; ++o) {
    fast_channel const c = detail::prove(p, from, o);
    auto const byte = [&](std::int64_t tap) {
      std::byte const* const at = from.weights.data() + tap * channels + o;
      return c.constant ? 0u : static_cast<std::uint32_t>(load<std::uint8_t>(at));
    };
    for (std::int64_t const row : {0, 3, 6, 0, 3})
      words.put(byte(row) | byte(row + 1) << 8 | byte(row + 1) << 16 | byte(row + 2) << 24);
    words.put(2 * c.bias);
    words.put(c.factor);
  }
}

/// The weights of a problem of one input channel, as conv2d takes them.
[[nodiscard]] constexpr channel_weights conv2d_weights_of(problem const& p, constants const& from) {
  return {from,
          p.taps(),
          p.output.channels,
          p.input_quantization,
          p.output_quantization,
          clamp_of<std::int8_t>(p.activation, p.output_quantization),
          single_sum_bits,
          p.output.channels};
}

/// Whether the arm_mve kernel is exact with these weights: the sum of two products must fit 16 bits.
[[nodiscard]] constexpr bool packs(problem const& p, constants const& from, arch::arm_mve) {
  if (p.input_type == s16) return int16_weights_of(p, from).all_exact();
  if (p.input.channels != p.output.channels) return all_lanes_exact(conv2d_weights_of(p, from));
  auto const weight = [&](std::int64_t tap, std::int64_t o) {
    return load<std::int8_t>(from.weights.data() + tap * p.output.channels + o);
  };
  for (std::int64_t o = 0; o < p.output.channels; ++o) {
    fast_channel const c = detail::prove(p, from, o);
    if (!c.exact) return false;
    for (std::int64_t tap = 0; tap + 1 < p.taps() && !c.constant; tap += 2) {
      if (weight(tap, o) == -128 && weight(tap + 1, o) == -128) return false;
    }
  }
  return true;
}

/// Precondition: `packs`.
constexpr void pack(problem const& p, constants const& from, std::byte* to, arch::arm_mve) {
  if (p.input_type == s16) return pack_int16(p, from, to);
  if (p.input.channels != p.output.channels)
    return conv2d::pack_channel_lanes(conv2d::lanes_of(p), conv2d_weights_of(p, from), to);
  tap_pairs const layout{static_cast<std::int32_t>(p.taps()), p.output.channels};
  store_zero_points<std::int8_t>(to, layout.first(), p.input_quantization.zero_point);
  word_writer words{to + layout.first()};
  for (std::int32_t block = 0; block < layout.blocks(); ++block) {
    fast_channel channels[16]{};
    lane_factor sums[16]{};
    for (std::int32_t lane = 0; lane < 16; ++lane)
      channels[lane] = detail::prove(p, from, layout.channel(block, lane));
    for (std::int32_t i = 0; i < 16; ++i) {
      sums[i] = lane_of(channels[tap_pairs::lane_of_sum(i)], p.output_quantization.zero_point);
      words.put(sums[i].bias);
    }
    for (std::int32_t tap = 0; tap < layout.taps; ++tap) {
      for (std::int32_t lane = 0; lane < 16; ++lane, ++words.to) {
        std::byte const* const at =
            from.weights.data() + tap * p.output.channels + layout.channel(block, lane);
        *words.to = channels[lane].constant ? std::byte{} : *at;
      }
    }
    for (lane_factor const& f : sums) words.put(f.q31);
    for (lane_factor const& f : sums) words.put(-f.shift);
  }
}

/// Reads the weights back, in the order that `pack` took them.
constexpr void unpack_weights(problem const& p, std::byte const* packed, std::byte* weights, arch::scalar) {
  with_layer_arithmetic(p, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
    tap_planes<T, Policy> const planes{p.taps(), p.input.channels, p.output.channels};
    copy_bytes(weights, packed + planes.weights_at(),
               static_cast<std::size_t>(weight_bytes<T, Policy>(p.taps() * p.output.channels)));
  });
}

}  // namespace linnet::inline LINNET_ISA::kernels::depthwise
