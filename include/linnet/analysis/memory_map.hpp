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
#include <linnet/session/dynamic_plan.hpp>

namespace linnet::inline LINNET_ISA {

/// What a block of the arena holds.
enum class memory_use : std::uint8_t { input, output, inner, scratch };

/// Bytes [offset, offset + bytes) of the arena in the steps [first, last], both included: node i is step i,
/// -1 is before the first node and the number of nodes behind the last one.
struct memory_block {
  std::int64_t offset = 0, bytes = 0;
  std::int32_t first = 0, last = 0;
  memory_use use = memory_use::inner;
  std::vector<std::string>
      names;  // of all tensors that are these bytes, in the order they are made; printable
};

/// The arena of a plan over time: what pictures of it show.
struct memory_map {
  std::vector<memory_block> blocks;    // as the plan numbers its storages: activations, then scratch
  std::vector<std::string> operators;  // of each node: "conv2d"
  std::vector<std::string> nodes;      // its name, printable
  std::vector<std::int64_t> alive;     // bytes at step i - 1
  std::int32_t peak = -1;              // the first step that keeps the most bytes alive
  std::int64_t arena_bytes = 0, arena_lower_bound = 0;

  [[nodiscard]] std::int32_t steps() const { return static_cast<std::int32_t>(nodes.size()); }
  [[nodiscard]] std::int64_t alive_at(std::int32_t step) const {
    return alive[static_cast<std::size_t>(step + 1)];
  }
  /// "start", "12 conv2d" or "end".
  [[nodiscard]] std::string step_in_words(std::int32_t step) const {
    if (step < 0) return "start";
    if (step >= steps()) return "end";
    return std::to_string(step) + " " + operators[static_cast<std::size_t>(step)];
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
    for (std::size_t i = 0; i < plan_.lives.size(); ++i) {
      planner::interval const& life = plan_.lives[i];
      map_.blocks.push_back({plan_.offsets[i], life.bytes, life.first, life.last, memory_use::inner, {}});
    }
    name_blocks();
    count_alive();
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
    for (node const& n : graph_.nodes) {
      map_.operators.push_back(name_of(n.kind));
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

  void count_alive() {
    map_.alive.assign(graph_.nodes.size() + 2, 0);
    for (memory_block const& b : map_.blocks) {
      for (std::int32_t step = b.first; step <= b.last; ++step)
        map_.alive[static_cast<std::size_t>(step + 1)] += b.bytes;
    }
    auto const most = std::max_element(map_.alive.begin(), map_.alive.end());
    map_.peak = static_cast<std::int32_t>(most - map_.alive.begin()) - 1;
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
