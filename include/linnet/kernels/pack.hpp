// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

// The packers of all families: who makes packed weights includes it. Who only reads them does not, and its
// compiler need not read how they are made.
#include <linnet/kernels/conv2d/pack.hpp>
#include <linnet/kernels/dense/pack.hpp>
#include <linnet/kernels/depthwise/pack.hpp>
#include <linnet/kernels/kernels.hpp>
#include <linnet/kernels/pad/pack.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// Writes the packed stream of the kernel of exactly this tag, if it reads one: `traits::packed_bytes(p)`
/// bytes, aligned to `packed_alignment`.
template <class Problem, class Tag>
constexpr void pack_stream(Problem const& p, constants const& from, std::byte* to, Tag tag) {
  if constexpr (traits<Problem, Tag>::layout != packed_layout::none) pack(p, from, to, tag);
}

}  // namespace linnet::inline LINNET_ISA::kernels
