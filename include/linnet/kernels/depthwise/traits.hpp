// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/conv2d/layout.hpp>
#include <linnet/kernels/depthwise/column_pairs.hpp>
#include <linnet/kernels/depthwise/descriptor.hpp>
#include <linnet/kernels/depthwise/layout.hpp>
#include <linnet/kernels/depthwise/tap_pairs.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// The reference kernel: every window, stride, dilation and channel multiplier; s8, u8 or f32 throughout;
/// s8 weights between s16, f16 or s8 ones between f32, s4 ones between s8.
template <>
struct traits<depthwise::problem, arch::scalar> : bare_traits {
  static constexpr packed_layout layout = packed_layout::tap_planes;
  static constexpr bool supports(depthwise::problem const& p) {
    return is_layer(p.input_type, p.weight_type, p.output_type, p.weight_zero_point, p.rounding) ||
           is_narrow_layer(p.input_type, p.weight_type, p.output_type, p.weight_zero_point, p.rounding);
  }
  /// A quantized image, where the inputs are floats and it is quantized.
  static constexpr std::int64_t scratch_bytes(depthwise::problem const& p) {
    return is_dynamic(p) ? std::int64_t{p.input.height} * p.input.width * p.input.channels : 0;
  }
  static constexpr std::int64_t packed_bytes(depthwise::problem const& p) {
    return with_layer_arithmetic(p, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
      return depthwise::tap_planes<T, Policy>{p.taps(), p.input.channels, p.output.channels}.bytes();
    });
  }
};

/// Cortex-M cores with DSP instructions: int8, or s8 weights between s16 whose sums fit 32 bits; every window
/// and channel multiplier; four channels at a time where each input channel makes one. Scratch: the pixels of
/// a window.
template <>
struct traits<depthwise::problem, arch::arm_dsp_general> : traits<depthwise::problem, arch::scalar> {
  static constexpr bool supports(depthwise::problem const& p) {
    if (p.input_type == s16)
      return traits<depthwise::problem, arch::scalar>::supports(p) && p.taps() <= most_int16_products;
    return p.input_type == s8 && p.weight_type == s8 && p.output_type == s8 &&
           p.rounding == rounding::double_rounding && p.weight_zero_point == 0;
  }
  static constexpr std::int64_t scratch_bytes(depthwise::problem const& p) { return p.taps() * 4; }
};

/// Cortex-M cores with DSP instructions: int8, 3x3, one output channel an input channel, four channels at a
/// time, rectified with a zero point of -128; or s8 weights between s16.
template <>
struct traits<depthwise::problem, arch::arm_dsp> : bare_traits {
  using of_int16 = traits<depthwise::problem, arch::arm_dsp_general>;
  static constexpr packed_layout layout = packed_layout::column_pairs;
  static constexpr bool supports(depthwise::problem const& p) {
    if (p.input_type == s16) return of_int16::supports(p);
    bool const int8 = p.input_type == s8 && p.weight_type == s8 && p.output_type == s8 &&
                      p.rounding == rounding::double_rounding && p.weight_zero_point == 0;
    bool const window = p.kernel_height == 3 && p.kernel_width == 3 && p.dilation_height == 1 &&
                        p.dilation_width == 1 && (p.stride_width == 1 || p.stride_width == 2) &&
                        p.padding_left <= 1;
    return int8 && window && p.output.channels == p.input.channels && p.input.channels % 4 == 0 &&
           p.output_quantization.zero_point == -128 &&
           (p.activation == activation::relu || p.activation == activation::relu6);
  }
  static constexpr std::int64_t packed_bytes(depthwise::problem const& p) {
    return p.input_type == s16 ? of_int16::packed_bytes(p)
                               : depthwise::column_pairs::bytes(p.output.channels);
  }
  static constexpr std::int64_t scratch_bytes(depthwise::problem const& p) {
    if (p.input_type == s16) return of_int16::scratch_bytes(p);
    return depthwise::column_pairs::scratch(p.output.width, p.stride_width);
  }
  /// A call unpacks its weights and turns the rows that it shares with the call before again.
  static constexpr call_cost cost(depthwise::problem const& p) {
    if (p.input_type == s16)
      return {.call = 100, .tile = p.output.channels * (p.taps() * 3 + 20) + 60, .pixels = 1};
    std::int64_t const groups = p.output.channels / 4,
                       turn = 40 + 27 * depthwise::column_pairs::pairs(p.output.width, p.stride_width),
                       shared = max<std::int64_t>(3 - p.stride_height, 0),
                       multiply = 4 * (28 + (p.stride_width == 1 ? 14 : 21) * std::int64_t{p.output.width});
    return {.call = groups * (230 + shared * turn),
            .tile = groups * (multiply + p.stride_height * turn + 40),
            .pixels = p.output.width};
  }
  /// A row is turned for the next one's windows before the one above it is written.
  static constexpr overwriting overwrites(depthwise::problem const& p) {
    bool const in_step =
        p.input_type == s8 && p.stride_height == 1 && p.stride_width == 1 && p.padding_top <= 1;
    return in_step && p.output == p.input ? overwriting::whole : overwriting::never;
  }
};

/// Cores with Helium: int8; every window of one output channel an input channel; of one input channel what
/// conv2d computes, whose stream this then is. Or s8 weights between s16, from the scalar kernel's stream.
template <>
struct traits<depthwise::problem, arch::arm_mve> : bare_traits {
  using of_int16 = traits<depthwise::problem, arch::arm_dsp_general>;
  static constexpr packed_layout layout = packed_layout::tap_pairs;
  static constexpr depthwise::tap_pairs layout_of(depthwise::problem const& p) {
    return {static_cast<std::int32_t>(p.taps()), p.output.channels};
  }
  static constexpr bool is_conv2d(depthwise::problem const& p) {
    return p.input.channels != p.output.channels;
  }
  static constexpr bool supports(depthwise::problem const& p) {
    if (p.input_type == s16) return of_int16::supports(p);
    bool const int8 = p.input_type == s8 && p.weight_type == s8 && p.output_type == s8 &&
                      p.rounding == rounding::double_rounding && p.weight_zero_point == 0;
    bool const one_channel = p.input.channels == 1 && p.output.channels % 4 == 0 && p.dilation_height == 1 &&
                             p.dilation_width == 1;
    return int8 && (!is_conv2d(p) || one_channel);
  }
  static constexpr std::int64_t packed_bytes(depthwise::problem const& p) {
    if (p.input_type == s16) return of_int16::packed_bytes(p);
    return is_conv2d(p) ? conv2d::lanes_of(p).bytes(p.output.channels) : layout_of(p).bytes();
  }
  /// Two instructions for three products, and what a call sets up.
  static constexpr call_cost cost(depthwise::problem const& p) {
    return {.call = 500, .tile = std::int64_t{p.output.channels} * p.taps() * 2 / 3 + 60, .pixels = 1};
  }
  static constexpr std::int64_t scratch_bytes(depthwise::problem const& p) {
    if (p.input_type == s16) return of_int16::scratch_bytes(p);
    return is_conv2d(p) ? conv2d::lanes_of(p).scratch() : layout_of(p).scratch();
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
