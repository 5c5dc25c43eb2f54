// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <linnet/runtime/searched_plan.hpp>

#include "support/rows_network.hpp"

namespace {

using namespace linnet;
using support::rows_graph, support::rows_weights;

constexpr plan_options least{.policy = memory_policy::least_memory};
constexpr plan_options streamed{.policy = memory_policy::least_memory, .stream_input = true};

/// A plan as `linnet compile --search` would write it: groups and rings are those of the compiler's own plan;
/// with Tables every row that may have an address of its own has one.
template <plan_options const& Options, bool Tables,
          class Rows = typename detail::best_rows<rows_graph, Options, arch::native>::taken>
constexpr auto written(typename Rows::numbers groups = Rows::proposal.group_of,
                       typename Rows::numbers strips = Rows::proposal.strip,
                       std::array<planner::ring, Rows::buffers> rings = Rows::placement.rings) {
  using rows = Rows;
  searched_plan<rows::operations, rows::buffers, Tables ? rows::row_count : 0> made{.options = Options};
  made.group_of = groups;
  made.strip = strips;
  made.rings = rings;
  std::array<planner::row_rule, rows::buffers> rules{};
  find_row_rules(rows::rows.problem(), rules);
  std::int32_t entries = 0;
  for (std::size_t b = 0; b < rows::buffers; ++b) {
    planner::ring& r = made.rings[b];
    std::int32_t const count = rows::rows.all_buffers[b].rows;
    if (!Tables || rules[b] != planner::row_rule::anywhere) continue;
    for (std::int32_t y = 0; y < count; ++y)
      made.table[static_cast<std::size_t>(entries + y)] =
          static_cast<std::uint16_t>((r.offset + y % r.rows * r.row_bytes) / planner::table_unit);
    r = {0, count, r.row_bytes, entries};
    entries += count;
  }
  return made;
}
/// All operations as one group of taller steps, the first of which have less. More rows a step than there are
/// make two steps of an operation, too, where the first is short.
template <bool Tables, std::int32_t Height = 3>
constexpr auto tall() {
  using rows = typename detail::best_rows<rows_graph, least, arch::native>::taken;
  constexpr planner::row_problem problem = rows::rows.problem();
  typename rows::numbers group{}, strip{}, lag{};
  for (std::int32_t& height : strip) height = Height;
  align_group(problem, 0, rows::operations, Height, lag);
  for (std::int32_t& rows_less : lag) rows_less = Height > 50 ? Height - 2 : rows_less;
  auto made = written<least, Tables>(group, strip, rows::placed(rows::scheduled(group, strip, lag)).rings);
  made.lag = lag;
  return made;
}
constexpr auto rings_plan = written<least, false>();
constexpr auto table_plan = written<least, true>();
constexpr auto streamed_plan = written<streamed, true>();
constexpr auto tall_rings = tall<false>();
constexpr auto tall_table = tall<true>();
constexpr auto tallest_rings = tall<false, 100>();
static_assert([] {
  std::int32_t most = 0;
  for (std::int32_t lag : tall_rings.lag) most = lag > most ? lag : most;
  return most;
}() > 0);

template <auto const& Plan>
using searched_model = model<rows_graph, rows_weights, searched<Plan>{}>;

static_assert(searched_model<rings_plan>::arena_bytes == row_plan_of<rows_graph, least>.arena_bytes);
static_assert(searched_model<table_plan>::arena_bytes == row_plan_of<rows_graph, least>.arena_bytes);
static_assert(searched_model<streamed_plan>::arena_bytes == row_plan_of<rows_graph, streamed>.arena_bytes);
static_assert(searched_model<table_plan>::arena_bytes < model<rows_graph, rows_weights>::arena_bytes);

TEST(searched, models_give_the_bytes_of_layer_by_layer) {
  static searched_model<rings_plan> rings;
  static searched_model<table_plan> table;
  static searched_model<streamed_plan> rows;
  static searched_model<tall_rings> tall;
  static searched_model<tall_table> tall_rows;
  static searched_model<tallest_rings> tallest;
  for (std::uint64_t seed : {1u, 2u}) {
    auto const want = support::wanted_output(seed);
    EXPECT_EQ(support::output_of(rings, seed), want);
    EXPECT_EQ(support::output_of(table, seed), want);
    EXPECT_EQ(support::output_of(rows, seed), want);
    EXPECT_EQ(support::output_of(tall, seed), want);
    EXPECT_EQ(support::output_of(tall_rows, seed), want);
    EXPECT_EQ(support::output_of(tallest, seed), want);
  }
}

/// The buffer of the first convolution: it has a table in `table_plan`, and is no output.
constexpr std::size_t inner = [] {
  std::size_t b = 0;
  while (table_plan.rings[b].table < 0) ++b;
  return b;
}();
constexpr auto changed(auto plan, auto const& change) {
  change(plan);
  return plan;
}
template <auto const& Plan>
constexpr planner::ring_check check_of = detail::checked<rows_graph, arch::native, Plan>();
using enum planner::ring_fault;
static_assert(check_of<rings_plan>.fault == none && check_of<table_plan>.fault == none);

constexpr auto short_ring = changed(rings_plan, [](auto& p) { p.rings[inner].rows = 1; });
static_assert(check_of<short_ring>.fault == overlapping, "two of its rows are read at a time");
constexpr auto no_ring_at_all = changed(rings_plan, [](auto& p) { p.rings[inner].rows = 0; });
static_assert(check_of<no_ring_at_all>.fault == wrong_rows);
constexpr auto other_bytes = changed(table_plan, [](auto& p) { p.rings[inner].row_bytes -= 8; });
static_assert(check_of<other_bytes>.fault == wrong_rows && check_of<other_bytes>.first == inner);
constexpr auto in_front = changed(rings_plan, [](auto& p) { p.rings[0].offset = -1; });
static_assert(check_of<in_front>.fault == misaligned && check_of<in_front>.first == 0);
constexpr auto one_address = changed(table_plan, [](auto& p) {
  std::size_t const first = static_cast<std::size_t>(p.rings[inner].table);
  p.table[first + 1] = p.table[first];
});
static_assert(check_of<one_address>.fault == overlapping && check_of<one_address>.first == inner);

constexpr searched_plan<4, 1, 0> grouped(std::array<std::int32_t, 4> groups,
                                         std::array<std::int32_t, 4> strips,
                                         std::array<std::int32_t, 4> lags = {}) {
  return {{}, false, groups, strips, lags, {}, {}};
}
static_assert(detail::has_sound_groups(grouped({0, 0, 1, 2}, {1, 1, 3, 1})));
static_assert(!detail::has_sound_groups(grouped({1, 1, 1, 2}, {1, 1, 1, 1})), "they count from 0");
static_assert(!detail::has_sound_groups(grouped({0, 0, 2, 2}, {1, 1, 1, 1})), "one by one");
static_assert(!detail::has_sound_groups(grouped({0, 1, 0, 1}, {1, 1, 1, 1})), "and up");
static_assert(!detail::has_sound_groups(grouped({0, 0, 1, 1}, {1, 2, 1, 1})), "a group has one strip");
static_assert(!detail::has_sound_groups(grouped({0, 1, 1, 1}, {0, 1, 1, 1})), "of a row at least");
static_assert(detail::has_sound_groups(grouped({0, 1, 1, 1}, {1, 4, 4, 4}, {0, 3, 0, 1})));
static_assert(!detail::has_sound_groups(grouped({0, 1, 1, 1}, {1, 4, 4, 4}, {0, 4, 0, 1})),
              "the first step has a row");
static_assert(!detail::has_sound_groups(grouped({0, 1, 1, 1}, {1, 4, 4, 4}, {0, -1, 0, 1})),
              "and no more than others");

}  // namespace
