// SPDX-License-Identifier: MIT
#include <string>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/graph/equivalence.hpp>
#include <linnet/graph/passes/normalize.hpp>
#include <linnet/graph/validate.hpp>

namespace {

using linnet::activation;
using linnet::graph_builder;
using linnet::op;
using linnet::padding2d;
using linnet::s8;
using linnet::tensor_handle;

/// The normal form of what Compose makes of an image (1,8,8,3), as a constant.
template <auto Compose>
constexpr auto spelled = linnet::compose<[] {
  graph_builder g;
  return g.finish(Compose(g, g.input({.height = 8, .width = 8, .channels = 3, .type = s8})));
}>();
template <auto Compose>
constexpr auto normal = linnet::compose<[] { return linnet::normalize(spelled<Compose>); }>();

/// Whether `Spelling` has the normal form that `Normal` spells out, which is valid and its own normal form.
template <auto Spelling, auto Normal>
constexpr bool means() {
  static_assert(linnet::validate(normal<Spelling>).has_value());
  auto const again = linnet::normalize(normal<Spelling>);
  bool const stays = again && again->nodes.size() == normal<Spelling>.nodes.size();
  return stays && linnet::equivalent(normal<Spelling>, spelled<Normal>).has_value();
}

constexpr auto convolved = [](auto& g, auto x) { return g.conv2d(x, {.filters = 4, .kernel = {3, 3}}); };
constexpr auto padded_by_hand = [](auto& g, auto x) {
  x = g.pad(x, {{}, {1, 0}, {0, 1}, {}});
  return g.conv2d(x, {.filters = 4, .kernel = {3, 3}, .border = padding2d{0, 1, 1, 0}});
};

// the ends
constexpr auto requantized = [](auto& g, auto x) {
  x = g.requantize(x, {.type = linnet::u8});
  x = g.requantize(x, {.type = s8});
  x = convolved(g, x);
  return g.dequantize(g.requantize(x, {.type = linnet::u8}));
};
static_assert(means<requantized, convolved>());
constexpr auto only_adapted = [](auto& g, auto x) { return g.requantize(x, {.type = s8}); };
static_assert(normal<only_adapted>.nodes.empty());
constexpr auto read_twice = [](auto& g, auto x) {
  tensor_handle const y = g.requantize(x, {.type = s8});
  return g.requantize(g.add(x, y), {.type = s8});  // somebody else reads x: the first one stays
};
constexpr auto read_twice_inside = [](auto& g, auto x) { return g.add(x, g.requantize(x, {.type = s8})); };
static_assert(means<read_twice, read_twice_inside>());

constexpr auto from_channels_first = linnet::compose<[] {
  graph_builder g;
  tensor_handle x = g.input({.height = 3, .width = 8, .channels = 8, .type = s8});  // (1, C, H, W)
  x = g.transpose(x, {0, 2, 3, 1});
  return g.finish(g.transpose(convolved(g, x), {0, 3, 1, 2}));
}>();
static_assert(linnet::equivalent(linnet::compose<[] { return linnet::normalize(from_channels_first); }>(),
                                 spelled<convolved>));
constexpr auto turned_inside = [](auto& g, auto x) {
  return g.relu(g.transpose(g.relu(x), {0, 3, 1, 2}));  // not at an end
};
static_assert(means<turned_inside, turned_inside>());

// what is repeated: a row of pixels (8,3), a pixel (3)
constexpr auto scaled_by_rows = [](auto& g, auto x) {
  x = g.mul(x, g.mean(x, {0, 1}, {.keep_dims = false}));
  return g.sub(g.mean(x, {0, 1, 2}, {.keep_dims = false}), x);
};
constexpr auto scaled_by_images = [](auto& g, auto x) {
  x = g.mul(x, g.mean(x, {0, 1}));
  return g.sub(g.mean(x, {0, 1, 2}), x);
};
static_assert(means<scaled_by_rows, scaled_by_images>());

// dense, reshape
constexpr auto classified = [](auto& g, auto x) {
  x = g.flatten(g.mean(x, {1, 2}));
  return g.softmax(g.dense(x, {.units = 5}));
};
constexpr auto classified_without_dimensions = [](auto& g, auto x) {
  x = g.mean(x, {2, 1}, {.keep_dims = false});
  return g.softmax(g.dense(x, {.units = 5}));
};
constexpr auto classified_by_convolution = [](auto& g, auto x) {
  return g.softmax(g.conv2d(g.mean(x, {1, 2}), {.filters = 5}));
};
constexpr auto classified_by_pool = [](auto& g, auto x) {
  x = g.average_pool2d(x, {.kernel = {8, 8}, .stride = {1, 1}});
  x = g.reshape(g.conv2d(x, {.filters = 5}), {1, 5});
  return g.reshape(g.softmax(x), {5});
};
static_assert(means<classified, classified_by_convolution>());
static_assert(means<classified_without_dimensions, classified_by_convolution>());
static_assert(means<classified_by_pool, classified_by_convolution>());
static_assert(normal<classified>.nodes.size() == 3);

constexpr auto dense_of_image = [](auto& g, auto x) { return g.dense(x, {.units = 5}); };
constexpr auto flattened_and_convolved = [](auto& g, auto x) {
  return g.conv2d(g.reshape(x, {1, 1, 1, 192}), {.filters = 5});
};
// The one reshape that is left stands at the input and would be set aside there: something goes before it.
constexpr auto behind_relu = [](auto& g, auto x) { return dense_of_image(g, g.relu(x)); };
constexpr auto flattened_behind_relu = [](auto& g, auto x) { return flattened_and_convolved(g, g.relu(x)); };
static_assert(means<behind_relu, flattened_behind_relu>());

constexpr auto back_and_forth = [](auto& g, auto x) {
  x = g.reshape(g.reshape(g.reshape(g.relu(x), {8, 24}), {192}), {1, 8, 8, 3});
  return convolved(g, x);
};
constexpr auto straight = [](auto& g, auto x) { return convolved(g, g.relu(x)); };
static_assert(means<back_and_forth, straight>());

constexpr auto ones_turned = [](auto& g, auto x) {
  x = g.transpose(g.mean(x, {1, 2}), {0, 3, 1, 2});  // (1, C, 1, 1), as an exporter flattens
  return g.dense(g.flatten(x), {.units = 5});
};
constexpr auto ones_unturned = [](auto& g, auto x) { return g.conv2d(g.mean(x, {1, 2}), {.filters = 5}); };
static_assert(means<ones_turned, ones_unturned>());

constexpr auto joined_rows = [](auto& g, auto x) {
  x = g.flatten(g.mean(x, {1, 2}));
  return g.relu(g.transpose(g.concat({x, x}, {.axis = 1}), {1, 0}));  // (1,6), then (6,1)
};
constexpr auto joined_images = [](auto& g, auto x) {
  x = g.mean(x, {1, 2});
  return g.relu(g.concat({x, x}));
};
static_assert(means<joined_rows, joined_images>());

// pools
constexpr auto part_pooled = [](auto& g, auto x) { return g.average_pool2d(x, {.kernel = {8, 4}}); };
static_assert(means<part_pooled, part_pooled>());
constexpr auto pooled_and_clamped = [](auto& g, auto x) {
  return g.average_pool2d(x, {.kernel = {8, 8}, .activation = activation::relu});
};
static_assert(means<pooled_and_clamped, pooled_and_clamped>());  // a mean has no activation
constexpr auto pool_of_pad = [](auto& g, auto x) {
  return g.max_pool2d(g.pad(x, padding2d{1, 1, 1, 1}), {});
};
static_assert(means<pool_of_pad, pool_of_pad>());

// pad and convolution
static_assert(means<padded_by_hand, convolved>());
constexpr auto depthwise = [](auto& g, auto x) { return g.depthwise_conv2d(x, {}); };
constexpr auto padded_depthwise = [](auto& g, auto x) {
  return g.depthwise_conv2d(g.pad(x, padding2d{1, 1, 1, 1}), {.border = linnet::border::valid});
};
static_assert(means<padded_depthwise, depthwise>());
constexpr auto pad_of_channels = [](auto& g, auto x) {
  return convolved(g, g.pad(x, {{}, {1, 1}, {}, {1, 0}}));
};
static_assert(means<pad_of_channels, pad_of_channels>());
constexpr auto pad_read_twice = [](auto& g, auto x) {
  x = g.pad(x, padding2d{1, 1, 1, 1});
  return g.add(g.conv2d(x, {}), g.conv2d(x, {}));
};
static_assert(means<pad_read_twice, pad_read_twice>());
constexpr auto padded_twice = [](auto& g, auto x) {
  return convolved(g, g.pad(g.pad(x, padding2d{.top = 1}), padding2d{.left = 1}));
};
constexpr auto padded_once = [](auto& g, auto x) {
  return g.conv2d(x, {.filters = 4, .kernel = {3, 3}, .border = padding2d{2, 2, 1, 1}});
};
static_assert(means<padded_twice, padded_once>());

// one input channel
constexpr auto gray(bool depthwise_kind) {
  graph_builder g;
  tensor_handle const x = g.input({.height = 8, .width = 8, .type = s8});
  return g.finish(depthwise_kind ? g.depthwise_conv2d(x, {.multiplier = 4})
                                 : g.conv2d(x, {.filters = 4, .kernel = {3, 3}}));
}
constexpr auto gray_depthwise = linnet::compose<[] { return gray(true); }>();
static_assert(linnet::equivalent(linnet::compose<[] { return linnet::normalize(gray_depthwise); }>(),
                                 linnet::compose<[] { return gray(false); }>()));

// relu
constexpr auto relu_behind = [](auto& g, auto x) {
  x = g.relu6(g.conv2d(x, {.filters = 4}), {0.5f, -128});
  return g.softmax(g.relu(g.reshape(g.add(x, x), {64, 4})));
};
constexpr auto relu_within = [](auto& g, auto x) {
  x = g.conv2d(x, {.filters = 4, .activation = activation::relu6});
  return g.softmax(g.reshape(g.add(x, x, {.activation = activation::relu}), {64, 1, 1, 4}));
};
static_assert(normal<relu_behind>.nodes.size() == 4 && means<relu_behind, relu_within>());
static_assert(normal<relu_behind>.view().output(normal<relu_behind>.nodes[0]).quantization ==
              linnet::quantization{0.5f, -128});  // what relu stored
constexpr auto relu_of_two_readers = [](auto& g, auto x) {
  x = g.conv2d(x, {.filters = 4});
  return g.add(x, g.relu(x));
};
static_assert(means<relu_of_two_readers, relu_of_two_readers>());
constexpr auto relu_of_shape_read_elsewhere = [](auto& g, auto x) {
  x = g.conv2d(x, {.filters = 4});
  return g.add(x, g.reshape(g.relu(g.reshape(x, {64, 4})), {1, 8, 8, 4}));
};
static_assert(means<relu_of_shape_read_elsewhere, relu_of_two_readers>());
constexpr auto relu_of_relu = [](auto& g, auto x) {
  return g.relu6(g.conv2d(x, {.filters = 4, .activation = activation::relu}));
};
static_assert(means<relu_of_relu, relu_of_relu>());

// what stays, stays as it was called
TEST(normalize, keeps_names_sources_and_scales) {
  auto literal = spelled<classified>;
  for (std::size_t i = 0; i < literal.nodes.size(); ++i) literal.nodes[i].source = static_cast<int>(10 + i);
  auto const made = linnet::normalize(literal);
  ASSERT_TRUE(made);
  auto const view = made->view();
  ASSERT_EQ(view.nodes.size(), 3u);  // mean, dense, softmax
  EXPECT_EQ(view.nodes[0].source, 10);
  EXPECT_EQ(view.nodes[1].source, 12);
  EXPECT_EQ(std::string(view.name(view.nodes[1])), "dense_2");
  EXPECT_EQ(view.nodes[1].kind, op::conv2d);
  EXPECT_EQ(view.input(view.nodes[1], 1).shape, (linnet::shape{5, 1, 1, 3}));
  EXPECT_EQ(std::string(view.name(view.input(view.nodes[1], 1))), "weights_2");
  EXPECT_EQ(view.output(view.nodes[2]).shape, (linnet::shape{1, 1, 1, 5}));
}

/// y = depthwise_conv2d of one channel with a scale an output.
constexpr linnet::literal_graph<1, 3, 5, 2> scaled{
    .nodes = {{{.kind = op::depthwise_conv2d, .inputs = {0, 2}, .outputs = {2, 1}}}},
    .tensors = {{{.shape = {1, 2, 2, 1}, .type = s8, .quantization = {0.5f, 0}},
                 {.shape = {1, 1, 1, 2},
                  .type = s8,
                  .role = linnet::tensor_role::constant,
                  .channel_scales = {0, 2},
                  .channel_axis = 3},
                 {.shape = {1, 2, 2, 2}, .type = s8, .quantization = {0.5f, 0}}}},
    .edges = {0, 1, 2, 0, 2},
    .scales = {0.25f, 0.125f},
    .input_edges = {3, 1},
    .output_edges = {4, 1}};
static_assert(linnet::validate(scaled));

TEST(normalize, scales_stay_with_the_outputs) {
  auto const made = linnet::normalize(scaled);
  ASSERT_TRUE(made);
  auto const& weights = made->view().input(made->nodes[0], 1);
  EXPECT_EQ(weights.shape, (linnet::shape{2, 1, 1, 1}));
  EXPECT_EQ(weights.channel_axis, 0);
  ASSERT_EQ(made->view().channel_scales(weights).size(), 2u);
  EXPECT_EQ(made->view().channel_scales(weights)[1], 0.125f);
}

/// A state of (1, 4) is an image of one pixel like everything else; what replaces it has its shape.
constexpr auto carried = [](auto& g, auto x) {
  x = g.reshape(g.global_average_pool(x), {1, 3});
  auto const h = g.state({.shape = {1, 4}, .type = s8});
  tensor_handle const y = g.dense(g.concat({x, h}), {.units = 4});
  g.update(h, y);
  return g.relu(g.dequantize(y));  // y is not the output's alone
};
constexpr auto carried_as_image = [](auto& g, auto x) {
  x = g.global_average_pool(x);
  auto const h = g.state({.shape = {1, 1, 1, 4}, .type = s8});
  tensor_handle const y = g.conv2d(g.concat({x, h}), {.filters = 4});
  g.update(h, y);
  return g.relu(g.dequantize(y));
};
static_assert(means<carried, carried_as_image>());
static_assert(normal<carried>.view().states().size() == 1);

TEST(normalize, full_storage_is_an_error) {
  std::array<linnet::tensor_note, spelled<classified>.tensors.size()> notes{};
  auto const made = linnet::normalize<linnet::fixed_graph<2>>(spelled<classified>.view(), notes);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().fault, linnet::graph_fault::too_many_nodes);
  EXPECT_EQ(made.error().node, 3);
  EXPECT_EQ(made.error().kind, op::softmax);
}

}  // namespace
