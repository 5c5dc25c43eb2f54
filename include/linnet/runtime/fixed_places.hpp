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
  if (r.table >= 0) {
    return {static_cast<std::int32_t>(offset), static_cast<Count>(r.row_bytes),
            static_cast<Count>(call_place<Count>::in_table + r.table)};
  }
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
[[nodiscard]] constexpr auto row_table_of() {
  if constexpr (requires { requires Plan.table != nullptr; }) {
    return Plan.table;
  } else {
    return no_row_table{};
  }
}

/// The calls of a plan as the executor reads them, and the places that they share.
template <auto const& Plan>
struct placed_calls {
  using count = place_count<Plan>;
  using index = place_index<Plan>;

  std::array<placed_call<count, index>, Plan.calls> calls{};
  call_place<count> places[1 + 4 * Plan.calls]{};  // the first `used` of them; number 0: nowhere
  std::size_t used = 1;

  /// A plain loop: what compilers spend on it is measured.
  [[nodiscard]] constexpr index index_of(call_place<count> const& place) {
    for (call_place<count> const* at = places + used; at != places;) {  // most were kept last
      --at;
      if (at->is(place)) return static_cast<index>(at - places);
    }
    places[used] = place;
    return static_cast<index>(used++);
  }
};

/// Those of a plan layer by layer or by rows, and in a blob of weights whose layout in one part is `Whole`;
/// the first `Sources` operations are no calls.
template <auto const& Plan, std::size_t Sources, auto const& Weights, auto const& Whole>
constexpr auto make_placed() {
  constexpr bool by_rows = requires { Plan.rings; };
  using placed = placed_calls<Plan>;
  using count = typename placed::count;
  using place_type = call_place<count>;
  constexpr auto in_blob = [](std::int64_t offset) -> blob_place {
    if constexpr (std::remove_cvref_t<decltype(Weights)>::fast_size == 0) {
      return {offset, false};
    } else {
      return place_in_blob(Whole, Weights.layout, offset);
    }
  };
  placed made{};
  for (std::size_t i = 0; i < Plan.calls; ++i) {
    planned_call const& call = Plan.all_calls[i];
    call_geometry const& g = call.geometry;
    auto& c = made.calls[i];
    bool whole = true;
    if constexpr (by_rows) whole = Plan.operations[i + Sources].writes_whole;
    auto const keep = [&](place_type const& place, std::int32_t memory, std::size_t number) {
      c.places[number] = made.index_of(place);
      c.memories = static_cast<std::uint16_t>(c.memories | memory << (number * c.memory_bits));
    };
    auto const keep_tensor = [&](tensor_id id, std::int64_t offset, std::int32_t row_stride,
                                 std::size_t number) {
      tensor_place const& place = Plan.places[static_cast<std::size_t>(id)];
      auto const row_bytes = static_cast<count>(row_stride);
      if (place.storage == packed_storage)
        return keep({static_cast<std::int32_t>(in_blob(place.offset).offset), row_bytes}, c.packed_memory,
                    number);
      if (place.storage < 0) return;
      std::int32_t const memory = memory_of(Plan, id);
      if constexpr (by_rows) {
        if (!whole)
          return keep(
              place_of_rows<count>(Plan, static_cast<std::size_t>(place.storage), place.offset + offset),
              memory, number);
      }
      keep({static_cast<std::int32_t>(Plan.offset_of(id) + offset), row_bytes}, memory, number);
    };
    for (std::size_t k = 0; k < 2; ++k) {
      keep_tensor(call.inputs[k], 0, g.input_row_stride[k], k);
      c.geometry.input_pixel_stride[k] = static_cast<count>(g.input_pixel_stride[k]);
    }
    keep_tensor(call.output, call.output_offset, g.output_row_stride, 2);
    auto const scratch = static_cast<std::size_t>(call.scratch);
    if (call.scratch == no_storage) {
      c.places[3] = 0;
    } else if constexpr (by_rows) {
      keep(whole ? place_type{.offset = Plan.rings[scratch].offset} : place_of_rows<count>(Plan, scratch, 0),
           Plan.rings[scratch].memory, 3);
    } else {
      keep({static_cast<std::int32_t>(Plan.offsets[scratch])}, 0, 3);
    }
    blob_place const packed = in_blob(call.packed_offset);
    auto const packed_offset = static_cast<std::int32_t>(packed.offset);
    c.packed = packed.fast ? ~packed_offset : packed_offset;
    c.geometry.batch = static_cast<count>(g.batch);
    c.geometry.input_height = static_cast<count>(g.input_height);
    c.geometry.output_height = static_cast<count>(g.output_height);
    c.geometry.output_pixel_stride = static_cast<count>(g.output_pixel_stride);
    using small = typename std::remove_cvref_t<decltype(c)>::small;
    c.geometry.window = {static_cast<small>(g.window.kernel), static_cast<small>(g.window.stride),
                         static_cast<small>(g.window.dilation), static_cast<small>(g.window.padding)};
    c.geometry.strip = static_cast<small>(call.folds ? 0 : g.strip);
    c.geometry.operands = static_cast<small>(g.operands);
  }
  return made;
}

/// What of them is in flash: constants of their own, since nothing reads the room that is left.
template <auto const& Plan, std::size_t Sources, auto const& Weights, auto const& Whole>
struct placed_plan {
  using placed = placed_calls<Plan>;
  static constexpr placed all = make_placed<Plan, Sources, Weights, Whole>();
  static constexpr auto calls = all.calls;
  static constexpr bool may_fold = [] {
    for (auto const& call : calls) {
      if (call.folds()) return true;
    }
    return false;
  }();
  static constexpr auto make_places() {
    std::array<call_place<typename placed::count>, all.used> made{};
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = all.places[i];
    return made;
  }
  static constexpr auto places = make_places();
};

/// The most rows that an operation of a plan makes or takes.
template <auto const& Plan>
inline constexpr std::int32_t most_rows = [] {
  std::int32_t most = 0;
  for (planner::row_operation const& o : Plan.operations) most = max(most, max(o.rows, o.input_rows));
  return most;
}();

/// Rows of a step of an operation, as they are counted: never more than there are.
[[nodiscard]] constexpr std::int32_t rows_of_step(planner::row_operation const& o, std::int32_t strip) {
  return min(strip, max(o.rows, o.input_rows));
}
/// The rows by which the first step of operation i of a plan has less than those.
template <auto const& Plan>
[[nodiscard]] constexpr std::int32_t lag_of(std::size_t i) {
  if (Plan.lag[i] == 0) return 0;
  planner::row_operation const& o = Plan.operations[i];
  return rows_of_step(o, Plan.strip[i]) - next_rows(o, Plan.strip[i], Plan.lag[i], 0).last;
}
/// The most of all operations.
template <auto const& Plan>
inline constexpr std::int32_t most_lag = [] {
  std::int32_t most = 0;
  for (std::size_t i = 0; i < Plan.operations.size(); ++i) most = max(most, lag_of<Plan>(i));
  return most;
}();
template <auto const& Plan>
inline constexpr bool has_lags = most_lag<Plan> != 0;

/// Counts the rows that are left to an operation of a plan, with those that its first step has less.
template <auto const& Plan>
using row_counter = std::conditional_t<
    (most_rows<Plan> + most_lag<Plan> <= std::numeric_limits<std::uint8_t>::max()), std::uint8_t,
    std::conditional_t<(most_rows<Plan> + most_lag<Plan> <= std::numeric_limits<std::uint16_t>::max()),
                       std::uint16_t, std::int32_t>>;

/// The rows that are left to each operation of a plan by rows.
template <auto const& Plan, bool ByRows>
struct rows_left {
  row_counter<Plan> of[Plan.operations.size()];
};
/// Layer by layer nothing is counted.
template <auto const& Plan>
struct rows_left<Plan, false> {};

/// What a run works on beside the arena: in the network's object, and not on the stack, of which every task
/// of a real-time system has its own. Copies do not take it along: it means nothing between runs.
template <auto const& Plan, bool ByRows>
struct run_state {
  run_state() = default;
  run_state(run_state const&) {}
  run_state& operator=(run_state const&) { return *this; }
  ~run_state() = default;

  kernels::input_row window[Plan.window_entries > 0 ? Plan.window_entries : 1];  // those of one call
  [[no_unique_address]] rows_left<Plan, ByRows> left;
};

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
    made[i] = {static_cast<count>(rows_of_step(o, Plan.strip[i])),
               static_cast<count>(next_rows(o, planner::whole_strip, 0, 0).last), o.writes_whole};
  }
  return made;
}
template <auto const& Plan>
inline constexpr auto steppings = make_steppings<Plan>();

/// The rows that are left to operations before a run; where first steps have less, as if there were more.
template <auto const& Plan>
constexpr auto make_rows_before() {
  rows_left<Plan, true> made{};
  for (std::size_t i = 0; i < Plan.operations.size(); ++i)
    made.of[i] = static_cast<row_counter<Plan>>(steppings<Plan>[i].end + lag_of<Plan>(i));
  return made;
}
template <auto const& Plan>
inline constexpr auto rows_before = make_rows_before<Plan>();

/// Before a run: all rows are left. A loop where it can be one: that is less code than a copy.
template <auto const& Plan>
constexpr void begin_rows(rows_left<Plan, true>& left) {
  if constexpr (has_lags<Plan>) {
    left = rows_before<Plan>;
  } else {
    for (std::size_t i = 0; i < Plan.operations.size(); ++i) left.of[i] = steppings<Plan>[i].end;
  }
}

/// The steps alone: the object needs nothing else of a plan by rows.
template <auto const& Plan>
inline constexpr auto steps_of = Plan.steps;

}  // namespace linnet::inline LINNET_ISA::detail
