// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/graph/validate.hpp>

namespace {

using linnet::graph_fault;
using linnet::op;

consteval auto every_operator() {
  linnet::graph_builder g;
  auto x = g.input({.height = 9, .width = 7, .channels = 4, .type = linnet::s8});
  x = g.conv2d(x,
               {.filters = 8, .kernel = {3, 3}, .stride = {2, 2}, .activation = linnet::activation::relu6});
  x = g.depthwise_conv2d(x, {.multiplier = 2});
  x = g.inverted_residual(x, {.filters = 16});
  x = g.depthwise_separable(x, {.filters = 8, .stride = 2});
  x = g.fire(x, {.squeeze = 2, .expand = 4});
  x = g.add(x, x);
  x = g.max_pool2d(x, {.kernel = {2, 2}, .stride = {1, 1}, .border = linnet::border::same});
  x = g.average_pool2d(x, {.kernel = {2, 2}, .stride = {2, 2}, .border = linnet::border::valid_ceil});
  x = g.global_average_pool(x);
  return *g.finish(g.softmax(g.dense(x, {.units = 3})));
}
constexpr auto made = every_operator();

constexpr bool is_valid(auto const& graph) {
  std::array<bool, 256> known{};
  return linnet::validate(graph.view(), std::span(known).first(graph.tensors.size())).has_value();
}
static_assert(is_valid(made));

TEST(builder, makes_valid_graphs_of_every_operator) {
  op const wanted[] = {op::conv2d,
                       op::depthwise_conv2d,
                       op::conv2d,
                       op::depthwise_conv2d,
                       op::conv2d,
                       op::add,
                       op::depthwise_conv2d,
                       op::conv2d,
                       op::conv2d,
                       op::conv2d,
                       op::conv2d,
                       op::concat,
                       op::add,
                       op::max_pool2d,
                       op::average_pool2d,
                       op::mean,
                       op::dense,
                       op::softmax};
  ASSERT_EQ(made.nodes.size(), std::size(wanted));
  for (std::size_t i = 0; i < std::size(wanted); ++i) EXPECT_EQ(made.nodes[i].kind, wanted[i]) << i;
  EXPECT_EQ(made.view().output(made.nodes[0]).shape, (linnet::shape{1, 5, 4, 8}));
  EXPECT_EQ(made.view().output(made.nodes[14]).shape, (linnet::shape{1, 2, 1, 8}));  // of (1, 3, 2, 8)
  EXPECT_EQ(made.view().name(made.nodes[17]), linnet::text("softmax_17"));
}

TEST(builder, concatenates_side_by_side) {
  linnet::graph_builder g;
  auto const x = g.input({.height = 2, .width = 2, .channels = 3});
  auto const graph = g.finish(g.concat({x, x, x}));
  ASSERT_TRUE(graph);
  EXPECT_EQ(graph->view().output(graph->nodes[0]).shape, (linnet::shape{1, 2, 2, 9}));
}

constexpr auto one_module(std::int32_t channels, linnet::bypass how) {
  linnet::graph_builder g;
  auto const x = g.input({.height = 4, .width = 4, .channels = channels, .type = linnet::s8});
  return g.finish(g.fire(x, {.squeeze = 2, .expand = 4, .bypass = how}));
}

TEST(builder, information_passes_around_a_fire_module) {
  using linnet::bypass;
  constexpr auto nodes = [](std::int32_t channels, bypass how) {
    return one_module(channels, how)->nodes.size();
  };
  static_assert(nodes(8, bypass::none) == 4 && nodes(3, bypass::none) == 4);
  static_assert(nodes(8, bypass::simple) == 5 && nodes(3, bypass::simple) == 4);
  static_assert(nodes(8, bypass::complex) == 5 && nodes(3, bypass::complex) == 6);
  constexpr auto brought_to_size = one_module(3, bypass::complex);
  static_assert(is_valid(*brought_to_size));
  EXPECT_EQ(brought_to_size->nodes[4].kind, op::conv2d);
  EXPECT_EQ(brought_to_size->nodes[5].kind, op::add);
  linnet::graph_builder g;
  EXPECT_EQ(g.finish(g.fire({}, {})).error().fault, graph_fault::used_before_made);
}

/// The first mistake is kept: whatever follows cannot hide it.
template <class Compose>
linnet::graph_error mistake_in(Compose compose) {
  linnet::graph_builder g;
  auto const x = g.input({.height = 8, .width = 8, .channels = 4});
  auto const graph = g.finish(g.softmax(compose(g, x)));
  EXPECT_FALSE(graph.has_value());
  return graph ? linnet::graph_error{} : graph.error();
}

TEST(builder, returns_the_first_mistake) {
  auto const differ = mistake_in([](auto& g, auto x) { return g.add(x, g.conv2d(x, {.filters = 5})); });
  EXPECT_EQ(differ.fault, graph_fault::shapes_differ);
  EXPECT_EQ(differ.node, 1);
  EXPECT_EQ(differ.kind, op::add);
  EXPECT_EQ(differ.first, (linnet::shape{1, 8, 8, 4}));
  EXPECT_EQ(differ.second, (linnet::shape{1, 8, 8, 5}));
  auto const too_large = mistake_in([](auto& g, auto x) {
    return g.conv2d(x, {.filters = 2, .kernel = {9, 9}, .border = linnet::border::valid});
  });
  EXPECT_EQ(too_large.fault, graph_fault::kernel_exceeds_input);
  auto const no_stride = mistake_in([](auto& g, auto x) {
    return g.conv2d(x, {.filters = 2, .stride = {0, 1}});
  });
  EXPECT_EQ(no_stride.fault, graph_fault::bad_window);
  auto const heights = mistake_in([](auto& g, auto x) {
    return g.concat({x, g.max_pool2d(x, {.kernel = {2, 2}, .stride = {2, 2}})});
  });
  EXPECT_EQ(heights.fault, graph_fault::shapes_differ);
  auto const unmade = mistake_in([](auto&, auto) { return linnet::tensor_handle{}; });
  EXPECT_EQ(unmade.fault, graph_fault::used_before_made);
}

TEST(builder, default_quantization_covers_what_an_activation_lets_through) {
  for (auto type : {linnet::s8, linnet::u8}) {
    std::int32_t const lowest = type == linnet::s8 ? -128 : 0;
    auto const six = linnet::default_quantization(type, linnet::activation::relu6);
    EXPECT_EQ(six.zero_point, lowest);
    EXPECT_FLOAT_EQ(six.scale * 255, 6.0f);
    auto const free = linnet::default_quantization(type, linnet::activation::none);
    EXPECT_FLOAT_EQ(free.scale * static_cast<float>(lowest - free.zero_point), -8.0f);
  }
}

}  // namespace
