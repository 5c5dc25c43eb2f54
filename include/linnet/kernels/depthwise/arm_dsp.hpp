// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_dsp.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/depthwise/column_pairs.hpp>
#include <linnet/kernels/depthwise/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::depthwise {

namespace dsp {

/// One output row of four channels: what the code below reads, in this order.
struct line {
  std::uint32_t const* columns;   // [channel][pair of columns][3 rows], halfwords of two columns
  std::uint32_t to_next_channel;  // bytes from the last pair read to the next channel's first
  std::uint32_t const* channel;   // `words_a_channel` of each
  std::byte* out;
  std::uint32_t pixel_stride;
  std::uint32_t oldest;  // bytes into a channel's weights: those that the oldest row of columns meets
  std::uint32_t odd;     // stride 1: whether one output is left when they are made in twos
  std::uint32_t form;    // 0: stride 1, 1: stride 2, 2: stride 1 and one output only
};

/// Of each channel: factor, addend, shift, 2 * bias, the address where its pairs end, then five rows of the
/// doubled weights (w0, w1 and w1, w2): rows 0, 1, 2, 0, 1, so that a ring of three may begin anywhere.
inline constexpr std::int32_t words_a_channel = 15;

/// Stride 1: two outputs in 28 instructions. r0-r5 weights, r6-r8 columns, r9 and r10 sums, r11 the columns'
/// address, r12 out, lr the pixel stride. On the stack: factor, addend, shift, 2 * bias, the pairs' end,
/// to_next_channel, the next channel, its end, out, oldest, odd, the loop.
[[gnu::naked, gnu::noinline]] inline void multiply(line const*) {
  asm volatile(R"(
    .macro linnet_rectify sum
      smmlar \sum, \sum, r6, r7
      asr.w \sum, \sum, r8
      ssat \sum, #8, \sum
    .endm
    .macro linnet_one
      ldm r11!, {r6, r7, r8}
      ldr.w r9, [sp, #12]
      smlad r9, r6, r0, r9
      smlad r9, r7, r2, r9
      smlad r9, r8, r4, r9
      ldm r11, {r6, r7, r8}
      smlabt r9, r6, r1, r9
      smlabt r9, r7, r3, r9
      smlabt r9, r8, r5, r9
      ldm sp, {r6, r7, r8}
      linnet_rectify r9
      strb r9, [r12]
    .endm
      push {r4-r11, lr}
      sub sp, #48
      ldm r0, {r1-r8}
      mov r11, r1
      mov lr, r5
      add.w r9, r3, #240
      str r2, [sp, #20]
      strd r3, r9, [sp, #24]
      str r4, [sp, #32]
      strd r6, r7, [sp, #36]
      adr.w r9, 2f
      cmp r8, #1
      blo 1f
      adr.w r9, 3f
      beq 1f
      adr.w r9, 5f
    1:
      orr r9, r9, #1
      str.w r9, [sp, #44]
    0:
      ldr.w r12, [sp, #24]
      ldm r12!, {r6-r10}
      stm sp, {r6-r10}
      ldr.w r0, [sp, #36]
      add.w r0, r12, r0
      add.w r12, r12, #40
      str.w r12, [sp, #24]
      ldr.w r12, [sp, #32]
      add.w r6, r12, #1
      str.w r6, [sp, #32]
      ldm r0, {r0-r5}
      ldr.w pc, [sp, #44]
      .balign 4
    2:
      ldm r11!, {r6, r7, r8}
      ldr.w r9, [sp, #12]
      mov r10, r9
      smlad r9, r6, r0, r9
      smlatb r10, r6, r0, r10
      smlad r9, r7, r2, r9
      smlatb r10, r7, r2, r10
      smlad r9, r8, r4, r9
      smlatb r10, r8, r4, r10
      ldm r11, {r6, r7, r8}
      smlabt r9, r6, r1, r9
      smlad r10, r6, r1, r10
      smlabt r9, r7, r3, r9
      smlad r10, r7, r3, r10
      smlabt r9, r8, r5, r9
      smlad r10, r8, r5, r10
      ldm sp, {r6, r7, r8}
      linnet_rectify r9
      linnet_rectify r10
      strb r9, [r12]
      strb r10, [r12, lr]
      add.w r12, r12, lr, lsl #1
      ldr.w r6, [sp, #16]
      cmp r11, r6
      bne 2b
      .balign 4
    5:
      ldr r6, [sp, #40]
      cmp r6, #0
      beq 4f
      linnet_one
      b 4f
      .balign 4
    3:
      linnet_one
      add.w r12, r12, lr
      ldr.w r6, [sp, #16]
      cmp r11, r6
      bne 3b
    4:
      ldr r0, [sp, #20]
      ldrd r12, r1, [sp, #24]
      add r11, r0
      cmp r12, r1
      bne.w 0b
      add sp, #48
      pop {r4-r11, pc}
      .purgem linnet_rectify
      .purgem linnet_one
  )");
}

/// Where the columns of four channels are kept: [channel][pair][3 rows]. The pairs of a row: one with padding
/// on its left, whole ones, one with padding on its right, padding.
struct plane {
  std::uint32_t* columns;
  std::int32_t words;  // of one channel
  std::int32_t head, whole, half, rest;

  /// Two neighbouring pixels of four channels, words `a` and `b`, to one pair and row.
  [[gnu::always_inline]] static void turn(std::uint32_t* to, std::int32_t words, std::uint32_t a,
                                          std::uint32_t b) {
    using namespace kernels::dsp;
    std::uint32_t const even_a = widened_even(a), even_b = widened_even(b);
    to[0] = low_halves(even_a, even_b);
    to[2 * words] = high_halves(even_a, even_b);
    std::uint32_t const odd_a = widened_odd(a), odd_b = widened_odd(b);
    to[words] = low_halves(odd_a, odd_b);
    to[3 * words] = high_halves(odd_a, odd_b);
  }
};

/// The whole pairs of a row; returns what is behind them. Out of line: all registers are its own.
[[gnu::noinline]] inline std::uint32_t* turn_pairs(std::uint32_t* to, std::int32_t words,
                                                   std::byte const* from, std::int32_t stride,
                                                   std::uint32_t const* end) {
  while (to != end) {
    std::uint32_t const a = kernels::dsp::word_at(from), b = kernels::dsp::word_at(from + stride);
    from += 2 * stride;
    plane::turn(to, words, a, b);
    to += 3;
  }
  return to;
}

/// One row of four channels, whose pixels begin at `from`; `zero` is their zero points.
[[gnu::noinline]] inline void turn_row(plane const& p, std::uint32_t* to, std::byte const* from,
                                       std::int32_t stride, std::uint32_t zero) {
  if (p.head != 0) {
    plane::turn(to, p.words, zero, kernels::dsp::word_at(from));
    to += 3;
    from += stride;
  }
  to = turn_pairs(to, p.words, from, stride, to + 3 * p.whole);
  if (p.half != 0) {
    plane::turn(to, p.words, kernels::dsp::word_at(from + 2 * p.whole * stride), zero);
    to += 3;
  }
  for (std::int32_t i = p.rest; i > 0; --i, to += 3) plane::turn(to, p.words, zero, zero);
}

/// Writes what `line::channel` points at for four channels. Rows 3 and 4 of the weights are 0 and 1 again.
[[gnu::noinline]] inline void unpack_channels(std::byte const* packed, plane const& p,
                                              std::int32_t main_words, std::uint32_t* to) {
  using namespace kernels::dsp;
  std::uint32_t* pairs_end = p.columns + main_words;
  for (std::uint32_t const* const end = to + 4 * words_a_channel; to != end; to += words_a_channel) {
    auto const* const from = reinterpret_cast<std::uint32_t const*>(packed);
    packed += column_pairs::channel_bytes;
    to[0] = from[6];
    to[1] = from[7];
    to[2] = from[8];
    to[3] = from[5];
    to[4] = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(pairs_end));
    pairs_end += p.words;
    unrolled<3>([&](std::int32_t row) {
      std::uint32_t const outer = doubled(widened_even(from[row])), inner = doubled(widened_odd(from[row]));
      to[5 + 2 * row] = outer;
      to[6 + 2 * row] = inner;
      if (row == 2) return;
      to[11 + 2 * row] = outer;
      to[12 + 2 * row] = inner;
    });
  }
}

}  // namespace dsp

/// Depthwise convolution of some rows by 3x3 weights, rectified: four channels at a time, each row of the
/// window turned once into pairs of columns. Scratch: as the traits say.
template <class Extent>
void rows(descriptor<Extent, std::int8_t, double_rounding> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_dsp) {
  using kernels::dsp::word_at;
  std::int32_t const channels = d.input_channels, width = d.input_width, made = d.output_width;
  bool const by_one = d.stride_width == 1;
  std::int32_t const pairs = column_pairs::pairs(made, by_one ? 1 : 2);
  std::int32_t const head = d.padding_left, inside = width - head, wanted = pairs - head;
  std::int32_t const whole = min(inside / 2, wanted);
  std::int32_t const half = (inside & 1) != 0 && whole < wanted ? 1 : 0;
  dsp::plane const plane{
      reinterpret_cast<std::uint32_t*>(scratch), pairs * 3, head, whole, half, wanted - whole - half};
  std::uint32_t* const channel = plane.columns + 4 * plane.words;
  std::int32_t const odd = by_one ? made & 1 : 0, main_words = (by_one ? made / 2 : made) * 3;
  for (std::int32_t first = 0; first < channels; first += 4) {
    std::uint32_t const zero = word_at(packed + first);
    dsp::unpack_channels(packed + column_pairs::first(channels) + first * column_pairs::channel_bytes, plane,
                         main_words, channel);
    dsp::line line{plane.columns,
                   static_cast<std::uint32_t>(plane.words - main_words - odd * 3) * 4,
                   channel,
                   out.data + first,
                   static_cast<std::uint32_t>(out.pixel_stride),
                   0,
                   static_cast<std::uint32_t>(odd),
                   by_one ? (made == 1 ? 2u : 0u) : 1u};
    std::int32_t turned = 0, slot = 0;
    for (std::int32_t y = 0; y < out.rows; ++y) {
      for (; turned < y * d.stride_height + 3; ++turned) {
        std::uint32_t* const to = plane.columns + slot;
        slot = slot == 2 ? 0 : slot + 1;
        input_row const& row = window[static_cast<std::size_t>(turned)];
        dsp::turn_row(plane, to, row.data + first, row.pixel_stride, zero);
      }
      line.oldest = slot == 0 ? 0u : static_cast<std::uint32_t>(3 - slot) * 8;
      dsp::multiply(&line);
      line.out += out.row_stride;
    }
  }
  if (kernels::dsp::is_saturation(d.output.clamp)) return;
  for (std::int32_t y = 0; y < out.rows; ++y)
    kernels::dsp::clamp_pixels(out.data + y * out.row_stride, out.pixel_stride, made, channels,
                               d.output.clamp);
}

}  // namespace linnet::inline LINNET_ISA::kernels::depthwise

#endif
