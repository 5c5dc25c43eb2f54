// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_dsp.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/cortex_m/int16/arm_dsp_general.hpp>
#include <linnet/kernels/int16_channels.hpp>

// The arithmetic of streams that are proved (int16_channels.hpp). Inputs lie in the order of
// `dsp_products::in_order`, whole fours of them.
namespace linnet::inline LINNET_ISA::kernels::int16 {

/// The sums of one record with four pixels, [word of inputs][4 pixels]: 14 instructions for 16 products.
[[gnu::naked, gnu::noinline]] inline void sum_pixels(std::int32_t (&)[4], std::uint32_t const*,
                                                     std::uint32_t const*, std::byte const*) {
  asm volatile(R"(
    .macro linnet_word w
      ldm r1!, {r9-r12}
      smlad r4, r9, \w, r4
      smlad r5, r10, \w, r5
      smlad r6, r11, \w, r6
      smlad r7, r12, \w, r7
    .endm
    .macro linnet_four
      ldr r8, [r3], #4
      sxtb16 lr, r8
      linnet_word lr
      sxtb16 r8, r8, ror #8
      linnet_word r8
    .endm
      push {r0, r4-r11, lr}
      ldr r4, [r3], #12
      mov r5, r4
      mov r6, r4
      mov r7, r4
      sub r8, r2, r1
      lsls r8, r8, #26
      bmi 2f
    1:
      linnet_four
    2:
      linnet_four
      cmp r1, r2
      bne 1b
      pop {r0}
      stm r0, {r4-r7}
      pop {r4-r11, pc}
      .purgem linnet_word
      .purgem linnet_four
  )");
}

/// The sums of four records with one pixel: 23 instructions for 16 products.
[[gnu::naked, gnu::noinline]] inline void sum_channels(std::int32_t (&)[4], std::uint32_t const*,
                                                       std::uint32_t const*, std::byte const* const (&)[4]) {
  asm volatile(R"(
    .macro linnet_channel at, sum
      ldr lr, [\at], #4
      sxtb16 r0, lr
      smlad \sum, r11, r0, \sum
      sxtb16 lr, lr, ror #8
      smlad \sum, r12, lr, \sum
    .endm
      push {r0, r4-r11, lr}
      ldm r3, {r3, r8, r9, r10}
      ldr r4, [r3], #12
      ldr r5, [r8], #12
      ldr r6, [r9], #12
      ldr r7, [r10], #12
    1:
      ldrd r11, r12, [r1], #8
      linnet_channel r3, r4
      linnet_channel r8, r5
      linnet_channel r9, r6
      linnet_channel r10, r7
      cmp r1, r2
      bne 1b
      pop {r0}
      stm r0, {r4-r7}
      pop {r4-r11, pc}
      .purgem linnet_channel
  )");
}

/// A sum as a stored value, by a record's factor and shift.
[[nodiscard, gnu::always_inline]] inline std::int32_t rounded(reduced_multiplier, std::int32_t sum,
                                                              std::int32_t factor, std::int32_t) {
  std::int32_t r;
  asm("smmulr %0, %1, %2" : "=r"(r) : "r"(sum), "r"(factor));
  return r;
}
[[nodiscard, gnu::always_inline]] inline std::int32_t rounded(double_rounding, std::int32_t sum,
                                                              std::int32_t factor, std::int32_t shift) {
  std::int32_t const twice = 2 * sum;
  std::int32_t r;
  asm("smmlar %0, %1, %2, %3" : "=r"(r) : "r"(twice), "r"(factor), "r"(1 << (shift - 1)));
  return (r + (twice >> 31)) >> shift;
}
/// Writes one output element. `range` is a copy: what is written might be the original.
template <class Policy>
[[gnu::always_inline]] inline void finish(Policy policy, value_range<std::int16_t> range, std::int32_t sum,
                                          std::int32_t factor, std::int32_t shift, std::byte* to) {
  std::int32_t const made = rounded(policy, sum, factor, shift);
  store(to, static_cast<std::int16_t>(clamp<std::int32_t>(made, range.low, range.high)));
}

/// Four pixels, [word of inputs][4 pixels], against all channels of `int16_records`. Of pixels that are
/// written to one place the first is there at last.
template <class Policy>
[[gnu::noinline]] void multiply_pixels(std::uint32_t const* inputs, int16_records const& layout,
                                       std::byte const* record, std::int32_t channels,
                                       value_range<std::int16_t> range, std::byte* const (&to)[4]) {
  std::int32_t const stride = layout.stride();
  std::uint32_t const* const end = inputs + 2 * layout.padded();
  for (std::int32_t at = 0; at < 2 * channels; at += 2, record += stride) {
    std::int32_t sums[4];
    sum_pixels(sums, inputs, end, record);
    auto const factor = load_aligned<std::int32_t>(record + 4),
               shift = load_aligned<std::int32_t>(record + 8);
    unrolled<4>([&](std::int32_t i) { finish(Policy{}, range, sums[3 - i], factor, shift, to[3 - i] + at); });
  }
}

/// One pixel against all channels, four at a time; the last four may have some channel twice.
template <class Policy>
[[gnu::noinline]] void multiply_pixel(std::uint32_t const* inputs, int16_records const& layout,
                                      std::byte const* record, std::int32_t channels,
                                      value_range<std::int16_t> range, std::byte* to) {
  std::int32_t const stride = layout.stride();
  std::uint32_t const* const end = inputs + layout.padded() / 2;
  for (; channels > 0; channels -= 4) {
    std::byte const* records[4];
    std::int32_t sums[4];
    unrolled<4>([&](std::int32_t i) {
      records[i] = record;
      if (i + 1 < channels) record += stride;
    });
    sum_channels(sums, inputs, end, records);
    for (std::int32_t i = 0; i < min<std::int32_t>(channels, 4); ++i, to += 2)
      finish(Policy{}, range, sums[i], load_aligned<std::int32_t>(records[i] + 4),
             load_aligned<std::int32_t>(records[i] + 8), to);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::int16

#endif
