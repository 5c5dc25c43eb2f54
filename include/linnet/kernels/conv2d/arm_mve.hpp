// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_mve.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <cstddef>
#include <cstdint>

#include <linnet/base/quotient.hpp>
#include <linnet/kernels/conv2d/descriptor.hpp>
#include <linnet/kernels/conv2d/int16.hpp>
#include <linnet/kernels/conv2d/layout.hpp>
#include <linnet/kernels/conv2d/tile/arm_mve.hpp>
#include <linnet/kernels/cortex_m/int16/arm_mve.hpp>

namespace linnet::inline LINNET_ISA::kernels::conv2d {

namespace mve {

/// Copies one vector of each of `count` pixels, 0 or more.
[[gnu::always_inline]] inline void copy_columns(std::byte* to, std::int32_t pitch, std::byte const* from,
                                                std::int32_t stride, std::int32_t count) {
  asm volatile(R"(
      wls lr, %4, 2f
    1:
      vldrb.8 q0, [%1]
      add %1, %3
      vstrb.8 q0, [%0]
      add %0, %2
      le lr, 1b
    2:
  )"
               : "+r"(to), "+r"(from)
               : "r"(pitch), "r"(stride), "r"(count)
               : "lr", "d0", "d1", "memory");
}

/// One call of the kernel. What it multiplies lies side by side, pixel by pixel, in the image or in scratch.
/// Inlined where it is made: one frame on the stack, and its fields need not be read from there.
template <class Extent>
struct task {
  convolution_descriptor<Extent, std::int8_t, double_rounding> const& d;
  row_window const& window;
  row_span const& out;
  std::byte const* zero_pixel;
  std::byte* scratch;
  channel_lanes const& layout;
  tile& t;

  [[nodiscard]] std::byte* line(std::int32_t y) const { return out.data + y * out.row_stride; }
  [[nodiscard]] input_row const* rows_of(std::int32_t y) const { return window.data() + y * d.stride_height; }

  /// A kernel of one pixel: the image itself; pixels behind which other bytes would be read are copied.
  [[gnu::always_inline]] void multiply_image() const {
    std::int32_t const channels = d.input_channels, padded = layout.padded();
    std::int32_t lines = out.rows, pixels = d.output_width, width = d.input_width;
    bool one_run = d.stride_height == 1 && d.stride_width == 1 && pixels == width &&
                   window[0].pixel_stride == channels && out.row_stride == out.pixel_stride * pixels;
    for (std::size_t i = 1; i < window.size(); ++i)
      one_run = one_run && window[i].data - window[i - 1].data == width * channels;
    if (one_run) {
      width = pixels *= lines;
      lines = 1;
    }
    for (std::int32_t y = 0; y < lines; ++y) {
      input_row const& row = *rows_of(y);
      std::int32_t const step = d.stride_width * row.pixel_stride;
      std::int32_t direct = pixels;
      if (padded != channels && step != 0) {
        std::int32_t const last = (width - 1) * row.pixel_stride + channels - padded;
        direct = last < 0 ? 0 : min(pixels, quotient(last, step) + 1);
        if (direct != pixels) direct &= ~1;
      }
      multiply_pixels(t, row.data, step, direct, line(y));
      if (direct == pixels) continue;
      for (std::int32_t x = direct; x < pixels; ++x)
        kernels::mve::copy(scratch + (x - direct) * padded, row.data + x * step, channels);
      multiply_pixels(t, scratch, padded, pixels - direct, line(y) + direct * out.pixel_stride);
    }
  }

  /// Channels in whole vectors: a strip of the columns that some windows cover, [column][row][channel], where
  /// neighbouring windows overlap.
  [[gnu::always_inline]] void multiply_columns() const {
    std::int32_t const channels = d.input_channels, pitch = d.kernel_height * channels,
                       stride = d.stride_width;
    for (std::int32_t y = 0; y < out.rows; ++y) {
      std::byte* to = line(y);
      std::int32_t begin = -std::int32_t{d.padding_left};  // the first column's place in the image
      for (std::int32_t left = d.output_width; left > 0; left -= channel_lanes::slots) {
        std::int32_t const pixels = min(left, channel_lanes::slots), columns = layout.columns_of(pixels),
                           before = clamp<std::int32_t>(-begin, 0, columns), first = begin + before,
                           inside = clamp<std::int32_t>(d.input_width - first, 0, columns - before),
                           behind = before + inside;
        input_row const* row = rows_of(y);
        std::byte* at = scratch;
        for (std::int32_t ky = d.kernel_height; ky > 0; --ky, ++row) {
          std::byte const* from = row->data + first * row->pixel_stride;
          for (std::int32_t c = channels; c > 0; c -= 16, at += 16, from += 16) {
            copy_columns(at, pitch, zero_pixel, 0, before);
            copy_columns(at + before * pitch, pitch, from, row->pixel_stride, inside);
            copy_columns(at + behind * pitch, pitch, zero_pixel, 0, columns - behind);
          }
        }
        multiply_pixels(t, scratch, stride * pitch, pixels, to);
        to += pixels * out.pixel_stride;
        begin += pixels * stride;
      }
    }
  }

  /// Pixels [0, columns) of an input row, zero points beside the image.
  [[gnu::noinline, gnu::cold]] void lay(input_row const& from, std::byte* to) const {
    std::int32_t const channels = d.input_channels, left = d.padding_left;
    for (std::int32_t x = -left; x < layout.columns - left; ++x, to += channels) {
      std::int32_t pixels = 1;
      if (x == 0 && from.pixel_stride == channels)
        pixels = min<std::int32_t>(d.input_width, layout.columns - left);
      kernels::mve::copy(to, d.pixel(from, x, zero_pixel), pixels * channels);
      x += pixels - 1;
      to += (pixels - 1) * channels;
    }
  }

  /// Any channels: input rows with their border, each laid out once in a ring, from which the windows of some
  /// pixels are copied before they are multiplied. These may be of several rows.
  [[gnu::always_inline]] void multiply_windows() const {
    std::int32_t const slot = layout.slot(), run = layout.run(), pitch = layout.pitch(),
                       height = d.kernel_height, step = d.stride_width * d.input_channels,
                       around = height * pitch, width = d.output_width;
    std::byte *const ring = scratch + channel_lanes::slots * slot + 16, *const end = ring + around;
    std::byte* next = ring;  // the ring's place for the next row
    bool const across = out.row_stride == out.pixel_stride * width;
    std::int32_t filled = 0, laid = 0;
    std::byte* to = out.data;
    for (std::int32_t y = 0; y < out.rows; ++y) {
      for (std::int32_t const last = y * d.stride_height + height; laid < last; ++laid) {
        lay(window[static_cast<std::size_t>(laid)], next);
        next += pitch;
        if (next == end) next = ring;
      }
      for (std::int32_t x = 0; x < width;) {
        std::int32_t const count = min(width - x, channel_lanes::slots - filled);
        if (filled == 0) to = line(y) + x * out.pixel_stride;
        std::byte const* from = next + x * step;  // the oldest row is the window's first
        std::byte* at = scratch + filled * slot;
        for (std::int32_t ky = height; ky > 0; --ky, at += run) {
          for (std::int32_t i = 0; i < run; i += 16) copy_columns(at + i, slot, from + i, step, count);
          from += pitch;
          if (from >= end) from -= around;
        }
        x += count;
        filled += count;
        bool const last = x == width && (!across || y + 1 == out.rows);
        if (filled < channel_lanes::slots && !last) continue;
        multiply_pixels(t, scratch, slot, filled, to);
        filled = 0;
      }
    }
  }
};

/// What `rows` does, for depthwise convolutions of one input channel, too. Cold, as what it calls but the
/// products: its size counts.
template <class Extent>
[[gnu::noinline, gnu::cold]] void convolve(
    convolution_descriptor<Extent, std::int8_t, double_rounding> const& d, row_window window,
    row_span const& out, std::byte const* packed, std::byte* scratch) {
  std::int32_t const columns = (d.output_width - 1) * d.stride_width + d.kernel_width;
  channel_lanes const layout{d.kernel_height, d.kernel_width, d.input_channels,
                             d.stride_width,  columns,        d.padding_left > 0 || columns > d.input_width};
  std::uint32_t const steps = static_cast<std::uint32_t>(layout.padded()) / 16,
                      rounds = (steps + steps_a_round - 1) / steps_a_round;
  bool const rectified = kernels::mve::is_rectified(d.output.zero_point, d.output.clamp);
  tile t;
  t.rounds = 2 * rounds - (rectified ? 1 : 0);
  t.entry = (rounds * steps_a_round - steps) * step_bytes;
  t.weights = packed + layout.first();
  t.channels = d.output_channels;
  t.stride = out.pixel_stride;
  t.out_step = 2 * static_cast<std::uint32_t>(out.pixel_stride);
  t.zero_point = d.output.zero_point;
  task<Extent> const call{d, window, out, packed, scratch, layout, t};
  if (layout.from_image()) {
    call.multiply_image();
  } else if (layout.from_columns()) {
    call.multiply_columns();
  } else {
    call.multiply_windows();
  }
  kernels::mve::clamp_rows(out, d.output_width, d.output_channels, d.output.clamp);
}

}  // namespace mve

/// Convolution of some rows: two pixels and four channels at a time. Scratch: as the traits say.
template <class Extent>
void rows(descriptor<Extent, std::int8_t, double_rounding> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_mve) {
  mve::convolve<Extent>(d, window, out, packed, scratch);
}

/// The same of s16: a pixel and four channels at a time.
template <class Extent, class Policy>
void rows(descriptor<Extent, std::int16_t, Policy> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_mve) {
  int16_records const layout{d.kernel_height * d.kernel_width * d.input_channels, d.input_channels};
  for (std::int32_t y = 0; y < out.rows; ++y) {
    std::byte* to = out.data + y * out.row_stride;
    for (std::int32_t x = 0; x < d.output_width; ++x, to += out.pixel_stride) {
      std::byte const* const inputs =
          gather(d, window.data() + y * d.stride_height, x * d.stride_width - d.padding_left, packed, scratch,
                 kernels::mve::copy);
      int16::multiply_pixel<Policy>(inputs, layout, packed + layout.first(), d.output_channels,
                                    d.output.clamp, to);
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d

#endif
