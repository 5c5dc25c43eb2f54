// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

/// The scores of the last `Runs` runs: one run alone takes the end of a word for another word too often.
template <std::size_t Words, std::size_t Runs>
class recent_scores {
 public:
  static constexpr std::size_t nothing = Words;

  void add(std::span<std::int8_t const, Words> scores) {
    for (std::size_t word = 0; word < Words; ++word) {
      std::int32_t const probability = scores[word] + 128;  // of 256: before the first run none is likely
      sums_[word] += probability - runs_[oldest_][word];
      runs_[oldest_][word] = static_cast<std::uint8_t>(probability);
    }
    oldest_ = oldest_ + 1 == Runs ? 0 : oldest_ + 1;
  }
  /// The word whose mean score is the highest, if it is above `least`; else `nothing`.
  [[nodiscard]] std::size_t best(std::int8_t least) const {
    std::size_t best = 0;
    for (std::size_t word = 1; word < Words; ++word) best = sums_[word] > sums_[best] ? word : best;
    return sums_[best] > (least + 128) * static_cast<std::int32_t>(Runs) ? best : nothing;
  }

 private:
  std::array<std::array<std::uint8_t, Words>, Runs> runs_{};
  std::array<std::int32_t, Words> sums_{};
  std::size_t oldest_ = 0;
};
