// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <linnet/runtime/fixed_places.hpp>
#include <linnet/session/session.hpp>

#include "exact_buffer.hpp"

namespace support {

/// Runs a plan that was made at run time as `model` runs one in a constant: the geometries of calls and the
/// places of rows in 16 and 8 bits, one executor for all. Kernels and their descriptors are the session's,
/// and not compiled again for extents of 16 bits. The arena has exactly the plan's bytes.
class fixed_execution {
  using count = std::uint16_t;
  using place = linnet::detail::call_place<count>;
  using call_type = linnet::detail::placed_call<count, std::uint16_t>;
  using constants_type = linnet::detail::call_constants<count, std::uint16_t const*>;
  using frame_type = linnet::detail::call_frame<count, std::uint16_t const*>;

 public:
  /// `planned` and `net`, which it was made from, outlive this. Precondition: `fits(planned)`.
  fixed_execution(linnet::session const& planned, linnet::network const& net)
      : graph_(planned.graph()),
        plan_(planned.plan()),
        arena_(static_cast<std::size_t>(plan_.arena_bytes)),
        packed_(static_cast<std::size_t>(plan_.packed_bytes)),
        window_(static_cast<std::size_t>(plan_.window_entries)),
        taken_(plan_.rows.operations.size()) {
    linnet::pack_weights<linnet::arch::native>(net, plan_.places, plan_.planned_calls, packed_.data());
    for (linnet::program_step const& step : planned.steps()) kernels_.push_back(step.kernel());
    for (std::size_t i = 0; i < plan_.planned_calls.size(); ++i) place_call(i);
  }

  /// Whether 16 and 8 bits hold the numbers of every call, as a model asks of its own.
  [[nodiscard]] static bool fits(linnet::session const& planned) {
    constexpr std::int64_t most = std::numeric_limits<count>::max() - 1, most_small = 255,
                           most_rows = place::in_table - 1;
    for (linnet::planned_call const& c : planned.plan().planned_calls) {
      linnet::call_geometry const& g = c.geometry;
      auto const& w = g.window;
      if (!c.narrow || std::max({w.kernel, w.stride, w.dilation, w.padding, g.strip}) > most_small ||
          std::max({g.batch, g.input_height, g.output_height, g.input_row_stride[0], g.input_row_stride[1],
                    g.output_row_stride}) > most)
        return false;
    }
    for (linnet::planner::ring const& r : planned.plan().schedule.rings) {
      if (r.row_bytes > most || std::max(r.rows, r.table + 1) > most_rows) return false;
    }
    return true;
  }

  /// Runs on all bytes of every input, whatever was in the arena before.
  void run(std::vector<std::vector<std::byte>> const& inputs, std::byte poison) {
    std::ranges::fill(arena_.bytes(), poison);
    constants_type const constants{places_.data(), {packed_.data(), nullptr}, plan_.schedule.table.data()};
    std::byte* const memory = arena_.data();
    frame_type const frame{&constants, &memory, window_.data()};
    if (!plan_.options.stream_input) {
      for (std::size_t i = 0; i < inputs.size(); ++i)
        std::ranges::copy(inputs[i], arena_.data() + plan_.offset_of(graph_.inputs()[i]));
    }
    if (plan_.by_layers()) {
      for (std::size_t i = 0; i < calls_.size(); ++i) run_call(frame, i, linnet::all_rows);
      return;
    }
    std::ranges::fill(taken_, 0);
    std::size_t const sources = linnet::source_count(plan_.options);
    for (std::uint16_t const operation : plan_.schedule.steps) {
      linnet::planner::row_operation const& o = plan_.rows.operations[operation];
      linnet::grouped_operations const& grouping = plan_.schedule.grouping;
      auto const rows = linnet::planner::next_rows(o, grouping.strip[operation], grouping.lag[operation],
                                                   taken_[operation]);
      taken_[operation] = rows.last;
      if (operation < sources) {
        bring(o, inputs[0], rows.first, rows.last);
      } else {
        run_call(frame, operation - sources,
                 o.writes_whole ? linnet::all_rows : linnet::row_interval{rows.first, rows.last});
      }
    }
  }

  [[nodiscard]] std::span<std::byte const> output(std::size_t i) const {
    linnet::tensor_id const id = graph_.outputs()[i];
    linnet::tensor_info const& t = graph_.tensor(id);
    linnet::tensor_place const& at = plan_.places[static_cast<std::size_t>(id)];
    std::byte const* const first = at.storage == linnet::packed_storage ? packed_.data() + at.offset
                                                                        : arena_.data() + plan_.offset_of(id);
    return {first, static_cast<std::size_t>(linnet::bytes_of(t.type, t.shape.elements()))};
  }

 private:
  void place_call(std::size_t i) {
    linnet::planned_call const& from = plan_.planned_calls[i];
    linnet::call_geometry const& g = from.geometry;
    bool const whole =
        plan_.by_layers() || plan_.rows.operations[i + linnet::source_count(plan_.options)].writes_whole;
    call_type c;
    auto const keep = [&](place const& at, std::int32_t memory, std::size_t number) {
      c.places[number] = static_cast<std::uint16_t>(places_.size());
      c.memories = static_cast<std::uint16_t>(c.memories | memory << (number * c.memory_bits));
      places_.push_back(at);
    };
    auto const keep_tensor = [&](linnet::tensor_id id, std::int64_t offset, std::int32_t row_stride,
                                 std::size_t number) {
      linnet::tensor_place const& at = plan_.places[static_cast<std::size_t>(id)];
      auto const row_bytes = static_cast<count>(row_stride);
      if (at.storage == linnet::packed_storage) return keep({at.offset, row_bytes}, c.packed_memory, number);
      if (at.storage < 0) return;
      if (!whole) return keep(rows_of(at.storage, at.offset + offset), 0, number);
      keep({static_cast<std::int32_t>(plan_.offset_of(id) + offset), row_bytes}, 0, number);
    };
    for (std::size_t k = 0; k < 2; ++k) {
      keep_tensor(from.inputs[k], 0, g.input_row_stride[k], k);
      c.geometry.input_pixel_stride[k] = static_cast<count>(g.input_pixel_stride[k]);
    }
    keep_tensor(from.output, from.output_offset, g.output_row_stride, 2);
    if (from.scratch != linnet::no_storage) {
      auto const offset = static_cast<std::int32_t>(plan_.offsets[static_cast<std::size_t>(from.scratch)]);
      keep(whole ? place{.offset = offset} : rows_of(from.scratch, 0), 0, 3);
    }
    c.packed = static_cast<std::int32_t>(from.packed_offset);
    c.geometry.batch = static_cast<count>(g.batch);
    c.geometry.input_height = static_cast<count>(g.input_height);
    c.geometry.output_height = static_cast<count>(g.output_height);
    c.geometry.output_pixel_stride = static_cast<count>(g.output_pixel_stride);
    using small = call_type::small;
    c.geometry.window = {static_cast<small>(g.window.kernel), static_cast<small>(g.window.stride),
                         static_cast<small>(g.window.dilation), static_cast<small>(g.window.padding)};
    c.geometry.strip = static_cast<small>(from.folds ? 0 : g.strip);
    c.geometry.operands = static_cast<small>(g.operands);
    calls_.push_back(c);
  }

  [[nodiscard]] place rows_of(std::int32_t storage, std::int64_t offset) const {
    linnet::planner::ring const& r = plan_.schedule.rings[static_cast<std::size_t>(storage)];
    if (r.table >= 0)
      return {static_cast<std::int32_t>(offset), static_cast<count>(r.row_bytes),
              static_cast<count>(place::in_table + r.table)};
    return {static_cast<std::int32_t>(r.offset + offset), static_cast<count>(r.row_bytes),
            static_cast<count>(r.rows)};
  }

  void bring(linnet::planner::row_operation const& o, std::vector<std::byte> const& input, std::int32_t first,
             std::int32_t last) {
    place const at = rows_of(o.output, 0);
    auto const rows = at.rows(arena_.data(), static_cast<std::uint16_t const*>(plan_.schedule.table.data()));
    for (std::int32_t y = first; y < last; ++y)
      std::copy_n(input.begin() + std::ptrdiff_t{y} * at.row_bytes, at.row_bytes, rows.row(y));
  }

  void run_call(frame_type const& frame, std::size_t i, linnet::row_interval const& rows) {
    linnet::detail::run_call<true>(kernels_[i], calls_[i], frame, rows);
  }

  linnet::graph_view graph_;
  linnet::dynamic_plan const& plan_;
  exact_buffer arena_;
  linnet::aligned_bytes packed_;
  std::vector<linnet::kernels::input_row> window_;
  std::vector<std::int32_t> taken_;
  std::vector<linnet::detail::fixed_kernel> kernels_;
  std::vector<call_type> calls_;
  std::vector<place> places_{place{}};  // number 0: nowhere
};

}  // namespace support
