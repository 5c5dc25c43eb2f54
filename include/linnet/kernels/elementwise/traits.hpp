// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/elementwise/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

template <>
struct traits<elementwise::rescale_problem, arch::scalar> : in_place_traits {
  static constexpr bool supports(elementwise::rescale_problem const& p) {
    if (copies(p)) return bits_per_element(p.input_type) >= 8;
    if (elementwise::is_wide(p)) {
      bool const known =
          (p.input_type == s8 && p.output_type == s16) ||
          (p.input_type == s16 && (p.output_type == s8 || p.output_type == s16 ||
                                   (p.output_type == s32 && p.activation == activation::none)));
      return known && p.rounding == rounding::double_rounding;
    }
    return (is_quantized(p.input_type) && is_quantized(p.output_type)) ||
           (p.input_type == f32 && p.output_type == f32);
  }
};

template <>
struct traits<elementwise::quantize_problem, arch::scalar> : bare_traits {
  static constexpr bool supports(elementwise::quantize_problem const& p) {
    return p.input_type == f32 && is_quantized(p.output_type);
  }
};

template <>
struct traits<elementwise::dequantize_problem, arch::scalar> : bare_traits {
  static constexpr bool supports(elementwise::dequantize_problem const& p) {
    return is_quantized(p.input_type) && p.output_type == f32;
  }
};

/// Integers: only the output quantization that the fixed-point result has, 1/256 from the lowest value up;
/// s16: 1/32768 around 0, of an input around 0 with a scale below 8/3.
template <>
struct traits<elementwise::logistic_problem, arch::scalar> : in_place_traits {
  static constexpr bool supports(elementwise::logistic_problem const& p) {
    if (p.input_type == f32) return p.output_type == f32;
    if (p.input_type == s16)
      return p.output_type == s16 && p.output_quantization == quantization{1.0f / 32768, 0} &&
             p.input_quantization.zero_point == 0 && table_steps_of(p.input_quantization.scale, false).fit();
    return is_quantized(p.input_type) && p.output_type == p.input_type &&
           has_integer_multiplier(p.rounding) &&
           p.output_quantization == quantization{1.0f / 256, p.output_type == s8 ? -128 : 0};
  }
};

template <>
struct traits<elementwise::add_problem, arch::scalar> : in_place_traits {
  static constexpr bool supports(elementwise::add_problem const& p) {
    return p.type == f32 || (is_quantized(p.type) && has_integer_multiplier(p.rounding));
  }
};

/// Cortex-M cores with DSP instructions: int8, by four integers that the packer finds.
template <>
struct traits<elementwise::add_problem, arch::arm_dsp> : in_place_traits {
  static constexpr packed_layout layout = packed_layout::linear_sum;
  static constexpr bool supports(elementwise::add_problem const& p) {
    return p.type == s8 && p.rounding == rounding::double_rounding;
  }
  static constexpr std::int64_t packed_bytes(elementwise::add_problem const&) { return 16; }
};

/// The same with one operand.
template <>
struct traits<elementwise::rescale_problem, arch::arm_dsp> : in_place_traits {
  static constexpr packed_layout layout = packed_layout::linear_sum;
  static constexpr bool supports(elementwise::rescale_problem const& p) {
    return p.input_type == s8 && p.output_type == s8 && p.rounding == rounding::double_rounding;
  }
  static constexpr std::int64_t packed_bytes(elementwise::rescale_problem const&) { return 16; }
};

/// Cores with Helium: the same.
template <>
struct traits<elementwise::add_problem, arch::arm_mve> : traits<elementwise::add_problem, arch::arm_dsp> {};
template <>
struct traits<elementwise::rescale_problem, arch::arm_mve>
    : traits<elementwise::rescale_problem, arch::arm_dsp> {};

}  // namespace linnet::inline LINNET_ISA::kernels
