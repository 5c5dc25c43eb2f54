// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/arch.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

#include <linnet/base/math.hpp>
#include <linnet/kernels/contract.hpp>
#include <linnet/quantization/requantize.hpp>

// What the kernels for Cortex-M cores with DSP instructions have in common.
namespace linnet::inline LINNET_ISA::kernels::dsp {

/// Bytes 0 and 2 of a word as halfwords, and bytes 1 and 3.
[[nodiscard, gnu::always_inline]] inline std::uint32_t widened_even(std::uint32_t x) {
  std::uint32_t r;
  asm("sxtb16 %0, %1" : "=r"(r) : "r"(x));
  return r;
}
[[nodiscard, gnu::always_inline]] inline std::uint32_t widened_odd(std::uint32_t x) {
  std::uint32_t r;
  asm("sxtb16 %0, %1, ror #8" : "=r"(r) : "r"(x));
  return r;
}
/// The low halfwords of two words, and the high ones.
[[nodiscard, gnu::always_inline]] inline std::uint32_t low_halves(std::uint32_t a, std::uint32_t b) {
  std::uint32_t r;
  asm("pkhbt %0, %1, %2, lsl #16" : "=r"(r) : "r"(a), "r"(b));
  return r;
}
[[nodiscard, gnu::always_inline]] inline std::uint32_t high_halves(std::uint32_t a, std::uint32_t b) {
  std::uint32_t r;
  asm("pkhtb %0, %1, %2, asr #16" : "=r"(r) : "r"(b), "r"(a));
  return r;
}
/// Both halfwords, doubled.
[[nodiscard, gnu::always_inline]] inline std::uint32_t doubled(std::uint32_t x) {
  std::uint32_t r;
  asm("sadd16 %0, %1, %1" : "=r"(r) : "r"(x));
  return r;
}

[[nodiscard, gnu::always_inline]] inline std::uint32_t word_at(std::byte const* from) {
  std::uint32_t word;
  __builtin_memcpy(&word, from, 4);  // these cores read words at any address
  return word;
}

/// Whether clamping is what saturation to 8 bits does.
[[nodiscard]] constexpr bool is_saturation(value_range<std::int8_t> clamp) {
  return clamp.low == -128 && clamp.high == 127;
}

/// Clamps what a kernel left saturated to 8 bits: `pixels` runs of `channels` bytes.
[[gnu::noinline]] inline void clamp_pixels(std::byte* pixel, std::int32_t stride, std::int32_t pixels,
                                           std::int32_t channels, value_range<std::int8_t> range) {
  for (; pixels > 0; --pixels, pixel += stride) {
    auto* const values = reinterpret_cast<std::int8_t*>(pixel);
    for (std::int32_t i = 0; i < channels; ++i)
      values[i] = static_cast<std::int8_t>(linnet::clamp<std::int32_t>(values[i], range.low, range.high));
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::dsp

#endif
