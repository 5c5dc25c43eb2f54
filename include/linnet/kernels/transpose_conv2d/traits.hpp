// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/traits.hpp>
#include <linnet/kernels/transpose_conv2d/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// The reference kernel: every window, stride and dilation; s8, u8 or f32 throughout, or s8 weights between
/// s16.
template <>
struct traits<transpose_conv2d::problem, arch::scalar> : bare_traits {
  static constexpr packed_layout layout = packed_layout::channel_records;
  static constexpr bool supports(transpose_conv2d::problem const& p) {
    return is_layer(p.input_type, p.weight_type, p.output_type, p.weight_zero_point, p.rounding);
  }
  static constexpr std::int64_t packed_bytes(transpose_conv2d::problem const& p) {
    return with_arithmetic(
        p.input_type, p.rounding, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
          return channel_records<T, Policy>{p.taps() * p.input.channels, 0}.bytes(p.output.channels);
        });
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
