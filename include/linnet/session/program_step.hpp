// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>
#include <functional>
#include <string>

#include <linnet/runtime/execute.hpp>
#include <linnet/runtime/plan.hpp>

// A header of its own, so that `kernels_elsewhere.hpp` can say where kernels are compiled before anybody asks
// for one: clang would compile them where they are asked for.
namespace linnet::inline LINNET_ISA {

/// One kernel call, ready to run: the kernel is chosen, its descriptor made, its places planned.
struct program_step {
  planned_call call;                                          ///< its places
  std::string arch;                                           ///< whose kernel it is
  std::function<void(call_memory const&, row_interval)> run;  ///< the kernel with its descriptor
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
    with_descriptor<std::int32_t>(problem, [&](auto const& descriptor) {
      step.run = [descriptor, geometry = call.geometry, tag](call_memory const& memory, row_interval rows) {
        execute(descriptor, geometry, memory, rows, tag);
      };
    });
  });
  return step;
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA
