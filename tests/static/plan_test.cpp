// SPDX-License-Identifier: MIT
#include <linnet/graph/compose.hpp>
#include <linnet/models/mobilenet.hpp>
#include <linnet/models/squeezenet.hpp>
#include <linnet/runtime/fixed_plan.hpp>
#include <linnet/runtime/fixed_rows.hpp>

// What networks need to run, planned by the compiler: int8, layer by layer, the input included. Every plan
// meets its lower bound.
namespace {

using namespace linnet;

template <std::int64_t Bytes, auto const& Plan>
constexpr bool needs = Plan.arena_bytes == Bytes&& Plan.arena_lower_bound == Bytes;

constexpr auto mobilenet_v2() {
  graph_builder g;
  return g.finish(models::mobilenet_v2(g, {.type = s8}));
}
constexpr auto v2 = compose<mobilenet_v2>();
static_assert(needs<1505280, plan_of<v2>>);
static_assert(plan_of<v2>.calls == v2.nodes.size());

// The search inside a budget stays below what both compilers spend on a constant: clang, 1,048,576 steps.
constexpr plan_options tight{.policy = memory_policy::within, .budget = 200'000};
static_assert(row_plan_of<v2, tight>.arena_bytes <= tight.budget);

constexpr auto small_mobilenet_v2() {
  graph_builder g;
  return g.finish(models::mobilenet_v2(g, {.width = 0.35, .resolution = 96, .type = s8}));
}
constexpr auto small_v2 = compose<small_mobilenet_v2>();
static_assert(needs<138240, plan_of<small_v2>>);

constexpr auto small_mobilenet_v1() {
  graph_builder g;
  return g.finish(models::mobilenet_v1(g, {.width = 0.25, .resolution = 96, .type = s8}));
}
constexpr auto small_v1 = compose<small_mobilenet_v1>();
static_assert(needs<55296, plan_of<small_v1>>);

constexpr auto squeezenet_1_0() {
  graph_builder g;
  return g.finish(models::squeezenet_1_0(g, {.type = s8}));
}
constexpr auto s_1_0 = compose<squeezenet_1_0>();
static_assert(needs<1420512, plan_of<s_1_0>>);
static_assert(plan_of<s_1_0>.calls == s_1_0.nodes.size() - 8, "no fire module copies for its concat");

constexpr auto squeezenet_1_1() {
  graph_builder g;
  return g.finish(models::squeezenet_1_1(g, {.type = s8}));
}
constexpr auto s_1_1 = compose<squeezenet_1_1>();
static_assert(needs<982144, plan_of<s_1_1>>);

// A U-Net's long skip: made in its place, the skip would keep the whole concat alive through the inner
// layers; the plan that copies is smaller and is taken.
constexpr auto long_skip() {
  graph_builder g;
  quantization const q{0.1f, 0};
  auto const x = g.input({.height = 8, .width = 8, .channels = 4, .type = s8, .quantization = q});
  auto const skip = g.conv2d(x, {.filters = 4, .quantization = q});
  auto const wide = g.conv2d(skip, {.filters = 40, .quantization = q});
  auto const deep = g.conv2d(wide, {.filters = 40, .quantization = q});
  return g.finish(g.concat({skip, g.conv2d(deep, {.filters = 40, .quantization = q})}, {.quantization = q}));
}
constexpr auto skipping = compose<long_skip>();
static_assert(plan_of<skipping>.calls == skipping.nodes.size() + 1);
static_assert(plan_of<skipping>.arena_bytes == 64 * (4 + 40 + 44));

}  // namespace
