// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_dsp.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

#include <linnet/base/math.hpp>
#include <linnet/kernels/softmax/reference.hpp>

namespace linnet::inline LINNET_ISA::kernels::softmax {

namespace dsp {

/// One pixel: each power, Q0.31, is computed once, as the scalar kernel does; a difference that counts as
/// e^-infinity has the power 0, whose quotient is the lowest value without a case of its own.
template <class Extent>
[[gnu::noinline, gnu::cold]] void pixel(descriptor<Extent, std::int8_t> const& d, std::int8_t const* from,
                                        std::int8_t* to, std::int32_t* powers) {
  std::int32_t const channels = d.channels;
  std::int32_t largest = -128;
  for (std::int32_t c = 0; c < channels; ++c) largest = max(largest, std::int32_t{from[c]});
  std::int32_t sum = 0;  // Q12.19
  for (std::int32_t c = 0; c < channels; ++c) {
    std::int32_t const difference = from[c] - largest;
    std::int32_t const power = difference < d.least_difference ? 0 : detail::exp_of(d, difference);
    powers[c] = power;
    sum += fixed_point::shift_right(power, d.sum_bits);
  }
  auto const [scale, bits_over_unit] = fixed_point::reciprocal(sum, d.sum_bits);
  for (std::int32_t c = 0; c < channels; ++c) {
    std::int32_t const product = fixed_point::high_multiply(scale, powers[c]);
    std::int32_t result = fixed_point::shift_right(product, bits_over_unit + 31 - 8) - 128;
    asm("ssat %0, #8, %1" : "=r"(result) : "r"(result));
    to[c] = static_cast<std::int8_t>(result);
  }
}

}  // namespace dsp

/// Softmax along the channels of every pixel, int8. No packed constants; scratch for the powers of a pixel.
template <class Extent>
[[gnu::noinline, gnu::cold]] void rows(descriptor<Extent, std::int8_t> const& d, row_window window,
                                       row_span const& out, std::byte const*, std::byte* scratch,
                                       arch::arm_dsp) {
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.width; ++x)
      dsp::pixel(d, reinterpret_cast<std::int8_t const*>(row.data + x * row.pixel_stride),
                 reinterpret_cast<std::int8_t*>(out.data + y * out.row_stride + x * out.pixel_stride),
                 reinterpret_cast<std::int32_t*>(scratch));
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::softmax

#endif
