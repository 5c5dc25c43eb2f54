// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <linnet/session/session.hpp>

#include "exact_buffer.hpp"
#include "random_source.hpp"
#include "random_values.hpp"
#include "row_lives.hpp"

namespace support {

/// Every tensor of a network, computed layer by layer for one random input.
class layered_tensors {
 public:
  layered_tensors(linnet::network const& net, std::uint64_t seed) : tensors_(net.graph.tensors.size()) {
    auto layers = linnet::session::create(net);
    if (!layers) throw std::runtime_error(layers.error().message);
    random_source random(seed);
    linnet::graph_view const g = layers->graph();
    for (std::size_t i = 0; i < g.inputs().size(); ++i) {
      auto const input = layers->input(i);
      auto const values =
          random_elements(random, input.type, static_cast<std::size_t>(input.shape.elements()));
      std::ranges::copy(values, input.bytes.begin());
      at(g.inputs()[i]) = values;
    }
    layers->run([&](std::size_t, linnet::node const& n, linnet::tensor_ref const& made) {
      at(g.outputs(n)[0]).assign(made.bytes.begin(), made.bytes.end());
    });
  }
  [[nodiscard]] std::vector<std::byte> const& operator[](linnet::tensor_id id) const {
    return tensors_[static_cast<std::size_t>(id)];
  }

 private:
  std::vector<std::byte>& at(linnet::tensor_id id) { return tensors_[static_cast<std::size_t>(id)]; }
  std::vector<std::vector<std::byte>> tensors_;
};

/// Runs a plan by rows without believing it: in an arena of exactly its bytes, all of it poison but what is
/// needed; every byte that a step reads must hold the reference's value and belong to the row that the step
/// means, every byte that it completes must equal the reference, and nothing else may change. What is needed,
/// and how long, is `row_lives`'s own view; rings say nothing but where a row lies.
class poisoned_arena {
 public:
  /// `planned` and `tensors` are of the same network, and outlive this.
  poisoned_arena(linnet::session const& planned, linnet::network const& net, layered_tensors const& tensors)
      : graph_(planned.graph()),
        plan_(planned.plan()),
        calls_(planned.steps()),
        tensors_(tensors),
        rings_(plan_.schedule.rings),
        table_(plan_.schedule.table),
        lives_(lives_of(graph_, plan_)),
        arena_(static_cast<std::size_t>(plan_.arena_bytes)),
        before_(arena_.size()),
        owner_(arena_.size()),
        packed_(static_cast<std::size_t>(plan_.packed_bytes)),
        window_(static_cast<std::size_t>(plan_.window_entries)) {
    linnet::pack_weights<linnet::arch::native>(net, plan_.places, plan_.planned_calls, packed_.data());
    std::int32_t rows = 0;
    for (linnet::planner::row_buffer const& b : plan_.rows.buffers) {
      first_row_.push_back(rows);
      rows += b.rows;
    }
    find_deaths();
  }

  [[nodiscard]] row_lives const& lives() const { return lives_; }

  /// Replaces the plan's rings and the addresses of its rows: a mutation.
  void use(std::vector<linnet::planner::ring> rings, std::vector<std::uint16_t> table) {
    rings_ = std::move(rings);
    table_ = std::move(table);
  }

  /// The first fault, in words; "" where there is none.
  [[nodiscard]] std::string run(std::uint64_t seed) {
    random_ = random_source(seed);
    fault_.clear();
    made_.assign(plan_.planned_calls.size(), 0);
    std::ranges::fill(owner_, nobody);
    for (std::size_t i = 0; i < arena_.size(); ++i) arena_.data()[i] = poison();
    if (!plan_.options.stream_input) place_inputs();
    kill(0);
    for (std::size_t i = 0; i < lives_.steps.size() && fault_.empty(); ++i) {
      run_step(lives_.steps[i]);
      if (!fault_.empty()) return "step " + std::to_string(i) + ": " + fault_;
      kill(i + 1);
    }
    check_end();
    return fault_;
  }

 private:
  static constexpr std::int32_t nobody = -1;

  void fail(std::string const& what) {
    if (fault_.empty()) fault_ = what;
  }
  std::byte poison() { return static_cast<std::byte>(random_.bits() >> 56); }

  [[nodiscard]] std::int64_t row_bytes(std::int32_t storage) const {
    return plan_.rows.buffers[static_cast<std::size_t>(storage)].row_bytes;
  }
  [[nodiscard]] std::int64_t address(std::int32_t storage, std::int64_t row) const {
    linnet::planner::ring const& r = rings_[static_cast<std::size_t>(storage)];
    if (r.table >= 0) return 8 * std::int64_t{table_[static_cast<std::size_t>(r.table + row)]};
    return r.offset + row % r.rows * r.row_bytes;
  }

  /// Calls `f(address, count, bytes done before, row)` for what lies side by side.
  template <class F>
  void for_each_row(storage_bytes const& bytes, F const& f) {
    std::int64_t const size = row_bytes(bytes.storage);
    for (std::int64_t done = 0; done < bytes.count && fault_.empty();) {
      std::int64_t const at = bytes.first + done, row = at / size;
      std::int64_t const count = std::min(bytes.count - done, size - at % size);
      std::int64_t const where = address(bytes.storage, row) + at % size;
      if (where < 0 || where + count > static_cast<std::int64_t>(arena_.size())) {
        return fail("row " + std::to_string(row) + " of storage " + std::to_string(bytes.storage) +
                    " lies outside the arena");
      }
      f(static_cast<std::size_t>(where), static_cast<std::size_t>(count), done, row);
      done += count;
    }
  }

  void find_deaths() {
    dying_.resize(lives_.steps.size() + 2);
    for (std::size_t s = 0; s < lives_.death.size(); ++s) {
      auto const& death = lives_.death[s];
      for (std::size_t i = 0; i < death.size();) {
        std::size_t last = i + 1;
        while (last < death.size() && death[last] == death[i]) ++last;
        if (death[i] >= 0) {
          dying_[static_cast<std::size_t>(death[i])].push_back({static_cast<std::int32_t>(s),
                                                                static_cast<std::int64_t>(i),
                                                                static_cast<std::int64_t>(last - i)});
        }
        i = last;
      }
    }
  }
  /// Overwrites what is needed at this time for the last time.
  void kill(std::size_t time) {
    for (storage_bytes const& bytes : dying_[time]) {
      for_each_row(bytes, [&](std::size_t at, std::size_t count, std::int64_t, std::int64_t row) {
        for (std::size_t i = at; i < at + count; ++i) {
          if (owner_[i] != tag(bytes.storage, row)) continue;
          owner_[i] = nobody;
          arena_.data()[i] = poison();
        }
      });
    }
  }

  [[nodiscard]] std::int32_t tag(std::int32_t storage, std::int64_t row) const {
    return first_row_[static_cast<std::size_t>(storage)] + static_cast<std::int32_t>(row);
  }
  void own(storage_bytes const& bytes) {
    for_each_row(bytes, [&](std::size_t at, std::size_t count, std::int64_t, std::int64_t row) {
      std::fill_n(owner_.begin() + static_cast<std::ptrdiff_t>(at), count, tag(bytes.storage, row));
    });
  }
  void check_owned(storage_bytes const& bytes, char const* when) {
    for_each_row(bytes, [&](std::size_t at, std::size_t count, std::int64_t, std::int64_t row) {
      for (std::size_t i = at; i < at + count; ++i) {
        if (owner_[i] == tag(bytes.storage, row)) continue;
        return fail(std::string(when) + ": row " + std::to_string(row) + " of storage " +
                    std::to_string(bytes.storage) + " is not there");
      }
    });
  }
  void check_equal(storage_bytes const& bytes, char const* what) {
    if (bytes.tensor < 0) return;
    std::byte const* const want = tensors_[bytes.tensor].data() + bytes.tensor_byte;
    for_each_row(bytes, [&](std::size_t at, std::size_t count, std::int64_t done, std::int64_t row) {
      if (std::memcmp(arena_.data() + at, want + done, count) == 0) return;
      fail(std::string(what) + ": row " + std::to_string(row) + " of storage " +
           std::to_string(bytes.storage) + ", tensor " + std::to_string(bytes.tensor) +
           ", differs from layer by layer");
    });
  }
  void write_reference(storage_bytes const& bytes) {
    std::byte const* const from = tensors_[bytes.tensor].data() + bytes.tensor_byte;
    for_each_row(bytes, [&](std::size_t at, std::size_t count, std::int64_t done, std::int64_t) {
      std::memcpy(arena_.data() + at, from + done, count);
    });
  }
  /// What the caller or a whole call sees has to lie side by side.
  void check_side_by_side(std::int32_t storage) {
    if (storage < 0) return;
    std::int32_t const rows = plan_.rows.buffers[static_cast<std::size_t>(storage)].rows;
    for (std::int32_t y = 1; y < rows; ++y) {
      if (address(storage, y) != address(storage, 0) + y * row_bytes(storage))
        return fail("rows of storage " + std::to_string(storage) + " do not lie side by side");
    }
  }
  [[nodiscard]] std::int32_t storage_of(linnet::tensor_id id) const {
    return plan_.places[static_cast<std::size_t>(id)].storage;
  }

  void place_inputs() {
    step_reader const reader(graph_, plan_);
    for (linnet::tensor_id id : graph_.inputs()) {
      if (unread(id)) continue;
      check_side_by_side(storage_of(id));
      for (storage_bytes const& bytes : reader.bytes_of_tensor(id)) {
        write_reference(bytes);
        own(bytes);
      }
    }
  }
  [[nodiscard]] bool unread(linnet::tensor_id id) const {
    auto const& birth = lives_.birth[static_cast<std::size_t>(storage_of(id))];
    return std::ranges::all_of(birth, [](std::int32_t time) { return time < 0; });
  }

  void run_step(step_use const& use) {
    for (storage_bytes const& bytes : use.reads) {
      check_owned(bytes, "read");
      check_equal(bytes, "read");
    }
    for (storage_bytes const& bytes : use.writes) own(bytes);
    for (storage_bytes const& bytes : use.reads) check_owned(bytes, "overwritten");
    for (storage_bytes const& bytes : use.writes) check_owned(bytes, "overwritten");
    if (!fault_.empty()) return;  // to run it would break more than rows
    std::memcpy(before_.data(), arena_.data(), arena_.size());
    execute(use);
    for (storage_bytes const& bytes : use.writes) {
      for_each_row(bytes, [&](std::size_t at, std::size_t count, std::int64_t, std::int64_t) {
        std::memcpy(before_.data() + at, arena_.data() + at, count);
      });
    }
    if (std::memcmp(before_.data(), arena_.data(), arena_.size()) != 0)
      fail("the step changed bytes that are not its own");
    for (storage_bytes const& bytes : use.completed) check_equal(bytes, "made");
  }

  void execute(step_use const& use) {
    std::size_t const sources = linnet::source_count(plan_.options);
    if (use.operation < sources) {
      for (storage_bytes const& bytes : use.writes) write_reference(bytes);
      return;
    }
    std::size_t const i = use.operation - sources;
    linnet::planned_call const& call = plan_.planned_calls[i];
    if (use.whole) {
      for (linnet::tensor_id id : call.inputs) check_side_by_side(storage_of(id));
      check_side_by_side(storage_of(call.output));
    }
    if (made_[i] != use.first_row && use.first_row != use.row_end) fail("rows are made out of order");
    if (use.first_row != use.row_end) made_[i] = use.row_end;
    if (fault_.empty()) calls_[i].run(memory_of(call, use.whole), use.rows);
  }

  template <class Byte>
  [[nodiscard]] linnet::row_place<Byte> rows_at(std::int32_t storage, std::int64_t offset) {
    linnet::planner::ring const& r = rings_[static_cast<std::size_t>(storage)];
    if (r.table >= 0) return {arena_.data() + offset, r.row_bytes, linnet::no_ring, table_.data() + r.table};
    return {arena_.data() + r.offset + offset, r.row_bytes, r.rows};
  }
  template <class Byte>
  [[nodiscard]] linnet::row_place<Byte> place_of(linnet::tensor_id id, std::int64_t offset,
                                                 std::int32_t row_stride, bool whole) {
    linnet::tensor_place const& place = plan_.places[static_cast<std::size_t>(id)];
    if (place.storage == linnet::packed_storage) return {packed_.data() + place.offset, row_stride};
    if (place.storage < 0) return {};
    if (!whole) return rows_at<Byte>(place.storage, place.offset + offset);
    return {arena_.data() + address(place.storage, 0) + place.offset + offset, row_stride};
  }
  [[nodiscard]] linnet::call_memory memory_of(linnet::planned_call const& call, bool whole) {
    linnet::call_geometry const& g = call.geometry;
    linnet::call_memory m{.packed = packed_.data() + call.packed_offset, .window = window_.data()};
    for (std::size_t i = 0; i < 2; ++i)
      m.inputs[i] = place_of<std::byte const>(call.inputs[i], 0, g.input_row_stride[i], whole);
    m.output = place_of<std::byte>(call.output, call.output_offset, g.output_row_stride, whole);
    if (call.scratch == linnet::no_storage) return m;
    m.scratch = rows_at<std::byte>(call.scratch, 0);
    if (whole) m.scratch = {arena_.data() + address(call.scratch, 0), 0};
    return m;
  }

  /// The caller finds all outputs, and every call has made every row once: the multiplications are those of
  /// layer by layer.
  void check_end() {
    step_reader const reader(graph_, plan_);
    for (linnet::tensor_id id : graph_.outputs()) {
      check_side_by_side(storage_of(id));
      for (storage_bytes const& bytes : reader.bytes_of_tensor(id)) {
        check_owned(bytes, "at the end");
        check_equal(bytes, "at the end");
      }
    }
    for (std::size_t i = 0; i < made_.size(); ++i) {
      linnet::call_geometry const& g = plan_.planned_calls[i].geometry;
      if (made_[i] != std::int64_t{g.batch} * g.output_height)
        fail("call " + std::to_string(i) + " made " + std::to_string(made_[i]) + " rows");
    }
  }

  linnet::graph_view graph_;
  linnet::dynamic_plan const& plan_;
  std::span<linnet::program_step const> calls_;
  layered_tensors const& tensors_;
  std::vector<linnet::planner::ring> rings_;
  std::vector<std::uint16_t> table_;
  row_lives lives_;
  exact_buffer arena_;
  std::vector<std::byte> before_;
  std::vector<std::int32_t> owner_;      // of each byte of the arena: the row that lies there
  std::vector<std::int32_t> first_row_;  // of each storage, among all rows
  std::vector<std::vector<storage_bytes>> dying_;
  std::vector<std::int64_t> made_;  // output rows of each call
  linnet::aligned_bytes packed_;
  std::vector<linnet::kernels::input_row> window_;
  random_source random_{0};
  std::string fault_;
};

}  // namespace support
