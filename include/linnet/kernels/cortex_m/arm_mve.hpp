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
[[gnu::noinline]] inline void copy(std::byte* to, std::byte const* from, std::int32_t count) {
  for (; count > 0; count -= 16, from += 16, to += 16) {
    mve_pred16_t const inside = vctp8q(static_cast<std::uint32_t>(count));
    vstrbq_p_s8(reinterpret_cast<std::int8_t*>(to),
                vldrbq_z_s8(reinterpret_cast<std::int8_t const*>(from), inside), inside);
  }
}

/// Clamps what a kernel left saturated to 8 bits: `pixels` runs of `channels` bytes.
[[gnu::noinline]] inline void clamp_pixels(std::byte* pixel, std::int32_t stride, std::int32_t pixels,
                                           std::int32_t channels, value_range<std::int8_t> range) {
  int8x16_t const low = vdupq_n_s8(range.low), high = vdupq_n_s8(range.high);
  for (; pixels > 0; --pixels, pixel += stride) {
    auto* values = reinterpret_cast<std::int8_t*>(pixel);
    for (std::int32_t left = channels; left > 0; left -= 16, values += 16) {
      mve_pred16_t const inside = vctp8q(static_cast<std::uint32_t>(left));
      vstrbq_p_s8(values, vmaxq_s8(vminq_s8(vldrbq_z_s8(values, inside), high), low), inside);
    }
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
