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
template <class Count, class Plan>
[[nodiscard]] constexpr call_place<Count> place_of_rows(Plan const& plan, std::size_t buffer,
                                                        std::int64_t offset) {
  planner::ring const& r = plan.rings[buffer];
  if (r.table >= 0)
    return {static_cast<std::int32_t>(offset), static_cast<Count>(r.table), call_place<Count>::in_table};
  return {static_cast<std::int32_t>(r.offset + offset), static_cast<Count>(r.row_bytes),
          static_cast<Count>(r.rows)};
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

/// The addresses of rows that have their own, where a plan has such.
template <auto const& Plan>
[[nodiscard]] constexpr std::uint16_t const* row_table_of() {
  if constexpr (requires { Plan.table; }) {
    return Plan.table;
  } else {
    return nullptr;
  }
}

/// The places of all calls of a plan, layer by layer or by rows, and in a blob of weights whose layout in one
/// part is `Whole`; the first `Sources` operations are no calls.
template <auto const& Plan, std::size_t Sources, auto const& Weights, auto const& Whole>
constexpr auto make_places() {
  constexpr bool by_rows = requires { Plan.rings; };
  using count = place_count<Plan>;
  using places = call_places<count>;
  constexpr auto in_blob = [](std::int64_t offset) -> blob_place {
    if constexpr (std::remove_cvref_t<decltype(Weights)>::fast_size == 0) {
      return {offset, false};
    } else {
      return place_in_blob(Whole, Weights.layout, offset);
    }
  };
  std::array<places, Plan.calls> made{};
  for (std::size_t i = 0; i < made.size(); ++i) {
    planned_call const& call = Plan.all_calls[i];
    call_geometry const& g = call.geometry;
    places& p = made[i];
    bool whole = true;
    if constexpr (by_rows) whole = Plan.operations[i + Sources].writes_whole;
    auto const keep_memory = [&](std::int32_t memory, int number) {
      p.memories = static_cast<std::uint16_t>(p.memories | memory << (number * places::memory_bits));
    };
    auto const at = [&](tensor_id id, std::int64_t offset, std::int32_t row_stride,
                        int number) -> call_place<count> {
      tensor_place const& place = Plan.places[static_cast<std::size_t>(id)];
      if (place.storage == packed_storage)
        return {~static_cast<std::int32_t>(in_blob(place.offset).offset), static_cast<count>(row_stride)};
      if (place.storage < 0) return {};
      keep_memory(memory_of(Plan, id), number);
      if constexpr (by_rows) {
        if (!whole)
          return place_of_rows<count>(Plan, static_cast<std::size_t>(place.storage), place.offset + offset);
      }
      return {static_cast<std::int32_t>(Plan.offset_of(id) + offset), static_cast<count>(row_stride)};
    };
    for (std::size_t k = 0; k < 2; ++k) {
      p.inputs[k] = at(call.inputs[k], 0, g.input_row_stride[k], static_cast<int>(k));
      p.input_pixel_stride[k] = static_cast<count>(g.input_pixel_stride[k]);
    }
    p.output = at(call.output, call.output_offset, g.output_row_stride, 2);
    blob_place const packed = in_blob(call.packed_offset);
    auto const packed_offset = static_cast<std::int32_t>(packed.offset);
    p.packed = packed.fast ? ~packed_offset : packed_offset;
    p.batch = static_cast<count>(g.batch);
    p.input_height = static_cast<count>(g.input_height);
    p.output_height = static_cast<count>(g.output_height);
    p.output_pixel_stride = static_cast<count>(g.output_pixel_stride);
    using small = typename places::small;
    p.kernel = static_cast<small>(g.window.kernel);
    p.stride = static_cast<small>(g.window.stride);
    p.dilation = static_cast<small>(g.window.dilation);
    p.padding = static_cast<small>(g.window.padding);
    p.strip = static_cast<small>(g.strip);
    p.operands = static_cast<small>(g.operands);
    if (call.scratch == no_storage) continue;
    auto const scratch = static_cast<std::size_t>(call.scratch);
    if constexpr (by_rows) {
      keep_memory(Plan.rings[scratch].memory, 3);
      p.scratch = {.offset = Plan.rings[scratch].offset};
      if (!whole) p.scratch = place_of_rows<count>(Plan, scratch, 0);
    } else {
      p.scratch = {static_cast<std::int32_t>(Plan.offsets[scratch])};
    }
  }
  return made;
}
template <auto const& Plan, std::size_t Sources, auto const& Weights, auto const& Whole>
inline constexpr auto places_of_calls = make_places<Plan, Sources, Weights, Whole>();

/// Whether 16 bits count the rows of every operation of a plan.
template <auto const& Plan>
inline constexpr bool has_few_rows = [] {
  for (planner::row_operation const& o : Plan.operations) {
    if (max(o.rows, o.input_rows) > std::numeric_limits<std::uint16_t>::max()) return false;
  }
  return true;
}();

/// Counts the rows that an operation of a plan has made or taken.
template <auto const& Plan>
using row_counter = std::conditional_t<has_few_rows<Plan>, std::uint16_t, std::int32_t>;

/// An operation of a plan by rows as the loop over its steps reads it.
template <class Count>
struct stepping {
  Count strip = 1, end = 1;  // rows a step, and all of them: those that it makes, or takes
  bool whole = false;
};

template <auto const& Plan>
constexpr auto make_steppings() {
  using count = row_counter<Plan>;
  std::array<stepping<count>, Plan.operations.size()> made{};
  for (std::size_t i = 0; i < made.size(); ++i) {
    planner::row_operation const& o = Plan.operations[i];
    made[i] = {static_cast<count>(min(Plan.strip[i], max(o.rows, o.input_rows))),
               static_cast<count>(next_rows(o, planner::whole_strip, 0).last), o.writes_whole};
  }
  return made;
}
template <auto const& Plan>
inline constexpr auto steppings = make_steppings<Plan>();

/// The steps alone: the object needs nothing else of a plan by rows.
template <auto const& Plan>
inline constexpr auto steps_of = Plan.steps;

}  // namespace linnet::inline LINNET_ISA::detail
