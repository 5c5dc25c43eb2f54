// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <linnet/analysis/memory_map.hpp>
#include <linnet/analysis/memory_panel.hpp>
#include <linnet/analysis/svg_canvas.hpp>
#include <linnet/analysis/svg_frame.hpp>
#include <linnet/analysis/svg_style.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// Widths of plots whose steps are too many for a column each, in pixels.
inline constexpr std::int32_t widest_plot = 1200, widest_of_two = 500;

[[nodiscard]] inline std::int64_t highest_address(memory_map const& map) {
  return max(map.arena_bytes, map.arena_lower_bound);
}

/// As much of a heading as a picture of that width has room for.
[[nodiscard]] inline std::string heading_of(std::string_view title, std::int32_t width) {
  return printable(title, static_cast<std::size_t>((width - 40) / 9));
}

class memory_svg_writer : svg_canvas {
 public:
  [[nodiscard]] std::string write_one(memory_map const& map, std::string_view title) {
    svg_frame const frame{.columns = map.steps() + 2,
                          .most_bytes = highest_address(map),
                          .widest = map.by_rows ? widest_plot : 0};
    std::string const heading = heading_of(title, frame.width());
    begin_picture(frame.width(), frame.total_height(), heading + ": the arena over time", map.by_rows);
    memory_panel(*this, map, frame).draw(heading);
    write_legend(frame, map.by_rows);
    return end();
  }

  [[nodiscard]] std::string write_two(memory_map const& before, memory_map const& after,
                                      std::string_view title, std::string_view before_title,
                                      std::string_view after_title) {
    svg_frame const left{.columns = before.steps() + 2,
                         .most_bytes = max(highest_address(before), highest_address(after)),
                         .widest = widest_of_two,
                         .top = 106};
    svg_frame right = left;
    right.columns = after.steps() + 2;
    right.column = svg_frame{.columns = right.columns, .most_bytes = 0}.column;
    right.left += left.right() + 150;
    bool const by_rows = before.by_rows || after.by_rows;
    std::string const heading = heading_of(title, right.width());
    begin_picture(right.width(), left.total_height(), heading + ": the arena over time, before and after",
                  by_rows);
    text("heading", 20, 28, heading);
    memory_panel(*this, before, left).draw(heading_of(before_title, left.plot_width()));
    memory_panel(*this, after, right).draw(heading_of(after_title, right.plot_width()));
    write_legend(left, by_rows);
    return end();
  }

 private:
  void begin_picture(std::int32_t width, std::int32_t height, std::string_view words, bool by_rows) {
    begin(width, height, by_rows ? std::string(svg_style) + svg_row_style : std::string(svg_style));
    rect("ground", 0, 0, width, height);
    title(words);
  }

  void write_legend(svg_frame const& frame, bool by_rows) {
    std::int32_t x = frame.left, y = frame.total_height() - 26;
    auto const entry = [&](std::string const& kind, std::string_view words) {
      begin_group(kind);
      rect("bytes", x, y, 16, 12);
      end_group();
      text("", x + 22, y + 10, words);
      x += 90;
    };
    for (memory_use use : {memory_use::input, memory_use::output, memory_use::inner, memory_use::scratch})
      entry(svg_class(use), svg_class(use));
    if (by_rows) entry("ring", "ring: rows in turn");
    if (by_rows) x += 48;
    rect("peak", x, y, 16, 12);
    text("", x + 22, y + 10, "peak step");
    if (!by_rows) return;
    x += 100;
    path("group", "M" + std::to_string(x + 8) + " " + std::to_string(y - 2) + "V" + std::to_string(y + 14));
    text("", x + 22, y + 10, "a group begins");
  }
};

}  // namespace detail

/// The arena over time as an SVG picture: steps across, addresses up, a block a storage with the names of all
/// tensors that share it (hatched where it is a ring), the step with the most bytes alive, the arena's size
/// and the lower bound. Complete in itself: no script, no font, nothing loaded; light or dark as the viewer
/// asks. Of plans by rows at most some 1,500 pixels wide, however many steps there are.
[[nodiscard]] inline std::string memory_svg(memory_map const& map, std::string_view title) {
  return detail::memory_svg_writer().write_one(map, title);
}

/// Two plans side by side, with the same scale of addresses.
struct memory_comparison {
  memory_map const& before;                    ///< two plans, as they are drawn side by side
  memory_map const& after;                     ///< the other one
  std::string_view before_title, after_title;  ///< what stands above them
};
[[nodiscard]] inline std::string memory_svg(memory_comparison const& two, std::string_view title) {
  return detail::memory_svg_writer().write_two(two.before, two.after, title, two.before_title,
                                               two.after_title);
}

}  // namespace linnet::inline LINNET_ISA
