// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/runtime/fixed_call.hpp>
#include <linnet/runtime/fixed_plan.hpp>

namespace {

using namespace linnet;
using detail::call_family;

static_assert(
    std::is_same_v<detail::problem_at<detail::index_of<kernels::mean::problem>(kernels::all_problems{})>,
                   kernels::mean::problem>);

struct old_tag {};
struct middle_tag {
  using parent = old_tag;
};
struct young_tag {
  using parent = middle_tag;
};
static_assert(std::is_same_v<detail::ancestor<young_tag, 0>::type, young_tag>);
static_assert(std::is_same_v<detail::ancestor<young_tag, 2>::type, old_tag>);

/// Three convolutions of two widths, a pool between them, a concat that copies.
constexpr auto mixed() {
  graph_builder g;
  auto const x = g.input({.height = 6, .width = 6, .channels = 3, .type = s8, .quantization = {0.5f, 0}});
  auto const a = g.conv2d(x, {.filters = 4, .kernel = {3, 3}, .quantization = {0.25f, 0}});
  auto const b =
      g.conv2d(g.max_pool2d(a, {.kernel = {3, 3}, .stride = {1, 1}, .border = border::same}), {.filters = 5});
  return g.finish(g.concat({a, g.conv2d(b, {.filters = 2})}, {.quantization = {0.125f, 0}}));
}
constexpr auto graph = compose<mixed>();
constexpr auto const& plan = plan_of<graph>;

constexpr call_family family_of(std::size_t call) { return call_family::of(plan.all_calls[call]); }
using convolutions = detail::family_problems<graph, plan, family_of(0)>;

static_assert(convolutions::count == 3);
static_assert(convolutions::problems[0].output.channels == 4 &&
              convolutions::problems[2].output.channels == 2);
static_assert(detail::numbers_in_family<plan>[2] == 1 && detail::numbers_in_family<plan>[3] == 2);

TEST(fixed_call_of, calls_that_differ_in_numbers_only_share_their_code) {
  auto const first = detail::fixed_call_of<graph, arch::native, plan, 0>();
  auto const second = detail::fixed_call_of<graph, arch::native, plan, 2>();
  auto const third = detail::fixed_call_of<graph, arch::native, plan, 3>();
  auto const pool = detail::fixed_call_of<graph, arch::native, plan, 1>();
  EXPECT_EQ(second.run, third.run);
  EXPECT_EQ(first.run, third.run);
  EXPECT_NE(reinterpret_cast<void const*>(first.run), reinterpret_cast<void const*>(pool.run));
  EXPECT_NE(first.descriptor, second.descriptor);
  EXPECT_NE(second.descriptor, third.descriptor);
}

TEST(problem_of, picks_the_part_of_a_concat) {
  for (std::size_t i = 4; i < plan.calls; ++i) {
    planned_call const& call = plan.all_calls[i];
    ASSERT_EQ(graph.nodes[static_cast<std::size_t>(call.node)].kind, op::concat);
    auto const p = detail::problem_of<kernels::elementwise::rescale_problem>(graph.view(), call);
    EXPECT_EQ(p.image.channels, call.part == 0 ? 4 : 2);
  }
  EXPECT_EQ(plan.calls, 6u) << "neither part has the concat's scale";
}

}  // namespace
