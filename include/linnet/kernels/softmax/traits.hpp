// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/arch.hpp>
#include <linnet/kernels/softmax/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// Integers: only the output quantization that the fixed-point result has, 1/256 from the lowest value up
/// (s8 to s16: 1/65536), and at most 4095 channels (what the sum's 12 integer bits hold). s16: steps of
/// 1/32768 from 0 up, fewer than 2^16 channels.
template <>
struct traits<softmax::problem, arch::scalar> : in_place_traits {
  static constexpr bool supports(softmax::problem const& p) {
    if (p.widens && p.type != s8) return false;
    if (p.type == f32) return is_finite(p.beta);
    if (p.logarithm || !(p.beta > 0.0f) || !is_finite(p.beta)) return false;
    if (p.type == s16)
      return p.image.channels < (1 << 16) && p.output_quantization == quantization{1.0f / 32768, 0};
    if (!is_quantized(p.type) || p.image.channels >= 4096) return false;
    if (p.widens) return p.output_quantization == quantization{1.0f / 65536, -32768};
    return p.output_quantization == quantization{1.0f / 256, p.type == s8 ? -128 : 0};
  }
};

/// Cortex-M cores with DSP instructions: int8. The powers of a pixel are kept from the sum to the quotients.
template <>
struct traits<softmax::problem, arch::arm_dsp> : traits<softmax::problem, arch::scalar> {
  static constexpr bool supports(softmax::problem const& p) {
    return p.type == s8 && !p.widens && traits<softmax::problem, arch::scalar>::supports(p);
  }
  static constexpr std::int64_t scratch_bytes(softmax::problem const& p) {
    return std::int64_t{p.image.channels} * 4;
  }
};

/// Cores with Helium: int8.
template <>
struct traits<softmax::problem, arch::arm_mve> : traits<softmax::problem, arch::scalar> {
  static constexpr bool supports(softmax::problem const& p) {
    return p.type == s8 && !p.widens && traits<softmax::problem, arch::scalar>::supports(p);
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
