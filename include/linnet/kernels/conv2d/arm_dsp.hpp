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
      ldr.w r10, [r12], #4
      ldrd r8, r9, [lr], #8
      sxtb16.w r11, r10
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

/// Copies `count` bytes: words, the last of which may overlap the one before.
[[gnu::always_inline]] inline void copy(std::byte* to, std::byte const* from, std::int32_t count) {
  auto const copy_word = [&](std::int32_t at) {
    std::uint32_t const word = kernels::dsp::word_at(from + at);
    __builtin_memcpy(to + at, &word, 4);
  };
  std::int32_t at = 0;
  for (; at + 4 <= count; at += 4) copy_word(at);
  if (at == count) return;
  if (count > 4) return copy_word(count - 4);
  for (; at < count; ++at) to[at] = from[at];
}

/// A pixel of a strip: its number in its row, and the row that its window begins at.
struct pixel {
  std::int32_t x, top;
};

/// What widens the pixels of a strip, four at a time, to `inputs`.
template <class Extent>
struct strip {
  descriptor<Extent, std::int8_t, double_rounding> const& d;
  row_window window;
  std::byte const* zero_pixel;
  std::uint32_t* inputs;            // scratch: four pixels, widened
  std::byte* gathered;              // and what of them does not lie in the image side by side
  std::int32_t run, padded;         // bytes of a kernel row; of all of them, with zeros to whole words
  std::int32_t width, input_width;  // pixels of a row

  /// The pixel so many behind `p`, or, below zero, in front of it.
  [[nodiscard]] pixel moved(pixel p, std::int32_t pixels) const {
    p.x += pixels;
    for (; p.x >= width; p.x -= width) p.top += d.stride_height;
    for (; p.x < 0; p.x += width) p.top -= d.stride_height;
    return p;
  }

  /// Pixels [left, right) of one row side by side, zero points beside the image. Out of line: few are there.
  [[gnu::noinline]] void gather(input_row const& row, std::int32_t left, std::int32_t right,
                                std::byte* to) const {
    std::int32_t const channels = d.input_channels, end = min<std::int32_t>(right, d.input_width);
    std::int32_t x = left;
    auto const copy_pixels = [&](std::int32_t last) {
      for (; x < last; ++x, to += channels) copy(to, d.pixel(row, x, zero_pixel), channels);
    };
    copy_pixels(min<std::int32_t>(right, 0));
    if (row.pixel_stride == channels && x < end) {
      copy(to, row.data + x * channels, (end - x) * channels);
      to += (end - x) * channels;
      x = end;
    }
    copy_pixels(right);
  }

  /// Where the bytes of one kernel row of a pixel are: in the image, or gathered to `to`.
  [[nodiscard]] std::byte const* run_of(pixel const& p, std::int32_t ky, std::byte* to) const {
    input_row const& row = window[static_cast<std::size_t>(p.top + ky)];
    std::int32_t const left = p.x * d.stride_width - d.padding_left;
    if (left >= 0 && left + d.kernel_width <= input_width && row.pixel_stride == d.input_channels)
      return row.data + left * d.input_channels;
    gather(row, left, left + d.kernel_width, to);
    return to;
  }

  /// Widens pixel `p` and the three behind it, whose channels are whole words; or `p` alone, four times.
  void widen_words(pixel p, bool four) const {
    std::int32_t const left = p.x * d.stride_width - d.padding_left;
    std::int32_t const step = d.stride_width * d.input_channels;
    bool const inside =
        four && left >= 0 && p.x + 3 < width && left + 3 * d.stride_width + d.kernel_width <= input_width;
    std::uint32_t* to = inputs;
    for (std::int32_t ky = 0; ky < d.kernel_height; ++ky) {
      input_row const& row = window[static_cast<std::size_t>(p.top + ky)];
      std::byte const* from[4] = {row.data + left * d.input_channels};
      if (inside && row.pixel_stride == d.input_channels) {
        for (int i = 1; i < 4; ++i) from[i] = from[i - 1] + step;
      } else {
        for (int i = 0; i < 4; ++i) from[i] = run_of(four ? moved(p, i) : p, ky, gathered + i * run);
      }
      to = widen(to, from[0], from[1], from[2], from[3], static_cast<std::uint32_t>(run));
    }
  }
};

/// Kernel rows of any length: each input row is laid out once with its border in a ring of rows, from which
/// the windows of pixels are copied.
template <class Extent>
class bordered_rows {
 public:
  explicit bordered_rows(strip<Extent> const& s)
      : s_(s),
        right_((s.width - 1) * s.d.stride_width + s.d.kernel_width - s.d.padding_left),
        pitch_((right_ + s.d.padding_left) * s.d.input_channels),
        ring_(s.gathered + 4 * s.padded) {}

  /// Copies the windows of `count` pixels of one row, `p` the first, to slots from `slot` on. Pixels come in
  /// order.
  void copy_windows(pixel p, std::int32_t count, std::int32_t slot) {
    for (; laid_ < p.top + s_.d.kernel_height; ++laid_) {
      if (laid_ < p.top) continue;  // in no window
      s_.gather(s_.window[static_cast<std::size_t>(laid_)], -std::int32_t{s_.d.padding_left}, right_,
                row(laid_));
    }
    std::int32_t const run = s_.run;
    if (run == 4) {
      copy_runs(p, count, slot, [](std::byte* to, std::byte const* from) { copy(to, from, 4); });
    } else if (run > 8 && run <= 12) {  // 3x3 on colours
      copy_runs(p, count, slot, [run](std::byte* to, std::byte const* from) {
        std::uint32_t const first = kernels::dsp::word_at(from), second = kernels::dsp::word_at(from + 4),
                            last = kernels::dsp::word_at(from + run - 4);
        __builtin_memcpy(to, &first, 4);
        __builtin_memcpy(to + 4, &second, 4);
        __builtin_memcpy(to + run - 4, &last, 4);
      });
    } else {
      copy_runs(p, count, slot, [run](std::byte* to, std::byte const* from) { copy(to, from, run); });
    }
  }
  /// Widens the four slots from `slot` on, or that one four times.
  void widen_slots(std::int32_t slot, bool four) const {
    std::byte const* from[4];
    for (std::byte const*& each : from) {
      each = s_.gathered + (slot & 3) * s_.padded;
      if (four) ++slot;
    }
    widen(s_.inputs, from[0], from[1], from[2], from[3], static_cast<std::uint32_t>(s_.padded));
  }

 private:
  template <class Copy>
  [[gnu::always_inline]] void copy_runs(pixel p, std::int32_t count, std::int32_t slot, Copy copy_run) const {
    std::int32_t const pitch = pitch_, padded = s_.padded, run = s_.run, height = s_.d.kernel_height,
                       step = s_.d.stride_width * s_.d.input_channels;
    std::byte* to = s_.gathered + slot * padded;
    std::byte const* from = row(p.top) + p.x * step;
    std::byte const* const end = ring_ + height * pitch;
    for (std::int32_t ky = 0; ky < height; ++ky, to += run) {
      std::byte const* from_pixel = from;
      std::byte* to_pixel = to;
      for (std::int32_t i = count; i > 0; --i, from_pixel += step, to_pixel += padded)
        copy_run(to_pixel, from_pixel);
      from += pitch;
      if (from >= end) from -= height * pitch;
    }
  }
  [[nodiscard]] std::byte* row(std::int32_t y) const {
    return ring_ + static_cast<std::int32_t>(static_cast<std::uint32_t>(y) %
                                             static_cast<std::uint32_t>(s_.d.kernel_height)) *
                       pitch_;
  }

  strip<Extent> const& s_;
  std::int32_t right_, pitch_;  // pixels to the right of the image's left edge; bytes of a row
  std::byte* ring_;
  std::int32_t laid_ = 0;
};

/// Whether rows of pixels lie one behind the other.
[[nodiscard]] inline bool is_one_run(row_window window, std::int32_t row_bytes) {
  for (std::size_t i = 1; i < window.size(); ++i) {
    if (window[i].data - window[i - 1].data != row_bytes) return false;
  }
  return true;
}

}  // namespace dsp

/// Convolution of some rows: four pixels at a time, across the ends of rows; the last tile computes pixels
/// again. Scratch: as the traits say.
template <class Extent>
void rows(descriptor<Extent, std::int8_t, double_rounding> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_dsp) {
  std::int32_t const run = d.kernel_width * d.input_channels, stride = out.pixel_stride;
  channel_pairs const layout{d.kernel_height * run, d.input_channels};
  auto const padded = static_cast<std::int32_t>(layout.padded());
  auto* const inputs = reinterpret_cast<std::uint32_t*>(scratch);
  dsp::strip<Extent> strip{d,   window, packed,         inputs,       scratch + 8 * padded,
                           run, padded, d.output_width, d.input_width};
  std::int32_t lines = out.rows;
  if (out.row_stride == std::int64_t{stride} * d.output_width) {  // tiles may cross the ends of rows
    if (layout.weights == d.input_channels && d.stride_width == 1 && d.padding_left == 0 &&
        window[0].pixel_stride == d.input_channels &&
        dsp::is_one_run(window, d.input_width * d.input_channels)) {  // there are none
      strip.width = strip.input_width = d.output_width * lines;
    }
    lines = 1;
  }
  std::int32_t const pixels = lines == 1 ? d.output_width * out.rows : d.output_width;
  constexpr std::uint32_t round = dsp::steps_a_round;
  std::uint32_t const steps = static_cast<std::uint32_t>(padded) / 2;
  bool const four = pixels >= 4;
  dsp::tile tile{inputs,
                 inputs + 4 * steps,
                 (round - (steps - 1) % round) % round * dsp::step_bytes,
                 nullptr,
                 four ? static_cast<std::uint32_t>(stride) : 0,
                 nullptr,
                 packed + layout.first(),
                 d.output.zero_point == -128 && d.output.clamp.low == -128};
  auto const make = [&](std::byte* to) {
    tile.out = to;
    tile.out_end = to + d.output_channels;
    dsp::multiply(&tile);
  };
  dsp::bordered_rows<Extent> bordered(strip);
  for (std::int32_t line = 0; line < lines; ++line) {
    std::byte* const begin = out.data + line * out.row_stride;
    dsp::pixel p{0, line * d.stride_height};
    if (d.input_channels % 4 == 0) {
      std::int32_t const tile_pixels = four ? 4 : 1, last = pixels - tile_pixels;
      for (std::int32_t i = 0; i < pixels; i += tile_pixels, p = strip.moved(p, tile_pixels)) {
        if (i > last) {  // some of the last four once more
          p = strip.moved(p, last - i);
          i = last;
        }
        strip.widen_words(p, four);
        make(begin + i * stride);
      }
    } else {
      for (std::int32_t i = 0; i < pixels;) {
        bool const tile_in_row = i % 4 == 0 && i + 4 <= pixels && p.x + 4 <= strip.width;
        std::int32_t const count = tile_in_row ? 4 : 1;
        bordered.copy_windows(p, count, i & 3);
        p = strip.moved(p, count);
        i += count;
        if (four && i % 4 != 0 && i != pixels) continue;
        bordered.widen_slots(four ? i : i - 1, four);  // the last tile has some pixels of the one before
        make(begin + (i - (four ? 4 : 1)) * stride);
      }
    }
    if (!kernels::dsp::is_saturation(d.output.clamp))
      kernels::dsp::clamp_pixels(begin, stride, pixels, d.output_channels, d.output.clamp);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d

#endif
