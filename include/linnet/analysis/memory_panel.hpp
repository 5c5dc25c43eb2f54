// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <linnet/analysis/memory_map.hpp>
#include <linnet/analysis/memory_shape.hpp>
#include <linnet/analysis/svg_canvas.hpp>
#include <linnet/analysis/svg_frame.hpp>
#include <linnet/analysis/svg_style.hpp>

namespace linnet::inline LINNET_ISA::detail {

/// One map of the arena in its frame, on a picture that may have several.
class memory_panel {
 public:
  memory_panel(svg_canvas& canvas, memory_map const& map, svg_frame const& frame)
      : canvas_(canvas), map_(map), frame_(frame) {}

  /// The heading is printable.
  void draw(std::string_view heading) {
    write_heading(heading);
    write_addresses();
    std::vector<memory_block const*> const blocks = in_order();
    for (memory_block const* b : blocks) write_block(*b);
    write_alive();
    map_.by_rows ? write_groups() : write_steps();
    write_limits();
    write_peak();
    canvas_.begin_group("labels");
    for (memory_block const* b : blocks) write_label(*b);
    canvas_.end_group();
  }

 private:
  /// A level line from the plot's left edge.
  void line(std::string_view kind, hundredths y, std::int32_t to) {
    canvas_.path(kind, "M" + std::to_string(frame_.left) + " " + y.text() + "H" + std::to_string(to));
  }

  void write_heading(std::string_view heading) {
    std::int32_t const left = frame_.left - 72;
    canvas_.text("heading", left, frame_.top - 50, heading);
    canvas_.text("", left, frame_.top - 32,
                 "arena " + grouped(map_.arena_bytes) + " bytes, lower bound " +
                     grouped(map_.arena_lower_bound) + ", " + map_.extent_in_words());
  }

  void write_addresses() {
    for (std::int64_t tick : axis_ticks(frame_.most_bytes)) {
      hundredths const y = frame_.y(tick);
      line("grid", y, frame_.right());
      canvas_.text("end", hundredths{(frame_.left - 8) * 100}, hundredths{y.count + 400}, grouped(tick));
    }
    canvas_.text("upright middle", frame_.left - 76, frame_.top + frame_.height / 2, "address, bytes");
  }

  /// Rings may take turns in the same bytes: the smaller one is drawn later, to be seen.
  [[nodiscard]] std::vector<memory_block const*> in_order() const {
    std::vector<memory_block const*> blocks;
    for (memory_block const& b : map_.blocks) blocks.push_back(&b);
    auto const area = [](memory_block const* b) { return b->bytes * (b->last - b->first + 1); };
    if (map_.by_rows) {
      std::ranges::stable_sort(blocks, [&](auto const* a, auto const* b) { return area(a) > area(b); });
    }
    return blocks;
  }

  void write_block(memory_block const& b) {
    std::string tooltip;
    for (std::string const& name : b.names) tooltip += name + "\n";
    tooltip += grouped(b.bytes) + " bytes at " + grouped(b.offset) + "\n";
    if (b.is_ring())
      tooltip += "a ring of " + std::to_string(b.rows) + " of " + std::to_string(b.tensor_rows) + " rows\n";
    canvas_.begin_group(std::string("block ") + svg_class(b.use) + (b.is_ring() ? " ring" : ""));
    canvas_.title(tooltip + "from " + map_.step_in_words(b.first) + " to " + map_.step_in_words(b.last));
    b.slots.empty() ? canvas_.rect("bytes", box_of(b, frame_)) : canvas_.path("bytes", outline_of(b, frame_));
    canvas_.end_group();
  }

  /// Rings that take turns would have their names on top of each other.
  [[nodiscard]] bool is_free(svg_box const& text) {
    if (!map_.by_rows) return true;
    auto const beside = [](hundredths a, hundredths a_size, hundredths b, hundredths b_size) {
      return a.count + a_size.count <= b.count || b.count + b_size.count <= a.count;
    };
    bool const free = std::ranges::all_of(written_, [&](svg_box const& o) {
      return beside(text.x, text.width, o.x, o.width) || beside(text.y, text.height, o.y, o.height);
    });
    if (free) written_.push_back(text);
    return free;
  }

  /// The block's name inside it.
  void write_label(memory_block const& b) {
    if (b.use == memory_use::scratch) return;
    svg_box const box = label_box_of(b, frame_);
    block_label const label = block_label::in(box);
    if (label.characters == 0) return;
    std::string const name = b.names.empty() ? "" : b.names[0].substr(0, b.names[0].find(';'));
    std::string const shown = last_part(name, label.characters);
    hundredths const cx{box.x.count + box.width.count / 2}, cy{box.y.count + box.height.count / 2};
    std::int64_t const length = block_label::character * static_cast<std::int64_t>(characters_of(shown));
    std::int64_t const high = block_label::line * (label.second_line ? 2 : 1);
    std::int64_t const width = label.upright ? high : length, height = label.upright ? length : high;
    if (!is_free({{cx.count - width / 2}, {cy.count - height / 2}, {width}, {height}})) return;
    if (label.upright) {
      canvas_.text("upright middle", hundredths{cx.count + 350}, cy, shown);
    } else if (label.second_line) {
      canvas_.text("middle", cx, hundredths{cy.count - 200}, shown);
      canvas_.text("middle", cx, hundredths{cy.count + 1000}, grouped(b.bytes));
    } else {
      canvas_.text("middle", cx, hundredths{cy.count + 350}, shown);
    }
  }

  /// The strip below the plot: how many bytes each step keeps alive; steps that share half a pixel, the most.
  void write_alive() {
    std::string outline = "M" + std::to_string(frame_.left) + " " + std::to_string(frame_.alive_bottom());
    std::int64_t most = 0, begin = frame_.x(-1).count;
    for (std::int32_t step = -1; step <= map_.steps(); ++step) {
      most = max(most, map_.alive_at(step));
      hundredths const x = frame_.x(step + 1);
      if (x.count - begin < 50 && step < map_.steps()) continue;
      outline += "V" + frame_.alive_y(most).text() + "H" + x.text();
      begin = x.count;
      most = 0;
    }
    canvas_.path("alive", outline + "V" + std::to_string(frame_.alive_bottom()) + "Z");
    canvas_.text("end", frame_.left - 8, frame_.alive_bottom() - frame_.alive_height / 2 + 4, "alive");
  }

  void write_steps() {
    std::int32_t const every = frame_.names_steps() ? 1 : 10;
    for (std::int32_t step = -1; step <= map_.steps(); ++step) {
      bool const inner = step >= 0 && step < map_.steps();
      bool const crowded = every > 1 && (step == 0 || step > map_.steps() - 2);
      if (inner && (step % every != 0 || crowded)) continue;
      hundredths const x{frame_.middle_of(step).count + 400};
      std::string const words = inner && every > 1 ? std::to_string(step) : map_.step_in_words(step);
      std::string const name = inner ? map_.nodes[static_cast<std::size_t>(step)] : "";
      canvas_.text("upright end", x, hundredths{(frame_.alive_bottom() + 6) * 100}, words, name);
    }
  }

  /// Where groups begin, and with which node; rows a step in a second line where there is room.
  void write_groups() {
    constexpr std::int64_t line = 1300;
    std::int64_t free = 0;
    for (std::size_t i = 0; i < map_.groups.size(); ++i) {
      row_group const& group = map_.groups[i];
      hundredths const x = frame_.x(group.first_step), end = frame_.x(group.first_step + group.steps);
      canvas_.path("group", "M" + x.text() + " " + std::to_string(frame_.top) + "V" +
                                std::to_string(frame_.alive_bottom() + 4));
      if (x.count < free) continue;
      hundredths const y{(frame_.alive_bottom() + 8) * 100};
      std::string const name =
          group.first_node < 0 ? "" : map_.nodes[static_cast<std::size_t>(group.first_node)];
      canvas_.text("upright end", hundredths{x.count + 1000}, y, map_.node_in_words(group.first_node), name);
      free = x.count + line;
      if (end.count - x.count < 2 * line) continue;
      canvas_.text("upright end", hundredths{x.count + 1000 + line}, y, in_words(group));
      free += line;
    }
  }

  void write_limits() {
    hundredths const arena = frame_.y(map_.arena_bytes), bound = frame_.y(map_.arena_lower_bound);
    line("arena", arena, frame_.right() + 8);
    line("bound", bound, frame_.right() + 8);
    hundredths const x{(frame_.right() + 12) * 100};
    canvas_.text("", x, hundredths{arena.count + 400}, "arena " + grouped(map_.arena_bytes));
    canvas_.text("bound-text", x, hundredths{max(bound.count + 400, arena.count + 1900)},
                 "lower bound " + grouped(map_.arena_lower_bound));
  }

  void write_peak() {
    hundredths const x = frame_.x(map_.peak);
    std::int64_t const width = max<std::int64_t>(200, frame_.x(map_.peak + 1).count - x.count);
    canvas_.rect("peak",
                 svg_box{x, {frame_.top * 100}, {width}, {(frame_.alive_bottom() - frame_.top) * 100}});
    std::int32_t const third = (map_.peak + 1) * 3 / frame_.columns;
    char const* const kind = third == 0 ? "" : third == 1 ? "middle" : "end";
    std::int32_t const beside = third * (frame_.plot_width() / frame_.columns) / 2;
    canvas_.text(kind, hundredths{x.count + beside * 100}, hundredths{(frame_.top - 8) * 100},
                 "▼ peak: " + map_.step_in_words(map_.peak) + ", " + grouped(map_.alive_at(map_.peak)) +
                     " bytes alive");
  }

  svg_canvas& canvas_;
  memory_map const& map_;
  svg_frame frame_;
  std::vector<svg_box> written_;  // where there are names
};

}  // namespace linnet::inline LINNET_ISA::detail
