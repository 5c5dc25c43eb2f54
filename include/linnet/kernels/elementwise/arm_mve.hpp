// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_mve.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/elementwise/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::elementwise {

namespace mve {

/// Sums `count` elements, 1 or more, four at a time; `packed` holds what `linear_sum` does.
[[gnu::naked, gnu::noinline]] inline void add(std::byte const*, std::byte const*, std::byte*, std::int32_t,
                                              std::byte const*) {
  asm volatile(R"(
      ldr r12, [sp]
      push {r4-r6, lr}
      ldm r12, {r4, r5, r6, r12}
      vdup.32 q2, r4
      rsb r12, r12, #0
      dlstp.32 lr, r3
    1:
      vldrb.s32 q0, [r0], #4
      vldrb.s32 q1, [r1], #4
      vmlas.s32 q0, q2, r6
      vmla.s32 q0, q1, r5
      vshl.s32 q0, r12
      vqmovnb.s32 q0, q0
      vqmovnb.s16 q0, q0
      vstrb.32 q0, [r2], #4
      letp lr, 1b
      pop {r4-r6, pc}
  )");
}

}  // namespace mve

/// The sum of two operands by the linear form that its packer found and proved (`find_linear_sum`).
template <class Extent>
void rows(add_descriptor<Extent, std::int8_t, double_rounding> const& d, row_window a, row_window b,
          row_span const& out, std::byte const* packed, std::byte*, arch::arm_mve) {
  std::int32_t const channels = d.row.channels;
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row x_row = a[static_cast<std::size_t>(y)], y_row = b[static_cast<std::size_t>(y)];
    std::byte* to = out.data + y * out.row_stride;
    bool const side_by_side =
        x_row.pixel_stride == channels && y_row.pixel_stride == channels && out.pixel_stride == channels;
    std::int32_t const count = side_by_side ? channels * d.row.width : channels;
    for (std::int32_t pixels = side_by_side ? 1 : d.row.width; pixels > 0; --pixels) {
      mve::add(x_row.data, y_row.data, to, count, packed);
      x_row.data += x_row.pixel_stride;
      y_row.data += y_row.pixel_stride;
      to += out.pixel_stride;
    }
  }
  kernels::mve::clamp_rows(out, d.row.width, channels, d.output.clamp);
}

/// A rescaling by the linear form of the same shape: the second factor is 0.
template <class Extent>
void rows(rescale_descriptor<Extent, std::int8_t, std::int8_t, double_rounding> const& d, row_window window,
          row_span const& out, std::byte const* packed, std::byte*, arch::arm_mve) {
  std::int32_t const channels = d.row.channels;
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row from = window[static_cast<std::size_t>(y)];
    std::byte* to = out.data + y * out.row_stride;
    bool const side_by_side = from.pixel_stride == channels && out.pixel_stride == channels;
    std::int32_t const count = side_by_side ? channels * d.row.width : channels;
    for (std::int32_t pixels = side_by_side ? 1 : d.row.width; pixels > 0; --pixels) {
      mve::add(from.data, from.data, to, count, packed);
      from.data += from.pixel_stride;
      to += out.pixel_stride;
    }
  }
  kernels::mve::clamp_rows(out, d.row.width, channels, d.output.clamp);
}

}  // namespace linnet::inline LINNET_ISA::kernels::elementwise

#endif
