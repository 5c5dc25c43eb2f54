// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/bytes.hpp>
#include <linnet/config/arch.hpp>
#include <linnet/kernels/pad/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::pad {

/// Writes the pixel that stands for everything outside the input.
constexpr void pack(problem const& p, constants const&, std::byte* to, arch::scalar) {
  auto const fill = [&](auto value) {
    for (std::int64_t i = 0; i < p.output.channels; ++i) store(to + i * std::int64_t{sizeof value}, value);
  };
  if (p.type == f32) return fill(p.value);
  auto const value = static_cast<std::int64_t>(p.value) + p.output_quantization.zero_point;
  switch (bits_per_element(p.type)) {
    case 64: return fill(value);
    case 32: return fill(static_cast<std::int32_t>(value));
    case 16: return fill(static_cast<std::int16_t>(value));
    default: return fill(static_cast<std::int8_t>(value));
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::pad
