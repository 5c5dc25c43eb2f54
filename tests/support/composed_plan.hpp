// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <linnet/session/composed.hpp>
#include <linnet/session/plan_for.hpp>

namespace support {

/// A network from its paper and a plan of it for scalar kernels.
struct composed_plan {
  linnet::network network;
  linnet::dynamic_plan plan;

  explicit composed_plan(std::string const& name, linnet::plan_options const& options = {}) {
    auto made = linnet::composed_network(name);
    EXPECT_TRUE(made.has_value()) << name;
    if (!made) return;
    network = *std::move(made);
    auto planned = linnet::plan_for(network, "scalar", options);
    EXPECT_TRUE(planned.has_value()) << planned.error().message;
    if (planned) plan = *std::move(planned);
  }

  [[nodiscard]] linnet::graph_view graph() const { return network.graph.view(); }
};

}  // namespace support
