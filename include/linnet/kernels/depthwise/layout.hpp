// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/contract.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels::depthwise {

/// The packed stream of the scalar kernel: a pixel of zero points, the folded biases, the weights tap by tap
/// (ky, kx, output channel), the factors; each part aligned to 4 bytes, the biases to their size.
template <class T, class Policy>
struct tap_planes {
  std::int64_t taps, input_channels, output_channels;  ///< of a channel; channels of input and output

  /// Offset of the biases, in bytes.
  [[nodiscard]] constexpr std::int64_t bias_at() const {
    return align_up<std::int64_t>(input_channels * std::int64_t{sizeof(T)}, sum_size);
  }
  /// Offset of the weights, in bytes.
  [[nodiscard]] constexpr std::int64_t weights_at() const { return bias_at() + output_channels * sum_size; }
  /// Offset of the factors, in bytes.
  [[nodiscard]] constexpr std::int64_t factors_at() const {
    return align_up<std::int64_t>(weights_at() + weight_bytes<T, Policy>(taps * output_channels), 4);
  }
  /// Bytes of the whole stream.
  [[nodiscard]] constexpr std::int64_t bytes() const {
    return align_up<std::int64_t>(factors_at() + output_channels * factor_bytes<Policy>, packed_alignment);
  }

 private:
  static constexpr std::int64_t sum_size = sizeof(accumulator<T, Policy>);
};

}  // namespace linnet::inline LINNET_ISA::kernels::depthwise
