// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/arch.hpp>
#include <linnet/kernels/traits.hpp>
#include <linnet/kernels/transpose/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels {

template <>
struct traits<transpose::problem, arch::scalar> : bare_traits {
  static constexpr bool supports(transpose::problem const& p) { return bits_per_element(p.type) >= 8; }
};

}  // namespace linnet::inline LINNET_ISA::kernels
