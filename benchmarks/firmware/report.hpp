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

/// Ends the image with a sentence for the user.
[[noreturn]] inline void fail(char const* why) {
  board::print("error ");
  board::print(why);
  board::print("\n");
  board::exit(72);
}

[[noreturn]] inline void too_many_instructions() {
  fail("a run takes more instructions than the emulated counter can count: 2^24 ticks, some 600 million");
}

inline void instructions(char const* name, std::uint32_t value) {
  if (value == instruction_counter::too_many) too_many_instructions();
  figure(name, value);
}

/// Ends the image where the counter does not give what a loop of known length takes.
inline void require_exact_counter() {
  if (!instruction_counter::is_exact())
    fail("the emulated counter does not count a loop of 4,000,000 instructions right");
  figure("calibrated_on", 4'000'000);
}

}  // namespace report
