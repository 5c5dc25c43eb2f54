// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <linnet/session/aligned_bytes.hpp>
#include <linnet/session/check.hpp>
#include <linnet/session/error.hpp>
#include <linnet/session/network.hpp>
#include <linnet/session/pack.hpp>
#include <linnet/session/program_step.hpp>

namespace linnet::inline LINNET_ISA {

/// How a session is made.
struct session_options {
  std::optional<linnet::rounding> rounding{};  ///< replaces every node's policy
  /// Bytes of arena and packed weights together; at most 2^31 - 1.
  std::int64_t memory_limit = std::int64_t{1} << 30;
  plan_options plan{};      ///< how memory is planned, and whether the input comes row by row
  search_options search{};  ///< for a smaller arena than the compiler would find
};

/// A network made ready for this machine: everything about a session that does not change when it runs.
/// Several sessions may share one.
struct program {
  linnet::network network;  ///< as it was given, with the rounding that was asked for
  dynamic_plan plan;
  std::vector<program_step> steps;  ///< in the order in which they run
  aligned_bytes packed;             ///< weights as the kernels read them

  /// The network's graph.
  [[nodiscard]] graph_view graph() const { return network.graph.view(); }
};

namespace detail {

/// Turns a network into a program: validates, plans, chooses kernels, packs.
class program_builder {
 public:
  program_builder(linnet::network network, session_options const& options) : options_(options) {
    program_.network = std::move(network);
  }

  result<program> build() {
    if (options_.rounding) {
      for (node& n : program_.network.graph.nodes) n.rounding = *options_.rounding;
    }
    if (auto sound = check_network(program_.network); !sound) return unexpected(sound.error());
    if (auto planned = plan(); !planned) return unexpected(planned.error());
    auto layouts = pack();
    if (mark_other_kernels(program_.network.graph, program_.plan.planned_calls, layouts)) {
      if (auto planned = plan(); !planned) return unexpected(planned.error());
      layouts = pack();
    }
    for (std::size_t i = 0; i < layouts.size(); ++i) program_.plan.planned_calls[i].layout = layouts[i];
    for (std::size_t i = 0; i < graph().nodes.size(); ++i) add_steps(graph().nodes[i]);
    return std::move(program_);
  }

 private:
  [[nodiscard]] graph_view graph() const { return program_.graph(); }

  result<void> plan() {
    auto planned = plan_network<arch::native>(program_.network, options_.plan, options_.search);
    if (!planned) return unexpected(planned.error());
    program_.plan = *std::move(planned);
    std::int64_t const limit =
        min<std::int64_t>(options_.memory_limit, std::numeric_limits<std::int32_t>::max());
    std::int64_t const needed =
        program_.plan.arena_bytes + program_.plan.packed_bytes +
        program_.plan.window_entries * static_cast<std::int64_t>(sizeof(kernels::input_row));
    if (needed > limit) {
      return fail(errc::too_large, program_.network.name + ": needs " + std::to_string(needed) +
                                       " bytes of memory to run; the limit is " + std::to_string(limit));
    }
    return {};
  }

  std::vector<kernels::packed_layout> pack() {
    program_.packed = aligned_bytes(static_cast<std::size_t>(program_.plan.packed_bytes));
    return pack_weights<arch::native>(program_.network, program_.plan.places, program_.plan.planned_calls,
                                      program_.packed.data());
  }

  void add_steps(node const& n) {
    (void)lower_placed(graph(), n, program_.plan.places,
                       [&](auto const& problem, kernel_call const&) -> expected<void, graph_error> {
                         std::size_t const index = program_.steps.size();
                         program_.steps.push_back(make_step(problem, program_.plan.planned_calls[index]));
                         return {};
                       });
  }

  session_options options_;
  program program_;
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA
