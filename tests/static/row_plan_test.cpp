// SPDX-License-Identifier: MIT
#include <linnet/graph/compose.hpp>
#include <linnet/models/mobilenet.hpp>
#include <linnet/models/squeezenet.hpp>
#include <linnet/runtime/fixed_rows.hpp>

// The smallest arenas of networks, planned by the compiler inside its default limits: int8, rows of many
// nodes at a time. Figures may only fall.
namespace {

using namespace linnet;

constexpr plan_options in_ram{.policy = memory_policy::least_memory};
constexpr plan_options streamed{.policy = memory_policy::least_memory, .stream_input = true};

template <auto const& Graph, plan_options Options, std::int64_t Bytes>
constexpr bool fits =
    row_plan_of<Graph, Options>.arena_bytes <= Bytes&& row_plan_of<Graph, Options>.arena_lower_bound <=
    row_plan_of<Graph, Options>.arena_bytes;

template <std::int32_t Percent, std::int32_t Resolution>
constexpr auto mobilenet_v2() {
  graph_builder g;
  return g.finish(models::mobilenet_v2(g, {.width = Percent / 100.0, .resolution = Resolution, .type = s8}));
}
constexpr auto v2_224 = compose<mobilenet_v2<100, 224>>();
static_assert(fits<v2_224, in_ram, 200000>);
static_assert(fits<v2_224, streamed, 128000>);

constexpr auto v2_160 = compose<mobilenet_v2<75, 160>>();
static_assert(fits<v2_160, in_ram, 112000>);
static_assert(fits<v2_160, streamed, 80000>);

constexpr auto v2_96 = compose<mobilenet_v2<35, 96>>();
static_assert(fits<v2_96, in_ram, 31000>);
static_assert(fits<v2_96, streamed, 16500>);

constexpr auto mobilenet_v1() {
  graph_builder g;
  return g.finish(models::mobilenet_v1(g, {.width = 0.25, .resolution = 96, .classes = 2, .type = s8}));
}
constexpr auto v1_96 = compose<mobilenet_v1>();
static_assert(fits<v1_96, in_ram, 29500>);
static_assert(fits<v1_96, streamed, 15000>);

constexpr auto squeezenet_1_0() {
  graph_builder g;
  return g.finish(models::squeezenet_1_0(g, {.type = s8}));
}
constexpr auto s_1_0 = compose<squeezenet_1_0>();
static_assert(fits<s_1_0, in_ram, 173000>);
static_assert(fits<s_1_0, streamed, 88000>);

constexpr auto squeezenet_1_1() {
  graph_builder g;
  return g.finish(models::squeezenet_1_1(g, {.type = s8}));
}
constexpr auto s_1_1 = compose<squeezenet_1_1>();
static_assert(fits<s_1_1, in_ram, 166000>);
static_assert(fits<s_1_1, streamed, 66000>);

}  // namespace
