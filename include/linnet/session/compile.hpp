// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
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
  std::string name;  // of the file or the builder it came from
  std::string arch;
  dynamic_graph graph;                   // weights, biases and their scales are `tensor_role::packed`
  dynamic_plan plan;                     // layer by layer: which calls there are, how weights are packed
  plan_options options;                  // how models are to plan their memory
  std::int64_t arena_bytes = 0;          // that they need then
  std::optional<dynamic_plan> searched;  // how, where a long search has found a plan
  std::vector<std::byte> weights;        // the blob: `plan.packed_bytes` of them
  std::uint64_t hash = 0;                // of the blob: FNV-1a, 64 bits
};

/// FNV-1a, 64 bits (Fowler, Noll, Vo).
[[nodiscard]] inline std::uint64_t fnv1a(std::span<std::byte const> bytes) {
  std::uint64_t hash = 0xcbf29ce484222325u;
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

template <class Arch>
[[nodiscard]] result<compiled_network> compile_for(network const& net, std::string name,
                                                   plan_options const& options,
                                                   search_options const& search) {
  auto plan = plan_network<Arch>(net);
  if (!plan) return unexpected(plan.error());
  compiled_network made{.name = net.name,
                        .arch = std::move(name),
                        .graph = without_weights(net.graph, *plan),
                        .plan = *std::move(plan),
                        .options = options,
                        .arena_bytes = 0,
                        .searched = {},
                        .weights = {}};
  made.arena_bytes = made.plan.arena_bytes;
  if (options != plan_options{}) {
    auto planned = plan_network<Arch>(net, options, search);
    if (!planned) return unexpected(planned.error());
    made.arena_bytes = planned->arena_bytes;
    if (search.effort > 0) made.searched = *std::move(planned);
  }
  made.weights.resize(static_cast<std::size_t>(made.plan.packed_bytes));
  pack_weights<Arch>(net, made.plan.places, made.plan.planned_calls, made.weights.data());
  made.hash = fnv1a(made.weights);
  return made;
}

}  // namespace detail

/// Makes a network ready for firmware of an architecture (`architecture_names()`). Its inputs and outputs
/// become channels-last where an importer had put a transpose in front. Models of it plan their memory under
/// `options`, or as a long search finds. Errors name node and tensor.
[[nodiscard]] inline result<compiled_network> compile(network net, std::string_view architecture,
                                                      plan_options const& options = {},
                                                      search_options const& search = {}) {
  if (auto sound = check_network(net); !sound) return unexpected(sound.error());
  net = channels_last_ends(std::move(net));
  if (architecture == "native") architecture = arch::native::name;
  result<compiled_network> made = unknown_architecture(architecture);
  (void)with_arch(architecture, [&]<class Arch>(Arch) {
    made = detail::compile_for<Arch>(net, std::string(architecture), options, search);
  });
  return made;
}

}  // namespace linnet::inline LINNET_ISA
