// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <linnet/analysis/plain_text.hpp>
#include <linnet/base/math.hpp>
#include <linnet/session/dynamic_plan.hpp>

// What a plan by rows costs and consists of, in numbers for people.
namespace linnet::inline LINNET_ISA {

/// Consecutive nodes that run together, row by row, in consecutive steps.
struct row_group {
  std::int32_t first_node = -1, last_node = -1;  ///< -1: only the caller, who brings the streamed input
  std::int32_t strip = 1;                        ///< rows a step; at most those of its tallest output
  std::int32_t first_step = 0, steps = 0;        ///< and how many there are

  friend constexpr bool operator==(row_group const&, row_group const&) = default;
};

/// "560 steps of 1 row" (the last step may have fewer), or "each in 1 step" where nodes run whole.
[[nodiscard]] inline std::string in_words(row_group const& group) {
  if (group.steps > 1 && group.steps == group.last_node - group.first_node + 1) return "each in 1 step";
  return grouped(group.steps) + (group.steps == 1 ? " step of " : " steps of ") +
         std::to_string(group.strip) + (group.strip == 1 ? " row" : " rows");
}

/// Groups for people: consecutive ones of a single step are one.
[[nodiscard]] inline std::vector<row_group> summary_of(std::span<row_group const> groups) {
  std::vector<row_group> lines;
  bool was_whole = false;
  for (row_group const& group : groups) {
    bool const whole = group.steps == 1 && group.first_node >= 0;
    if (whole && was_whole) {
      lines.back().last_node = group.last_node;
      lines.back().strip = max(lines.back().strip, group.strip);
      ++lines.back().steps;
    } else {
      lines.push_back(group);
    }
    was_whole = whole;
  }
  return lines;
}

/// The node that an operation of a plan by rows belongs to; -1 for the caller, who brings the input.
[[nodiscard]] inline std::int32_t node_of_operation(dynamic_plan const& plan, std::size_t operation) {
  std::size_t const sources = source_count(plan.options);
  return operation < sources ? -1 : plan.planned_calls[operation - sources].node;
}

/// The groups of a plan in the order they run; none where nodes run layer by layer.
[[nodiscard]] inline std::vector<row_group> groups_of(dynamic_plan const& plan) {
  std::vector<row_group> groups;
  if (plan.by_layers()) return groups;
  grouped_operations const& grouping = plan.schedule.grouping;
  std::int32_t tallest = 1;
  for (std::size_t i = 0; i < plan.rows.operations.size(); ++i) {
    bool const begins = grouping.begins_group(i);
    if (begins) groups.emplace_back();
    row_group& group = groups.back();
    planner::row_operation const& o = plan.rows.operations[i];
    std::int32_t const rows = o.folds ? o.input_rows : o.rows;
    tallest = begins ? rows : max(tallest, rows);
    group.strip = min(grouping.strip[i], tallest);
    group.last_node = node_of_operation(plan, i);
    if (group.first_node < 0) group.first_node = group.last_node;
  }
  for (std::uint16_t const operation : plan.schedule.steps)
    ++groups[static_cast<std::size_t>(grouping.group_of[operation])].steps;
  for (std::size_t i = 1; i < groups.size(); ++i)
    groups[i].first_step = groups[i - 1].first_step + groups[i - 1].steps;
  return groups;
}

/// Bytes of constants that steps read: every step reads its operation's again.
[[nodiscard]] inline std::int64_t constants_read(planner::row_problem const& p,
                                                 std::span<std::uint16_t const> steps) {
  std::int64_t bytes = 0;
  for (std::uint16_t const operation : steps) bytes += p.operations[operation].constants;
  return bytes;
}

/// Bytes of packed weights that one inference reads.
[[nodiscard]] inline std::int64_t weights_read(dynamic_plan const& plan) {
  if (!plan.by_layers()) return constants_read(plan.rows.problem(), plan.schedule.steps);
  std::int64_t bytes = 0;
  for (planned_call const& call : plan.planned_calls) bytes += call.packed_bytes;
  return bytes;
}

}  // namespace linnet::inline LINNET_ISA
