// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

/// Instructions that the emulator runs: with -icount shift=0 its clock advances one nanosecond each, and
/// SysTick, which every M-profile core has, divides that clock. Good for one tick; the counter ends after
/// 2^24 of them.
class instruction_counter {
 public:
  /// Of the boards' 25 MHz.
  static constexpr std::uint32_t instructions_per_tick = 40;
  static constexpr std::uint32_t too_many = 0xFFFFFFFF;

  /// What `work()` takes; `too_many` where the counter ended before.
  template <class Work>
  [[nodiscard]] static std::uint32_t count(Work&& work) {
    reload() = last_tick;
    control() = 0;
    value() = 0;  // any value clears it, and the mark that it ended
    control() = core_clock | enabled;
    while (value() == 0) {
    }
    std::uint32_t const before = value();
    work();
    std::uint32_t const after = value();
    return (control() & ended) != 0 ? too_many : (before - after) * instructions_per_tick;
  }

  /// A loop of known length: 2,000,000 times two instructions.
  [[nodiscard]] static bool is_exact() {
    std::uint32_t const counted = count([] {
      std::uint32_t rounds = 2'000'000;
      asm volatile("1: subs %0, %0, #1\n\tbne 1b" : "+r"(rounds)::"cc");
    });
    return counted + 2 * instructions_per_tick >= 4'000'000 &&
           counted <= 4'000'000 + 2 * instructions_per_tick;
  }

 private:
  static constexpr std::uint32_t enabled = 1, core_clock = 4, ended = 1u << 16, last_tick = 0xFFFFFF;
  static std::uint32_t volatile& at(std::uint32_t address) {
    return *reinterpret_cast<std::uint32_t volatile*>(address);
  }
  static std::uint32_t volatile& control() { return at(0xE000E010); }
  static std::uint32_t volatile& reload() { return at(0xE000E014); }
  static std::uint32_t volatile& value() { return at(0xE000E018); }
};
