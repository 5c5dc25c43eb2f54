// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_dsp.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

#include <linnet/base/bytes.hpp>
#include <linnet/kernels/elementwise/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::elementwise {

/// The sum of two operands by the linear form that its packer found and proved (`find_linear_sum`).
template <class Extent>
void rows(add_descriptor<Extent, std::int8_t, double_rounding> const& d, row_window a, row_window b,
          row_span const& out, std::byte const* packed, std::byte*, arch::arm_dsp) {
  auto const a_factor = load_aligned<std::int32_t>(packed), b_factor = load_aligned<std::int32_t>(packed + 4),
             addend = load_aligned<std::int32_t>(packed + 8), shift = load_aligned<std::int32_t>(packed + 12);
  auto const sum_of = [&](std::int8_t x, std::int8_t y) {
    std::int32_t sum = x * a_factor + addend;
    sum = y * b_factor + sum;
    asm("ssat %0, #8, %1" : "=r"(sum) : "r"(sum >> shift));
    return static_cast<std::int8_t>(sum);
  };
  std::int32_t const channels = d.row.channels;
  for (std::int32_t row = 0; row < out.rows; ++row) {
    input_row const &a_row = a[static_cast<std::size_t>(row)], &b_row = b[static_cast<std::size_t>(row)];
    std::byte* const begin = out.data + row * out.row_stride;
    bool const side_by_side =
        a_row.pixel_stride == channels && b_row.pixel_stride == channels && out.pixel_stride == channels;
    std::int32_t const pixels = side_by_side ? 1 : d.row.width;
    std::int32_t const count = side_by_side ? channels * d.row.width : channels;
    for (std::int32_t pixel = 0; pixel < pixels; ++pixel) {
      auto const* x = reinterpret_cast<std::int8_t const*>(a_row.data + pixel * a_row.pixel_stride);
      auto const* y = reinterpret_cast<std::int8_t const*>(b_row.data + pixel * b_row.pixel_stride);
      auto* to = reinterpret_cast<std::int8_t*>(begin + pixel * out.pixel_stride);
      auto* const end = to + count;
      for (; end - to >= 4; x += 4, y += 4, to += 4) {
        std::int8_t const first = sum_of(x[0], y[0]), second = sum_of(x[1], y[1]);
        to[0] = first;
        to[1] = second;
        std::int8_t const third = sum_of(x[2], y[2]), fourth = sum_of(x[3], y[3]);
        to[2] = third;
        to[3] = fourth;
      }
      for (; to != end; ++x, ++y, ++to) *to = sum_of(*x, *y);
    }
    if (!kernels::dsp::is_saturation(d.output.clamp))
      kernels::dsp::clamp_pixels(begin, out.pixel_stride, d.row.width, channels, d.output.clamp);
  }
}

/// A rescaling by the linear form that its packer found and proved (`find_linear_sum`).
template <class Extent>
void rows(rescale_descriptor<Extent, std::int8_t, std::int8_t, double_rounding> const& d, row_window window,
          row_span const& out, std::byte const* packed, std::byte*, arch::arm_dsp) {
  auto const factor = load_aligned<std::int32_t>(packed), addend = load_aligned<std::int32_t>(packed + 8),
             shift = load_aligned<std::int32_t>(packed + 12);
  auto const rescaled = [&](std::int8_t x) {
    std::int32_t value = x * factor + addend;
    asm("ssat %0, #8, %1" : "=r"(value) : "r"(value >> shift));
    return static_cast<std::int8_t>(value);
  };
  std::int32_t const channels = d.row.channels;
  for (std::int32_t row = 0; row < out.rows; ++row) {
    input_row const& from = window[static_cast<std::size_t>(row)];
    std::byte* const begin = out.data + row * out.row_stride;
    bool const side_by_side = from.pixel_stride == channels && out.pixel_stride == channels;
    std::int32_t const pixels = side_by_side ? 1 : d.row.width;
    std::int32_t const count = side_by_side ? channels * d.row.width : channels;
    for (std::int32_t pixel = 0; pixel < pixels; ++pixel) {
      auto const* x = reinterpret_cast<std::int8_t const*>(from.data + pixel * from.pixel_stride);
      auto* to = reinterpret_cast<std::int8_t*>(begin + pixel * out.pixel_stride);
      auto* const end = to + count;
      for (; end - to >= 4; x += 4, to += 4) {
        std::int8_t const first = rescaled(x[0]), second = rescaled(x[1]);
        to[0] = first;
        to[1] = second;
        std::int8_t const third = rescaled(x[2]), fourth = rescaled(x[3]);
        to[2] = third;
        to[3] = fourth;
      }
      for (; to != end; ++x, ++to) *to = rescaled(*x);
    }
    if (!kernels::dsp::is_saturation(d.output.clamp))
      kernels::dsp::clamp_pixels(begin, out.pixel_stride, d.row.width, channels, d.output.clamp);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::elementwise

#endif
