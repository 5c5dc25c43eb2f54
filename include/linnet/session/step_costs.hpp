// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <linnet/base/math.hpp>
#include <linnet/kernels/kernels.hpp>
#include <linnet/planner/row_grouping.hpp>
#include <linnet/planner/row_schedule.hpp>
#include <linnet/runtime/plan.hpp>

// What the steps of a plan by rows cost, by estimate of the kernels that run them: enough to tell plans apart
// whose memory differs, without running them.
namespace linnet::inline LINNET_ISA {

/// Instructions of the executor for a step, about: they gather a window of rows and find the kernel.
inline constexpr std::int64_t executor_cost = 400;

/// What a step of one operation costs.
struct step_cost {
  kernels::call_cost kernel;      ///< of its kernel, by estimate
  std::int64_t pixels_a_row = 1;  ///< of the output

  /// Instructions of one step that makes so many rows.
  [[nodiscard]] std::int64_t of_rows(std::int64_t rows) const {
    return executor_cost + kernel.call +
           divide_rounding_up(rows * pixels_a_row, std::int64_t{kernel.pixels}) * kernel.tile;
  }
  /// Of all steps of an operation.
  [[nodiscard]] std::int64_t of_steps(planner::row_operation const& o, std::int32_t strip,
                                      std::int32_t lag) const {
    std::int64_t sum = 0;
    for (std::int32_t done = 0, end = next_rows(o, planner::whole_strip, 0, 0).last; done < end;) {
      planner::row_range const rows = next_rows(o, strip, lag, done);
      sum += of_rows(rows.last - rows.first);
      done = rows.last;
    }
    return sum;
  }
};

namespace detail {

/// What the kernel of a tag says, or else about one instruction a weight and an output.
template <class Arch, class Problem>
[[nodiscard]] kernels::call_cost kernel_cost(Problem const& p, std::int32_t generation,
                                             std::int64_t otherwise) {
  if constexpr (requires { kernels::traits<Problem, Arch>::cost(p); }) {
    if (generation == 0) return kernels::traits<Problem, Arch>::cost(p);
  }
  if constexpr (!std::same_as<typename Arch::parent, void>) {
    if (generation > 0) return kernel_cost<typename Arch::parent>(p, generation - 1, otherwise);
  }
  return {0, otherwise, 1};
}

template <class Arch, class... Problem>
[[nodiscard]] step_cost cost_of_call(graph_view const& g, planned_call const& call,
                                     kernels::type_list<Problem...>) {
  image_shape const made = as_image(g.tensor(call.output).shape),
                    read = as_image(g.tensor(call.inputs[0]).shape);
  step_cost cost;
  cost.pixels_a_row = call.folds ? read.width : made.width;
  std::int64_t const otherwise = call.packed_bytes + made.channels;
  node const& n = g.nodes[static_cast<std::size_t>(call.node)];
  std::size_t number = 0;
  (void)((number++ == call.problem &&
          (cost.kernel = kernel_cost<Arch>(problem_of<Problem>(g, n, static_cast<std::size_t>(call.part)),
                                           call.generation, otherwise),
           true)) ||
         ...);
  return cost;
}

}  // namespace detail

/// The costs of a lowered graph's operations by rows; the first `sources` are no calls.
template <class Arch>
[[nodiscard]] std::vector<step_cost> step_costs(graph_view const& g, std::span<planned_call const> calls,
                                                std::size_t sources) {
  std::vector<step_cost> made(sources);
  for (planned_call const& call : calls)
    made.push_back(detail::cost_of_call<Arch>(g, call, kernels::all_problems{}));
  return made;
}

}  // namespace linnet::inline LINNET_ISA
