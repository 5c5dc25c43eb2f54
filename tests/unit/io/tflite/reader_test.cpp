// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/tflite/reader.hpp>

#include "support/custom_operators.hpp"
#include "support/tflite_samples.hpp"

namespace {

using namespace linnet_tests::tflite;
using linnet::activation;
using linnet::edge_padding;
using linnet::errc;
using linnet::extent2d;
using linnet::network;
using linnet::node;
using linnet::op;
using linnet::padding2d;
using linnet::quantization;
using linnet::tensor_role;

linnet::result<network> read(model const& m) { return linnet::io::tflite::read(m.bytes(), "m.tflite"); }

/// The network of a sound model.
network sound(model const& m) {
  auto made = read(m);
  EXPECT_TRUE(made) << made.error().message;
  return made ? *made : network{};
}

model sample_model(std::string const& name) {
  for (sample const& s : samples()) {
    if (s.name == name) return s.model;
  }
  ADD_FAILURE() << "no sample " << name;
  return {};
}
node only_node(model const& m) {
  network const made = sound(m);
  EXPECT_EQ(made.graph.nodes.size(), 1u);
  return made.graph.nodes.empty() ? node{} : made.graph.nodes[0];
}
node only_node(std::string const& name) { return only_node(sample_model(name)); }
std::vector<std::int32_t> axes_of(node const& n) { return {n.axes.begin(), n.axes.end()}; }

// ---- What sound models become

/// A user's operator of x and of one number a channel.
model winding() {
  model m;
  m.tensors = {{.name = "x", .shape = {1, 2, 3, 2}},
               {.name = "a", .shape = {2}, .data = bytes_of<float>({0.5f, 2.0f})},
               {.name = "y", .shape = {1, 2, 3, 2}}};
  m.operations = {{.code = 32, .inputs = {0, 1}, .outputs = {2}, .custom_name = "snake"}};
  m.inputs = {0};
  m.outputs = {2};
  return m;
}

TEST(tflite_reader, finds_a_users_operator_by_its_name) {
  static constexpr std::array known{&linnet::custom_operator_of<support::distance>,
                                    &linnet::custom_operator_of<support::snake>};
  model m = winding();
  m.operations[0].custom_options = {25};
  auto const made = linnet::io::tflite::read(m.bytes(), "m.tflite", known);
  ASSERT_TRUE(made) << made.error().message;
  node const& n = made->graph.nodes[0];
  EXPECT_EQ(n.kind, op::custom);
  EXPECT_EQ(n.custom, known[1]);
  EXPECT_EQ(n.alpha, 2.5f);
  EXPECT_EQ(n.source, 0);
  m.operations[0].custom_options = {1, 2};
  EXPECT_EQ(
      linnet::io::tflite::read(m.bytes(), "m.tflite", known).error().message,
      "m.tflite: operator 0 (custom 'snake') -> tensor 'y': its options are none that the operator reads");
  m.tensors[1].shape = {1, 2};  // the operator's own shape rule
  m.operations[0].custom_options = {};
  auto const refused = linnet::io::tflite::read(m.bytes(), "m.tflite", known);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::invalid_graph);
  EXPECT_NE(refused.error().message.find("shape rule refuses"), std::string::npos) << refused.error().message;
  EXPECT_EQ(linnet::io::tflite::read(m.bytes(), "m.tflite", std::span(known).first(1)).error().message,
            "m.tflite: operator 0 (custom 'snake') is not supported");
}

TEST(tflite_reader, every_sample_is_read) {
  for (sample const& s : samples()) {
    auto const made = read(s.model);
    EXPECT_TRUE(made) << s.name << ": " << (made ? "" : made.error().message);
  }
}

TEST(tflite_reader, conv2d) {
  node const n = only_node("conv2d");
  EXPECT_EQ(n.kind, op::conv2d);
  EXPECT_EQ(n.activation, activation::relu6);
  EXPECT_EQ(n.inputs.count, 3u);
  EXPECT_EQ(n.source, 0);
  EXPECT_EQ(n.window, (linnet::window2d{.kernel = {3, 2},
                                        .stride = {2, 2},
                                        .dilation = {1, 1},
                                        .padding = {.top = 1, .left = 0, .bottom = 1, .right = 1}}));
}

TEST(tflite_reader, depthwise_conv2d) {
  node const n = only_node("depthwise_conv2d");
  EXPECT_EQ(n.kind, op::depthwise_conv2d);
  EXPECT_EQ(n.window,
            (linnet::window2d{.kernel = {3, 3}, .stride = {1, 1}, .dilation = {2, 2}, .padding = {}}));
  model unstated = sample_model("depthwise_conv2d");
  unstated.operations[0].options[3].value = std::int32_t{0};
  EXPECT_EQ(only_node(unstated).kind, op::depthwise_conv2d);
}

TEST(tflite_reader, transpose_conv2d) {
  node const n = only_node("transpose_conv2d");
  EXPECT_EQ(n.kind, op::transpose_conv2d);
  EXPECT_EQ(n.inputs.count, 3u);
  EXPECT_EQ(n.activation, activation::relu);
  EXPECT_EQ(n.window, (linnet::window2d{.kernel = {5, 2},
                                        .stride = {2, 3},
                                        .dilation = {1, 1},
                                        .padding = {.top = 1, .left = 0, .bottom = 2, .right = 0}}));
  EXPECT_TRUE(n.padding[1].after == 0 && n.padding[2].after == 0);
  model m = sample_model("transpose_conv2d");  // (4 - 1) * 3 + 2 = 11 columns, and one more
  m.tensors[1].data = bytes_of<std::int32_t>({1, 6, 12, 3});
  m.tensors[4].shape = {1, 6, 12, 3};
  EXPECT_EQ(only_node(m).padding[2].after, 1);
  m.tensors[1].data.clear();  // what its output's shape says, too
  m.inputs = {0, 1};
  m.operations[0].inputs.pop_back();
  EXPECT_EQ(only_node(m).inputs.count, 2u);
  m.operations[0].inputs.push_back(-1);
  EXPECT_EQ(only_node(m).inputs.count, 2u);
  m.operations[0].options[0].value = std::int8_t{VALID};
  m.tensors[4].shape = {1, 9, 12, 3};
  EXPECT_EQ(only_node(m).window.padding, padding2d{});
}

TEST(tflite_reader, batch_matmul) {
  model m = sample_model("batch_matmul");
  EXPECT_EQ(only_node(m).kind, op::batch_matmul);
  EXPECT_EQ(only_node(m).transposed, (std::array{false, true}));
  m.tensors[1].data.clear();
  m.inputs = {0, 1};
  for (auto& t : m.tensors) t.type = INT16, t.zero_points = {0};
  EXPECT_EQ(only_node(m).rounding, linnet::rounding::reduced_multiplier);
}

TEST(tflite_reader, pools) {
  node const average = only_node("average_pool2d"), most = only_node("max_pool2d");
  EXPECT_EQ(average.kind, op::average_pool2d);
  EXPECT_EQ(average.window.kernel, (extent2d{2, 2}));
  EXPECT_EQ(average.window.padding, padding2d{});
  EXPECT_EQ(most.kind, op::max_pool2d);
  EXPECT_EQ(most.window.kernel, (extent2d{3, 2}));
  EXPECT_EQ(most.window.padding, (padding2d{.top = 1, .left = 0, .bottom = 1, .right = 1}));
  EXPECT_EQ(most.activation, activation::relu);
}

TEST(tflite_reader, dense) {
  node const n = only_node("dense");
  EXPECT_EQ(n.kind, op::dense);
  EXPECT_EQ(n.inputs.count, 3u);
  EXPECT_EQ(n.activation, activation::relu);
}

TEST(tflite_reader, a_bias_may_be_left_out_in_both_ways) {
  model m = sample_model("dense");
  m.operations[0].inputs[2] = -1;
  EXPECT_EQ(only_node(m).inputs.count, 2u);
  m.operations[0].inputs.pop_back();
  EXPECT_EQ(only_node(m).inputs.count, 2u);
}

TEST(tflite_reader, dense_keeps_or_merges_dimensions) {
  model m = sample_model("dense");
  m.tensors[0].shape = {2, 5, 6};
  m.tensors[3].shape = {10, 4};
  EXPECT_EQ(only_node(m).kind, op::dense);
  m.tensors[3].shape = {2, 5, 4};
  m.operations[0].options.push_back({2, true});
  EXPECT_EQ(only_node(m).kind, op::dense);
}

TEST(tflite_reader, dense_and_add_have_default_options) {
  for (std::string const name : {"dense", "add"}) {
    model m = sample_model(name);
    m.operations[0].options_type = 0;
    EXPECT_EQ(only_node(m).activation, activation::none);
  }
}

TEST(tflite_reader, fused_activations) {
  model m = sample_model("add");
  for (auto [stated, expected] :
       {std::pair{NONE, activation::none}, std::pair{RELU, activation::relu},
        std::pair{RELU_N1_TO_1, activation::relu_n1_to_1}, std::pair{RELU6, activation::relu6}}) {
    m.operations[0] = add(0, 0, 1, stated);
    EXPECT_EQ(only_node(m).activation, expected);
  }
}

TEST(tflite_reader, elementwise_operators) {
  EXPECT_EQ(only_node("add").kind, op::add);
  EXPECT_EQ(only_node("logistic").kind, op::logistic);
  EXPECT_EQ(only_node("softmax").kind, op::softmax);
  EXPECT_EQ(only_node("quantize").kind, op::quantize);
  EXPECT_EQ(only_node("requantize").kind, op::requantize);
  EXPECT_EQ(only_node("dequantize").kind, op::dequantize);
  EXPECT_EQ(only_node("relu").activation, activation::relu);
  EXPECT_EQ(only_node("relu6").activation, activation::relu6);
  EXPECT_EQ(only_node("relu_n1_to_1").activation, activation::relu_n1_to_1);
  EXPECT_EQ(only_node("relu_n1_to_1").kind, op::relu);
}

TEST(tflite_reader, functions_of_elements) {
  EXPECT_EQ(only_node("tanh").kind, op::unary);
  EXPECT_EQ(only_node("tanh").unary, linnet::unary_function::tanh);
  EXPECT_EQ(only_node("exp").unary, linnet::unary_function::exp);
  EXPECT_EQ(only_node("elu").alpha, 1.0f);
  EXPECT_EQ(only_node("leaky_relu").unary, linnet::unary_function::leaky_relu);
  EXPECT_EQ(only_node("leaky_relu").alpha, 0.25f);
  node const difference = only_node("sub");
  EXPECT_EQ(difference.kind, op::binary);
  EXPECT_EQ(difference.binary, linnet::binary_function::sub);
  EXPECT_EQ(difference.activation, activation::relu);
  EXPECT_EQ(only_node("maximum").binary, linnet::binary_function::maximum);
  network const cast = sound(sample_model("cast"));
  EXPECT_EQ(cast.graph.nodes.at(0).unary, linnet::unary_function::cast);
  EXPECT_EQ(cast.graph.view().output(cast.graph.nodes[0]).type, linnet::s32);
}

TEST(tflite_reader, what_lives_on_between_runs_is_the_nodes) {
  node const filters = only_node("svdf");
  EXPECT_EQ(filters.kind, op::recurrent);
  EXPECT_EQ(filters.recurrence, linnet::recurrence::svdf);
  EXPECT_EQ(filters.activation, activation::relu);
  EXPECT_EQ(filters.inputs.count, 3u) << "no bias";
  EXPECT_EQ(filters.state_type, linnet::f32);
  network const made = sound(sample_model("lstm"));
  node const& lstm = made.graph.nodes.at(0);
  EXPECT_EQ(lstm.recurrence, linnet::recurrence::lstm);
  EXPECT_EQ(lstm.alpha, 8.0f);
  EXPECT_EQ(axes_of(lstm), (std::vector<std::int32_t>{0}));
  EXPECT_EQ(lstm.state_type, linnet::s16);
  EXPECT_EQ(lstm.state, (linnet::quantization{1.0f / 4096, 0}));
  linnet::graph_view const g = made.graph.view();
  EXPECT_EQ(g.input(lstm, 1).shape, (linnet::shape{8, 4}));
  EXPECT_EQ(g.input(lstm, 2).shape, (linnet::shape{8, 2}));
  EXPECT_EQ(g.input(lstm, 3).shape, (linnet::shape{8}));
  EXPECT_EQ(g.channel_scales(g.input(lstm, 1)).size(), 8u);
}

TEST(tflite_reader, sums_of_other_shapes_or_of_16_bits_are_functions_of_two) {
  model m = sample_model("sub");
  m.operations[0].code = 0;
  m.operations[0].options_type = 11;
  EXPECT_EQ(only_node(m).kind, op::binary);
  EXPECT_EQ(only_node(m).binary, linnet::binary_function::add);
  m = sample_model("add");
  for (tensor& t : m.tensors) {
    t.type = INT16;
    t.zero_points = {0};
  }
  EXPECT_EQ(only_node(m).kind, op::binary);
}

TEST(tflite_reader, slices) {
  node const n = only_node("slice");
  EXPECT_EQ(n.kind, op::slice);
  EXPECT_EQ(n.inputs.count, 1u);
  EXPECT_EQ(n.padding[0], (edge_padding{1, 0}));
  EXPECT_EQ(n.padding[1], edge_padding{});
  EXPECT_EQ(axes_of(n), (std::vector{1, 1}));
  node const strided = only_node("strided_slice");
  EXPECT_EQ(strided.padding[0], edge_padding{});
  EXPECT_EQ(strided.padding[1], edge_padding{});
  EXPECT_EQ(axes_of(strided), (std::vector{2, -2}));
  model shrunk = sample_model("strided_slice");
  shrunk.operations[0].options = {{4, std::int32_t{2}}};  // dimension 1: its last entry alone
  shrunk.tensors[3] = numbers("step", {2, 1});
  shrunk.tensors[4].shape = {2};
  EXPECT_EQ(only_node(shrunk).padding[1], (edge_padding{3, 0}));
}

TEST(tflite_reader, parts_are_slices) {
  network const equal = sound(sample_model("split")), stated = sound(sample_model("split_v"));
  ASSERT_EQ(equal.graph.nodes.size(), 3u);
  ASSERT_EQ(stated.graph.nodes.size(), 3u);
  EXPECT_EQ(equal.graph.nodes[1].kind, op::slice);
  EXPECT_EQ(equal.graph.nodes[1].padding[0], edge_padding{});
  EXPECT_EQ(equal.graph.nodes[1].padding[1], (edge_padding{2, 2}));
  EXPECT_EQ(stated.graph.nodes[0].padding[0], (edge_padding{0, 4}));
  EXPECT_EQ(stated.graph.nodes[1].padding[0], (edge_padding{1, 2}));
  EXPECT_EQ(stated.graph.nodes[2].padding[0], (edge_padding{3, 0}));
  network const unpacked = sound(sample_model("unpack"));
  ASSERT_EQ(unpacked.graph.nodes.size(), 2u);
  EXPECT_EQ(unpacked.graph.nodes[1].padding[0], (edge_padding{1, 0}));
  EXPECT_EQ(unpacked.graph.nodes[1].source, 0);
}

TEST(tflite_reader, packed_inputs_are_reshaped_and_joined) {
  network const made = sound(sample_model("pack"));
  ASSERT_EQ(made.graph.nodes.size(), 3u);
  auto const view = made.graph.view();
  EXPECT_EQ(made.graph.nodes[1].kind, op::reshape);
  EXPECT_EQ(view.output(made.graph.nodes[1]).shape, (linnet::shape{2, 1, 3}));
  EXPECT_EQ(std::string(view.name(view.output(made.graph.nodes[1]))), "x/packed");
  EXPECT_EQ(made.graph.nodes[2].kind, op::concat);
  EXPECT_EQ(axes_of(made.graph.nodes[2]), (std::vector{1}));
  network const squares = sound(sample_model("squared_difference"));
  ASSERT_EQ(squares.graph.nodes.size(), 2u);
  EXPECT_EQ(squares.graph.nodes[0].binary, linnet::binary_function::sub);
  EXPECT_EQ(squares.graph.nodes[1].unary, linnet::unary_function::square);
}

TEST(tflite_reader, mirrored_edges_are_slices_beside_what_they_mirror) {
  network const made = sound(sample_model("mirror_pad"));
  ASSERT_EQ(made.graph.nodes.size(), 5u);
  EXPECT_EQ(made.graph.nodes[0].padding[1], (edge_padding{1, 0}));
  EXPECT_EQ(axes_of(made.graph.nodes[0]), (std::vector{1, -1, 1, 1}));
  EXPECT_EQ(made.graph.nodes[1].kind, op::concat);
  EXPECT_EQ(axes_of(made.graph.nodes[1]), (std::vector{1}));
  EXPECT_EQ(made.graph.nodes[2].padding[2], (edge_padding{1, 2}));
  EXPECT_EQ(made.graph.nodes[3].padding[2], (edge_padding{0, 1}));
  EXPECT_EQ(made.graph.nodes[4].inputs.count, 3u);
  model symmetric = sample_model("mirror_pad");
  symmetric.operations[0].options[0].value = std::int8_t{1};
  EXPECT_EQ(sound(symmetric).graph.nodes[3].padding[2], (edge_padding{1, 0}));
  symmetric.tensors[1] = numbers("p", {0, 0, 0, 0, 0, 0, 0, 0});
  symmetric.tensors[2].shape = {1, 3, 4, 2};
  EXPECT_EQ(only_node(symmetric).kind, op::reshape);
}

TEST(tflite_reader, places_of_extremes_are_found_along_the_last_dimension) {
  network const moved = sound(sample_model("arg_max"));
  ASSERT_EQ(moved.graph.nodes.size(), 2u);
  EXPECT_EQ(axes_of(moved.graph.nodes[0]), (std::vector{0, 2, 1}));
  EXPECT_EQ(moved.graph.nodes[1].reduction, linnet::reduction::first_of_maximum);
  EXPECT_EQ(moved.graph.view().output(moved.graph.nodes[1]).type, linnet::s64);
  EXPECT_EQ(only_node("arg_min").reduction, linnet::reduction::first_of_minimum);
}

TEST(tflite_reader, an_l2_pool_is_a_root_of_a_mean_of_squares) {
  network const made = sound(sample_model("l2_pool_2d"));
  ASSERT_EQ(made.graph.nodes.size(), 4u);
  EXPECT_EQ(made.graph.nodes[0].unary, linnet::unary_function::square);
  EXPECT_EQ(made.graph.nodes[1].kind, op::average_pool2d);
  EXPECT_EQ(made.graph.nodes[1].activation, activation::none);
  EXPECT_EQ(made.graph.nodes[2].unary, linnet::unary_function::sqrt);
  EXPECT_EQ(made.graph.nodes[3].activation, activation::relu6);
  EXPECT_EQ(only_node("log_softmax").unary, linnet::unary_function::log);
}

TEST(tflite_reader, resized_images) {
  using linnet::interpolation;
  using linnet::nearest_entry;
  using linnet::sampling;
  EXPECT_EQ(only_node("resize_bilinear").resampling,
            (linnet::resampling{interpolation::linear, sampling::center, nearest_entry::half_up}));
  EXPECT_EQ(only_node("resize_nearest").resampling,
            (linnet::resampling{interpolation::nearest, sampling::aligned, nearest_entry::half_up}));
  model m = sample_model("resize_nearest");
  m.operations[0].options_type = 0;
  EXPECT_EQ(only_node(m).resampling, linnet::resampling{});
  EXPECT_EQ(only_node(m).beta, 0.0f);
}

TEST(tflite_reader, sums_of_64_bits_have_a_rounding_of_their_own) {
  model m = sample_model("dense");
  for (std::size_t i : {0u, 3u}) {
    m.tensors[i].type = INT16;
    m.tensors[i].zero_points = {0};
  }
  EXPECT_EQ(only_node(m).rounding, linnet::rounding::double_rounding);
  m.tensors[2].type = INT64;
  m.tensors[2].data = bytes_of<std::int64_t>({1, 2, 3, 4});
  EXPECT_EQ(only_node(m).rounding, linnet::rounding::reduced_multiplier);
}

TEST(tflite_reader, softmax_has_beta) {
  model m = sample_model("softmax");
  m.operations[0] = softmax(0, 1, 2.5f);
  EXPECT_EQ(only_node(m).beta, 2.5f);
}

TEST(tflite_reader, a_constant_may_be_added) {
  model m = sample_model("add");
  m.tensors.push_back(weights("c", {1, 2, 2, 1}));
  m.operations[0] = add(0, 2, 1);
  network const made = sound(m);
  EXPECT_EQ(made.graph.view().input(made.graph.nodes[0], 1).role, tensor_role::constant);
}

TEST(tflite_reader, mean_takes_axes_from_the_end_too) {
  EXPECT_EQ(axes_of(only_node("mean")), (std::vector{1, 2}));
  EXPECT_EQ(only_node("mean").inputs.count, 1u);
  model m = sample_model("mean");
  m.tensors[1] = numbers("axes", {-3, -2});
  EXPECT_EQ(axes_of(only_node(m)), (std::vector{1, 2}));
  m.tensors[1].type = INT64;
  m.tensors[1].data = bytes_of<std::int64_t>({2, -3});
  EXPECT_EQ(axes_of(only_node(m)), (std::vector{2, 1}));
  m.tensors[1] = numbers("axes", {1});  // a scalar: one axis without a list around it
  m.tensors[1].shape = {};
  m.tensors[1].has_shape = false;
  m.tensors[2].shape = {1, 4, 2};
  EXPECT_EQ(axes_of(only_node(m)), std::vector{1});
}

TEST(tflite_reader, concat_takes_an_axis_from_the_end_too) {
  node const n = only_node("concat");
  EXPECT_EQ(n.kind, op::concat);
  EXPECT_EQ(axes_of(n), std::vector{2});
  EXPECT_EQ(n.inputs.count, 3u);
}

TEST(tflite_reader, pad) {
  node const n = only_node("pad");
  EXPECT_EQ(n.kind, op::pad);
  EXPECT_EQ(n.inputs.count, 1u);
  EXPECT_EQ(n.padding[0], (edge_padding{0, 0}));
  EXPECT_EQ(n.padding[1], (edge_padding{1, 2}));
  EXPECT_EQ(n.padding[2], (edge_padding{3, 4}));
  EXPECT_EQ(only_node("padv2").padding[0], (edge_padding{0, 1}));
  EXPECT_EQ(only_node("padv2").alpha, 0.0f);
  model m = sample_model("padv2");
  m.tensors[2].data = bytes_of<std::int8_t>({5});
  EXPECT_EQ(only_node(m).alpha, 8.0f) << "steps from the zero point, which is -3";
}

TEST(tflite_reader, padv2_of_floats_pads_with_zero) {
  model m = sample_model("padv2");
  m.tensors[0] = computed("x", {2, 2}, FLOAT32);
  m.tensors[2].type = FLOAT32;
  m.tensors[2].data = bytes_of<float>({0.0f});
  m.tensors[3] = computed("y", {3, 4}, FLOAT32);
  EXPECT_EQ(only_node(m).kind, op::pad);
}

TEST(tflite_reader, reshapes) {
  for (std::string const name : {"reshape", "squeeze", "expand_dims"}) {
    node const n = only_node(name);
    EXPECT_EQ(n.kind, op::reshape) << name;
    EXPECT_EQ(n.inputs.count, 1u) << name;
  }
}

TEST(tflite_reader, transpose) {
  EXPECT_EQ(only_node("transpose").kind, op::transpose);
  EXPECT_EQ(axes_of(only_node("transpose")), (std::vector{2, 0, 1}));
  model m = sample_model("transpose");
  m.tensors[1] = numbers("order", {-1, 0, -2});
  EXPECT_EQ(axes_of(only_node(m)), (std::vector{2, 0, 1}));
}

TEST(tflite_reader, a_network_keeps_order_sources_and_ends) {
  network const made = sound(network_sample().model);
  auto const g = made.graph.view();
  ASSERT_EQ(g.nodes.size(), 6u);
  for (std::size_t i = 0; i < g.nodes.size(); ++i) EXPECT_EQ(g.nodes[i].source, static_cast<std::int32_t>(i));
  EXPECT_EQ(made.name, "m.tflite");
  ASSERT_EQ(g.inputs().size(), 1u);
  ASSERT_EQ(g.outputs().size(), 1u);
  EXPECT_EQ(std::string(g.name(g.tensor(g.inputs()[0]))), "x");
  EXPECT_EQ(std::string(g.name(g.tensor(g.outputs()[0]))), "p");
  EXPECT_EQ(std::string(g.name(g.nodes[0])), "c");
}

TEST(tflite_reader, only_what_is_used_is_kept) {
  model m = network_sample().model;
  m.tensors.push_back({.name = "unused", .shape = {0}, .type = STRING});
  network const made = sound(m);
  EXPECT_EQ(made.graph.tensors.size(), 10u);  // 11 in the sample; the axes become an attribute
  EXPECT_EQ(made.constants.size(), made.graph.tensors.size());
}

TEST(tflite_reader, constants_are_views_of_the_file) {
  model const m = sample_model("dense");
  auto bytes = m.bytes();
  std::byte const* const first = bytes.data();
  std::byte const* const last = first + bytes.size();
  auto made = linnet::io::tflite::read(std::move(bytes), "m.tflite");
  ASSERT_TRUE(made);
  network const copy = *made;
  made = linnet::fail(errc::malformed, "");  // the copy alone keeps the bytes now
  auto const g = copy.graph.view();
  auto const w = copy.constants[static_cast<std::size_t>(g.inputs(g.nodes[0])[1])];
  ASSERT_EQ(w.size(), 24u);
  EXPECT_TRUE(std::less_equal<>{}(first, w.data()) && std::less_equal<>{}(w.data() + w.size(), last));
  EXPECT_TRUE(std::ranges::equal(w, m.tensors[1].data));
  EXPECT_TRUE(copy.constants[static_cast<std::size_t>(g.inputs()[0])].empty());
}

TEST(tflite_reader, quantization_per_tensor_and_per_channel) {
  network const made = sound(sample_model("conv2d"));
  auto const g = made.graph.view();
  EXPECT_EQ(g.input(g.nodes[0]).quantization, (quantization{0.5f, -3}));
  auto const& w = g.input(g.nodes[0], 1);
  EXPECT_FALSE(w.quantization.present());
  EXPECT_EQ(w.channel_axis, 0);
  EXPECT_TRUE(std::ranges::equal(g.channel_scales(w), std::vector{1.0f, 2.0f, 3.0f}));
  EXPECT_EQ(w.role, tensor_role::constant);
}

TEST(tflite_reader, quantization_of_floats_is_ignored) {
  model m = sample_model("softmax");
  m.tensors[0].scales = {-1.0f, 0.0f};
  m.tensors[0].zero_points = {3};
  EXPECT_FALSE(sound(m).graph.tensors[0].quantization.present());
}

TEST(tflite_reader, zero_points_may_be_left_out) {
  model m = sample_model("dense");
  m.tensors[1].zero_points.clear();
  EXPECT_EQ(only_node(m).kind, op::dense);
}

TEST(tflite_reader, the_axis_of_a_list_is_its_only_dimension) {
  model m = sample_model("conv2d");  // some converters give the bias the axis of the weights
  m.tensors[2].scales = {1.0f, 2.0f, 3.0f};
  m.tensors[2].quantized_dimension = 3;
  network const made = sound(m);
  EXPECT_EQ(made.graph.view().input(made.graph.nodes[0], 2).channel_axis, 0);
}

TEST(tflite_reader, element_types) {
  for (auto [stated, expected] :
       {std::pair{FLOAT32, linnet::f32}, std::pair{FLOAT16, linnet::f16}, std::pair{INT8, linnet::s8},
        std::pair{UINT8, linnet::u8}, std::pair{INT16, linnet::s16}, std::pair{INT32, linnet::s32},
        std::pair{INT64, linnet::s64}, std::pair{INT4, linnet::s4}}) {
    model m = sample_model("reshape");
    m.tensors[0].type = m.tensors[2].type = stated;
    m.tensors[0].zero_points = m.tensors[2].zero_points = {0};
    EXPECT_EQ(sound(m).graph.tensors[0].type, expected);
  }
}

/// Between int8; between floats they become bytes.
TEST(tflite_reader, int4_weights_are_packed) {
  model m = sample_model("dense");
  m.tensors[0].shape = {1, 5};
  m.tensors[1] = {
      .name = "w", .shape = {3, 5}, .type = INT4, .data = std::vector(8, std::byte{0x7F}), .scales = {1.0f}};
  m.tensors[2] = bias(3);
  m.tensors[3].shape = {1, 3};
  auto const weights_of = [&] {
    network const made = sound(m);
    auto const g = made.graph.view();
    auto const bytes = made.constants[static_cast<std::size_t>(g.inputs(g.nodes[0])[1])];
    return std::pair{g.input(g.nodes[0], 1).type, std::vector<std::byte>(bytes.begin(), bytes.end())};
  };
  EXPECT_EQ(weights_of(), (std::pair{linnet::s4, m.tensors[1].data}));
  m.tensors[0] = computed("x", {1, 5}, FLOAT32);
  m.tensors[2] = {.name = "b", .shape = {3}, .data = std::vector<std::byte>(12)};
  m.tensors[3] = computed("y", {1, 3}, FLOAT32);
  std::vector<std::byte> numbers;  // -1 and 7, in turns
  for (int i = 0; i < 15; ++i)
    numbers.push_back(std::byte{i % 2 == 0 ? std::uint8_t{0xFF} : std::uint8_t{7}});
  EXPECT_EQ(weights_of(), (std::pair{linnet::s8, numbers}));
}

/// Each layer by its own inputs, whichever comes first.
TEST(tflite_reader, int4_weights_of_layers_of_two_types) {
  model m = sample_model("dense");
  m.tensors = {
      computed("x", {1, 5}, INT8),
      {.name = "w", .shape = {3, 5}, .type = INT4, .data = std::vector(8, std::byte{0x7F}), .scales = {1.0f}},
      computed("y", {1, 3}, INT8),
      computed("v", {1, 5}, FLOAT32),
      computed("z", {1, 3}, FLOAT32)};
  operation layer = m.operations[0];
  for (bool const floats_first : {false, true}) {
    m.operations.clear();
    for (bool const floats : {floats_first, !floats_first}) {
      layer.inputs = floats ? std::vector<std::int32_t>{3, 1, -1} : std::vector<std::int32_t>{0, 1, -1};
      layer.outputs = {floats ? 4 : 2};
      m.operations.push_back(layer);
    }
    m.inputs = {0, 3};
    m.outputs = {2, 4};
    network const made = sound(m);
    auto const g = made.graph.view();
    ASSERT_EQ(made.graph.nodes.size(), 2u);
    EXPECT_EQ(g.input(g.nodes[0], 1).type, floats_first ? linnet::s8 : linnet::s4);
    EXPECT_EQ(g.input(g.nodes[1], 1).type, floats_first ? linnet::s4 : linnet::s8);
  }
}

/// Weights and bias are halves behind a DEQUANTIZE each, as converters write them, or without: the weights
/// stay so, for the layer.
TEST(tflite_reader, float16_weights_stay_and_other_constants_are_floats) {
  std::vector<std::uint16_t> const halves{0x3E00, 0xC000, 0x3400, 0x0001, 0x7BFF, 0x8000};
  for (bool const behind : {true, false}) {
    model m;
    m.tensors = {computed("x", {1, 3}, FLOAT32),
                 {.name = "w", .shape = {2, 3}, .type = FLOAT16, .data = bytes_of(halves)},
                 {.name = "b", .shape = {2}, .type = FLOAT16, .data = std::vector<std::byte>(4)},
                 computed("y", {1, 2}, FLOAT32),
                 computed("wide w", {2, 3}, FLOAT32),
                 computed("wide b", {2}, FLOAT32)};
    operation dense = sample_model("dense").operations[0];
    dense.inputs = behind ? std::vector<std::int32_t>{0, 4, 5} : std::vector<std::int32_t>{0, 1, 2};
    dense.outputs = {3};
    operation dequantize = sample_model("dequantize").operations[0];
    if (behind) {
      dequantize.inputs = {1};
      dequantize.outputs = {4};
      m.operations.push_back(dequantize);
      dequantize.inputs = {2};
      dequantize.outputs = {5};
      m.operations.push_back(dequantize);
    }
    m.operations.push_back(dense);
    m.inputs = {0};
    m.outputs = {3};
    network const made = sound(m);
    ASSERT_EQ(made.graph.nodes.size(), 1u);
    auto const g = made.graph.view();
    EXPECT_EQ(g.input(g.nodes[0], 1).type, linnet::f16);
    EXPECT_EQ(g.input(g.nodes[0], 2).type, linnet::f32);
    auto const bytes_at = [](network const& net, std::size_t node) {
      return net.constants[static_cast<std::size_t>(net.graph.view().inputs(net.graph.nodes[node])[1])];
    };
    EXPECT_TRUE(std::ranges::equal(bytes_at(made, 0), std::as_bytes(std::span(halves))));
    if (!behind) continue;
    model also_added = m;  // to the layer's output, as what it is as floats
    also_added.tensors[3] = computed("y", {2, 3}, FLOAT32);
    also_added.tensors.push_back(computed("z", {2, 3}, FLOAT32));
    also_added.tensors[0] = computed("x", {2, 3}, FLOAT32);
    also_added.operations.back() = add(0, 4, 6);
    also_added.outputs = {6};
    network const added = sound(also_added);
    auto const held = bytes_at(added, 0);
    ASSERT_EQ(held.size(), 24u);
    float const wanted[] = {1.5f, -2.0f, 0.25f, 0x1p-24f, 65504.0f, 0.0f};
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(linnet::load<float>(held.data() + 4 * i), wanted[i]);
    m.tensors[4].shape = {3, 2};
    auto const wrong = read(m);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().message,
              "m.tflite: operator 0 (DEQUANTIZE) -> tensor 'wide w': tensor 4 'wide w': is not what the "
              "halves make as floats");
  }
}

TEST(tflite_reader, the_shape_counts_and_not_its_signature) {
  model m = sample_model("relu");
  m.tensors[0].shape_signature = m.tensors[1].shape_signature = {-1, 4};
  EXPECT_EQ(sound(m).graph.tensors[0].shape, (linnet::shape{1, 4}));
}

TEST(tflite_reader, a_scalar_says_that_it_has_a_rank) {
  model m = sample_model("relu");
  for (tensor& t : m.tensors) t.shape = {}, t.has_rank = true;
  EXPECT_EQ(sound(m).graph.tensors[0].shape.rank(), 0u);
}

TEST(tflite_reader, names_may_be_empty_and_are_cut) {
  model m = sample_model("relu");
  m.tensors[0].name = "";
  m.tensors[1].name = std::string(5000, 'n');
  network const made = sound(m);
  EXPECT_EQ(made.graph.tensors[0].name.count, 0u);
  EXPECT_EQ(made.graph.tensors[1].name.count, 1024u);
}

TEST(tflite_reader, old_operator_codes) {
  model m = network_sample().model;
  m.only_deprecated_codes = true;
  EXPECT_EQ(sound(m).graph.nodes.size(), 6u);
}

// ---- Floats by weights of int8

using linnet::dynamic_quantization;

/// TensorFlow Lite quantizes each row of a dense layer, as the file says.
TEST(tflite_reader, dense_layers_of_floats_by_bytes_quantize_their_inputs) {
  for (bool const asymmetric : {false, true}) {
    model m = model_of({computed("x", {2, 3}, FLOAT32), weights("w", {2, 3}), computed("y", {2, 2}, FLOAT32)},
                       {fully_connected({0, 1, -1}, 2)});
    if (asymmetric) m.operations[0].options.push_back({3, true});
    EXPECT_EQ(only_node(m).dynamic_quantization,
              asymmetric ? dynamic_quantization::asymmetric : dynamic_quantization::symmetric);
    m.tensors[0] = computed("x", {2, 3});
    m.tensors[2] = computed("y", {2, 2});
    EXPECT_EQ(only_node(m).dynamic_quantization, dynamic_quantization::none) << "of integers";
  }
}

/// And each image of a convolution: by its range where the channels' scales differ, else by its largest
/// magnitude; of a depthwise one always by its range.
TEST(tflite_reader, convolutions_of_floats_by_bytes_quantize_their_inputs) {
  model m = model_of({computed("x", {1, 4, 5, 3}, FLOAT32), channel_weights("w", {2, 1, 1, 3}, 0),
                      computed("y", {1, 4, 5, 2}, FLOAT32)},
                     {conv2d({0, 1, -1}, 2)});
  EXPECT_EQ(only_node(m).dynamic_quantization, dynamic_quantization::asymmetric);
  m.tensors[1].scales = {0.5f, 0.5f};
  EXPECT_EQ(only_node(m).dynamic_quantization, dynamic_quantization::symmetric);
  m.tensors[1] = weights("w", {2, 1, 1, 3});
  EXPECT_EQ(only_node(m).dynamic_quantization, dynamic_quantization::symmetric);
  m = model_of({computed("x", {1, 4, 5, 3}, FLOAT32), weights("w", {1, 2, 2, 3}),
                computed("y", {1, 4, 5, 3}, FLOAT32)},
               {depthwise({0, 1, -1}, 2, 1)});
  EXPECT_EQ(only_node(m).dynamic_quantization, dynamic_quantization::asymmetric);
}

TEST(tflite_reader, every_operator_has_its_name) {
  using linnet::io::tflite::operator_name;
  EXPECT_EQ(operator_name(0), "ADD");
  EXPECT_EQ(operator_name(44), "UNIDIRECTIONAL_SEQUENCE_LSTM");
  EXPECT_EQ(operator_name(117), "HARD_SWISH");
  EXPECT_EQ(operator_name(126), "BATCH_MATMUL");
  EXPECT_EQ(operator_name(150), "GELU");
  EXPECT_EQ(operator_name(203), "DILATE");
  EXPECT_EQ(operator_name(209), "STABLEHLO_CASE");
  EXPECT_EQ(operator_name(210), "");
  EXPECT_EQ(operator_name(-1), "");
}

// ---- What is refused, and in which words

void expect_refusal(model const& m, errc code, std::string const& sentence) {
  auto const made = read(m);
  ASSERT_FALSE(made) << "read, instead of: " << sentence;
  EXPECT_EQ(made.error().message, "m.tflite: " + sentence);
  EXPECT_EQ(made.error().code, code) << sentence;
}

TEST(tflite_refusal, lstms_of_other_kinds) {
  std::string const place = "operator 0 (UNIDIRECTIONAL_SEQUENCE_LSTM) -> tensor 'y': ";
  model const sound_one = sample_model("lstm");
  auto const refused = [&](auto change, std::string const& sentence, errc code = errc::not_supported) {
    model m = sound_one;
    change(m);
    expect_refusal(m, code, place + sentence);
  };
  auto const input = [](std::size_t i, std::int32_t tensor) {
    return [=](model& m) { m.operations[0].inputs[i] = tensor; };
  };
  refused(input(9, 1), "an LSTM with peephole weights is not supported");
  refused(input(16, 1), "an LSTM with a projection is not supported");
  refused([](model& m) { m.operations[0].inputs.insert(m.operations[0].inputs.end(), 4, 3); },
          "an LSTM with layer normalization is not supported");
  refused([](model& m) { m.operations[0].inputs[1] = m.operations[0].inputs[5] = -1; },
          "an LSTM whose input gate is the forget gate is not supported");
  refused([](model& m) { m.operations[0].options[0].value = std::int8_t{RELU}; },
          "an LSTM with another activation than TANH is not supported");
  refused(input(5, -1), "an input of one of the gates is left out", errc::malformed);
  refused(input(19, 0), "tensor 0 'x': is to be a variable tensor");
  refused([](model& m) { m.tensors[4].scales = {0.25f}; },
          "an LSTM whose output differs from what it keeps of it in type or scale is not supported");
}

TEST(tflite_refusal, other_files) {
  auto const refused = [](std::vector<std::byte> bytes) {
    return linnet::io::tflite::read(std::move(bytes), "m.tflite").error().message;
  };
  std::string const sentence = "m.tflite: is not a TensorFlow Lite file (it has no TFL3 at byte 4)";
  EXPECT_EQ(refused({}), sentence);
  EXPECT_EQ(refused(std::vector<std::byte>(100)), sentence);
  model m = sample_model("relu");
  m.identifier = "TFL2";
  EXPECT_EQ(refused(m.bytes()), sentence);
}

TEST(tflite_refusal, versions_and_subgraphs) {
  model m = sample_model("relu");
  m.version = 2;
  expect_refusal(m, errc::not_supported, "schema version 2 is not supported, only 3");
  m.version = 3;
  m.subgraphs = 0;
  expect_refusal(m, errc::malformed, "it has no subgraph");
  m.subgraphs = 2;
  expect_refusal(m, errc::not_supported, "2 subgraphs are not supported, only 1 (no control flow)");
}

TEST(tflite_refusal, operators_that_linnet_does_not_have) {
  model m = network_sample().model;
  m.operations[1].code = 35;
  expect_refusal(m, errc::not_supported, "operator 1 (UNIDIRECTIONAL_SEQUENCE_RNN) is not supported");
  m.operations[1].code = 10;
  expect_refusal(m, errc::not_supported, "operator 1 (HASHTABLE_LOOKUP) is not supported");
  m.operations[1].code = 250;
  expect_refusal(m, errc::not_supported, "operator 1 (number 250) is not supported");
  m.operations[1].code = 32;
  m.operations[1].custom_name = "TFLite_Detection_PostProcess";
  expect_refusal(m, errc::not_supported,
                 "operator 1 (custom 'TFLite_Detection_PostProcess') is not supported");
}

TEST(tflite_refusal, operator_codes_that_do_not_exist) {
  model m = sample_model("relu");
  m.code_index = 1;
  expect_refusal(m, errc::malformed, "operator 0: operator code 1 does not exist, there are 1");
}

TEST(tflite_refusal, ends_of_the_graph) {
  model m = sample_model("relu");
  m.inputs = {};
  expect_refusal(m, errc::invalid_graph, "0 graph inputs, not between 1 and 4096");
  m.inputs = {7};
  expect_refusal(m, errc::malformed, "graph inputs: tensor 7 does not exist, there are 2");
  m.inputs = {0};
  m.outputs = {-1};
  expect_refusal(m, errc::malformed, "graph outputs: tensor -1 does not exist, there are 2");
  m.outputs = std::vector<std::int32_t>(4097, 1);
  expect_refusal(m, errc::invalid_graph, "4097 graph outputs, not between 1 and 4096");
}

TEST(tflite_refusal, operands) {
  model m = sample_model("relu");
  m.operations[0].inputs = {0, 0};
  expect_refusal(m, errc::malformed, "operator 0 (RELU) -> tensor 'y': 2 inputs, not between 1 and 1");
  m.operations[0].inputs = {-1};
  expect_refusal(m, errc::malformed, "operator 0 (RELU) -> tensor 'y': input 0 is left out");
  m.operations[0].inputs = {2};
  expect_refusal(m, errc::malformed, "operator 0 (RELU) -> tensor 'y': tensor 2 does not exist, there are 2");
  m.operations[0].inputs = {-2147483647 - 1};
  expect_refusal(m, errc::malformed,
                 "operator 0 (RELU) -> tensor 'y': tensor -2147483648 does not exist, there are 2");
  m.operations[0].inputs = {0};
  m.operations[0].outputs = {9};
  expect_refusal(m, errc::malformed, "operator 0 (RELU): tensor 9 does not exist, there are 2");
  m.operations[0].outputs = {};
  expect_refusal(m, errc::malformed, "operator 0 (RELU): 0 outputs, not 1");
  m.operations[0].outputs = {1, 1};
  expect_refusal(m, errc::malformed, "operator 0 (RELU) -> tensor 'y': 2 outputs, not 1");
}

TEST(tflite_refusal, options_missing_or_of_another_operator) {
  model m = sample_model("conv2d");
  m.operations[0].options_type = 0;
  expect_refusal(m, errc::malformed, "operator 0 (CONV_2D) -> tensor 'y': its options are missing");
  m.operations[0].options_type = 5;
  expect_refusal(m, errc::malformed,
                 "operator 0 (CONV_2D) -> tensor 'y': its options are those of another operator (table 5)");
}

TEST(tflite_refusal, windows) {
  std::string const place = "operator 0 (CONV_2D) -> tensor 'y': ";
  model m = sample_model("conv2d");
  auto const with = [&](window w) {
    m.operations[0] = conv2d({0, 1, 2}, 3, w);
    return m;
  };
  expect_refusal(with({.stride_h = 0}), errc::invalid_graph, place + "stride 0, not between 1 and 16384");
  expect_refusal(with({.stride_w = -1}), errc::invalid_graph, place + "stride -1, not between 1 and 16384");
  expect_refusal(with({.stride_w = 16385}), errc::invalid_graph,
                 place + "stride 16385, not between 1 and 16384");
  expect_refusal(with({.dilation_h = 0}), errc::invalid_graph, place + "dilation 0, not between 1 and 16384");
  expect_refusal(with({.dilation_w = 2147483647}), errc::invalid_graph,
                 place + "dilation 2147483647, not between 1 and 16384");
  expect_refusal(with({.pad = static_cast<padding>(2)}), errc::malformed,
                 place + "padding rule 2 does not exist");
  expect_refusal(with({.activation = TANH}), errc::not_supported,
                 place + "the fused activation TANH is not supported");
  expect_refusal(with({.activation = SIGN_BIT}), errc::not_supported,
                 place + "the fused activation SIGN_BIT is not supported");
  expect_refusal(with({.activation = static_cast<fused>(6)}), errc::malformed,
                 place + "fused activation 6 does not exist");
  expect_refusal(
      with({.pad = VALID}), errc::invalid_graph,
      "node 0 (conv2d, operator 0) 'y': tensor 'y': 1x3x4x3 against 1x3x6x3: the output's shape is not "
      "what the operator makes of its operands");
}

TEST(tflite_refusal, pool_windows) {
  model m = sample_model("max_pool2d");
  m.operations[0] = pool(17, 0, 1, 0, 2);
  expect_refusal(m, errc::invalid_graph,
                 "operator 0 (MAX_POOL_2D) -> tensor 'y': kernel extent 0, not between 1 and 16384");
  m.tensors[0].shape = {5, 5, 2};
  expect_refusal(m, errc::invalid_graph,
                 "operator 0 (MAX_POOL_2D) -> tensor 'y': its input 5x5x2 is not of rank 4");
}

TEST(tflite_refusal, convolution_shapes) {
  std::string const place = "operator 0 (CONV_2D) -> tensor 'y': ";
  model m = sample_model("conv2d");
  m.tensors[0].shape = {1, 5, 7, 4};
  expect_refusal(m, errc::not_supported,
                 place + "convolution in groups (1x5x7x4 by 3x3x2x2) is not supported");
  m.tensors[0].shape = {1, 2000000, 1, 2};
  expect_refusal(m, errc::too_large,
                 place + "an image of 1x2000000x1x2 under SAME padding, the limit is 1048576");
  m = sample_model("conv2d");
  m.tensors[1] = weights("w", {3, 12});
  expect_refusal(m, errc::invalid_graph, place + "its weights 3x12 are not of rank 4");
  m = sample_model("depthwise_conv2d");
  m.operations[0].options[3].value = std::int32_t{3};
  expect_refusal(
      m, errc::invalid_graph,
      "operator 0 (DEPTHWISE_CONV_2D) -> tensor 'y': depth multiplier 3 does not make 4 channels of 2");
}

TEST(tflite_refusal, weights_that_are_computed) {
  model m = sample_model("dense");
  m.tensors[1].data.clear();
  m.inputs = {0, 1};
  expect_refusal(m, errc::invalid_graph,
                 "node 0 (dense, operator 0) 'y': tensor 'w': weights and bias must be constants");
}

TEST(tflite_refusal, dense_formats) {
  std::string const place = "operator 0 (FULLY_CONNECTED) -> tensor 'y': ";
  model m = sample_model("dense");
  m.operations[0] = fully_connected({0, 1, 2}, 3, NONE, 1);
  expect_refusal(m, errc::not_supported, place + "weights in the format SHUFFLED4x16INT8 are not supported");
  m.operations[0] = fully_connected({0, 1, 2}, 3, NONE, 2);
  expect_refusal(m, errc::malformed, place + "weights format 2 does not exist");
}

TEST(tflite_refusal, softmax_beta) {
  model m = sample_model("softmax");
  for (auto [beta, words] : {std::pair{0.0f, "0"}, std::pair{-1.0f, "-1"},
                             std::pair{std::numeric_limits<float>::infinity(), "inf"}}) {
    m.operations[0] = softmax(0, 1, beta);
    expect_refusal(m, errc::invalid_graph,
                   std::string("operator 0 (SOFTMAX) -> tensor 'y': beta ") + words +
                       " is not a finite positive number");
  }
}

TEST(tflite_refusal, concatenations) {
  std::string const place = "operator 0 (CONCATENATION) -> tensor 'y': ";
  model m = sample_model("concat");
  m.operations[0] = concatenation({0, 0, 0}, 1, 3);
  expect_refusal(m, errc::invalid_graph, place + "axis 3 is outside a tensor of rank 3");
  m.operations[0] = concatenation({0, 0, 0}, 1, -4);
  expect_refusal(m, errc::invalid_graph, place + "axis -4 is outside a tensor of rank 3");
  m.operations[0] = concatenation({0, 0, 0}, 1, 2, RELU);
  expect_refusal(m, errc::not_supported, place + "a fused activation of a concatenation is not supported");
}

TEST(tflite_refusal, axes) {
  std::string const mean = "operator 0 (MEAN) -> tensor 'y': ",
                    transpose = "operator 0 (TRANSPOSE) -> tensor 'y': ";
  model m = sample_model("mean");
  m.tensors[1] = numbers("axes", {4});
  expect_refusal(m, errc::invalid_graph, mean + "axis 4 is outside a tensor of rank 4");
  m.tensors[1] = numbers("axes", {-5});
  expect_refusal(m, errc::invalid_graph, mean + "axis -5 is outside a tensor of rank 4");
  m.tensors[1] = numbers("axes", {1, -3});
  expect_refusal(m, errc::invalid_graph, mean + "axis -3 is named twice");
  m.tensors[1] = numbers("axes", {0, 1, 2, 3, 0});
  expect_refusal(m, errc::invalid_graph, mean + "5 axes of a tensor of rank 4");
  m = sample_model("transpose");
  m.tensors[1] = numbers("order", {0, 1, 1});
  expect_refusal(m, errc::invalid_graph, transpose + "axis 1 is named twice");
  m.tensors[1] = numbers("order", {0, 1});
  expect_refusal(m, errc::invalid_graph, transpose + "2 axes of a tensor of rank 3");
}

TEST(tflite_refusal, tensors_that_shape_operators) {
  std::string const place = "operator 0 (MEAN) -> tensor 'y': tensor 1 'axes': ";
  model m = sample_model("mean");
  m.tensors[1].data.clear();
  expect_refusal(m, errc::not_supported, place + "is not a constant");
  m.tensors[1] = numbers("axes", {1, 2});
  m.tensors[1].type = FLOAT32;
  expect_refusal(m, errc::malformed, place + "is not of type INT32 or INT64");
  m.tensors[1] = numbers("axes", {1, 2});
  m.tensors[1].shape = {3};
  expect_refusal(m, errc::malformed, place + "a buffer of 8 bytes and shape 3 do not go together here");
  m.tensors[1] = numbers("axes", std::vector<std::int32_t>(13, 0));
  expect_refusal(m, errc::malformed, place + "a buffer of 52 bytes and shape 13 do not go together here");
  m.operations[0].inputs[1] = 12;
  expect_refusal(m, errc::malformed,
                 "operator 0 (MEAN) -> tensor 'y': tensor 12 does not exist, there are 3");
}

TEST(tflite_refusal, transposed_convolutions) {
  model m = sample_model("transpose_conv2d");
  std::string const place = "operator 0 (TRANSPOSE_CONV) -> tensor 'y': ";
  m.tensors[1].data = bytes_of<std::int32_t>({1, 6, 12, 3});
  expect_refusal(m, errc::invalid_graph, place + "its output is not of the shape that its input 0 states");
  m = sample_model("transpose_conv2d");
  m.operations[0].options[2].value = std::int32_t{0};
  expect_refusal(m, errc::invalid_graph, place + "stride 0, not between 1 and 16384");
  m = sample_model("transpose_conv2d");
  m.tensors[4].shape = {6, 11, 3};
  expect_refusal(m, errc::invalid_graph, place + "its output 6x11x3 is not of rank 4");
}

TEST(tflite_refusal, slices) {
  model m = sample_model("slice");
  std::string place = "operator 0 (SLICE) -> tensor 'y': ";
  m.tensors[2] = numbers("size", {3, -1});
  expect_refusal(m, errc::invalid_graph, place + "dimension 0: 3 entries from 1 on of 3");
  m.tensors[2] = numbers("size", {2});
  expect_refusal(m, errc::invalid_graph, place + "input 2 has 1 numbers for rank 2");
  m = sample_model("strided_slice");
  place = "operator 0 (STRIDED_SLICE) -> tensor 'y': ";
  m.tensors[3] = numbers("step", {0, -2});
  expect_refusal(m, errc::invalid_graph, place + "dimension 0: a step of 0");
  m.tensors[3] = numbers("step", {-2, -2});
  expect_refusal(m, errc::not_supported, place + "dimension 0: a slice of no entries is not supported");
  m.operations[0].options = {{2, std::int32_t{1}}};
  expect_refusal(m, errc::not_supported,
                 place + "an ellipsis or a new axis in a strided slice is not supported");
}

TEST(tflite_refusal, parts) {
  model m = sample_model("split");
  m.tensors[0].shape = {2, 7};
  expect_refusal(m, errc::invalid_graph,
                 "operator 0 (SPLIT) -> tensor 'y': its parts are not those of 7 entries of its input");
  m = sample_model("split");
  m.tensors[1] = numbers("axis", {2});
  expect_refusal(m, errc::invalid_graph,
                 "operator 0 (SPLIT) -> tensor 'y': axis 2 is outside a tensor of rank 2");
  m = sample_model("split_v");
  m.tensors[1] = numbers("sizes", {1, 3, 2});
  expect_refusal(m, errc::invalid_graph, "operator 0 (SPLIT_V) -> tensor 'y': a part of 2 entries");
  m.tensors[1] = numbers("sizes", {1, 4});
  expect_refusal(m, errc::invalid_graph, "operator 0 (SPLIT_V) -> tensor 'y': 2 sizes of 3 outputs");
  m = sample_model("pack");
  m.operations[0].options[1].value = std::int32_t{3};
  expect_refusal(m, errc::invalid_graph,
                 "operator 0 (PACK) -> tensor 'y': axis 3 is outside a tensor of rank 3");
  m = sample_model("squared_difference");
  m.tensors[1] = computed("y", {1, 4});
  expect_refusal(
      m, errc::not_supported,
      "operator 0 (SQUARED_DIFFERENCE) -> tensor 'y': a squared difference of s8 is not supported");
}

TEST(tflite_refusal, mirrored_edges) {
  model m = sample_model("mirror_pad");
  m.operations[0].options[0].value = std::int8_t{2};
  std::string const place = "operator 0 (MIRROR_PAD) -> tensor 'y': ";
  expect_refusal(m, errc::malformed, place + "mode 2 does not exist");
  m = sample_model("mirror_pad");
  m.tensors[1] = numbers("p", {0, 0, 3, 0, 1, 3, 0, 0});
  expect_refusal(m, errc::invalid_graph, place + "padding 3, not between 0 and 2");
  m.tensors[1] = numbers("p", {0, 0, 2, 0, 1, 3});
  expect_refusal(m, errc::invalid_graph, place + "6 amounts of padding for a tensor of rank 4");
}

TEST(tflite_refusal, resized_images) {
  model m = sample_model("resize_nearest");
  m.operations[0].options[1].value = true;
  std::string const place = "operator 0 (RESIZE_NEAREST_NEIGHBOR) -> tensor 'y': ";
  expect_refusal(m, errc::invalid_graph,
                 place + "corners that are aligned and centers of pixels exclude each other");
  m = sample_model("resize_nearest");
  m.tensors[0].shape = {3, 4, 2};
  expect_refusal(m, errc::invalid_graph, place + "its input 3x4x2 is not of rank 4");
}

TEST(tflite_refusal, padding_amounts) {
  std::string const place = "operator 0 (PAD) -> tensor 'y': ";
  model m = sample_model("pad");
  m.tensors[1] = numbers("p", {0, 0, -1, 2, 3, 4, 0, 0});
  expect_refusal(m, errc::invalid_graph, place + "padding -1, not between 0 and 1048576");
  m.tensors[1] = numbers("p", {0, 0, 1, 2147483647, 3, 4, 0, 0});
  expect_refusal(m, errc::invalid_graph, place + "padding 2147483647, not between 0 and 1048576");
  m.tensors[1] = numbers("p", {0, 0, 1, 2, 3, 4});
  expect_refusal(m, errc::invalid_graph, place + "6 amounts of padding for a tensor of rank 4");
}

TEST(tflite_refusal, padding_values) {
  std::string const place = "operator 0 (PADV2) -> tensor 'y': ";
  model m = sample_model("padv2");
  m.tensors[2].data = bytes_of<std::int8_t>({-3, -3});
  expect_refusal(m, errc::malformed, place + "tensor 2 'v': is not one element of s8");
  m.tensors[2].type = FLOAT32;
  m.tensors[2].data = bytes_of<float>({0.0f});
  expect_refusal(m, errc::malformed, place + "tensor 2 'v': is not one element of s8");
  m.tensors[2].data.clear();
  expect_refusal(m, errc::not_supported, place + "tensor 2 'v': is not a constant");
}

TEST(tflite_refusal, conversions_to_and_from_floats) {
  model m = sample_model("quantize");
  m.tensors[1] = computed("y", {4}, FLOAT32);
  expect_refusal(m, errc::not_supported,
                 "operator 0 (QUANTIZE) -> tensor 'y': quantizing to f32 is not supported");
  m = sample_model("dequantize");
  m.tensors[0] = computed("x", {4}, FLOAT16);
  expect_refusal(m, errc::not_supported,
                 "operator 0 (DEQUANTIZE) -> tensor 'y': dequantizing f16 to f32 is not supported");
  m.tensors[0] = computed("x", {4});
  m.tensors[1] = computed("y", {4});
  expect_refusal(m, errc::not_supported,
                 "operator 0 (DEQUANTIZE) -> tensor 'y': dequantizing s8 to s8 is not supported");
}

TEST(tflite_refusal, kinds_of_tensors) {
  std::string const place = "graph inputs: tensor 0 'x': ";
  model const good = sample_model("relu");
  model m = good;
  m.tensors[0].sparse = true;
  expect_refusal(m, errc::not_supported, place + "sparse tensors are not supported");
  m = good;
  m.tensors[0].variable = true;
  expect_refusal(m, errc::not_supported, place + "variable tensors are not supported");
  m = good;
  m.tensors[0].type = STRING;
  expect_refusal(m, errc::not_supported, place + "elements of type STRING are not supported");
  m.tensors[0].type = static_cast<type>(-100);
  expect_refusal(m, errc::not_supported, place + "elements of type -100 are not supported");
  m = good;
  m.tensors[0].external_offset = 1000;
  m.tensors[0].external_size = 16;
  expect_refusal(m, errc::not_supported,
                 place + "data behind the FlatBuffers part of the file is not supported");
  m = good;
  m.tensors[0].buffer = 3;
  expect_refusal(m, errc::malformed, place + "buffer 3 does not exist, there are 3");
  m.tensors[0].buffer = 4294967295u;
  expect_refusal(m, errc::malformed, place + "buffer 4294967295 does not exist, there are 3");
}

TEST(tflite_refusal, shapes) {
  std::string const place = "graph inputs: tensor 0 'x': ";
  model m = sample_model("relu");
  auto const with = [&](std::vector<std::int32_t> shape) {
    m.tensors[0].shape = std::move(shape);
    return m;
  };
  expect_refusal(with({1, -1}), errc::invalid_graph, place + "its shape 1x-1 has an extent of -1");
  expect_refusal(with({0, 4}), errc::invalid_graph, place + "its shape 0x4 has an extent of 0");
  expect_refusal(with({1, 1, 1, 1, 1, 1, 4}), errc::not_supported,
                 place + "rank 7 is not supported, the limit is 6");
  expect_refusal(with({2147483647, 2147483647, 2147483647}), errc::too_large,
                 place + "its shape 2147483647x2147483647x2147483647 has more than " +
                     std::to_string(linnet::max_elements) + " elements");
  expect_refusal(with({}), errc::invalid_graph, place + "its shape is missing");
  m.tensors[0].has_shape = false;
  expect_refusal(m, errc::invalid_graph, place + "its shape is missing");
}

TEST(tflite_refusal, buffers_of_the_wrong_size) {
  model m = sample_model("dense");
  m.tensors[1].data.pop_back();
  expect_refusal(
      m, errc::malformed,
      "operator 0 (FULLY_CONNECTED) -> tensor 'y': tensor 1 'w': its buffer has 23 bytes, its shape 4x6 "
      "asks for 24");
}

TEST(tflite_refusal, scales) {
  std::string const place = "graph inputs: tensor 0 'x': ";
  model m = sample_model("reshape");
  for (auto [scale, words] : {std::pair{0.0f, "0"}, std::pair{-0.5f, "-0.5"},
                              std::pair{std::numeric_limits<float>::infinity(), "inf"},
                              std::pair{std::numeric_limits<float>::quiet_NaN(), "nan"}}) {
    m.tensors[0].scales = {scale};
    expect_refusal(m, errc::invalid_graph, place + "scale " + words + " is not a finite positive number");
  }
  m.tensors[0].scales = {1.0f, std::numeric_limits<float>::quiet_NaN()};
  m.tensors[0].zero_points = {};
  expect_refusal(m, errc::invalid_graph, place + "scale nan is not a finite positive number");
  m.tensors[0].scales = {1.0f, 1.0f, 1.0f};
  expect_refusal(m, errc::invalid_graph, place + "3 scales along dimension 0 do not fit its shape 2x3");
  m.tensors[0].quantized_dimension = -1;
  expect_refusal(m, errc::invalid_graph, place + "3 scales along dimension -1 do not fit its shape 2x3");
  m.tensors[0].quantized_dimension = 2;
  expect_refusal(m, errc::invalid_graph, place + "3 scales along dimension 2 do not fit its shape 2x3");
  m.tensors[0].quantization_details = 1;
  expect_refusal(m, errc::not_supported, place + "custom quantization is not supported");
}

TEST(tflite_refusal, zero_points) {
  std::string const place = "graph inputs: tensor 0 'x': ";
  model m = sample_model("reshape");
  m.tensors[0].zero_points = {128};
  expect_refusal(m, errc::invalid_graph, place + "zero point 128 is outside the range of s8");
  m.tensors[0].zero_points = {std::int64_t{1} << 32};
  expect_refusal(m, errc::invalid_graph, place + "zero point 4294967296 is outside the range of s8");
  m.tensors[0].zero_points = {0, 0};
  expect_refusal(m, errc::malformed, place + "2 zero points for 1 scales");
  m.tensors[0].scales = {1.0f, 1.0f};
  m.tensors[0].zero_points = {0, 1};
  expect_refusal(m, errc::not_supported, place + "per-channel zero points other than 0 are not supported");
}

TEST(tflite_refusal, wiring) {
  model m = network_sample().model;
  std::swap(m.operations[0], m.operations[1]);
  expect_refusal(m, errc::invalid_graph,
                 "node 0 (add, operator 0) 's': tensor 'c': a tensor is used before a node has made it");
  m = network_sample().model;
  m.operations[1].outputs = {0};
  expect_refusal(
      m, errc::invalid_graph,
      "node 1 (add, operator 1) 'x': tensor 'x': a tensor is made by two nodes, or is an input or a "
      "constant");
}

TEST(tflite_refusal, names_in_messages_are_safe_to_print) {
  model m = sample_model("relu");
  m.tensors[0].name = "a\nb\x1b";
  m.tensors[0].sparse = true;
  expect_refusal(m, errc::not_supported, "graph inputs: tensor 0 'a?b?': sparse tensors are not supported");
}

// ---- Limits

TEST(tflite_limit, operators) {
  model m = sample_model("relu");
  m.operations.resize((1u << 13) + 1, m.operations[0]);
  expect_refusal(m, errc::too_large, "8193 operators, the limit is 8192");
}

TEST(tflite_limit, tensors) {
  model m = sample_model("relu");
  m.tensors.resize((1u << 15) + 1);
  expect_refusal(m, errc::too_large, "32769 tensors, the limit is 32768");
}

TEST(tflite_limit, operands) {
  model m = sample_model("concat");
  m.operations[0].inputs.assign(4097, 0);
  expect_refusal(m, errc::malformed,
                 "operator 0 (CONCATENATION) -> tensor 'y': 4097 inputs, not between 1 and 4096");
  m.operations[0].inputs.assign(4096, 0);
  m.operations.resize(65, m.operations[0]);
  expect_refusal(m, errc::too_large,
                 "operator 64 (CONCATENATION) -> tensor 'y': more than 262144 operands in one network");
}

TEST(tflite_limit, per_channel_scales) {
  model m = sample_model("reshape");
  m.tensors[0].shape = m.tensors[2].shape = {1 << 21, 1};
  m.tensors[0].scales.assign(1u << 21, 1.0f);
  m.tensors[0].zero_points = {};
  m.tensors.push_back(m.tensors[0]);
  m.tensors.push_back(m.tensors[0]);
  m.inputs = {0, 3, 4};
  expect_refusal(m, errc::too_large,
                 "graph inputs: tensor 4 'x': more than 4194304 per-channel scales in one network");
}

// ---- Files that somebody has broken

/// Whatever the bytes are, the outcome is a valid network or an error that names the file.
void expect_valid_or_refused(std::vector<std::byte> bytes) {
  auto const made = linnet::io::tflite::read(std::move(bytes), "m.tflite");
  if (!made) {
    ASSERT_EQ(made.error().message.find("m.tflite: "), 0u) << made.error().message;
    return;
  }
  auto const known = std::make_unique<bool[]>(made->graph.tensors.size());
  ASSERT_TRUE(linnet::validate(made->graph.view(), {known.get(), made->graph.tensors.size()}));
  unsigned sum = 0;
  for (auto const& constant : made->constants) {
    for (std::byte b : constant) sum += std::to_integer<unsigned>(b);
  }
  ASSERT_LE(sum, 255u * 100000u);  // the bytes are there to be read: the sanitizers look on
}

TEST(tflite_hostile, every_truncation) {
  for (sample const& s : samples()) {
    auto const bytes = s.model.bytes();
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      expect_valid_or_refused({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)});
      if (HasFatalFailure()) FAIL() << s.name << " cut to " << length;
    }
  }
}

TEST(tflite_hostile, every_byte_changed) {
  for (sample const& s : samples()) {
    auto const bytes = s.model.bytes();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (std::byte changed : {std::byte{0}, std::byte{0xFF}, bytes[at] ^ std::byte{0x80},
                                bytes[at] ^ std::byte{1}, bytes[at] ^ std::byte{4}}) {
        auto mutant = bytes;
        mutant[at] = changed;
        expect_valid_or_refused(std::move(mutant));
        if (HasFatalFailure()) FAIL() << s.name << " at " << at;
      }
    }
  }
}

TEST(tflite_hostile, every_word_made_extreme) {
  for (sample const& s : samples()) {
    auto const bytes = s.model.bytes();
    for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
      for (std::uint32_t word : {0xFFFFFFFFu, 0x7FFFFFFFu, 0x80000000u, 0x00010000u, 0x40000000u}) {
        auto mutant = bytes;
        linnet::store(mutant.data() + at, word);
        expect_valid_or_refused(std::move(mutant));
        if (HasFatalFailure()) FAIL() << s.name << " at " << at;
      }
    }
  }
}

TEST(tflite_hostile, a_damaged_offset_is_called_one) {
  auto bytes = sample_model("relu").bytes();
  linnet::store(bytes.data(), std::uint32_t{0x7FFFFFFF});  // the offset of the root table
  auto const made = linnet::io::tflite::read(std::move(bytes), "m.tflite");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, errc::malformed);
  EXPECT_EQ(made.error().message, "m.tflite: an offset or a length points outside the file");
}

}  // namespace
