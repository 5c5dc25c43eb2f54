// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include <linnet/session/program.hpp>
#include <linnet/session/tensor_ref.hpp>

namespace linnet::inline LINNET_ISA {

/// Who brings a streamed input: called as `source(row, bytes)` for rows 0, 1, ... in order, to fill the bytes
/// of that row.
template <class F>
concept RowSource = std::invocable<F&, std::int32_t, std::span<std::byte>>;

/// The run-time life of a network: owns its graph, its packed weights and its arena. `run` allocates nothing.
/// One session is used by one thread at a time; sessions that share a program may run at the same time.
class session {
 public:
  /// Validates, plans, chooses kernels and packs weights. Errors name the network, the node and the tensor.
  [[nodiscard]] static result<session> create(network net, session_options const& options = {}) {
    auto built = detail::program_builder(std::move(net), options).build();
    if (!built) return unexpected(std::move(built).error());
    return session(std::make_shared<program const>(*std::move(built)));
  }

  /// Another session on the same graph and weights, with an arena of its own.
  [[nodiscard]] session share() const { return session(program_); }

  session(session&&) noexcept = default;
  session& operator=(session&&) noexcept = default;

  /// The network that it runs: as it was given, with the rounding that was asked for.
  [[nodiscard]] graph_view graph() const { return program_->graph(); }
  /// Of the file or the builder that the network came from.
  [[nodiscard]] std::string const& name() const { return program_->network.name; }
  /// Tensors that the caller brings.
  [[nodiscard]] std::size_t input_count() const { return graph().inputs().size(); }
  /// Tensors that a run makes for the caller.
  [[nodiscard]] std::size_t output_count() const { return graph().outputs().size(); }

  /// Whether the input comes row by row, from the source that `run` is given.
  [[nodiscard]] bool streams_input() const { return plan().options.stream_input; }
  /// Where to write input i. `run` may overwrite it: fill it before every run. A streamed input has no bytes.
  /// Precondition: i < input_count().
  [[nodiscard]] tensor_ref input(std::size_t i = 0) {
    tensor_id const id = graph().inputs()[i];
    if (!streams_input()) return tensor(id);
    tensor_info const& t = graph().tensor(id);
    return {t.type, t.shape, t.quantization, {}, graph().name(t)};
  }
  /// What the last run computed. Precondition: i < output_count().
  [[nodiscard]] tensor_ref output(std::size_t i = 0) { return tensor(graph().outputs()[i]); }

  /// Allocates nothing. Precondition: the input is not streamed.
  void run() {
    run_steps([](std::int32_t, std::span<std::byte>) {});
  }
  /// Runs on rows that `source` brings when they are needed. Precondition: the input is streamed.
  template <RowSource Source>
  void run(Source&& source) {
    run_steps(source);
  }

  /// Runs and calls `observe(node index, node, output tensor)` after each node; the tensor is valid during
  /// the call. What kernels left with gaps (the operand of a concat, made in its place) is shown as a copy.
  /// Where nodes run row by row, whole tensors are nowhere to be seen: the network is then planned and run
  /// layer by layer, in memory that the first such call allocates.
  template <class Observer>
    requires std::invocable<Observer&, std::size_t, node const&, tensor_ref const&>
  void run(Observer&& observe) {
    if (plan().by_layers()) {
      observe_own_layers(observe);
    } else {
      observe_layers([](session&) {}, observe);
    }
  }
  /// The same, with a streamed input. Precondition: the input is streamed.
  template <RowSource Source, class Observer>
    requires std::invocable<Observer&, std::size_t, node const&, tensor_ref const&>
  void run(Source&& source, Observer&& observe) {
    observe_layers([&](session& layers) { bring(layers.input(), source); }, observe);
  }

  /// Makes what lives on between runs, the graph's states and what nodes keep (`op::recurrent`), what it was
  /// before the first.
  void reset() {
    for_each_state([](std::span<std::byte> state, std::byte zero) { std::ranges::fill(state, zero); });
  }

  /// Activations and scratch, as planned.
  [[nodiscard]] std::int64_t arena_bytes() const { return plan().arena_bytes; }
  /// The most bytes alive at one time: no plan in this order of nodes can need less.
  [[nodiscard]] std::int64_t arena_lower_bound() const { return plan().arena_lower_bound; }
  /// Packed weights, biases and requantization tables.
  [[nodiscard]] std::int64_t packed_bytes() const { return plan().packed_bytes; }
  /// Where everything lies in the arena, and when.
  [[nodiscard]] dynamic_plan const& plan() const { return program_->plan; }
  /// The arena itself, for tests that poison it: all contents but the inputs, and what lives on between
  /// runs, are dead between runs.
  [[nodiscard]] std::span<std::byte> arena() { return {arena_.data(), arena_.size()}; }
  /// Every kernel call in order: which node it serves and whose kernel it is.
  [[nodiscard]] std::span<program_step const> steps() const { return program_->steps; }

 private:
  explicit session(std::shared_ptr<program const> shared)
      : program_(std::move(shared)),
        arena_(static_cast<std::size_t>(program_->plan.arena_bytes)),
        window_(static_cast<std::size_t>(program_->plan.window_entries)),
        taken_(program_->plan.rows.operations.size()) {
    reset();
  }

  template <class Source>
  void run_steps(Source&& source) {
    if (plan().by_layers()) {
      for (program_step const& step : program_->steps) step.run(memory_of(step.call, true), all_rows);
      return replace_states();
    }
    std::ranges::fill(taken_, 0);
    for (std::uint16_t const operation : plan().schedule.steps) {
      auto const i = std::size_t{operation};
      planner::row_operation const& o = plan().rows.operations[i];
      grouped_operations const& grouping = plan().schedule.grouping;
      planner::row_range const rows = next_rows(o, grouping.strip[i], grouping.lag[i], taken_[i]);
      taken_[i] = rows.last;
      std::size_t const sources = source_count(plan().options);
      if (i < sources) {
        for (std::int32_t y = rows.first; y < rows.last; ++y) source(y, input_row(o, y));
      } else {
        program_step const& step = program_->steps[i - sources];
        step.run(memory_of(step.call, o.writes_whole),
                 o.writes_whole ? all_rows : row_interval{rows.first, rows.last});
      }
    }
    replace_states();
  }

  /// Makes the graph's states what the run has made of them. No two of them share a byte, old or new.
  void replace_states() {
    for (std::size_t i = 0; i < graph().states().size(); ++i)
      std::ranges::copy(tensor(graph().updates()[i]).bytes, tensor(graph().states()[i]).bytes.begin());
  }

  [[nodiscard]] std::span<std::byte> input_row(planner::row_operation const& o, std::int32_t y) {
    auto const bytes =
        static_cast<std::size_t>(plan().rows.buffers[static_cast<std::size_t>(o.output)].row_bytes);
    return {rows_of_storage<std::byte>(o.output, 0).row(y), bytes};
  }

  /// All rows of a source, side by side.
  template <class Source>
  void bring(tensor_ref const& input, Source&& source) {
    planner::row_operation const& o = plan().rows.operations[0];
    auto const bytes =
        static_cast<std::size_t>(plan().rows.buffers[static_cast<std::size_t>(o.output)].row_bytes);
    for (std::int32_t y = 0; y < o.rows; ++y)
      source(y, input.bytes.subspan(static_cast<std::size_t>(y) * bytes, bytes));
  }

  template <class Observer>
  void observe_own_layers(Observer&& observe) {
    auto step = program_->steps.begin();
    for (std::size_t i = 0; i < graph().nodes.size(); ++i) {
      for (; step != program_->steps.end() && step->call.node == static_cast<std::int32_t>(i); ++step)
        step->run(memory_of(step->call, true), all_rows);
      node const& n = graph().nodes[i];
      observe(i, n, without_gaps(graph().outputs(n)[0]));
    }
    replace_states();
  }

  template <class Fill, class Observer>
  void observe_layers(Fill const& fill, Observer&& observe) {
    if (!layers_) {
      session_options options;
      options.memory_limit = std::numeric_limits<std::int32_t>::max();
      auto made = create(program_->network, options);
      if (!made) throw std::bad_alloc();  // it was valid and could be planned: only memory can be missing
      layers_ = std::make_unique<session>(*std::move(made));
    }
    if (!streams_input()) {
      for (std::size_t i = 0; i < input_count(); ++i)
        std::ranges::copy(input(i).bytes, layers_->input(i).bytes.begin());
    }
    fill(*layers_);
    copy_states(*this, *layers_);
    layers_->observe_own_layers([&](std::size_t index, node const&, tensor_ref const& made) {
      observe(index, graph().nodes[index], made);
    });
    copy_states(*layers_, *this);
    for (std::size_t i = 0; i < output_count(); ++i)
      std::ranges::copy(layers_->output(i).bytes, output(i).bytes.begin());
  }

  /// Calls `f` with the bytes of all that lives on between runs, and with what each is before the first.
  template <class F>
  void for_each_state(F const& f) {
    for (planned_call const& call : plan().planned_calls) {
      if (!call.keeps_scratch) continue;
      auto const interval = static_cast<std::size_t>(call.scratch);
      f(arena().subspan(static_cast<std::size_t>(plan().offsets[interval]),
                        static_cast<std::size_t>(plan().lives[interval].bytes)),
        std::byte{0});
    }
    for (tensor_id id : graph().states()) f(tensor(id).bytes, zero_byte(graph().tensor(id)));
  }
  /// Of two sessions of one network: both have the same states in the same order.
  static void copy_states(session& from, session& to) {
    std::vector<std::span<std::byte>> places;
    to.for_each_state([&](std::span<std::byte> state, std::byte) { places.push_back(state); });
    auto at = places.begin();
    from.for_each_state([&](std::span<std::byte> state, std::byte) {
      std::ranges::copy(state.first(std::min(state.size(), at->size())), at->begin());
      ++at;
    });
  }

  /// The first byte of an activation, or of a constant that is read as it is.
  [[nodiscard]] std::byte* address(tensor_id id) {
    tensor_place const& place = plan().places[static_cast<std::size_t>(id)];
    if (place.storage != packed_storage) return arena_.data() + plan().offset_of(id);
    return const_cast<std::byte*>(program_->packed.data()) + place.offset;
  }

  [[nodiscard]] tensor_ref tensor(tensor_id id) {
    tensor_info const& t = graph().tensor(id);
    auto const size = static_cast<std::size_t>(bytes_of(t.type, t.shape.elements()));
    return {t.type, t.shape, t.quantization, {address(id), size}, graph().name(t)};
  }

  [[nodiscard]] tensor_ref without_gaps(tensor_id id) {
    tensor_ref shown = tensor(id);
    auto const stride = static_cast<std::size_t>(plan().places[static_cast<std::size_t>(id)].pixel_stride);
    if (stride == 0) return shown;
    auto const pixel = static_cast<std::size_t>(bytes_of(shown.type, shown.shape.back(0)));
    gathered_.resize(shown.bytes.size());
    for (std::size_t i = 0; i * pixel < gathered_.size(); ++i)
      copy_bytes(gathered_.data() + i * pixel, shown.bytes.data() + i * stride, pixel);
    shown.bytes = gathered_;
    return shown;
  }

  /// Where the rows of a storage lie, `offset` bytes into each.
  template <class Byte>
  [[nodiscard]] row_place<Byte> rows_of_storage(std::int32_t storage, std::int64_t offset) {
    planner::ring const& r = plan().schedule.rings[static_cast<std::size_t>(storage)];
    if (r.table >= 0)
      return {arena_.data() + offset, r.row_bytes, no_ring, plan().schedule.table.data() + r.table};
    return {arena_.data() + r.offset + offset, r.row_bytes, r.rows};
  }

  /// The places of a call: as rows of rings, or as what lies side by side.
  [[nodiscard]] call_memory memory_of(planned_call const& call, bool whole) {
    call_memory m{.packed = program_->packed.data() + call.packed_offset, .window = window_.data()};
    for (std::size_t i = 0; i < m.inputs.size(); ++i) {
      tensor_place const& place = plan().places[static_cast<std::size_t>(call.inputs[i])];
      m.inputs[i] =
          whole || place.storage < 0
              ? row_place<std::byte const>{address(call.inputs[i]), call.geometry.input_row_stride[i]}
              : rows_of_storage<std::byte const>(place.storage, place.offset);
    }
    tensor_place const& place = plan().places[static_cast<std::size_t>(call.output)];
    m.output = whole ? row_place<std::byte>{address(call.output) + call.output_offset,
                                            call.geometry.output_row_stride}
                     : rows_of_storage<std::byte>(place.storage, place.offset + call.output_offset);
    if (call.scratch != no_storage && whole)
      m.scratch.base = arena_.data() + plan().offsets[static_cast<std::size_t>(call.scratch)];
    if (call.scratch != no_storage && !whole) m.scratch = rows_of_storage<std::byte>(call.scratch, 0);
    return m;
  }

  std::shared_ptr<program const> program_;
  aligned_bytes arena_;
  std::vector<kernels::input_row> window_;
  std::vector<std::int32_t> taken_;  // rows that each operation of a schedule has made or taken
  std::vector<std::byte> gathered_;
  std::unique_ptr<session> layers_;  // the same network for observers, where nodes run row by row
};

}  // namespace linnet::inline LINNET_ISA
