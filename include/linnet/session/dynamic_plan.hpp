// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>
#include <utility>
#include <vector>

#include <linnet/runtime/plan.hpp>

namespace linnet::inline LINNET_ISA {

/// The plan of a graph that was made at run time.
struct dynamic_plan : plan_totals {
  std::vector<tensor_place> places;
  std::vector<planned_call> planned_calls;
  std::vector<planner::interval> lives;  // of storages, then of scratch
  std::vector<std::int64_t> offsets;     // of each of them in the arena

  /// Bytes from the arena's first to a tensor's first. Precondition: it has a storage.
  [[nodiscard]] std::int64_t offset_of(tensor_id id) const {
    tensor_place const& place = places[static_cast<std::size_t>(id)];
    return offsets[static_cast<std::size_t>(place.storage)] + place.offset;
  }
};

namespace detail {

template <class Arch>
[[nodiscard]] expected<dynamic_plan, graph_error> plan_sharing(graph_view const& g, sharing share) {
  std::size_t const tensors = g.tensors.size(), calls = most_calls(g), intervals = tensors + calls;
  dynamic_plan made;
  made.places.resize(tensors);
  made.planned_calls.resize(calls);
  made.lives.resize(intervals);
  made.offsets.resize(intervals);
  std::vector<std::int32_t> last_use(tensors), order(intervals), sorted(intervals);
  std::vector<std::int64_t> trial(intervals);
  auto const totals = plan<Arch>(g, share,
                                 {.places = made.places,
                                  .calls = made.planned_calls,
                                  .intervals = made.lives,
                                  .offsets = made.offsets,
                                  .last_use = last_use,
                                  .workspace = {order, sorted, trial}});
  if (!totals) return unexpected(totals.error());
  static_cast<plan_totals&>(made) = *totals;
  made.planned_calls.resize(made.calls);
  made.lives.resize(made.intervals);
  made.offsets.resize(made.intervals);
  return made;
}

}  // namespace detail

/// The plan that `plan_of` makes of the same graph in a constant. Precondition: the graph is valid.
template <class Arch>
[[nodiscard]] expected<dynamic_plan, graph_error> plan_graph(graph_view const& g) {
  auto whole = detail::plan_sharing<Arch>(g, {.parts = false});
  if (!has_concat(g)) return whole;
  auto parted = detail::plan_sharing<Arch>(g, {.parts = true});
  return is_better(parted, whole) ? std::move(parted) : std::move(whole);
}

}  // namespace linnet::inline LINNET_ISA
