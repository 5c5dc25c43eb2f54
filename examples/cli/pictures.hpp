// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <linnet/session/plan_for.hpp>

#include "cli.hpp"

namespace cli {

/// What `info` shows: a network and its plan for an architecture.
struct planned_network {
  linnet::network network;
  std::string arch;
  linnet::dynamic_plan plan;

  [[nodiscard]] linnet::graph_view graph() const { return network.graph.view(); }
};

/// Draws what `info` was asked to draw. Errors: files that cannot be written, plans that cannot be made.
linnet::result<void> draw_pictures(planned_network const& net, info_options const& options);

}  // namespace cli
