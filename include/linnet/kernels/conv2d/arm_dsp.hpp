// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/arm_dsp.hpp>

#if defined(__ARM_FEATURE_DSP) && defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/conv2d/descriptor.hpp>
#include <linnet/kernels/conv2d/layout.hpp>

namespace linnet::inline LINNET_ISA::kernels::conv2d {

namespace dsp {

/// Four pixels, widened, against all channels. All fields are words: the code below reads them in this order.
struct tile {
  std::uint32_t const *inputs, *inputs_end;  // [pair of inputs][4 pixels]
  std::uint32_t entry;                       // bytes of code to skip in the first round
  std::byte* out;
  std::uint32_t pixel_stride;
  std::byte* out_end;  // of the first pixel
  std::byte const* weights;
  std::uint32_t rectified;  // the output's zero point is the least value: no sum below zero matters
};

/// Bytes of code of one step of `multiply`, and steps a round.
inline constexpr std::uint32_t step_bytes = 48, steps_a_round = 8;

/// Sums 4 pixels x 2 channels, requantizes, stores, until all channels are done. 12 instructions for 16
/// products: r0-r3 sum 256 * A + B and r4-r7 B, r8 and r9 are inputs, r10 weights, r11 their low bytes, r12
/// the stream, lr the inputs' address. What else it needs lies on the stack: inputs, inputs_end, the loop's
/// entry, out, pixel_stride, out_end, where to requantize.
[[gnu::naked, gnu::noinline]] inline void multiply(tile const*) {
  asm volatile(R"(
    .macro linnet_step
      ldr.w r10, [r12], #4
      ldrd r8, r9, [lr], #8
      sxtb16.w r11, r10
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
      ldr.w r8, [sp, #8]
      mov r1, r0
      mov r2, r0
      mov r3, r0
      mov r5, r4
      mov r6, r4
      mov r7, r4
      bx r8
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
      strh.w r0, [r8], #2
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

/// Copies `count` bytes, words first.
[[gnu::always_inline]] inline std::byte* copy(std::byte* to, std::byte const* from, std::int32_t count) {
  for (; count >= 4; count -= 4, to += 4, from += 4) {
    std::uint32_t const word = kernels::dsp::word_at(from);
    __builtin_memcpy(to, &word, 4);
  }
  for (; count > 0; --count) *to++ = *from++;
  return to;
}

/// The pixels of one kernel row side by side, as they come: beside the image they are zero points.
template <class Descriptor>
[[gnu::noinline]] std::byte* gather(Descriptor const& d, input_row const& row, std::int32_t left,
                                    std::byte const* zero_pixel, std::byte* to) {
  for (std::int32_t kx = 0; kx < d.kernel_width; ++kx)
    to = copy(to, d.pixel(row, left + kx, zero_pixel), d.input_channels);
  return to;
}

/// Output pixels of a strip, in the order of rows: where they are, and where their windows begin.
struct position {
  std::int32_t x, left, top;
};

/// A strip in hand. One object for all tiles: its members are what their code keeps in registers.
template <class Extent>
struct strip {
  descriptor<Extent, std::int8_t, double_rounding> const& d;
  row_window window;
  std::byte const* zero_pixel;
  std::uint32_t* inputs;  // scratch: widened pixels, then gathered ones
  std::byte* gathered;
  std::int32_t run;  // bytes of a kernel row

  /// Where the bytes of one kernel row of a pixel lie: in the image, or gathered to `to`.
  [[nodiscard, gnu::always_inline]] std::byte const* run_of(position const& at, std::int32_t ky,
                                                            std::byte* to) const {
    input_row const& row = window[static_cast<std::size_t>(at.top + ky)];
    bool const inside = at.left >= 0 && at.left + d.kernel_width <= d.input_width;
    if (inside && row.pixel_stride == d.input_channels) return row.data + at.left * d.input_channels;
    gather(d, row, at.left, zero_pixel, to);
    return to;
  }
  /// Widens four pixels whose kernel rows are whole words.
  void widen_runs(position const (&at)[4]) const {
    std::uint32_t* to = inputs;
    for (std::int32_t ky = 0; ky < d.kernel_height; ++ky) {
      std::byte const* p[4];
      for (int i = 0; i < 4; ++i) p[i] = run_of(at[i], ky, gathered + i * run);
      to = widen(to, p[0], p[1], p[2], p[3], static_cast<std::uint32_t>(run));
    }
  }
  /// The same for kernel rows of any length, one behind the other: what is missing to whole words meets
  /// weights of zero.
  void widen_gathered(position const (&at)[4], std::int32_t padded) const {
    for (int i = 0; i < 4; ++i) {
      std::byte* to = gathered + i * padded;
      for (std::int32_t ky = 0; ky < d.kernel_height; ++ky) {
        std::byte const* const from = run_of(at[i], ky, to);
        to = from == to ? to + run : copy(to, from, run);
      }
    }
    widen(inputs, gathered, gathered + padded, gathered + 2 * padded, gathered + 3 * padded,
          static_cast<std::uint32_t>(padded));
  }
};

}  // namespace dsp

/// Convolution of some rows: four pixels at a time, across the ends of rows; the last tile computes pixels
/// again. Scratch: as the traits say.
template <class Extent>
void rows(descriptor<Extent, std::int8_t, double_rounding> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_dsp) {
  channel_pairs const layout{std::int32_t{d.kernel_height} * d.kernel_width * d.input_channels,
                             d.input_channels};
  auto const padded = static_cast<std::int32_t>(layout.padded());
  std::int32_t const stride = out.pixel_stride, width = d.output_width;
  bool const side_by_side = out.row_stride == std::int64_t{stride} * width;
  std::int32_t const pixels = side_by_side ? width * out.rows : width;
  auto* const inputs = reinterpret_cast<std::uint32_t*>(scratch);
  dsp::strip<Extent> strip{
      d, window, packed, inputs, scratch + 8 * padded, d.kernel_width * d.input_channels};
  constexpr std::uint32_t round = dsp::steps_a_round;
  std::uint32_t const steps = static_cast<std::uint32_t>(padded) / 2;
  dsp::tile tile{inputs,
                 inputs + 4 * steps,
                 (round - steps % round) % round * dsp::step_bytes,
                 nullptr,
                 static_cast<std::uint32_t>(stride),
                 nullptr,
                 packed + layout.first(),
                 d.output.zero_point == -128 && d.output.clamp.low == -128};
  bool const by_words = strip.run % 4 == 0;
  for (std::int32_t row = 0; row < out.rows; row += side_by_side ? out.rows : 1) {
    std::byte* const begin = out.data + row * out.row_stride;
    std::int32_t pixel = 0, x = 0, top = row * d.stride_height;
    while (pixel < pixels) {
      std::int32_t const left = pixels - pixel;
      if (left < 4 && pixels >= 4) {  // the last four once more
        for (std::int32_t back = 4 - left; back > 0; --back, --x) {
          if (x == 0) {
            x = width;
            top -= d.stride_height;
          }
        }
        pixel = pixels - 4;
      }
      dsp::position at[4];
      bool const whole = pixels >= 4;
      for (dsp::position& p : at) {
        p = {x, x * d.stride_width - d.padding_left, top};
        if (!whole) continue;  // one pixel, four times
        if (++x == width) {
          x = 0;
          top += d.stride_height;
        }
      }
      if (by_words) {
        strip.widen_runs(at);
      } else {
        strip.widen_gathered(at, padded);
      }
      tile.out = begin + pixel * stride;
      tile.out_end = tile.out + d.output_channels;
      tile.pixel_stride = whole ? static_cast<std::uint32_t>(stride) : 0;
      dsp::multiply(&tile);
      pixel += whole ? 4 : 1;
      if (!whole && ++x == width) {
        x = 0;
        top += d.stride_height;
      }
    }
    if (!kernels::dsp::is_saturation(d.output.clamp))
      kernels::dsp::clamp_pixels(begin, stride, pixels, d.output_channels, d.output.clamp);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d

#endif
