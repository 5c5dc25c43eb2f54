// SPDX-License-Identifier: MIT
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/graph/equivalence.hpp>

namespace {

using linnet::activation;
using linnet::difference;
using linnet::tensor_handle;

/// A graph of two branches that join, with one thing about it that can be changed.
struct change {
  bool swap_operands = false, swap_nodes = false, third_input = false, more_nodes = false;
  std::int32_t kernel = 3, channels = 3, axis = 3;
  activation first = activation::none;
  linnet::element_type type = linnet::s8;
  float beta = 1.0f, scale = 0.5f;
  bool pool = false, deep = false, first_output = false;
  std::int32_t padding = 1;
};
template <change C = change{}>
constexpr auto net = linnet::compose<[] {
  linnet::graph_builder g;
  tensor_handle const x = g.input({.height = 8, .width = 8, .channels = C.channels, .type = C.type});
  if (C.third_input) g.input({});
  auto const small = [&] {
    return g.conv2d(x, {.filters = 4, .activation = C.first, .quantization = {C.scale, 0}});
  };
  auto const large = [&] { return g.conv2d(x, {.filters = 4, .kernel = {C.kernel, C.kernel}}); };
  tensor_handle a, b;
  if (C.swap_nodes) {
    b = large();
    a = small();
  } else {
    a = small();
    b = large();
  }
  tensor_handle y = C.swap_operands ? g.add(b, a) : g.add(a, b);
  y = g.concat({y, C.deep ? b : a}, {.axis = C.axis});
  y = g.pad(y, linnet::padding2d{.top = C.padding});
  y = C.pool ? g.max_pool2d(y, {}) : g.average_pool2d(y, {});
  y = g.softmax(y, {.beta = C.beta});
  if (C.more_nodes) g.relu(y);
  return g.finish(C.first_output ? a : y);
}>();

template <change C>
constexpr linnet::graph_difference first_difference() {
  auto const same = linnet::equivalent(net<>, net<C>);
  return same ? linnet::graph_difference{} : same.error();
}
constexpr bool is(linnet::graph_difference const& d, difference what, std::int32_t node, std::int32_t other) {
  return d.what == what && d.node == node && d.other == other;
}

static_assert(*linnet::equivalent(net<>, net<>) == 7);

// what does not matter: scales, the order of nodes, the order of what is added
static_assert(*linnet::equivalent(net<>, net<change{.scale = 0.25f}>) == 7);
static_assert(*linnet::equivalent(net<>, net<change{.swap_nodes = true}>) == 7);
static_assert(*linnet::equivalent(net<>, net<change{.swap_operands = true}>) == 7);

// what does
static_assert(is(first_difference<change{.first = activation::relu}>(), difference::activation, 0, 0));
static_assert(is(first_difference<change{.kernel = 5}>(), difference::operands, 1, 1));  // other weights
static_assert(is(first_difference<change{.deep = true}>(), difference::operands, 3, 3));
static_assert(is(first_difference<change{.axis = 1}>(), difference::axes, 3, 3));
static_assert(is(first_difference<change{.padding = 3}>(), difference::padding, 4, 4));
static_assert(is(first_difference<change{.pool = true}>(), difference::kind, 5, 5));
static_assert(is(first_difference<change{.beta = 2}>(), difference::beta, 6, 6));
static_assert(is(first_difference<change{.channels = 4}>(), difference::inputs, -1, -1));
static_assert(is(first_difference<change{.type = linnet::u8}>(), difference::inputs, -1, -1));
static_assert(is(first_difference<change{.third_input = true}>(), difference::inputs, -1, -1));
static_assert(is(first_difference<change{.more_nodes = true}>(), difference::node_missing, -1, 7));
static_assert(linnet::equivalent(net<change{.more_nodes = true}>, net<>).error().node == 7);
static_assert(is(first_difference<change{.first_output = true}>(), difference::outputs, -1, -1));

/// Two states that are replaced by each other's sums, or one of them by what it is itself.
template <std::int32_t Channels, bool Swapped>
constexpr auto carrying() {
  linnet::graph_builder g;
  auto const x = g.input({.channels = 4});
  auto const a = g.state({.shape = {1, 1, 1, Channels}}), b = g.state({.shape = {1, 1, 1, Channels}});
  auto const y = g.relu(a), z = g.relu6(b);
  g.update(a, Swapped ? z : y);
  g.update(b, Swapped ? y : z);
  return g.finish(g.relu(x));
}
template <std::int32_t Channels, bool Swapped>
constexpr auto carried = linnet::compose<carrying<Channels, Swapped>>();
static_assert(*linnet::equivalent(carried<4, true>, carried<4, true>) == 3);
static_assert(linnet::equivalent(carried<4, true>, carried<4, false>).error().what == difference::states);
static_assert(linnet::equivalent(carried<4, true>, carried<5, true>).error().what == difference::states);

constexpr auto strided(std::int32_t stride) {
  linnet::graph_builder g;
  auto const x = g.input({.height = 8, .width = 8, .channels = 3});
  return g.finish(g.conv2d(x, {.filters = 2, .stride = {stride, stride}}));
}
template <linnet::element_type Type, std::int32_t... Extents>
constexpr auto ending() {
  linnet::graph_builder g;
  auto const x = g.input({.channels = 8});
  return g.finish(Type == linnet::f32 ? g.reshape(x, {Extents...}) : g.quantize(x, {.type = Type}));
}
static_assert(linnet::equivalent(linnet::compose<[] { return strided(1); }>(),
                                 linnet::compose<[] { return strided(2); }>())
                  .error()
                  .what == difference::window);
static_assert(linnet::equivalent(linnet::compose<ending<linnet::f32, 2, 4>>(),
                                 linnet::compose<ending<linnet::f32, 8, 1>>())
                  .error()
                  .what == difference::output_shape);
static_assert(linnet::equivalent(linnet::compose<ending<linnet::s8>>(), linnet::compose<ending<linnet::u8>>())
                  .error()
                  .what == difference::output_type);

TEST(equivalence, tells_which_tensor_equals_which) {
  auto const &a = net<>, &b = net<change{.swap_nodes = true}>;
  std::array<linnet::tensor_id, a.tensors.size()> twins{};
  std::array<bool, b.nodes.size()> taken{};
  ASSERT_TRUE(linnet::equivalent(a.view(), b.view(), twins, taken));
  EXPECT_EQ(twins[0], 0);
  auto const made_by = [](auto const& g, std::size_t i) { return g.view().outputs(g.nodes[i])[0]; };
  EXPECT_EQ(twins[static_cast<std::size_t>(made_by(a, 0))], made_by(b, 1));
  EXPECT_EQ(twins[static_cast<std::size_t>(made_by(a, 1))], made_by(b, 0));
  EXPECT_EQ(twins[static_cast<std::size_t>(made_by(a, 6))], made_by(b, 6));
}

TEST(equivalence, every_difference_has_words_of_its_own) {
  std::set<std::string> words;
  int count = 0;
  for (;; ++count) {
    std::string const said = linnet::explain(static_cast<difference>(count));
    if (said == "?") break;
    EXPECT_TRUE(words.insert(said).second) << said;
  }
  EXPECT_EQ(count, static_cast<int>(difference::output_type) + 1);
}

}  // namespace
