// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_mve.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/int16_channels.hpp>

// The arithmetic of streams that are proved (int16_channels.hpp).
namespace linnet::inline LINNET_ISA::kernels::int16 {

/// Four sums as stored values.
[[nodiscard, gnu::always_inline]] inline int32x4_t rounded(reduced_multiplier, int32x4_t sums,
                                                           int32x4_t factors, int32x4_t) {
  return vrmulhq_s32(sums, factors);
}
[[nodiscard, gnu::always_inline]] inline int32x4_t rounded(double_rounding, int32x4_t sums, int32x4_t factors,
                                                           int32x4_t shifts) {
  int32x4_t const high = vqrdmulhq_s32(sums, factors);
  return vrshlq_s32(vaddq_s32(high, vshrq_n_s32(high, 31)), vnegq_s32(shifts));
}
[[nodiscard, gnu::always_inline]] inline int32x4_t clamped(int32x4_t values,
                                                           value_range<std::int16_t> range) {
  return vminq_s32(vmaxq_s32(values, vdupq_n_s32(range.low)), vdupq_n_s32(range.high));
}

/// Writes the first `count` of four values; all of them where it is more.
[[gnu::always_inline]] inline void store_halves(std::byte* to, int32x4_t values, std::int32_t count) {
  asm volatile(R"(
      vctp.32 %2
      vpst
      vstrht.32 %q1, [%0]
  )" ::"l"(to),
               "w"(values), "r"(count)
               : "p0", "memory");
}

/// The sums of four records with one pixel, eight inputs at a time: 10 instructions for 32 products. No input
/// behind the last one is read.
[[nodiscard, gnu::always_inline]] inline int32x4_t sum_channels(std::byte const* inputs, std::int32_t count,
                                                                uint32x4_t records) {
  auto record_a = vgetq_lane_u32(records, 0), record_b = vgetq_lane_u32(records, 1),
       record_c = vgetq_lane_u32(records, 2), record_d = vgetq_lane_u32(records, 3);
  std::int32_t a, b, c, d;
  asm volatile(R"(
      ldr %0, [%5], #12
      ldr %1, [%6], #12
      ldr %2, [%7], #12
      ldr %3, [%8], #12
      dlstp.16 lr, %9
    1:
      vldrh.16 q0, [%4], #16
      vldrb.s16 q1, [%5], #8
      vmladava.s16 %0, q0, q1
      vldrb.s16 q2, [%6], #8
      vmladava.s16 %1, q0, q2
      vldrb.s16 q3, [%7], #8
      vmladava.s16 %2, q0, q3
      vldrb.s16 q1, [%8], #8
      vmladava.s16 %3, q0, q1
      letp lr, 1b
  )"
               : "=&Te"(a), "=&Te"(b), "=&Te"(c), "=&Te"(d), "+r"(inputs), "+l"(record_a), "+l"(record_b),
                 "+l"(record_c), "+l"(record_d)
               : "r"(count)
               : "lr", "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "memory");
  return int32x4_t{a, b, c, d};
}

/// One pixel against all channels of `int16_records`, four at a time; the last four may have some channel
/// twice.
template <class Policy>
[[gnu::noinline]] void multiply_pixel(std::byte const* inputs, int16_records const& layout,
                                      std::byte const* record, std::int32_t channels,
                                      value_range<std::int16_t> range, std::byte* to) {
  std::int32_t const count = layout.weights, stride = layout.stride();
  auto const address = [&](std::int32_t channel) {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(record)) +
           static_cast<std::uint32_t>(channel * stride);
  };
  uint32x4_t const last = vdupq_n_u32(address(channels - 1)),
                   next = vdupq_n_u32(4u * static_cast<std::uint32_t>(stride));
  uint32x4_t records{address(0), address(1), address(2), address(3)};
  for (; channels > 0; channels -= 4, to += 8, records = vaddq_u32(records, next)) {
    records = vminq_u32(records, last);
    int32x4_t const sums = sum_channels(inputs, count, records);
    int32x4_t const made =
        rounded(Policy{}, sums, vldrwq_gather_base_s32(records, 4), vldrwq_gather_base_s32(records, 8));
    store_halves(to, clamped(made, range), channels);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::int16

#endif
