// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/channel_pairs.hpp>

// Streams for cores with Helium. Their sums are plain int32 (VMLADAVA), and a vector of channels is
// requantized at once: VQRDMULH by the mantissas, VRSHL by the shifts. Both round half up, which is TFLite's
// rule but for negative numbers in front of the shift: there one is subtracted first, or the result is below
// the least that a rectified output can have.
namespace linnet::inline LINNET_ISA::kernels {

/// How such a kernel requantizes one channel.
struct lane_factor {
  std::int32_t bias = 0, q31 = 0, shift = 1;  ///< of the sum; mantissa; shift to the right, 1 to 22
};

/// A proved channel as these kernels take it. One that is the same for all inputs has weights of zero, and a
/// bias that a quarter is taken of.
[[nodiscard]] constexpr lane_factor lane_of(fast_channel const& c, std::int32_t output_zero) {
  if (c.constant) return {4 * (c.factor.addend / 2 - output_zero), 1 << 30, 1};
  return {c.bias, c.factor.factor, c.factor.shift};
}

/// Writes the biases of `Lanes` channels, their weights 16 inputs at a time (`padded` of them), their
/// mantissas and their negative shifts. `channel_of` says which channel a lane is, `weight_at` which weight a
/// place is.
template <std::size_t Lanes, class ChannelOf, class WeightAt>
constexpr void pack_lanes(channel_weights const& w, std::int64_t padded, word_writer& to,
                          ChannelOf channel_of, WeightAt weight_at) {
  fast_channel c[Lanes]{};
  lane_factor factors[Lanes]{};
  for (std::size_t i = 0; i < Lanes; ++i) {
    c[i] = w.prove(channel_of(i));
    factors[i] = lane_of(c[i], w.output.zero_point);
  }
  for (lane_factor const& f : factors) to.put(f.bias);
  for (std::int64_t k = 0; k < padded; k += 16) {
    for (std::size_t i = 0; i < Lanes; ++i) {
      for (std::int64_t at = k; at < k + 16; ++at, ++to.to)
        store(to.to, static_cast<std::int8_t>(w.weight(channel_of(i), c[i], weight_at(at))));
    }
  }
  for (lane_factor const& f : factors) to.put(f.q31);
  for (lane_factor const& f : factors) to.put(-f.shift);
}

/// Whether all channels have a proof.
[[nodiscard]] constexpr bool all_lanes_exact(channel_weights const& w) {
  for (std::int64_t o = 0; o < w.channels; ++o) {
    if (!w.prove(o).exact) return false;
  }
  return true;
}

}  // namespace linnet::inline LINNET_ISA::kernels
