// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include <linnet/runtime/fixed_places.hpp>
#include <linnet/runtime/fixed_rows.hpp>
#include <linnet/runtime/observed_rows.hpp>
#include <linnet/runtime/planning.hpp>
#include <linnet/runtime/tensor_views.hpp>
#include <linnet/runtime/weights.hpp>

namespace linnet::inline LINNET_ISA {

/// The index of the largest element, the first of equal ones; 0 for an empty view.
template <class T, class Extents>
[[nodiscard]] constexpr std::int32_t argmax(tensor_view<T, Extents> view) {
  std::int32_t best = 0;
  for (std::size_t i = 1; i < view.size(); ++i) {
    if (view.data()[i] > view.data()[best]) best = static_cast<std::int32_t>(i);
  }
  return best;
}

namespace detail {

/// Observes nothing, and is known to.
struct ignore_rows {
  void operator()(observed_rows const&) const {}
};

/// Brings nothing: of networks whose input is there before they run.
struct no_source {
  void operator()(std::int32_t, std::byte*) const {}
};

/// Who brings a streamed input: called as `source(row, view of its elements)` for rows 0, 1, ... in order.
template <class F, class Element>
concept RowSourceOf = std::invocable<F&, std::int32_t, std::span<Element>>;

/// What `model` and `model_in` have in common: everything but who owns the arena.
template <class Owner, auto const& Graph, auto const& Weights, auto Planning, class Arch>
class network_code {
  using planning = planning_of<Graph, Planning, Arch>;
  static constexpr plan_options options = planning::options;
  static constexpr auto const& plan = planning::plan();
  static constexpr bool by_rows = planning::by_rows;
  static_assert(Weights.format == weights_format,
                "linnet: these weights have another format version: run linnet compile again");
  static_assert(has_same_streams(Weights.layout, weights_layout<Graph, Arch>) &&
                    has_readers<Graph, Arch, plan, Weights>() &&
                    overwrites_safely<plan, generations<Graph, Arch, plan, Weights>>(),
                "linnet: these weights were packed for another architecture or another graph: run linnet "
                "compile again with the ARCH of this build");
  static_assert(!options.stream_input || Graph.view().inputs().size() == 1,
                "linnet: rows can be streamed into a network of one input only");

 public:
  static constexpr std::size_t arena_bytes = static_cast<std::size_t>(plan.arena_bytes);
  /// The most bytes of rows alive in one step: no plan of this schedule needs less.
  static constexpr std::size_t arena_lower_bound = static_cast<std::size_t>(plan.arena_lower_bound);
  /// Of each memory, where there are several: the bytes that it must have.
  static constexpr auto memory_bytes = planning::memory_bytes();
  static constexpr std::size_t weights_bytes = static_cast<std::size_t>(plan.packed_bytes);
  static constexpr std::size_t input_count = Graph.view().inputs().size();
  static constexpr std::size_t output_count = Graph.view().outputs().size();
  static constexpr std::size_t node_count = Graph.nodes.size();

  /// Where to write input I: a view into the arena. `run` may overwrite it: fill it before every run.
  template <std::size_t I = 0>
  [[nodiscard]] auto input() {
    static_assert(I < input_count, "linnet: the network has no input of this number");
    static_assert(!options.stream_input, "linnet: the input is streamed: give its rows to run(source)");
    constexpr tensor_id id = Graph.view().inputs()[I];
    return view_type<Graph, id>::at(arena(memory_of(plan, id)) + plan.offset_of(id));
  }
  /// What the last run computed, until the next: a view into the arena.
  template <std::size_t I = 0>
  [[nodiscard]] auto output() const {
    static_assert(I < output_count, "linnet: the network has no output of this number");
    constexpr tensor_id id = Graph.view().outputs()[I];
    return view_type<Graph, id>::at(address<id>());
  }

  /// Allocates nothing, takes no lock, needs no start-up.
  void run() requires(!options.stream_input) { run(ignore_rows{}); }

  /// Runs and calls `observe(observed_rows const&)` when rows have been made. Layer by layer these are whole
  /// tensors, node after node; by rows they are what one step completes. Where the graph has shared the bytes
  /// of two tensors, what is shown is gone after the call. By rows, nodes that move nothing (a reshape, a
  /// concat whose operands are made in their place) are not shown.
  template <class Observer>
    requires(!options.stream_input && std::invocable<Observer&, observed_rows const&>)
  void run(Observer&& observe) { execute_plan(detail::no_source{}, observe); }

  /// Runs on rows that `source(row, std::span of its elements)` brings, strictly in order, when they are
  /// needed.
  template <class Source, class Observer>
    requires(options.stream_input&& std::invocable<Observer&, observed_rows const&>)
  void run(Source&& source, Observer&& observe) {
    constexpr tensor_id id = Graph.view().inputs()[0];
    using element = typename view_type<Graph, id>::element;
    static_assert(RowSourceOf<Source, element>,
                  "linnet: a source of rows is called with the row's number and a std::span of its elements");
    constexpr std::size_t bytes =
        static_cast<std::size_t>(plan.rings[static_cast<std::size_t>(plan.operations[0].output)].row_bytes);
    execute_plan(
        [&](std::int32_t y, std::byte* row) {
          source(y, std::span<element>(reinterpret_cast<element*>(row), bytes / sizeof(element)));
        },
        observe);
  }
  template <class Source>
    requires(options.stream_input)
  void run(Source&& source) { run(source, ignore_rows{}); }

  /// Whether something lives on between runs: the graph's states, and what nodes keep (`op::recurrent`).
  static constexpr bool keeps_state = !states<Graph, plan>.empty();
  /// Makes all that what it was before the first run, which is how an object begins.
  void reset() {
    for (auto const& state : states<Graph, plan>) {
      std::byte* const at = arena(state.memory) + state.offset;
      for (std::int64_t i = 0; i < state.bytes; ++i) at[i] = state.zero;
    }
  }

 private:
  [[nodiscard]] std::byte* arena(std::int32_t memory) {
    return static_cast<Owner&>(*this).memory_begin(memory);
  }
  [[nodiscard]] std::byte const* arena(std::int32_t memory) const {
    return static_cast<Owner const&>(*this).memory_begin(memory);
  }

  template <tensor_id Id>
  [[nodiscard]] std::byte const* address() const {
    constexpr tensor_place place = plan.places[static_cast<std::size_t>(Id)];
    if constexpr (place.storage == packed_storage) {
      return Weights.bytes + place_in_blob(weights_layout<Graph, Arch>, Weights.layout, place.offset).offset;
    } else {
      return arena(memory_of(plan, Id)) + plan.offset_of(Id);
    }
  }

  /// The kernels of all calls, and where their bytes are.
  static constexpr auto const& calls =
      fixed_calls<Graph, Arch, plan, generations<Graph, Arch, plan, Weights>>;
  using placed = placed_plan<plan, source_count(options), Weights, weights_layout<Graph, Arch>>;
  using table_type = decltype(row_table_of<plan>());
  using frame_type = call_frame<place_count<plan>, table_type>;
  static constexpr call_constants<place_count<plan>, table_type> constants{
      placed::places.data(), {Weights.bytes, Weights.fast_bytes}, row_table_of<plan>()};

  [[nodiscard]] row_place<std::byte, table_type> rows_of_buffer(std::size_t buffer, std::int64_t offset) {
    return place_of_rows<std::int32_t>(plan, buffer, offset)
        .rows(arena(plan.rings[buffer].memory), row_table_of<plan>());
  }

  template <class Source, class Observer>
  void execute_plan(Source const& source, Observer& observe) {
    std::byte* memories[memory_bytes.size()];
    for (std::size_t i = 0; i < memory_bytes.size(); ++i) memories[i] = arena(static_cast<std::int32_t>(i));
    frame_type const frame{&constants, memories, state_.window};
    if constexpr (by_rows) {
      run_steps(frame, source, observe);
    } else {
      if constexpr (std::is_same_v<std::remove_cv_t<Observer>, ignore_rows>) {
        for (std::size_t i = 0; i < plan.calls; ++i) run_call(frame, i, all_rows);
      } else {
        run_nodes(frame, observe, std::make_index_sequence<node_count>{});
      }
    }
    if constexpr (!Graph.view().states().empty()) replace_states<Graph, plan>(memories);
  }

  template <class Observer, std::size_t... Node>
  void run_nodes(frame_type const& frame, Observer& observe, std::index_sequence<Node...>) {
    (run_node<Node>(frame, observe), ...);
  }
  static void run_call(frame_type const& frame, std::size_t i, row_interval rows) {
    detail::run_call<placed::may_fold>(calls[i], placed::calls[i], frame, rows);
  }

  /// The first call of each node; that of the next one is where its calls end.
  static constexpr auto first_calls = [] {
    std::array<std::size_t, node_count + 1> made{};
    for (std::size_t node = 0, call = 0; node <= node_count; ++node) {
      while (call < plan.calls && static_cast<std::size_t>(plan.all_calls[call].node) < node) ++call;
      made[node] = call;
    }
    return made;
  }();

  template <std::size_t Node, class Observer>
  void run_node(frame_type const& frame, Observer& observe) {
    for (std::size_t i = first_calls[Node]; i < first_calls[Node + 1]; ++i) run_call(frame, i, all_rows);
    show<Node>(observe);
  }

  template <std::size_t Node, class Observer>
  void show(Observer& observe) const {
    constexpr tensor_id id = Graph.view().outputs(Graph.nodes[Node])[0];
    constexpr tensor_info const& info = Graph.tensors[static_cast<std::size_t>(id)];
    constexpr image_shape image = as_image(info.shape);
    constexpr std::int32_t part = plan.places[static_cast<std::size_t>(id)].pixel_stride;
    constexpr std::int32_t stride =
        part != 0 ? part : static_cast<std::int32_t>(bytes_of(info.type, image.channels));
    observe(observed_rows{.node = Node,
                          .type = info.type,
                          .image = image,
                          .first = 0,
                          .count = image.batch * image.height,
                          .data = address<id>(),
                          .pixel_stride = stride,
                          .row_stride = stride * image.width});
  }

  template <class Source, class Observer>
  void run_steps(frame_type const& frame, Source const& source, Observer& observe) {
    constexpr std::size_t sources = source_count(options);
    begin_rows<plan>(state_.left);
    for (auto const operation : steps_of<plan>) {
      auto const& o = steppings<plan>[operation];
      std::int32_t first = o.end - state_.left.of[operation];
      std::int32_t const last = min<std::int32_t>(first + o.strip, o.end);
      if constexpr (has_lags<plan>) first = max<std::int32_t>(first, 0);
      state_.left.of[operation] = static_cast<row_counter<plan>>(o.end - last);
      if (operation < sources) {
        bring_rows(source, first, last);
      } else {
        std::size_t const i = operation - sources;
        run_call(frame, i, o.whole ? all_rows : row_interval{first, last});
        if constexpr (!std::is_same_v<std::remove_cv_t<Observer>, ignore_rows>)
          show_rows(observe, i, first, last);
      }
    }
  }

  template <class Source>
  void bring_rows(Source const& source, std::int32_t first, std::int32_t last) {
    auto const at = rows_of_buffer(static_cast<std::size_t>(plan.operations[0].output), 0);
    for (std::int32_t y = first; y < last; ++y) source(y, at.row(y));
  }

  /// Shows the rows of a node that a step of its last call has completed.
  template <class Observer>
  void show_rows(Observer& observe, std::size_t index, std::int32_t first, std::int32_t last) {
    planned_call const& call = plan.all_calls[index];
    if (index + 1 < plan.calls && plan.all_calls[index + 1].node == call.node) return;
    planner::row_operation const& o = plan.operations[index + source_count(options)];
    tensor_info const& info = Graph.tensors[static_cast<std::size_t>(call.output)];
    tensor_place const& place = plan.places[static_cast<std::size_t>(call.output)];
    image_shape const image = as_image(info.shape);
    std::int32_t const stride = place.pixel_stride != 0
                                    ? place.pixel_stride
                                    : static_cast<std::int32_t>(bytes_of(info.type, image.channels));
    std::int32_t const all = image.batch * image.height;
    row_place<std::byte, table_type> rows{arena(memory_of(plan, call.output)) + plan.offset_of(call.output),
                                          stride * image.width};
    if (!o.writes_whole) {
      rows = rows_of_buffer(static_cast<std::size_t>(place.storage), place.offset);
    }
    std::int32_t const end = o.writes_whole ? all : completed_rows(o, last);
    for (std::int32_t y = o.writes_whole ? 0 : completed_rows(o, first); y < end;) {
      std::int32_t const count = rows.side_by_side(y, end - y);
      observe(observed_rows{.node = static_cast<std::size_t>(call.node),
                            .type = info.type,
                            .image = image,
                            .first = y,
                            .count = count,
                            .data = rows.row(y),
                            .pixel_stride = stride,
                            .row_stride = stride * image.width});
      y += count;
    }
  }

  run_state<plan, by_rows> state_;
};

}  // namespace detail

/// Refuses an arena that misses the budget of `memory_policy::within`: the arguments say by how much, and
/// which two tensors hold the most bytes when the most are alive. It stands here, and nothing between it and
/// `model`, since what compilers print first is what is read.
template <class Missing, class First, class Second>
struct arena_within_budget {
  static_assert(
      Missing::bytes <= 0,
      "linnet: the arena exceeds its budget: bytes_missing says by how much, tensor_at_peak<number, "
      "name, the node that makes it, bytes> what fills it");
  static constexpr bool holds = true;  ///< what is asked for, so that the refusal is made
};

/// Refuses a searched plan that cannot be run: the arguments name the buffers at fault.
template <plan_mistake Mistake, std::int32_t FirstBuffer, std::int32_t SecondBuffer>
struct sound_searched_plan {
  using enum plan_mistake;
  static_assert(Mistake != of_another_graph,
                "linnet: the searched plan is of another graph or architecture: run linnet compile again");
  static_assert(Mistake != unsound_groups, "linnet: the groups of the searched plan cannot be run");
  static_assert(Mistake != wrong_rows, "linnet: a ring of the searched plan has a wrong number of rows");
  static_assert(Mistake != misaligned, "linnet: a row of the searched plan is misaligned");
  static_assert(Mistake != overlapping,
                "linnet: two rows of the searched plan that live at one time overlap");
  static constexpr bool holds = true;
};

/// A network that the compiler has planned and checked: code without heap, interpreter or parser, and all its
/// memory inside. Graph is a constant (`compose`, or a generated header), Weights the blob beside it.
/// Planning says how memory is planned: `plan_options{.policy = memory_policy::least_memory}`, or
/// `searched<plan>{}` for a plan of a generated header. One object is used by one thread at a time; different
/// objects at the same time.
template <auto const& Graph, auto const& Weights, auto Planning = plan_options{}, class Arch = arch::native>
class model
    : public detail::code_behind_check<
          detail::plan_check<sound_searched_plan, Graph, Planning, Arch>::holds,
          detail::network_code<model<Graph, Weights, Planning, Arch>, Graph, Weights, Planning, Arch>>::type {
  using code = detail::network_code<model, Graph, Weights, Planning, Arch>;
  friend code;
  static_assert(detail::budget_check<arena_within_budget, Graph, Planning, Arch>::holds);
  static_assert(code::memory_bytes.size() == 1,
                "linnet: a network in several memories takes them from its caller: use model_in");

 public:
  model() requires(!code::keeps_state) = default;
  model() requires(code::keeps_state) { code::reset(); }

 private:
  [[nodiscard]] std::byte* memory_begin(std::int32_t) { return arena_; }
  [[nodiscard]] std::byte const* memory_begin(std::int32_t) const { return arena_; }

  alignas(arena_alignment) std::byte arena_[code::arena_bytes > 0 ? code::arena_bytes : 1];
};

/// Why a caller's arena cannot be used.
enum class arena_fault : std::uint8_t { too_small, misaligned };

/// The fault in words.
[[nodiscard]] constexpr text explain(arena_fault fault) {
  return fault == arena_fault::too_small ? text("the arena is smaller than arena_bytes")
                                         : text("the arena is not aligned as its memory is to be");
}

/// The same in the caller's memory, which must outlive it; the object itself has some hundred bytes.
template <auto const& Graph, auto const& Weights, auto Planning = plan_options{}, class Arch = arch::native>
class model_in
    : public detail::code_behind_check<detail::plan_check<sound_searched_plan, Graph, Planning, Arch>::holds,
                                       detail::network_code<model_in<Graph, Weights, Planning, Arch>, Graph,
                                                            Weights, Planning, Arch>>::type {
  using code = detail::network_code<model_in, Graph, Weights, Planning, Arch>;
  friend code;
  static_assert(detail::budget_check<arena_within_budget, Graph, Planning, Arch>::holds);

 public:
  static constexpr std::size_t memory_count = code::memory_bytes.size();  ///< memories that the plan takes

  /// Takes the first `arena_bytes` of `arena`.
  [[nodiscard]] static expected<model_in, arena_fault> create(std::span<std::byte> arena) requires(
      memory_count == 1) {
    return create_in({arena});
  }
  /// Takes the first `memory_bytes[i]` of memory i.
  [[nodiscard]] static expected<model_in, arena_fault> create(
      std::array<std::span<std::byte>, memory_count> const& memories) requires(memory_count > 1) {
    return create_in(memories);
  }

 private:
  model_in() = default;
  [[nodiscard]] static expected<model_in, arena_fault> create_in(
      std::array<std::span<std::byte>, memory_count> const& memories) {
    constexpr auto alignments = detail::planning_of<Graph, Planning, Arch>::memory_alignments();
    model_in made;
    for (std::size_t i = 0; i < memory_count; ++i) {
      if (memories[i].size() < static_cast<std::size_t>(code::memory_bytes[i]))
        return unexpected(arena_fault::too_small);
      auto const address = reinterpret_cast<std::uintptr_t>(memories[i].data());
      if (address % static_cast<std::uintptr_t>(alignments[i]) != 0)
        return unexpected(arena_fault::misaligned);
      made.memories_[i] = memories[i].data();
    }
    if constexpr (code::keeps_state) made.reset();
    return made;
  }

  [[nodiscard]] std::byte* memory_begin(std::int32_t i) { return memories_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] std::byte const* memory_begin(std::int32_t i) const {
    return memories_[static_cast<std::size_t>(i)];
  }

  std::array<std::byte*, memory_count> memories_{};
};

}  // namespace linnet::inline LINNET_ISA
