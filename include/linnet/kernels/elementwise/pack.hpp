// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>

#include <linnet/base/bytes.hpp>
#include <linnet/config/arch.hpp>
#include <linnet/kernels/elementwise/linear_sum.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels::elementwise {

/// Whether an addition or a rescaling has a linear form.
template <class Problem>
  requires(std::same_as<Problem, add_problem> || std::same_as<Problem, rescale_problem>)
[[nodiscard]] constexpr bool packs(Problem const& p, constants const&, arch::arm_dsp) {
  return find_linear_sum(p).found;
}

/// Its four integers. Precondition: `packs`.
template <class Problem>
  requires(std::same_as<Problem, add_problem> || std::same_as<Problem, rescale_problem>)
constexpr void pack(Problem const& p, constants const&, std::byte* to, arch::arm_dsp) {
  linear_sum const sum = find_linear_sum(p);
  store(to, sum.a_factor);
  store(to + 4, sum.b_factor);
  store(to + 8, sum.addend);
  store(to + 12, sum.shift);
}

}  // namespace linnet::inline LINNET_ISA::kernels::elementwise
