// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/session/describe.hpp>
#include <linnet/session/error.hpp>
#include <linnet/session/network.hpp>

namespace linnet::inline LINNET_ISA {

/// What calibration saw of one tensor: the least and the largest real value. Constants and tensors that no
/// node makes stay unseen.
struct tensor_range {
  std::string name;               ///< as the network has it
  linnet::shape shape;            ///< outermost first
  bool seen = false;              ///< there is a range
  float low = 0.0f, high = 0.0f;  ///< finite, low <= high
};

/// What calibration saw of a network's tensors: one entry a tensor of its graph.
struct activation_ranges {
  std::string network;                ///< whose they are, for messages
  std::int64_t runs = 0;              ///< inputs that were seen
  std::vector<tensor_range> tensors;  ///< in the graph's order
};

/// Ranges of a network before any input was seen.
[[nodiscard]] inline activation_ranges no_ranges(network const& net) {
  activation_ranges empty{.network = net.name, .runs = 0, .tensors = {}};
  graph_view const g = net.graph.view();
  for (tensor_info const& t : g.tensors) {
    empty.tensors.push_back({.name = std::string(g.name(t)), .shape = t.shape});
  }
  return empty;
}

/// Checks that ranges were seen of this very graph: as many tensors, the same names and shapes. (Weights may
/// differ: a network that was trained further keeps its ranges if its user says so.)
[[nodiscard]] inline result<void> require_ranges_of(network const& net, activation_ranges const& ranges) {
  graph_view const g = net.graph.view();
  if (ranges.runs <= 0) {
    return fail(errc::wrong_argument, net.name + ": calibration has seen no input");
  }
  std::string const whose = ": the ranges are those of another network, " + in_quotes(ranges.network) + ": ";
  if (ranges.tensors.size() != g.tensors.size()) {
    return fail(errc::wrong_argument, net.name + whose + "of " + std::to_string(ranges.tensors.size()) +
                                          " tensors, not " + std::to_string(g.tensors.size()));
  }
  for (std::size_t i = 0; i < g.tensors.size(); ++i) {
    tensor_range const& seen = ranges.tensors[i];
    if (seen.shape == g.tensors[i].shape && seen.name == std::string(g.name(g.tensors[i]))) continue;
    return fail(errc::wrong_argument, net.name + whose + "tensor " +
                                          detail::tensor_in_words(g, static_cast<tensor_id>(i)) + " (" +
                                          describe(g.tensors[i].shape) + ") was " + in_quotes(seen.name) +
                                          " (" + describe(seen.shape) + ")");
  }
  return {};
}

}  // namespace linnet::inline LINNET_ISA
