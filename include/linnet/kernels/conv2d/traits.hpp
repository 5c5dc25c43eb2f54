// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/conv2d/descriptor.hpp>
#include <linnet/kernels/conv2d/layout.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// The reference kernel: every window, stride and dilation; s8, u8 or f32 throughout; s8 weights between s16,
/// f16 or s8 ones between f32, s4 ones between s8.
template <>
struct traits<conv2d::problem, arch::scalar> : bare_traits {
  static constexpr packed_layout layout = packed_layout::channel_records;
  static constexpr bool supports(conv2d::problem const& p) {
    return is_layer(p.input_type, p.weight_type, p.output_type, p.weight_zero_point, p.rounding) ||
           is_narrow_layer(p.input_type, p.weight_type, p.output_type, p.weight_zero_point, p.rounding);
  }
  /// A quantized image, where the inputs are floats and it is quantized.
  static constexpr std::int64_t scratch_bytes(conv2d::problem const& p) {
    return is_dynamic(p) ? std::int64_t{p.input.height} * p.input.width * p.input.channels : 0;
  }
  static constexpr std::int64_t packed_bytes(conv2d::problem const& p) {
    return with_layer_arithmetic(p, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
      return channel_records<T, Policy>{p.taps() * p.input.channels, p.input.channels}.bytes(
          p.output.channels);
    });
  }
};

/// Cortex-M cores with DSP instructions: s8 weights between s16, from the scalar kernel's stream. Scratch:
/// the inputs of a window.
template <>
struct traits<conv2d::problem, arch::arm_dsp_general> : traits<conv2d::problem, arch::scalar> {
  static constexpr bool supports(conv2d::problem const& p) {
    return p.input_type == s16 && traits<conv2d::problem, arch::scalar>::supports(p);
  }
  static constexpr std::int64_t scratch_bytes(conv2d::problem const& p) {
    return align_up<std::int64_t>(2 * p.taps() * p.input.channels, 8);
  }
};

/// Cortex-M cores with DSP instructions: int8, an even number of output channels, no dilation; or s8 weights
/// between s16.
template <>
struct traits<conv2d::problem, arch::arm_dsp> : bare_traits {
  using of_int16 = traits<conv2d::problem, arch::arm_dsp_general>;
  static constexpr packed_layout layout = packed_layout::channel_pairs;
  static constexpr conv2d::channel_pairs layout_of(conv2d::problem const& p) {
    return {p.taps() * p.input.channels, p.input.channels};
  }
  static constexpr bool supports(conv2d::problem const& p) {
    if (p.input_type == s16) return of_int16::supports(p);
    return p.input_type == s8 && p.weight_type == s8 && p.output_type == s8 &&
           p.rounding == rounding::double_rounding && p.weight_zero_point == 0 &&
           p.output.channels % 2 == 0 && p.dilation_height == 1 && p.dilation_width == 1;
  }
  static constexpr std::int64_t packed_bytes(conv2d::problem const& p) {
    return p.input_type == s16 ? of_int16::packed_bytes(p) : layout_of(p).bytes(p.output.channels);
  }
  /// Four pixels, widened, and what is gathered of them: a kernel row each, or their whole windows and the
  /// rows that these are copied from; of s16 one window.
  static constexpr std::int64_t scratch_bytes(conv2d::problem const& p) {
    std::int64_t const padded = layout_of(p).padded(), channels = p.input.channels;
    if (p.input_type == s16) return 10 * padded;
    if (channels % 4 == 0) return 8 * padded + 4 * p.kernel_width * channels;
    std::int64_t const row = std::int64_t{p.output.width - 1} * p.stride_width + p.kernel_width;
    return 12 * padded + p.kernel_height * row * channels;
  }
  /// Four pixels at a time, whose products take 23 instructions for 25.
  static constexpr call_cost cost(conv2d::problem const& p) {
    std::int64_t const padded = layout_of(p).padded();
    if (p.input_type == s16)
      return {.call = 150, .tile = p.output.channels * (padded * 15 / 4 + 60) + padded * 20, .pixels = 4};
    return {.call = 150, .tile = padded * p.output.channels * 4 * 23 / 25 + padded * 4 + 400, .pixels = 4};
  }
  /// Pixels by themselves are widened before they are written.
  static constexpr overwriting overwrites(conv2d::problem const& p) {
    bool const by_pixels = p.input_type == s8 && p.taps() == 1 && p.stride_height == 1 &&
                           p.stride_width == 1 && p.input.channels % 4 == 0 && p.output == p.input;
    return by_pixels ? overwriting::rows : overwriting::never;
  }
};

/// Cores with Helium: int8, output channels in fours, no dilation; or s8 weights between s16.
template <>
struct traits<conv2d::problem, arch::arm_mve> : bare_traits {
  using of_int16 = traits<conv2d::problem, arch::arm_dsp_general>;
  static constexpr packed_layout layout = packed_layout::channel_lanes;
  static constexpr bool supports(conv2d::problem const& p) {
    return of_int16::supports(p) ||
           (traits<conv2d::problem, arch::arm_dsp>::supports(p) && p.output.channels % 4 == 0);
  }
  static constexpr std::int64_t packed_bytes(conv2d::problem const& p) {
    return p.input_type == s16 ? of_int16::packed_bytes(p) : lanes_of(p).bytes(p.output.channels);
  }
  /// Four products in an instruction, and what a call sets up.
  static constexpr call_cost cost(conv2d::problem const& p) {
    std::int64_t const inputs = p.taps() * p.input.channels;
    if (p.input_type == s16) return {.call = 100, .tile = (inputs / 3 + 60) * p.output.channels, .pixels = 1};
    return {.call = 500, .tile = lanes_of(p).bytes(p.output.channels) / 4 + 60, .pixels = 1};
  }
  static constexpr std::int64_t scratch_bytes(conv2d::problem const& p) {
    return p.input_type == s16 ? of_int16::scratch_bytes(p) : lanes_of(p).scratch();
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
