// SPDX-License-Identifier: MIT
#include <linnet/analysis/balanced_plan.hpp>

#include "cli.hpp"

namespace cli {
namespace {

using linnet::memory_policy;

/// No policy of the planner's: one of them, with a budget, that `planned_for` finds.
constexpr std::string_view balanced = "balanced";

constexpr memory_policy policies[] = {memory_policy::layer_by_layer, memory_policy::fastest,
                                      memory_policy::within, memory_policy::least_memory};

linnet::result<memory_policy> policy_named(std::string const& name) {
  if (name == balanced) return memory_policy::layer_by_layer;
  std::string known(balanced);
  for (memory_policy policy : policies) {
    std::string const word(name_of(policy));
    if (word == name) return policy;
    known += ", " + word;
  }
  return linnet::fail(linnet::errc::wrong_argument,
                      "there is no policy " + linnet::in_quotes(name) + "; linnet knows " + known);
}

}  // namespace

linnet::result<linnet::plan_options> plan_options_of(memory_options const& options) {
  linnet::plan_options made{.stream_input = options.stream_input};
  if (!options.policy.empty()) {
    auto const policy = policy_named(options.policy);
    if (!policy) return linnet::unexpected(policy.error());
    made.policy = *policy;
  } else if (options.budget) {
    made.policy = memory_policy::within;
  }
  std::string const word = options.policy.empty() ? std::string(name_of(made.policy)) : options.policy;
  if ((options.search || options.slowdown) && made.policy != memory_policy::least_memory) {
    return linnet::fail(linnet::errc::wrong_argument,
                        std::string(options.search ? "--search" : "--slowdown") +
                            " is for --policy least_memory, not " + word);
  }
  if (options.search == 0 && options.slowdown)
    return linnet::fail(linnet::errc::wrong_argument, "--slowdown needs a --search of more than 0");
  bool const within = made.policy == memory_policy::within;
  if (within && !options.budget)
    return linnet::fail(linnet::errc::wrong_argument, "--policy within needs a --budget of bytes");
  if (!within && options.budget)
    return linnet::fail(linnet::errc::wrong_argument, "--budget is for --policy within, not " + word);
  if (!within) return made;
  if (*options.budget <= 0)
    return linnet::fail(linnet::errc::wrong_argument, "--budget must be a positive number of bytes");
  made.budget = *options.budget;
  return made;
}

linnet::result<linnet::plan_options> planned_for(memory_options const& options,
                                                 linnet::plan_options const& asked,
                                                 linnet::network const& net, std::string_view arch) {
  if (options.policy != balanced) return asked;
  return linnet::balanced_options(net, arch, options.stream_input);
}

linnet::search_options search_options_of(memory_options const& options, bool firmware) {
  linnet::search_options made;
  bool const asked = options.search || options.slowdown;
  if (!asked && !(firmware && options.policy == name_of(memory_policy::least_memory).data())) return made;
  made.effort = options.search.value_or(linnet::thorough_search);
  if (options.slowdown || !asked) made.slowdown = options.slowdown.value_or(firmware_slowdown);
  return made;
}

std::string words(linnet::plan_options const& options) {
  std::string text(name_of(options.policy));
  if (options.policy == memory_policy::within) text += " " + grouped(options.budget) + " bytes";
  return text + (options.stream_input ? ", input streamed" : "");
}

}  // namespace cli
