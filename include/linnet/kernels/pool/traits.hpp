// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/pool/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// State: one sum for each element of an output row.
template <>
struct traits<pool::average_problem, arch::scalar> : folding_traits {
  static constexpr bool supports(pool::average_problem const& p) { return is_computable(p.type); }
  static constexpr std::int64_t scratch_bytes(pool::average_problem const& p) {
    return std::int64_t{p.output.width} * p.output.channels * 4;
  }
};

/// The output row itself is the state.
template <>
struct traits<pool::max_problem, arch::scalar> : folding_traits {
  static constexpr bool supports(pool::max_problem const& p) { return is_computable(p.type); }
};

}  // namespace linnet::inline LINNET_ISA::kernels
