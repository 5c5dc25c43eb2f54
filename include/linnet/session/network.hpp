// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <linnet/session/dynamic_graph.hpp>

namespace linnet::inline LINNET_ISA {

/// A graph together with the bytes of its constants, as an importer or a builder makes it. Copies share the
/// bytes.
struct network {
  std::string name;                                   ///< of the file or the builder, for messages
  dynamic_graph graph;                                ///< whose constants the network has, too
  std::vector<std::span<std::byte const>> constants;  ///< one a tensor; empty for activations. Any alignment
  std::shared_ptr<void const> storage;                ///< keeps what `constants` look at alive
};

}  // namespace linnet::inline LINNET_ISA
