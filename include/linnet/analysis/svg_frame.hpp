// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>
#include <vector>

#include <linnet/analysis/svg_canvas.hpp>
#include <linnet/base/math.hpp>

namespace linnet::inline LINNET_ISA::detail {

/// Where steps and addresses are in a picture of the arena; pixels, y downwards.
struct svg_frame {
  std::int32_t columns;     // steps, the start and the end among them
  std::int64_t most_bytes;  // the highest address
  std::int32_t column = clamp(1000 / columns, 8, 110);
  std::int32_t widest = 0;  // the plot is at most as wide, and columns are squeezed into it; 0: it grows
  std::int32_t left = 92, top = 78, height = 420, gap = 16, alive_height = 56, axis_height = 130;

  [[nodiscard]] std::int32_t plot_width() const {
    return widest > 0 ? min(widest, column * columns) : column * columns;
  }
  [[nodiscard]] std::int32_t right() const { return left + plot_width(); }
  [[nodiscard]] std::int32_t width() const { return max(right() + 158, 640); }
  [[nodiscard]] std::int32_t bottom() const { return top + height; }
  [[nodiscard]] std::int32_t alive_bottom() const { return bottom() + gap + alive_height; }
  [[nodiscard]] std::int32_t total_height() const { return alive_bottom() + axis_height + 34; }
  /// Whether columns are wide enough for a line of text that stands upright.
  [[nodiscard]] bool names_steps() const { return plot_width() >= 12 * columns; }

  /// The left edge of a step.
  [[nodiscard]] hundredths x(std::int32_t step) const {
    return {left * 100 + std::int64_t{step + 1} * plot_width() * 100 / columns};
  }
  [[nodiscard]] hundredths middle_of(std::int32_t step) const {
    return {(x(step).count + x(step + 1).count) / 2};
  }
  /// The height of an address in the plot.
  [[nodiscard]] hundredths y(std::int64_t address) const {
    return {bottom() * 100 - address * (height * 100) / max<std::int64_t>(1, most_bytes)};
  }
  /// The same of a number of bytes in the strip below the plot.
  [[nodiscard]] hundredths alive_y(std::int64_t bytes) const {
    return {alive_bottom() * 100 - bytes * (alive_height * 100) / max<std::int64_t>(1, most_bytes)};
  }
};

/// 0, and multiples of 1, 2 or 5 times a power of ten up to `most`, at most eight of them.
[[nodiscard]] inline std::vector<std::int64_t> axis_ticks(std::int64_t most) {
  std::int64_t distance = 1;
  for (int i = 0; most / distance > 7; ++i) distance = i % 3 == 1 ? distance / 2 * 5 : distance * 2;
  std::vector<std::int64_t> ticks;
  for (std::int64_t tick = 0; tick <= most; tick += distance) ticks.push_back(tick);
  return ticks;
}

}  // namespace linnet::inline LINNET_ISA::detail
