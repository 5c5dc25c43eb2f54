// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_dsp.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/cortex_m/int16.hpp>
#include <linnet/kernels/cortex_m/int16/arm_dsp.hpp>
#include <linnet/kernels/depthwise/int16.hpp>
#include <linnet/kernels/depthwise/layout.hpp>

namespace linnet::inline LINNET_ISA::kernels::depthwise {

namespace dsp {

/// The sums of four channels, `offset` bytes into each pixel: two words of inputs, one of weights a tap. Out
/// of line: the registers are its own.
[[gnu::noinline]] inline void sum_four(std::int32_t (&sums)[4], listed_pixels pixels, std::int32_t offset,
                                       std::byte const* weights, std::int32_t plane) {
  using namespace kernels::dsp;
  std::int32_t a = 0, b = 0, c = 0, d = 0;
  for (std::byte const* const* at = pixels.first; at != pixels.last; ++at, weights += plane) {
    std::uint32_t const ab = word_at(*at + offset), cd = word_at(*at + offset + 4), w = word_at(weights),
                        even = widened_even(w), odd = widened_odd(w);
    asm("smlabb %0, %1, %2, %0" : "+r"(a) : "r"(ab), "r"(even));
    asm("smlatb %0, %1, %2, %0" : "+r"(b) : "r"(ab), "r"(odd));
    asm("smlabt %0, %1, %2, %0" : "+r"(c) : "r"(cd), "r"(even));
    asm("smlatt %0, %1, %2, %0" : "+r"(d) : "r"(cd), "r"(odd));
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
}

/// Four channels. `Finish` makes an output of a sum without its bias: `finish(sum, channel, to)`.
template <class Finish>
struct four_channels {
  static constexpr std::int32_t channels = 4;
  std::byte const* weights;
  std::int32_t plane;
  Finish finish;

  void operator()(listed_pixels const& pixels, std::int32_t channel, std::int32_t count,
                  std::byte* to) const {
    std::int32_t sums[4];
    if (count == 4) {
      sum_four(sums, pixels, 2 * channel, weights + channel, plane);
      unrolled<4>([&](std::int32_t i) { finish(sums[i], channel + i, to + 2 * i); });
    } else {
      for (std::int32_t i = 0; i < count; ++i) one(pixels, channel + i, channel + i, to + 2 * i);
    }
  }
  void one(listed_pixels const& pixels, std::int32_t channel, std::int32_t input, std::byte* to) const {
    finish(pixels.sum(2 * input, weights + channel, plane), channel, to);
  }
};
template <class Finish>
four_channels(std::byte const*, std::int32_t, Finish) -> four_channels<Finish>;

}  // namespace dsp

/// Depthwise convolution of some rows of s16 from the scalar kernel's stream. Scratch: as the traits say.
template <class Extent, class Policy>
void rows(descriptor<Extent, std::int16_t, Policy> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_dsp_general) {
  using sum_type = accumulator<std::int16_t, Policy>;
  tap_planes<std::int16_t, Policy> const planes{std::int64_t{d.kernel_height} * d.kernel_width,
                                                d.input_channels, d.output_channels};
  std::byte const *const bias = packed + planes.bias_at(), *const factors = packed + planes.factors_at();
  auto const finish = [&](std::int32_t sum, std::int32_t channel, std::byte* to) {
    std::int64_t const begin = load_aligned<sum_type>(bias + channel * std::int32_t{sizeof(sum_type)});
    int16::finish<Policy>(d.output, begin + sum, factors + channel * factor_bytes<Policy>, to);
  };
  each_block(d, window, out, packed, scratch,
             dsp::four_channels{packed + planes.weights_at(), d.output_channels, finish});
}

/// The same from a stream that is proved.
template <class Extent, class Policy>
void rows(descriptor<Extent, std::int16_t, Policy> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_dsp) {
  int16_planes const planes{d.input_channels, d.output_channels};
  auto const finish = [apart = 4 * planes.channels, range = d.output.clamp,
                       heads = packed + planes.bias_at()](std::int32_t sum, std::int32_t channel,
                                                          std::byte* to) {
    std::byte const* const head = heads + 4 * channel;
    int16::finish(Policy{}, range, sum + load_aligned<std::int32_t>(head),
                  load_aligned<std::int32_t>(head + apart), load_aligned<std::int32_t>(head + 2 * apart), to);
  };
  each_block(d, window, out, packed, scratch,
             dsp::four_channels{packed + planes.weights_at(), d.output_channels, finish});
}

}  // namespace linnet::inline LINNET_ISA::kernels::depthwise

#endif
