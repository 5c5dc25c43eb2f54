// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <linnet/graph/validate.hpp>
#include <linnet/planner/placement.hpp>
#include <linnet/runtime/execute.hpp>
#include <linnet/runtime/liveness.hpp>
#include <linnet/session/describe.hpp>
#include <linnet/session/error.hpp>
#include <linnet/session/network.hpp>

namespace linnet::inline LINNET_ISA {

/// How a session is made.
struct session_options {
  std::optional<linnet::rounding> rounding;  // replaces every node's policy
  std::int64_t memory_limit = std::int64_t{1}
                              << 30;  // bytes of arena and packed weights together; at most 2^31 - 1
};

/// Bytes from the heap, aligned for every kernel.
class aligned_bytes {
 public:
  static constexpr std::size_t alignment = 64;
  aligned_bytes() = default;
  explicit aligned_bytes(std::size_t size) : blocks_(size / alignment + 1), size_(size) {}
  [[nodiscard]] std::byte* data() { return blocks_.data()->bytes; }
  [[nodiscard]] std::byte const* data() const { return blocks_.data()->bytes; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct alignas(alignment) block {
    std::byte bytes[alignment]{};
  };
  std::vector<block> blocks_{1};
  std::size_t size_ = 0;
};

/// One kernel call, ready to run: the kernel is chosen, its descriptor made, its places planned.
struct program_step {
  std::size_t node = 0;
  call_geometry geometry;
  std::array<tensor_id, 2> inputs{};
  tensor_id output = -1;
  std::int64_t packed_offset = 0;
  std::int32_t scratch = no_storage;  // interval
  std::string arch;                   // whose kernel it is
  std::function<void(call_memory const&)> run;
};

/// A network made ready for this machine: everything about a session that does not change when it runs.
/// Several sessions may share one.
struct program {
  linnet::network network;
  std::vector<program_step> steps;
  std::vector<std::int32_t> storage;  // interval of each tensor, or no_storage
  std::vector<std::int64_t> offsets;  // of each interval in the arena
  planner::placement plan;
  aligned_bytes packed;
  std::int64_t window_entries = 0;  // row pointers that the neediest call gathers

  [[nodiscard]] graph_view graph() const { return network.graph.view(); }
};

namespace detail {

/// Turns a network into a program: validates, lowers, selects, plans, packs.
class program_builder {
 public:
  program_builder(linnet::network network, session_options const& options) : options_(options) {
    program_.network = std::move(network);
  }

  result<program> build() {
    if (options_.rounding) {
      for (node& n : program_.network.graph.nodes) n.rounding = *options_.rounding;
    }
    if (auto sound = check(); !sound) return unexpected(sound.error());
    plan_tensors();
    for (std::size_t i = 0; i < graph().nodes.size(); ++i) {
      if (auto lowered = lower_node(i); !lowered) return unexpected(lowered.error());
    }
    if (auto placed = place(); !placed) return unexpected(placed.error());
    program_.packed = aligned_bytes(static_cast<std::size_t>(packed_bytes_));
    for (auto const& pack : packers_) pack(program_.packed.data());
    return std::move(program_);
  }

 private:
  [[nodiscard]] graph_view graph() const { return program_.graph(); }
  [[nodiscard]] unexpected<error> fault(graph_error const& e, errc code) const {
    return fail(code, describe(e, graph(), program_.network.name));
  }

  /// The graph's own rules, and that every constant has the bytes its shape asks for.
  result<void> check() {
    std::unique_ptr<bool[]> const made(new bool[graph().tensors.size()]());
    if (auto valid = validate(graph(), {made.get(), graph().tensors.size()}); !valid) {
      return fault(valid.error(), errc::invalid_graph);
    }
    for (std::size_t i = 0; i < graph().tensors.size(); ++i) {
      tensor_info const& t = graph().tensors[i];
      std::size_t const bytes =
          i < program_.network.constants.size() ? program_.network.constants[i].size() : 0;
      auto const wanted = t.role == tensor_role::constant ? bytes_of(t.type, t.shape.elements()) : 0;
      if (static_cast<std::int64_t>(bytes) != wanted) {
        return fail(errc::invalid_graph, program_.network.name + ": tensor " +
                                             tensor_in_words(graph(), static_cast<tensor_id>(i)) + " has " +
                                             std::to_string(bytes) +
                                             " bytes of data where its shape asks for " +
                                             std::to_string(wanted));
      }
    }
    return {};
  }

  void plan_tensors() {
    std::size_t const tensors = graph().tensors.size();
    intervals_.resize(tensors);
    program_.storage.resize(tensors);
    intervals_.resize(tensor_lifetimes(graph(), intervals_, program_.storage));
  }

  result<void> lower_node(std::size_t index) {
    node const& n = graph().nodes[index];
    auto const lowered = lower(graph(), n, [&](auto const& problem, kernel_call const& call) {
      return add_step(index, problem, call);
    });
    if (lowered) return {};
    graph_error located = lowered.error();
    located.node = static_cast<std::int32_t>(index);
    bool const missing = located.fault == graph_fault::types_not_supported;
    return fault(located, missing ? errc::not_supported : errc::invalid_graph);
  }

  template <class Problem>
  expected<void, graph_error> add_step(std::size_t index, Problem const& problem, kernel_call const& call) {
    node const& n = graph().nodes[index];
    auto const operands = graph().inputs(n);
    auto const selected = kernels::select<arch::native>(problem);
    if (!selected.found()) return lowering_fault(graph_fault::types_not_supported, graph().outputs(n)[0]);
    program_step step{.node = index,
                      .geometry = geometry_of(problem, call, graph().tensor(operands[call.operands[0]]).type),
                      .inputs = {operands[call.operands[0]], operands[call.operands[1]]},
                      .output = graph().outputs(n)[0],
                      .packed_offset = packed_bytes_,
                      .arch = selected.arch,
                      .run = {}};
    if (selected.scratch_bytes > 0) {
      step.scratch = static_cast<std::int32_t>(intervals_.size());
      auto const at = static_cast<std::int32_t>(index);
      intervals_.push_back({selected.scratch_bytes, kernels::packed_alignment, at, at});
    }
    kernels::with_tag<arch::native, Problem>(selected, [&](auto tag) {
      with_descriptor<std::int32_t>(problem, [&](auto const& descriptor) {
        step.run = [descriptor, geometry = step.geometry, tag](call_memory const& memory) {
          execute(descriptor, geometry, memory, tag);
        };
      });
      add_packer(n, problem, packed_bytes_, tag);
    });
    packed_bytes_ += selected.packed_bytes;
    program_.window_entries = max(program_.window_entries, step.geometry.window_entries());
    program_.steps.push_back(std::move(step));
    return {};
  }

  template <class Problem, class Tag>
  void add_packer(node const& n, Problem const& problem, std::int64_t offset, Tag tag) {
    kernels::constants from;
    if (has_weights(n.kind)) {
      tensor_info const& weights = graph().input(n, 1);
      auto const bytes_at = [&](std::size_t i) {
        return program_.network.constants[static_cast<std::size_t>(graph().inputs(n)[i])];
      };
      from.weights = bytes_at(1);
      if (n.inputs.count == 3) from.bias = bytes_at(2);
      from.weight_scales = graph().channel_scales(weights);
      if (from.weight_scales.empty() && weights.quantization.present())
        from.weight_scales = {&weights.quantization.scale, 1};
    }
    if constexpr (requires(std::byte * to) { pack(problem, from, to, tag); }) {
      packers_.push_back(
          [problem, from, offset, tag](std::byte* packed) { pack(problem, from, packed + offset, tag); });
    }
  }

  result<void> place() {
    std::vector<std::int32_t> order(intervals_.size());
    std::vector<std::int64_t> trial(intervals_.size());
    program_.offsets.resize(intervals_.size());
    std::int64_t const limit =
        min<std::int64_t>(options_.memory_limit, std::numeric_limits<std::int32_t>::max());
    std::int64_t const entries = program_.window_entries * std::int64_t{sizeof(kernels::input_row)};
    std::int64_t const least = planner::most_alive(intervals_) + packed_bytes_ + entries;
    if (least <= limit) program_.plan = planner::place(intervals_, program_.offsets, {order, trial});
    std::int64_t const needed = max(least, program_.plan.bytes + packed_bytes_ + entries);
    if (needed > limit) {
      return fail(errc::too_large, program_.network.name + ": needs " + std::to_string(needed) +
                                       " bytes of memory to run; the limit is " + std::to_string(limit));
    }
    return {};
  }

  session_options options_;
  program program_;
  std::vector<planner::interval> intervals_;
  std::vector<std::function<void(std::byte*)>> packers_;
  std::int64_t packed_bytes_ = 0;
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA
