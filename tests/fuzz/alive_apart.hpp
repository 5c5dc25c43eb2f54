// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/session/dynamic_plan.hpp>

#include "support/row_lives.hpp"

namespace fuzz {

/// When a byte of an arena is needed, and as what.
struct needed_byte {
  std::int32_t birth, death;
  std::size_t storage;
};

/// Whether two bytes that are needed at one time have one address, in words; "" where all is well. Nothing is
/// run, so that the plan may be of any core.
[[nodiscard]] inline std::string overlap_in(linnet::graph_view const& g, linnet::dynamic_plan const& plan) {
  auto const arena = static_cast<std::size_t>(plan.arena_bytes);
  std::vector<std::vector<needed_byte>> needed(arena);
  auto const need = [&](std::int64_t at, needed_byte const& byte) {
    if (at < 0 || at >= plan.arena_bytes) return false;
    needed[static_cast<std::size_t>(at)].push_back(byte);
    return true;
  };
  bool inside = true;
  if (plan.by_layers()) {
    for (std::size_t s = 0; s < plan.lives.size(); ++s) {
      for (std::int64_t i = 0; i < plan.lives[s].bytes; ++i)
        inside &= need(plan.offsets[s] + i, {plan.lives[s].first, plan.lives[s].last, s});
    }
  } else {
    support::row_lives const lives = support::lives_of(g, plan);
    for (std::size_t s = 0; s < lives.birth.size(); ++s) {
      linnet::planner::ring const& r = plan.schedule.rings[s];
      std::int64_t const size = plan.rows.buffers[s].row_bytes;
      for (std::size_t i = 0; i < lives.birth[s].size(); ++i) {
        if (lives.birth[s][i] < 0) continue;
        auto const row = static_cast<std::int64_t>(i) / size, byte = static_cast<std::int64_t>(i) % size;
        std::int64_t const first =
            r.table >= 0 ? 8 * std::int64_t{plan.schedule.table[static_cast<std::size_t>(r.table + row)]}
                         : r.offset + row % r.rows * r.row_bytes;
        inside &= need(first + byte, {lives.birth[s][i], lives.death[s][i], s});
      }
    }
  }
  if (!inside) return "a byte lies outside the arena";
  for (std::size_t at = 0; at < arena; ++at) {
    auto& bytes = needed[at];
    std::ranges::sort(bytes, {}, &needed_byte::birth);
    for (std::size_t i = 1; i < bytes.size(); ++i) {
      if (bytes[i].birth > bytes[i - 1].death) continue;
      return "byte " + std::to_string(at) + " is needed by storages " + std::to_string(bytes[i - 1].storage) +
             " and " + std::to_string(bytes[i].storage) + " at one time";
    }
  }
  return "";
}

}  // namespace fuzz
