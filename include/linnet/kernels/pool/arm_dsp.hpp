// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_dsp.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/pool/descriptor.hpp>
#include <linnet/kernels/pool/reference.hpp>

namespace linnet::inline LINNET_ISA::kernels::pool {

namespace dsp {

/// sum + bytes 0 and 2 of a word as halfwords, and bytes 1 and 3.
[[nodiscard, gnu::always_inline]] inline std::uint32_t plus_even(std::uint32_t sum, std::uint32_t x) {
  asm("sxtab16 %0, %0, %1" : "+r"(sum) : "r"(x));
  return sum;
}
[[nodiscard, gnu::always_inline]] inline std::uint32_t plus_odd(std::uint32_t sum, std::uint32_t x) {
  asm("sxtab16 %0, %0, %1, ror #8" : "+r"(sum) : "r"(x));
  return sum;
}

/// Adds `count` pixels, `stride` bytes apart, to the sums of their channels, four at a time: at most 256,
/// whose sums fit halfwords. Returns the sums behind.
[[gnu::always_inline]] inline std::int32_t* add_pixels(std::int32_t* sums, std::byte const* pixel,
                                                       std::int32_t count, std::int32_t stride,
                                                       std::int32_t channels) {
  for (std::int32_t c = 0; c < channels; c += 4, pixel += 4, sums += 4) {
    std::uint32_t even = 0, odd = 0;
    std::byte const* from = pixel;
    for (std::int32_t i = 0; i < count; ++i, from += stride) {
      std::uint32_t const word = kernels::dsp::word_at(from);
      even = plus_even(even, word);
      odd = plus_odd(odd, word);
    }
    sums[0] += static_cast<std::int16_t>(even);
    sums[1] += static_cast<std::int16_t>(odd);
    sums[2] += static_cast<std::int32_t>(even) >> 16;
    sums[3] += static_cast<std::int32_t>(odd) >> 16;
  }
  return sums;
}

/// The larger byte of each pair, signed.
[[nodiscard, gnu::always_inline]] inline std::uint32_t larger_bytes(std::uint32_t a, std::uint32_t b) {
  std::uint32_t r;
  asm("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(r) : "r"(a), "r"(b) : "cc");
  return r;
}

}  // namespace dsp

/// Four channels of a row at a time.
template <class Extent>
void row(average_descriptor<Extent, std::int8_t> const& d, input_row const& input, row_span const&,
         std::byte* state, arch::arm_dsp) {
  auto* sums = reinterpret_cast<std::int32_t*>(state);
  for (std::int32_t x = 0; x < d.output_width; ++x) {
    auto const [first, last] = d.covered(x);
    sums = dsp::add_pixels(sums, input.data + first * input.pixel_stride, last - first, input.pixel_stride,
                           d.channels);
  }
}

/// Four channels of a row at a time.
template <class Extent>
void row(max_descriptor<Extent, std::int8_t> const& d, input_row const& input, row_span const& out,
         std::byte*, arch::arm_dsp) {
  std::int32_t const channels = d.channels, stride = input.pixel_stride;
  for (std::int32_t x = 0; x < d.output_width; ++x) {
    auto const [first, last] = d.covered(x);
    std::byte const* pixel = input.data + first * stride;
    std::byte* to = out.data + x * out.pixel_stride;
    for (std::int32_t c = 0; c < channels; c += 4, pixel += 4, to += 4) {
      std::uint32_t largest = kernels::dsp::word_at(to);
      std::byte const* from = pixel;
      for (std::int32_t i = first; i < last; ++i, from += stride)
        largest = dsp::larger_bytes(largest, kernels::dsp::word_at(from));
      __builtin_memcpy(to, &largest, 4);
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::pool

#endif
