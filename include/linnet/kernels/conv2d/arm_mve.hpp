// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_mve.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/conv2d/descriptor.hpp>
#include <linnet/kernels/conv2d/layout.hpp>
#include <linnet/kernels/conv2d/tile/arm_mve.hpp>

namespace linnet::inline LINNET_ISA::kernels::conv2d {

namespace mve {

/// Pixels whose inputs lie side by side, `pixel_bytes` apart, against all channels; an odd one alone at last.
[[gnu::noinline]] inline void multiply_pixels(tile t, std::byte const* inputs, std::int32_t pixel_bytes,
                                              std::int32_t pixels, std::byte* out, std::int32_t stride) {
  t.first = inputs;
  t.out = out;
  t.pairs = static_cast<std::uint32_t>(pixels) / 2;
  if (t.pairs != 0) {
    t.second = inputs + pixel_bytes;
    t.step = 2 * static_cast<std::uint32_t>(pixel_bytes);
    t.to_second = static_cast<std::uint32_t>(stride);
    t.out_step = 2 * t.to_second;
    multiply(&t);
  }
  if ((pixels & 1) == 0) return;
  t.first = t.second = inputs + (pixels - 1) * pixel_bytes;
  t.out = out + (pixels - 1) * stride;
  t.pairs = 1;
  t.to_second = 0;
  multiply(&t);
}

/// Copies the same 16 channels of `count` pixels.
[[gnu::always_inline]] inline void copy_columns(std::byte* to, std::int32_t pitch, std::byte const* from,
                                                std::int32_t stride, std::int32_t count) {
  for (; count > 0; --count, from += stride, to += pitch)
    kernels::mve::store_bytes(to, kernels::mve::bytes_at(from));
}

/// The columns of some input rows: [column][row][channel].
template <class Extent>
[[gnu::noinline]] void lay_strip(descriptor<Extent, std::int8_t, double_rounding> const& d,
                                 input_row const* rows, std::int32_t columns, std::byte const* zero_pixel,
                                 std::byte* strip) {
  std::int32_t const channels = d.input_channels, pitch = d.kernel_height * channels, left = d.padding_left;
  std::int32_t const inside = min<std::int32_t>(d.input_width, columns - left), right = left + inside;
  for (std::int32_t ky = 0; ky < d.kernel_height; ++ky) {
    for (std::int32_t c = 0; c < channels; c += 16, strip += 16) {
      copy_columns(strip, pitch, zero_pixel, 0, left);
      copy_columns(strip + left * pitch, pitch, rows[ky].data + c, rows[ky].pixel_stride, inside);
      copy_columns(strip + right * pitch, pitch, zero_pixel, 0, columns - right);
    }
  }
}

/// Input rows with their border, each laid out once in a ring, from which the windows of pixels are copied.
template <class Extent>
struct bordered_rows {
  descriptor<Extent, std::int8_t, double_rounding> const& d;
  row_window window;
  std::byte const* zero_pixel;
  std::byte* ring;
  std::int32_t columns, pitch;
  std::int32_t laid = 0;

  [[nodiscard]] std::byte* row(std::int32_t y) const {
    return ring + static_cast<std::int32_t>(static_cast<std::uint32_t>(y) %
                                            static_cast<std::uint32_t>(d.kernel_height)) *
                      pitch;
  }
  /// Pixels [0, columns) of a row, zero points beside the image.
  [[gnu::noinline]] void lay(input_row const& from, std::byte* to) const {
    std::int32_t const channels = d.input_channels, left = d.padding_left;
    std::int32_t const inside = min<std::int32_t>(d.input_width, columns - left);
    bool const whole = from.pixel_stride == channels;
    for (std::int32_t x = 0; x < columns; ++x, to += channels) {
      if (x == left && whole) {
        kernels::mve::copy(to, from.data, inside * channels);
        x += inside - 1;
        to += (inside - 1) * channels;
      } else {
        bool const in_image = x >= left && x < left + inside;
        kernels::mve::copy(to, in_image ? from.data + (x - left) * from.pixel_stride : zero_pixel, channels);
      }
    }
  }
  /// Lays the rows down to the window's whose first is `top`.
  void reach(std::int32_t top) {
    for (; laid < top + d.kernel_height; ++laid) {
      if (laid >= top) lay(window[static_cast<std::size_t>(laid)], row(laid));
    }
  }
  /// Copies the windows of `count` pixels from `x` on, `padded` bytes apart; what lies between them is
  /// written too, and 15 bytes behind the last.
  [[gnu::noinline]] void copy_windows(std::int32_t top, std::int32_t x, std::int32_t count, std::byte* to,
                                      std::int32_t padded) const {
    std::int32_t const run = d.kernel_width * d.input_channels, step = d.stride_width * d.input_channels;
    std::byte const* first = row(top) + x * step;
    std::byte const* const end = ring + d.kernel_height * pitch;
    std::int32_t const around = d.kernel_height * pitch;
    for (; count > 0; --count, first += step, to += padded) {
      std::byte const* from = first;
      std::byte* at = to;
      for (std::int32_t ky = d.kernel_height; ky > 0; --ky, at += run) {
        for (std::int32_t i = 0; i < run; i += 16)
          kernels::mve::store_bytes(at + i, kernels::mve::bytes_at(from + i));
        from += pitch;
        if (from >= end) from -= around;
      }
    }
  }
};

/// Rows of outputs of a kernel of one pixel, whose inputs are read where they are; those behind which other
/// bytes would be read are copied.
template <class Extent>
void multiply_image(descriptor<Extent, std::int8_t, double_rounding> const& d, row_window window,
                    row_span const& out, tile const& t, std::int32_t padded, std::byte* slots) {
  std::int32_t const channels = d.input_channels, stride = out.pixel_stride;
  std::int32_t lines = out.rows, pixels = d.output_width, width = d.input_width;
  bool one_run = d.stride_height == 1 && pixels == width && out.row_stride == std::int64_t{stride} * pixels;
  for (std::size_t i = 1; i < window.size(); ++i)
    one_run = one_run && window[i].data - window[i - 1].data == width * channels;
  if (one_run && window[0].pixel_stride == channels) {  // then rows are one line of pixels
    width = pixels *= lines;
    lines = 1;
  }
  for (std::int32_t y = 0; y < lines; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y * d.stride_height)];
    std::byte* const to = out.data + y * out.row_stride;
    std::int32_t const step = d.stride_width * row.pixel_stride;
    std::int32_t direct = pixels;
    if (padded != channels && step != 0) {
      std::int32_t const last = (width - 1) * row.pixel_stride + channels - padded;
      direct = last < 0 ? 0 : min(pixels, last / step + 1);
      if (direct != pixels) direct &= ~1;
    }
    if (direct != 0) multiply_pixels(t, row.data, step, direct, to, stride);
    if (direct == pixels) continue;
    for (std::int32_t x = direct; x < pixels; ++x)
      kernels::mve::copy(slots + (x - direct) * padded, row.data + x * step, channels);
    multiply_pixels(t, slots, padded, pixels - direct, to + direct * stride, stride);
  }
}

/// Rows of outputs whose inputs are copied pixel by pixel, some pixels before they are multiplied: these may
/// be of several rows.
template <class Extent>
void multiply_windows(bordered_rows<Extent>& rows, row_span const& out, tile const& t, std::int32_t padded,
                      std::byte* slots) {
  std::int32_t const width = rows.d.output_width, stride = out.pixel_stride;
  bool const across = out.row_stride == std::int64_t{stride} * width;
  std::int32_t filled = 0;
  std::byte* to = out.data;
  for (std::int32_t y = 0; y < out.rows; ++y) {
    std::int32_t const top = y * rows.d.stride_height;
    rows.reach(top);
    for (std::int32_t x = 0; x < width;) {
      std::int32_t const count = min(width - x, channel_lanes::slots - filled);
      if (filled == 0) to = out.data + y * out.row_stride + x * stride;
      rows.copy_windows(top, x, count, slots + filled * padded, padded);
      x += count;
      filled += count;
      bool const last = x == width && (!across || y + 1 == out.rows);
      if (filled < channel_lanes::slots && !last) continue;
      multiply_pixels(t, slots, padded, filled, to, stride);
      filled = 0;
    }
  }
}

}  // namespace mve

/// Convolution of some rows: two pixels and four channels at a time. Scratch: as the traits say.
template <class Extent>
void rows(descriptor<Extent, std::int8_t, double_rounding> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_mve) {
  std::int32_t const columns = (d.output_width - 1) * d.stride_width + d.kernel_width;
  channel_lanes const layout{d.kernel_height, d.kernel_width, d.input_channels, columns,
                             d.padding_left > 0 || columns > d.input_width};
  auto const padded = static_cast<std::int32_t>(layout.padded());
  std::uint32_t const steps = static_cast<std::uint32_t>(padded) / 16,
                      rounds = (steps + mve::steps_a_round - 1) / mve::steps_a_round;
  bool const rectified = kernels::mve::is_rectified(d.output.zero_point, d.output.clamp);
  mve::tile t{};
  t.rounds = 2 * rounds - (rectified ? 1 : 0);
  t.entry = (rounds * mve::steps_a_round - steps) * mve::step_bytes;
  t.weights = packed + layout.first();
  t.channels = d.output_channels;
  t.zero_point = d.output.zero_point;
  if (layout.from_image()) {
    mve::multiply_image(d, window, out, t, padded, scratch);
  } else if (layout.from_columns()) {
    std::int32_t const pitch = d.kernel_height * d.input_channels;
    for (std::int32_t y = 0; y < out.rows; ++y) {
      mve::lay_strip(d, window.data() + y * d.stride_height, columns, packed, scratch);
      mve::multiply_pixels(t, scratch, d.stride_width * pitch, d.output_width, out.data + y * out.row_stride,
                           out.pixel_stride);
    }
  } else {
    mve::bordered_rows<Extent> bordered{d,       window,
                                        packed,  scratch + channel_lanes::slots * padded + 16,
                                        columns, static_cast<std::int32_t>(layout.pitch())};
    mve::multiply_windows(bordered, out, t, padded, scratch);
  }
  if (kernels::mve::is_saturation(d.output.clamp)) return;
  for (std::int32_t y = 0; y < out.rows; ++y)
    kernels::mve::clamp_pixels(out.data + y * out.row_stride, out.pixel_stride, d.output_width,
                               d.output_channels, d.output.clamp);
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d

#endif
