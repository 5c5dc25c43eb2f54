// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <linnet/base/bytes.hpp>
#include <linnet/session/error.hpp>
#include <linnet/tensor/element_type.hpp>

namespace linnet::inline LINNET_ISA::io::conformance {

/// What came of a case: what it expects, something else, or a sentence that says what linnet lacks.
enum class verdict : std::uint8_t { passed, failed, not_supported };

/// One case that other people wrote, and what came of it.
struct judged_case {
  std::string suite, op, type, name;  ///< of the folders that hold it; `type`: of what it computes with
  conformance::verdict verdict = verdict::failed;  ///< failed until something else is found
  std::string reason;                              ///< where it has not passed
};

/// How far floats may be off what is expected: by so much, and by so much of themselves. Sums of float32 in
/// another order differ in their last bits.
struct float_tolerance {
  double absolute = 1e-4, relative = 1e-4;  ///< in units, and as a part of what is expected
};

/// Of cases whose expectations were calculated in float16, where every step rounds to 11 bits: 3e-2 of what
/// is expected, as their collection states it, and 1e-2 where a long sum cancels.
inline constexpr float_tolerance float16_tolerance{1e-2, 3e-2};

namespace detail {

/// A refusal is not_supported only where linnet says that it lacks something.
[[nodiscard]] inline judged_case refused(judged_case made, error const& e) {
  made.verdict = e.code == errc::not_supported ? verdict::not_supported : verdict::failed;
  made.reason = e.message;
  return made;
}

[[nodiscard]] inline judged_case passed_unless(judged_case made, std::string reason) {
  made.verdict = reason.empty() ? verdict::passed : verdict::failed;
  made.reason = std::move(reason);
  return made;
}

/// What is wrong with bytes of so many elements that should be others: empty where nothing is. Integers must
/// be equal.
[[nodiscard]] inline std::string difference(std::span<std::byte const> made,
                                            std::span<std::byte const> expected, element_type type,
                                            float_tolerance const& tolerance = {}) {
  if (made.size() != expected.size())
    return "has " + std::to_string(made.size()) + " bytes, not " + std::to_string(expected.size());
  std::size_t const element = static_cast<std::size_t>(std::max(bits_per_element(type), 8)) / 8;
  auto const agrees = [&](std::size_t at) {
    if (type != f32) return std::equal(&made[at], &made[at] + element, &expected[at]);
    double const a = static_cast<double>(load<float>(&made[at])),
                 b = static_cast<double>(load<float>(&expected[at]));
    bool const near = std::abs(a - b) <= tolerance.absolute + tolerance.relative * std::abs(b);
    return a == b || (std::isfinite(b) && near) || (std::isnan(a) && std::isnan(b));
  };
  std::size_t wrong = 0, first = 0;
  for (std::size_t at = 0; at + element <= made.size(); at += element) {
    if (agrees(at)) continue;
    if (wrong++ == 0) first = at / element;
  }
  if (wrong == 0) return {};
  return std::to_string(wrong) + " of " + std::to_string(made.size() / element) +
         " elements differ, the first is number " + std::to_string(first);
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::conformance
