// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_mve.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/cortex_m/int16/arm_mve.hpp>
#include <linnet/kernels/dense/descriptor.hpp>
#include <linnet/kernels/dense/layout.hpp>

namespace linnet::inline LINNET_ISA::kernels::dense {

namespace mve {

/// One pixel against units, eight at a time. All fields are words: the code below reads them in this order.
struct line {
  std::byte const* inputs;  // whole vectors
  std::uint32_t rounds;     // twice the rounds of the loop, less 1 where no sum below zero matters
  std::uint32_t entry;      // bytes of code to skip in the first round
  std::byte const* weights;
  std::byte *out, *out_end;
  std::int32_t zero_point;
};

/// Bytes of code of one step of `multiply`, which takes 16 inputs, and steps a round.
inline constexpr std::uint32_t step_bytes = 68, steps_a_round = 2;

/// 17 instructions for 128 products. r0, r2, r4, r6 and r8, r10, r12, lr sum
/// the even and the odd units, r1 is the inputs' address, r3 rounds, r5 the stream, r7 out, r11 its end; q7
/// the zero point. On the stack: eight sums, inputs, rounds, the loop's entry.
[[gnu::naked, gnu::noinline]] inline void multiply(line const*) {
  asm volatile(R"(
    .macro linnet_step
      vldrb.8 q0, [r1], #16
      .irp sum, r0, r2, r4, r6, r8, r10, r12, lr
        vldrb.8 q1, [r5], #16
        vmladava.s8 \sum, q0, q1
      .endr
    .endm
      push {r4-r11, lr}
      vpush {d14-d15}
      sub sp, #48
      ldm r0, {r1-r7}
      vdup.16 q7, r7
      adr.w r0, 2f
      add r3, r3, r0
      orr r3, r3, #1
      add r0, sp, #32
      stm r0, {r1-r3}
      mov r7, r5
      mov r11, r6
      mov r5, r4
    1:
      ldm r5!, {r0, r2, r4, r6, r8, r10, r12, lr}
      ldrd r1, r3, [sp, #32]
      ldr.w pc, [sp, #40]
      .balign 4
    2:
      .rept 2
        linnet_step
      .endr
      subs r3, #2
      bgt.w 2b
      stm sp, {r0, r2, r4, r6, r8, r10, r12, lr}
      vldrw.u32 q0, [sp]
      vldrw.u32 q1, [sp, #16]
      vldrw.u32 q2, [r5], #16
      vldrw.u32 q3, [r5], #16
      vqrdmulh.s32 q0, q0, q2
      vqrdmulh.s32 q1, q1, q3
      vldrw.u32 q2, [r5], #16
      bmi 3f
      vshr.s32 q3, q0, #31
      vadd.i32 q0, q0, q3
      vshr.s32 q3, q1, #31
      vadd.i32 q1, q1, q3
    3:
      vldrw.u32 q3, [r5], #16
      vrshl.s32 q0, q0, q2
      vrshl.s32 q1, q1, q3
      vqmovnb.s32 q0, q0
      vqmovnt.s32 q0, q1
      vqadd.s16 q0, q0, q7
      vqmovnb.s16 q0, q0
      sub r0, r11, r7
      vctp.16 r0
      vpst
      vstrbt.16 q0, [r7], #8
      cmp r7, r11
      blo.w 1b
      add sp, #48
      vpop {d14-d15}
      pop {r4-r11, pc}
      .purgem linnet_step
  )");
}

}  // namespace mve

/// A matrix times the pixels of some rows. Scratch: a pixel that is no whole vectors.
template <class Extent>
[[gnu::noinline, gnu::cold]] void rows(descriptor<Extent, std::int8_t, double_rounding> const& d,
                                       row_window window, row_span const& out, std::byte const* packed,
                                       std::byte* scratch, arch::arm_mve) {
  std::uint32_t const steps = (static_cast<std::uint32_t>(d.inputs) + 15) / 16,
                      rounds = (steps + mve::steps_a_round - 1) / mve::steps_a_round;
  bool const rectified = kernels::mve::is_rectified(d.output.zero_point, d.output.clamp);
  mve::line line;
  line.rounds = 2 * rounds - (rectified ? 1 : 0);
  line.entry = (rounds * mve::steps_a_round - steps) * mve::step_bytes;
  line.weights = packed;
  line.zero_point = d.output.zero_point;
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    line.inputs = row.data;
    line.out = out.data + y * out.row_stride;
    for (std::int32_t pixels = d.pixels; pixels > 0; --pixels) {
      std::byte const* const from = line.inputs;
      if (d.inputs % 16 != 0) {
        kernels::mve::copy(scratch, from, d.inputs);
        line.inputs = scratch;
      }
      line.out_end = line.out + d.units;
      mve::multiply(&line);
      line.inputs = from + row.pixel_stride;
      line.out += out.pixel_stride;
    }
  }
  kernels::mve::clamp_rows(out, d.pixels, d.units, d.output.clamp);
}

/// The same of s16: four units at a time.
template <class Extent, class Policy>
void rows(descriptor<Extent, std::int16_t, Policy> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte*, arch::arm_mve) {
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.pixels; ++x)
      int16::multiply_pixel<Policy>(row.data + x * row.pixel_stride, int16_records{d.inputs, 0}, packed,
                                    d.units, d.output.clamp,
                                    out.data + y * out.row_stride + x * out.pixel_stride);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::dense

#endif
