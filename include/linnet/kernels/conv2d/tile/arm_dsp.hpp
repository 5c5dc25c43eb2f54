// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/arch.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

// The inner loops of the arm_dsp convolution: all registers are theirs, so they are assembler.
namespace linnet::inline LINNET_ISA::kernels::conv2d::dsp {

/// Four pixels, widened, against all channels. All fields are words: the code below reads them in this order.
struct tile {
  std::uint32_t const *inputs, *inputs_end;  // [pair of inputs][4 pixels]
  std::uint32_t entry;                       // bytes of code to skip in the first round, behind one step
  std::byte* out;
  std::uint32_t pixel_stride;
  std::byte* out_end;  // of the first pixel
  std::byte const* weights;
  std::uint32_t rectified;  // the output's zero point is the least value: no sum below zero matters
};

/// Bytes of code of one step of `multiply`, and steps a round.
inline constexpr std::uint32_t step_bytes = 48, steps_a_round = 8;

/// Sums 4 pixels x 2 channels, requantizes, stores, until all channels are done. The first step of a sum
/// takes its bias from one register. 12 instructions for 16 products: r0-r3 sum 256 * A + B and r4-r7 B, r8
/// and r9 are inputs, r10 weights, r11 their low bytes, r12 the stream, lr the inputs' address. What else it
/// needs lies on the stack: inputs, inputs_end, the loop's entry, out, pixel_stride, out_end, where to
/// requantize.
[[gnu::naked, gnu::noinline]] inline void multiply(tile const*) {
  asm volatile(R"(
    .macro linnet_step
      ldr.w r10, [r12], #4
      ldrd r8, r9, [lr], #8
      sxtb16 r11, r10
      smlad r0, r10, r8, r0
      smlad r1, r10, r9, r1
      smlad r4, r11, r8, r4
      smlad r5, r11, r9, r5
      ldrd r8, r9, [lr], #8
      smlad r2, r10, r8, r2
      smlad r3, r10, r9, r3
      smlad r6, r11, r8, r6
      smlad r7, r11, r9, r7
    .endm
    .macro linnet_rectify sum
      smmlar \sum, \sum, r8, r9
      asr.w \sum, \sum, r10
      ssat \sum, #8, \sum
    .endm
    .macro linnet_round sum
      smmlar r11, \sum, r8, r9
      add.w \sum, r11, \sum, asr #31
      asr.w \sum, \sum, r10
      ssat \sum, #8, \sum
    .endm
    .macro linnet_requantize form
      ldm r12!, {r8, r9, r10}
      .irp pair, 0, 1, 2, 3
        .if \pair == 0
          sub.w r0, r0, r4
          asr.w r0, r0, #7
          \form r0
        .elseif \pair == 1
          sub.w r1, r1, r5
          asr.w r1, r1, #7
          \form r1
        .elseif \pair == 2
          sub.w r2, r2, r6
          asr.w r2, r2, #7
          \form r2
        .else
          sub.w r3, r3, r7
          asr.w r3, r3, #7
          \form r3
        .endif
      .endr
      ldm r12!, {r8, r9, r10}
      .irp sum, r4, r5, r6, r7
        lsl.w \sum, \sum, #1
        \form \sum
      .endr
    .endm
      push {r4-r11, lr}
      sub sp, #28
      ldm r0, {r1-r8}
      mov r12, r7
      adr.w r9, 3f
      add.w r3, r3, r9
      orr r3, r3, #1
      adr.w r7, 4f
      cmp r8, #0
      beq 1f
      adr.w r7, 5f
    1:
      orr r7, r7, #1
      stm sp, {r1-r7}
    2:
      ldrd r0, r4, [r12], #8
      ldr.w lr, [sp]
      ldr.w r10, [r12], #4
      ldrd r8, r9, [lr], #8
      sxtb16 r11, r10
      smlad r1, r10, r9, r0
      smlad r5, r11, r9, r4
      ldrd r2, r9, [lr], #8
      smlad r3, r10, r9, r0
      smlad r7, r11, r9, r4
      smlad r6, r11, r2, r4
      smlad r2, r10, r2, r0
      smlad r0, r10, r8, r0
      smlad r4, r11, r8, r4
      ldr.w pc, [sp, #8]
      .balign 4
    3:
      .rept 8
        linnet_step
      .endr
      ldr.w r8, [sp, #4]
      cmp lr, r8
      bne.w 3b
      ldr.w pc, [sp, #24]
      .balign 4
    4:
      linnet_requantize linnet_round
      b 6f
      .balign 4
    5:
      linnet_requantize linnet_rectify
    6:
      ldrd r8, r9, [sp, #12]
      bfi r0, r4, #8, #8
      bfi r1, r5, #8, #8
      bfi r2, r6, #8, #8
      bfi r3, r7, #8, #8
      add.w r10, r8, r9, lsl #1
      strh.w r1, [r8, r9]
      strh r0, [r8], #2
      strh.w r3, [r10, r9]
      strh.w r2, [r10]
      ldr.w r10, [sp, #20]
      str.w r8, [sp, #12]
      cmp r8, r10
      bne.w 2b
      add sp, #28
      pop {r4-r11, pc}
      .purgem linnet_step
      .purgem linnet_rectify
      .purgem linnet_round
      .purgem linnet_requantize
  )");
}

/// Widens `bytes` (a multiple of 4) of each of four pixels to [pair][4 pixels]; returns what is behind them.
[[gnu::naked, gnu::noinline]] inline std::uint32_t* widen(std::uint32_t*, std::byte const*, std::byte const*,
                                                          std::byte const*, std::byte const*, std::uint32_t) {
  asm volatile(R"(
      push {r4-r11, lr}
      ldrd r4, lr, [sp, #36]
      add lr, r1
    1:
      ldr r5, [r1], #4
      ldr r6, [r2], #4
      ldr r7, [r3], #4
      ldr r8, [r4], #4
      sxtb16 r9, r5
      sxtb16 r10, r6
      sxtb16 r11, r7
      sxtb16 r12, r8
      stm r0!, {r9-r12}
      sxtb16 r5, r5, ror #8
      sxtb16 r6, r6, ror #8
      sxtb16 r7, r7, ror #8
      sxtb16 r8, r8, ror #8
      stm r0!, {r5-r8}
      cmp r1, lr
      bne 1b
      pop {r4-r11, pc}
  )");
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d::dsp

#endif
