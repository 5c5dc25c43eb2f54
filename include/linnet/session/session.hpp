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

  void run() {
    run([](std::size_t, node const&, tensor_ref const&) {});
  }

  /// Runs and calls `observe(node index, node, output tensor)` after each node; the tensor is valid during
  /// the call.
  template <class Observer>
    requires std::invocable<Observer&, std::size_t, node const&, tensor_ref const&>
  void run(Observer&& observe) {
    auto step = program_->steps.begin();
    for (std::size_t i = 0; i < graph().nodes.size(); ++i) {
      for (; step != program_->steps.end() && step->node == i; ++step) step->run(memory_of(*step));
      node const& n = graph().nodes[i];
      observe(i, n, tensor(graph().outputs(n)[0]));
    }
  }

  /// Activations and scratch, as planned.
  [[nodiscard]] std::int64_t arena_bytes() const { return program_->plan.bytes; }
  /// The most bytes alive at one time: no plan in this order of nodes can need less.
  [[nodiscard]] std::int64_t arena_lower_bound() const { return program_->plan.lower_bound; }
  /// Packed weights, biases and requantization tables.
  [[nodiscard]] std::int64_t packed_bytes() const {
    return static_cast<std::int64_t>(program_->packed.size());
  }
  /// The arena itself, for tests that poison it: all contents but the inputs are dead between runs.
  [[nodiscard]] std::span<std::byte> arena() { return {arena_.data(), arena_.size()}; }
  /// Every kernel call in order: which node it serves and whose kernel it is.
  [[nodiscard]] std::span<program_step const> steps() const { return program_->steps; }

 private:
  explicit session(std::shared_ptr<program const> shared)
      : program_(std::move(shared)),
        arena_(static_cast<std::size_t>(program_->plan.bytes)),
        window_(static_cast<std::size_t>(program_->window_entries)) {}

  [[nodiscard]] std::byte* address(tensor_id id) {
    std::int32_t const where = program_->storage[static_cast<std::size_t>(id)];
    if (where != no_storage) return arena_.data() + program_->offsets[static_cast<std::size_t>(where)];
    return const_cast<std::byte*>(program_->network.constants[static_cast<std::size_t>(id)].data());
  }

  [[nodiscard]] tensor_ref tensor(tensor_id id) {
    tensor_info const& t = graph().tensor(id);
    auto const size = static_cast<std::size_t>(bytes_of(t.type, t.shape.elements()));
    return {t.type, t.shape, t.quantization, {address(id), size}, graph().name(t)};
  }

  [[nodiscard]] call_memory memory_of(program_step const& step) {
    std::byte* const scratch =
        step.scratch == no_storage
            ? nullptr
            : arena_.data() + program_->offsets[static_cast<std::size_t>(step.scratch)];
    return {{address(step.inputs[0]), address(step.inputs[1])},
            address(step.output) + step.geometry.output_offset,
            program_->packed.data() + step.packed_offset,
            scratch,
            window_};
  }

  std::shared_ptr<program const> program_;
  aligned_bytes arena_;
  std::vector<kernels::input_row> window_;
};

}  // namespace linnet::inline LINNET_ISA
