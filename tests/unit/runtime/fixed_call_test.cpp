// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/runtime/fixed_call.hpp>
#include <linnet/runtime/fixed_plan.hpp>
#include <linnet/runtime/weights.hpp>

namespace {

using namespace linnet;

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

inline weights_for<graph> weights;
constexpr auto const& generations = detail::generations<graph, arch::native, plan, weights>;
constexpr auto const& families = detail::families<graph, plan, generations>;
static_assert(families.family_of[0] == families.family_of[2] &&
              families.family_of[2] == families.family_of[3]);
static_assert(families.family_of[0] != families.family_of[1], "a pool is another family");
static_assert(families.place[0] == 0 && families.place[2] == 1 && families.place[3] == 2);
static_assert(families.sizes[families.family_of[0]] == 3);

using convolutions = detail::family_descriptors<graph, plan, generations, families.family_of[0]>;
static_assert(convolutions::count == 3);
static_assert(convolutions::members[1] == 2 && convolutions::members[2] == 3);
static_assert(convolutions::descriptors[0].output_channels == 4 &&
              convolutions::descriptors[2].output_channels == 2);

TEST(fixed_calls, that_differ_in_numbers_only_share_their_code) {
  constexpr auto const& calls = detail::fixed_calls<graph, arch::native, plan, generations>;
  EXPECT_EQ(calls[2].code, calls[3].code);
  EXPECT_EQ(calls[0].code, calls[3].code);
  EXPECT_NE(reinterpret_cast<void const*>(calls[0].code), reinterpret_cast<void const*>(calls[1].code));
  EXPECT_NE(calls[0].descriptor, calls[2].descriptor);
  EXPECT_NE(calls[2].descriptor, calls[3].descriptor);
}

/// One row of more bytes than 16 bits count.
constexpr auto wide() {
  graph_builder g;
  auto const x = g.input({.height = 1, .width = 17000, .channels = 4, .type = s8, .quantization = {0.5f, 0}});
  return g.finish(g.max_pool2d(x, {.kernel = {1, 2}, .stride = {1, 2}}));
}
constexpr auto wide_graph = compose<wide>();
static_assert(std::is_same_v<detail::place_count<plan>, std::uint16_t>);
static_assert(std::is_same_v<detail::place_count<plan_of<wide_graph>>, std::int32_t>);
static_assert(sizeof(detail::placed_call<std::uint16_t, std::uint8_t>) == 28 &&
                  sizeof(detail::call_place<std::uint16_t>) == 8,
              "of each call in the flash of a device");

template <class Count>
void expect_places() {
  using place = detail::call_place<Count>;
  std::byte const arena[1] = {}, other[1] = {};
  std::byte bytes[2] = {};
  std::byte* const memories[] = {nullptr, &bytes[0], nullptr, &bytes[1]};
  std::uint16_t const table[] = {9, 8, 7};
  place const places[] = {{40, 8, 3}, {24, 16}, {16, 8, place::in_table + 1}, {}};
  using call_type = detail::placed_call<Count, std::uint8_t>;
  call_type p;
  p.places = {0, 1, 2, 3};
  p.packed = ~48;
  p.memories = 1 | call_type::packed_memory << call_type::memory_bits | 3 << 2 * call_type::memory_bits;
  p.geometry.input_height = 5;
  using table_type = std::uint16_t const*;
  detail::call_constants<Count, table_type> const constants{places, {arena, other}, table};
  detail::call_frame<Count, table_type> const frame{&constants, memories, nullptr};
  detail::placed_memory<Count, std::uint8_t, table_type> memory{p, frame};
  EXPECT_EQ(memory.input_rows(0).row(4), bytes + 40 + 8) << "a ring of 3 rows";
  EXPECT_EQ(memory.input_rows(1).row(2), arena + 24 + 32) << "in the packed weights, no ring";
  EXPECT_EQ(memory.output_rows().row(1), bytes + 1 + 16 + 7 * planner::table_unit) << "the second address";
  EXPECT_EQ(memory.output_rows().side_by_side(0, 2), 1);
  EXPECT_EQ(memory.packed_bytes(), other + 48) << "in the fast part";
  EXPECT_EQ(memory.scratch_rows().base, nullptr);
  memory.go_to_next_image(5, 1);
  EXPECT_EQ(memory.input_rows(1).row(0), arena + 24 + 5 * 16) << "the second image of a batch";
}
TEST(placed_calls, keep_rings_tables_weights_and_memories) {
  expect_places<std::uint16_t>();
  expect_places<std::int32_t>();
}

/// A blob in which an older kernel's stream has taken the place of a convolution's.
struct stated_weights {
  blob_layout<3> layout = [] {
    blob_layout<3> made = weights_layout<graph>;
    made.streams[1].layout = kernels::packed_layout::tap_planes;
    return made;
  }();
};
constexpr stated_weights unreadable;
static_assert(detail::has_readers<graph, arch::native, plan, weights>());
static_assert(!detail::has_readers<graph, arch::native, plan, unreadable>(),
              "no convolution reads tap_planes");

TEST(problem_of, picks_the_part_of_a_concat) {
  for (std::size_t i = 4; i < plan.calls; ++i) {
    planned_call const& call = plan.all_calls[i];
    ASSERT_EQ(graph.nodes[static_cast<std::size_t>(call.node)].kind, op::concat);
    auto const p = problem_of<kernels::elementwise::rescale_problem>(
        graph.view(), graph.nodes[static_cast<std::size_t>(call.node)], static_cast<std::size_t>(call.part));
    EXPECT_EQ(p.image.channels, call.part == 0 ? 4 : 2);
  }
  EXPECT_EQ(plan.calls, 6u) << "neither part has the concat's scale";
}

}  // namespace
