// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>

#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/contract.hpp>

// Streams for Cortex-M cores with DSP instructions, and the proof that what those compute is exact. A
// halfword holds the weights a, b of two output channels as 256 * a + b: SMLAD on it sums 256 * A + B, on its
// low byte B, and A = ((256 * A + B) - B) / 256. A word holds two halfwords, of inputs k and k + 2 or k + 1
// and k + 3: that is how SXTB16 widens four bytes.
namespace linnet::inline LINNET_ISA::kernels {

/// How such a kernel requantizes 2 * sum, in three instructions (SMMLAR, ASR, SSAT):
/// saturate((round(2 * sum * factor / 2^32) + addend) >> shift).
struct fast_factor {
  /// The mantissa; half a unit and the output's zero point, shifted; 1 to 22.
  std::int32_t factor = 0, addend = 0, shift = 1;
};

/// One output channel as its stream has it: weights that are known not to matter are zeros.
struct fast_channel {
  bool exact = false, constant = false;  ///< there is a proof; every input gives one value
  std::int32_t bias = 0;                 ///< folded: that of raw inputs
  fast_factor factor;                    ///< how its sums are requantized
};

/// The least and the greatest sum of a channel over all inputs: `bias` is folded. 64 bits: nothing wraps
/// here.
struct sum_range {
  std::int64_t low = 0, high = 0;  ///< both are possible sums, or beyond them
};
/// Those of `count` int8 weights, `stride` bytes apart, and int8 inputs.
[[nodiscard]] constexpr sum_range range_of_sums(std::int64_t bias, std::byte const* weights,
                                                std::int64_t count, std::int64_t stride) {
  sum_range r{bias, bias};
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t const w = load<std::int8_t>(weights + i * stride);
    r.low += w >= 0 ? -128 * w : 127 * w;
    r.high += w >= 0 ? 127 * w : -128 * w;
  }
  return r;
}

/// Bits of a sum: of pairs 256 sums must fit 31 bits, else twice the sum, with room for the addend.
inline constexpr int paired_sum_bits = 23, single_sum_bits = 30;

/// Proves one int8 channel under double rounding: its sums stay within so many bits, and its multiplier
/// shifts right by 1 to 22; or every input gives one and the same output.
[[nodiscard]] constexpr fast_channel prove_channel(std::int32_t bias, std::byte const* weights,
                                                   std::int64_t count, std::int64_t stride,
                                                   multiplier const& m, std::int32_t input_zero,
                                                   std::int32_t output_zero, value_range<std::int8_t> clamp,
                                                   int sum_bits) {
  std::int64_t folded = bias;
  for (std::int64_t i = 0; i < count; ++i)
    folded -= std::int64_t{input_zero} * load<std::int8_t>(weights + i * stride);
  sum_range const sums = range_of_sums(folded, weights, count, stride);
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  std::int64_t const limit = std::int64_t{1} << sum_bits;
  if (sums.low >= -most && sums.high <= most && m.exponent <= 0) {  // monotone where nothing wraps
    auto const output = [&](std::int64_t sum) {
      return requantize<std::int8_t, double_rounding>(static_cast<std::int32_t>(sum), m, output_zero, clamp);
    };
    if (std::int32_t const value = output(sums.low); value == output(sums.high))
      return {true, true, 0, {0, 2 * value, 1}};
  }
  int const shift = -m.exponent;
  if (sums.low <= -limit || sums.high >= limit || shift < 1 || shift > 22 || m.q31 <= 0) return {};
  return {true,
          false,
          static_cast<std::int32_t>(folded),
          {m.q31, (1 << (shift - 1)) + output_zero * (1 << shift), shift}};
}

/// The two weights of a pair as a halfword.
[[nodiscard]] constexpr std::uint32_t paired(std::int32_t a, std::int32_t b) {
  return static_cast<std::uint32_t>(256 * a + b) & 0xFFFFu;
}

/// The int8 weights of a layer, (channel, weight) or (weight, channel), as a packer walks over them.
struct channel_weights {
  constants const& from;               ///< the node's constants
  std::int64_t count;                  ///< weights of one channel
  std::int64_t channels;               ///< those behind the last one are constant
  quantization const &input, &output;  ///< of the layer
  value_range<std::int8_t> clamp;      ///< of the output
  int sum_bits = paired_sum_bits;      ///< what a channel's sums must fit
  std::int64_t apart = 1;  ///< from a weight of a channel to the next: 1, or the number of channels

  [[nodiscard]] constexpr std::byte const* begin(std::int64_t channel) const {
    return from.weights.data() + (apart == 1 ? channel * count : channel);
  }
  /// The channel with its proof, if there is one.
  [[nodiscard]] constexpr fast_channel prove(std::int64_t channel) const {
    if (channel >= channels) return {true, true, 0, {0, 0, 1}};
    multiplier const m = factor_of(double_rounding{}, from, channel, input, output);
    return prove_channel(bias_of<std::int32_t>(from, channel), begin(channel), count, apart, m,
                         input.zero_point, output.zero_point, clamp, sum_bits);
  }
  /// Weight k of a channel; 0 behind the last one, and where none of them matters.
  [[nodiscard]] constexpr std::int32_t weight(std::int64_t channel, fast_channel const& c,
                                              std::int64_t k) const {
    return c.constant || k >= count ? 0 : load<std::int8_t>(begin(channel) + k * apart);
  }
  /// Whether every channel has a proof and the weights of every pair fit a halfword: -128 does not beside a
  /// negative one.
  [[nodiscard]] constexpr bool all_exact() const {
    for (std::int64_t o = 0; o < channels; o += 2) {
      fast_channel const a = prove(o), b = prove(o + 1);
      if (!a.exact || !b.exact) return false;
      for (std::int64_t k = 0; k < count; ++k) {
        if (weight(o, a, k) == -128 && weight(o + 1, b, k) < 0) return false;
      }
    }
    return true;
  }
};

/// Writes words, one behind the other.
struct word_writer {
  std::byte* to;  ///< where the next word goes
  /// Appends a word, or the three words of a factor.
  constexpr void put(std::uint32_t word) {
    store(to, word);
    to += 4;
  }
  constexpr void put(std::int32_t word) { put(static_cast<std::uint32_t>(word)); }
  constexpr void put(fast_factor const& f) {
    put(f.factor);
    put(f.addend);
    put(f.shift);
  }
};

/// Writes `Pairs` pairs of channels from `first` on: the biases 256 * A + B and B of each, their weights four
/// inputs at a time (`padded` of them), the factors of all channels.
template <std::size_t Pairs>
constexpr void pack_pairs(channel_weights const& w, std::int64_t first, std::int64_t padded,
                          word_writer& to) {
  fast_channel c[2 * Pairs]{};
  for (std::size_t i = 0; i < 2 * Pairs; ++i) c[i] = w.prove(first + static_cast<std::int64_t>(i));
  for (std::size_t p = 0; p < Pairs; ++p) {
    to.put(wrapping_add(wrapping_multiply(256, c[2 * p].bias), c[2 * p + 1].bias));
    to.put(c[2 * p + 1].bias);
  }
  for (std::int64_t k = 0; k < padded; k += 4) {
    for (std::int64_t low = k; low < k + 2; ++low) {
      for (std::size_t p = 0; p < Pairs; ++p) {
        auto const half = [&](std::int64_t i) {
          std::int64_t const a = first + 2 * static_cast<std::int64_t>(p), b = a + 1;
          return paired(w.weight(a, c[2 * p], i), w.weight(b, c[2 * p + 1], i));
        };
        to.put(half(low) | half(low + 2) << 16);
      }
    }
  }
  for (fast_channel const& channel : c) to.put(channel.factor);
}

}  // namespace linnet::inline LINNET_ISA::kernels
