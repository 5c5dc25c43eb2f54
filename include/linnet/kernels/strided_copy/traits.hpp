// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/arch.hpp>
#include <linnet/kernels/strided_copy/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

template <>
struct traits<strided_copy::problem, arch::scalar> : bare_traits {
  static constexpr bool supports(strided_copy::problem const& p) { return bits_per_element(p.type) >= 8; }
};

}  // namespace linnet::inline LINNET_ISA::kernels
