// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>

#include <linnet/base/text.hpp>

namespace linnet::inline LINNET_ISA {

/// How a network's memory is planned.
enum class memory_policy : std::uint8_t {
  layer_by_layer,  // every node by itself: whole tensors, the fewest steps
  fastest,         // layer by layer where that fits the cache, else the tallest strips that do
  within,          // inside `plan_options::budget`: the fewest times that weights are read again
  least_memory     // the smallest arena: rows of as many nodes together as that takes
};

/// Its name as the enumerator spells it, and as the command's options do.
[[nodiscard]] constexpr text name_of(memory_policy policy) {
  switch (policy) {
    case memory_policy::layer_by_layer: return "layer_by_layer";
    case memory_policy::fastest: return "fastest";
    case memory_policy::within: return "within";
    case memory_policy::least_memory: return "least_memory";
  }
  return "?";
}

/// Bytes of activations that `fastest` keeps near the processor: a desktop core's own cache, as a rule.
inline constexpr std::int64_t near_bytes = std::int64_t{1} << 20;

/// What a plan is asked for.
struct plan_options {
  memory_policy policy = memory_policy::layer_by_layer;  ///< what is wanted of memory
  std::int64_t budget = 0;                               ///< of `within`: bytes of arena
  bool stream_input = false;  ///< rows of the only input come from a callback, strictly in order

  friend constexpr bool operator==(plan_options const&, plan_options const&) = default;
};

/// Whether a policy runs nodes row by row, however much memory there is.
[[nodiscard]] constexpr bool needs_rows(plan_options const& options) {
  return options.stream_input || options.policy == memory_policy::least_memory;
}

/// Bytes of arena up to which a policy that does not need rows runs layer by layer.
[[nodiscard]] constexpr std::int64_t budget_of(plan_options const& options) {
  switch (options.policy) {
    case memory_policy::within: return options.budget;
    case memory_policy::fastest: return near_bytes;
    default: return std::numeric_limits<std::int64_t>::max();
  }
}

}  // namespace linnet::inline LINNET_ISA
