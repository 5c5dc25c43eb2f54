// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

/// Rows on their way from an interrupt handler to the program that it interrupts; neither ever locks.
template <std::size_t RowBytes, std::size_t Rows>
class row_queue {
 public:
  using row = std::array<std::int8_t, RowBytes>;

  /// Forgets all rows. Only while no interrupt can come.
  void clear() {
    written_.store(0, std::memory_order_relaxed);
    read_.store(0, std::memory_order_relaxed);
    has_lost_ = false;
  }

  /// For the interrupt handler: where to write the next row; `advance` when it is there. Where the program is
  /// too slow, the row takes the place of one that is not read yet: the picture is spoilt, but nobody waits
  /// for ever.
  [[nodiscard]] row& next() {
    if (written_.load(std::memory_order_relaxed) - read_.load(std::memory_order_acquire) >= Rows)
      has_lost_ = true;
    return rows_[written_.load(std::memory_order_relaxed) & (Rows - 1)];
  }
  void advance() { written_.store(written_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

  /// For the program: whether a row has arrived, and the next one.
  [[nodiscard]] bool is_empty() const {
    return written_.load(std::memory_order_acquire) == read_.load(std::memory_order_relaxed);
  }
  void take(std::span<std::int8_t> out) {
    std::uint32_t const number = read_.load(std::memory_order_relaxed);
    row const& from = rows_[number & (Rows - 1)];
    for (std::size_t i = 0; i < RowBytes; ++i) out[i] = from[i];
    read_.store(number + 1, std::memory_order_release);
  }
  [[nodiscard]] bool has_lost_rows() const { return has_lost_; }

 private:
  static_assert(Rows > 0 && (Rows & (Rows - 1)) == 0, "a power of two: the counters wrap");

  std::array<row, Rows> rows_{};
  std::atomic<std::uint32_t> written_{0}, read_{0};
  bool volatile has_lost_ = false;
};
