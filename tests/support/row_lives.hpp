// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <linnet/session/session.hpp>

// Which bytes each step of a plan by rows reads and writes, and from when to when each byte is needed: found
// from the calls' geometries and from the order of the steps alone. What the planner thinks of births, deaths
// and windows is not asked.
namespace support {

/// A run of bytes of a storage, counted as though its rows lay side by side, and which bytes of a tensor they
/// are (-1: of a state, whose contents nobody can tell).
struct storage_bytes {
  std::int32_t storage = -1;
  std::int64_t first = 0, count = 0;
  linnet::tensor_id tensor = -1;
  std::int64_t tensor_byte = 0;
};

/// What one step does.
struct step_use {
  explicit step_use(std::size_t o) : operation(o) {}

  std::size_t operation;
  linnet::row_interval rows;
  bool whole = false;                       // runs over `all_rows`: everything lies side by side
  std::vector<storage_bytes> reads;         // what was there before and is needed
  std::vector<storage_bytes> writes;        // what it may change
  std::vector<storage_bytes> completed;     // of the writes: what has its last value behind the step
  std::int64_t first_row = 0, row_end = 0;  // output rows that it completes, of all batches
};

/// Walks over the steps of a plan.
class step_reader {
 public:
  step_reader(linnet::graph_view const& g, linnet::dynamic_plan const& plan)
      : graph_(g), plan_(&plan), done_(plan.rows.operations.size()) {
    for (linnet::planned_call const& call : plan.planned_calls) {
      linnet::node const& n = g.nodes[static_cast<std::size_t>(call.node)];
      auto const part = static_cast<std::size_t>(call.part);
      images_.push_back(linnet::lower_call<linnet::arch::native>(g, n, part)->call.output);
    }
  }

  /// All bytes of a tensor.
  [[nodiscard]] std::vector<storage_bytes> bytes_of_tensor(linnet::tensor_id id) const {
    std::vector<storage_bytes> all;
    linnet::tensor_info const& t = graph_.tensor(id);
    add_tensor(all, id, 0, linnet::bytes_of(t.type, t.shape.elements()));
    return all;
  }

  /// The next step, which is one of this operation.
  [[nodiscard]] step_use next(std::size_t operation) {
    std::size_t const sources = linnet::source_count(plan_->options);
    if (operation < sources) return bring(operation);
    linnet::planned_call const& call = plan_->planned_calls[operation - sources];
    step_use use(operation);
    use.whole = plan_->rows.operations[operation].writes_whole;
    if (use.whole) {
      run_whole(use, call);
    } else if (call.folds) {
      fold(use, call);
    } else {
      make_rows(use, call);
    }
    return use;
  }

 private:
  [[nodiscard]] linnet::tensor_place const& place(linnet::tensor_id id) const {
    return plan_->places[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] std::int64_t row_bytes(std::int32_t storage) const {
    return plan_->rows.buffers[static_cast<std::size_t>(storage)].row_bytes;
  }
  /// Where the next step of an operation ends that has made, or taken, `done` of `rows` rows.
  [[nodiscard]] std::int32_t step_end(std::size_t operation, std::int32_t done, std::int32_t rows) const {
    linnet::grouped_operations const& grouping = plan_->schedule.grouping;
    std::int32_t const lag = done == 0 ? grouping.lag[operation] : 0;
    return std::min(done + grouping.strip[operation] - lag, rows);
  }

  /// Bytes [first, first + count) of a tensor, pixel by pixel where other channels lie between.
  void add_tensor(std::vector<storage_bytes>& to, linnet::tensor_id id, std::int64_t first,
                  std::int64_t count) const {
    linnet::tensor_place const& at = place(id);
    if (at.storage < 0) return;
    if (at.pixel_stride == 0) {
      to.push_back({at.storage, at.offset + first, count, id, first});
      return;
    }
    std::int64_t const pixel = linnet::bytes_of(graph_.tensor(id).type, graph_.tensor(id).shape.back(0));
    for (std::int64_t byte = first; byte < first + count; byte += pixel)
      to.push_back({at.storage, at.offset + byte / pixel * at.pixel_stride, pixel, id, byte});
  }

  /// Row y of an operand, as the call sees it.
  void read_row(step_use& use, linnet::planned_call const& call, std::size_t operand, std::int64_t y) const {
    linnet::tensor_id const id = call.inputs[operand];
    std::int64_t bytes = call.geometry.input_row_stride[operand];
    if (std::int32_t const stride = place(id).pixel_stride; stride != 0)
      bytes = bytes / stride * linnet::bytes_of(graph_.tensor(id).type, graph_.tensor(id).shape.back(0));
    add_tensor(use.reads, id, y * bytes, bytes);
  }

  /// Rows [first, last) of what a call makes, of all its images.
  void add_output(std::vector<storage_bytes>& to, linnet::planned_call const& call, std::int64_t first,
                  std::int64_t last) const {
    linnet::image_shape const& image = images_[static_cast<std::size_t>(&call - plan_->planned_calls.data())];
    linnet::tensor_place const& at = place(call.output);
    std::int64_t const pixel = linnet::bytes_of(graph_.tensor(call.output).type, image.channels);
    std::int64_t const stride = call.geometry.output_pixel_stride;
    bool const joined = pixel == stride;
    std::int64_t const step = joined ? image.width : 1;  // pixels that lie side by side
    for (std::int64_t p = first * image.width; p < last * image.width; p += step) {
      std::int64_t const byte = call.output_offset + p * stride;
      to.push_back(
          {at.storage, at.offset + byte, step * pixel, call.output, at.pixel_stride != 0 ? p * pixel : byte});
    }
  }

  void add_state(std::vector<storage_bytes>& to, linnet::planned_call const& call, std::int64_t row) const {
    if (call.scratch != linnet::no_storage)
      to.push_back({call.scratch, row * row_bytes(call.scratch), row_bytes(call.scratch)});
  }

  step_use bring(std::size_t operation) {
    linnet::tensor_id const id = graph_.inputs()[0];
    std::int32_t const storage = place(id).storage;
    std::int32_t const rows = plan_->rows.buffers[static_cast<std::size_t>(storage)].rows;
    std::int32_t& done = done_[operation];
    step_use use(operation);
    use.rows = {done, step_end(operation, done, rows)};
    done = use.rows.last;
    add_tensor(use.writes, id, use.rows.first * row_bytes(storage),
               (use.rows.last - use.rows.first) * row_bytes(storage));
    use.completed = use.writes;
    return use;
  }

  void run_whole(step_use& use, linnet::planned_call const& call) {
    use.rows = linnet::all_rows;
    for (std::size_t i = 0; i < static_cast<std::size_t>(call.geometry.operands); ++i) {
      auto const all = bytes_of_tensor(call.inputs[i]);
      use.reads.insert(use.reads.end(), all.begin(), all.end());
    }
    use.row_end = std::int64_t{call.geometry.batch} * call.geometry.output_height;
    add_output(use.writes, call, 0, use.row_end);
    use.completed = use.writes;
    add_state(use.writes, call, 0);
    ++done_[use.operation];
  }

  void make_rows(step_use& use, linnet::planned_call const& call) {
    linnet::call_geometry const& g = call.geometry;
    std::int32_t& done = done_[use.operation];
    use.rows = {done, step_end(use.operation, done, g.output_height)};
    done = use.rows.last;
    std::vector<bool> needed(static_cast<std::size_t>(g.input_height));
    for (std::int32_t y = use.rows.first; y < use.rows.last; ++y) {
      for (std::int32_t tap = 0; tap < g.window.kernel; ++tap) {
        std::int32_t const row = y * g.window.stride - g.window.padding + tap * g.window.dilation;
        if (row >= 0 && row < g.input_height) needed[static_cast<std::size_t>(row)] = true;
      }
    }
    for (std::size_t operand = 0; operand < static_cast<std::size_t>(g.operands); ++operand) {
      for (std::size_t row = 0; row < needed.size(); ++row) {
        if (needed[row]) read_row(use, call, operand, static_cast<std::int64_t>(row));
      }
    }
    use.first_row = use.rows.first;
    use.row_end = use.rows.last;
    add_output(use.writes, call, use.first_row, use.row_end);
    use.completed = use.writes;
    add_state(use.writes, call, use.first_row);  // one row a step
  }

  void fold(step_use& use, linnet::planned_call const& call) {
    linnet::call_geometry const& g = call.geometry;
    auto const last_input = [&](std::int32_t y) {
      return std::min(g.input_height, y * g.window.stride - g.window.padding + g.window.kernel) - 1;
    };
    std::int32_t& done = done_[use.operation];
    use.rows = {done, step_end(use.operation, done, last_input(g.output_height - 1) + 1)};
    done = use.rows.last;
    std::vector<bool> needed(static_cast<std::size_t>(g.input_height));
    use.first_row = use.row_end = -1;
    for (std::int32_t y = 0; y < g.output_height; ++y) {
      std::int32_t const top = std::max(0, y * g.window.stride - g.window.padding);
      if (last_input(y) < use.rows.first || top >= use.rows.last) continue;
      for (std::int32_t i = std::max(top, use.rows.first); i < use.rows.last && i <= last_input(y); ++i)
        needed[static_cast<std::size_t>(i)] = true;
      fold_into(use, call, y, top < use.rows.first, last_input(y) < use.rows.last);
    }
    if (use.first_row < 0) use.first_row = use.row_end = 0;
    for (std::int32_t i = use.rows.first; i < use.rows.last; ++i) {
      if (needed[static_cast<std::size_t>(i)]) read_row(use, call, 0, i);
    }
  }
  void fold_into(step_use& use, linnet::planned_call const& call, std::int32_t y, bool begun,
                 bool ends) const {
    if (begun) {  // what was folded before must still be there; its value is nobody's business
      std::size_t const behind = use.reads.size();
      add_output(use.reads, call, y, y + 1);
      for (std::size_t i = behind; i < use.reads.size(); ++i) use.reads[i].tensor = -1;
      add_state(use.reads, call, y);
    }
    add_output(use.writes, call, y, y + 1);
    add_state(use.writes, call, y);
    if (!ends) return;
    add_output(use.completed, call, y, y + 1);
    if (use.first_row < 0) use.first_row = y;
    use.row_end = y + 1;
  }

  linnet::graph_view graph_;
  linnet::dynamic_plan const* plan_;
  std::vector<linnet::image_shape> images_;  // that each call makes
  std::vector<std::int32_t> done_;           // rows that each operation has made, or, folding, taken
};

/// From when to when every byte of every storage is needed. Time 0 is before the first step, step k happens
/// at time k + 1; what the caller reads is needed at the last time.
struct row_lives {
  std::vector<std::vector<std::int32_t>> birth, death;  // of each byte of each storage; birth -1: never
  std::vector<step_use> steps;

  [[nodiscard]] std::int32_t end() const { return static_cast<std::int32_t>(steps.size()) + 1; }
  [[nodiscard]] bool together(std::size_t a, std::int64_t byte_a, std::size_t b, std::int64_t byte_b) const {
    auto const i = static_cast<std::size_t>(byte_a), j = static_cast<std::size_t>(byte_b);
    return birth[a][i] >= 0 && birth[b][j] >= 0 && birth[a][i] <= death[b][j] && birth[b][j] <= death[a][i];
  }
  void touch(storage_bytes const& bytes, std::int32_t time) {
    auto const s = static_cast<std::size_t>(bytes.storage);
    auto const first = static_cast<std::size_t>(bytes.first);
    for (std::size_t i = first; i < first + static_cast<std::size_t>(bytes.count); ++i) {
      if (birth[s][i] < 0) birth[s][i] = time;
      death[s][i] = time;
    }
  }
};

inline row_lives lives_of(linnet::graph_view const& g, linnet::dynamic_plan const& plan) {
  row_lives lives;
  for (linnet::planner::row_buffer const& b : plan.rows.buffers) {
    lives.birth.emplace_back(static_cast<std::size_t>(b.rows) * static_cast<std::size_t>(b.row_bytes), -1);
    lives.death.emplace_back(lives.birth.back().size(), -1);
  }
  step_reader reader(g, plan);
  if (!plan.options.stream_input) {
    for (linnet::tensor_id id : g.inputs()) {
      for (storage_bytes const& bytes : reader.bytes_of_tensor(id)) lives.touch(bytes, 0);
    }
  }
  for (std::uint16_t const operation : plan.schedule.steps) {
    lives.steps.push_back(reader.next(operation));
    auto const time = static_cast<std::int32_t>(lives.steps.size());
    for (storage_bytes const& bytes : lives.steps.back().reads) lives.touch(bytes, time);
    for (storage_bytes const& bytes : lives.steps.back().writes) lives.touch(bytes, time);
  }
  for (linnet::tensor_id id : g.outputs()) {
    for (storage_bytes const& bytes : reader.bytes_of_tensor(id)) lives.touch(bytes, lives.end());
  }
  for (std::size_t s = 0; s < lives.birth.size(); ++s) {
    for (std::size_t i = 0; i < lives.birth[s].size(); ++i) {
      if (lives.death[s][i] == 0) lives.birth[s][i] = -1;  // an input that nobody reads is needed by nobody
    }
  }
  return lives;
}

}  // namespace support
