// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cmath>
#include <cstdint>
#include <string_view>

#include <linnet/analysis/cost.hpp>
#include <linnet/analysis/row_groups.hpp>
#include <linnet/session/plan_for.hpp>

// Which plan to take where nobody says: one that needs far less memory than layer by layer and little more
// time.
namespace linnet::inline LINNET_ISA {

namespace detail {

/// Bytes of weights that a plan reads, and of steps as the planner counts them, for each multiplication.
[[nodiscard]] inline double reading_of(network const& net, dynamic_plan const& plan) {
  auto const steps =
      static_cast<std::int64_t>(plan.by_layers() ? plan.planned_calls.size() : plan.schedule.steps.size());
  return static_cast<double>(weights_read(plan) + steps * planner::step_cost) /
         static_cast<double>(max<std::int64_t>(macs(net.graph.view()), 1));
}

}  // namespace detail

/// The options under which a network runs in far less memory than layer by layer and little slower, with the
/// kernels of an architecture. Of layer by layer and of plans `within` budgets it takes the one of the least
/// arena * e^(3 * r), where r are the bytes of weights that it reads for each multiplication, a step counted
/// as `planner::step_cost` more: a hundredth of a byte more has to save three percent of the arena. The last
/// quarter above `least_memory` costs too much, and is not tried. Errors: what `plan_for` refuses.
[[nodiscard]] inline result<plan_options> balanced_options(network const& net, std::string_view architecture,
                                                           bool stream_input = false) {
  constexpr int budgets = 32;
  plan_options best{.policy = memory_policy::layer_by_layer, .stream_input = stream_input};
  auto const layers = plan_for(net, architecture, best);
  if (!layers) return unexpected(layers.error());
  auto const least =
      plan_for(net, architecture, {.policy = memory_policy::least_memory, .stream_input = stream_input});
  if (!least) return unexpected(least.error());
  auto const cost = [&](dynamic_plan const& plan) {
    return std::log(static_cast<double>(max<std::int64_t>(plan.arena_bytes, 1))) +
           3 * detail::reading_of(net, plan);
  };
  double least_cost = cost(*layers);
  double const low = 1.25 * static_cast<double>(least->arena_bytes),
               ratio = static_cast<double>(layers->arena_bytes) / low;
  for (int i = 0; i < budgets && ratio > 1; ++i) {
    plan_options const options{
        .policy = memory_policy::within,
        .budget = static_cast<std::int64_t>(low * std::pow(ratio, (i + 1.0) / budgets)),
        .stream_input = stream_input};
    auto const plan = plan_for(net, architecture, options);
    if (!plan || static_cast<double>(plan->arena_bytes) < low || cost(*plan) >= least_cost) continue;
    least_cost = cost(*plan);
    best = options;
  }
  return best;
}

}  // namespace linnet::inline LINNET_ISA
