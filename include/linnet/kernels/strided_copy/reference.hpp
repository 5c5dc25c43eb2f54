// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/strided_copy/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::strided_copy {

/// A whole tensor: the window is one row that is the whole input, contiguous; so is the output. No packed
/// constants, no scratch.
template <class Extent>
constexpr void rows(descriptor<Extent> const& d, row_window window, row_span const& out, std::byte const*,
                    std::byte*, arch::scalar) {
  std::byte const* from = window[0].data + d.first;
  std::byte* to = out.data;
  std::int32_t const size = d.element_bytes, count = d.extents[0], step = d.steps[0];
  bool const is_run = step == size;
  std::array<std::int32_t, max_rank> index{};
  for (std::size_t wheel = 0; wheel < max_rank;) {
    if (is_run) {
      copy_bytes(to, from, static_cast<std::size_t>(count * size));
    } else {
      for (std::int32_t i = 0; i < count; ++i)
        copy_bytes(to + i * size, from + std::ptrdiff_t{i} * step, static_cast<std::size_t>(size));
    }
    to += count * size;
    for (wheel = 1; wheel < max_rank; ++wheel) {  // the next run, inner dimensions first
      std::ptrdiff_t const back = d.steps[wheel];
      from += back;
      if (++index[wheel] < static_cast<std::int32_t>(d.extents[wheel])) break;
      from -= back * static_cast<std::ptrdiff_t>(d.extents[wheel]);
      index[wheel] = 0;
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::strided_copy
