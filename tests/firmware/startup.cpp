// SPDX-License-Identifier: MIT
#include <cstdint>

#include "board.hpp"
#include "semihosting.hpp"

// Vectors, memory set-up and semihosting for an Arm M-profile core; nothing in it belongs to one vendor's
// chip.

extern "C" {
extern std::uint32_t linnet_data_begin[], linnet_data_end[], linnet_data_source[];
extern std::uint32_t linnet_bss_begin[], linnet_bss_end[], linnet_stack_top[];
extern void (*linnet_constructors_begin[])();
extern void (*linnet_constructors_end[])();
[[noreturn]] void reset();
[[noreturn]] void fault();
[[gnu::weak]] void system_tick();  // of images that want the timer's interrupt
}

int main();

namespace {

using handler = void (*)();
struct vector_table {
  std::uint32_t* stack;
  handler handlers[15];
};

[[gnu::section(".vectors"), gnu::used]] vector_table const vectors = {
    linnet_stack_top,
    {reset, fault, fault, fault, fault, fault, fault, nullptr, nullptr, nullptr, fault, fault, nullptr, fault,
     system_tick}};

void allow_coprocessors() {
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  auto* const coprocessor_access = reinterpret_cast<std::uint32_t volatile*>(0xE000ED88u);
  *coprocessor_access = *coprocessor_access | (0xFu << 20);  // CP10 and CP11: FPU and Helium
  asm volatile("dsb\n\tisb" ::: "memory");
#endif
}

}  // namespace

void board::print(char const* text) { semihosting::call(semihosting::operation::write0, text); }

void board::print(std::uint32_t number) {
  char digits[] = "0x00000000";
  for (int i = 9; i >= 2; --i, number >>= 4) digits[i] = "0123456789abcdef"[number & 15u];
  print(digits);
}

void board::print_decimal(std::uint32_t number) {
  char digits[11]{};
  char* first = digits + 10;
  do {
    *--first = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  print(first);
}

void board::exit(int status) {
  constexpr std::uint32_t application_exit = 0x20026;
  std::uint32_t const reason[2] = {application_exit, static_cast<std::uint32_t>(status)};
  semihosting::call(semihosting::operation::exit_extended, reason);
  while (true) asm volatile("");
}

void reset() {
  allow_coprocessors();
  std::uint32_t const* source = linnet_data_source;
  for (std::uint32_t* word = linnet_data_begin; word != linnet_data_end; ++word) *word = *source++;
  for (std::uint32_t* word = linnet_bss_begin; word != linnet_bss_end; ++word) *word = 0;
  for (handler* constructor = linnet_constructors_begin; constructor != linnet_constructors_end;
       ++constructor) {
    (*constructor)();
  }
  board::exit(main());
}

void fault() {
  board::print("the processor took a fault\n");
  board::exit(70);
}

void system_tick() { fault(); }
