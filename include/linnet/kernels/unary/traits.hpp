// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/arch.hpp>
#include <linnet/kernels/traits.hpp>
#include <linnet/kernels/unary/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// Integers: tanh (only steps of 1/128 around the middle; s16: of 1/32768 around 0, of an input around 0 with
/// a scale below 8/3), leaky_relu (also s16; a > 0), hard_swish
/// (s8, u8; an output scale of at least 1/128 of the input's, as it takes no shift to the left; its
/// roundings are its own).
template <>
struct traits<unary::problem, arch::scalar> : in_place_traits {
  static constexpr bool supports(unary::problem const& p) {
    if (p.function == unary_function::cast)
      return unary::is_number(p.input_type) && unary::is_number(p.output_type);
    if (p.input_type != p.output_type) return false;
    if (p.input_type == f32) return is_finite(p.a) && is_finite(p.b);
    if (!is_quantized(p.input_type) && p.input_type != s16) return false;
    if (p.function == unary_function::tanh && p.input_type == s16)
      return p.output_quantization == quantization{1.0f / 32768, 0} && p.input_quantization.zero_point == 0 &&
             table_steps_of(p.input_quantization.scale, true).fit();
    if (!has_integer_multiplier(p.rounding)) return false;
    switch (p.function) {
      case unary_function::tanh:
        return p.output_quantization == quantization{1.0f / 128, p.input_type == s8 ? 0 : 128};
      case unary_function::leaky_relu: return is_finite(p.a) && p.a > 0.0f;
      case unary_function::hard_swish: return p.input_type != s16 && unary::factors_of(p).first.exponent <= 0;
      default: return false;
    }
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
