// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/arch.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <cstddef>
#include <cstdint>

// The inner loop of the arm_mve convolution: all registers are its own, so it is assembler.
namespace linnet::inline LINNET_ISA::kernels::conv2d::mve {

/// Pairs of pixels against all channels. All fields are words: the code below reads them in this order.
struct tile {
  std::byte const *first, *second;  // inputs of the first pair, whole vectors each
  std::uint32_t rounds;             // twice the rounds of the loop, less 1 where no sum below zero matters
  std::uint32_t entry;              // bytes of code to skip in the first round
  std::byte const* weights;
  std::byte* out;           // of the first pixel
  std::uint32_t out_step;   // bytes from a pair of outputs to the next
  std::uint32_t step;       // bytes from a pair of inputs to the next
  std::uint32_t channels;   // a multiple of 4
  std::uint32_t pairs;      // 1 or more
  std::uint32_t to_second;  // bytes from the first output of a pair to the second
  std::int32_t zero_point;
  std::int32_t stride;  // bytes from an output pixel to the next: not for the code below
};

/// Bytes of code of one step of `multiply`, which takes 16 inputs, and steps a round.
inline constexpr std::uint32_t step_bytes = 56, steps_a_round = 4;

/// Sums 2 pixels x 4 channels, requantizes, stores, until all channels of all pairs are done. 14 instructions
/// for 128 products: r0, r2, r4, r6 and r8, r10, r12, lr sum, r1 and r3 are the inputs' addresses, r5 the
/// stream, r7 out, r9 rounds, r11 the pixel's end; q6 the places of the outputs, q7 the zero point. On the
/// stack: eight sums, then the tile's first ten words.
[[gnu::naked, gnu::noinline]] inline void multiply(tile const*) {
  asm volatile(R"(
    .macro linnet_step
      vldrb.8 q0, [r1], #16
      vldrb.8 q2, [r5], #16
      vmladava.s8 r0, q0, q2
      vldrb.8 q1, [r3], #16
      vmladava.s8 r8, q1, q2
      vldrb.8 q3, [r5], #16
      vmladava.s8 r2, q0, q3
      vmladava.s8 r10, q1, q3
      vldrb.8 q2, [r5], #16
      vmladava.s8 r4, q0, q2
      vmladava.s8 r12, q1, q2
      vldrb.8 q3, [r5], #16
      vmladava.s8 r6, q0, q3
      vmladava.s8 lr, q1, q3
    .endm
      push {r4-r11, lr}
      vpush {d12-d15}
      sub sp, #72
      ldm r0, {r1-r12}
      vdup.16 q7, r12
      lsls r11, r11, #16
      vdup.32 q6, r11
      movs r0, #0
      vidup.u32 q0, r0, #1
      mov r12, #0x00010001
      vmla.s32 q6, q0, r12
      adr.w r0, 2f
      add r4, r4, r0
      orr r4, r4, #1
      add r0, sp, #32
      stm r0, {r1-r10}
      mov r3, r2
    0:
      ldrd r5, r7, [sp, #48]
      ldr r11, [sp, #64]
      add r11, r7
    1:
      ldm r5, {r0, r2, r4, r6}
      ldm r5!, {r8, r10, r12, lr}
      ldr.w r9, [sp, #40]
      ldr.w pc, [sp, #44]
      .balign 4
    2:
      .rept 4
        linnet_step
      .endr
      subs r9, r9, #2
      bgt.w 2b
      stm sp, {r0, r2, r4, r6, r8, r10, r12, lr}
      vldrw.u32 q0, [sp]
      vldrw.u32 q1, [sp, #16]
      vldrw.u32 q2, [r5], #16
      vldrw.u32 q3, [r5], #16
      vqrdmulh.s32 q0, q0, q2
      vqrdmulh.s32 q1, q1, q2
      bmi 3f
      vshr.s32 q2, q0, #31
      vadd.i32 q0, q0, q2
      vshr.s32 q2, q1, #31
      vadd.i32 q1, q1, q2
    3:
      vrshl.s32 q0, q0, q3
      vrshl.s32 q1, q1, q3
      ldrd r1, r3, [sp, #32]
      vqmovnb.s32 q0, q0
      vqmovnt.s32 q0, q1
      vqadd.s16 q0, q0, q7
      vqmovnb.s16 q0, q0
      vstrb.16 q0, [r7, q6]
      adds r7, #4
      cmp r7, r11
      bne.w 1b
      ldrd r7, r0, [sp, #52]
      add r7, r0
      str r7, [sp, #52]
      ldr r0, [sp, #60]
      add r1, r0
      add r3, r0
      strd r1, r3, [sp, #32]
      ldr r0, [sp, #68]
      subs r0, #1
      str r0, [sp, #68]
      bne.w 0b
      add sp, #72
      vpop {d12-d15}
      pop {r4-r11, pc}
      .purgem linnet_step
  )");
}

/// Pixels whose inputs lie side by side, `pixel_bytes` apart; an odd one alone at last.
[[gnu::noinline]] inline void multiply_pixels(tile& t, std::byte const* inputs, std::int32_t pixel_bytes,
                                              std::int32_t pixels, std::byte* out) {
  t.first = inputs;
  t.out = out;
  t.pairs = static_cast<std::uint32_t>(pixels) / 2;
  if (t.pairs != 0) {
    t.second = inputs + pixel_bytes;
    t.step = 2 * static_cast<std::uint32_t>(pixel_bytes);
    t.to_second = static_cast<std::uint32_t>(t.stride);
    multiply(&t);
  }
  if ((pixels & 1) == 0) return;
  t.first = t.second = inputs + (pixels - 1) * pixel_bytes;
  t.out = out + (pixels - 1) * t.stride;
  t.pairs = 1;
  t.to_second = 0;
  multiply(&t);
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d::mve

#endif
