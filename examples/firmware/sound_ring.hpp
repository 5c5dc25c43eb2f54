// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

/// The last `Frames` frames of `Features` numbers each.
template <std::size_t Frames, std::size_t Features>
class sound_ring {
 public:
  /// Where the next frame goes, in place of the oldest; `advance` when it is there.
  [[nodiscard]] std::span<std::int8_t, Features> next() { return frames_[oldest_]; }
  void advance() {
    oldest_ = oldest_ + 1 == Frames ? 0 : oldest_ + 1;
    if (count_ < Frames) ++count_;
  }
  [[nodiscard]] bool is_full() const { return count_ == Frames; }

  /// Writes the frames, the oldest first.  // (frame, feature)
  void copy_to(std::span<std::int8_t, Frames * Features> out) const {
    std::size_t to = 0;
    for (std::size_t i = 0, frame = oldest_; i < Frames; ++i) {
      for (std::int8_t feature : frames_[frame]) out[to++] = feature;
      frame = frame + 1 == Frames ? 0 : frame + 1;
    }
  }

 private:
  std::array<std::array<std::int8_t, Features>, Frames> frames_{};
  std::size_t oldest_ = 0, count_ = 0;
};
