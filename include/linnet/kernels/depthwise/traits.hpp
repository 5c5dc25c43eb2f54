// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/depthwise/descriptor.hpp>
#include <linnet/kernels/depthwise/layout.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// The reference kernel: every window, stride, dilation and channel multiplier; s8, u8 or f32 throughout.
template <>
struct traits<depthwise::problem, arch::scalar> : bare_traits {
  static constexpr packed_layout layout = packed_layout::tap_planes;
  static constexpr bool supports(depthwise::problem const& p) {
    return is_computable(p.input_type) && p.weight_type == p.input_type && p.output_type == p.input_type;
  }
  static constexpr std::int64_t packed_bytes(depthwise::problem const& p) {
    return with_arithmetic(
        p.input_type, p.rounding, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
          return depthwise::tap_planes<T, Policy>{p.taps(), p.input.channels, p.output.channels}.bytes();
        });
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
