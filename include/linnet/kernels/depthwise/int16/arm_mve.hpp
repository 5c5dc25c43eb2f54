// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_mve.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/cortex_m/int16/arm_mve.hpp>
#include <linnet/kernels/depthwise/int16.hpp>

namespace linnet::inline LINNET_ISA::kernels::depthwise {

namespace mve {

/// Up to eight channels: of fewer no byte behind the last one is read. `heads` are biases, factors and
/// shifts.
template <class Policy>
struct eight_channels {
  static constexpr std::int32_t channels = 8;
  std::byte const *heads, *weights;
  std::int32_t all;  ///< channels
  value_range<std::int16_t> range;

  [[gnu::noinline]] void operator()(listed_pixels const& pixels, std::int32_t channel, std::int32_t count,
                                    std::byte* to) const {
    std::byte const *const *at = pixels.first, *tap = weights + channel, *pixel;
    std::int32_t sums[8];
    asm volatile(R"(
        vmov.i32 q2, #0
        vmov.i32 q3, #0
        vctp.16 %5
        wls lr, %6, 2f
      1:
        ldr %2, [%0], #4
        add %2, %7
        vpstt
        vldrht.u16 q0, [%2]
        vldrbt.s16 q1, [%1]
        add %1, %4
        vmullb.s16 q4, q0, q1
        vadd.i32 q2, q2, q4
        vmullt.s16 q4, q0, q1
        vadd.i32 q3, q3, q4
        le lr, 1b
      2:
        vst20.32 {q2, q3}, [%3]
        vst21.32 {q2, q3}, [%3]
    )"
                 : "+r"(at), "+l"(tap), "=&r"(pixel)
                 : "r"(sums), "r"(all), "r"(count), "r"(pixels.last - pixels.first), "r"(2 * channel)
                 : "lr", "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9", "p0", "memory");
    for (std::int32_t i = 0; i < count; i += 4)
      finish(vld1q_s32(sums + i), channel + i, count - i, to + 2 * i);
  }
  void one(listed_pixels const& pixels, std::int32_t channel, std::int32_t input, std::byte* to) const {
    finish(vdupq_n_s32(pixels.sum(2 * input, weights + channel, all)), channel, 1, to);
  }

 private:
  /// Writes up to four outputs.
  [[gnu::always_inline]] void finish(int32x4_t sums, std::int32_t channel, std::int32_t count,
                                     std::byte* to) const {
    int32x4_t biases, factors, shifts;
    std::byte const* const head = heads + 4 * channel;
    asm volatile(R"(
        vctp.32 %6
        vpsttt
        vldrwt.u32 %q0, [%3]
        vldrwt.u32 %q1, [%4]
        vldrwt.u32 %q2, [%5]
    )"
                 : "=&w"(biases), "=&w"(factors), "=&w"(shifts)
                 : "r"(head), "r"(head + 4 * all), "r"(head + 8 * all), "r"(count)
                 : "p0", "memory");
    int32x4_t const made =
        int16::clamped(int16::rounded(Policy{}, vaddq_s32(sums, biases), factors, shifts), range);
    int16::store_halves(to, made, count);
  }
};

}  // namespace mve

/// Depthwise convolution of some rows of s16. Scratch: as the traits say.
template <class Extent, class Policy>
void rows(descriptor<Extent, std::int16_t, Policy> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_mve) {
  int16_planes const planes{d.input_channels, d.output_channels};
  each_block(d, window, out, packed, scratch,
             mve::eight_channels<Policy>{packed + planes.bias_at(), packed + planes.weights_at(),
                                         d.output_channels, d.output.clamp});
}

}  // namespace linnet::inline LINNET_ISA::kernels::depthwise

#endif
