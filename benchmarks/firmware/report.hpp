// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "board.hpp"
#include "instruction_counter.hpp"

/// What an image tells the host.
namespace report {

inline void figure(char const* name, std::uint32_t value) {
  board::print(name);
  board::print(" ");
  board::print_decimal(value);
  board::print("\n");
}

[[noreturn]] inline void too_many_instructions() {
  board::print("error more than 2^24 ticks of the counter: it ended before the network\n");
  board::exit(72);
}

inline void instructions(char const* name, std::uint32_t value) {
  if (value == instruction_counter::too_many) too_many_instructions();
  figure(name, value);
}

/// Ends the image where the counter does not give what a loop of known length takes.
inline void require_exact_counter() {
  if (!instruction_counter::is_exact()) {
    board::print("error the counter does not count a loop of 4,000,000 instructions exactly\n");
    board::exit(73);
  }
  figure("calibrated_on", 4'000'000);
}

}  // namespace report
