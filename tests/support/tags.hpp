// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/traits.hpp>

namespace support {

/// Calls `f` with every architecture tag that linnet knows.
template <class F>
constexpr void for_each_tag(F&& f) {
  using namespace linnet::arch;
  f(scalar{}), f(arm_dsp_general{}), f(arm_dsp{}), f(arm_mve{});
  f(neon64{}), f(neon64_dot{}), f(neon64_i8mm{});
  f(avx2{}), f(avx_vnni{}), f(avx512bw{}), f(avx512_vnni{}), f(amx_int8{});
}

/// A tag whose instructions this build may use, and for which the family has a kernel of its own.
template <class Problem, class Tag>
concept Runnable =
    std::derived_from<linnet::arch::native, Tag> && linnet::kernels::traits<Problem, Tag>::exists;

/// Calls `f` with every tag whose kernel of this family the machine can run.
template <class Problem, class F>
void for_each_runnable(F&& f) {
  for_each_tag([&]<class Tag>(Tag tag) {
    if constexpr (Runnable<Problem, Tag>) f(tag);
  });
}

}  // namespace support
