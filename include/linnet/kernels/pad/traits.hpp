// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/pad/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// Packed: one output pixel of what lies around. Values that the type holds; of half floats 0.
template <>
struct traits<pad::problem, arch::scalar> : bare_traits {
  static constexpr packed_layout layout = packed_layout::zero_pixel;
  static constexpr bool supports(pad::problem const& p) {
    if (bits_per_element(p.type) < 8) return false;
    if (p.value == 0.0f || p.type == f32) return true;
    double const stored = static_cast<double>(p.value) + p.output_quantization.zero_point;
    switch (p.type) {
      case s8: return stored >= -128 && stored <= 127;
      case u8: return stored >= 0 && stored <= 255;
      case s16: return stored >= -32768 && stored <= 32767;
      case s32: return stored >= -0x1p31 && stored < 0x1p31;
      default: return false;
    }
  }
  static constexpr std::int64_t packed_bytes(pad::problem const& p) {
    return align_up<std::int64_t>(bytes_of(p.type, p.output.channels), packed_alignment);
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
