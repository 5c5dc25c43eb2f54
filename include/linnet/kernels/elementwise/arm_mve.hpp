// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_mve.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <cstddef>
#include <cstdint>

#include <linnet/base/bytes.hpp>
#include <linnet/kernels/elementwise/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::elementwise {

/// The sum of two operands by the linear form that its packer found and proved (`find_linear_sum`), four
/// elements at a time.
template <class Extent>
void rows(add_descriptor<Extent, std::int8_t, double_rounding> const& d, row_window a, row_window b,
          row_span const& out, std::byte const* packed, std::byte*, arch::arm_mve) {
  auto const b_factor = load_aligned<std::int32_t>(packed + 4),
             addend = load_aligned<std::int32_t>(packed + 8), shift = load_aligned<std::int32_t>(packed + 12);
  int32x4_t const a_factor = vdupq_n_s32(load_aligned<std::int32_t>(packed));
  auto const sums_of = [&](int32x4_t x, int32x4_t y) {
    int32x4_t const sums = vshlq_r_s32(vmlaq_n_s32(vmlasq_n_s32(x, a_factor, addend), y, b_factor), -shift);
    int16x8_t const halves = vqmovnbq_s32(vreinterpretq_s16_s32(sums), sums);
    return vreinterpretq_s32_s8(vqmovnbq_s16(vreinterpretq_s8_s16(halves), halves));
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
      for (std::int32_t i = count / 4; i > 0; --i, x += 4, y += 4, to += 4)
        vstrbq_s32(to, sums_of(vldrbq_s32(x), vldrbq_s32(y)));
      if (count % 4 == 0) continue;
      mve_pred16_t const rest = vctp32q(static_cast<std::uint32_t>(count % 4));
      vstrbq_p_s32(to, sums_of(vldrbq_z_s32(x, rest), vldrbq_z_s32(y, rest)), rest);
    }
    if (!kernels::mve::is_saturation(d.output.clamp))
      kernels::mve::clamp_pixels(begin, out.pixel_stride, d.row.width, channels, d.output.clamp);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::elementwise

#endif
