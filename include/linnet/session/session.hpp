// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <linnet/session/program.hpp>
#include <linnet/session/tensor_ref.hpp>

namespace linnet::inline LINNET_ISA {

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

  [[nodiscard]] graph_view graph() const { return program_->graph(); }
  [[nodiscard]] std::string const& name() const { return program_->network.name; }
  [[nodiscard]] std::size_t input_count() const { return graph().inputs().size(); }
  [[nodiscard]] std::size_t output_count() const { return graph().outputs().size(); }

  /// Where to write input i. `run` may overwrite it: fill it before every run. Precondition: i <
  /// input_count().
  [[nodiscard]] tensor_ref input(std::size_t i = 0) { return tensor(graph().inputs()[i]); }
  /// What the last run computed. Precondition: i < output_count().
  [[nodiscard]] tensor_ref output(std::size_t i = 0) { return tensor(graph().outputs()[i]); }

  /// Allocates nothing.
  void run() {
    for (program_step const& step : program_->steps) step.run(memory_of(step.call));
  }

  /// Runs and calls `observe(node index, node, output tensor)` after each node; the tensor is valid during
  /// the call. What kernels left with gaps (the operand of a concat, made in its place) is shown as a copy.
  template <class Observer>
    requires std::invocable<Observer&, std::size_t, node const&, tensor_ref const&>
  void run(Observer&& observe) {
    auto step = program_->steps.begin();
    for (std::size_t i = 0; i < graph().nodes.size(); ++i) {
      for (; step != program_->steps.end() && step->call.node == static_cast<std::int32_t>(i); ++step)
        step->run(memory_of(step->call));
      node const& n = graph().nodes[i];
      observe(i, n, without_gaps(graph().outputs(n)[0]));
    }
  }

  /// Activations and scratch, as planned.
  [[nodiscard]] std::int64_t arena_bytes() const { return plan().arena_bytes; }
  /// The most bytes alive at one time: no plan in this order of nodes can need less.
  [[nodiscard]] std::int64_t arena_lower_bound() const { return plan().arena_lower_bound; }
  /// Packed weights, biases and requantization tables.
  [[nodiscard]] std::int64_t packed_bytes() const { return plan().packed_bytes; }
  /// Where everything lies in the arena, and when.
  [[nodiscard]] dynamic_plan const& plan() const { return program_->plan; }
  /// The arena itself, for tests that poison it: all contents but the inputs are dead between runs.
  [[nodiscard]] std::span<std::byte> arena() { return {arena_.data(), arena_.size()}; }
  /// Every kernel call in order: which node it serves and whose kernel it is.
  [[nodiscard]] std::span<program_step const> steps() const { return program_->steps; }

 private:
  explicit session(std::shared_ptr<program const> shared)
      : program_(std::move(shared)),
        arena_(static_cast<std::size_t>(program_->plan.arena_bytes)),
        window_(static_cast<std::size_t>(program_->plan.window_entries)) {}

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

  [[nodiscard]] call_memory memory_of(planned_call const& call) {
    std::byte* const scratch = call.scratch == no_storage
                                   ? nullptr
                                   : arena_.data() + plan().offsets[static_cast<std::size_t>(call.scratch)];
    return {{address(call.inputs[0]), address(call.inputs[1])},
            address(call.output) + call.output_offset,
            program_->packed.data() + call.packed_offset,
            scratch,
            window_.data()};
  }

  std::shared_ptr<program const> program_;
  aligned_bytes arena_;
  std::vector<kernels::input_row> window_;
  std::vector<std::byte> gathered_;
};

}  // namespace linnet::inline LINNET_ISA
