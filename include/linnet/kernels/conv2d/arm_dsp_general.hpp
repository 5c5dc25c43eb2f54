// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/int16/arm_dsp_general.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/conv2d/descriptor.hpp>
#include <linnet/kernels/conv2d/int16.hpp>

namespace linnet::inline LINNET_ISA::kernels::conv2d {

/// Convolution of some rows of s16 from the scalar kernel's stream, pixel by pixel. Scratch: the inputs of
/// one.
template <class Extent, class Policy>
void rows(descriptor<Extent, std::int16_t, Policy> const& d, row_window window, row_span const& out,
          std::byte const* packed, std::byte* scratch, arch::arm_dsp_general) {
  std::int32_t const count = d.kernel_height * d.kernel_width * d.input_channels;
  channel_records<std::int16_t, Policy> const records{count, d.input_channels};
  for (std::int32_t y = 0; y < out.rows; ++y) {
    std::byte* to = out.data + y * out.row_stride;
    for (std::int32_t x = 0; x < d.output_width; ++x, to += out.pixel_stride) {
      std::byte const* const inputs =
          gather(d, window.data() + y * d.stride_height, x * d.stride_width - d.padding_left, packed, scratch,
                 int16::dsp_products::copy);
      int16::dsp_products::in_order(inputs, reinterpret_cast<std::uint32_t*>(scratch), count, 1);
      int16::multiply_pixel<Policy>(scratch, count, packed + records.first(), d.output_channels, d.output,
                                    to);
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d

#endif
