// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/arch.hpp>
#include <linnet/kernels/batch_matmul/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// The reference kernel: every shape; s8, u8, s16 or f32 throughout.
template <>
struct traits<batch_matmul::problem, arch::scalar> : bare_traits {
  static constexpr bool supports(batch_matmul::problem const& p) {
    if (p.type == f32) return true;
    if (p.type == s16) return p.rounding == rounding::reduced_multiplier;
    return is_quantized(p.type) && has_integer_multiplier(p.rounding);
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
