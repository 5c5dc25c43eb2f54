// SPDX-License-Identifier: MIT
// Runs the subject on the host's input.bin and says what that took, a line for each figure: its name, its
// value.
#include <cstddef>
#include <cstdint>

#include "board.hpp"
#include "host_files.hpp"
#include "instruction_counter.hpp"
#include "report.hpp"
#include "subject.hpp"

extern "C" {
extern std::uint32_t linnet_bss_end[];
extern void (*linnet_constructors_begin[])();
extern void (*linnet_constructors_end[])();
}

namespace {

host_file input, output;

/// Bytes of stack that `work` takes below this function's frame: how much of a pattern is gone afterwards.
[[gnu::noinline]] std::uint32_t stack_of(void (*work)()) {
  constexpr std::uint32_t pattern = 0xA5C3F00D;
  std::uint32_t volatile* top;
  asm volatile("mov %0, sp" : "=r"(top));
  for (std::uint32_t volatile* word = linnet_bss_end; word != top; ++word) *word = pattern;
  work();
  std::uint32_t volatile* deepest = linnet_bss_end;
  while (deepest != top && *deepest == pattern) ++deepest;
  return static_cast<std::uint32_t>(top - deepest) * static_cast<std::uint32_t>(sizeof *top);
}

void open_input() {
  input = host_file("input.bin", host_file::mode::read);
  subject::read_inputs();
}

}  // namespace

[[gnu::section(".harness")]] void harness::read(void* to, std::size_t bytes) { input.read(to, bytes); }
[[gnu::section(".harness")]] void harness::write(void const* from, std::size_t bytes) {
  output.write(from, bytes);
}

int main() {
  report::require_exact_counter();
  open_input();
  report::figure("stack_bytes", stack_of(subject::run));
  input.close();
  open_input();  // a run may have overwritten it
  report::instructions("instructions", instruction_counter::count(subject::run));
  output = host_file("output.bin", host_file::mode::write);
  subject::write_outputs();
  output.close();
  report::figure("constructors",
                 static_cast<std::uint32_t>(linnet_constructors_end - linnet_constructors_begin));
  return 0;
}
