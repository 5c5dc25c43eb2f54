// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <linnet/analysis/memory_map.hpp>
#include <linnet/base/math.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// The steps as characters of a line: one or more steps a character.
class step_scale {
 public:
  explicit step_scale(memory_map const& map)
      : steps_(map.steps() + 2), width_(min<std::int32_t>(steps_, 40)) {}

  [[nodiscard]] std::int32_t width() const { return width_; }
  [[nodiscard]] std::int32_t at(std::int32_t step) const {
    return static_cast<std::int32_t>(std::int64_t{step + 1} * width_ / steps_);
  }

 private:
  std::int32_t steps_, width_;
};

class memory_text_writer {
 public:
  explicit memory_text_writer(memory_map const& map) : map_(map), scale_(map) {}

  [[nodiscard]] std::string write(std::string_view title) {
    out_ = printable(title, 96) + "\n";
    out_ += "arena " + grouped(map_.arena_bytes) + " bytes, lower bound " + grouped(map_.arena_lower_bound) +
            ", " + map_.extent_in_words() + "\n";
    out_ += "peak ▼ " + map_.step_in_words(map_.peak) + ": " + grouped(map_.alive_at(map_.peak)) +
            " bytes alive\n\n";
    row("offset", "bytes", peak_mark(), "from..to", "█ tensors, ▒ scratch");
    if (map_.by_rows) row("", "groups", group_marks(), "", "▓ rings: 3/112 rows");
    for (memory_block const* b : by_address()) {
      row(grouped(b->offset), grouped(b->bytes), bar(*b), steps(*b), names(*b));
    }
    row("", "alive", sparkline(), "", "");
    for (row_group const& group : summary_of(map_.groups)) write_group(group);
    return std::move(out_);
  }

 private:
  void row(std::string_view offset, std::string_view bytes, std::string_view bar, std::string_view steps,
           std::string_view name) {
    pad_to(11, offset.size());
    out_.append(offset);
    pad_to(12, bytes.size());
    out_.append(bytes).append("  ").append(bar).append(" ");
    if (!name.empty()) {
      out_.append(steps);
      pad_to(max<std::size_t>(11, steps.size() + 1), steps.size());
      out_.append(name);
    }
    while (out_.back() == ' ') out_.pop_back();
    out_ += "\n";
  }
  void pad_to(std::size_t width, std::size_t used) { out_.append(used < width ? width - used : 0, ' '); }

  [[nodiscard]] std::vector<memory_block const*> by_address() const {
    std::vector<memory_block const*> sorted;
    for (memory_block const& b : map_.blocks) sorted.push_back(&b);
    std::stable_sort(sorted.begin(), sorted.end(), [](auto const* a, auto const* b) {
      return std::pair(a->offset, a->first) < std::pair(b->offset, b->first);
    });
    return sorted;
  }

  [[nodiscard]] std::string bar(memory_block const& b) const {
    std::string text;
    for (std::int32_t i = 0; i < scale_.width(); ++i) {
      bool const lives = scale_.at(b.first) <= i && i <= scale_.at(b.last);
      text += !lives ? "·" : b.use == memory_use::scratch ? "▒" : b.is_ring() ? "▓" : "█";
    }
    return text;
  }

  /// Where groups begin.
  [[nodiscard]] std::string group_marks() const {
    std::string marks(static_cast<std::size_t>(scale_.width()), ' ');
    for (row_group const& group : map_.groups)
      marks[static_cast<std::size_t>(scale_.at(group.first_step))] = '|';
    return marks;
  }

  void write_group(row_group const& group) {
    bool const first = group.first_step == 0;
    std::string const from = map_.node_in_words(group.first_node), to = map_.node_in_words(group.last_node);
    out_ += first ? "\ngroups, from the first step on\n" : "";
    std::string const step = grouped(group.first_step);
    pad_to(11, step.size());
    out_ += step + "  " + from + (from == to ? "" : " to " + to) + ": " + in_words(group) + "\n";
  }

  [[nodiscard]] std::string peak_mark() const {
    auto const before = static_cast<std::size_t>(scale_.at(map_.peak));
    return std::string(before, ' ') + "▼" +
           std::string(static_cast<std::size_t>(scale_.width()) - before - 1, ' ');
  }

  /// Bytes alive, the most of the steps that share a character; a full block is the peak.
  [[nodiscard]] std::string sparkline() const {
    constexpr std::array<char const*, 9> levels{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    std::vector<std::int64_t> most(static_cast<std::size_t>(scale_.width()));
    for (std::int32_t step = -1; step <= map_.steps(); ++step) {
      std::int64_t& here = most[static_cast<std::size_t>(scale_.at(step))];
      here = max(here, map_.alive_at(step));
    }
    std::int64_t const peak = max<std::int64_t>(1, map_.alive_at(map_.peak));
    std::string text;
    for (std::int64_t bytes : most) text += levels[static_cast<std::size_t>((bytes * 8 + peak - 1) / peak)];
    return text;
  }

  [[nodiscard]] std::string steps(memory_block const& b) const {
    std::string const from = b.first < 0 ? "start" : std::to_string(b.first);
    std::string const to = b.last >= map_.steps() ? "end" : std::to_string(b.last);
    return from + ".." + to;
  }

  /// All names, as long as there is room.
  [[nodiscard]] static std::string names(memory_block const& b) {
    constexpr std::size_t most = 23;
    std::string all;
    for (std::string const& name : b.names) all += (all.empty() ? "" : " = ") + name;
    if (b.is_ring()) all.insert(0, std::to_string(b.rows) + "/" + std::to_string(b.tensor_rows) + " ");
    return printable(all, most);
  }

  memory_map const& map_;
  step_scale scale_;
  std::string out_;
};

}  // namespace detail

/// The arena over time for a terminal, rows of at most some 100 columns of UTF-8: a line a storage in the
/// order of addresses, with the steps in which it is alive as a bar; the peak; the bytes alive as a line. Of
/// plans by rows the groups as well, a line each.
[[nodiscard]] inline std::string memory_text(memory_map const& map, std::string_view title) {
  return detail::memory_text_writer(map).write(title);
}

}  // namespace linnet::inline LINNET_ISA
