// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <linnet/runtime/weights.hpp>
#include <linnet/session/check.hpp>
#include <linnet/session/pack.hpp>
#include <linnet/session/passes/channels_last_ends.hpp>
#include <linnet/session/with_arch.hpp>

namespace linnet::inline LINNET_ISA {

/// A network as firmware runs it: the graph without the bytes of its weights, and these as the kernels of one
/// architecture read them.
struct compiled_network {
  std::string name;                      ///< of the file or the builder it came from
  std::string arch;                      ///< name of the architecture's tag
  dynamic_graph graph;                   ///< weights, biases and their scales are `tensor_role::packed`
  dynamic_plan plan;                     ///< layer by layer: which calls there are, how weights are packed
  plan_options options;                  ///< how models are to plan their memory
  std::int64_t arena_bytes = 0;          ///< that they need then
  std::optional<dynamic_plan> searched;  ///< how, where a long search has found a plan
  std::vector<std::byte> weights;        ///< the blob
  std::vector<std::byte> fast_weights;   ///< its part for a fast memory
  std::vector<packed_stream> streams;    ///< where the weights of each call lie in them
  std::uint64_t hash = 0;                ///< of both, one behind the other: FNV-1a, 64 bits
};

/// How a network is compiled.
struct compile_options {
  plan_options plan{};          ///< how models are to plan their memory
  search_options search{};      ///< how long to search for a smaller plan
  std::int64_t fast_bytes = 0;  ///< weights for a fast memory: those that are read most often, so many bytes
};

/// FNV-1a, 64 bits (Fowler, Noll, Vo).
[[nodiscard]] inline std::uint64_t fnv1a(std::span<std::byte const> bytes,
                                         std::uint64_t hash = 0xcbf29ce484222325u) {
  for (std::byte b : bytes) hash = (hash ^ std::to_integer<std::uint64_t>(b)) * 0x100000001b3u;
  return hash;
}

namespace detail {

/// The graph as its packed weights leave it: constants that kernels read in their own layout lose their
/// scales and are marked; those that are read as they are stay.
[[nodiscard]] inline dynamic_graph without_weights(dynamic_graph graph, dynamic_plan const& plan) {
  std::vector<float> const scales = std::exchange(graph.scales, {});
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    tensor_info& t = graph.tensors[i];
    if (!is_constant(t) || plan.places[i].storage == packed_storage) {
      t.channel_scales =
          graph.add_scales(std::span(scales).subspan(t.channel_scales.first, t.channel_scales.count));
      continue;
    }
    t.role = tensor_role::packed;
    t.channel_scales = {};
    t.channel_axis = 0;
    t.quantization.scale = 0.0f;
  }
  return graph;
}

/// How often a run under `plan` reads the packed weights of each of `calls`: once a step.
[[nodiscard]] inline std::vector<std::int64_t> readings_of(std::span<planned_call const> calls,
                                                           dynamic_plan const& plan) {
  std::vector<std::int64_t> made(calls.size(), 1);
  if (plan.by_layers()) return made;
  std::size_t const sources = source_count(plan.options);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    made[i] = std::ranges::count_if(plan.schedule.steps, [&](std::uint16_t operation) {
      if (operation < sources) return false;
      planned_call const& call = plan.planned_calls[operation - sources];
      return call.node == calls[i].node && call.part == calls[i].part;
    });
  }
  return made;
}

/// Splits the blob: streams that are read most often go to the fast part, as long as there is room.
inline void split_weights(compiled_network& net, std::vector<std::int64_t> const& readings,
                          std::int64_t fast_bytes) {
  std::vector<std::size_t> busiest;
  for (std::size_t i = 0; i < readings.size(); ++i) busiest.push_back(i);
  std::ranges::stable_sort(busiest, std::greater{}, [&](std::size_t i) { return readings[i]; });
  std::vector<bool> fast(readings.size());
  for (std::size_t const i : busiest) {
    std::int64_t const bytes = net.plan.planned_calls[i].packed_bytes;
    fast[i] = bytes > 0 && bytes <= fast_bytes;
    if (fast[i]) fast_bytes -= bytes;
  }
  std::vector<std::byte> const all = std::exchange(net.weights, {});
  auto const append = [&](std::vector<std::byte>& to, std::int64_t begin, std::int64_t end) {
    to.insert(to.end(), all.begin() + begin, all.begin() + end);
  };
  std::int64_t at = 0;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    planned_call const& call = net.plan.planned_calls[i];
    if (call.packed_bytes == 0) continue;
    append(net.weights, at, call.packed_offset);  // constants that are read as they are
    std::vector<std::byte>& part = fast[i] ? net.fast_weights : net.weights;
    net.streams.push_back({call.layout, std::ssize(part), call.packed_bytes, fast[i]});
    at = call.packed_offset + call.packed_bytes;
    append(part, call.packed_offset, at);
  }
  append(net.weights, at, std::ssize(all));
}

template <class Arch>
[[nodiscard]] result<compiled_network> compile_for(network const& net, std::string name,
                                                   compile_options const& options) {
  auto plan = plan_network<Arch>(net);
  if (!plan) return unexpected(plan.error());
  std::vector<std::byte> weights(static_cast<std::size_t>(plan->packed_bytes));
  auto const layouts = pack_weights<Arch>(net, plan->places, plan->planned_calls, weights.data());
  if (network marked = net; mark_other_kernels(marked.graph, plan->planned_calls, layouts))
    return compile_for<Arch>(marked, std::move(name), options);
  compiled_network made{.name = net.name,
                        .arch = std::move(name),
                        .graph = without_weights(net.graph, *plan),
                        .plan = *std::move(plan),
                        .options = options.plan,
                        .arena_bytes = 0,
                        .searched = {},
                        .weights = std::move(weights),
                        .fast_weights = {},
                        .streams = {}};
  made.arena_bytes = made.plan.arena_bytes;
  std::vector<std::int64_t> readings = readings_of(made.plan.planned_calls, made.plan);
  if (options.plan != plan_options{}) {
    auto planned = plan_network<Arch>(net, options.plan, options.search);
    if (!planned) return unexpected(planned.error());
    made.arena_bytes = planned->arena_bytes;
    readings = readings_of(made.plan.planned_calls, *planned);
    bool const searched = options.plan.policy == memory_policy::least_memory && options.search.effort > 0;
    if (searched) made.searched = *std::move(planned);
  }
  for (std::size_t i = 0; i < layouts.size(); ++i) made.plan.planned_calls[i].layout = layouts[i];
  split_weights(made, readings, options.fast_bytes);
  made.hash = fnv1a(made.fast_weights, fnv1a(made.weights));
  return made;
}

}  // namespace detail

/// Makes a network ready for firmware of an architecture (`architecture_names()`). Its inputs and outputs
/// become channels-last where an importer had put a transpose in front. Errors name node and tensor.
[[nodiscard]] inline result<compiled_network> compile(network net, std::string_view architecture,
                                                      compile_options const& options = {}) {
  if (auto sound = check_network(net); !sound) return unexpected(sound.error());
  net = channels_last_ends(std::move(net));
  if (architecture == "native") architecture = arch::native::name;
  result<compiled_network> made = unknown_architecture(architecture);
  (void)with_arch(architecture, [&]<class Arch>(Arch) {
    made = detail::compile_for<Arch>(net, std::string(architecture), options);
  });
  return made;
}

}  // namespace linnet::inline LINNET_ISA
