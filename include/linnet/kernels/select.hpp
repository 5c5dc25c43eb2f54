// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// Which kernel serves a problem, and what it needs. Planner, packer, executor and cost model all ask
/// `select`, so a buffer's size cannot disagree with the kernel that uses it.
struct selection {
  char const* arch = nullptr;   ///< name of the tag whose kernel it is; null: there is none
  std::int32_t generation = 0;  ///< steps from the asked tag to that one
  std::int64_t packed_bytes = 0, scratch_bytes = 0;  ///< of the stream, and of working memory
  packed_layout layout = packed_layout::none;        ///< of the stream
  overwriting overwrites = overwriting::never;       ///< whether the output may take an operand's bytes
  bool folds = false;          ///< takes input rows one by one; scratch is the state of one output row
  bool keeps_scratch = false;  ///< scratch is a state, which lives on between runs
  /// Whether there is a kernel.
  [[nodiscard]] constexpr bool found() const { return arch != nullptr; }
};

/// Walks from Arch to its parents and takes the first kernel whose traits support the problem.
template <class Arch, class Problem>
[[nodiscard]] constexpr selection select(Problem const& p, std::int32_t generation = 0) {
  using stated = traits<Problem, Arch>;
  if (stated::supports(p))
    return {Arch::name,
            generation,
            stated::packed_bytes(p),
            stated::scratch_bytes(p),
            stated::layout,
            stated::overwrites(p),
            stated::folds,
            stated::keeps_scratch};
  if constexpr (std::same_as<typename Arch::parent, void>) {
    return {};
  } else {
    return select<typename Arch::parent>(p, generation + 1);
  }
}

/// The generation of the kernel that reads a stream of this layout: the selected one, or an ancestor whose
/// stream took its place because the weights have values that the younger kernel cannot be proved exact for;
/// -1: there is none.
template <class Arch, class Problem>
[[nodiscard]] constexpr std::int32_t generation_that_reads(Problem const& p, packed_layout layout,
                                                           std::int32_t generation = 0) {
  using stated = traits<Problem, Arch>;
  if (stated::supports(p) && stated::layout == layout) return generation;
  if constexpr (std::same_as<typename Arch::parent, void>) {
    return -1;
  } else {
    return generation_that_reads<typename Arch::parent>(p, layout, generation + 1);
  }
}

/// Calls `f` with the exact tag that `select<Arch>` chose for a problem of this type; tags without a kernel
/// of its family are not even instantiated. Precondition: `s.found()`.
template <class Arch, class Problem, class F>
constexpr void with_tag(selection const& s, F&& f) {
  if constexpr (traits<Problem, Arch>::exists) {
    if (s.generation == 0) {
      f(Arch{});
      return;
    }
  }
  if constexpr (!std::same_as<typename Arch::parent, void>) {
    selection parent = s;
    --parent.generation;
    with_tag<typename Arch::parent, Problem>(parent, static_cast<F&&>(f));
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels
