// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>

#include <linnet/config/arch.hpp>

/// Division for code that runs on a device: Cortex-M0+ has no instruction for it and would call a routine.
namespace linnet::inline LINNET_ISA {

namespace detail {

/// One step for each bit of the quotient.
[[nodiscard, gnu::noinline]] constexpr std::uint32_t long_quotient(std::uint32_t rest, std::uint32_t by) {
  std::uint32_t made = 0;
  for (int bit = std::countl_zero(by) - std::countl_zero(rest); bit >= 0; --bit) {
    made <<= 1;
    if (rest < by << bit) continue;
    rest -= by << bit;
    made |= 1;
  }
  return made;
}

}  // namespace detail

/// floor(value / divisor), exact, for value >= 0 and divisor > 0.
[[nodiscard]] constexpr std::int32_t quotient(std::int32_t value, std::int32_t divisor) {
  return static_cast<std::int32_t>(
      detail::long_quotient(static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(divisor)));
}

/// What the same division leaves.
[[nodiscard]] constexpr std::int32_t modulo(std::int32_t value, std::int32_t divisor) {
  return value - quotient(value, divisor) * divisor;
}

/// Divides many values by one number, from 1 up, whose reciprocal it prepares: floor((2^32 - 1) / divisor),
/// with which a product is at most one too small for every value from 0 to 2^31 - 1.
class divider {
 public:
  /// Prepares divisions by that divisor, which is above 0.
  constexpr explicit divider(std::int32_t divisor)
      : divisor_(divisor),
        reciprocal_(detail::long_quotient(0xFFFFFFFF, static_cast<std::uint32_t>(divisor))) {}

  /// What it divides by.
  [[nodiscard]] constexpr std::int32_t divisor() const { return divisor_; }
  [[nodiscard]] constexpr std::int32_t quotient(std::int32_t value) const {
    auto const of = static_cast<std::uint32_t>(value), by = static_cast<std::uint32_t>(divisor_);
    auto const estimate = static_cast<std::uint32_t>(std::uint64_t{of} * reciprocal_ >> 32);
    return static_cast<std::int32_t>(estimate + (of - estimate * by >= by ? 1u : 0u));
  }

 private:
  std::int32_t divisor_;
  std::uint32_t reciprocal_;
};

}  // namespace linnet::inline LINNET_ISA
