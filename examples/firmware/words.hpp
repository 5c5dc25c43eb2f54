// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>

/// What MLPerf Tiny's keyword spotter tells apart, in the order of its outputs.
namespace words {

inline constexpr std::array<char const*, 12> names{"Down",  "Go",   "Left", "No",  "Off",     "On",
                                                   "Right", "Stop", "Up",   "Yes", "Silence", "Unknown"};

/// The last two are no word that anybody waits for.
[[nodiscard]] constexpr bool is_command(std::size_t word) { return word < names.size() - 2; }

}  // namespace words
