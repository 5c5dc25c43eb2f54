// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/pad/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// Packed: one output pixel of zero points.
template <>
struct traits<pad::problem, arch::scalar> : bare_traits {
  static constexpr packed_layout layout = packed_layout::zero_pixel;
  static constexpr bool supports(pad::problem const& p) { return is_computable(p.type); }
  static constexpr std::int64_t packed_bytes(pad::problem const& p) {
    return align_up<std::int64_t>(bytes_of(p.type, p.output.channels), packed_alignment);
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
