// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <linnet/session/network.hpp>

#include "graph_maker.hpp"

namespace support {

/// The made graph as sessions take it, with its constants' bytes.
inline linnet::network network_of(graph_maker made, std::string name = "made.tflite") {
  linnet::network net;
  net.name = std::move(name);
  net.graph = {std::move(made.nodes),  std::move(made.tensors),    std::move(made.edges),
               std::move(made.scales), std::move(made.characters), made.input_edges,
               made.output_edges};
  auto const bytes = std::make_shared<std::vector<std::vector<std::byte>> const>(std::move(made.constants));
  for (auto const& constant : *bytes) net.constants.emplace_back(constant);
  net.storage = bytes;
  return net;
}

}  // namespace support
