// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/mean/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// State: one sum for each element of an output row. Integer sums are exact up to 2^23 elements, of 16 bits
/// up to 2^15; those have the zero point 0, as in TFLite.
template <>
struct traits<mean::problem, arch::scalar> : folding_traits {
  static constexpr bool supports(mean::problem const& p) {
    if (p.count() >= (std::int64_t{1} << (p.type == s16 ? 15 : 23))) return false;
    if (p.type == s16 && (p.input_quantization.zero_point != 0 || p.output_quantization.zero_point != 0))
      return false;
    return p.type == f32 || ((is_quantized(p.type) || p.type == s16) && has_integer_multiplier(p.rounding));
  }
  static constexpr std::int64_t scratch_bytes(mean::problem const& p) {
    return std::int64_t{p.output_width()} * p.output_channels() * 4;
  }
};

/// Cortex-M cores with DSP instructions: int8, four channels at a time, at most 256 pixels of a row.
template <>
struct traits<mean::problem, arch::arm_dsp> : traits<mean::problem, arch::scalar> {
  static constexpr bool supports(mean::problem const& p) {
    return traits<mean::problem, arch::scalar>::supports(p) && p.type == s8 && !p.over_channels &&
           p.input.channels % 4 == 0 && (!p.over_width || p.input.width <= 256);
  }
};

/// Cores with Helium: int8, four channels at a time.
template <>
struct traits<mean::problem, arch::arm_mve> : traits<mean::problem, arch::scalar> {
  static constexpr bool supports(mean::problem const& p) {
    return traits<mean::problem, arch::scalar>::supports(p) && p.type == s8 && !p.over_channels &&
           p.input.channels % 4 == 0;
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
