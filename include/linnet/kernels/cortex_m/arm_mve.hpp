// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/arch.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <cstddef>
#include <cstdint>

#include <arm_mve.h>

#include <linnet/quantization/requantize.hpp>

// What the kernels for cores with Helium have in common. Vectors of bytes may begin at any address.
namespace linnet::inline LINNET_ISA::kernels::mve {

[[nodiscard, gnu::always_inline]] inline int8x16_t bytes_at(std::byte const* from) {
  return vldrbq_s8(reinterpret_cast<std::int8_t const*>(from));
}
[[gnu::always_inline]] inline void store_bytes(std::byte* to, int8x16_t value) {
  vstrbq_s8(reinterpret_cast<std::int8_t*>(to), value);
}

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

/// Clamps what a kernel left saturated to 8 bits: `pixels` runs of `channels` bytes.
[[gnu::noinline]] inline void clamp_pixels(std::byte* pixel, std::int32_t stride, std::int32_t pixels,
                                           std::int32_t channels, value_range<std::int8_t> range) {
  int8x16_t const low = vdupq_n_s8(range.low), high = vdupq_n_s8(range.high);
  for (; pixels > 0; --pixels, pixel += stride) {
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

/// Whether no sum below zero matters: the output's zero point is the least value.
[[nodiscard]] constexpr bool is_rectified(std::int32_t zero_point, value_range<std::int8_t> clamp) {
  return zero_point == -128 && clamp.low == -128;
}
/// Whether clamping is what saturation to 8 bits does.
[[nodiscard]] constexpr bool is_saturation(value_range<std::int8_t> clamp) {
  return clamp.low == -128 && clamp.high == 127;
}

}  // namespace linnet::inline LINNET_ISA::kernels::mve

#endif
