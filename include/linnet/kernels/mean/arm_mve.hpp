// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_mve.hpp>

#if defined(LINNET_HAS_ARM_MVE)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/mean/descriptor.hpp>
#include <linnet/kernels/mean/reference.hpp>
#include <linnet/kernels/pool/arm_mve.hpp>

namespace linnet::inline LINNET_ISA::kernels::mean {

/// Adds a row as average pools do: all its pixels to the sums of one, or each to its own.
template <class Extent, class Policy>
void row(descriptor<Extent, std::int8_t, Policy> const& d, input_row const& input, row_span const&,
         std::byte* state, arch::arm_mve) {
  auto* sums = reinterpret_cast<std::int32_t*>(state);
  std::int32_t const pixels = d.output_width == 1 ? d.width : 1;
  auto const* from = reinterpret_cast<std::int8_t const*>(input.data);
  for (std::int32_t x = 0; x < d.output_width; ++x, from += input.pixel_stride)
    sums = pool::mve::add_pixels(sums, from, pixels, input.pixel_stride, d.channels);
}

}  // namespace linnet::inline LINNET_ISA::kernels::mean

#endif
