// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <linnet/runtime/model.hpp>

#include "board.hpp"
#include "random_bytes.hpp"
#include "support/sha256.hpp"

/// Holds what a network makes on a board against what it made on the host, layer by layer.
namespace expected {

/// One digest an operator, fed with its rows as they are made.
template <std::size_t Nodes>
class digests {
 public:
  void operator()(linnet::observed_rows const& made) {
    for (std::int32_t y = 0; y < made.count; ++y) {
      for (std::int32_t x = 0; x < made.image.width; ++x) {
        for (std::int64_t i = 0; i < made.pixel_bytes(); ++i) sums_[made.node].add(made.pixel(y, x)[i]);
      }
    }
  }

  /// How many operators made something else. Call it once.
  [[nodiscard]] int differences(std::span<std::uint64_t const, Nodes> host) {
    int found = 0;
    for (std::size_t node = 0; node < Nodes; ++node) {
      if (sums_[node].first_bits() == host[node]) continue;
      board::print("differs at operator ");
      board::print(static_cast<std::uint32_t>(node));
      board::print("\n");
      ++found;
    }
    return found;
  }

 private:
  std::array<support::sha256, Nodes> sums_{};
};

}  // namespace expected
