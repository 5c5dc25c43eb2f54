// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/arch.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <cstddef>
#include <cstdint>

#include <arm_mve.h>

#include <linnet/kernels/contract.hpp>
#include <linnet/quantization/requantize.hpp>

// What the kernels for cores with Helium have in common. Vectors of bytes may begin at any address.
namespace linnet::inline LINNET_ISA::kernels::mve {

/// Copies `count` bytes that do not overlap; reads and writes no others.
[[gnu::always_inline]] inline void copy(std::byte* to, std::byte const* from, std::int32_t count) {
  asm volatile(R"(
      wlstp.8 lr, %2, 2f
    1:
      vldrb.8 q0, [%1], #16
      vstrb.8 q0, [%0], #16
      letp lr, 1b
    2:
  )"
               : "+r"(to), "+r"(from)
               : "r"(count)
               : "lr", "d0", "d1", "memory");
}

/// Clamps what a kernel left saturated to 8 bits: rows of `width` pixels.
[[gnu::noinline, gnu::cold]] inline void clamp_rows(row_span const& out, std::int32_t width,
                                                    std::int32_t channels, value_range<std::int8_t> range) {
  if (range.low == -128 && range.high == 127) return;
  int8x16_t const low = vdupq_n_s8(range.low), high = vdupq_n_s8(range.high);
  for (std::int32_t y = 0; y < out.rows; ++y) {
    std::byte* pixel = out.data + y * out.row_stride;
    for (std::int32_t x = 0; x < width; ++x, pixel += out.pixel_stride) {
      std::byte* at = pixel;
      asm volatile(R"(
          dlstp.8 lr, %1
        1:
          vldrb.8 q0, [%0]
          vmax.s8 q0, q0, %q2
          vmin.s8 q0, q0, %q3
          vstrb.8 q0, [%0], #16
          letp lr, 1b
      )"
                   : "+r"(at)
                   : "r"(channels), "w"(low), "w"(high)
                   : "lr", "d0", "d1", "memory");
    }
  }
}

/// Whether no sum below zero matters: the output's zero point is the least value.
[[nodiscard]] constexpr bool is_rectified(std::int32_t zero_point, value_range<std::int8_t> clamp) {
  return zero_point == -128 && clamp.low == -128;
}
}  // namespace linnet::inline LINNET_ISA::kernels::mve

#endif
