// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/arch.hpp>
#include <linnet/kernels/binary/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// An operand of the output's size has all its elements in the output's order: it may be overwritten.
template <>
struct traits<binary::problem, arch::scalar> : bare_traits {
  static constexpr bool supports(binary::problem const& p) {
    if (p.type == f32) return true;
    if (!is_quantized(p.type) && p.type != s16) return false;
    switch (p.function) {
      case binary_function::div: return false;
      case binary_function::maximum:
      case binary_function::minimum:
        return p.a_quantization == p.output_quantization && p.b_quantization == p.output_quantization;
      default: return has_integer_multiplier(p.rounding);
    }
  }
  static constexpr overwriting overwrites(binary::problem const& p) {
    return p.repeats() ? overwriting::whole : overwriting::rows;
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
