// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace support {

/// The same numbers on every machine (splitmix64): a failing case is a seed.
class random_source {
 public:
  explicit random_source(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  /// Uniform in [low, high], both ends included.
  std::int32_t integer(std::int32_t low, std::int32_t high) {
    auto const range = static_cast<std::uint64_t>(std::int64_t{high} - low) + 1;
    return static_cast<std::int32_t>(low + static_cast<std::int64_t>(bits() % range));
  }
  /// Uniform in [low, high).
  double real(double low, double high) {
    return low + (high - low) * static_cast<double>(bits() >> 11) * 0x1p-53;
  }
  bool one_in(std::int32_t n) { return integer(1, n) == 1; }
  template <class T>
  T pick(std::initializer_list<T> from) {
    return from.begin()[bits() % from.size()];
  }
  template <class T>
  T const& pick(std::vector<T> const& from) {
    return from[bits() % from.size()];
  }

 private:
  std::uint64_t state_;
};

}  // namespace support
