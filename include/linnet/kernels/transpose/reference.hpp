// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/transpose/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::transpose {

/// A whole tensor with its dimensions permuted: the window is one row that is the whole input, contiguous; so
/// is the output. No packed constants, no scratch.
template <class Extent>
constexpr void rows(descriptor<Extent> const& d, row_window window, row_span const& out, std::byte const*,
                    std::byte*, arch::scalar) {
  std::array<std::int64_t, max_rank> stride{};  // of output dimension i, in bytes of the input
  std::array<std::int64_t, max_rank> extent{}, index{};
  for (std::size_t i = 0; i < max_rank; ++i) {
    stride[i] = d.element_bytes;
    for (std::size_t j = d.axes[i] + std::size_t{1}; j < max_rank; ++j) stride[i] *= d.input[j];
    extent[i] = d.input[d.axes[i]];
  }
  std::byte const* from = window[0].data;
  std::byte* to = out.data;
  std::size_t carried = 0;  // dimensions that started again; all of them: the end
  while (carried < max_rank) {
    copy_bytes(to, from, d.element_bytes);
    to += d.element_bytes;
    for (carried = 0; carried < max_rank; ++carried) {  // the next index list, innermost dimension first
      std::size_t const dimension = max_rank - 1 - carried;
      from += stride[dimension];
      if (++index[dimension] < extent[dimension]) break;
      from -= stride[dimension] * extent[dimension];
      index[dimension] = 0;
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::transpose
