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
    return p.type == f32 || (p.reduction != reduction::sum && (is_quantized(p.type) || p.type == s16));
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
