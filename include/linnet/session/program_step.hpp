// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>
#include <new>
#include <string>
#include <type_traits>

#include <linnet/runtime/execute.hpp>
#include <linnet/runtime/plan.hpp>
#include <linnet/session/aligned_bytes.hpp>

// A header of its own, so that `kernels_elsewhere.hpp` can say where kernels are compiled before anybody asks
// for one: clang would compile them where they are asked for.
namespace linnet::inline LINNET_ISA {

/// One kernel call, ready to run: the kernel is chosen, its descriptor made, its places planned.
struct program_step {
  planned_call call;                                                           ///< its places
  std::string arch;                                                            ///< whose kernel it is
  aligned_bytes descriptor;                                                    ///< what the kernel is told
  void (*code)(void const* descriptor, detail::kernel_work const&) = nullptr;  ///< the kernel

  /// The kernel with its descriptor, which are this object's.
  [[nodiscard]] detail::fixed_kernel kernel() const { return {code, descriptor.data()}; }

  /// Runs it over `all_rows`, or over some rows of the first batch. Precondition: `execute`'s.
  void run(call_memory memory, row_interval const& rows) const {
    detail::fixed_kernel const bound = kernel();
    detail::execute(detail::pointed_kernel{bound, call.folds}, call.geometry, memory, rows);
  }
};

namespace detail {

/// A call with its kernel. All kernels come in here: a function that is not inline, so that
/// `kernels_elsewhere.hpp` can keep them out of a source.
template <class Problem>
program_step make_step(Problem const& problem, planned_call const& call) {
  auto selected = kernels::select<arch::native>(problem);
  if (call.layout != selected.layout)
    selected.generation = kernels::generation_that_reads<arch::native>(problem, call.layout);
  program_step step{call, {}, {}};
  kernels::with_tag<arch::native, Problem>(selected, [&](auto tag) {
    step.arch = decltype(tag)::name;
    with_descriptor<std::int32_t>(problem, [&]<class Descriptor>(Descriptor const& descriptor) {
      static_assert(std::is_trivially_copyable_v<Descriptor> &&
                    alignof(Descriptor) <= aligned_bytes::alignment);
      step.descriptor = aligned_bytes(sizeof(Descriptor));
      new (step.descriptor.data()) Descriptor(descriptor);
      step.code = call_kernel<Descriptor, decltype(tag)>;
    });
  });
  return step;
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA
