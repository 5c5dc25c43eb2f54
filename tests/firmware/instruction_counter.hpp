// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <numeric>

#ifndef LINNET_CLOCK_MHZ
#define LINNET_CLOCK_MHZ 25  // mps2-an385, -an386, -an500; -an505 has 20, mps3-an547 32
#endif

/// Instructions that the emulator runs: with -icount shift=0 its clock advances one nanosecond each, and
/// SysTick, which every M-profile core has, divides that clock. Good for one tick; the counter ends after
/// 2^24 of them.
class instruction_counter {
 public:
  /// Instructions of so many ticks, at most 2^24 of them.
  [[nodiscard]] static constexpr std::uint32_t instructions_of(std::uint32_t ticks) {
    constexpr std::uint32_t shared = std::gcd(1000u, LINNET_CLOCK_MHZ + 0u);
    return ticks * (1000 / shared) / (LINNET_CLOCK_MHZ / shared);
  }
  static constexpr std::uint32_t too_many = 0xFFFFFFFF;

  /// What `work()` takes; `too_many` where the counter ended before.
  template <class Work>
  [[nodiscard]] static std::uint32_t count(Work&& work) {
    start();
    std::uint32_t const before = ticks();
    work();
    std::uint32_t const after = ticks();
    return has_ended() ? too_many : instructions_of(after - before);
  }

  /// From here on ticks are counted, from about 0.
  static void start() {
    reload() = last_tick;
    control() = 0;
    value() = 0;  // any value clears it, and the mark that it ended
    control() = core_clock | enabled;
    while (value() == 0) {
    }
  }
  /// Since `start()`.
  [[nodiscard]] static std::uint32_t ticks() { return last_tick - value(); }
  /// Whether the counter ended since `start()`. Reading it clears the mark.
  [[nodiscard]] static bool has_ended() { return (control() & ended) != 0; }

  /// A loop of known length: 2,000,000 times two instructions.
  [[nodiscard]] static bool is_exact() {
    constexpr std::uint32_t length = 4'000'000, leeway = instructions_of(2);
    std::uint32_t const counted = count([] {
      std::uint32_t rounds = length / 2;
      asm volatile("1: subs %0, %0, #1\n\tbne 1b" : "+r"(rounds)::"cc");
    });
    return counted + leeway >= length && counted <= length + leeway;
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
