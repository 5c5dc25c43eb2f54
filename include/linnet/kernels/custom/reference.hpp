// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/custom/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::custom {

/// Some rows, or a whole tensor, by the user's kernel.
inline void rows(descriptor const& d, row_window a, row_window b, row_span const& out, std::byte const*,
                 std::byte* scratch, arch::scalar) {
  d.run({d.problem, {a, b}, out, scratch});
}

}  // namespace linnet::inline LINNET_ISA::kernels::custom
