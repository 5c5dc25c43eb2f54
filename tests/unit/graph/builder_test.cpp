// SPDX-License-Identifier: MIT
#include <vector>

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

/// What `compose` does with a state of (1, 4) s8 and an input of that shape, as a fault.
template <class Compose>
constexpr linnet::graph_error mistake_with_states(Compose compose) {
  linnet::graph_builder g;
  auto const x = g.reshape(g.input({.channels = 4, .type = linnet::s8}), {1, 4});
  auto const h = g.state({.shape = {1, 4}, .type = linnet::s8});
  auto const graph = g.finish(compose(g, x, h));
  return graph ? linnet::graph_error{} : graph.error();
}

TEST(builder, keeps_states_that_are_replaced_once_by_their_like) {
  auto const sound = mistake_with_states([](auto& g, auto x, auto h) {
    auto const y = g.add(x, h);
    g.update(h, y);
    return y;
  });
  EXPECT_EQ(sound.fault, graph_fault::none);
  auto const never = mistake_with_states([](auto& g, auto x, auto h) { return g.add(x, h); });
  EXPECT_EQ(never.fault, graph_fault::not_updated);
  EXPECT_EQ(never.tensor, 2);
  auto const twice = mistake_with_states([](auto& g, auto x, auto h) {
    g.update(h, x);
    g.update(h, x);
    return x;
  });
  EXPECT_EQ(twice.fault, graph_fault::updated_twice);
  auto const input = mistake_with_states([](auto& g, auto x, auto h) {
    g.update(h, x);
    g.update(x, x);
    return x;
  });
  EXPECT_EQ(input.fault, graph_fault::no_state);
  auto const unmade = mistake_with_states([](auto& g, auto x, auto h) {
    g.update(h, {});
    return x;
  });
  EXPECT_EQ(unmade.fault, graph_fault::used_before_made);
  auto const other_shape = mistake_with_states([](auto& g, auto x, auto h) {
    g.update(h, g.reshape(x, {4, 1}));
    return x;
  });
  EXPECT_EQ(other_shape.fault, graph_fault::update_differs);
  EXPECT_EQ(other_shape.first, (linnet::shape{4, 1}));
  EXPECT_EQ(other_shape.second, (linnet::shape{1, 4}));
  auto const other_scale = mistake_with_states([](auto& g, auto x, auto h) {
    g.update(h, g.add(x, h, {.quantization = {0.5f, 0}}));
    return x;
  });
  EXPECT_EQ(other_scale.fault, graph_fault::update_differs);
  auto const other_type = mistake_with_states([](auto& g, auto x, auto h) {
    g.update(h, g.dequantize(x));
    return x;
  });
  EXPECT_EQ(other_type.fault, graph_fault::update_differs);
  auto const output = mistake_with_states([](auto& g, auto x, auto h) {
    g.update(h, x);
    return g.reshape(h, {2, 2});
  });
  EXPECT_EQ(output.fault, graph_fault::state_as_it_is) << "would it be the old one or the new one?";
}

TEST(builder, copies_a_state_that_replaces_a_state) {
  linnet::graph_builder g;
  auto const x = g.input({.channels = 4});
  auto const one = g.state({.shape = {1, 1, 1, 4}}), two = g.state({.shape = {1, 1, 1, 4}});
  g.update(one, x);
  g.update(two, g.reshape(one, {1, 1, 1, 4}));
  auto const graph = g.finish(g.relu(two));
  ASSERT_TRUE(graph);
  EXPECT_TRUE(is_valid(*graph));
  ASSERT_EQ(graph->nodes.size(), 3u);
  EXPECT_EQ(graph->nodes[1].kind, op::slice) << "behind the reshape";
  EXPECT_EQ(graph->view().states().size(), 2u);
  EXPECT_EQ(graph->view().updates()[1], graph->view().outputs(graph->nodes[1])[0]);
  EXPECT_EQ(graph->view().inputs().size(), 1u);
  linnet::graph_builder many;
  for (int i = 0; i < 17; ++i) many.state({.shape = {1}});
  EXPECT_EQ(many.finish(many.input({})).error().fault, graph_fault::too_many_ends);
  linnet::graph_builder empty;
  empty.state({.shape = {1, 0}});
  EXPECT_EQ(empty.finish(empty.input({})).error().fault, graph_fault::empty_tensor);
}

TEST(builder, gates_have_weights_in_the_order_of_onnx) {
  linnet::graph_builder g;
  auto const graph = g.finish(g.gru(g.input({.batch = 2, .channels = 5}), {.units = 3}));
  ASSERT_TRUE(graph);
  std::vector<linnet::shape> constants;
  for (std::size_t i = 0; i < graph->tensors.size(); ++i) {
    if (is_constant(graph->tensors[i])) constants.push_back(graph->tensors[i].shape);
  }
  EXPECT_EQ(constants, (std::vector<linnet::shape>{{9, 5}, {9}, {6, 3}, {6}, {3, 3}, {3}}));
  EXPECT_EQ(graph->view().tensor(graph->view().outputs()[0]).shape, (linnet::shape{2, 3}));
  linnet::graph_builder none;
  EXPECT_EQ(none.finish(none.gru({}, {})).error().fault, graph_fault::used_before_made);
  linnet::graph_builder no_units;
  auto const x = no_units.input({});
  EXPECT_EQ(no_units.finish(no_units.simple_rnn(x, {.units = 0})).error().fault, graph_fault::empty_tensor);
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
