// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/dense/descriptor.hpp>
#include <linnet/kernels/dense/layout.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// The reference kernel: s8, u8 or f32 throughout; s8 weights between s16, f16 or s8 ones between f32, s4
/// ones between s8.
template <>
struct traits<dense::problem, arch::scalar> : bare_traits {
  static constexpr packed_layout layout = packed_layout::channel_records;
  static constexpr bool supports(dense::problem const& p) {
    return is_layer(p.input_type, p.weight_type, p.output_type, p.weight_zero_point, p.rounding) ||
           is_narrow_layer(p.input_type, p.weight_type, p.output_type, p.weight_zero_point, p.rounding);
  }
  /// The inputs of a pixel, where these are floats and it is quantized.
  static constexpr std::int64_t scratch_bytes(dense::problem const& p) {
    return is_dynamic(p) ? p.input.channels : 0;
  }
  static constexpr std::int64_t packed_bytes(dense::problem const& p) {
    return with_layer_arithmetic(p, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
      return channel_records<T, Policy>{p.input.channels, 0}.bytes(p.output.channels);
    });
  }
};

/// Cortex-M cores with DSP instructions: s8 weights between s16, from the scalar kernel's stream. Scratch:
/// the inputs of a pixel.
template <>
struct traits<dense::problem, arch::arm_dsp_general> : traits<dense::problem, arch::scalar> {
  static constexpr bool supports(dense::problem const& p) {
    return p.input_type == s16 && traits<dense::problem, arch::scalar>::supports(p);
  }
  static constexpr std::int64_t scratch_bytes(dense::problem const& p) {
    return align_up<std::int64_t>(2 * std::int64_t{p.input.channels}, 8);
  }
};

/// Cortex-M cores with DSP instructions: int8, or s8 weights between s16.
template <>
struct traits<dense::problem, arch::arm_dsp> : bare_traits {
  using of_int16 = traits<dense::problem, arch::arm_dsp_general>;
  static constexpr packed_layout layout = packed_layout::channel_quads;
  static constexpr bool supports(dense::problem const& p) {
    if (p.input_type == s16) return of_int16::supports(p);
    return p.input_type == s8 && p.weight_type == s8 && p.output_type == s8 &&
           p.rounding == rounding::double_rounding && p.weight_zero_point == 0;
  }
  static constexpr std::int64_t packed_bytes(dense::problem const& p) {
    if (p.input_type == s16) return of_int16::packed_bytes(p);
    return dense::channel_quads{p.input.channels}.bytes(p.output.channels);
  }
  static constexpr std::int64_t scratch_bytes(dense::problem const& p) {
    if (p.input_type == s16) return of_int16::scratch_bytes(p);
    return 2 * dense::channel_quads{p.input.channels}.padded();
  }
};

/// Cores with Helium: int8, or s8 weights between s16. Scratch of the latter: what the arm_dsp_general kernel
/// asks for, which takes their place where they have no proof.
template <>
struct traits<dense::problem, arch::arm_mve> : bare_traits {
  using of_int16 = traits<dense::problem, arch::arm_dsp_general>;
  static constexpr packed_layout layout = packed_layout::channel_octets;
  static constexpr bool supports(dense::problem const& p) {
    return traits<dense::problem, arch::arm_dsp>::supports(p);
  }
  static constexpr std::int64_t packed_bytes(dense::problem const& p) {
    if (p.input_type == s16) return of_int16::packed_bytes(p);
    return dense::channel_octets{p.input.channels}.bytes(p.output.channels);
  }
  static constexpr std::int64_t scratch_bytes(dense::problem const& p) {
    if (p.input_type == s16) return of_int16::scratch_bytes(p);
    std::int64_t const inputs = p.input.channels;
    return inputs % 16 == 0 ? 0 : dense::channel_octets{inputs}.padded();
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
