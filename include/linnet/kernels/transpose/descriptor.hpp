// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/kernels/contract.hpp>

namespace linnet::inline LINNET_ISA::kernels::transpose {

/// Output dimension i is input dimension axes[i]. Bytes are moved, never computed with. The whole tensor is
/// one row: what a transpose reads first it may need last.
struct problem {
  element_type type = s8;
  linnet::shape input;
  static_vector<std::int32_t, max_rank> axes;
};

template <class Extent>
struct descriptor {
  std::array<Extent, max_rank> input{};  // extents; 1 beyond the rank
  std::array<std::uint8_t, max_rank> axes{};
  std::uint8_t element_bytes;

  /// Precondition: every extent fits Extent.
  constexpr explicit descriptor(problem const& p)
      : element_bytes(static_cast<std::uint8_t>(bytes_of(p.type, 1))) {
    for (std::size_t i = 0; i < max_rank; ++i) {
      bool const used = i < p.input.rank();
      input[i] = static_cast<Extent>(used ? p.input[i] : 1);
      axes[i] = static_cast<std::uint8_t>(used ? p.axes[i] : static_cast<std::int32_t>(i));
    }
  }
};
static_assert(sizeof(descriptor<std::uint16_t>) <= 36);

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  return f(descriptor<Extent>(p));
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  return descriptor<Extent>(P);
}

}  // namespace linnet::inline LINNET_ISA::kernels::transpose
