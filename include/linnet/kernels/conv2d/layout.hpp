// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels::conv2d {

/// The packed stream of the arm_dsp kernel: one pixel of zero points, then for every two output channels
/// their biases, weights and factors (`pack_pairs`).
struct channel_pairs {
  std::int64_t weights;     // of one output channel
  std::int64_t zero_pixel;  // bytes of the pixel of zero points

  /// Weights of a channel with zeros to whole words.
  [[nodiscard]] constexpr std::int64_t padded() const { return align_up<std::int64_t>(weights, 4); }
  [[nodiscard]] constexpr std::int64_t first() const { return align_up<std::int64_t>(zero_pixel, 4); }
  [[nodiscard]] constexpr std::int64_t bytes(std::int64_t channels) const {
    std::int64_t const pair = 2 * 4 + 2 * padded() + 2 * 12;
    return align_up<std::int64_t>(first() + channels / 2 * pair, packed_alignment);
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d
