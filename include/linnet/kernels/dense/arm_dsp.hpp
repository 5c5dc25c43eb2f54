// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_dsp.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/cortex_m/int16/arm_dsp.hpp>
#include <linnet/kernels/dense/descriptor.hpp>
#include <linnet/kernels/dense/layout.hpp>

namespace linnet::inline LINNET_ISA::kernels::dense {

namespace dsp {

/// One pixel, widened, against units four at a time: from `out` to `out_end`. Returns the rest of the stream.
/// r0 and r2 sum 256 * A + B of two pairs of units, r1 and r3 B; r4-r7 weights, r8 and r9 inputs, r10 the
/// weights' low bytes, r11 the inputs' address, r12 the stream, lr the inputs' end; on the stack: inputs,
/// out, out_end.
[[gnu::naked, gnu::noinline]] inline std::byte const* multiply(std::uint32_t const*, std::uint32_t const*,
                                                               std::byte const*, std::byte*, std::byte*) {
  asm volatile(R"(
    .macro linnet_step w01, w23, x
      sxtb16 r10, \w01
      smlad r0, \w01, \x, r0
      smlad r1, r10, \x, r1
      sxtb16 r10, \w23
      smlad r2, \w23, \x, r2
      smlad r3, r10, \x, r3
    .endm
    .macro linnet_round sum
      ldm r12!, {r4, r5, r6}
      smmlar r7, \sum, r4, r5
      add.w \sum, r7, \sum, asr #31
      asr.w \sum, \sum, r6
      ssat \sum, #8, \sum
    .endm
      push {r4-r11, lr}
      ldr r4, [sp, #36]
      push {r0, r3, r4}
      mov lr, r1
      mov r12, r2
    1:
      ldm r12!, {r0-r3}
      ldr.w r11, [sp]
    2:
      ldm r12!, {r4-r7}
      ldrd r8, r9, [r11], #8
      linnet_step r4, r5, r8
      linnet_step r6, r7, r9
      ldm r12!, {r4-r7}
      ldrd r8, r9, [r11], #8
      linnet_step r4, r5, r8
      linnet_step r6, r7, r9
      cmp r11, lr
      bne 2b
      sub.w r0, r0, r1
      asr.w r0, r0, #7
      sub.w r2, r2, r3
      asr.w r2, r2, #7
      lsl.w r1, r1, #1
      lsl.w r3, r3, #1
      linnet_round r0
      linnet_round r1
      linnet_round r2
      linnet_round r3
      bfi r0, r1, #8, #8
      bfi r2, r3, #8, #8
      pkhbt r0, r0, r2, lsl #16
      ldrd r4, r5, [sp, #4]
      str r0, [r4], #4
      str r4, [sp, #4]
      cmp r4, r5
      bne 1b
      mov r0, r12
      add sp, #12
      pop {r4-r11, pc}
      .purgem linnet_step
      .purgem linnet_round
  )");
}

}  // namespace dsp

/// A matrix times the pixels of some rows. Scratch: one pixel, widened.
template <class Extent>
void rows(descriptor<Extent, std::int8_t, double_rounding> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_dsp) {
  auto* const inputs = reinterpret_cast<std::uint32_t*>(scratch);
  std::int32_t const whole = d.units & ~3, rest = d.units & 3;
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.pixels; ++x) {
      std::byte const* from = row.data + x * row.pixel_stride;
      std::uint32_t* end = inputs;
      auto const widen = [&](std::uint32_t word) {
        *end++ = kernels::dsp::widened_even(word);
        *end++ = kernels::dsp::widened_odd(word);
      };
      for (std::byte const* const last = from + (d.inputs & ~3); from != last; from += 4)
        widen(kernels::dsp::word_at(from));
      if ((d.inputs & 3) != 0) {
        std::uint32_t word = 0;
        for (int i = 0; i < (d.inputs & 3); ++i) word |= std::to_integer<std::uint32_t>(from[i]) << 8 * i;
        widen(word);
      }
      if ((end - inputs) % 4 != 0) {  // whole rounds: these meet weights of zero
        *end++ = 0;
        *end++ = 0;
      }
      std::byte* const to = out.data + y * out.row_stride + x * out.pixel_stride;
      std::byte const* weights = packed;
      if (whole > 0) weights = dsp::multiply(inputs, end, weights, to, to + whole);
      if (rest > 0) {
        std::byte last[4];
        dsp::multiply(inputs, end, weights, last, last + 4);
        for (std::int32_t i = 0; i < rest; ++i) to[whole + i] = last[i];
      }
      if (!kernels::dsp::is_saturation(d.output.clamp))
        kernels::dsp::clamp_pixels(to, 0, 1, d.units, d.output.clamp);
    }
  }
}

/// The same of s16. Scratch: one pixel, in the order that it is multiplied in.
template <class Extent, class Policy>
void rows(descriptor<Extent, std::int16_t, Policy> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_dsp) {
  auto* const inputs = reinterpret_cast<std::uint32_t*>(scratch);
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.pixels; ++x) {
      int16::dsp_products::in_order(row.data + x * row.pixel_stride, inputs, d.inputs, 1);
      int16::multiply_pixel<Policy>(inputs, int16_records{d.inputs, 0}, packed, d.units, d.output.clamp,
                                    out.data + y * out.row_stride + x * out.pixel_stride);
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::dense

#endif
