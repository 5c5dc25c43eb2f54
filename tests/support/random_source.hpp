// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace support {

/// The same numbers on every machine (splitmix64): a failing case is a seed, or the bytes that decided.
class random_source {
 public:
  explicit random_source(std::uint64_t seed) : state_(seed) {}
  /// Each byte makes one number, whatever stands before it, so that a fuzzer which changes one changes one
  /// decision; behind the last one come numbers as from a seed that all of them make. The bytes outlive this.
  explicit random_source(std::span<std::byte const> decisions) : state_(0), decisions_(decisions) {}

  std::uint64_t bits() {
    if (!decisions_.empty()) {
      auto const decision = std::to_integer<std::uint64_t>(decisions_.front());
      decisions_ = decisions_.subspan(1);
      state_ = mixed(state_ + decision + step);
      return mixed((decision + 1) * step);
    }
    return mixed(state_ += step);
  }
  /// Whether the next number is a decision of somebody's.
  [[nodiscard]] bool is_decided() const { return !decisions_.empty(); }
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
  static constexpr std::uint64_t step = 0x9E3779B97F4A7C15ull;
  static constexpr std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
  std::span<std::byte const> decisions_;
};

}  // namespace support
