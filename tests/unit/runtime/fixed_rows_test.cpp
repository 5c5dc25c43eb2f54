// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/runtime/fixed_rows.hpp>

namespace {

using namespace linnet;

/// A wide tensor between two narrow ones.
template <std::int32_t Height>
constexpr auto wide_inside() {
  graph_builder g;
  auto const x = g.input({.height = Height, .width = 16, .channels = 2, .type = s8});
  auto const wide = g.conv2d(x, {.filters = 32, .kernel = {3, 3}});
  return g.finish(g.conv2d(wide, {.filters = 2, .kernel = {3, 3}}));
}
constexpr auto graph = compose<wide_inside<20>>();
constexpr plan_options least{.policy = memory_policy::least_memory};
constexpr plan_options streamed{.policy = memory_policy::least_memory, .stream_input = true};

static_assert(plan_of<graph>.arena_bytes == 20 * 16 * (2 + 32));
static_assert(row_plan_of<graph, least>.arena_bytes <= 20 * 16 * 2 + 3 * 16 * 32 + 3 * 16 * 2);
static_assert(row_plan_of<graph, streamed>.arena_bytes <= row_plan_of<graph, least>.arena_bytes);
static_assert(row_plan_of<graph, least>.steps.size() == 40, "every row of two operations");
static_assert(row_plan_of<graph, streamed>.steps.size() == 60);
static_assert(sizeof(row_plan_of<graph, least>.steps[0]) == 1);

constexpr plan_options roomy{.policy = memory_policy::within, .budget = 20 * 16 * 34};
static_assert(row_plan_of<graph, roomy>.arena_bytes <= roomy.budget);
static_assert(row_plan_of<graph, roomy>.steps.size() == 2, "where whole tensors fit there are no more steps");

constexpr auto tall = compose<wide_inside<2048>>();
constexpr plan_options fastest{.policy = memory_policy::fastest};
static_assert(!detail::runs_by_rows<graph, fastest, arch::native>());
static_assert(plan_of<tall>.arena_bytes > near_bytes);
static_assert(detail::runs_by_rows<tall, fastest, arch::native>());
static_assert(!detail::runs_by_rows<tall, plan_options{}, arch::native>());

TEST(row_plan_of, rings_lie_inside_the_arena) {
  constexpr auto const& plan = row_plan_of<graph, streamed>;
  for (std::size_t i = 0; i < plan.rings.size(); ++i) {
    EXPECT_LE(plan.rings[i].end(), plan.arena_bytes);
  }
  EXPECT_LE(plan.arena_lower_bound, plan.arena_bytes);
}

/// The schedule's own rules, followed by counting.
TEST(row_plan_of, no_step_asks_for_rows_that_are_not_there) {
  constexpr auto const& plan = row_plan_of<graph, streamed>;
  std::int32_t made[3]{};
  for (auto const operation : plan.steps) {
    auto const& o = plan.operations[operation];
    std::int32_t const last = min(made[operation] + plan.strip[operation], o.rows);
    if (operation > 0) {
      EXPECT_GE(made[operation - 1], min(o.input_rows, last - 1 - o.padding + 3));
    }
    made[operation] = last;
  }
  for (std::int32_t rows : made) EXPECT_EQ(rows, 20);
}

}  // namespace
