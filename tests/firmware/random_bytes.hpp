// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

/// The inputs of networks on boards, and of the host that they are compared with: the high bytes of a
/// xorshift generator, as the collection of models' outputs states it.
class random_bytes {
 public:
  constexpr explicit random_bytes(std::uint32_t seed) : state_(seed) {}
  constexpr std::int8_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return static_cast<std::int8_t>(state_ >> 24);
  }

 private:
  std::uint32_t state_;
};
