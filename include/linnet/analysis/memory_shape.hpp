// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <linnet/analysis/memory_map.hpp>
#include <linnet/analysis/svg_canvas.hpp>
#include <linnet/analysis/svg_frame.hpp>

namespace linnet::inline LINNET_ISA::detail {

/// The smallest rectangle around a block.
[[nodiscard]] inline svg_box box_of(memory_block const& b, svg_frame const& frame) {
  hundredths const x = frame.x(b.first), y = frame.y(b.offset + b.bytes);
  return {x, y, {frame.x(b.last + 1).count - x.count}, {frame.y(b.offset).count - y.count}};
}

/// Slots side by side that live together at some time: up along their births, down along their deaths.
[[nodiscard]] inline std::string outline_of_run(std::span<memory_slot const> run, svg_frame const& frame) {
  std::string words = "M" + frame.x(run.front().first).text() + " " + frame.y(run.front().offset).text();
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (i > 0 && run[i].first != run[i - 1].first) words += "H" + frame.x(run[i].first).text();
    bool const turns = i + 1 == run.size() || run[i + 1].first != run[i].first;
    if (turns) words += "V" + frame.y(run[i].offset + run[i].bytes).text();
  }
  for (std::size_t i = run.size(); i-- > 0;) {
    if (i + 1 == run.size() || run[i].last != run[i + 1].last) words += "H" + frame.x(run[i].last + 1).text();
    if (i == 0 || run[i - 1].last != run[i].last) words += "V" + frame.y(run[i].offset).text();
  }
  return words + "Z";
}

/// The outline of a block whose rows come and go, as SVG's path.
[[nodiscard]] inline std::string outline_of(memory_block const& b, svg_frame const& frame) {
  std::span<memory_slot const> const slots = b.slots;
  std::string words;
  for (std::size_t first = 0, i = 1; i <= slots.size(); ++i) {
    bool const goes_on = i < slots.size() && slots[i].offset == slots[i - 1].offset + slots[i - 1].bytes &&
                         slots[i].first <= slots[i - 1].last && slots[i - 1].first <= slots[i].last;
    if (goes_on) continue;
    words += outline_of_run(slots.subspan(first, i - first), frame);
    first = i;
  }
  return words;
}

/// Where a block's name goes: around the middle of all its bytes and steps, as wide as the block is there. Of
/// a block that grows or dies row by row the middle of the smallest rectangle may be outside.
[[nodiscard]] inline svg_box label_box_of(memory_block const& b, svg_frame const& frame) {
  svg_box box = box_of(b, frame);
  if (b.slots.empty()) return box;
  std::int64_t area = 0, moment = 0;
  for (std::size_t i = 0; i < b.slots.size(); ++i) {
    std::int64_t const steps = b.slots[i].last - b.slots[i].first + 1;
    area += steps;
    moment += steps * static_cast<std::int64_t>(i);
  }
  memory_slot const& middle = b.slots[static_cast<std::size_t>((moment + area / 2) / area)];
  std::int64_t const y = frame.y(middle.offset + middle.bytes / 2).count;
  std::int64_t const reach = min(y - box.y.count, box.y.count + box.height.count - y);
  hundredths const x = frame.x(middle.first);
  return {x, {y - reach}, {frame.x(middle.last + 1).count - x.count}, {2 * reach}};
}

/// A name inside a block, along or upright; no characters where there is no room for some.
struct block_label {
  static constexpr std::int64_t character = 640, line = 1250, margin = 800;  // hundredths of a pixel

  std::size_t characters = 0;
  bool upright = false, second_line = false;

  [[nodiscard]] static block_label in(svg_box const& box) {
    std::int64_t const width = box.width.count, height = box.height.count;
    std::int64_t const along = height >= line ? (width - margin) / character : 0;
    std::int64_t const upright = width >= line - 150 ? (height - margin) / character : 0;
    if (max(along, upright) < 3) return {};
    bool const stands = along < min<std::int64_t>(upright, 14);
    return {static_cast<std::size_t>(stands ? upright : along), stands,
            !stands && height >= 2 * line && along >= 9};
  }
};

}  // namespace linnet::inline LINNET_ISA::detail
