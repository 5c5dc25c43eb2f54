// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/arch.hpp>
#include <linnet/kernels/softmax/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// Integers: only the output quantization that the fixed-point result has, 1/256 from the lowest value up,
/// and at most 4095 channels (what the sum's 12 integer bits hold).
template <>
struct traits<softmax::problem, arch::scalar> : in_place_traits {
  static constexpr bool supports(softmax::problem const& p) {
    if (p.type == f32) return is_finite(p.beta);
    return !p.logarithm && is_quantized(p.type) && p.beta > 0.0f && is_finite(p.beta) &&
           p.image.channels < 4096 &&
           p.output_quantization == quantization{1.0f / 256, p.type == s8 ? -128 : 0};
  }
};

/// Cortex-M cores with DSP instructions: int8. The powers of a pixel are kept from the sum to the quotients.
template <>
struct traits<softmax::problem, arch::arm_dsp> : traits<softmax::problem, arch::scalar> {
  static constexpr bool supports(softmax::problem const& p) {
    return p.type == s8 && traits<softmax::problem, arch::scalar>::supports(p);
  }
  static constexpr std::int64_t scratch_bytes(softmax::problem const& p) {
    return std::int64_t{p.image.channels} * 4;
  }
};

/// Cores with Helium: int8.
template <>
struct traits<softmax::problem, arch::arm_mve> : traits<softmax::problem, arch::scalar> {
  static constexpr bool supports(softmax::problem const& p) {
    return p.type == s8 && traits<softmax::problem, arch::scalar>::supports(p);
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
