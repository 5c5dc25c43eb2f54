// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/int16/arm_dsp_general.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/dense/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::dense {

/// A matrix times the pixels of some rows of s16, from the scalar kernel's stream. Scratch: the inputs of
/// one.
template <class Extent, class Policy>
void rows(descriptor<Extent, std::int16_t, Policy> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_dsp_general) {
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.pixels; ++x) {
      int16::dsp_products::in_order(row.data + x * row.pixel_stride,
                                    reinterpret_cast<std::uint32_t*>(scratch), d.inputs, 1);
      int16::multiply_pixel<Policy>(scratch, d.inputs, packed, d.units, d.output,
                                    out.data + y * out.row_stride + x * out.pixel_stride);
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::dense

#endif
