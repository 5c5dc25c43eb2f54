// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include <gtest/gtest.h>

#include <linnet/runtime/planning.hpp>

#include "support/rows_network.hpp"

namespace {

using namespace linnet;
using support::rows_graph;

template <auto Planning>
using planned = detail::planning_of<rows_graph, Planning, arch::native>;

constexpr plan_options layers{}, least{.policy = memory_policy::least_memory};
constexpr std::int64_t layer_bytes = plan_of<rows_graph>.arena_bytes,
                       least_bytes = row_plan_of<rows_graph, least>.arena_bytes;
static_assert(least_bytes < layer_bytes);

// By options: layer by layer or by rows, in one memory.
static_assert(planned<layers>::options == layers && !planned<layers>::by_rows);
static_assert(planned<layers>::memory_bytes() == std::array{layer_bytes} && planned<layers>::missing() == 0);
static_assert(planned<least>::options == least && planned<least>::by_rows);
static_assert(planned<least>::memory_bytes() == std::array{least_bytes} && planned<least>::missing() == 0);
static_assert(&planned<least>::plan() == &row_plan_of<rows_graph, least>);
static_assert(&planned<layers>::plan() == &plan_of<rows_graph>);

constexpr plan_options exact{.policy = memory_policy::within, .budget = least_bytes},
    tight{.policy = memory_policy::within, .budget = least_bytes - 7};
static_assert(planned<exact>::by_rows && planned<exact>::missing() == 0);
static_assert(planned<tight>::missing() == 7, "by which the smallest plan exceeds the budget");

// As a searched plan says.
constexpr auto plan = [] {
  using rows = typename detail::best_rows<rows_graph, least, arch::native>::taken;
  searched_plan<rows::operations, rows::buffers, 0> made{.options = least};
  made.group_of = rows::proposal.group_of;
  made.strip = rows::proposal.strip;
  made.rings = rows::placement.rings;
  return made;
}();
static_assert(planned<searched<plan>{}>::options == least && planned<searched<plan>{}>::by_rows);
static_assert(planned<searched<plan>{}>::memory_bytes() == std::array{least_bytes});
static_assert(planned<searched<plan>{}>::missing() == 0);
static_assert(planned<searched<plan>{}>::plan().rings == plan.rings);

// In several memories: always by rows, missing what does not fit into them.
constexpr board_memories<2> board{{{.bytes = 300, .cost = 1}, {.bytes = 8192, .cost = 3}}};
using in_two = planned<in_memories<least, board>{}>;
static_assert(in_two::options == least && in_two::by_rows && in_two::missing() == 0);
static_assert(in_two::memory_bytes().size() == 2);
static_assert(in_two::memory_bytes()[0] > 0 && in_two::memory_bytes()[0] <= 300);
static_assert(in_two::plan().arena_bytes == in_two::memory_bytes()[0] + in_two::memory_bytes()[1]);
static_assert(planned<in_memories<layers, board>{}>::by_rows);

constexpr board_memories<1> enough{{{.bytes = least_bytes}}}, too_small{{{.bytes = least_bytes - 9}}};
static_assert(planned<in_memories<least, enough>{}>::missing() == 0);
static_assert(planned<in_memories<least, enough>{}>::memory_bytes() == std::array{least_bytes});
static_assert(planned<in_memories<least, too_small>{}>::missing() == 9);

TEST(node_that_makes, counts_nodes_and_knows_who_nobody_makes) {
  graph_view const g = rows_graph.view();
  EXPECT_EQ(detail::node_that_makes(g, g.inputs()[0]), -1);
  EXPECT_EQ(detail::node_that_makes(g, g.outputs()[0]), std::ssize(g.nodes) - 1);
  EXPECT_EQ(detail::node_that_makes(g, g.outputs(g.nodes[2])[0]), 2);
}

TEST(peak_of, is_where_the_plan_keeps_its_lower_bound_alive) {
  using rows = detail::best_rows<rows_graph, least, arch::native>;
  constexpr fullest_moment peak = detail::peak_of<rows_graph, rows>;
  EXPECT_GT(peak.time, 0);
  EXPECT_GE(peak.bytes[0], peak.bytes[1]);
  EXPECT_LE(peak.bytes[0] + peak.bytes[1], rows::plan.arena_lower_bound);
}

}  // namespace
