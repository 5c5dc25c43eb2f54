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

}  // namespace dsp

template <class Extent>
void begin(average_descriptor<Extent, std::int8_t> const& d, row_span const& out, std::byte* state,
           arch::arm_dsp) {
  begin(d, out, state, arch::scalar{});
}

/// Four channels of a row at a time: at most 256 pixels, whose sums fit halfwords.
template <class Extent>
void row(average_descriptor<Extent, std::int8_t> const& d, input_row const& input, row_span const&,
         std::byte* state, arch::arm_dsp) {
  auto* sums = reinterpret_cast<std::int32_t*>(state);
  for (std::int32_t x = 0; x < d.output_width; ++x) {
    auto const [first, last] = d.covered(x);
    std::byte const* pixel = input.data + first * input.pixel_stride;
    for (std::int32_t c = 0; c < d.channels; c += 4, pixel += 4, sums += 4) {
      std::uint32_t even = 0, odd = 0;
      std::byte const* from = pixel;
      for (std::int32_t i = first; i < last; ++i, from += input.pixel_stride) {
        std::uint32_t const word = kernels::dsp::word_at(from);
        even = dsp::plus_even(even, word);
        odd = dsp::plus_odd(odd, word);
      }
      sums[0] += static_cast<std::int16_t>(even);
      sums[1] += static_cast<std::int16_t>(odd);
      sums[2] += static_cast<std::int32_t>(even) >> 16;
      sums[3] += static_cast<std::int32_t>(odd) >> 16;
    }
  }
}

template <class Extent>
void end(average_descriptor<Extent, std::int8_t> const& d, std::int32_t folded, row_span const& out,
         std::byte* state, arch::arm_dsp) {
  end(d, folded, out, state, arch::scalar{});
}

}  // namespace linnet::inline LINNET_ISA::kernels::pool

#endif
