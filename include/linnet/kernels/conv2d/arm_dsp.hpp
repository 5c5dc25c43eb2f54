// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_dsp.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/conv2d/descriptor.hpp>
#include <linnet/kernels/conv2d/int16.hpp>
#include <linnet/kernels/conv2d/layout.hpp>
#include <linnet/kernels/conv2d/tile/arm_dsp.hpp>
#include <linnet/kernels/cortex_m/int16/arm_dsp.hpp>

namespace linnet::inline LINNET_ISA::kernels::conv2d {

namespace dsp {

/// Copies `count` bytes: words, the last of which may overlap the one before.
[[gnu::always_inline]] inline void copy(std::byte* to, std::byte const* from, std::int32_t count) {
  auto const copy_word = [&](std::int32_t at) {
    std::uint32_t const word = kernels::dsp::word_at(from + at);
    __builtin_memcpy(to + at, &word, 4);
  };
  std::int32_t at = 0;
  if (count < 4) {
    for (; at < count; ++at) to[at] = from[at];
    return;
  }
  for (; at + 4 < count; at += 4) copy_word(at);
  copy_word(count - 4);
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
        ring_(s.gathered + 4 * s.padded),
        laid_to_(ring_),
        top_at_(ring_) {}

  /// Copies the windows of `count` pixels of one row, `p` the first, to slots from `slot` on. Pixels come in
  /// order.
  void copy_windows(pixel p, std::int32_t count, std::int32_t slot) {
    std::int32_t const pitch = pitch_, padded = s_.padded, run = s_.run, height = s_.d.kernel_height,
                       step = s_.d.stride_width * s_.d.input_channels;
    std::byte* const end = ring_ + height * pitch;
    auto const go_on = [&](std::byte*& row) {
      row += pitch;
      if (row == end) row = ring_;
    };
    for (; laid_ < p.top + height; ++laid_, go_on(laid_to_)) {
      if (laid_ < p.top) continue;  // in no window
      s_.gather(s_.window[static_cast<std::size_t>(laid_)], -std::int32_t{s_.d.padding_left}, right_,
                laid_to_);
    }
    for (; top_ < p.top; ++top_) go_on(top_at_);
    std::byte* to = s_.gathered + slot * padded;
    std::byte const* from = top_at_ + p.x * step;
    for (std::int32_t ky = 0; ky < height; ++ky, to += run) {
      std::byte const* from_pixel = from;
      std::byte* to_pixel = to;
      for (std::int32_t i = count; i > 0; --i, from_pixel += step, to_pixel += padded)
        copy(to_pixel, from_pixel, run);
      from += pitch;
      if (from >= end) from -= height * pitch;
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
  strip<Extent> const& s_;
  std::int32_t right_, pitch_;  // pixels to the right of the image's left edge; bytes of a row
  std::byte *ring_, *laid_to_, *top_at_;
  std::int32_t laid_ = 0, top_ = 0;  // rows laid out; the first of the window
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
    if (layout.weights == d.input_channels && d.input_channels % 4 == 0 && d.stride_width == 1 &&
        d.stride_height == 1 && d.padding_left == 0 && window[0].pixel_stride == d.input_channels &&
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
      for (std::int32_t i = 0, made = 4; i < pixels; i += made, p = strip.moved(p, made)) {
        if (i + 4 > pixels) {
          if (!four || begin == window[0].data) {  // in place pixels are read once: the last one by one
            made = 1;
            tile.pixel_stride = 0;
          } else {  // some of the last four once more
            p = strip.moved(p, pixels - 4 - i);
            i = pixels - 4;
          }
        }
        strip.widen_words(p, made == 4);
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

/// The same of s16: four pixels at a time, of any rows; one that is left alone by four channels. Scratch: as
/// the traits say.
template <class Extent, class Policy>
void rows(descriptor<Extent, std::int16_t, Policy> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_dsp) {
  int16_records const layout{d.kernel_height * d.kernel_width * d.input_channels, d.input_channels};
  std::byte const* const records = packed + layout.first();
  auto* const inputs = reinterpret_cast<std::uint32_t*>(scratch);
  std::byte* const gathered = scratch + 8 * layout.padded();
  std::byte* made[4];
  std::int32_t filled = 0, left = out.rows * d.output_width;
  for (std::int32_t y = 0; y < out.rows; ++y) {
    std::byte* to = out.data + y * out.row_stride;
    for (std::int32_t x = 0; x < d.output_width; ++x, to += out.pixel_stride, --left) {
      bool const alone = filled == 0 && left == 1;
      std::byte const* const from =
          gather(d, window.data() + y * d.stride_height, x * d.stride_width - d.padding_left, packed,
                 gathered, int16::dsp_products::copy);
      int16::dsp_products::in_order(from, inputs + filled, layout.weights, alone ? 1 : 4);
      if (alone)
        return int16::multiply_pixel<Policy>(inputs, layout, records, d.output_channels, d.output.clamp, to);
      made[filled++] = to;
      if (filled < 4 && left > 1) continue;
      for (; filled < 4; ++filled) made[filled] = made[0];
      int16::multiply_pixels<Policy>(inputs, layout, records, d.output_channels, d.output.clamp, made);
      filled = 0;
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d

#endif
