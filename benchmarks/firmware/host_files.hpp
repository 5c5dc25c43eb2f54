// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "report.hpp"
#include "semihosting.hpp"

/// A file of the host's, in the folder that the emulator runs in. What fails ends the image.
class host_file {
 public:
  enum class mode : std::uint32_t { read = 1, write = 5 };  // fopen's "rb" and "wb"

  host_file() = default;
  template <std::size_t Size>
  host_file(char const (&name)[Size], mode how) {
    struct {
      char const* name;
      mode how;
      std::uint32_t length;
    } const argument{name, how, Size - 1};
    handle_ = semihosting::call(semihosting::operation::open, &argument);
    if (handle_ == none) report::fail("a file of the host's cannot be opened");
  }

  void read(void* to, std::size_t bytes) const { move(semihosting::operation::read, to, bytes); }
  void write(void const* from, std::size_t bytes) const { move(semihosting::operation::write, from, bytes); }
  void close() const {
    std::uint32_t const argument[] = {handle_};
    (void)semihosting::call(semihosting::operation::close, argument);
  }

 private:
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  void move(semihosting::operation what, void const* block, std::size_t bytes) const {
    struct {
      std::uint32_t handle;
      void const* block;
      std::size_t bytes;
    } const argument{handle_, block, bytes};
    if (semihosting::call(what, &argument) != 0)
      report::fail("a file of the host's is too short or cannot be written");
  }

  std::uint32_t handle_ = none;
};
