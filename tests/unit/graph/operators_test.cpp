// SPDX-License-Identifier: MIT
#include <limits>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/graph/operators.hpp>
#include <linnet/graph/validate.hpp>

#include "support/custom_operators.hpp"

namespace {

using linnet::activation;
using linnet::graph_fault;
using linnet::op;
using linnet::s8;
using linnet::shape;

constexpr bool is_valid(auto const& graph) {
  std::array<bool, 512> made{};
  return linnet::validate(graph.view(), std::span(made).first(graph.tensors.size())).has_value();
}

/// The last node that is made of an image (1,9,7,4).
struct made_node {
  linnet::node node;
  linnet::tensor_info output;
};
template <class Compose>
constexpr made_node made_of(linnet::element_type type, Compose compose) {
  linnet::basic_graph_builder<linnet::fixed_graph<8>> g;
  auto const graph = g.finish(compose(g, g.input({.height = 9, .width = 7, .channels = 4, .type = type})));
  if (!graph || !is_valid(*graph)) return {};
  linnet::node const n = graph->nodes[graph->nodes.size() - 1];
  return {n, graph->view().output(n)};
}
constexpr linnet::quantization default_s8 = linnet::default_quantization(s8, activation::none);

// each operator, in a constant
constexpr auto rectified = made_of(s8, [](auto& g, auto x) { return g.relu(x); });
static_assert(rectified.node.kind == op::relu && rectified.node.activation == activation::relu);
static_assert(rectified.output.quantization == linnet::default_quantization(s8, activation::relu));
constexpr auto clamped = made_of(s8, [](auto& g, auto x) { return g.relu6(x, {0.5f, 3}); });
static_assert(clamped.node.activation == activation::relu6);
static_assert(clamped.output.quantization == linnet::quantization{0.5f, 3});
constexpr auto logistic = made_of(s8, [](auto& g, auto x) { return g.logistic(x); });
static_assert(logistic.node.kind == op::logistic &&
              logistic.output.quantization == linnet::quantization{1.0f / 256, -128});
constexpr auto sharp = made_of(linnet::f32, [](auto& g, auto x) { return g.softmax(x, {.beta = 2.0f}); });
static_assert(sharp.node.kind == op::softmax && sharp.node.beta == 2.0f);

constexpr auto curved = made_of(s8, [](auto& g, auto x) { return g.tanh(x); });
static_assert(curved.node.kind == op::unary && curved.node.unary == linnet::unary_function::tanh &&
              curved.output.quantization == linnet::quantization{1.0f / 128, 0});
constexpr auto leaky = made_of(s8, [](auto& g, auto x) { return g.leaky_relu(x, 0.25f, {0.5f, 3}); });
static_assert(leaky.node.alpha == 0.25f && leaky.output.quantization == linnet::quantization{0.5f, 3});
constexpr auto counted = made_of(s8, [](auto& g, auto x) { return g.cast(x, linnet::s32); });
static_assert(counted.node.kind == op::unary && counted.node.unary == linnet::unary_function::cast &&
              counted.output.type == linnet::s32 && !counted.output.quantization.present());
constexpr auto cut = made_of(linnet::f32, [](auto& g, auto x) { return g.cast(x, linnet::s16); });
static_assert(cut.output.type == linnet::s16 && cut.output.quantization == linnet::quantization{1.0f, 0});
constexpr auto gated = made_of(linnet::f32, [](auto& g, auto x) {
  return g.mul(x, g.logistic(g.reduce(linnet::reduction::maximum, x, {1, 2})));
});
static_assert(gated.node.kind == op::binary && gated.node.binary == linnet::binary_function::mul &&
              gated.output.shape == shape{1, 9, 7, 4});
constexpr auto larger = made_of(s8, [](auto& g, auto x) { return g.maximum(x, x); });
static_assert(larger.output.quantization == default_s8);
constexpr auto corner = made_of(s8, [](auto& g, auto x) { return g.slice(x, {0, 1, 2, 0}, {1, 8, 3, 1}); });
static_assert(corner.node.kind == op::slice && corner.output.shape == shape{1, 8, 3, 1});

constexpr auto filtered =
    made_of(s8, [](auto& g, auto x) { return g.svdf(x, {.units = 3, .rank = 2, .memory = 5}); });
static_assert(filtered.node.kind == op::recurrent && filtered.node.recurrence == linnet::recurrence::svdf &&
              filtered.node.state_type == linnet::s16 && filtered.output.shape == shape{1, 9, 7, 3});
constexpr auto remembered = made_of(linnet::f32, [](auto& g, auto x) {
  return g.lstm(g.reshape(x, {9, 7, 4}), {.units = 3, .cell_clip = 2.0f});
});
static_assert(remembered.node.recurrence == linnet::recurrence::lstm && remembered.node.alpha == 2.0f &&
              remembered.node.axes[0] == 1 && remembered.output.shape == shape{9, 7, 3});

constexpr auto wound = made_of(linnet::f32, [](auto& g, auto x) {
  return g.template custom<support::snake>(x, {.a = 2.0f, .weights = {4}});
});
static_assert(wound.node.kind == op::custom && wound.node.alpha == 2.0f && wound.node.beta == 1.0f &&
              wound.node.custom == &linnet::custom_operator_of<support::snake> &&
              wound.output.shape == shape{1, 9, 7, 4});
constexpr auto apart = made_of(linnet::u8, [](auto& g, auto x) {
  return g.template custom<support::distance>(x, x, {.quantization = {0.5f, 0}});
});
static_assert(apart.output.quantization == linnet::quantization{0.5f, 0});
constexpr auto multiplied = made_of(s8, [](auto& g, auto x) {
  return g.batch_matmul(x, x, {.b_transposed = true, .activation = activation::relu});
});
static_assert(multiplied.node.kind == op::batch_matmul && multiplied.output.shape == shape{1, 9, 7, 7} &&
              multiplied.output.quantization == linnet::default_quantization(s8, activation::relu));

constexpr auto spread = made_of(s8, [](auto& g, auto x) {
  return g.transpose_conv2d(
      x, {.filters = 5, .kernel = {4, 1}, .stride = {2, 3}, .activation = activation::relu});
});
static_assert(spread.node.kind == op::transpose_conv2d && spread.output.shape == shape{1, 18, 21, 5} &&
              spread.node.window.padding == linnet::padding2d{1, 0, 1, 0} &&
              spread.node.padding[2].after == 2);
constexpr auto whole_spread = made_of(linnet::f32, [](auto& g, auto x) {
  return g.transpose_conv2d(
      x, {.kernel = {4, 1}, .stride = {2, 3}, .border = linnet::border::valid, .output_padding = {0, 1}});
});
static_assert(whole_spread.output.shape == shape{1, 20, 22, 1});
constexpr auto cut_spread = made_of(s8, [](auto& g, auto x) {
  return g.transpose_conv2d(x, {.kernel = {3, 3}, .stride = {2, 2}, .border = linnet::padding2d{1, 2, 0, 1}});
});
static_assert(cut_spread.output.shape == shape{1, 18, 12, 1});

constexpr auto kept = made_of(s8, [](auto& g, auto x) { return g.mean(x, {-1, 1}); });
static_assert(kept.output.shape == shape{1, 1, 7, 1} && kept.output.quantization == default_s8);
constexpr auto dropped = made_of(s8, [](auto& g, auto x) {
  return g.mean(x, {1, 2}, {.keep_dims = false, .quantization = {0.25f, 1}});
});
static_assert(dropped.output.shape == shape{1, 4} &&
              dropped.output.quantization == linnet::quantization{0.25f, 1});
constexpr auto of_all = made_of(s8, [](auto& g, auto x) { return g.mean(x, {0, 1, 2, 3}); });
static_assert(of_all.output.shape == shape{1, 1, 1, 1});

constexpr auto framed = made_of(s8, [](auto& g, auto x) { return g.pad(x, linnet::padding2d{1, 2, 3, 4}); });
static_assert(framed.node.kind == op::pad && framed.output.shape == shape{1, 13, 13, 4});
static_assert(framed.node.padding[1] == linnet::edge_padding{1, 3} &&
              framed.node.padding[2] == linnet::edge_padding{2, 4});
constexpr auto enlarged =
    made_of(s8, [](auto& g, auto x) { return g.resize(x, {.height = 18, .width = 14}); });
static_assert(enlarged.node.kind == op::resize && enlarged.output.shape == shape{1, 18, 14, 4});
static_assert(enlarged.node.beta == 0.0f && enlarged.output.quantization == default_s8);
constexpr auto where = made_of(s8, [](auto& g, auto x) { return g.argmax(x, 1); });
static_assert(where.node.reduction == linnet::reduction::first_of_maximum &&
              where.output.type == linnet::s32);
static_assert(where.output.shape == shape{1, 7, 4});
constexpr auto root =
    made_of(linnet::f32, [](auto& g, auto x) { return g.l2_pool2d(x, {.activation = activation::relu}); });
static_assert(root.node.kind == op::relu && root.output.shape == shape{1, 4, 3, 4});
constexpr auto logarithm = made_of(linnet::f32, [](auto& g, auto x) { return g.log_softmax(x); });
static_assert(logarithm.node.unary == linnet::unary_function::log);
constexpr auto mirrored = made_of(s8, [](auto& g, auto x) {
  return g.mirror_pad(x, linnet::edge_rule::reflect, {{}, {2, 0}, {1, 6}});
});
static_assert(mirrored.node.kind == op::concat && mirrored.output.shape == shape{1, 11, 14, 4});
static_assert(mirrored.output.quantization == default_s8);
constexpr auto padded = made_of(s8, [](auto& g, auto x) { return g.pad(x, {{0, 1}, {}, {}, {2, 0}}); });
static_assert(padded.output.shape == shape{2, 9, 7, 6});

constexpr auto reshaped = made_of(s8, [](auto& g, auto x) { return g.reshape(x, {4, 63}); });
static_assert(reshaped.output.shape == shape{4, 63} && reshaped.output.quantization == default_s8);
constexpr auto flat = made_of(s8, [](auto& g, auto x) { return g.flatten(x); });
static_assert(flat.node.kind == op::reshape && flat.output.shape == shape{1, 252});
constexpr auto turned = made_of(s8, [](auto& g, auto x) { return g.transpose(x, {0, 3, 1, -2}); });
static_assert(turned.output.shape == shape{1, 4, 9, 7});

constexpr auto stored = made_of(linnet::f32, [](auto& g, auto x) {
  return g.quantize(x, {.type = linnet::u8, .quantization = {0.5f, 128}});
});
static_assert(stored.node.kind == op::quantize && stored.output.type == linnet::u8);
constexpr auto real = made_of(s8, [](auto& g, auto x) { return g.dequantize(x); });
static_assert(real.output.type == linnet::f32 && !real.output.quantization.present());
constexpr auto moved = made_of(s8, [](auto& g, auto x) { return g.requantize(x, {.type = linnet::u8}); });
static_assert(moved.output.quantization == linnet::default_quantization(linnet::u8, activation::none));

constexpr auto stacked = made_of(s8, [](auto& g, auto x) { return g.concat({x, x}, {.axis = 1}); });
static_assert(stacked.output.shape == shape{1, 18, 7, 4});
constexpr auto side_by_side = made_of(s8, [](auto& g, auto x) { return g.concat({x, x, x}); });
static_assert(side_by_side.output.shape == shape{1, 9, 7, 12} && side_by_side.node.axes[0] == 3);

constexpr auto window = made_of(s8, [](auto& g, auto x) {
  return g.conv2d(x, {.filters = 2, .kernel = {3, 3}, .border = linnet::padding2d{1, 0, 2, 3}});
});
static_assert(window.node.window.padding == linnet::padding2d{1, 0, 2, 3});
static_assert(window.output.shape == shape{1, 10, 8, 2});
constexpr auto depthwise = made_of(s8, [](auto& g, auto x) {
  return g.depthwise_conv2d(x, {.border = linnet::padding2d{.top = 1, .left = 1}});
});
static_assert(depthwise.output.shape == shape{1, 8, 6, 4});
constexpr auto pooled = made_of(s8, [](auto& g, auto x) {
  return g.max_pool2d(x, {.kernel = {3, 3},
                          .stride = {1, 1},
                          .border = linnet::padding2d{1, 1, 1, 1},
                          .activation = activation::relu});
});
static_assert(pooled.node.activation == activation::relu && pooled.output.shape == shape{1, 9, 7, 4});
constexpr auto normalized =
    made_of(s8, [](auto& g, auto x) { return g.batch_normalization(x, {.activation = activation::relu}); });
static_assert(normalized.node.kind == op::depthwise_conv2d &&
              normalized.node.window.kernel == linnet::extent2d{1, 1});
static_assert(normalized.output.shape == shape{1, 9, 7, 4});

/// The first mistake is kept: whatever follows cannot hide it.
template <class Compose>
linnet::graph_error mistake_in(Compose compose, linnet::element_type type = s8) {
  linnet::graph_builder g;
  auto const x = g.input({.height = 8, .width = 8, .channels = 4, .type = type});
  auto const graph = g.finish(g.softmax(compose(g, x)));
  EXPECT_FALSE(graph.has_value());
  return graph ? linnet::graph_error{} : graph.error();
}

TEST(operators, a_quantization_must_be_representable) {
  constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
  constexpr float infinite = std::numeric_limits<float>::infinity();
  for (linnet::quantization const q :
       {linnet::quantization{not_a_number, 0}, {infinite, 0}, {-0.5f, 0}, {0.0f, 3}}) {
    auto const e =
        mistake_in([&](auto& g, auto x) { return g.conv2d(x, {.filters = 5, .quantization = q}); });
    EXPECT_EQ(e.fault, graph_fault::bad_scale) << q.scale;
    EXPECT_EQ(e.node, 0);
    EXPECT_EQ(e.kind, op::conv2d);
    EXPECT_EQ(e.first, (shape{1, 8, 8, 5}));
    linnet::graph_builder g;
    auto const begun = g.finish(g.input({.type = s8, .quantization = q}));
    ASSERT_FALSE(begun);
    EXPECT_EQ(begun.error().fault, graph_fault::bad_scale);
    EXPECT_EQ(begun.error().node, -1);
  }
  for (std::int32_t zero_point : {-129, 128}) {
    auto const e = mistake_in([&](auto& g, auto x) { return g.relu(x, {0.5f, zero_point}); });
    EXPECT_EQ(e.fault, graph_fault::bad_zero_point);
  }
}

TEST(operators, a_multiplier_must_be_representable) {
  auto const fault_of = [](auto compose) { return mistake_in(compose).fault; };
  constexpr auto wanted = graph_fault::multiplier_not_representable;
  linnet::quantization const huge{1e30f, 0}, tiny{1e-30f, 0};
  EXPECT_EQ(fault_of([&](auto& g, auto x) { return g.conv2d(x, {.quantization = huge}); }), wanted);
  EXPECT_EQ(fault_of([&](auto& g, auto x) { return g.depthwise_conv2d(x, {.quantization = tiny}); }), wanted);
  EXPECT_EQ(fault_of([&](auto& g, auto x) { return g.dense(x, {.quantization = huge}); }), wanted);
  EXPECT_EQ(fault_of([&](auto& g, auto x) { return g.add(x, x, {.quantization = tiny}); }), wanted);
  EXPECT_EQ(fault_of([&](auto& g, auto x) { return g.relu(x, huge); }), wanted);
  EXPECT_EQ(fault_of([&](auto& g, auto x) { return g.mean(x, {1}, {.quantization = tiny}); }), wanted);
  EXPECT_EQ(fault_of([&](auto& g, auto x) { return g.concat({x, x}, {.quantization = huge}); }), wanted);
  EXPECT_EQ(fault_of([&](auto& g, auto x) { return g.requantize(x, {.type = s8, .quantization = tiny}); }),
            wanted);
}

TEST(operators, refuse_what_makes_no_sense) {
  auto const fault_of = [](auto compose) { return mistake_in(compose).fault; };
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.lstm(x, {.units = 3}); }), graph_fault::wrong_rank);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.svdf(x, {.units = 0}); }), graph_fault::empty_tensor);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.template custom<support::snake>(x, {.weights = {5}}); }),
            graph_fault::operands_refused);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.reshape(x, {5, 5}); }), graph_fault::shapes_do_not_chain);
  EXPECT_EQ(fault_of([](auto& g, auto x) {
              return g.reshape(x, {-1, -256});
            }),
            graph_fault::shapes_do_not_chain);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.mean(x, {1, 4}); }), graph_fault::bad_axis);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.mean(x, {1, -3}); }), graph_fault::bad_axis);
  EXPECT_EQ(fault_of([](auto& g, auto x) {
              return g.mean(x, {0, 1, 2, 3, 0, 1, 2});
            }),
            graph_fault::bad_axis);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.transpose(x, {0, 1}); }), graph_fault::bad_axis);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.concat({x, x}, {.axis = -5}); }), graph_fault::bad_axis);
  EXPECT_EQ(fault_of([](auto& g, auto) { return g.concat({}); }), graph_fault::wrong_operand_count);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.pad(x, linnet::padding2d{.top = -1}); }),
            graph_fault::bad_padding);
  EXPECT_EQ(fault_of([](auto& g, auto x) {
              return g.pad(x, {{}, {}, {}, {}, {1, 1}});
            }),
            graph_fault::bad_padding);
  EXPECT_EQ(fault_of([](auto& g, auto x) {
              return g.mirror_pad(x, linnet::edge_rule::reflect, {{}, {9, 0}});
            }),
            graph_fault::bad_padding);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.conv2d(x, {.filters = 0}); }), graph_fault::empty_tensor);
  EXPECT_EQ(fault_of([](auto& g, auto x) {
              return g.conv2d(x, {.kernel = {0, 3}});
            }),
            graph_fault::bad_window);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.depthwise_conv2d(x, {.multiplier = 1 << 30}); }),
            graph_fault::tensor_too_large);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.conv2d(x, {.border = linnet::padding2d{.left = -1}}); }),
            graph_fault::bad_window);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.conv2d(g.flatten(x), {}); }), graph_fault::wrong_rank);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.add(x, g.dequantize(x)); }),
            graph_fault::types_not_supported);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.quantize(x); }), graph_fault::types_not_supported);
  EXPECT_EQ(fault_of([](auto& g, auto x) { return g.requantize(x, {.type = linnet::f32}); }),
            graph_fault::types_not_supported);
  EXPECT_EQ(mistake_in([](auto& g, auto x) { return g.dequantize(x); }, linnet::f32).fault,
            graph_fault::types_not_supported);
  linnet::graph_builder g;
  EXPECT_EQ(g.finish(g.input({.height = 0})).error().fault, graph_fault::empty_tensor);
}

}  // namespace
