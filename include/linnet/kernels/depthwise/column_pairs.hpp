// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels::depthwise {

/// The packed stream of the arm_dsp kernel: one pixel of zero points, then of every channel nine words: its
/// rows of three weights as bytes w0 w1 w1 w2, rows 0, 1, 2, 0, 1; twice its bias; factor, addend, shift.
struct column_pairs {
  static constexpr std::int32_t channel_bytes = 36;  ///< nine words

  /// Offset of the first channel, in bytes.
  [[nodiscard]] static constexpr std::int32_t first(std::int32_t channels) { return (channels + 3) & ~3; }
  /// Bytes of the whole stream.
  [[nodiscard]] static constexpr std::int64_t bytes(std::int64_t channels) {
    return align_up<std::int64_t>(align_up<std::int64_t>(channels, 4) + channels * channel_bytes,
                                  packed_alignment);
  }
  /// Pairs of columns that a row of outputs reads.
  [[nodiscard]] static constexpr std::int32_t pairs(std::int32_t outputs, std::int32_t stride) {
    return stride == 1 ? (outputs + 1) / 2 + 1 : outputs + 1;
  }
  /// Four channels of pairs, three rows each, and what the kernel keeps of their weights.
  [[nodiscard]] static constexpr std::int64_t scratch(std::int32_t outputs, std::int32_t stride) {
    return 4 * 12 * std::int64_t{pairs(outputs, stride)} + 240;
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels::depthwise
