// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

/// What a program on a board can do: speak to the debugger that holds it (semihosting), and end.
namespace board {

void print(char const* text);
void print(std::uint32_t number);  // in hexadecimal
void print_decimal(std::uint32_t number);
[[noreturn]] void exit(int status);

}  // namespace board
