// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <linnet/analysis/plain_text.hpp>
#include <linnet/analysis/row_groups.hpp>
#include <linnet/runtime/rows.hpp>
#include <linnet/session/dynamic_plan.hpp>

namespace linnet::inline LINNET_ISA {

/// What a block of the arena holds.
enum class memory_use : std::uint8_t { input, output, inner, scratch };

/// The bytes of one row of a block after the other: from the birth of the first to the death of the last one.
struct memory_slot {
  std::int64_t offset = 0, bytes = 0;  ///< in the arena, in bytes
  std::int32_t first = 0, last = 0;    ///< steps, both included
};

/// Bytes [offset, offset + bytes) of the arena in the steps [first, last], both included: -1 is before the
/// first step and the number of steps behind the last one.
struct memory_block {
  std::int64_t offset = 0, bytes = 0;  ///< in the arena, in bytes
  std::int32_t first = 0, last = 0;    ///< steps, both included
  memory_use use = memory_use::inner;  ///< what the bytes are for
  std::vector<std::string> names;      ///< of all tensors that are these bytes, as they are made; printable
  std::int32_t rows = 1, tensor_rows = 1;  ///< there is room for, and the whole tensor has
  std::vector<memory_slot> slots;  ///< of plans by rows, row after row; empty: all bytes, all the time

  /// Whether rows take the places of rows before them.
  [[nodiscard]] bool is_ring() const { return rows < tensor_rows; }
};

/// The arena of a plan over time: what pictures of it show.
struct memory_map {
  std::vector<memory_block> blocks;      ///< as the plan numbers its storages: activations, then scratch
  std::vector<std::string> operators;    ///< of each node: "conv2d"
  std::vector<std::string> nodes;        ///< its name, printable
  std::vector<std::int32_t> step_nodes;  ///< of each step: its node; -1: the caller brings rows of the input
  std::vector<row_group> groups;         ///< of a plan by rows
  std::vector<std::int64_t> alive;       ///< bytes at step i - 1
  std::int32_t peak = -1;                ///< the first step that keeps the most bytes alive
  std::int64_t arena_bytes = 0, arena_lower_bound = 0;  ///< as planned; the most that are alive in one step
  bool by_rows = false;                                 ///< layer by layer, step i is node i

  /// How many steps a run has.
  [[nodiscard]] std::int32_t steps() const { return static_cast<std::int32_t>(step_nodes.size()); }
  /// Bytes that are alive in a step.
  [[nodiscard]] std::int64_t alive_at(std::int32_t step) const {
    return alive[static_cast<std::size_t>(step + 1)];
  }
  /// "12 conv2d", or "input" for the caller.
  [[nodiscard]] std::string node_in_words(std::int32_t node) const {
    return node < 0 ? "input" : std::to_string(node) + " " + operators[static_cast<std::size_t>(node)];
  }
  /// "start", "12 conv2d", by rows "step 812 (12 conv2d)", or "end".
  [[nodiscard]] std::string step_in_words(std::int32_t step) const {
    if (step < 0) return "start";
    if (step >= steps()) return "end";
    std::string const node = node_in_words(step_nodes[static_cast<std::size_t>(step)]);
    return by_rows ? "step " + grouped(step) + " (" + node + ")" : node;
  }
  /// "65 nodes", by rows "65 nodes in 1,619 steps, 4 groups".
  [[nodiscard]] std::string extent_in_words() const {
    std::string const all = std::to_string(nodes.size()) + " nodes";
    return by_rows ? all + " in " + grouped(steps()) + " steps, " + std::to_string(groups.size()) + " groups"
                   : all;
  }
};

namespace detail {

/// Characters of a name that pictures keep.
inline constexpr std::size_t longest_picture_name = 160;

class memory_map_maker {
 public:
  memory_map_maker(graph_view const& g, dynamic_plan const& plan) : graph_(g), plan_(plan) {}

  [[nodiscard]] memory_map make() {
    map_.arena_bytes = plan_.arena_bytes;
    map_.arena_lower_bound = plan_.arena_lower_bound;
    map_.by_rows = !plan_.schedule.rings.empty();
    for (std::size_t i = 0; i < plan_.lives.size(); ++i) {
      planner::interval const& life = plan_.lives[i];
      memory_block& made = map_.blocks.emplace_back();
      made.offset = plan_.offsets[i];
      made.bytes = life.bytes;
      made.first = life.first;
      made.last = life.last;
    }
    name_blocks();
    map_.by_rows ? map_rows() : map_layers();
    auto const most = std::max_element(map_.alive.begin(), map_.alive.end());
    map_.peak = static_cast<std::int32_t>(most - map_.alive.begin()) - 1;
    return std::move(map_);
  }

 private:
  [[nodiscard]] memory_block& block(std::int32_t storage) {
    return map_.blocks[static_cast<std::size_t>(storage)];
  }
  [[nodiscard]] std::string name(tensor_id id) const {
    std::string const given = graph_.name(graph_.tensor(id));
    return given.empty() ? "tensor " + std::to_string(id) : printable(given, longest_picture_name);
  }

  void name_blocks() {
    named_.resize(graph_.tensors.size());
    for (tensor_id id : graph_.inputs()) add_name(id);
    for (tensor_id id : graph_.states()) add_name(id);
    for (node const& n : graph_.nodes) {
      map_.operators.push_back(name_of(n));
      map_.nodes.push_back(name(graph_.outputs(n)[0]));
      add_name(graph_.outputs(n)[0]);
    }
    for (tensor_id id : graph_.outputs()) set_use(id, memory_use::output);
    for (tensor_id id : graph_.inputs()) set_use(id, memory_use::input);
    for (planned_call const& call : plan_.planned_calls) {
      if (call.scratch == no_storage) continue;
      block(call.scratch).use = memory_use::scratch;
      block(call.scratch).names.push_back("scratch of " + name(call.output));
    }
  }

  void add_name(tensor_id id) {
    auto const i = static_cast<std::size_t>(id);
    if (named_[i] || plan_.places[i].storage < 0) return;
    named_[i] = true;
    block(plan_.places[i].storage).names.push_back(name(id));
  }

  void set_use(tensor_id id, memory_use use) {
    std::int32_t const storage = plan_.places[static_cast<std::size_t>(id)].storage;
    if (storage >= 0) block(storage).use = use;
  }

  void map_layers() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
      map_.step_nodes.push_back(static_cast<std::int32_t>(i));
    map_.alive.assign(graph_.nodes.size() + 2, 0);
    for (memory_block const& b : map_.blocks) count_alive(b.first, b.last, b.bytes);
  }

  void map_rows() {
    for (std::uint16_t const operation : plan_.schedule.steps)
      map_.step_nodes.push_back(node_of_operation(plan_, operation));
    map_.groups = groups_of(plan_);
    map_.alive.assign(map_.step_nodes.size() + 2, 0);
    for (std::size_t i = 0; i < map_.blocks.size(); ++i) add_rows(map_.blocks[i], i);
    std::erase_if(map_.blocks, [](memory_block const& b) { return b.slots.empty(); });
  }

  void count_alive(std::int32_t first, std::int32_t last, std::int64_t bytes) {
    for (std::int32_t step = first; step <= last; ++step)
      map_.alive[static_cast<std::size_t>(step + 1)] += bytes;
  }

  /// The rows of a storage that anybody asks for are its first ones.
  void add_rows(memory_block& b, std::size_t storage) {
    row_plan const& schedule = plan_.schedule;
    planner::ring const& ring = schedule.rings[storage];
    b.rows = ring.rows;
    b.tensor_rows = plan_.rows.buffers[storage].rows;
    for (std::int32_t y = 0; y < b.tensor_rows; ++y) {
      auto const row = static_cast<std::size_t>(schedule.base[storage] + y);
      std::int32_t const birth = schedule.birth[row] - 1,
                         death = schedule.death[row] - 1;  // time 0 is step -1
      if (schedule.birth[row] < 0) return;
      count_alive(birth, death, ring.row_bytes);
      if (ring.table >= 0 || y < ring.rows) {
        b.slots.push_back({address_of(ring, y), ring.row_bytes, birth, death});
      } else {
        b.slots[static_cast<std::size_t>(y % ring.rows)].last = death;
      }
    }
  }
  [[nodiscard]] std::int64_t address_of(planner::ring const& ring, std::int32_t y) const {
    if (ring.table < 0) return ring.offset + std::int64_t{y} * ring.row_bytes;
    return std::int64_t{plan_.schedule.table[static_cast<std::size_t>(ring.table + y)]} * planner::table_unit;
  }

  graph_view graph_;
  dynamic_plan const& plan_;
  memory_map map_;
  std::vector<bool> named_;
};

}  // namespace detail

/// Where every byte of a graph's plan lies, when, and for whom. Preconditions: the graph is valid, the plan
/// is its own.
[[nodiscard]] inline memory_map map_memory(graph_view const& g, dynamic_plan const& plan) {
  return detail::memory_map_maker(g, plan).make();
}

}  // namespace linnet::inline LINNET_ISA
