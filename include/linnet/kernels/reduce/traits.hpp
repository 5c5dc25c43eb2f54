// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/arch.hpp>
#include <linnet/kernels/reduce/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// The output row itself is the state.
template <>
struct traits<reduce::problem, arch::scalar> : folding_traits {
  static constexpr bool supports(reduce::problem const& p) {
    if (gives_index(p.reduction)) {
      bool const along_channels = p.over_channels && !p.over_height && !p.over_width;
      return along_channels && (p.type == f32 || is_quantized(p.type) || p.type == s16) &&
             (p.index_type == s32 || p.index_type == s64);
    }
    return p.type == f32 || (p.reduction != reduction::sum && (is_quantized(p.type) || p.type == s16));
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
