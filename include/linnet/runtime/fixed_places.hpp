// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <linnet/runtime/fixed_call.hpp>
#include <linnet/runtime/fixed_rows.hpp>
#include <linnet/runtime/weights.hpp>

// Where the calls of a plan that is a constant find their bytes, and how its steps go over their rows: what
// the code of a model reads.
namespace linnet::inline LINNET_ISA::detail {

/// Where the rows of one buffer of a plan lie, `offset` bytes into each.
template <class Plan>
[[nodiscard]] constexpr call_place place_of_rows(Plan const& plan, std::size_t buffer, std::int64_t offset) {
  planner::ring const& r = plan.rings[buffer];
  if (r.table >= 0) return {static_cast<std::int32_t>(offset), 0, no_ring, plan.table + r.table};
  return {static_cast<std::int32_t>(r.offset + offset), r.row_bytes, r.rows, nullptr, r.memory};
}

/// The memory that a tensor of a plan is in.
template <class Plan>
[[nodiscard]] constexpr std::int32_t memory_of(Plan const& plan, tensor_id id) {
  if constexpr (requires { plan.rings; }) {
    return plan.rings[static_cast<std::size_t>(plan.places[static_cast<std::size_t>(id)].storage)].memory;
  } else {
    return 0;
  }
}

/// The places of all calls of a plan, layer by layer or by rows, and in a blob of weights whose layout in one
/// part is `Whole`; the first `Sources` operations are no calls.
template <auto const& Plan, std::size_t Sources, auto const& Weights, auto const& Whole>
inline constexpr auto places_of_calls = [] {
  constexpr bool by_rows = requires { Plan.rings; };
  constexpr auto in_blob = [](std::int64_t offset) -> blob_place {
    if constexpr (std::remove_cvref_t<decltype(Weights)>::fast_size == 0) {
      return {offset, false};
    } else {
      return place_in_blob(Whole, Weights.layout, offset);
    }
  };
  std::array<call_places, Plan.calls> made{};
  for (std::size_t i = 0; i < made.size(); ++i) {
    planned_call const& call = Plan.all_calls[i];
    bool whole = true;
    if constexpr (by_rows) whole = Plan.operations[i + Sources].writes_whole;
    auto const at = [&](tensor_id id, std::int64_t offset, std::int32_t row_stride) -> call_place {
      tensor_place const& place = Plan.places[static_cast<std::size_t>(id)];
      if (place.storage == packed_storage)
        return {~static_cast<std::int32_t>(in_blob(place.offset).offset), row_stride};
      if (place.storage < 0) return {};
      if constexpr (by_rows) {
        if (!whole)
          return place_of_rows(Plan, static_cast<std::size_t>(place.storage), place.offset + offset);
      }
      return {static_cast<std::int32_t>(Plan.offset_of(id) + offset), row_stride, no_ring, nullptr,
              memory_of(Plan, id)};
    };
    made[i].geometry = call.geometry;
    for (std::size_t k = 0; k < 2; ++k)
      made[i].inputs[k] = at(call.inputs[k], 0, call.geometry.input_row_stride[k]);
    made[i].output = at(call.output, call.output_offset, call.geometry.output_row_stride);
    blob_place const packed = in_blob(call.packed_offset);
    made[i].packed = static_cast<std::int32_t>(packed.offset);
    made[i].fast_packed = packed.fast;
    if (call.scratch == no_storage) continue;
    auto const scratch = static_cast<std::size_t>(call.scratch);
    if constexpr (by_rows) {
      made[i].scratch = {.offset = Plan.rings[scratch].offset, .memory = Plan.rings[scratch].memory};
      if (!whole) made[i].scratch = place_of_rows(Plan, scratch, 0);
    } else {
      made[i].scratch = {static_cast<std::int32_t>(Plan.offsets[scratch])};
    }
  }
  return made;
}();

/// An operation of a plan by rows as the loop over its steps reads it.
struct stepping {
  std::int32_t strip = 1, end = 1;  // rows a step, and all of them: those that it makes, or takes
  bool whole = false;
};

template <auto const& Plan>
inline constexpr auto steppings = [] {
  std::array<stepping, Plan.operations.size()> made{};
  for (std::size_t i = 0; i < made.size(); ++i) {
    planner::row_operation const& o = Plan.operations[i];
    made[i] = {min(Plan.strip[i], max(o.rows, o.input_rows)), next_rows(o, planner::whole_strip, 0).last,
               o.writes_whole};
  }
  return made;
}();

/// The steps alone: the object needs nothing else of a plan by rows.
template <auto const& Plan>
inline constexpr auto steps_of = Plan.steps;

/// Whether 16 bits count the rows of every operation of a plan.
template <auto const& Plan>
inline constexpr bool has_few_rows = [] {
  for (stepping const& o : steppings<Plan>) {
    if (o.end > std::numeric_limits<std::uint16_t>::max()) return false;
  }
  return true;
}();

/// Counts the rows that an operation of a plan has made or taken.
template <auto const& Plan>
using row_counter = std::conditional_t<has_few_rows<Plan>, std::uint16_t, std::int32_t>;

}  // namespace linnet::inline LINNET_ISA::detail
