// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <linnet/analysis/memory_map.hpp>
#include <linnet/analysis/svg_canvas.hpp>
#include <linnet/analysis/svg_frame.hpp>
#include <linnet/analysis/svg_style.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

class memory_svg_writer : svg_canvas {
 public:
  explicit memory_svg_writer(memory_map const& map)
      : map_(map),
        frame_{.columns = map.steps() + 2, .most_bytes = max(map.arena_bytes, map.arena_lower_bound)} {}

  [[nodiscard]] std::string write(std::string_view title) {
    begin(frame_.width(), frame_.total_height(), svg_style);
    rect("ground", 0, 0, frame_.width(), frame_.total_height());
    write_title(title);
    write_addresses();
    for (memory_block const& b : map_.blocks) write_block(b);
    write_alive();
    write_steps();
    write_limits();
    write_peak();
    begin_group("labels");
    for (memory_block const& b : map_.blocks) write_label(b);
    end_group();
    write_legend();
    return end();
  }

 private:
  /// A level line from the plot's left edge.
  void line(std::string_view kind, hundredths y, std::int32_t to) {
    path(kind, "M" + std::to_string(frame_.left) + " " + y.text() + "H" + std::to_string(to));
  }

  void write_title(std::string_view title) {
    auto const most = static_cast<std::size_t>((frame_.width() - 40) / 9);
    std::string const shown = printable(title, most);
    this->title(shown + ": the arena over time");
    text("heading", 20, 28, shown);
    text("", 20, 46,
         "arena " + grouped(map_.arena_bytes) + " bytes, lower bound " + grouped(map_.arena_lower_bound) +
             ", " + std::to_string(map_.steps()) + " nodes");
  }

  void write_addresses() {
    for (std::int64_t tick : axis_ticks(frame_.most_bytes)) {
      hundredths const y = frame_.y(tick);
      line("grid", y, frame_.right());
      text("end", hundredths{(frame_.left - 8) * 100}, hundredths{y.count + 400}, grouped(tick));
    }
    text("upright middle", 16, frame_.top + frame_.height / 2, "address, bytes");
  }

  [[nodiscard]] svg_box box_of(memory_block const& b) const {
    hundredths const x = frame_.x(b.first), y = frame_.y(b.offset + b.bytes);
    return {x, y, {frame_.x(b.last + 1).count - x.count}, {frame_.y(b.offset).count - y.count}};
  }

  void write_block(memory_block const& b) {
    std::string tooltip;
    for (std::string const& name : b.names) tooltip += name + "\n";
    tooltip += grouped(b.bytes) + " bytes at " + grouped(b.offset) + "\n";
    begin_group(std::string("block ") + svg_class(b.use));
    title(tooltip + "from " + map_.step_in_words(b.first) + " to " + map_.step_in_words(b.last));
    rect("bytes", box_of(b));
    end_group();
  }

  /// The block's name inside it, along or upright, where there is room for some of it.
  void write_label(memory_block const& b) {
    if (b.use == memory_use::scratch) return;
    auto const [x, y, width, height] = box_of(b);
    constexpr std::int64_t character = 640, line = 1250, margin = 800;
    std::string const name = b.names.empty() ? "" : b.names[0].substr(0, b.names[0].find(';'));
    std::int64_t const along = height.count >= line ? (width.count - margin) / character : 0;
    std::int64_t const upright = width.count >= line - 150 ? (height.count - margin) / character : 0;
    if (max(along, upright) < 3) return;
    bool const stands = along < min<std::int64_t>(upright, 14);
    hundredths const cx{x.count + width.count / 2}, cy{y.count + height.count / 2};
    std::string const shown = last_part(name, static_cast<std::size_t>(stands ? upright : along));
    if (stands) {
      text("upright middle", hundredths{cx.count + 350}, cy, shown);
    } else if (bool const two_lines = height.count >= 2 * line && along >= 9; two_lines) {
      text("middle", cx, hundredths{cy.count - 200}, shown);
      text("middle", cx, hundredths{cy.count + 1000}, grouped(b.bytes));
    } else {
      text("middle", cx, hundredths{cy.count + 350}, shown);
    }
  }

  /// The strip below the plot: how many bytes each step keeps alive.
  void write_alive() {
    std::string outline = "M" + std::to_string(frame_.left) + " " + std::to_string(frame_.alive_bottom());
    for (std::int32_t step = -1; step <= map_.steps(); ++step)
      outline += "V" + frame_.alive_y(map_.alive_at(step)).text() + "H" + frame_.x(step + 1).text();
    path("alive", outline + "V" + std::to_string(frame_.alive_bottom()) + "Z");
    text("end", frame_.left - 8, frame_.alive_bottom() - frame_.alive_height / 2 + 4, "alive");
  }

  void write_steps() {
    std::int32_t const every = frame_.names_steps() ? 1 : 10;
    for (std::int32_t step = -1; step <= map_.steps(); ++step) {
      bool const inner = step >= 0 && step < map_.steps();
      bool const crowded = every > 1 && (step == 0 || step > map_.steps() - 2);
      if (inner && (step % every != 0 || crowded)) continue;
      hundredths const x{frame_.x(step).count + frame_.column * 50 + 400};
      std::string const words = inner && every > 1 ? std::to_string(step) : map_.step_in_words(step);
      std::string const name = inner ? map_.nodes[static_cast<std::size_t>(step)] : "";
      text("upright end", x, hundredths{(frame_.alive_bottom() + 6) * 100}, words, name);
    }
  }

  void write_limits() {
    hundredths const arena = frame_.y(map_.arena_bytes), bound = frame_.y(map_.arena_lower_bound);
    line("arena", arena, frame_.right() + 8);
    line("bound", bound, frame_.right() + 8);
    hundredths const x{(frame_.right() + 12) * 100};
    text("", x, hundredths{arena.count + 400}, "arena " + grouped(map_.arena_bytes));
    text("bound-text", x, hundredths{max(bound.count + 400, arena.count + 1900)},
         "lower bound " + grouped(map_.arena_lower_bound));
  }

  void write_peak() {
    rect("peak", svg_box{frame_.x(map_.peak),
                         {frame_.top * 100},
                         {frame_.column * 100},
                         {(frame_.alive_bottom() - frame_.top) * 100}});
    std::int32_t const third = (map_.peak + 1) * 3 / frame_.columns;
    char const* const kind = third == 0 ? "" : third == 1 ? "middle" : "end";
    std::int32_t const beside = third * frame_.column / 2;
    text(kind, hundredths{frame_.x(map_.peak).count + beside * 100}, hundredths{(frame_.top - 8) * 100},
         "▼ peak: " + map_.step_in_words(map_.peak) + ", " + grouped(map_.alive_at(map_.peak)) +
             " bytes alive");
  }

  void write_legend() {
    std::int32_t x = frame_.left, y = frame_.total_height() - 26;
    for (memory_use use : {memory_use::input, memory_use::output, memory_use::inner, memory_use::scratch}) {
      begin_group(svg_class(use));
      rect("bytes", x, y, 16, 12);
      end_group();
      text("", x + 22, y + 10, svg_class(use));
      x += 90;
    }
    rect("peak", x, y, 16, 12);
    text("", x + 22, y + 10, "peak step");
  }

  memory_map const& map_;
  svg_frame frame_;
};

}  // namespace detail

/// The arena over time as an SVG picture: steps across, addresses up, a block a storage with the names of all
/// tensors that share it, the step with the most bytes alive, the arena's size and the lower bound. Complete
/// in itself: no script, no font, nothing loaded; light or dark as the viewer asks.
[[nodiscard]] inline std::string memory_svg(memory_map const& map, std::string_view title) {
  return detail::memory_svg_writer(map).write(title);
}

}  // namespace linnet::inline LINNET_ISA
