// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/pool/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// State: one sum for each element of an output row.
template <>
struct traits<pool::average_problem, arch::scalar> : folding_traits {
  static constexpr bool supports(pool::average_problem const& p) {
    if (p.type == s16) return std::int64_t{p.kernel_height} * p.kernel_width < 65536;  // sums of 32 bits
    return is_computable(p.type);
  }
  static constexpr std::int64_t scratch_bytes(pool::average_problem const& p) {
    return std::int64_t{p.output.width} * p.output.channels * 4;
  }
};

/// Cortex-M cores with DSP instructions: int8, four channels at a time, at most 256 columns a window.
template <>
struct traits<pool::average_problem, arch::arm_dsp> : traits<pool::average_problem, arch::scalar> {
  static constexpr bool supports(pool::average_problem const& p) {
    return p.type == s8 && p.input.channels % 4 == 0 && p.kernel_width <= 256;
  }
};

/// Cores with Helium: int8, four channels at a time.
template <>
struct traits<pool::average_problem, arch::arm_mve> : traits<pool::average_problem, arch::scalar> {
  static constexpr bool supports(pool::average_problem const& p) {
    return p.type == s8 && p.input.channels % 4 == 0;
  }
};

/// The output row itself is the state.
template <>
struct traits<pool::max_problem, arch::scalar> : folding_traits {
  static constexpr bool supports(pool::max_problem const& p) {
    return is_computable(p.type) || p.type == s16;
  }
};

/// Cortex-M cores with DSP instructions: int8, four channels at a time.
template <>
struct traits<pool::max_problem, arch::arm_dsp> : traits<pool::max_problem, arch::scalar> {
  static constexpr bool supports(pool::max_problem const& p) {
    return p.type == s8 && p.input.channels % 4 == 0;
  }
};

/// Cores with Helium: int8.
template <>
struct traits<pool::max_problem, arch::arm_mve> : traits<pool::max_problem, arch::scalar> {
  static constexpr bool supports(pool::max_problem const& p) { return p.type == s8; }
};

}  // namespace linnet::inline LINNET_ISA::kernels
