// SPDX-License-Identifier: MIT
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/runtime/lower.hpp>

#include "support/graph_maker.hpp"

namespace {

using namespace linnet;
using support::graph_maker;

constexpr quantization half{0.5f, 3}, quarter{0.25f, 7}, third{0.3f, 3};

/// A graph of one node.
struct one_node {
  graph_maker g;
  tensor_id output = -1;

  void make(node const& n, std::vector<tensor_id> const& inputs, tensor_info const& out) {
    output = g.activation(out.shape, out.type, out.quantization);
    g.add(n, inputs, output);
    std::vector<tensor_id> activations;
    for (tensor_id id : inputs) {
      bool const known = std::find(activations.begin(), activations.end(), id) != activations.end();
      if (g.at(id).role == tensor_role::activation && !known) activations.push_back(id);
    }
    g.set_ends(activations, {output});
  }
  [[nodiscard]] node& n() { return g.nodes[0]; }
  tensor_id constant(shape const& s, element_type type, quantization const& q = {}) {
    return g.constant(s, type, std::vector<std::byte>(static_cast<std::size_t>(bytes_of(type, s.elements()))),
                      q);
  }
};

/// The problems of type Problem, and the calls, that lowering the graph's only node makes.
template <class Problem>
struct lowered {
  std::vector<Problem> problems;
  std::vector<kernel_call> calls;
  std::size_t others = 0;
  explicit lowered(one_node const& made) {
    EXPECT_TRUE(made.g.check().has_value()) << "the test's own graph is invalid";
    graph_view const g = made.g.view();
    auto const done =
        lower(g, g.nodes[0], [&](auto const& p, kernel_call const& call) -> expected<void, graph_error> {
          if constexpr (std::same_as<std::remove_cvref_t<decltype(p)>, Problem>) {
            problems.push_back(p);
            calls.push_back(call);
          } else {
            ++others;
          }
          return {};
        });
    EXPECT_TRUE(done.has_value());
    EXPECT_EQ(others, 0u) << "another family serves this operator";
  }
};

/// The fault that lowering reports, and about which tensor.
graph_error refusal(one_node const& made) {
  EXPECT_TRUE(made.g.check().has_value()) << "the test's own graph is invalid";
  graph_view const g = made.g.view();
  auto const done =
      lower(g, g.nodes[0], [](auto const&, kernel_call const&) -> expected<void, graph_error> { return {}; });
  EXPECT_FALSE(done.has_value());
  return done.has_value() ? graph_error{} : done.error();
}
void expect_refused(one_node const& made, graph_fault fault, tensor_id tensor) {
  graph_error const e = refusal(made);
  EXPECT_EQ(explain(e.fault), explain(fault));
  EXPECT_EQ(e.tensor, tensor);
}

one_node convolution(op kind = op::conv2d) {
  one_node m;
  bool const depthwise = kind == op::depthwise_conv2d;
  tensor_id const x = m.g.activation({2, 9, 8, 3}, s8, half);
  tensor_id const w = m.constant(depthwise ? shape{1, 3, 2, 6} : shape{6, 3, 2, 3}, s8, {0.125f, 0});
  tensor_id const b = m.constant({6}, s32);
  node n{.kind = kind, .activation = activation::relu6, .rounding = rounding::single_rounding};
  n.window = {{3, 2}, {2, 1}, {1, 2}, {1, 2, 0, 1}};
  m.make(n, {x, w, b}, {.shape = {2, 4, 9, 6}, .type = s8, .quantization = quarter});
  return m;
}

template <class Problem>
void expect_convolution(op kind) {
  lowered<Problem> const l(convolution(kind));
  ASSERT_EQ(l.problems.size(), 1u);
  Problem const& p = l.problems[0];
  EXPECT_EQ(p.input, (image_shape{2, 9, 8, 3}));
  EXPECT_EQ(p.output, (image_shape{2, 4, 9, 6}));
  EXPECT_TRUE(p.input_type == s8 && p.weight_type == s8 && p.output_type == s8);
  EXPECT_TRUE(p.kernel_height == 3 && p.kernel_width == 2 && p.stride_height == 2 && p.stride_width == 1);
  EXPECT_TRUE(p.dilation_height == 1 && p.dilation_width == 2 && p.padding_top == 1 && p.padding_left == 2);
  EXPECT_TRUE(p.rounding == rounding::single_rounding && p.activation == activation::relu6);
  EXPECT_TRUE(p.input_quantization == half && p.output_quantization == quarter);
  kernel_call const& c = l.calls[0];
  EXPECT_EQ(c.operand_count, 1u);
  EXPECT_TRUE(c.input == p.input && c.output == p.output);
  EXPECT_TRUE(c.output_offset == 0 && c.output_pixel_stride == 6);
}

TEST(lower, conv2d) { expect_convolution<kernels::conv2d::problem>(op::conv2d); }
TEST(lower, depthwise_conv2d) { expect_convolution<kernels::depthwise::problem>(op::depthwise_conv2d); }

TEST(lower, transpose_conv2d_reads_and_makes_whole_images) {
  one_node m;
  tensor_id const x = m.g.activation({2, 4, 5, 3}, s8, half);
  tensor_id const w = m.constant({6, 3, 2, 3}, s8, {0.125f, 0});
  node n{.kind = op::transpose_conv2d, .window = {{3, 2}, {2, 1}, {1, 2}, {1, 2, 0, 1}}};
  m.make(n, {x, w}, {.shape = {2, 8, 4, 6}, .type = s8, .quantization = quarter});
  lowered<kernels::transpose_conv2d::problem> const l(m);
  ASSERT_EQ(l.problems.size(), 1u);
  kernels::transpose_conv2d::problem const& p = l.problems[0];
  EXPECT_EQ(p.input, (image_shape{2, 4, 5, 3}));
  EXPECT_EQ(p.output, (image_shape{2, 8, 4, 6}));
  EXPECT_TRUE(p.stride_height == 2 && p.dilation_width == 2 && p.padding_top == 1 && p.padding_left == 2);
  EXPECT_EQ(l.calls[0].input, (image_shape{2, 1, 1, 60}));
  EXPECT_EQ(l.calls[0].output, (image_shape{2, 1, 1, 192}));
}

TEST(lower, dense_reads_its_input_as_rows) {
  one_node m;
  tensor_id const x = m.g.activation({2, 3, 4}, u8, half);
  tensor_id const w = m.constant({5, 12}, u8, {0.5f, 99});
  m.make({.kind = op::dense}, {x, w}, {.shape = {2, 5}, .type = u8, .quantization = half});
  lowered<kernels::dense::problem> const l(m);
  ASSERT_EQ(l.problems.size(), 1u);
  EXPECT_EQ(l.problems[0].input, (image_shape{1, 1, 2, 12}));
  EXPECT_EQ(l.problems[0].output, (image_shape{1, 1, 2, 5}));
  EXPECT_EQ(l.problems[0].weight_zero_point, 99);
  EXPECT_EQ(l.calls[0].output_pixel_stride, 5);
}

TEST(lower, add_reads_two_operands) {
  one_node m;
  tensor_id const a = m.g.activation({2, 2, 3, 4}, s8, half), b = m.g.activation({2, 2, 3, 4}, s8, quarter);
  m.make({.kind = op::add, .activation = activation::relu}, {a, b},
         {.shape = {2, 2, 3, 4}, .type = s8, .quantization = third});
  lowered<kernels::elementwise::add_problem> const l(m);
  ASSERT_EQ(l.problems.size(), 1u);
  EXPECT_TRUE(l.problems[0].a_quantization == half && l.problems[0].b_quantization == quarter);
  EXPECT_EQ(l.problems[0].output_quantization, third);
  EXPECT_EQ(l.problems[0].activation, activation::relu);
  EXPECT_EQ(l.calls[0].operand_count, 2u);
  EXPECT_EQ(l.calls[0].operands[1], 1u);
}

one_node pooling(op kind, activation a, quantization const& in, quantization const& out) {
  one_node m;
  tensor_id const x = m.g.activation({1, 5, 6, 3}, s8, in);
  node n{.kind = kind, .activation = a};
  n.window = {{3, 2}, {2, 1}, {1, 1}, {2, 1, 0, 0}};
  m.make(n, {x}, {.shape = {1, 3, 6, 3}, .type = s8, .quantization = out});
  return m;
}
template <class Problem>
void expect_pool(op kind) {
  lowered<Problem> const l(pooling(kind, activation::relu6, half, half));
  ASSERT_EQ(l.problems.size(), 1u);
  Problem const& p = l.problems[0];
  EXPECT_TRUE(p.kernel_height == 3 && p.kernel_width == 2 && p.stride_height == 2 && p.stride_width == 1);
  EXPECT_TRUE(p.padding_top == 2 && p.padding_left == 1 && p.activation == activation::relu6);
  EXPECT_EQ(p.output_quantization, half);
}
TEST(lower, average_pool2d) { expect_pool<kernels::pool::average_problem>(op::average_pool2d); }
TEST(lower, max_pool2d) { expect_pool<kernels::pool::max_problem>(op::max_pool2d); }

one_node mean_over(std::initializer_list<std::int32_t> axes, shape const& in, shape const& out) {
  one_node m;
  tensor_id const x = m.g.activation(in, s8, half);
  node n{.kind = op::mean};
  for (std::int32_t axis : axes) n.axes.push_back(axis);
  m.make(n, {x}, {.shape = out, .type = s8, .quantization = quarter});
  return m;
}
TEST(lower, mean_counts_axes_from_the_back) {
  lowered<kernels::mean::problem> const kept(mean_over({1, 2}, {2, 7, 5, 3}, {2, 1, 1, 3}));
  ASSERT_EQ(kept.problems.size(), 1u);
  EXPECT_TRUE(kept.problems[0].over_height && kept.problems[0].over_width && !kept.problems[0].over_channels);
  EXPECT_EQ(kept.calls[0].output, (image_shape{2, 1, 1, 3}));
  EXPECT_EQ(kept.problems[0].count(), 35);
  lowered<kernels::mean::problem> const dropped(mean_over({1}, {4, 6}, {4}));
  EXPECT_TRUE(!dropped.problems[0].over_height && !dropped.problems[0].over_width);
  EXPECT_EQ(dropped.calls[0].output, (image_shape{1, 1, 4, 1}));
  lowered<kernels::mean::problem> const batch_of_one(mean_over({0, 3}, {1, 7, 5, 3}, {7, 5}));
  EXPECT_TRUE(batch_of_one.problems[0].over_channels && !batch_of_one.problems[0].over_height);
  expect_refused(mean_over({0}, {2, 7, 5, 3}, {7, 5, 3}), graph_fault::bad_axis, 0);
}

one_node concat_of(std::vector<shape> const& parts, std::int32_t axis, shape const& out,
                   element_type type = s8) {
  one_node m;
  std::vector<tensor_id> inputs;
  quantization const q = type == f32 ? quantization{} : half;
  for (shape const& s : parts) inputs.push_back(m.g.activation(s, type, q));
  node n{.kind = op::concat};
  n.axes.push_back(axis);
  m.make(n, inputs, {.shape = out, .type = type, .quantization = q});
  return m;
}
TEST(lower, concat_along_channels_writes_parts_of_every_pixel) {
  lowered<kernels::elementwise::rescale_problem> const l(
      concat_of({{2, 3, 4, 5}, {2, 3, 4, 1}, {2, 3, 4, 2}}, 3, {2, 3, 4, 8}, f32));
  ASSERT_EQ(l.calls.size(), 3u);
  std::int64_t const offsets[] = {0, 20, 24};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(l.calls[i].operands[0], i);
    EXPECT_EQ(l.calls[i].output_offset, offsets[i]);
    EXPECT_EQ(l.calls[i].output_pixel_stride, 32);
  }
  EXPECT_EQ(l.problems[1].image, (image_shape{2, 3, 4, 1}));
}
TEST(lower, concat_along_other_axes_takes_everything_behind_as_a_pixel) {
  lowered<kernels::elementwise::rescale_problem> const l(
      concat_of({{2, 3, 4, 5}, {2, 1, 4, 5}}, 1, {2, 4, 4, 5}));
  ASSERT_EQ(l.calls.size(), 2u);
  EXPECT_EQ(l.problems[0].image, (image_shape{1, 1, 2, 60}));
  EXPECT_EQ(l.problems[1].image, (image_shape{1, 1, 2, 20}));
  EXPECT_EQ(l.calls[1].output_offset, 60);
  EXPECT_EQ(l.calls[0].output_pixel_stride, 80);
}

one_node padding(std::array<edge_padding, max_rank> const& amounts, shape const& in, shape const& out) {
  one_node m;
  tensor_id const x = m.g.activation(in, u8, half);
  node n{.kind = op::pad};
  n.padding = amounts;
  m.make(n, {x}, {.shape = out, .type = u8, .quantization = half});
  return m;
}
TEST(lower, pad) {
  lowered<kernels::pad::problem> const l(
      padding({{{0, 0}, {1, 2}, {3, 4}, {5, 6}}}, {2, 3, 4, 5}, {2, 6, 11, 16}));
  ASSERT_EQ(l.problems.size(), 1u);
  EXPECT_TRUE(l.problems[0].top == 1 && l.problems[0].left == 3 && l.problems[0].front == 5);
  EXPECT_EQ(l.problems[0].output_quantization, half);
  lowered<kernels::pad::problem> const flat(padding({{{1, 0}, {0, 2}}}, {3, 4}, {4, 6}));
  EXPECT_TRUE(flat.problems[0].top == 0 && flat.problems[0].left == 1 && flat.problems[0].front == 0);
  expect_refused(padding({{{1, 0}}}, {2, 3, 4, 5}, {3, 3, 4, 5}), graph_fault::bad_padding, 0);
}

TEST(lower, softmax_keeps_its_beta) {
  one_node m;
  tensor_id const x = m.g.activation({3, 10}, s8, half);
  m.make({.kind = op::softmax, .beta = 0.7f}, {x},
         {.shape = {3, 10}, .type = s8, .quantization = {1.0f / 256, -128}});
  lowered<kernels::softmax::problem> const l(m);
  ASSERT_EQ(l.problems.size(), 1u);
  EXPECT_EQ(l.problems[0].beta, 0.7f);
  EXPECT_EQ(l.problems[0].image, (image_shape{1, 1, 3, 10}));
}

TEST(lower, transpose_is_one_row) {
  one_node m;
  tensor_id const x = m.g.activation({2, 3, 4}, f32);
  node n{.kind = op::transpose};
  for (std::int32_t axis : {2, 0, 1}) n.axes.push_back(axis);
  m.make(n, {x}, {.shape = {4, 2, 3}, .type = f32});
  lowered<kernels::strided_copy::problem> const l(m);
  ASSERT_EQ(l.problems.size(), 1u);
  EXPECT_EQ(l.problems[0].output, (shape{4, 2, 3}));
  EXPECT_EQ(l.problems[0].steps, (std::array<std::int32_t, max_rank>{1, 12, 4}));
  EXPECT_EQ(l.calls[0].output, (image_shape{1, 1, 1, 24}));
}

template <class Problem>
void expect_unary(op kind, element_type in, element_type out) {
  one_node m;
  auto const scaled = [](element_type t) { return t == f32 ? quantization{} : half; };
  tensor_id const x = m.g.activation({2, 3, 4, 5}, in, scaled(in));
  m.make({.kind = kind, .activation = kind == op::relu ? activation::relu6 : activation::none}, {x},
         {.shape = {2, 3, 4, 5}, .type = out, .quantization = scaled(out)});
  lowered<Problem> const l(m);
  ASSERT_EQ(l.problems.size(), 1u) << name_of(kind).data();
  Problem const& p = l.problems[0];
  EXPECT_TRUE(p.input_type == in && p.output_type == out);
  EXPECT_EQ(p.image, (image_shape{2, 3, 4, 5}));
  EXPECT_EQ(p.activation, kind == op::relu ? activation::relu6 : activation::none);
  EXPECT_EQ(l.calls[0].output_pixel_stride, out == f32 ? 20 : 5);
}
TEST(lower, operators_of_one_operand) {
  using namespace kernels::elementwise;
  expect_unary<logistic_problem>(op::logistic, f32, f32);
  expect_unary<quantize_problem>(op::quantize, f32, u8);
  expect_unary<dequantize_problem>(op::dequantize, s8, f32);
  expect_unary<rescale_problem>(op::requantize, s8, u8);
  expect_unary<rescale_problem>(op::relu, u8, u8);
}

one_node reshaping(tensor_role role, quantization const& in, quantization const& out) {
  one_node m;
  tensor_id const x =
      role == tensor_role::constant ? m.constant({2, 3}, u8, in) : m.g.activation({2, 3}, u8, in);
  m.make({.kind = op::reshape}, {x}, {.shape = {6}, .type = u8, .quantization = out});
  return m;
}
TEST(lower, reshape_of_an_activation_needs_no_kernel) {
  lowered<kernels::elementwise::rescale_problem> const l(reshaping(tensor_role::activation, half, half));
  EXPECT_TRUE(l.problems.empty());
  expect_refused(reshaping(tensor_role::activation, half, quarter), graph_fault::scales_must_agree, 1);
}
TEST(lower, reshape_of_a_constant_copies_even_without_a_scale) {
  for (quantization const& q : {quantization{}, half, third}) {
    lowered<kernels::elementwise::rescale_problem> const l(reshaping(tensor_role::constant, q, q));
    ASSERT_EQ(l.problems.size(), 1u);
    EXPECT_TRUE(l.problems[0].input_quantization == l.problems[0].output_quantization);
    EXPECT_TRUE(l.problems[0].input_quantization.present());
  }
}

TEST(lower_refuses, missing_scales) {
  for (tensor_id id : {0, 1, 3}) {
    auto m = convolution();
    m.g.at(id).quantization = {};
    expect_refused(m, graph_fault::bad_scale, id);
  }
  auto bias = convolution();
  EXPECT_FALSE(bias.g.at(2).quantization.present());
  EXPECT_EQ(lowered<kernels::conv2d::problem>(bias).problems.size(), 1u)
      << "a bias needs no scale of its own";
  one_node sum;
  tensor_id const a = sum.g.activation({4}, s8, half), b = sum.g.activation({4}, s8);
  sum.make({.kind = op::add}, {a, b}, {.shape = {4}, .type = s8, .quantization = half});
  expect_refused(sum, graph_fault::bad_scale, b);
  expect_refused(pooling(op::max_pool2d, activation::relu, {}, {}), graph_fault::bad_scale, 0);
  EXPECT_EQ(
      lowered<kernels::pool::max_problem>(pooling(op::max_pool2d, activation::none, {}, {})).problems.size(),
      1u)
      << "comparing stored values needs no scale";
}

TEST(lower_refuses, per_channel_scales_where_one_is_needed) {
  for (tensor_id id : {0, 3}) {  // input, output
    auto m = convolution();
    m.g.set_scales(id, std::vector<float>(static_cast<std::size_t>(m.g.at(id).shape[3]), 0.5f), 3);
    expect_refused(m, graph_fault::bad_scale, id);
  }
}

TEST(lower_refuses, channel_scales_along_another_axis) {
  auto m = convolution();
  m.g.set_scales(1, {0.5f, 0.5f, 0.5f}, 3);
  expect_refused(m, graph_fault::bad_channel_scales, 1);
  auto right = convolution();
  right.g.set_scales(1, std::vector<float>(6, 0.5f), 0);
  EXPECT_EQ(lowered<kernels::conv2d::problem>(right).problems.size(), 1u);
  auto depthwise = convolution(op::depthwise_conv2d);
  depthwise.g.set_scales(1, {0.5f}, 0);
  expect_refused(depthwise, graph_fault::bad_channel_scales, 1);
}

TEST(lower_refuses, a_bias_of_another_type) {
  auto m = convolution();
  m.g.at(2).type = f32;
  expect_refused(m, graph_fault::types_not_supported, 2);
}

TEST(lower_refuses, inputs_that_are_no_floats_to_quantize) {
  for (op const kind : {op::conv2d, op::depthwise_conv2d}) {
    auto m = convolution(kind);
    m.n().dynamic_quantization = dynamic_quantization::symmetric;
    expect_refused(m, graph_fault::types_not_supported, 1);
  }
}

TEST(lower, an_image_that_is_quantized_when_it_is_computed_is_one_pixel) {
  auto m = convolution();
  for (tensor_id id : {tensor_id{0}, m.output}) {
    m.g.at(id).type = f32;
    m.g.at(id).quantization = {};
  }
  m.g.at(2).type = f32;
  kernel_call const by_rows = lowered<kernels::conv2d::problem>(m).calls[0];
  m.n().dynamic_quantization = dynamic_quantization::asymmetric;
  auto const whole = lowered<kernels::conv2d::problem>(m);
  EXPECT_EQ(whole.problems[0].dynamic_quantization, dynamic_quantization::asymmetric);
  EXPECT_EQ(whole.calls[0].input, one_pixel(by_rows.input));
  EXPECT_EQ(whole.calls[0].output, one_pixel(by_rows.output));
  EXPECT_EQ(whole.calls[0].output_pixel_stride, 4 * whole.calls[0].output.channels);
}

TEST(lower_refuses, operators_that_move_values_between_different_quantizations) {
  expect_refused(pooling(op::average_pool2d, activation::none, half, quarter), graph_fault::scales_must_agree,
                 1);
  auto m = padding({{{0, 0}, {1, 2}, {3, 4}, {5, 6}}}, {2, 3, 4, 5}, {2, 6, 11, 16});
  m.g.at(1).type = s8;
  expect_refused(m, graph_fault::types_not_supported, 1);
}

TEST(lower_refuses, shifts_between_scales_that_are_no_powers_of_two) {
  for (rounding policy : {rounding::shift_half_up, rounding::shift_half_even, rounding::shift_half_away}) {
    auto m = convolution();
    m.n().rounding = policy;
    EXPECT_EQ(lowered<kernels::conv2d::problem>(m).problems.size(), 1u);
    m.g.at(0).quantization.scale = 0.3f;
    expect_refused(m, graph_fault::scales_not_power_of_two, 1);
    auto channels = convolution();
    channels.n().rounding = policy;
    channels.g.set_scales(1, {0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.3f}, 0);
    expect_refused(channels, graph_fault::scales_not_power_of_two, 1);
  }
}

TEST(lower_refuses, rescaling_by_shifts_between_scales_that_are_no_powers_of_two) {
  for (op kind : {op::relu, op::requantize, op::concat}) {
    one_node m;
    tensor_id const x = m.g.activation({2, 3}, s8, half);
    node n{.kind = kind, .rounding = rounding::shift_half_up};
    if (kind == op::concat) n.axes.push_back(1);
    m.make(n, {x}, {.shape = {2, 3}, .type = s8, .quantization = quarter});
    using problem = kernels::elementwise::rescale_problem;
    EXPECT_EQ(lowered<problem>(m).problems.size(), 1u);
    m.g.at(x).quantization = third;
    expect_refused(m, graph_fault::scales_not_power_of_two, x);
    m.g.at(m.output).quantization = third;
    EXPECT_EQ(lowered<problem>(m).problems.size(), 1u) << "equal scales are a copy";
  }
}

TEST(lower, stops_at_the_first_error_of_its_caller) {
  auto const m = concat_of({{1, 2}, {1, 3}, {1, 4}}, 1, {1, 9});
  graph_view const g = m.g.view();
  int calls = 0;
  auto const done = lower(g, g.nodes[0], [&](auto const&, kernel_call const&) -> expected<void, graph_error> {
    if (++calls == 2)
      return unexpected<graph_error>({.fault = graph_fault::types_not_supported, .tensor = 77});
    return {};
  });
  EXPECT_EQ(calls, 2);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().tensor, 77);
}

}  // namespace
