// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <linnet/analysis/memory_knee.hpp>
#include <linnet/analysis/svg_canvas.hpp>
#include <linnet/analysis/svg_frame.hpp>
#include <linnet/analysis/svg_style.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

inline constexpr char const* svg_knee_style = R"svg(<style>
.curve{fill:none;stroke:#20476b;stroke-width:2}
.dot{fill:#20476b}
.curve.alive-curve{stroke:#c0392b;stroke-width:1.5;stroke-dasharray:7 4}
.faint{fill:#6a727c}
@media (prefers-color-scheme:dark){
.curve{stroke:#8ecbf0}
.dot{fill:#8ecbf0}
.curve.alive-curve{stroke:#ff8a75}
.faint{fill:#9aa3ad}
}
</style>
)svg";

/// One curve of the two: settings across at equal distances, bytes up.
struct knee_plot {
  std::string_view heading, axis;
  std::vector<knee_point> const& points;
  std::int32_t left = 0, distance = 0;
  bool by_length = false;
};

class knee_svg_writer : svg_canvas {
 public:
  explicit knee_svg_writer(memory_knee const& knee) : knee_(knee) {}

  [[nodiscard]] std::string write(std::string_view title) {
    constexpr std::int32_t width = 1290, height = 470;
    begin(width, height, std::string(svg_style) + svg_knee_style);
    rect("ground", 0, 0, width, height);
    std::string const shown = printable(title, (width - 40) / 9);
    this->title(shown + ": memory against the length of groups and the height of strips");
    text("heading", 20, 28, shown);
    write_plot({"peak against the length of groups, one row a step", "at most so many nodes a group",
                knee_.by_length, 92, 78, true});
    write_plot({"peak against the height of strips, groups of any length", "rows a step", knee_.by_strip, 880,
                96, false});
    write_legend();
    return end();
  }

 private:
  static constexpr std::int32_t top = 84, bottom = 364;

  void write_plot(knee_plot const& plot) {
    most_ = 1;
    for (knee_point const& p : plot.points) most_ = max(most_, p.arena_bytes);
    std::int32_t const right = plot.left + plot.distance * static_cast<std::int32_t>(plot.points.size());
    text("", plot.left, 54, plot.heading);
    for (std::int64_t tick : axis_ticks(most_)) {
      path("grid", "M" + std::to_string(plot.left) + " " + y(tick).text() + "H" + std::to_string(right));
      text("end", hundredths{(plot.left - 8) * 100}, hundredths{y(tick).count + 400}, grouped(tick));
    }
    write_curve("curve alive-curve", plot, &knee_point::most_alive);
    write_curve("curve", plot, &knee_point::arena_bytes);
    for (std::size_t i = 0; i < plot.points.size(); ++i) write_point(plot, i);
    text("end faint", plot.left - 8, bottom + 34, "weights read");
    text("middle", (plot.left + right) / 2, bottom + 54, plot.axis);
  }

  void write_curve(std::string_view kind, knee_plot const& plot, std::int64_t knee_point::*bytes) {
    std::string words;
    for (std::size_t i = 0; i < plot.points.size(); ++i)
      words += (i == 0 ? "M" : "L") + x(plot, i).text() + " " + y(plot.points[i].*bytes).text();
    path(kind, words);
  }

  void write_point(knee_plot const& plot, std::size_t i) {
    knee_point const& p = plot.points[i];
    hundredths const at = x(plot, i), level = y(p.arena_bytes);
    std::string const setting = plot.by_length ? length_in_words(p.setting) : std::to_string(p.setting);
    begin_group("point");
    title(setting + (plot.by_length ? " nodes a group\n" : " rows a step\n") + "arena " +
          grouped(p.arena_bytes) + ", most alive " + grouped(p.most_alive) + "\n" + grouped(p.groups) +
          " groups, " + grouped(p.steps) + " steps");
    rect("dot", svg_box{{at.count - 350}, {level.count - 350}, {700}, {700}});
    end_group();
    bool const fell = i > 0 && plot.points[i - 1].arena_bytes > p.arena_bytes;
    bool const last = i + 1 == plot.points.size();
    bool const rises = !fell && (last ? i > 0 && plot.points[i - 1].arena_bytes < p.arena_bytes
                                      : plot.points[i + 1].arena_bytes > p.arena_bytes);
    text(rises ? "end" : "", hundredths{at.count + (rises ? 1000 : -400)}, hundredths{level.count - 900},
         grouped(p.arena_bytes));  // beside the curve, not on it
    text("middle", at, hundredths{(bottom + 18) * 100}, setting);
    text("middle faint", at, hundredths{(bottom + 34) * 100},
         times_in_words(p.constants_read, knee_.constants) + "x");
  }

  void write_legend() {
    std::int32_t const y = 450;
    path("curve", "M92 " + std::to_string(y - 4) + "H122");
    text("", 130, y, "arena, bytes");
    path("curve alive-curve", "M232 " + std::to_string(y - 4) + "H262");
    text("", 270, y, "most bytes alive: this schedule needs no less");
    text("faint", 560, y, "2.0x: bytes of weights read, against every node running once");
  }

  [[nodiscard]] static hundredths x(knee_plot const& plot, std::size_t i) {
    return {plot.left * 100 + plot.distance * 50 + static_cast<std::int64_t>(i) * plot.distance * 100};
  }
  [[nodiscard]] hundredths y(std::int64_t bytes) const {
    return {bottom * 100 - bytes * ((bottom - top) * 100) / most_};
  }

  memory_knee const& knee_;
  std::int64_t most_ = 1;
};

}  // namespace detail

/// The knee as an SVG picture of two plots: the arena, and the most bytes alive, against the length of groups
/// and against the height of strips, with how often weights are read. Complete in itself, like `memory_svg`.
[[nodiscard]] inline std::string knee_svg(memory_knee const& knee, std::string_view title) {
  return detail::knee_svg_writer(knee).write(title);
}

}  // namespace linnet::inline LINNET_ISA
