// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels::depthwise {

/// The packed stream of the arm_mve kernel: one pixel of zero points (of 16 channels at least), then for
/// every sixteen channels their biases, their weights tap by tap, their mantissas, their negative shifts. The
/// last sixteen end with the last channel, so that they may share some with those before; fewer than sixteen
/// are repeated.
struct tap_pairs {
  std::int32_t taps, channels;  ///< of a channel; channels of input and output alike

  /// Offset of the first sixteen channels, in bytes.
  [[nodiscard]] constexpr std::int32_t first() const { return (max(channels, std::int32_t{16}) + 3) & ~3; }
  /// How often sixteen channels are computed.
  [[nodiscard]] constexpr std::int32_t blocks() const { return (channels + 15) / 16; }
  /// Bytes of the whole stream.
  [[nodiscard]] constexpr std::int64_t bytes() const {
    return align_up<std::int64_t>(first() + std::int64_t{blocks()} * (3 * 64 + taps * 16), packed_alignment);
  }
  /// The channel that a lane of sixteen holds.
  [[nodiscard]] constexpr std::int32_t channel(std::int32_t block, std::int32_t lane) const {
    return channels < 16 ? lane % channels : min(16 * block, channels - 16) + lane;
  }
  /// Lane of 16 that is number `i` of 16 sums: bytes are widened to halfwords and these to words, even ones
  /// first.
  [[nodiscard]] static constexpr std::int32_t lane_of_sum(std::int32_t i) {
    return i % 4 * 4 + i / 4 % 2 * 2 + i / 8;
  }

  /// Where each tap's pixel is and how far it moves, four taps at a time; for fewer than sixteen channels
  /// copies of the pixels, and of the results.
  [[nodiscard]] constexpr std::int32_t listed() const { return (taps + 3) & ~3; }
  /// Bytes of working memory in a call.
  [[nodiscard]] constexpr std::int64_t scratch() const {
    return 2 * 4 * std::int64_t{listed()} + (channels < 16 ? 16 * (std::int64_t{taps} + 1) : 0);
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels::depthwise
