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

#include <linnet/analysis/plain_text.hpp>
#include <linnet/analysis/row_groups.hpp>

// How much memory grouping saves and what it costs: where its curve bends, its knee.
namespace linnet::inline LINNET_ISA {

/// What a schedule with one setting needs.
struct knee_point {
  std::int32_t setting = 0;                      ///< the nodes of a group at most, or the rows of a step
  std::int64_t arena_bytes = 0, most_alive = 0;  ///< as placed; no placement of this schedule needs less
  std::int64_t constants_read = 0;               ///< bytes of weights that all steps read
  std::int32_t groups = 0, steps = 0;            ///< how many there are
};

/// The memory of one network against the two settings of a plan by rows.
struct memory_knee {
  std::vector<knee_point> by_length;  ///< at most so many nodes a group, one row a step; the last: any number
  std::vector<knee_point> by_strip;   ///< groups of any length, so many rows a step
  std::int64_t constants = 0;         ///< bytes of weights that are read if every node runs once
};

/// Nodes that a group may have, and rows of a step, in `knee_of`.
inline constexpr std::array<std::int32_t, 9> knee_lengths{1, 2, 3, 4, 6, 8, 12, 16, planner::longest_group};
inline constexpr std::array<std::int32_t, 4> knee_strips{1, 2, 4, 8};  ///< Rows a step that are tried.

/// The knee of a problem (a plan's `rows.problem()`): every setting is scheduled and placed. A streamed input
/// counts as a node.
[[nodiscard]] inline memory_knee knee_of(planner::row_problem const& p) {
  detail::row_planner planner(p);
  auto const point = [&](std::int32_t setting, std::int32_t longest, std::int32_t strip) {
    grouped_operations grouping(p.operations.size());
    group_for_least_memory(p, planner.grouping(), grouping.view(), longest);
    std::ranges::fill(grouping.strip, strip);
    row_plan const made = planner.plan(std::move(grouping));
    return knee_point{.setting = setting,
                      .arena_bytes = made.bytes,
                      .most_alive = made.lower_bound,
                      .constants_read = constants_read(p, made.steps),
                      .groups = p.operations.empty() ? 0 : made.grouping.group_of.back() + 1,
                      .steps = static_cast<std::int32_t>(made.steps.size())};
  };
  memory_knee knee;
  for (std::int32_t const longest : knee_lengths) knee.by_length.push_back(point(longest, longest, 1));
  for (std::int32_t const strip : knee_strips)
    knee.by_strip.push_back(point(strip, planner::longest_group, strip));
  for (planner::row_operation const& o : p.operations) knee.constants += o.constants;
  return knee;
}

namespace detail {

/// "3", or "any" where a group may be as long as groups get.
[[nodiscard]] inline std::string length_in_words(std::int32_t nodes) {
  return nodes >= planner::longest_group ? "any" : std::to_string(nodes);
}

/// How often weights are read, in tenths: "6.4".
[[nodiscard]] inline std::string times_in_words(std::int64_t read, std::int64_t once) {
  if (once <= 0) return "-";
  std::int64_t const tenths = (read * 10 + once / 2) / once;
  return grouped(tenths / 10) + "." + std::to_string(tenths % 10);
}

class knee_text_writer {
 public:
  explicit knee_text_writer(memory_knee const& knee) : knee_(knee) {}

  [[nodiscard]] std::string write(std::string_view title) {
    out_ = printable(title, 96) + "\n";
    write_points("at most so many nodes a group, one row a step", "nodes", knee_.by_length,
                 [](knee_point const& p) { return length_in_words(p.setting); });
    write_points("rows a step, groups of any length", "rows", knee_.by_strip,
                 [](knee_point const& p) { return std::to_string(p.setting); });
    return std::move(out_);
  }

 private:
  template <class Words>
  void write_points(std::string_view heading, std::string_view setting, std::vector<knee_point> const& points,
                    Words const& words) {
    out_.append("\n").append(heading).append("\n");
    write_line({std::string(setting), "arena", "most alive", "groups", "steps", "weights"}, "");
    std::int64_t most = 1;
    for (knee_point const& p : points) most = max(most, p.arena_bytes);
    for (knee_point const& p : points) {
      std::string bar;
      for (std::int64_t i = 0; i < (p.arena_bytes * 30 + most - 1) / most; ++i) bar += "█";
      write_line({words(p), grouped(p.arena_bytes), grouped(p.most_alive), std::to_string(p.groups),
                  grouped(p.steps), times_in_words(p.constants_read, knee_.constants) + "x"},
                 bar);
    }
  }

  void write_line(std::array<std::string, 6> const& columns, std::string_view bar) {
    constexpr std::array<std::size_t, 6> widths{6, 13, 13, 8, 8, 9};
    for (std::size_t i = 0; i < columns.size(); ++i) {
      out_.append(widths[i] > columns[i].size() ? widths[i] - columns[i].size() : 0, ' ').append(columns[i]);
    }
    if (!bar.empty()) out_.append("  ").append(bar);
    out_ += "\n";
  }

  memory_knee const& knee_;
  std::string out_;
};

}  // namespace detail

/// The knee for a terminal: a line a setting, rows of at most 100 columns of UTF-8. Weights are read so many
/// times as often as if every node ran once.
[[nodiscard]] inline std::string knee_text(memory_knee const& knee, std::string_view title) {
  return detail::knee_text_writer(knee).write(title);
}

}  // namespace linnet::inline LINNET_ISA
