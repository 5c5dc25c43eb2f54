// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/resize/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// Packed: where rows and columns come from. Integers have no stated scales, and no `center_of_one`.
template <>
struct traits<resize::problem, arch::scalar> : bare_traits {
  static constexpr packed_layout layout = packed_layout::sampled_entries;
  static constexpr bool supports(resize::problem const& p) {
    for (float stated : {p.rows_stated, p.columns_stated}) {
      if (!is_finite(stated) || stated < 0.0f) return false;
    }
    if (p.how.method == interpolation::nearest) return bits_per_element(p.type) >= 8;
    if (p.type == f32) return true;
    return (p.type == s8 || p.type == s16) && p.rows_stated == 0.0f && p.columns_stated == 0.0f &&
           p.how.sampling != sampling::center_of_one;
  }
  static constexpr std::int64_t packed_bytes(resize::problem const& p) {
    return std::int64_t{8} * (p.output.height + p.output.width);
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
