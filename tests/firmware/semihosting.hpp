// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

/// What a program on a board asks of the debugger that holds it (Arm: "Semihosting for AArch32 and AArch64").
namespace semihosting {

enum class operation : std::uint32_t {
  open = 0x01,
  close = 0x02,
  write0 = 0x04,
  write = 0x05,
  read = 0x06,
  exit_extended = 0x20
};

/// The operation in r0, its argument in r1, the answer in r0.
inline std::uint32_t call(operation what, void const* argument) {
  register auto r0 asm("r0") = static_cast<std::uint32_t>(what);
  register void const* r1 asm("r1") = argument;
  asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

}  // namespace semihosting
