// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_mve.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <cstddef>
#include <cstdint>

#include <linnet/base/quotient.hpp>
#include <linnet/kernels/pool/descriptor.hpp>
#include <linnet/kernels/pool/reference.hpp>

namespace linnet::inline LINNET_ISA::kernels::pool {

namespace mve {

/// Adds `count` pixels, `stride` bytes apart, to the sums of their channels, four at a time. Returns the sums
/// behind.
[[gnu::always_inline]] inline std::int32_t* add_pixels(std::int32_t* sums, std::int8_t const* pixel,
                                                       std::int32_t count, std::int32_t stride,
                                                       std::int32_t channels) {
  for (std::int32_t c = 0; c < channels; c += 4, pixel += 4, sums += 4) {
    int32x4_t sum = vldrwq_s32(sums);
    std::int8_t const* from = pixel;
    for (std::int32_t i = count; i > 0; --i, from += stride) sum = vaddq_s32(sum, vldrbq_s32(from));
    vstrwq_s32(sums, sum);
  }
  return sums;
}

}  // namespace mve

/// Clears the sums, four at a time.
template <class Extent>
void begin(average_descriptor<Extent, std::int8_t> const& d, row_span const&, std::byte* state,
           arch::arm_mve) {
  auto* sums = reinterpret_cast<std::int32_t*>(state);
  for (std::int32_t i = d.output_width * d.channels; i > 0; i -= 4, sums += 4)
    vstrwq_s32(sums, vdupq_n_s32(0));
}

/// Four channels of a row at a time.
template <class Extent>
void row(average_descriptor<Extent, std::int8_t> const& d, input_row const& input, row_span const&,
         std::byte* state, arch::arm_mve) {
  auto* sums = reinterpret_cast<std::int32_t*>(state);
  for (std::int32_t x = 0; x < d.output_width; ++x) {
    auto const [first, last] = d.covered(x);
    auto const* const pixel = reinterpret_cast<std::int8_t const*>(input.data) + first * input.pixel_stride;
    sums = mve::add_pixels(sums, pixel, last - first, input.pixel_stride, d.channels);
  }
}

/// Divides: an average of bytes is a byte, and is clamped in its place.
template <class Extent>
void end(average_descriptor<Extent, std::int8_t> const& d, std::int32_t folded, row_span const& out,
         std::byte* state, arch::arm_mve) {
  auto const* sums = reinterpret_cast<std::int32_t const*>(state);
  divider taps(1);
  for (std::int32_t x = 0; x < d.output_width; ++x) {
    auto const [first, last] = d.covered(x);
    std::int32_t const count = folded * (last - first);
    if (count != taps.divisor()) taps = divider(count);
    auto* to = reinterpret_cast<std::int8_t*>(out.data + x * out.pixel_stride);
    for (std::int32_t c = d.channels; c > 0; --c)
      *to++ = static_cast<std::int8_t>(detail::average<std::int8_t>(*sums++, taps));
  }
  kernels::mve::clamp_rows(out, d.output_width, d.channels, d.clamp);
}

/// Sixteen channels of a row at a time.
template <class Extent>
void row(max_descriptor<Extent, std::int8_t> const& d, input_row const& input, row_span const& out,
         std::byte*, arch::arm_mve) {
  for (std::int32_t x = 0; x < d.output_width; ++x) {
    auto const [first, last] = d.covered(x);
    auto* to = reinterpret_cast<std::int8_t*>(out.data) + x * out.pixel_stride;
    auto const* pixel = reinterpret_cast<std::int8_t const*>(input.data) + first * input.pixel_stride;
    for (std::int32_t left = d.channels; left > 0; left -= 16, to += 16, pixel += 16) {
      mve_pred16_t const inside = vctp8q(static_cast<std::uint32_t>(left));
      int8x16_t largest = vldrbq_z_s8(to, inside);
      std::int8_t const* from = pixel;
      for (std::int32_t i = last - first; i > 0; --i, from += input.pixel_stride)
        largest = vmaxq_s8(largest, vldrbq_z_s8(from, inside));
      vstrbq_p_s8(to, largest, inside);
    }
  }
}

template <class Extent>
void end(max_descriptor<Extent, std::int8_t> const& d, std::int32_t, row_span const& out, std::byte*,
         arch::arm_mve) {
  kernels::mve::clamp_rows(out, d.output_width, d.channels, d.clamp);
}

}  // namespace linnet::inline LINNET_ISA::kernels::pool

#endif
