// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "board.hpp"

/// What an example application said and computed on this board, and whether that is what it should have been.
namespace transcript {

inline constexpr std::size_t capacity = 400;

struct record {
  char text[capacity + 1];
  std::size_t length;
  int wrong;
};
inline record so_far{};

inline void add(char const* text) {
  board::print(text);
  for (; *text != '\0' && so_far.length < capacity; ++text) so_far.text[so_far.length++] = *text;
}

inline void compare(std::int8_t const* made, std::int8_t const* wanted, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (made[i] == wanted[i]) continue;
    board::print("other scores than the reference's\n");
    ++so_far.wrong;
    return;
  }
}

/// Ends the program, well if all of `wanted` has been said and nothing else, and no score was wrong.
[[noreturn]] inline void end(char const* wanted) {
  char const* said = so_far.text;
  while (*said != '\0' && *said == *wanted) ++said, ++wanted;
  if (*said != *wanted) {
    board::print("should have said from here: ");
    board::print(wanted);
    ++so_far.wrong;
  }
  board::print(so_far.wrong == 0 ? "as the labels say\n" : "NOT as the labels say\n");
  board::exit(so_far.wrong == 0 ? 0 : 1);
}

}  // namespace transcript
