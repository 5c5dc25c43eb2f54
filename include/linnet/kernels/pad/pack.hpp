// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/pad/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::pad {

/// Writes the pixel of zero points that stands for everything outside the input.
constexpr void pack(problem const& p, constants const&, std::byte* to, arch::scalar) {
  with_arithmetic(p.type, rounding::double_rounding, [&]<class T>(std::type_identity<T>, auto) {
    store_zero_points<T>(to, p.output.channels, p.output_quantization.zero_point);
  });
}

}  // namespace linnet::inline LINNET_ISA::kernels::pad
