// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_mve.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <bit>
#include <cstddef>
#include <cstdint>

#include <linnet/base/quotient.hpp>
#include <linnet/kernels/conv2d/arm_mve.hpp>
#include <linnet/kernels/depthwise/descriptor.hpp>
#include <linnet/kernels/depthwise/tap_pairs.hpp>

namespace linnet::inline LINNET_ISA::kernels::depthwise {

namespace mve {

/// A run of pixels. All fields are words: the code below reads them in this order.
struct run {
  std::uint32_t pairs;     // of taps
  std::byte const** taps;  // where their pixels are, then how far each moves from pixel to pixel
  std::uint32_t out_step;  // bytes from an output pixel to the next
  std::uint32_t to_steps;  // bytes from the list of places to that of distances
  std::byte* out;
  std::int32_t zero_point;
  std::uint32_t last;    // bytes from a pixel's first channel to its last sixteen
  std::uint32_t pixels;  // 1 or more
  std::byte const* weights;
  std::uint32_t
      form;  // 1: one more tap, + 2: no sum below zero matters, + 4: a tap's next pixel is behind it
};

/// Sixteen channels at a time: products of 16 bits, summed over two taps, which they hold, then widened.
/// q0-q3 sum channels 0, 4, 8, 12; 2, 6, 10, 14; 1, 5, 9, 13; 3, 7, 11, 15. r0 walks the list, r1 and r2 are
/// pixels, r3-r12 as in `run`, but r5 is the stream and r6 the first channel's place; on the stack: out_step,
/// to_steps.
[[gnu::naked, gnu::noinline]] inline void multiply(run const*) {
  asm volatile(R"(
    .macro linnet_widen
      vmovlb.s16 q4, q6
      vadd.i32 q0, q0, q4
      vmovlt.s16 q4, q6
      vadd.i32 q1, q1, q4
      vmovlb.s16 q4, q7
      vadd.i32 q2, q2, q4
      vmovlt.s16 q4, q7
      vadd.i32 q3, q3, q4
    .endm
      push {r4-r11, lr}
      vpush {d8-d15}
      sub sp, #8
      ldm r0, {r3-r12}
      strd r5, r6, [sp]
    0:
      movs r6, #0
      mov r5, r11
    1:
      vldrw.u32 q0, [r5], #16
      vldrw.u32 q1, [r5], #16
      vldrw.u32 q2, [r5], #16
      vldrw.u32 q3, [r5], #16
      mov r0, r4
      wls lr, r3, 3f
    2:
      ldrd r1, r2, [r0], #8
      add r1, r6
      add r2, r6
      vldrb.8 q4, [r1]
      vldrb.8 q5, [r5], #16
      vmullb.s8 q6, q4, q5
      vmullt.s8 q7, q4, q5
      vldrb.8 q4, [r2]
      vldrb.8 q5, [r5]
      vmullb.s8 q5, q4, q5
      vadd.i16 q6, q6, q5
      vldrb.8 q5, [r5], #16
      vmullt.s8 q5, q4, q5
      vadd.i16 q7, q7, q5
      linnet_widen
      le lr, 2b
    3:
      lsls r1, r12, #31
      bpl 4f
      ldr r1, [r0]
      add r1, r6
      vldrb.8 q4, [r1]
      vldrb.8 q5, [r5], #16
      vmullb.s8 q6, q4, q5
      vmullt.s8 q7, q4, q5
      linnet_widen
    4:
      .irp sum, q0, q1, q2, q3
        vldrw.u32 q4, [r5], #16
        vqrdmulh.s32 \sum, \sum, q4
      .endr
      lsls r1, r12, #30
      bmi 5f
      .irp sum, q0, q1, q2, q3
        vshr.s32 q4, \sum, #31
        vadd.i32 \sum, \sum, q4
      .endr
    5:
      .irp sum, q0, q1, q2, q3
        vldrw.u32 q4, [r5], #16
        vrshl.s32 \sum, \sum, q4
      .endr
      vqmovnb.s32 q0, q0
      vqmovnt.s32 q0, q1
      vqmovnb.s32 q2, q2
      vqmovnt.s32 q2, q3
      vqadd.s16 q0, q0, r8
      vqadd.s16 q2, q2, r8
      vqmovnb.s16 q0, q0
      vqmovnt.s16 q0, q2
      add r1, r7, r6
      vstrb.8 q0, [r1]
      cmp r6, r9
      beq 6f
      adds r6, #16
      cmp r6, r9
      it hi
      movhi r6, r9
      b 1b
    6:
      ldrd r0, r1, [sp]
      add r7, r0
      mov r0, r4
      add r1, r4
      mov r2, r1
    7:
      vldrw.u32 q0, [r0]
      vldrw.u32 q1, [r1], #16
      vadd.i32 q0, q0, q1
      vstrw.32 q0, [r0], #16
      cmp r0, r2
      bne 7b
      subs r10, #1
      bne 0b
      add sp, #8
      vpop {d8-d15}
      pop {r4-r11, pc}
      .purgem linnet_widen
  )");
}

/// The same for nine taps of whole sixteens of channels, no sum below zero of which matters: the taps' places
/// are in registers. 118 instructions for 16 outputs: r0-r8 are the taps, r9 is out, r10 the stream, r12 the
/// zero point; on the stack: taps, from a pixel's last output to the next one's first, to_steps, sixteens of
/// channels, pixels, weights, form.
[[gnu::naked, gnu::noinline]] inline void multiply_nine(run const*) {
  asm volatile(R"(
    .macro linnet_tap at
      vldrb.8 q4, [\at], #16
      vldrb.8 q5, [r10], #16
      vmullb.s8 q6, q4, q5
      vmullt.s8 q7, q4, q5
    .endm
    .macro linnet_second_tap at
      vldrb.8 q4, [\at], #16
      vldrb.8 q5, [r10]
      vmullb.s8 q5, q4, q5
      vadd.i16 q6, q6, q5
      vldrb.8 q5, [r10], #16
      vmullt.s8 q5, q4, q5
      vadd.i16 q7, q7, q5
    .endm
    .macro linnet_widen
      vmovlb.s16 q4, q6
      vadd.i32 q0, q0, q4
      vmovlt.s16 q4, q6
      vadd.i32 q1, q1, q4
      vmovlb.s16 q4, q7
      vadd.i32 q2, q2, q4
      vmovlt.s16 q4, q7
      vadd.i32 q3, q3, q4
    .endm
      push {r4-r11, lr}
      vpush {d8-d15}
      sub sp, #28
      ldm r0, {r3-r12}
      add r9, #16
      sub r5, r5, r9
      lsr r9, r9, #4
      stm sp, {r4, r5, r6, r9, r10, r11, r12}
      mov r12, r8
      mov r9, r7
      ldm r4, {r0-r8}
    0:
      ldr r10, [sp, #20]
      ldr r11, [sp, #12]
      dls lr, r11
    1:
      vldrw.u32 q0, [r10], #16
      vldrw.u32 q1, [r10], #16
      vldrw.u32 q2, [r10], #16
      vldrw.u32 q3, [r10], #16
      linnet_tap r0
      linnet_second_tap r1
      linnet_widen
      linnet_tap r2
      linnet_second_tap r3
      linnet_widen
      linnet_tap r4
      linnet_second_tap r5
      linnet_widen
      linnet_tap r6
      linnet_second_tap r7
      linnet_widen
      linnet_tap r8
      linnet_widen
      .irp sum, q0, q1, q2, q3
        vldrw.u32 q4, [r10], #16
        vqrdmulh.s32 \sum, \sum, q4
      .endr
      .irp sum, q0, q1, q2, q3
        vldrw.u32 q4, [r10], #16
        vrshl.s32 \sum, \sum, q4
      .endr
      vqmovnb.s32 q0, q0
      vqmovnt.s32 q0, q1
      vqmovnb.s32 q2, q2
      vqmovnt.s32 q2, q3
      vqadd.s16 q0, q0, r12
      vqadd.s16 q2, q2, r12
      vqmovnb.s16 q0, q0
      vqmovnt.s16 q0, q2
      vstrb.8 q0, [r9], #16
      le lr, 1b
      ldr r11, [sp, #4]
      add r9, r11
      ldr r11, [sp, #16]
      subs r11, #1
      str r11, [sp, #16]
      beq 4f
      ldr r11, [sp, #24]
      lsls r11, r11, #29
      bmi 0b
      ldr r0, [sp]
      ldr r1, [sp, #8]
      add r1, r0
      mov r2, r1
    3:
      vldrw.u32 q0, [r0]
      vldrw.u32 q1, [r1], #16
      vadd.i32 q0, q0, q1
      vstrw.32 q0, [r0], #16
      cmp r0, r2
      bne 3b
      ldr r0, [sp]
      ldm r0, {r0-r8}
      b 0b
    4:
      add sp, #28
      vpop {d8-d15}
      pop {r4-r11, pc}
      .purgem linnet_tap
      .purgem linnet_second_tap
      .purgem linnet_widen
  )");
}

/// Lists where the taps of the pixel are whose window begins at column `left`, and how far they move from
/// pixel to pixel: `moves` columns.
template <class Extent>
[[gnu::noinline, gnu::cold]] void list_taps(descriptor<Extent, std::int8_t, double_rounding> const& d,
                                            input_row const* row, std::int32_t left, std::int32_t moves,
                                            std::byte const* zero_pixel, std::byte const** taps,
                                            std::int32_t listed) {
  std::int32_t const width = d.input_width, dilation = d.dilation_width;
  for (std::int32_t ky = d.kernel_height; ky > 0; --ky, row += d.dilation_height) {
    std::int32_t const stride = row->pixel_stride;
    auto* const step = reinterpret_cast<std::byte const*>(moves * stride);
    std::byte const* at = row->data + left * stride;
    std::int32_t column = left;
    for (std::int32_t kx = d.kernel_width; kx > 0; --kx, ++taps) {
      bool const inside = static_cast<std::uint32_t>(column) < static_cast<std::uint32_t>(width);
      *taps = inside ? at : zero_pixel;
      taps[listed] = step;
      at += dilation * stride;
      column += dilation;
    }
  }
}

/// Copies the taps behind which fewer than sixteen bytes of their row are left.
template <class Extent>
[[gnu::noinline, gnu::cold]] void copy_taps(descriptor<Extent, std::int8_t, double_rounding> const& d,
                                            input_row const* row, std::byte const* zero_pixel,
                                            std::byte const** taps, std::byte* copies) {
  for (std::int32_t ky = d.kernel_height; ky > 0; --ky, row += d.dilation_height) {
    std::byte const* const last = row->data + (d.input_width - 1) * row->pixel_stride + d.input_channels - 16;
    for (std::int32_t kx = d.kernel_width; kx > 0; --kx, ++taps) {
      if (*taps == zero_pixel || *taps <= last) continue;
      kernels::mve::copy(copies, *taps, d.input_channels);
      *taps = copies;
      copies += 16;
    }
  }
}

}  // namespace mve

/// Depthwise convolution of some rows, sixteen channels of a pixel at a time; of fewer channels several
/// pixels, where these lie side by side; of one input channel and several filters as conv2d does. Scratch: as
/// the traits say. Cold, as what it calls but the products: its size counts.
template <class Extent>
[[gnu::noinline, gnu::cold]] void rows(descriptor<Extent, std::int8_t, double_rounding> const& d,
                                       row_window window, row_span const& out, std::byte const* packed,
                                       std::byte* scratch, arch::arm_mve) {
  if (d.input_channels != d.output_channels)
    return conv2d::mve::convolve<Extent>(d, window, out, packed, scratch);
  std::int32_t const channels = d.input_channels, stride = out.pixel_stride, by = d.stride_width;
  tap_pairs const layout{d.kernel_height * d.kernel_width, channels};
  std::int32_t const listed = layout.listed();
  auto** const taps = reinterpret_cast<std::byte const**>(scratch);
  std::byte* const copies = scratch + 8 * listed;
  bool const rectified = kernels::mve::is_rectified(d.output.zero_point, d.output.clamp);
  std::uint32_t const form = (static_cast<std::uint32_t>(layout.taps) & 1) + (rectified ? 2 : 0);
  bool const nine = layout.taps == 9 && rectified && (channels % 16 == 0 || channels < 16);
  auto* const multiply = nine ? mve::multiply_nine : mve::multiply;
  mve::run run;
  run.pairs = static_cast<std::uint32_t>(layout.taps) / 2;
  run.taps = taps;
  run.to_steps = static_cast<std::uint32_t>(4 * listed);
  run.zero_point = d.output.zero_point;
  run.last = static_cast<std::uint32_t>(max(channels, std::int32_t{16}) - 16);
  run.weights = packed + layout.first();
  std::int32_t const last = d.input_width - (d.kernel_width - 1) * d.dilation_width - 1;
  bool const fills = channels <= 16 && (channels & (channels - 1)) == 0;  // a power of two
  std::int32_t const most = by == 1 && stride == channels && fills
                                ? 16 >> std::countr_zero(static_cast<std::uint32_t>(channels))
                                : 1;
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const* const rows = window.data() + y * d.stride_height;
    std::int32_t group = most;  // pixels made at once
    run.form = form + (by == 1 ? 4 : 0);
    for (std::int32_t ky = 0; ky < d.kernel_height; ++ky) {
      std::int32_t const apart = rows[ky * d.dilation_height].pixel_stride;
      if (apart == channels) continue;
      run.form = form;
      if (apart != 0) group = 1;
    }
    run.out_step = static_cast<std::uint32_t>(group * stride);
    std::byte* to = out.data + y * out.row_stride;
    std::int32_t left = -std::int32_t{d.padding_left};
    for (std::int32_t pixels = d.output_width; pixels > 0;) {
      std::int32_t inside = 0;  // groups of pixels no tap of which lies beside the image
      if (left >= 0 && left <= last && (channels >= 16 || group > 1))
        inside =
            min(pixels, quotient(last - left, by) + 1) >> std::countr_zero(static_cast<std::uint32_t>(group));
      std::int32_t const made = inside > 0 ? inside * group : 1;
      bool const few = inside == 0 && channels < 16;  // sixteen results, not all of which are wanted
      mve::list_taps(d, rows, left, inside > 0 ? group * by : 0, packed, taps, listed);
      if (few) mve::copy_taps(d, rows, packed, taps, copies);
      run.pixels = static_cast<std::uint32_t>(max(inside, std::int32_t{1}));
      run.out = few ? copies + 16 * layout.taps : to;
      multiply(&run);
      if (few) kernels::mve::copy(to, run.out, channels);
      pixels -= made;
      left += made * by;
      to += made * stride;
    }
  }
  kernels::mve::clamp_rows(out, d.output_width, d.output_channels, d.output.clamp);
}

}  // namespace linnet::inline LINNET_ISA::kernels::depthwise

#endif
