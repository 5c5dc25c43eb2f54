// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

// The packers of all families: who makes packed weights includes it. Who only reads them does not, and its
// compiler need not read how they are made.
#include <linnet/kernels/conv2d/pack.hpp>
#include <linnet/kernels/dense/pack.hpp>
#include <linnet/kernels/depthwise/pack.hpp>
#include <linnet/kernels/elementwise/pack.hpp>
#include <linnet/kernels/kernels.hpp>
#include <linnet/kernels/pad/pack.hpp>
#include <linnet/kernels/recurrent/pack.hpp>
#include <linnet/kernels/resize/pack.hpp>
#include <linnet/kernels/select.hpp>
#include <linnet/kernels/transpose_conv2d/pack.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// Writes the packed stream of the kernel of exactly this tag, if it reads one: `traits::packed_bytes(p)`
/// bytes, aligned to `packed_alignment`. False where these constants are not for that kernel: it could not be
/// proved exact with them, and nothing was written. A family that may refuse has
/// `packs(problem, constants, tag)`.
template <class Problem, class Tag>
[[nodiscard]] constexpr bool pack_stream(Problem const& p, constants const& from, std::byte* to, Tag tag) {
  if constexpr (traits<Problem, Tag>::layout != packed_layout::none) {
    if constexpr (requires { packs(p, from, tag); }) {
      if (!packs(p, from, tag)) return false;
    }
    pack(p, from, to, tag);
  }
  return true;
}

/// Writes the stream of the youngest kernel of an architecture that is exact with these constants and whose
/// stream has room in that of the selected kernel; returns its layout. Precondition: `select<Arch>` finds a
/// kernel.
template <class Arch, class Problem>
constexpr packed_layout pack_exact(Problem const& p, constants const& from, std::byte* to,
                                   std::int64_t room) {
  using stated = traits<Problem, Arch>;
  if constexpr (stated::exists) {
    if (stated::supports(p) && stated::packed_bytes(p) <= room && pack_stream(p, from, to, Arch{}))
      return stated::layout;
  }
  if constexpr (std::same_as<typename Arch::parent, void>) {
    return packed_layout::none;
  } else {
    return pack_exact<typename Arch::parent>(p, from, to, room);
  }
}

/// The same with as much room as the selected kernel asks for.
template <class Arch, class Problem>
constexpr packed_layout pack_exact(Problem const& p, constants const& from, std::byte* to) {
  return pack_exact<Arch>(p, from, to, select<Arch>(p).packed_bytes);
}

}  // namespace linnet::inline LINNET_ISA::kernels
