// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_dsp.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/depthwise/descriptor.hpp>
#include <linnet/kernels/depthwise/layout.hpp>

namespace linnet::inline LINNET_ISA::kernels::depthwise {

namespace dsp {

/// sum + the product of the low halfwords, and of the high ones.
[[nodiscard, gnu::always_inline]] inline std::int32_t plus_low(std::int32_t sum, std::uint32_t a,
                                                               std::uint32_t b) {
  asm("smlabb %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
  return sum;
}
[[nodiscard, gnu::always_inline]] inline std::int32_t plus_high(std::int32_t sum, std::uint32_t a,
                                                                std::uint32_t b) {
  asm("smlatt %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
  return sum;
}

/// Adds to four channels' sums what all pixels of a window make, `offset` bytes into each. The weights of the
/// next tap lie `plane` bytes further. Out of line: the registers are its own.
[[gnu::noinline]] inline void add_taps(std::int32_t (&sums)[4], std::byte const* const* pixels,
                                       std::byte const* const* end, std::int32_t offset,
                                       std::byte const* weights, std::int32_t plane) {
  std::int32_t a = sums[0], b = sums[1], c = sums[2], d = sums[3];
  for (; pixels != end; ++pixels, weights += plane) {
    std::uint32_t const x = kernels::dsp::word_at(*pixels + offset), w = kernels::dsp::word_at(weights);
    std::uint32_t const even = kernels::dsp::widened_even(x), odd = kernels::dsp::widened_odd(x);
    std::uint32_t const even_weights = kernels::dsp::widened_even(w),
                        odd_weights = kernels::dsp::widened_odd(w);
    a = plus_low(a, even, even_weights);
    b = plus_low(b, odd, odd_weights);
    c = plus_high(c, even, even_weights);
    d = plus_high(d, odd, odd_weights);
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
}

/// The same for one channel.
[[nodiscard, gnu::noinline]] inline std::int32_t with_taps(std::int32_t sum, std::byte const* const* pixels,
                                                           std::byte const* const* end, std::int32_t offset,
                                                           std::byte const* weights, std::int32_t plane) {
  for (; pixels != end; ++pixels, weights += plane)
    sum += load<std::int8_t>(*pixels + offset) * load<std::int8_t>(weights);
  return sum;
}

}  // namespace dsp

/// Depthwise convolution of some rows from the scalar kernel's stream: where each input channel makes one
/// output channel four at a time, others one by one. Scratch: the pixels of a window.
template <class Extent>
void rows(descriptor<Extent, std::int8_t, double_rounding> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_dsp_general) {
  std::int32_t const inputs = d.input_channels, channels = d.output_channels;
  std::int32_t const in_fours = inputs == channels ? channels & ~3 : 0;
  tap_planes<std::int8_t, double_rounding> const planes{std::int64_t{d.kernel_height} * d.kernel_width,
                                                        inputs, channels};
  std::byte const *const bias = packed + planes.bias_at(), *const factors = packed + planes.factors_at(),
                         *const values = packed + planes.weights_at();
  auto** const pixels = reinterpret_cast<std::byte const**>(scratch);
  for (std::int32_t y = 0; y < out.rows; ++y) {
    row_window const below = window.subspan(static_cast<std::size_t>(y * d.stride_height));
    for (std::int32_t x = 0; x < d.output_width; ++x) {
      std::byte* const to = out.data + y * out.row_stride + x * out.pixel_stride;
      std::byte const** end = pixels;
      for (std::int32_t ky = 0; ky < d.kernel_height; ++ky) {
        input_row const& row = below[static_cast<std::size_t>(ky * d.dilation_height)];
        for (std::int32_t kx = 0; kx < d.kernel_width; ++kx)
          *end++ = d.pixel(row, x * d.stride_width - d.padding_left + kx * d.dilation_width, packed);
      }
      std::int32_t input = 0, progress = 0;  // the channel's input, without dividing
      for (std::int32_t c = 0; c < channels;) {
        std::int32_t const count = c < in_fours ? 4 : 1;
        std::int32_t sums[4];
        for (std::int32_t i = 0; i < count; ++i) sums[i] = load_aligned<std::int32_t>(bias + (c + i) * 4);
        if (count == 4) {
          dsp::add_taps(sums, pixels, end, c, values + c, channels);
        } else {
          sums[0] = dsp::with_taps(sums[0], pixels, end, input, values + c, channels);
        }
        for (std::int32_t i = 0; i < count; ++i, ++c) {
          auto const factor = load_factor<double_rounding>(factors + c * factor_bytes<double_rounding>);
          store(to + c, d.output.template operator()<double_rounding>(sums[i], factor));
          for (progress += inputs; progress >= channels; progress -= channels) ++input;
        }
      }
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::depthwise

#endif
