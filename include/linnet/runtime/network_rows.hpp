// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/span.hpp>
#include <linnet/planner/rows.hpp>
#include <linnet/runtime/plan.hpp>
#include <linnet/runtime/policy.hpp>

// A lowered graph as the planner of rows sees it: storages and scratch become buffers of rows, kernel calls
// (and, where the input is streamed, the caller who brings it) become operations.
namespace linnet::inline LINNET_ISA {

/// What `rows_of` fills: buffers one a storage and scratch, operations one a call and streamed input, makers
/// `most_makers(graph)`, runs one a tensor.
struct network_rows_memory {
  span<planner::row_buffer> buffers;        ///< one a storage and scratch
  span<planner::row_operation> operations;  ///< one a call and streamed input
  span<std::int32_t> makers;                ///< operations, in runs
  span<edge_range> runs;                    ///< of each tensor: its makers
};

/// No problem of a graph has more makers: every call once for what it makes, once for the concat that its
/// output is a part of, and the caller.
[[nodiscard]] constexpr std::size_t most_makers(graph_view const& g) {
  return 2 * most_calls(g) + g.inputs().size();
}

/// Operations of a problem before the first kernel call: the caller who brings a streamed input.
[[nodiscard]] constexpr std::size_t source_count(plan_options const& options) {
  return options.stream_input ? 1 : 0;
}

namespace detail {

class network_rows_maker {
 public:
  constexpr network_rows_maker(graph_view const& g, span<tensor_place const> places,
                               span<planned_call const> calls, span<planner::interval const> intervals,
                               plan_options const& options, network_rows_memory const& memory)
      : graph_(g),
        places_(places),
        calls_(calls),
        intervals_(intervals),
        memory_(memory),
        sources_(static_cast<std::int32_t>(source_count(options))) {}

  constexpr void make() {
    for (edge_range& run : memory_.runs) run = {};
    make_buffers();
    if (sources_ > 0) bring_input();
    std::size_t call = 0;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      std::size_t const first = call;
      for (; call < calls_.size() && calls_[call].node == static_cast<std::int32_t>(i); ++call)
        make_operation(call);
      set_makers(graph_.nodes[i], first, call);
    }
  }

 private:
  [[nodiscard]] constexpr tensor_place const& place(tensor_id id) const {
    return places_[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] constexpr planner::row_buffer& buffer(std::int32_t storage) {
    return memory_.buffers[static_cast<std::size_t>(storage)];
  }

  /// Every storage in the rows of the first whole tensor that is it, everything else in one row.
  constexpr void make_buffers() {
    for (std::size_t i = 0; i < intervals_.size(); ++i) {
      memory_.buffers[i] = {.rows = 1,
                            .row_bytes = static_cast<std::int32_t>(intervals_[i].bytes),
                            .alignment = intervals_[i].alignment};
    }
    for (tensor_id id : graph_.inputs()) divide_rows(id);
    for (tensor_id id : graph_.states()) divide_rows(id);
    for (node const& n : graph_.nodes) divide_rows(graph_.outputs(n)[0]);
    for (tensor_id id : graph_.inputs()) {
      if (place(id).storage >= 0) buffer(place(id).storage).present = sources_ == 0;
    }
    for (tensor_id id : graph_.outputs()) {
      if (place(id).storage >= 0) buffer(place(id).storage).kept = true;
    }
    for (tensor_id id : graph_.states())
      buffer(place(id).storage).present = buffer(place(id).storage).kept = true;
    for (tensor_id id : graph_.updates()) buffer(place(id).storage).kept = true;
  }
  constexpr void divide_rows(tensor_id id) {
    tensor_id const whole = place(id).whole >= 0 ? place(id).whole : id;
    std::int32_t const storage = place(whole).storage;
    if (storage < 0 || buffer(storage).rows > 1) return;
    tensor_info const& t = graph_.tensor(whole);
    image_shape const image = as_image(t.shape);
    std::int64_t const bytes = bytes_of(t.type, t.shape.elements());
    bool const divisible = image.batch == 1 && image.height > 1 && bytes % image.height == 0 &&
                           bytes == intervals_[static_cast<std::size_t>(storage)].bytes;
    if (!divisible) return;
    buffer(storage).rows = image.height;
    buffer(storage).row_bytes = static_cast<std::int32_t>(bytes / image.height);
  }

  constexpr void bring_input() {
    tensor_id const id = graph_.inputs()[0];
    planner::row_operation& o = memory_.operations[0];
    o = {.output = place(id).storage};
    o.rows = o.input_rows = buffer(o.output).rows;
    memory_.makers[maker_count_] = 0;
    memory_.runs[static_cast<std::size_t>(id)] = {maker_count_++, 1};
  }

  /// Whether a call sees a tensor as its buffer's rows.
  [[nodiscard]] constexpr bool sees_rows(tensor_id id, std::int64_t offset, std::int32_t batch,
                                         std::int32_t height, std::int32_t row_bytes) {
    planner::row_buffer const& b = buffer(place(id).storage);
    return batch == 1 && height == b.rows && row_bytes == b.row_bytes &&
           place(id).offset + offset < row_bytes;
  }

  constexpr void make_operation(std::size_t index) {
    planned_call const& call = calls_[index];
    call_geometry const& g = call.geometry;
    planner::row_operation& o = memory_.operations[index + static_cast<std::size_t>(sources_)];
    o = {.output = place(call.output).storage, .state = call.scratch, .constants = call.packed_bytes};
    if (call.keeps_scratch) buffer(o.state).present = buffer(o.state).kept = true;
    bool by_rows = sees_rows(call.output, call.output_offset, g.batch, g.output_height, g.output_row_stride);
    for (std::size_t i = 0; i < static_cast<std::size_t>(g.operands); ++i) {
      tensor_id const id = call.inputs[i];
      if (place(id).storage < 0) {  // a constant
        by_rows = by_rows && !call.folds;
        continue;
      }
      edge_range const run = memory_.runs[static_cast<std::size_t>(id)];
      o.operands[i] = {.buffer = place(id).storage,
                       .first_maker = static_cast<std::int32_t>(run.first),
                       .makers = static_cast<std::int32_t>(run.count)};
      by_rows = by_rows && sees_rows(id, 0, g.batch, g.input_height, g.input_row_stride[i]);
    }
    if (by_rows) {
      o.rows = g.output_height;
      o.input_rows = g.input_height;
      o.reach = (g.window.kernel - 1) * g.window.dilation + 1;
      o.stride = g.window.stride;
      o.padding = g.window.padding;
      o.folds = call.folds;
      if (o.state >= 0 && o.rows > 1) {
        buffer(o.state).rows = o.rows;
        buffer(o.state).row_bytes = align_up(buffer(o.state).row_bytes, buffer(o.state).alignment);
      }
    } else {
      o.writes_whole = true;
      for (planner::row_operand& operand : o.operands) operand.whole = true;
    }
  }

  /// Who makes the output of node `n`, whose calls are [first, last).
  constexpr void set_makers(node const& n, std::size_t first, std::size_t last) {
    tensor_id const output = graph_.outputs(n)[0];
    edge_range& run = memory_.runs[static_cast<std::size_t>(output)];
    if (first == last && n.kind != op::concat) {  // an alias
      run = memory_.runs[static_cast<std::size_t>(graph_.inputs(n)[0])];
      return;
    }
    run = {maker_count_, 0};
    if (n.kind == op::concat) {
      for (tensor_id id : graph_.inputs(n)) {
        edge_range const part = memory_.runs[static_cast<std::size_t>(id)];
        if (place(id).whole == output && part.count == 1) add_maker(run, memory_.makers[part.first]);
      }
    }
    for (std::size_t i = first; i < last; ++i) add_maker(run, static_cast<std::int32_t>(i) + sources_);
    if (first != last && run.count > 1) complete_last(output, run, last - 1);
  }
  /// The last call of a concat completes its rows, so that whoever sees them then sees them whole: it waits
  /// for all others that make them.
  constexpr void complete_last(tensor_id output, edge_range run, std::size_t call) {
    planner::row_operation& o = memory_.operations[call + static_cast<std::size_t>(sources_)];
    o.operands[1] = {.buffer = place(output).storage,
                     .first_maker = static_cast<std::int32_t>(run.first),
                     .makers = static_cast<std::int32_t>(run.count) - 1,
                     .whole = o.writes_whole};
  }
  constexpr void add_maker(edge_range& run, std::int32_t operation) {
    memory_.makers[maker_count_++] = operation;
    ++run.count;
  }

  graph_view graph_;
  span<tensor_place const> places_;
  span<planned_call const> calls_;
  span<planner::interval const> intervals_;
  network_rows_memory memory_;
  std::int32_t sources_;
  std::uint32_t maker_count_ = 0;
};

}  // namespace detail

/// The planner's problem of a lowered graph; it points into `memory`. Precondition: the calls are of `g` and
/// `places`, lowered with `sharing::by_rows`; a streamed input is the graph's only one.
[[nodiscard]] constexpr planner::row_problem rows_of(graph_view const& g, span<tensor_place const> places,
                                                     span<planned_call const> calls,
                                                     span<planner::interval const> intervals,
                                                     plan_options const& options,
                                                     network_rows_memory const& memory) {
  detail::network_rows_maker(g, places, calls, intervals, options, memory).make();
  return {memory.buffers.first(intervals.size()),
          memory.operations.first(calls.size() + source_count(options)), memory.makers};
}

/// When a schedule keeps the most bytes alive, and the two tensors that hold most of them (-1: scratch, or
/// there is none).
struct fullest_moment {
  std::int32_t time = 0;            ///< as `planner::row_timeline` counts
  tensor_id tensors[2] = {-1, -1};  ///< those that hold most; -1: none
  std::int64_t bytes[2] = {};       ///< that each of them holds
};

/// Spans as in `planner::row_timeline`, whose end is `end`. `change` is working memory of `end` + 2 entries.
[[nodiscard]] constexpr fullest_moment fullest_of(graph_view const& g, span<tensor_place const> places,
                                                  planner::row_problem const& p,
                                                  span<std::int32_t const> base,
                                                  span<std::int32_t const> birth,
                                                  span<std::int32_t const> death, std::int32_t end,
                                                  span<std::int64_t> change) {
  auto const for_each_life = [&](std::size_t buffer, auto const& f) {
    auto const first = static_cast<std::size_t>(base[buffer]);
    for (std::size_t y = first; y < first + static_cast<std::size_t>(p.buffers[buffer].rows); ++y) {
      if (birth[y] >= 0) f(birth[y], death[y], p.buffers[buffer].row_bytes);
    }
  };
  for (std::int64_t& bytes : change) bytes = 0;
  for (std::size_t b = 0; b < p.buffers.size(); ++b) {
    for_each_life(b, [&](std::int32_t born, std::int32_t dead, std::int32_t bytes) {
      change[static_cast<std::size_t>(born)] += bytes;
      change[static_cast<std::size_t>(dead) + 1] -= bytes;
    });
  }
  fullest_moment found;
  std::int64_t most = -1, sum = 0;
  for (std::int32_t time = 0; time <= end; ++time) {
    sum += change[static_cast<std::size_t>(time)];
    if (sum <= most) continue;
    most = sum;
    found.time = time;
  }
  for (std::size_t b = 0; b < p.buffers.size(); ++b) {
    std::int64_t bytes = 0;
    for_each_life(b, [&](std::int32_t born, std::int32_t dead, std::int32_t row_bytes) {
      if (born <= found.time && found.time <= dead) bytes += row_bytes;
    });
    std::size_t const rank = bytes > found.bytes[0] ? 0 : bytes > found.bytes[1] ? 1 : 2;
    if (rank == 2) continue;
    if (rank == 0) {
      found.bytes[1] = found.bytes[0];
      found.tensors[1] = found.tensors[0];
    }
    found.bytes[rank] = bytes;
    found.tensors[rank] = -1;
    for (std::size_t i = g.tensors.size(); i-- > 0;) {
      if (places[i].storage == static_cast<std::int32_t>(b)) found.tensors[rank] = static_cast<tensor_id>(i);
    }
  }
  return found;
}

}  // namespace linnet::inline LINNET_ISA
