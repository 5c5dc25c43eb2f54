// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include <linnet/graph/validate.hpp>
#include <linnet/session/kernels_elsewhere.hpp>
#include <linnet/session/session.hpp>

// What a program does with a network that a reader made of arbitrary bytes. Sanitizers and libFuzzer's own
// limits are the judges, and what is checked here: an error names the file, a network that was read is valid,
// its constants can be read, and what a session accepts of it runs, layer by layer and by rows.
namespace fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

/// A bound on the elementary steps of one run: every output element reads at most its window of its operands.
inline double work_of(linnet::graph_view const& g) {
  double sum = 0;
  for (linnet::node const& n : g.nodes) {
    double taps = 1;
    if (n.inputs.count > 1 && g.input(n, 1).role == linnet::tensor_role::constant) {
      taps = static_cast<double>(g.input(n, 1).shape.elements());
    }
    taps *= static_cast<double>(n.window.kernel.height) * n.window.kernel.width;
    sum += static_cast<double>(g.output(n).shape.elements() + g.input(n).shape.elements()) * taps;
  }
  return sum;
}

/// Rows that a planner has to go over.
inline double rows_of(linnet::graph_view const& g) {
  double sum = 0;
  for (linnet::tensor_info const& t : g.tensors) {
    linnet::image_shape const image = linnet::as_image(t.shape);
    sum += static_cast<double>(image.batch) * image.height;
  }
  return sum;
}

/// Makes the network ready and, where that takes no longer than a blink, runs it.
inline void run(linnet::network const& network, std::string_view begin, linnet::plan_options const& plan) {
  if (linnet::needs_rows(plan) && rows_of(network.graph.view()) > 2000) return;
  auto session = linnet::session::create(network, {.rounding = {}, .memory_limit = 64 << 20, .plan = plan});
  if (!session) return require(session.error().message.starts_with(begin));
  require(session->arena_bytes() >= session->arena_lower_bound());
  if (work_of(session->graph()) > 1e6) return;
  for (std::size_t i = 0; i < session->input_count(); ++i) {
    for (std::byte& b : session->input(i).bytes) b = std::byte{0x7F};
  }
  session->run();
}

/// What a program does with what `read` returned; messages begin with `begin`.
inline void use(linnet::result<linnet::network> const& read, std::string_view begin) {
  if (!read) return require(read.error().message.starts_with(begin));
  linnet::network const& network = *read;
  auto const graph = network.graph.view();
  auto const made = std::make_unique<bool[]>(graph.tensors.size());
  require(linnet::validate(graph, {made.get(), graph.tensors.size()}).has_value());
  require(network.constants.size() == graph.tensors.size());
  unsigned volatile sum = 0;
  for (auto const& constant : network.constants) {
    for (std::byte b : constant) sum = sum + std::to_integer<unsigned>(b);
  }
  run(network, begin, {});
  run(network, begin, {.policy = linnet::memory_policy::least_memory});
}

}  // namespace fuzz
