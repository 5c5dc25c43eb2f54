// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/onnx/reader.hpp>
#include <linnet/session/session.hpp>

#include "support/naive_onnx.hpp"
#include "support/onnx_samples.hpp"

namespace {

using namespace linnet_tests::onnx;
using linnet::op;
using linnet::shape;
using naive_onnx::pooling;
using naive_onnx::steps;
using naive_onnx::tensor;

linnet::network sound(model const& m, bool fuse = true) {
  auto made = linnet::io::onnx::read(m.bytes(), "m.onnx", {.fuse = fuse});
  EXPECT_TRUE(made) << made.error().message;
  return made ? *made : linnet::network{};
}
std::vector<op> kinds(linnet::network const& net) {
  std::vector<op> all;
  for (linnet::node const& n : net.graph.nodes) all.push_back(n.kind);
  return all;
}
std::vector<op> kinds(model const& m, bool fuse = true) { return kinds(sound(m, fuse)); }

/// What the network makes of these inputs.
std::vector<float> run(linnet::network const& net, std::vector<reals> const& inputs) {
  auto session = linnet::session::create(net);
  EXPECT_TRUE(session) << session.error().message;
  if (!session) return {};
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    auto const to = session->input(i).as<float>();
    EXPECT_EQ(to->size(), inputs[i].size());
    std::copy(inputs[i].begin(), inputs[i].end(), to->begin());
  }
  session->run();
  auto const made = session->output().as<float>();
  return {made->begin(), made->end()};
}

/// Fused and unfused, the model makes what the oracle makes.
void expect_makes(model const& m, std::vector<reals> const& inputs, tensor const& wanted) {
  for (bool fuse : {true, false}) {
    auto const net = sound(m, fuse);
    ASSERT_FALSE(net.graph.output_edges.count == 0);
    auto const& s = net.graph.view().tensor(net.graph.view().outputs()[0]).shape;
    EXPECT_EQ(std::vector<int>(s.begin(), s.end()), wanted.dims);
    auto const made = run(net, inputs);
    ASSERT_EQ(made.size(), wanted.values.size());
    for (std::size_t i = 0; i < made.size(); ++i) {
      ASSERT_NEAR(static_cast<double>(made[i]), wanted.values[i], 2e-5) << i << (fuse ? "" : ", unfused");
    }
  }
}

tensor image_of(reals const& values, integers const& dims) { return {{dims.begin(), dims.end()}, values}; }

// ---- Every sample

TEST(onnx_reader, every_sample_is_read_and_runs) {
  for (sample const& s : samples()) {
    auto const net = sound(s.model);
    if (net.graph.nodes.empty()) continue;
    EXPECT_TRUE(linnet::session::create(net)) << s.name;
  }
}

// ---- Layout

TEST(onnx_reader, an_image_is_transposed_at_the_edges_only) {
  model m = one(13, "Relu", {1, 3, 6, 8});
  m.proto.mutable_graph()->mutable_node(0)->set_output(0, "r");
  m.constant("w", {4, 3, 3, 3}, 1).constant("v", {2, 4, 1, 1}, 2);
  m.add("Conv", {"r", "w"}, "c");
  m.add("Conv", {"c", "v"}, "y");
  auto const net = sound(m);
  EXPECT_EQ(kinds(net), (std::vector{op::relu, op::transpose, op::conv2d, op::conv2d, op::transpose}));
  auto const g = net.graph.view();
  EXPECT_EQ(g.tensor(g.inputs()[0]).shape, (shape{1, 3, 6, 8}));
  EXPECT_EQ(g.output(g.nodes[2]).shape, (shape{1, 4, 6, 4}));
  EXPECT_EQ(g.tensor(g.outputs()[0]).shape, (shape{1, 2, 4, 6}));
  EXPECT_EQ(std::string(g.name(g.nodes[4])), "y");
  EXPECT_EQ(g.nodes[3].source, 2);
}

TEST(onnx_reader, what_would_move_no_bytes_is_a_reshape) {
  model m = one(13, "GlobalAveragePool", {1, 3, 6, 8});
  EXPECT_EQ(kinds(m), (std::vector{op::transpose, op::mean, op::reshape}));
  m = one(13, "GlobalAveragePool", {1, 1, 6, 8});
  EXPECT_EQ(kinds(m), (std::vector{op::reshape, op::mean, op::reshape}));
}

TEST(onnx_reader, transposes_of_the_file_join_with_those_of_the_edges) {
  model m(13);
  m.input("x", {1, 6, 8, 3}).output("y").constant("w", {4, 3, 3, 3}, 1);
  m.add("Transpose", {"x"}, "nchw").set("perm", integers{0, 3, 1, 2});
  m.add("Conv", {"nchw", "w"}, "c");
  m.add("Transpose", {"c"}, "y").set("perm", integers{0, 2, 3, 1});
  EXPECT_EQ(kinds(m), std::vector{op::conv2d});
  reals const x = some(6 * 8 * 3, 9);
  auto const nchw = naive_onnx::transpose(image_of(x, {1, 6, 8, 3}), {0, 3, 1, 2});
  auto const c = naive_onnx::conv(nchw, image_of(some(108, 1), {4, 3, 3, 3}), {}, 1, {3}, {3});
  expect_makes(m, {x}, naive_onnx::transpose(c, {0, 2, 3, 1}));
}

TEST(onnx_reader, weights_behind_a_flattened_image_move_in_its_place) {
  model m(13);
  m.input("x", {1, 3, 4, 5}).output("y").constant("w", {2, 3, 1, 1}, 1).constant("d", {40, 6}, 2);
  m.add("Conv", {"x", "w"}, "c");
  m.add("Flatten", {"c"}, "f");
  m.add("Relu", {"f"}, "r");
  m.add("Gemm", {"r", "d"}, "y");
  EXPECT_EQ(kinds(m), (std::vector{op::transpose, op::conv2d, op::dense}));
  reals const x = some(60, 5), d = some(240, 2);
  auto c = naive_onnx::conv(image_of(x, {1, 3, 4, 5}), image_of(some(6, 1), {2, 3, 1, 1}), {}, 1, {}, {});
  for (double& v : c.values) v = std::max(v, 0.0);
  c.dims = {1, 40};
  expect_makes(m, {x}, naive_onnx::matrix_product(c, 6, [&](int i, int unit) {
                 return static_cast<double>(d[static_cast<std::size_t>(i * 6 + unit)]);
               }));
}

TEST(onnx_reader, what_cannot_move_the_weights_moves_the_image) {
  model m(13);
  m.input("x", {1, 3, 4, 5}).output("y").constant("w", {2, 3, 1, 1}, 1).constant("d", {5, 6}, 2);
  m.numbers("s", {8, 5});
  m.add("Conv", {"x", "w"}, "c");
  m.add("Reshape", {"c", "s"}, "f");
  m.add("MatMul", {"f", "d"}, "y");
  EXPECT_EQ(kinds(m), (std::vector{op::transpose, op::conv2d, op::transpose, op::reshape, op::dense}));
  reals const x = some(60, 5), d = some(30, 2);
  auto c = naive_onnx::conv(image_of(x, {1, 3, 4, 5}), image_of(some(6, 1), {2, 3, 1, 1}), {}, 1, {}, {});
  c.dims = {8, 5};
  expect_makes(m, {x}, naive_onnx::matrix_product(c, 6, [&](int i, int unit) {
                 return static_cast<double>(d[static_cast<std::size_t>(i * 6 + unit)]);
               }));
}

// ---- Convolutions and pools, over padding rules

struct window_case {
  steps rows, columns;
};
std::vector<window_case> const window_cases = {
    {{3, 1, 1, 0, 0}, {3, 1, 1, 0, 0}}, {{3, 2, 1, 1, 1}, {2, 1, 1, 0, 1}},
    {{2, 3, 1, 1, 0}, {3, 2, 1, 2, 2}}, {{1, 2, 1, 0, 0}, {3, 2, 1, 0, 1}},
    {{3, 2, 1, 0, 0}, {3, 2, 1, 0, 0}}, {{4, 3, 1, 1, 2}, {2, 2, 1, 1, 1}}};

void set_window(operation o, window_case const& c) {
  o.set("kernel_shape", integers{c.rows.kernel, c.columns.kernel});
  o.set("strides", integers{c.rows.stride, c.columns.stride});
  o.set("pads", integers{c.rows.before, c.columns.before, c.rows.after, c.columns.after});
}

TEST(onnx_reader, convolutions) {
  reals const x = some(2 * 4 * 7 * 9, 3), bias = some(8, 4);
  for (window_case c : window_cases) {
    c.columns.dilation = 2;
    for (int groups : {1, 2, 4}) {
      integers const dims{8, 4 / groups, c.rows.kernel, c.columns.kernel};
      model m = one(13, "Conv", {2, 4, 7, 9}, {"w", "b"});
      m.constant("w", dims, 6).constant("b", {8}, bias);
      set_window(first(m), c);
      first(m).set("dilations", integers{1, 2}).set("group", groups);
      EXPECT_EQ(kinds(m)[1], groups == 1 ? op::conv2d : groups == 2 ? op::slice : op::depthwise_conv2d);
      expect_makes(m, {x},
                   naive_onnx::conv(image_of(x, {2, 4, 7, 9}), image_of(some(count_of(dims), 6), dims), bias,
                                    groups, c.rows, c.columns));
    }
  }
}

/// Lists are matrices of one row or column, for as long as they are multiplied.
TEST(onnx_reader, products_of_two_inputs) {
  for (auto const& [a, b, made] :
       {std::tuple{integers{3}, integers{3}, std::vector<int>{}},
        std::tuple{integers{3}, integers{2, 3, 4}, std::vector<int>{2, 4}},
        std::tuple{integers{2, 4, 3}, integers{3}, std::vector<int>{2, 4}},
        std::tuple{integers{2, 1, 4, 3}, integers{5, 3, 2}, std::vector<int>{2, 5, 4, 2}}}) {
    model m = one(13, "MatMul", a, {"z"});
    m.input("z", b);
    auto const net = sound(m);
    auto const& s = net.graph.view().tensor(net.graph.view().outputs()[0]).shape;
    EXPECT_EQ(std::vector<int>(s.begin(), s.end()), made);
    reals const x = some(count_of(a), 3), z = some(count_of(b), 4);
    auto const got = run(net, {x, z});
    std::size_t const rows = a.size() == 1 ? 1 : static_cast<std::size_t>(a[a.size() - 2]),
                      columns = b.size() == 1 ? 1 : static_cast<std::size_t>(b.back()),
                      matrix = rows * columns, left = rows * 3, right = 3 * columns;
    for (std::size_t i = 0; i < got.size(); ++i) {
      std::size_t const batch = i / matrix, row = i % matrix / columns, column = i % columns;
      std::size_t const of_x = a.size() == 4   ? batch / 5
                               : a.size() == 3 ? batch
                                               : 0,
                        of_z = a.size() == 4   ? batch % 5
                               : b.size() == 3 ? batch
                                               : 0;
      double sum = 0.0;
      for (std::size_t k = 0; k < 3; ++k)
        sum += static_cast<double>(x[of_x * left + row * 3 + k]) *
               static_cast<double>(z[of_z * right + k * columns + column]);
      EXPECT_NEAR(static_cast<double>(got[i]), sum, 1e-6) << i;
    }
  }
}

TEST(onnx_reader, gemm_of_inputs_is_scaled_and_added_to) {
  model m = one(13, "Gemm", {3, 2}, {"z", "c"});
  m.input("z", {4, 3}).input("c", {2, 1});
  first(m).set("alpha", 0.5f).set("beta", 2.0f).set("transA", 1).set("transB", 1);
  EXPECT_EQ(kinds(m), (std::vector{op::batch_matmul, op::binary, op::binary, op::binary}));
  reals const x = some(6, 1), z = some(12, 2), c = some(2, 3);
  auto const got = run(sound(m), {x, z, c});
  ASSERT_EQ(got.size(), 8u);
  for (std::size_t i = 0; i < 8; ++i) {
    double sum = 2.0 * static_cast<double>(c[i / 4]);
    for (std::size_t k = 0; k < 3; ++k)
      sum += 0.5 * static_cast<double>(x[k * 2 + i / 4]) * static_cast<double>(z[i % 4 * 3 + k]);
    EXPECT_NEAR(static_cast<double>(got[i]), sum, 1e-6) << i;
  }
}

TEST(onnx_reader, transposed_convolutions) {
  reals const x = some(2 * 4 * 3 * 5, 3), bias = some(6, 4);
  for (window_case c : window_cases) {
    c.columns.dilation = 2;
    for (int groups : {1, 2}) {
      integers const dims{4, 6 / groups, c.rows.kernel, c.columns.kernel};
      model m = one(13, "ConvTranspose", {2, 4, 3, 5}, {"w", "b"});
      m.constant("w", dims, 6).constant("b", {6}, bias);
      set_window(first(m), c);
      first(m).set("dilations", integers{1, 2}).set("group", groups).set("output_padding", integers{0, 1});
      EXPECT_EQ(kinds(m)[1], groups == 1 ? op::transpose_conv2d : op::slice);
      expect_makes(
          m, {x},
          naive_onnx::conv_transpose(image_of(x, {2, 4, 3, 5}), image_of(some(count_of(dims), 6), dims), bias,
                                     groups, c.rows, c.columns, 0, 1));
    }
  }
}

/// The output that is asked for says what is cut off, or added.
TEST(onnx_reader, outputs_of_transposed_convolutions) {
  reals const x = some(2 * 3 * 4, 3), w = some(2 * 3 * 3 * 2, 6);
  auto const made = [&](integers const& wanted, std::string const& rule) {
    model m = one(13, "ConvTranspose", {1, 2, 3, 4}, {"w"});
    m.constant("w", {2, 3, 3, 2}, w);
    first(m).set("strides", integers{2, 3}).set("auto_pad", rule);
    if (!wanted.empty()) first(m).set("output_shape", wanted);
    return m;
  };
  auto const wanted = [&](steps v, steps h, int more_rows, int more_columns) {
    return naive_onnx::conv_transpose(image_of(x, {1, 2, 3, 4}), image_of(w, {2, 3, 3, 2}), {}, 1, v, h,
                                      more_rows, more_columns);
  };
  expect_makes(made({}, "SAME_UPPER"), {x}, wanted({3, 2, 1, 0, 1}, {2, 3}, 0, 1));
  expect_makes(made({}, "SAME_LOWER"), {x}, wanted({3, 2, 1, 1, 0}, {2, 3}, 0, 1));
  expect_makes(made({}, "VALID"), {x}, wanted({3, 2}, {2, 3}, 0, 0));
  expect_makes(made({4, 13}, "NOTSET"), {x}, wanted({3, 2, 1, 2, 1}, {2, 3}, 0, 2));
  expect_makes(made({4, 8}, "SAME_UPPER"), {x}, wanted({3, 2, 1, 1, 2}, {2, 3, 1, 1, 2}, 0, 0));
}

TEST(onnx_reader, automatic_padding) {
  reals const x = some(2 * 7 * 8, 3), w = some(3 * 2 * 3 * 2, 6);
  for (auto const& [rule, rows, columns] :
       {std::tuple{"SAME_UPPER", steps{3, 2, 1, 1, 1}, steps{2, 1, 1, 0, 1}},
        std::tuple{"SAME_LOWER", steps{3, 2, 1, 1, 1}, steps{2, 1, 1, 1, 0}},
        std::tuple{"VALID", steps{3, 2}, steps{2, 1}}, std::tuple{"NOTSET", steps{3, 2}, steps{2, 1}}}) {
    model m = one(13, "Conv", {1, 2, 7, 8}, {"w"});
    m.constant("w", {3, 2, 3, 2}, w);
    first(m).set("auto_pad", std::string(rule)).set("strides", integers{2, 1});
    expect_makes(
        m, {x}, naive_onnx::conv(image_of(x, {1, 2, 7, 8}), image_of(w, {3, 2, 3, 2}), {}, 1, rows, columns));
  }
}

TEST(onnx_reader, pools) {
  reals const x = some(3 * 8 * 9, 3);
  for (window_case const& c : window_cases) {
    for (pooling kind : {pooling::max, pooling::average, pooling::average_with_padding}) {
      for (bool round_up : {false, true}) {
        if (c.rows.after >= c.rows.kernel || c.columns.before >= c.columns.kernel) continue;
        model m = one(13, kind == pooling::max ? "MaxPool" : "AveragePool", {1, 3, 8, 9});
        set_window(first(m), c);
        first(m).set("ceil_mode", round_up ? 1 : 0);
        if (kind == pooling::average_with_padding) first(m).set("count_include_pad", 1);
        expect_makes(m, {x}, naive_onnx::pool(image_of(x, {1, 3, 8, 9}), kind, round_up, c.rows, c.columns));
      }
    }
  }
}

TEST(onnx_reader, counted_padding_is_a_node_of_its_own) {
  model m = one(13, "AveragePool", {1, 3, 8, 8});
  first(m).set("kernel_shape", integers{3, 3}).set("pads", integers{1, 1, 1, 1});
  EXPECT_EQ(kinds(m), (std::vector{op::transpose, op::average_pool2d, op::transpose}));
  first(m).set("count_include_pad", 1);
  EXPECT_EQ(kinds(m), (std::vector{op::transpose, op::pad, op::average_pool2d, op::transpose}));
}

// ---- Dense layers

TEST(onnx_reader, gemm_in_all_its_forms) {
  reals const x = some(12, 3), w = some(20, 4), c = some(5, 5);
  for (bool a_turned : {false, true}) {
    for (bool b_turned : {false, true}) {
      model m = one(13, "Gemm", a_turned ? integers{4, 3} : integers{3, 4}, {"w", "c"});
      m.constant("w", b_turned ? integers{5, 4} : integers{4, 5}, w).constant("c", {1, 5}, c);
      first(m).set("transA", a_turned ? 1 : 0).set("transB", b_turned ? 1 : 0);
      first(m).set("alpha", 0.25f).set("beta", 0.5f);
      auto a = image_of(x, a_turned ? integers{4, 3} : integers{3, 4});
      if (a_turned) a = naive_onnx::transpose(a, {1, 0});
      auto wanted = naive_onnx::matrix_product(a, 5, [&](int i, int unit) {
        return 0.25 *
               static_cast<double>(w[static_cast<std::size_t>(b_turned ? unit * 4 + i : i * 5 + unit)]);
      });
      for (std::size_t i = 0; i < wanted.values.size(); ++i) {
        wanted.values[i] += 0.5 * static_cast<double>(c[i % 5]);
      }
      expect_makes(m, {x}, wanted);
    }
  }
}

TEST(onnx_reader, a_bias_added_behind_is_folded) {
  model m = one(13, "MatMul", {2, 4}, {"w"});
  m.proto.mutable_graph()->mutable_node(0)->set_output(0, "d");
  m.constant("w", {4, 3}, 1).constant("b", {3}, 2);
  m.add("Add", {"b", "d"}, "y");
  EXPECT_EQ(kinds(m).front(), op::dense);
  EXPECT_EQ(std::ranges::count(kinds(m), op::depthwise_conv2d), 0);
  reals const x = some(8, 3), w = some(12, 1), b = some(3, 2);
  auto wanted = naive_onnx::matrix_product(image_of(x, {2, 4}), 3, [&](int i, int unit) {
    return static_cast<double>(w[static_cast<std::size_t>(i * 3 + unit)]);
  });
  for (std::size_t i = 0; i < 6; ++i) wanted.values[i] += static_cast<double>(b[i % 3]);
  expect_makes(m, {x}, wanted);
}

// ---- Batch normalization

TEST(onnx_reader, batch_normalization) {
  reals const x = some(2 * 3 * 4 * 5, 1), mean = some(3, 3);
  reals const scale{0.5f, -1.5f, 2.0f}, bias{0.25f, 0.0f, -1.0f}, variance{0.5f, 1.0f, 4.0f};
  for (bool is_image : {true, false}) {
    integers const dims = is_image ? integers{2, 3, 4, 5} : integers{40, 3};
    model m = one(15, "BatchNormalization", dims, {"s", "b", "m", "v"});
    m.constant("s", {3}, scale)
        .constant("b", {3}, bias)
        .constant("m", {3}, mean)
        .constant("v", {3}, variance);
    first(m).set("epsilon", 0.01f);
    auto wanted = image_of(x, dims);
    for (std::size_t i = 0; i < wanted.values.size(); ++i) {
      std::size_t const c = is_image ? i / 20 % 3 : i % 3;
      double const spread = std::sqrt(static_cast<double>(variance[c]) + 0.01);
      wanted.values[i] =
          (wanted.values[i] - static_cast<double>(mean[c])) / spread * static_cast<double>(scale[c]) +
          static_cast<double>(bias[c]);
    }
    expect_makes(m, {x}, wanted);
  }
}

TEST(onnx_reader, fusing_can_be_switched_off) {
  model const m = sample_model("mobile_block");
  EXPECT_EQ(kinds(m), (std::vector{op::transpose, op::conv2d, op::depthwise_conv2d, op::transpose}));
  EXPECT_EQ(kinds(m, false),
            (std::vector{op::transpose, op::conv2d, op::depthwise_conv2d, op::relu, op::depthwise_conv2d,
                         op::depthwise_conv2d, op::relu, op::transpose}));
  auto const net = sound(m);
  EXPECT_EQ(net.graph.nodes[1].source, 0);
  EXPECT_EQ(std::string(net.graph.view().name(net.graph.nodes[1])), "r1");
  EXPECT_EQ(net.graph.nodes[1].activation, linnet::activation::relu6);
}

// ---- The rest

TEST(onnx_reader, clips_are_the_activations_that_they_equal) {
  using linnet::activation;
  float const none = std::numeric_limits<float>::max();
  for (auto [low, high, kind] :
       {std::tuple{0.0f, 6.0f, activation::relu6}, std::tuple{0.0f, none, activation::relu},
        std::tuple{-1.0f, 1.0f, activation::relu_n1_to_1}}) {
    model old = one(10, "Clip", {4});
    first(old).set("min", low).set("max", high);
    EXPECT_EQ(sound(old).graph.nodes.at(0).activation, kind);
    model m = one(11, "Clip", {4}, {"low", "high"});
    m.constant("low", {}, reals{low}).constant("high", {}, reals{high});
    EXPECT_EQ(sound(m).graph.nodes.at(0).activation, kind);
  }
  EXPECT_EQ(kinds(one(13, "Clip", {4})), std::vector{op::reshape});  // of the input to the output
}

TEST(onnx_reader, softmax_before_and_since_13) {
  reals const x = some(24, 1);
  for (auto [opset, axis] : {std::pair{11, 1}, std::pair{13, 1}, std::pair{13, -1}, std::pair{11, 2}}) {
    model m = one(opset, "Softmax", {2, 3, 4});
    first(m).set("axis", axis);
    auto wanted = image_of(x, {2, 3, 4});
    auto const group = [opset = opset, axis = axis](std::size_t i) {
      if (axis == -1 || axis == 2) return i / 4;
      return opset < 13 ? i / 12 : i / 12 * 4 + i % 4;
    };
    std::vector<double> sums(24);
    for (std::size_t i = 0; i < 24; ++i) sums[group(i)] += std::exp(wanted.values[i]);
    for (std::size_t i = 0; i < 24; ++i) wanted.values[i] = std::exp(wanted.values[i]) / sums[group(i)];
    expect_makes(m, {x}, wanted);
  }
}

TEST(onnx_reader, means_over_any_axes) {
  reals const x = some(2 * 3 * 4 * 5, 1);
  for (unsigned mask = 1; mask < 16; ++mask) {
    for (int keep : {0, 1}) {
      integers axes;
      std::vector<int> kept, dims{2, 3, 4, 5}, to;
      for (int i = 0; i < 4; ++i) {
        bool const reduced = (mask >> i & 1u) != 0;
        if (reduced) axes.push_back(i % 2 == 0 ? i : i - 4);
        kept.push_back(reduced ? 1 : dims[static_cast<std::size_t>(i)]);
        if (!reduced || keep == 1) to.push_back(kept.back());
      }
      model m = one(13, "ReduceMean", {2, 3, 4, 5});
      first(m).set("axes", axes).set("keepdims", keep);
      tensor const from = image_of(x, {2, 3, 4, 5});
      tensor wanted(kept);
      double const share = static_cast<double>(wanted.values.size()) / static_cast<double>(x.size());
      naive_onnx::for_each(from.dims, [&](int n, int c, int row, int column) {
        wanted.at(n % kept[0], c % kept[1], row % kept[2], column % kept[3]) +=
            from.at(n, c, row, column) * share;
      });
      wanted.dims = to;
      expect_makes(m, {x}, wanted);
    }
  }
}

TEST(onnx_reader, concatenation_of_channels) {
  model m = one(13, "Concat", {1, 2, 3, 4}, {"z"});
  m.input("z", {1, 5, 3, 4});
  first(m).set("axis", 1);
  reals const x = some(24, 1), z = some(60, 2);
  reals both = x;
  both.insert(both.end(), z.begin(), z.end());
  expect_makes(m, {x, z}, image_of(both, {1, 7, 3, 4}));
  model images(13);
  images.input("x", {1, 2, 3, 4}).output("y").constant("w", {2, 2, 1, 1}, reals{1, 0, 0, 1});
  images.add("Conv", {"x", "w"}, "c");
  images.add("Concat", {"x", "c"}, "y").set("axis", 1);
  EXPECT_EQ(kinds(images), (std::vector{op::transpose, op::conv2d, op::concat, op::transpose}));
  both = x;
  both.insert(both.end(), x.begin(), x.end());
  expect_makes(images, {x}, image_of(both, {1, 4, 3, 4}));
}

TEST(onnx_reader, sums_and_products_with_constants) {
  reals const x = some(24, 1), c = some(3, 2), whole = some(24, 3);
  model m = one(13, "Add", {1, 3, 2, 4}, {"c"});
  m.constant("c", {3, 1, 1}, c);
  auto wanted = image_of(x, {1, 3, 2, 4});
  for (std::size_t i = 0; i < 24; ++i) wanted.values[i] += static_cast<double>(c[i / 8]);
  expect_makes(m, {x}, wanted);
  m.proto.mutable_graph()->mutable_node(0)->set_op_type("Mul");
  wanted = image_of(x, {1, 3, 2, 4});
  for (std::size_t i = 0; i < 24; ++i) wanted.values[i] *= static_cast<double>(c[i / 8]);
  expect_makes(m, {x}, wanted);
  model halved(13);
  halved.input("x", {1, 3, 2, 4}).output("y").constant("w", {3, 3, 1, 1}, reals{1, 0, 0, 0, 1, 0, 0, 0, 1});
  halved.constant("half", {}, reals{0.5f});
  halved.add("Conv", {"x", "w"}, "c");
  halved.add("Mul", {"half", "c"}, "y");
  EXPECT_EQ(kinds(halved), (std::vector{op::transpose, op::conv2d, op::transpose}));
  wanted = image_of(x, {1, 3, 2, 4});
  for (double& v : wanted.values) v *= 0.5;
  expect_makes(halved, {x}, wanted);
  model elements = one(13, "Add", {1, 3, 2, 4}, {"c"});
  elements.constant("c", {1, 3, 2, 4}, whole);
  wanted = image_of(x, {1, 3, 2, 4});
  for (std::size_t i = 0; i < 24; ++i) wanted.values[i] += static_cast<double>(whole[i]);
  expect_makes(elements, {x}, wanted);
}

TEST(onnx_reader, functions_of_one_element) {
  reals const x = some(24, 5);
  auto const expect = [&](char const* kind, auto const& f, std::vector<std::pair<char const*, float>> set) {
    model m = one(20, kind, {1, 3, 2, 4});
    for (auto const& [name, value] : set) first(m).set(name, value);
    auto wanted = image_of(x, {1, 3, 2, 4});
    for (double& v : wanted.values) v = f(v);
    expect_makes(m, {x}, wanted);
  };
  expect("Abs", [](double v) { return std::fabs(v); }, {});
  expect("Exp", [](double v) { return std::exp(v); }, {});
  expect("Tanh", [](double v) { return std::tanh(v); }, {});
  expect("LeakyRelu", [](double v) { return v < 0 ? 0.01 * v : v; }, {});
  expect("LeakyRelu", [](double v) { return v < 0 ? 0.3 * v : v; }, {{"alpha", 0.3f}});
  expect("Elu", [](double v) { return v < 0 ? 2.0 * std::expm1(v) : v; }, {{"alpha", 2.0f}});
  expect("HardSigmoid", [](double v) { return std::clamp(0.2 * v + 0.5, 0.0, 1.0); }, {});
  expect("Softplus", [](double v) { return std::log1p(std::exp(v)); }, {});
}

/// Functions of several inputs, each stored in an order of its own: an image behind a convolution, a vector
/// and a constant a channel.
TEST(onnx_reader, functions_of_several_elements_repeat_extents_of_one) {
  reals const x = some(24, 1), z = some(4, 2), c = some(6, 3);
  model m(13);
  m.input("x", {1, 3, 2, 4}).input("z", {4}).output("y");
  m.constant("w", {3, 3, 1, 1}, reals{1, 0, 0, 0, 1, 0, 0, 0, 1}).constant("c", {3, 2, 1}, c);
  m.add("Conv", {"x", "w"}, "same");
  m.add("Max", {"same", "z", "c"}, "m");
  m.add("Sub", {"z", "m"}, "y");
  auto wanted = image_of(x, {1, 3, 2, 4});
  for (std::size_t i = 0; i < 24; ++i) {
    double const most =
        std::max({wanted.values[i], static_cast<double>(z[i % 4]), static_cast<double>(c[i / 4])});
    wanted.values[i] = static_cast<double>(z[i % 4]) - most;
  }
  expect_makes(m, {x, z}, wanted);
  model mean = one(13, "Mean", {1, 3, 2, 4}, {"z"});
  mean.input("z", {4});
  wanted = image_of(x, {1, 3, 2, 4});
  for (std::size_t i = 0; i < 24; ++i)
    wanted.values[i] = (wanted.values[i] + static_cast<double>(z[i % 4])) / 2;
  expect_makes(mean, {x, z}, wanted);
  model clipped = one(13, "Clip", {1, 3, 2, 4}, {"low", "high"});
  clipped.constant("low", {}, reals{-0.25f}).constant("high", {}, reals{0.5f});
  wanted = image_of(x, {1, 3, 2, 4});
  for (double& v : wanted.values) v = std::clamp(v, -0.25, 0.5);
  expect_makes(clipped, {x}, wanted);
}

TEST(onnx_reader, slices_and_splits) {
  reals const x = some(24, 1);
  model m = one(13, "Slice", {1, 3, 2, 4}, {"b", "e", "a", "s"});
  m.numbers("b", {-1, 0}).numbers("e", {-99, 99}).numbers("a", {3, 1}).numbers("s", {-2, 2});
  tensor wanted({1, 2, 2, 2});
  naive_onnx::for_each({1, 2, 2, 2}, [&](int n, int c, int row, int column) {
    int const from = (2 * c * 2 + row) * 4 + 3 - 2 * column;
    wanted.at(n, c, row, column) = static_cast<double>(x[static_cast<std::size_t>(from)]);
  });
  expect_makes(m, {x}, wanted);
  model halves(18);
  halves.input("x", {1, 3, 2, 4}).output("y");
  auto split = halves.add("Split", {"x"}, "first");
  split.set("axis", 1).set("num_outputs", 2);
  split.node()->add_output("second");
  halves.add("Exp", {"second"}, "y");
  auto last = image_of(reals(x.begin() + 16, x.end()), {1, 1, 2, 4});
  for (double& v : last.values) v = std::exp(v);
  expect_makes(halves, {x}, last);
}

TEST(onnx_reader, reductions) {
  reals const x = some(24, 1);
  for (std::string const kind : {"ReduceMax", "ReduceMin", "ReduceSum", "ReduceSumSquare"}) {
    model m = one(18, kind, {1, 3, 2, 4}, {"axes"});
    m.numbers("axes", {1, -1});
    first(m).set("keepdims", 0);
    tensor wanted({1, 2});
    for (std::size_t row = 0; row < 2; ++row) {
      double most = -9, least = 9, sum = 0, squares = 0;
      for (std::size_t i = 0; i < 24; ++i) {
        if (i / 4 % 2 != row) continue;
        auto const v = static_cast<double>(x[i]);
        most = std::max(most, v);
        least = std::min(least, v);
        sum += v;
        squares += v * v;
      }
      wanted.values[row] = kind == "ReduceMax"   ? most
                           : kind == "ReduceMin" ? least
                           : kind == "ReduceSum" ? sum
                                                 : squares;
    }
    expect_makes(m, {x}, wanted);
  }
}

TEST(onnx_reader, padding_with_a_value) {
  model m = one(13, "Pad", {2, 2}, {"p", "v"});
  m.numbers("p", {0, 1, 0, 0}).constant("v", {}, reals{3});
  tensor wanted({2, 3});
  wanted.values = {3, 1, 2, 3, 4, 5};
  expect_makes(m, {{1, 2, 4, 5}}, wanted);
}

/// Entry i of a dimension that is padded, as an entry of the dimension itself: from the rules' own words.
int mirrored(std::string const& mode, int i, int extent) {
  if (mode == "edge") return std::clamp(i, 0, extent - 1);
  if (mode == "wrap") return (i + extent) % extent;
  return i < 0 ? -i : i < extent ? i : 2 * (extent - 1) - i;
}
TEST(onnx_reader, padding_with_what_is_there) {
  reals const x = some(24, 1);
  for (std::string const mode : {"reflect", "edge", "wrap"}) {
    model m = one(19, "Pad", {1, 3, 2, 4}, {"p"});
    m.numbers("p", {0, 2, 1, 0, 0, 0, 1, 3});
    first(m).set("mode", mode);
    tensor wanted({1, 5, 4, 7});
    naive_onnx::for_each({1, 5, 4, 7}, [&](int n, int c, int row, int column) {
      int const from =
          (mirrored(mode, c - 2, 3) * 2 + mirrored(mode, row - 1, 2)) * 4 + mirrored(mode, column, 4);
      wanted.at(n, c, row, column) = static_cast<double>(x[static_cast<std::size_t>(from)]);
    });
    expect_makes(m, {x}, wanted);
  }
}

/// What exporters write for "flatten all but the batch": from the shape of what is computed.
TEST(onnx_reader, shapes_are_computed_while_the_file_is_read) {
  model m(15);
  m.input("x", {2, 3, 4}).output("y");
  m.numbers("first", {0}).numbers("rest", {-1}).numbers("one", {1}).numbers("two", {2});
  m.add("Shape", {"x"}, "s");
  m.add("Gather", {"s", "first"}, "batch").set("axis", 0);
  m.add("Sub", {"one", "two"}, "left");
  m.add("Equal", {"left", "rest"}, "same");
  m.add("Where", {"same", "left", "batch"}, "other");
  m.add("Concat", {"batch", "other"}, "to").set("axis", 0);
  m.add("Reshape", {"x", "to"}, "flat");
  m.add("Exp", {"flat"}, "y");
  reals const x = some(24, 1);
  tensor wanted({2, 12}, x);
  for (double& v : wanted.values) v = std::exp(v);
  expect_makes(m, {x}, wanted);
}

/// A resize of no dimensions, in each way of keeping the aspect ratio.
TEST(onnx_reader, nothing_is_resized_where_no_axes_are_named) {
  reals const x = some(18, 1);
  for (std::string const policy : {"stretch", "not_larger", "not_smaller"}) {
    model m = one(18, "Resize", {1, 2, 3, 3}, {"", "", "s"});
    m.numbers("s", {});
    first(m).set("axes", integers{}).set("keep_aspect_ratio_policy", policy);
    expect_makes(m, {x}, image_of(x, {1, 2, 3, 3}));
  }
}

/// What is computed of constants counts once, as it is stored; while it is computed, 8 bytes a number
/// have to fit: 7/8 of what a small file may have.
TEST(onnx_reader, constants_that_are_computed_count_once) {
  model m(13);
  std::int64_t const count = 7 << 14;
  m.input("x", {1}).output("y").numbers("count", {count}).numbers("first", {0});
  m.add("ConstantOfShape", {"count"}, "zeros");
  m.add("Gather", {"zeros", "first"}, "zero");
  m.add("Add", {"x", "zero"}, "y");
  expect_makes(m, {{3.0f}}, image_of({3.0f}, {1}));
}

TEST(onnx_reader, powers_with_functions_of_their_own) {
  for (float const exponent : {2.0f, 0.5f, -0.5f, -1.0f}) {
    model m = one(13, "Pow", {2, 2}, {"e"});
    m.constant("e", {}, reals{exponent});
    tensor wanted({2, 2});
    for (std::size_t i = 0; i < 4; ++i)
      wanted.values[i] = std::pow(1.5 + static_cast<double>(i), static_cast<double>(exponent));
    expect_makes(m, {{1.5f, 2.5f, 3.5f, 4.5f}}, wanted);
  }
}

TEST(onnx_reader, padding_in_old_and_new_forms) {
  reals const x = some(12, 1);
  tensor wanted({1, 2, 4, 5});
  naive_onnx::for_each({1, 2, 2, 3}, [&](int n, int c, int row, int column) {
    wanted.at(n, c, row + 1, column + 2) =
        static_cast<double>(x[static_cast<std::size_t>((c * 2 + row) * 3 + column)]);
  });
  model old = one(10, "Pad", {1, 2, 2, 3});
  first(old).set("pads", integers{0, 0, 1, 2, 0, 0, 1, 0});
  expect_makes(old, {x}, wanted);
  model m = one(18, "Pad", {1, 2, 2, 3}, {"p", "", "axes"});
  m.numbers("p", {2, 1, 0, 1}).numbers("axes", {-1, 2});
  expect_makes(m, {x}, wanted);
}

TEST(onnx_reader, constants_and_shapes_of_the_file) {
  model m(13);
  m.input("x", {2, 3, 1}).output("y").numbers("s", {0, -1});
  m.add("Dropout", {"x"}, "d");
  m.add("Reshape", {"d", "s"}, "r");
  m.add("Unsqueeze", {"r", "one"}, "u");
  m.add("Identity", {"u"}, "i");
  m.add("Squeeze", {"i"}, "y");
  m.numbers("one", {1});
  reals const x = some(6, 1);
  expect_makes(m, {x}, image_of(x, {2, 3}));
  model turned(13);
  turned.input("x", {1, 2}).output("y").constant("w", {3, 2}, reals{1, 2, 3, 4, 5, 6});
  turned.add("Transpose", {"w"}, "t");
  turned.add("MatMul", {"x", "t"}, "y");
  expect_makes(turned, {{1.0f, 10.0f}}, image_of({21, 43, 65}, {1, 3}));
}

TEST(onnx_reader, an_open_batch_is_one) {
  model m = one(13, "Relu", {1, 4});
  auto* const type = m.proto.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type();
  type->mutable_shape()->mutable_dim(0)->set_dim_param("batch");
  auto const net = sound(m);
  EXPECT_EQ(net.graph.tensors[0].shape, (shape{1, 4}));
}

TEST(onnx_reader, older_files_list_constants_among_their_inputs) {
  model m = sample_model("conv");
  m.input("w", {4, 2, 3, 3});
  EXPECT_EQ(sound(m).graph.input_edges.count, 1u);
}

TEST(onnx_reader, nothing_of_the_file_is_needed_afterwards) {
  linnet::network net;
  {
    auto const bytes = sample_model("mobile_block").bytes();
    net = *linnet::io::onnx::read(bytes, "m.onnx");
  }
  EXPECT_FALSE(run(net, {some(2 * 6 * 6, 1)}).empty());
}

/// The same model in float16, its constants once as raw bytes and once as numbers, and in float32 of what
/// float16 keeps of them.
TEST(onnx_reader, float16_is_widened_but_for_weights) {
  reals const values = some(12, 3), image = some(8, 4);
  auto const made = [&](int type, bool raw) {
    model m;
    m.input("x", {1, 2, 2, 2}).output("y");
    auto* const w = m.tensor("w", {3, 2, 1, 2}, type);
    std::string bytes;
    for (float const value : values) {
      linnet::half const kept = linnet::narrowed(value);
      if (type == proto::TensorProto_DataType_FLOAT) w->add_float_data(linnet::widened(kept));
      if (type == proto::TensorProto_DataType_FLOAT16 && !raw) w->add_int32_data(kept.bits);
      bytes += static_cast<char>(kept.bits & 255u);
      bytes += static_cast<char>(kept.bits >> 8);
    }
    if (raw) w->set_raw_data(bytes);
    m.add("Conv", {"x", "w"}, "y");
    for (auto* const end :
         {m.proto.mutable_graph()->mutable_input(0), m.proto.mutable_graph()->mutable_output(0)})
      end->mutable_type()->mutable_tensor_type()->set_elem_type(type);
    linnet::network const net = sound(m);
    auto const conv = std::ranges::find(net.graph.nodes, linnet::op::conv2d, &linnet::node::kind);
    if (conv == net.graph.nodes.end()) return reals();
    EXPECT_EQ(net.graph.view().input(*conv, 1).type,
              type == proto::TensorProto_DataType_FLOAT ? linnet::f32 : linnet::f16)
        << "a model of float32 stays one, whatever its numbers are";
    return run(net, {image});
  };
  auto const wanted = made(proto::TensorProto_DataType_FLOAT, false);
  ASSERT_EQ(wanted.size(), 6u);
  EXPECT_EQ(made(proto::TensorProto_DataType_FLOAT16, false), wanted);
  EXPECT_EQ(made(proto::TensorProto_DataType_FLOAT16, true), wanted);
}

/// A cast of constants to float16 is one to float32 then.
TEST(onnx_reader, casts_to_float16_are_widened) {
  model m(13);
  m.input("x", {2}).output("y").numbers("n", {3, -4});
  m.add("Cast", {"n"}, "c").set("to", int{proto::TensorProto_DataType_FLOAT16});
  m.add("Mul", {"x", "c"}, "y");
  expect_makes(m, {{2.0f, 0.5f}}, image_of({6.0f, -2.0f}, {2}));
}

// ---- Windows over lists and volumes

TEST(onnx_reader, lists_are_images_of_one_row) {
  reals const x = some(2 * 4 * 9, 3), bias = some(6, 4);
  auto const as_list = [](tensor image) {
    image.dims.erase(image.dims.begin() + 2);
    return image;
  };
  auto const window = [](model& m, steps s) {
    first(m).set("kernel_shape", integers{s.kernel}).set("strides", integers{s.stride});
    first(m).set("pads", integers{s.before, s.after});
  };
  for (window_case const& c : window_cases) {
    steps s = c.columns;
    model m = one(13, "AveragePool", {2, 4, 9});
    window(m, s);
    expect_makes(m, {x},
                 as_list(naive_onnx::pool(image_of(x, {2, 4, 1, 9}), pooling::average, false, {}, s)));
    s.dilation = 2;
    m = one(13, "Conv", {2, 4, 9}, {"w", "b"});
    m.constant("w", {6, 4, s.kernel}, 6).constant("b", {6}, bias);
    window(m, s);
    first(m).set("dilations", integers{2});
    auto const w = some(static_cast<std::size_t>(24 * s.kernel), 6);
    expect_makes(m, {x},
                 as_list(naive_onnx::conv(image_of(x, {2, 4, 1, 9}), image_of(w, {6, 4, 1, s.kernel}), bias,
                                          1, {}, s)));
    m = one(13, "ConvTranspose", {2, 4, 9}, {"w", "b"});
    m.constant("w", {4, 6, s.kernel}, 6).constant("b", {6}, bias);
    window(m, s);
    first(m).set("dilations", integers{2}).set("output_padding", integers{1});
    expect_makes(m, {x},
                 as_list(naive_onnx::conv_transpose(image_of(x, {2, 4, 1, 9}),
                                                    image_of(w, {4, 6, 1, s.kernel}), bias, 1, {}, s, 0, 1)));
  }
}

TEST(onnx_reader, pools_of_volumes_and_with_dilations) {
  reals const x = some(2 * 2 * 5 * 6 * 7, 3);
  std::vector<std::vector<steps>> const cases{{{2, 1}, {3, 2, 1, 1, 1}, {2, 2, 1, 0, 1}},
                                              {{3, 2, 2, 2, 1}, {1, 1}, {2, 2}},
                                              {{2, 2, 1, 1, 0}, {2, 2, 2}, {3, 1, 2, 2, 2}},
                                              {{1, 1}, {2, 1, 3, 1, 2}, {1, 2}}};
  for (auto const& s : cases) {
    for (pooling kind : {pooling::max, pooling::average, pooling::average_with_padding}) {
      for (bool round_up : {false, true}) {
        model m = one(22, kind == pooling::max ? "MaxPool" : "AveragePool", {2, 2, 5, 6, 7});
        first(m).set("kernel_shape", integers{s[0].kernel, s[1].kernel, s[2].kernel});
        first(m).set("strides", integers{s[0].stride, s[1].stride, s[2].stride});
        first(m).set("dilations", integers{s[0].dilation, s[1].dilation, s[2].dilation});
        first(m).set("pads",
                     integers{s[0].before, s[1].before, s[2].before, s[0].after, s[1].after, s[2].after});
        first(m).set("ceil_mode", round_up ? 1 : 0);
        if (kind == pooling::average_with_padding) first(m).set("count_include_pad", 1);
        expect_makes(m, {x}, naive_onnx::pool3d(image_of(x, {2, 2, 5, 6, 7}), kind, round_up, s));
      }
    }
  }
}

// ---- Elements in other places

TEST(onnx_reader, elements_are_picked_and_repeated) {
  reals const x = some(24, 3);
  auto const with_numbers = [](std::string const& kind, integers const& numbers, int axis = -9) {
    model m = one(13, kind, {2, 3, 4}, {"n"});
    m.numbers("n", numbers);
    if (axis > -9) first(m).set("axis", axis);
    return m;
  };
  auto const made = [&](std::vector<int> const& dims, auto const& from) {
    tensor t(dims);
    for (int i = 0; i < dims[0]; ++i)
      for (int j = 0; j < dims[1]; ++j)
        for (int k = 0; k < dims[2]; ++k)
          t.values[static_cast<std::size_t>((i * dims[1] + j) * dims[2] + k)] =
              static_cast<double>(x[static_cast<std::size_t>(from(i, j, k))]);
    return t;
  };
  auto const at = [](int i, int j, int k) { return (i * 3 + j) * 4 + k; };
  for (integers const& picks :
       {integers{2}, integers{1, 1, 0}, integers{-1, 0, 1, 2}, integers{2, 1, 0, 2, 0}}) {
    expect_makes(with_numbers("Gather", picks, 1), {x},
                 made({2, static_cast<int>(picks.size()), 4}, [&](int i, int j, int k) {
                   auto const pick = static_cast<int>(picks[static_cast<std::size_t>(j)]);
                   return at(i, pick < 0 ? pick + 3 : pick, k);
                 }));
  }
  expect_makes(with_numbers("Tile", {2, 1, 3}), {x},
               made({4, 3, 12}, [&](int i, int j, int k) { return at(i % 2, j, k % 4); }));
  model m = one(13, "Expand", {3, 1, 4}, {"n"});
  m.numbers("n", {2, 1, 5, 1});
  auto repeated = made({6, 5, 4}, [](int i, int, int k) { return i % 3 * 4 + k; });
  repeated.dims = {2, 3, 5, 4};
  expect_makes(m, {reals(x.begin(), x.begin() + 12)}, repeated);
  m = one(13, "GatherElements", {2, 3, 4}, {"n"});
  auto* const n = m.tensor("n", {2, 3, 2}, proto::TensorProto_DataType_INT64);
  integers const picks{3, 0, 1, 2, 0, 0, -1, -4, 2, 1, 3, 3};
  for (std::int64_t pick : picks) n->add_int64_data(pick);
  first(m).set("axis", -1);
  expect_makes(m, {x}, made({2, 3, 2}, [&](int i, int j, int k) {
                 auto const pick = static_cast<int>(picks[static_cast<std::size_t>((i * 3 + j) * 2 + k)]);
                 return at(i, j, pick < 0 ? pick + 4 : pick);
               }));
}

TEST(onnx_reader, one_index_drops_its_dimension) {
  model m = one(13, "Gather", {2, 3}, {"n"});
  m.tensor("n", {}, proto::TensorProto_DataType_INT64)->add_int64_data(1);
  expect_makes(m, {{1, 2, 3, 4, 5, 6}}, image_of({4, 5, 6}, {3}));
}

TEST(onnx_reader, channels_become_blocks_and_blocks_channels) {
  reals const x = some(2 * 8 * 3 * 2, 3);
  for (bool inside : {false, true}) {
    model m = one(13, "DepthToSpace", {2, 8, 3, 2});
    first(m).set("blocksize", 2).set("mode", std::string(inside ? "CRD" : "DCR"));
    tensor const from = image_of(x, {2, 8, 3, 2});
    tensor wanted({2, 2, 6, 4});
    naive_onnx::for_each(wanted.dims, [&](int n, int c, int y, int column) {
      int const place = y % 2 * 2 + column % 2;
      wanted.at(n, c, y, column) = from.at(n, inside ? c * 4 + place : place * 2 + c, y / 2, column / 2);
    });
    expect_makes(m, {x}, wanted);
    if (inside) continue;
    model back = one(13, "SpaceToDepth", {2, 2, 6, 4});
    first(back).set("blocksize", 2);
    expect_makes(back, {reals(wanted.values.begin(), wanted.values.end())}, from);
  }
}

TEST(onnx_reader, channels_are_divided_by_their_neighbours) {
  reals const x = some(2 * 5 * 3 * 2, 3);
  for (float beta : {0.5f, 0.75f}) {
    model m = one(13, "LRN", {2, 5, 3, 2});
    first(m).set("size", 4).set("alpha", 0.5f).set("beta", beta).set("bias", 2.0f);
    tensor const from = image_of(x, {2, 5, 3, 2});
    tensor wanted(from.dims);
    naive_onnx::for_each(from.dims, [&](int n, int c, int y, int column) {
      double sum = 0.0;
      for (int i = std::max(0, c - 1); i <= std::min(4, c + 2); ++i)
        sum += from.at(n, i, y, column) * from.at(n, i, y, column);
      wanted.at(n, c, y, column) =
          from.at(n, c, y, column) / std::pow(2.0 + 0.5 / 4.0 * sum, static_cast<double>(beta));
    });
    expect_makes(m, {x}, wanted);
  }
}

TEST(onnx_reader, the_mask_of_dropout_keeps_everything) {
  model m = one(13, "Dropout", {3});
  m.proto.mutable_graph()->mutable_node(0)->add_output("mask");
  m.output("mask");
  auto session = linnet::session::create(sound(m));
  ASSERT_TRUE(session) << session.error().message;
  session->run();
  EXPECT_EQ(session->output(1).type, linnet::u8);
  for (std::byte one : session->output(1).bytes) EXPECT_EQ(one, std::byte{1});
}

/// What Keys' own filter makes of a straight line is that line, but near the ends.
TEST(onnx_reader, images_are_resized_by_matrices) {
  reals line;
  for (int i = 0; i < 10; ++i) line.push_back(static_cast<float>(i));
  for (auto const& [mode, smooth] : {std::pair{"cubic", 0}, std::pair{"cubic", 1}, std::pair{"linear", 1}}) {
    for (std::int64_t size : {5, 15}) {
      model m = one(19, "Resize", {1, 1, 1, 10}, {"", "", "n"});
      m.numbers("n", {1, 1, 1, size});
      first(m).set("mode", std::string(mode)).set("antialias", smooth).set("cubic_coeff_a", -0.5f);
      auto const made = run(sound(m), {line});
      ASSERT_EQ(made.size(), static_cast<std::size_t>(size));
      double const scale = static_cast<double>(size) / 10.0;
      for (std::size_t i = 0; i < made.size(); ++i) {
        double const place = (static_cast<double>(i) + 0.5) / scale - 0.5;
        if (place < 3.0 || place > 6.0) continue;
        EXPECT_NEAR(static_cast<double>(made[i]), place, 1e-5) << mode << i;
      }
    }
  }
  model m =
      one(19, "Resize", {1, 1, 1, 2}, {"", "", "n"});  // of 0 and 8 with weights 9/16 * .75 + ..., by hand
  m.numbers("n", {1, 1, 1, 4});
  first(m).set("mode", std::string("cubic")).set("exclude_outside", 1).set("cubic_coeff_a", -0.5f);
  auto const made = run(sound(m), {{0.0f, 8.0f}});
  double const near = 0.8671875, far = 0.2265625;  // at distances 1/4 and 3/4
  EXPECT_NEAR(static_cast<double>(made[1]), 8.0 * far / (near + far), 1e-5);
  EXPECT_NEAR(static_cast<double>(made[2]), 8.0 * near / (near + far), 1e-5);
}

// ---- Integers

/// The node's number of steps, ties to even.
double quantized(double x, double scale, double zero, double low = 0.0, double high = 255.0) {
  return std::clamp(std::nearbyint(x / scale) + zero, low, high);
}
model& bytes(model& m, std::string const& name, integers const& dims, integers const& values, int type) {
  std::string raw;
  for (std::int64_t value : values) raw.push_back(static_cast<char>(value));
  m.tensor(name, dims, type)->set_raw_data(raw);
  return m;
}
constexpr int int8 = proto::TensorProto_DataType_INT8, uint8 = proto::TensorProto_DataType_UINT8;

TEST(onnx_reader, integers_and_back) {
  reals const x{-3.0f, -1.0f, 1.0f, 2.5f, 3.0f, 5.0f, 7.0f, 500.0f, 0.25f, -500.0f, 9.0f, 0.0f};
  struct steps_case {
    integers dims;
    reals scales;
    integers zeros;
    int block = 0;
  };
  std::vector<steps_case> const cases{
      {{}, {2}, {3}},
      {{3}, {2, 0.5f, 0.3f}, {3, 0, 250}},
      {{2, 2, 2}, {2, 1, 0.5f, 4, 3, 0.7f, 8, 1}, {0, 1, 2, 3, 4, 5, 6, 7}, 2}};
  for (steps_case const& c : cases) {
    model m(25);
    m.input("x", {2, 3, 2}).output("y").constant("s", c.dims, c.scales);
    bytes(m, "z", c.dims, c.zeros, uint8);
    m.add("QuantizeLinear", {"x", "s", "z"}, "q").set("axis", 1).set("block_size", c.block);
    m.add("DequantizeLinear", {"q", "s", "z"}, "y").set("axis", 1).set("block_size", c.block);
    tensor wanted({2, 3, 2});
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::size_t const column = i % 2, row = i / 2 % 3, image = i / 6;
      std::size_t const which = c.block > 0           ? (image * 2 + row / 2) * 2 + column
                                : c.scales.size() > 1 ? row
                                                      : 0;
      auto const scale = static_cast<double>(c.scales[which]), zero = static_cast<double>(c.zeros[which]);
      wanted.values[i] = (quantized(static_cast<double>(x[i]), scale, zero) - zero) * scale;
    }
    expect_makes(m, {x}, wanted);
    model folded = m;  // the same of a constant
    folded.proto.mutable_graph()->mutable_input()->Clear();
    folded.constant("x", {2, 3, 2}, x);
    EXPECT_EQ(kinds(folded), std::vector{op::reshape});
    expect_makes(folded, {}, wanted);
  }
}

/// Scales of 1/2 and less bring ties; what has a sign is multiplied by what has none, and the other way
/// round.
TEST(onnx_reader, layers_of_integers_round_as_onnx_does) {
  reals const x = some(2 * 5 * 4, 7);
  for (int output : {uint8, int8}) {
    for (int groups : {1, 2}) {
      std::int64_t const inputs = 2 / groups;
      integers w;
      for (std::int64_t i = 0; i < 4 * inputs * 6; ++i) w.push_back((i * 37 + 11) % 251 - 125);
      model m(25);
      m.input("x", {1, 2, 5, 4})
          .output("y")
          .constant("s", {}, reals{0.0078125f})
          .constant("t", {}, reals{0.5f});
      bytes(bytes(m, "z", {}, {121}, uint8), "o", {}, {7}, output);
      m.constant("v", {4}, reals{0.125f, 0.25f, 0.0625f, 0.03f});
      bytes(bytes(m, "w", {4, inputs, 3, 2}, w, int8), "u", {4}, {2, 2, 2, 2}, int8);
      auto* const b = m.tensor("b", {4}, proto::TensorProto_DataType_INT32);
      for (int value : {100, -2000, 3, 0}) b->add_int32_data(value);
      m.add("QuantizeLinear", {"x", "s", "z"}, "q");
      m.add("QLinearConv", {"q", "s", "z", "w", "v", "u", "t", "o", "b"}, "c")
          .set("group", groups)
          .set("pads", integers{1, 0, 0, 1});
      m.add("DequantizeLinear", {"c", "t", "o"}, "y");
      tensor stored({1, 2, 5, 4}), weights({4, static_cast<int>(inputs), 3, 2});
      for (std::size_t i = 0; i < x.size(); ++i)
        stored.values[i] = quantized(static_cast<double>(x[i]), 0.0078125, 121.0) - 121.0;
      for (std::size_t i = 0; i < w.size(); ++i) weights.values[i] = static_cast<double>(w[i]) - 2.0;
      auto wanted =
          naive_onnx::conv(stored, weights, {100, -2000, 3, 0}, groups, {3, 1, 1, 1, 0}, {2, 1, 1, 0, 1});
      bool const is_signed = output == int8;
      naive_onnx::for_each(wanted.dims, [&](int n, int o, int y, int column) {
        float const scale = reals{0.125f, 0.25f, 0.0625f, 0.03f}[static_cast<std::size_t>(o)];
        float const step = static_cast<float>(wanted.at(n, o, y, column)) * (0.0078125f * scale / 0.5f);
        double const number = quantized(static_cast<double>(step), 1.0, 7.0, is_signed ? -128.0 : 0.0,
                                        is_signed ? 127.0 : 255.0);
        wanted.at(n, o, y, column) = (number - 7.0) * 0.5;
      });
      expect_makes(m, {x}, wanted);
    }
  }
}

TEST(onnx_reader, products_of_integers) {
  reals const x = some(6, 7), z = some(6, 8);
  model m(25);
  m.input("x", {2, 3}).input("k", {3, 2}).output("y").constant("s", {}, reals{0.0078125f});
  m.constant("t", {}, reals{0.0071f}).constant("v", {2}, reals{0.01f, 0.02f});
  bytes(bytes(m, "z", {}, {3}, int8), "w", {3, 2}, {1, -20, 30, -40, 50, 60}, int8);
  m.add("QuantizeLinear", {"x", "s", "z"}, "q");
  m.add("QuantizeLinear", {"k", "s", "z"}, "p");
  m.add("QLinearMatMul", {"q", "s", "z", "w", "v", "z", "t", "z"}, "d");  // a layer
  m.add("QLinearMatMul", {"q", "s", "z", "p", "s", "z", "t", "z"}, "e");  // of two activations
  m.add("DequantizeLinear", {"d", "t", "z"}, "f");
  m.add("DequantizeLinear", {"e", "t", "z"}, "g");
  m.add("Concat", {"f", "g"}, "y").set("axis", 0);
  integers const w{1, -20, 30, -40, 50, 60};
  auto const number = [](float v) {
    return quantized(static_cast<double>(v), 0.0078125, 3.0, -128.0, 127.0) - 3.0;
  };
  tensor wanted({4, 2});
  for (std::size_t row = 0; row < 4; ++row) {
    for (std::size_t column = 0; column < 2; ++column) {
      double sum = 0.0;
      for (std::size_t i = 0; i < 3; ++i) {
        double const other =
            row < 2 ? static_cast<double>(w[i * 2 + column]) - 3.0 : number(z[i * 2 + column]);
        sum += number(x[row % 2 * 3 + i]) * other;
      }
      double const factor = row >= 2 ? 0.0078125 : column == 0 ? 0.01 : 0.02;
      double const step = quantized(sum * 0.0078125 * factor / 0.0071, 1.0, 3.0, -128.0, 127.0);
      wanted.values[row * 2 + column] = (step - 3.0) * 0.0071;
    }
  }
  expect_makes(m, {x, z}, wanted);
}

TEST(onnx_reader, scales_that_a_run_finds) {
  model m = one(11, "DynamicQuantizeLinear", {6});
  for (std::string const name : {"scale", "zero"}) {
    m.proto.mutable_graph()->mutable_node(0)->add_output(name);
    m.output(name);
  }
  auto session = linnet::session::create(sound(m));
  ASSERT_TRUE(session) << session.error().message;
  for (reals const& x :
       {reals{0, 2, -3, -2.5f, 1.34f, 0.5f}, reals{1, 2.1f, 1.3f, 2.5f, 3.34f, 4}, reals(6, 0.0f)}) {
    std::copy(x.begin(), x.end(), session->input().as<float>()->begin());
    session->run();
    float const high = std::max(0.0f, *std::max_element(x.begin(), x.end())),
                low = std::min(0.0f, *std::min_element(x.begin(), x.end())),
                scale = high == low ? 1.0f : (high - low) / 255.0f;
    double const zero = std::nearbyint(static_cast<double>(-low / scale));
    EXPECT_EQ((*session->output(1).as<float>())[0], scale);
    EXPECT_EQ(static_cast<double>((*session->output(2).as<std::uint8_t>())[0]), zero);
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_EQ(static_cast<double>((*session->output(0).as<std::uint8_t>())[i]),
                quantized(static_cast<double>(x[i] / scale), 1.0, zero));
    }
  }
}

/// Sums of bytes as floats, exactly: what exporters make of layers whose scales a run finds.
TEST(onnx_reader, sums_of_bytes) {
  reals const x = some(12, 3);
  for (bool constant : {true, false}) {
    model m(14);
    m.input("x", {3, 4}).output("y");
    auto found = m.add("DynamicQuantizeLinear", {"x"}, "q");
    found.node()->add_output("s");
    found.node()->add_output("z");
    integers const w{1, -20, 30, -40, 50, 60, 127, -128};
    bytes(bytes(m, "w", {4, 2}, w, int8), "v", {2}, {5, -7}, int8);
    if (!constant) m.add("DynamicQuantizeLinear", {"k"}, "w2").node()->add_output("t");
    if (!constant) m.input("k", {4, 3});
    m.add("MatMulInteger", constant ? names{"q", "w", "z", "v"} : names{"q", "w2", "z"}, "i");
    m.add("Cast", {"i"}, "f").set("to", int{proto::TensorProto_DataType_FLOAT});
    m.add("Mul", {"f", "s"}, "y");
    reals const k = some(12, 4);
    auto const steps = [](reals const& of) {
      float const high = std::max(0.0f, *std::max_element(of.begin(), of.end())),
                  low = std::min(0.0f, *std::min_element(of.begin(), of.end()));
      float const scale = (high - low) / 255.0f;
      return std::pair{scale, std::nearbyint(static_cast<double>(-low / scale))};
    };
    auto const [scale, zero] = steps(x);
    auto const [other_scale, other_zero] = steps(k);
    int const columns = constant ? 2 : 3;
    tensor wanted({3, columns});
    for (std::size_t row = 0; row < 3; ++row) {
      for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column) {
        double sum = 0.0;
        for (std::size_t i = 0; i < 4; ++i) {
          double const a = quantized(static_cast<double>(x[row * 4 + i] / scale), 1.0, zero) - zero;
          double const b =
              constant ? static_cast<double>(w[i * 2 + column]) - (column == 0 ? 5.0 : -7.0)
                       : quantized(static_cast<double>(k[i * 3 + column] / other_scale), 1.0, other_zero);
          sum += a * b;
        }
        wanted.values[row * wanted.values.size() / 3 + column] = sum * static_cast<double>(scale);
      }
    }
    auto const got = run(sound(m), constant ? std::vector<reals>{x} : std::vector<reals>{x, k});
    ASSERT_EQ(got.size(), wanted.values.size());
    for (std::size_t i = 0; i < got.size(); ++i)
      EXPECT_NEAR(static_cast<double>(got[i]), wanted.values[i], 1e-3) << i;
  }
}

TEST(onnx_reader, images_of_bytes_are_convolved_less_their_zero) {
  model m = one(10, "ConvInteger", {1, 2, 4, 4}, {"w", "z", "v"});
  m.proto.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(uint8);
  integers w;
  for (int i = 0; i < 3 * 2 * 2 * 3; ++i) w.push_back(i * 29 % 256);
  bytes(bytes(bytes(m, "w", {3, 2, 2, 3}, w, uint8), "z", {}, {100}, uint8), "v", {3}, {0, 128, 255}, uint8);
  first(m).set("pads", integers{1, 1, 0, 1}).node()->set_output(0, "i");
  m.add("Cast", {"i"}, "y").set("to", int{proto::TensorProto_DataType_FLOAT});
  tensor stored({1, 2, 4, 4}), weights({3, 2, 2, 3});
  for (std::size_t i = 0; i < w.size(); ++i)
    weights.values[i] = static_cast<double>(w[i]) - reals{0.0f, 128.0f, 255.0f}[i / 12];
  auto session = linnet::session::create(sound(m));
  ASSERT_TRUE(session) << session.error().message;
  for (std::size_t i = 0; i < 32; ++i) {
    (*session->input().as<std::uint8_t>())[i] = static_cast<std::uint8_t>(i * 47 % 256);
    stored.values[i] = static_cast<double>(i * 47 % 256) - 100.0;
  }
  session->run();
  auto const wanted = naive_onnx::conv(stored, weights, {}, 1, {2, 1, 1, 1, 0}, {3, 1, 1, 1, 1});
  auto const got = *session->output().as<float>();
  ASSERT_EQ(got.size(), wanted.values.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(static_cast<double>(got[i]), wanted.values[i]) << i;
}

TEST(onnx_reader, integers_move_and_compare) {
  model m = one(25, "Transpose", {2, 3});
  m.proto.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      proto::TensorProto_DataType_INT32);
  auto session = linnet::session::create(sound(m));
  ASSERT_TRUE(session) << session.error().message;
  std::vector<std::int32_t> const numbers{1 << 30, -2, 3, 4, 5, -6};
  std::copy(numbers.begin(), numbers.end(), session->input().as<std::int32_t>()->begin());
  session->run();
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_EQ((*session->output().as<std::int32_t>())[i], numbers[i % 2 * 3 + i / 2]);
}

/// A model of one operator on two inputs of a type.
model of_two(std::string const& kind, integers const& a, integers const& b, int type) {
  model m = one(25, kind, a, {"z"});
  m.input("z", b);
  for (auto& input : *m.proto.mutable_graph()->mutable_input())
    input.mutable_type()->mutable_tensor_type()->set_elem_type(type);
  return m;
}
/// Its output's elements.
template <class Out, class T>
std::vector<Out> run_two(model const& m, std::vector<T> const& a, std::vector<T> const& b) {
  auto session = linnet::session::create(sound(m));
  EXPECT_TRUE(session) << session.error().message;
  if (!session) return {};
  std::copy(a.begin(), a.end(), session->input(0).template as<T>()->begin());
  std::copy(b.begin(), b.end(), session->input(1).template as<T>()->begin());
  session->run();
  auto const made = session->output().template as<Out>();
  EXPECT_TRUE(made) << "another type";
  return made ? std::vector<Out>(made->begin(), made->end()) : std::vector<Out>{};
}

template <class T>
void expect_integers_wrap(int type) {
  using limits = std::numeric_limits<T>;
  std::vector<T> const a{limits::max(), limits::min(), 7, 100}, b{2, 3};
  for (std::string const kind : {"Add", "Sub", "Mul", "Div", "Max", "Min"}) {
    if (kind == "Mul" && sizeof(T) > 1) continue;
    auto const made = run_two<T>(of_two(kind, {2, 2}, {2}, type), a, b);
    ASSERT_EQ(made.size(), 4u);
    for (std::size_t i = 0; i < 4; ++i) {
      int const x = a[i], y = b[i % 2];
      int const exact = kind == "Add"   ? x + y
                        : kind == "Sub" ? x - y
                        : kind == "Mul" ? x * y
                        : kind == "Div" ? x / y
                        : kind == "Max" ? std::max(x, y)
                                        : std::min(x, y);
      EXPECT_EQ(made[i], static_cast<T>(exact)) << kind << " of " << x << " and " << y;
    }
  }
}

TEST(onnx_reader, integers_of_few_bits_are_calculated_with) {
  expect_integers_wrap<std::int8_t>(int8);
  expect_integers_wrap<std::uint8_t>(uint8);
  expect_integers_wrap<std::int16_t>(proto::TensorProto_DataType_INT16);
}

TEST(onnx_reader, comparisons_and_logic) {
  float const infinity = std::numeric_limits<float>::infinity();
  float const none = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> const a{1.0f, -2.0f, 0.0f, infinity, -infinity, 1e-42f, none, none, 3.0f, -infinity},
      b{1.0f, 3.0f, -0.0f, infinity, 5.0f, 0.0f, none, 2.0f, none, none};
  for (std::string const kind : {"Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"}) {
    auto const made =
        run_two<std::uint8_t>(of_two(kind, {10}, {10}, proto::TensorProto_DataType_FLOAT), a, b);
    ASSERT_EQ(made.size(), 10u);
    for (std::size_t i = 0; i < 10; ++i) {
      bool const wanted = kind == "Equal"            ? a[i] == b[i]
                          : kind == "Greater"        ? a[i] > b[i]
                          : kind == "GreaterOrEqual" ? a[i] >= b[i]
                          : kind == "Less"           ? a[i] < b[i]
                                                     : a[i] <= b[i];
      EXPECT_EQ(made[i], wanted ? 1 : 0) << kind << i;
    }
  }
  std::vector<std::uint8_t> const x{0, 0, 1, 1}, y{0, 1, 0, 1};
  using list = std::vector<std::uint8_t>;
  int const boolean = proto::TensorProto_DataType_BOOL;
  EXPECT_EQ(run_two<std::uint8_t>(of_two("And", {4}, {4}, boolean), x, y), (list{0, 0, 0, 1}));
  EXPECT_EQ(run_two<std::uint8_t>(of_two("Or", {4}, {4}, boolean), x, y), (list{0, 1, 1, 1}));
  EXPECT_EQ(run_two<std::uint8_t>(of_two("Xor", {4}, {4}, boolean), x, y), (list{0, 1, 1, 0}));
  model m = of_two("Xor", {4}, {4}, boolean);
  first(m).node()->set_output(0, "n");
  m.add("Not", {"n"}, "y");
  EXPECT_EQ(run_two<std::uint8_t>(m, x, y), (list{1, 0, 0, 1}));
}

TEST(onnx_reader, one_of_two_as_a_truth_says) {
  float const infinity = std::numeric_limits<float>::infinity();
  model m = one(16, "Where", {4}, {"a", "b"});
  m.proto.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      proto::TensorProto_DataType_BOOL);
  m.input("a", {3, 4}).constant("b", {}, reals{-infinity});
  auto session = linnet::session::create(sound(m));
  ASSERT_TRUE(session) << session.error().message;
  std::vector<std::uint8_t> const which{1, 0, 1, 0};
  reals const a{1, 2, infinity, -infinity, -0.5f, 6, 7, 8, -infinity, 10, 11, infinity};
  std::copy(which.begin(), which.end(), session->input(0).as<std::uint8_t>()->begin());
  std::copy(a.begin(), a.end(), session->input(1).as<float>()->begin());
  session->run();
  auto const made = *session->output().as<float>();
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(made[i], which[i % 4] != 0 ? a[i] : -infinity) << i;
}

TEST(onnx_reader, integers_between_bounds) {
  model m = one(13, "Clip", {4}, {"low", "high"});
  m.proto.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(int8);
  bytes(bytes(m, "low", {}, {-5}, int8), "high", {}, {100}, int8);
  auto session = linnet::session::create(sound(m));
  ASSERT_TRUE(session) << session.error().message;
  std::vector<std::int8_t> const x{-128, 127, 3, -5}, wanted{-5, 100, 3, -5};
  std::copy(x.begin(), x.end(), session->input().as<std::int8_t>()->begin());
  session->run();
  auto const made = *session->output().as<std::int8_t>();
  EXPECT_EQ(std::vector<std::int8_t>(made.begin(), made.end()), wanted);
}

TEST(onnx_reader, reductions_of_constants) {
  for (auto const& [kind, sum, of_none] :
       {std::tuple{"ReduceSum", 9.0f, 0.0f}, std::tuple{"ReduceProd", 24.0f, 1.0f},
        std::tuple{"ReduceSumSquare", 29.0f, 0.0f},
        std::tuple{"ReduceMax", 4.0f, -std::numeric_limits<float>::infinity()},
        std::tuple{"ReduceMin", 2.0f, std::numeric_limits<float>::infinity()}}) {
    model m(20);
    m.output("y")
        .numbers("n", {1})
        .constant("c", {2, 3}, reals{2, 3, 4, 4, 3, 2})
        .constant("e", {2, 0}, reals{});
    m.add(kind, {"c", "n"}, "a").set("keepdims", 0);
    m.add(kind, {"e", "n"}, "b").set("keepdims", 0);
    m.add("Concat", {"a", "b"}, "y").set("axis", 0);
    EXPECT_EQ(run(sound(m), {}), (reals{sum, sum, of_none, of_none})) << kind;
  }
}

TEST(onnx_reader, casts_at_run_time) {
  reals const x{-1.9f, 0.0f, 3.7f, 100.5f};
  auto const cast = [&](int first_type, int second) {
    model m = one(25, "Cast", {4});
    first(m).set("to", first_type).node()->set_output(0, "c");
    m.add("Cast", {"c"}, "y").set("to", second);
    return run(sound(m), {x});
  };
  int const to = proto::TensorProto_DataType_FLOAT;
  EXPECT_EQ(cast(int8, to), (reals{-1, 0, 3, 100}));
  EXPECT_EQ(cast(proto::TensorProto_DataType_INT64, to), (reals{-1, 0, 3, 100}));
  EXPECT_EQ(cast(proto::TensorProto_DataType_BOOL, to), (reals{1, 0, 1, 1}));
  EXPECT_EQ(cast(to, to), x);
}

TEST(onnx_reader, wide_integers_and_back) {
  model m(25);
  m.input("x", {6}).output("y").constant("s", {}, reals{2});
  m.tensor("z", {}, proto::TensorProto_DataType_INT16)->add_int32_data(256);
  m.add("QuantizeLinear", {"x", "s", "z"}, "q");
  m.add("DequantizeLinear", {"q", "s", "z"}, "y");
  EXPECT_EQ(run(sound(m), {{0, 3, 5, -3.1f, 1e9f, -70000}}),
            (reals{0, 4, 4, -4, 2 * (32767 - 256), 2 * (-32768 - 256)}));
}

/// As the ONNX specification lays them out.
TEST(onnx_reader, numbers_of_few_bits) {
  struct narrow {
    int type;
    std::vector<int> packed;
    reals values;
  };
  for (narrow const& c : {narrow{22, {0x8f, 0x07}, {-1, -8, 7}}, narrow{21, {0x8f, 0x07}, {15, 8, 7}},
                          narrow{26, {0x1b}, {-1, -2, 1}}, narrow{25, {0x1b}, {3, 2, 1}},
                          narrow{17, {0x38, 0xfe, 0x01}, {1, -448, 0x1p-9f}},
                          narrow{18, {0x40, 0xff, 0x01}, {1, -240, 0x1p-10f}},
                          narrow{19, {0x3c, 0xfb, 0x01}, {1, -57344, 0x1p-16f}},
                          narrow{20, {0x40, 0xff, 0x01}, {1, -57344, 0x1p-17f}}}) {
    for (bool raw : {false, true}) {
      model m(25);
      m.output("y");
      auto* const t = m.tensor("x", {3}, c.type);
      for (int byte : c.packed)
        raw ? t->mutable_raw_data()->push_back(static_cast<char>(byte)) : t->add_int32_data(byte);
      m.add("Cast", {"x"}, "y").set("to", int{proto::TensorProto_DataType_FLOAT});
      EXPECT_EQ(run(sound(m), {}), c.values) << c.type;
    }
  }
}

// ---- Recurrent layers

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

/// One direction of a layer as the specification writes it down, in double: (steps, batch, units), and the
/// last cells. W and R (gates * units, ..), B (2 * gates * units), states (batch, units) or empty.
struct recurrent_oracle {
  std::string kind;
  int gates = 1, batch = 2, inputs = 3, units = 4;
  reals w, r, b, hidden, cells, peepholes;
  bool linear = false, coupled = false;
  double clip = 1e9;

  [[nodiscard]] double clipped(double v) const { return std::clamp(v, -clip, clip); }
  [[nodiscard]] double number(reals const& from, int i) const {
    return from.empty() ? 0.0 : static_cast<double>(from[static_cast<std::size_t>(i)]);
  }
  [[nodiscard]] double of_inputs(reals const& x, int step, int n, int row) const {
    double sum = number(b, row);
    for (int i = 0; i < inputs; ++i)
      sum += number(w, row * inputs + i) * number(x, (step * batch + n) * inputs + i);
    return sum;
  }
  [[nodiscard]] double of_state(std::vector<double> const& h, int n, int row) const {
    double sum = number(b, gates * units + row);
    for (int i = 0; i < units; ++i)
      sum += number(r, row * units + i) * h[static_cast<std::size_t>(n * units + i)];
    return sum;
  }

  /// Steps in the order given; the outputs in the same order.
  [[nodiscard]] std::vector<std::vector<double>> run(reals const& x, std::vector<int> const& order,
                                                     std::vector<double>& c) const {
    std::vector<double> h;
    std::vector<std::vector<double>> made;
    for (int i = 0; i < batch * units; ++i) h.push_back(number(hidden, i));
    for (int i = 0; i < batch * units; ++i) c.push_back(number(cells, i));
    for (int step : order) {
      std::vector<double> next = h;
      for (int n = 0; n < batch; ++n) {
        for (int u = 0; u < units; ++u) {
          auto const at = static_cast<std::size_t>(n * units + u);
          auto const gate = [&](int g) {
            return of_inputs(x, step, n, g * units + u) + of_state(h, n, g * units + u);
          };
          if (kind == "RNN") next[at] = std::tanh(clipped(gate(0)));
          if (kind == "GRU") next[at] = gru(x, step, n, u, h, gate);
          if (kind != "LSTM") continue;
          auto const peep = [&](int g, double cell) { return number(peepholes, g * units + u) * cell; };
          double const in = sigmoid(clipped(gate(0) + peep(0, c[at])));
          double const forget = coupled ? 1.0 - in : sigmoid(clipped(gate(2) + peep(2, c[at])));
          c[at] = forget * c[at] + in * std::tanh(clipped(gate(3)));
          next[at] = sigmoid(clipped(gate(1) + peep(1, c[at]))) * std::tanh(c[at]);
        }
      }
      h = next;
      made.push_back(h);
    }
    return made;
  }
  template <class Gate>
  [[nodiscard]] double gru(reals const& x, int step, int n, int u, std::vector<double> const& h,
                           Gate const& gate) const {
    auto const at = static_cast<std::size_t>(n * units + u);
    double const update = sigmoid(clipped(gate(0)));
    double inner = 0.0;
    if (linear) {
      inner = sigmoid(clipped(gate(1))) * of_state(h, n, 2 * units + u);
    } else {
      std::vector<double> left = h;
      for (int k = 0; k < units; ++k) {
        int const row = units + k;
        left[static_cast<std::size_t>(n * units + k)] *=
            sigmoid(clipped(of_inputs(x, step, n, row) + of_state(h, n, row)));
      }
      inner = of_state(left, n, 2 * units + u);
    }
    double const fresh = std::tanh(clipped(of_inputs(x, step, n, 2 * units + u) + inner));
    return (1.0 - update) * fresh + update * h[at];
  }
};

/// What a layer is asked for.
struct recurrent_case {
  std::string kind, direction;
  bool bias = true, states = true, constant_states = false, batch_first = false, variant = false;
};

TEST(onnx_reader, recurrent_layers) {
  constexpr int steps = 3, batch = 2, inputs = 3, units = 4;
  std::vector<recurrent_case> cases;
  for (std::string const kind : {"RNN", "GRU", "LSTM"}) {
    cases.push_back({kind, "forward", false, false});
    cases.push_back({kind, "forward", true, false, false, true, true});
    cases.push_back({kind, "reverse"});
    cases.push_back({kind, "reverse", true, true, true, false, true});
    cases.push_back({kind, "bidirectional", true, true, false, true});
    cases.push_back({kind, "bidirectional", true, true, true, false, true});
  }
  for (recurrent_case const& c : cases) {
    SCOPED_TRACE(c.kind + " " + c.direction + (c.variant ? ", variant" : ""));
    bool const is_lstm = c.kind == "LSTM";
    int const gates = is_lstm           ? 4
                      : c.kind == "GRU" ? 3
                                        : 1,
              directions = c.direction == "bidirectional" ? 2 : 1;
    integers const x_dims = c.batch_first ? integers{batch, steps, inputs} : integers{steps, batch, inputs},
                   state_dims = c.batch_first ? integers{batch, directions, units}
                                              : integers{directions, batch, units};
    std::size_t const w_size = static_cast<std::size_t>(gates * units * inputs),
                      r_size = static_cast<std::size_t>(gates * units * units),
                      b_size = static_cast<std::size_t>(2 * gates * units), s_size = batch * units;
    auto const many = static_cast<std::size_t>(directions);
    reals const x = some(steps * batch * inputs, 1), w = some(many * w_size, 2), r = some(many * r_size, 3),
                b = some(many * b_size, 4), h = some(many * s_size, 5), cells = some(many * s_size, 6),
                p = some(many * 3 * units, 7);
    model m(14);
    m.input("x", x_dims).constant("w", {directions, gates * units, inputs}, w);
    m.constant("r", {directions, gates * units, units}, r).constant("b", {directions, 2 * gates * units}, b);
    std::vector<reals> fed{x};
    for (auto const& [name, values] : {std::pair{"h", h}, std::pair{"c", cells}}) {
      if (!c.states || (name[0] == 'c' && !is_lstm)) continue;
      if (c.constant_states) m.constant(name, state_dims, values);
      if (!c.constant_states) m.input(name, state_dims);
      if (!c.constant_states) fed.push_back(values);
    }
    names operands{"x", "w", "r", c.bias ? "b" : "", "", c.states ? "h" : ""};
    if (is_lstm) operands.push_back(c.states ? "c" : "");
    if (is_lstm && c.variant) {
      m.constant("p", {directions, 3 * units}, p);
      operands.push_back("p");
    }
    auto layer = m.add(c.kind, operands, "y");
    layer.set("hidden_size", units).set("direction", c.direction).set("layout", c.batch_first ? 1 : 0);
    if (c.variant) layer.set("clip", 0.4f);
    if (c.variant && is_lstm) layer.set("input_forget", 1);
    if (c.variant && c.kind == "GRU") layer.set("linear_before_reset", 1);
    for (std::string const name : {"last", "cell"}) {
      if (name == "cell" && !is_lstm) continue;
      layer.node()->add_output(name);
    }
    m.output("y").output("last");
    if (is_lstm) m.output("cell");

    auto session = linnet::session::create(sound(m));
    ASSERT_TRUE(session) << session.error().message;
    for (int again : {0, 1}) {  // a run leaves nothing to the next one
      for (std::size_t i = 0; i < fed.size(); ++i)
        std::copy(fed[i].begin(), fed[i].end(), session->input(i).as<float>()->begin());
      session->run();
      for (int d = 0; d < directions; ++d) {
        auto const part = [&](reals const& all, std::size_t size) {
          auto const begin = all.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(d) * size);
          return reals(begin, begin + static_cast<std::ptrdiff_t>(size));
        };
        auto const state = [&](reals const& all) {
          reals made;
          for (int i = 0; i < batch * units && c.states; ++i) {
            int const n = i / units, u = i % units, row = c.batch_first ? n * directions + d : d * batch + n;
            made.push_back(all[static_cast<std::size_t>(row * units + u)]);
          }
          return made;
        };
        recurrent_oracle const oracle{c.kind,
                                      gates,
                                      batch,
                                      inputs,
                                      units,
                                      part(w, w_size),
                                      part(r, r_size),
                                      c.bias ? part(b, b_size) : reals{},
                                      state(h),
                                      state(cells),
                                      c.variant ? part(p, 3 * units) : reals{},
                                      c.variant,
                                      c.variant,
                                      c.variant ? static_cast<double>(0.4f) : 1e9};
        reals time_first = x;
        for (int n = 0; n < batch && c.batch_first; ++n)
          for (int t = 0; t < steps; ++t)
            for (int i = 0; i < inputs; ++i)
              time_first[static_cast<std::size_t>((t * batch + n) * inputs + i)] =
                  x[static_cast<std::size_t>((n * steps + t) * inputs + i)];
        bool const backwards = c.direction == "reverse" || d == 1;
        std::vector<int> const order = backwards ? std::vector{2, 1, 0} : std::vector{0, 1, 2};
        std::vector<double> last_cells;
        auto const wanted = oracle.run(time_first, order, last_cells);
        auto const y = *session->output(0).as<float>(), last = *session->output(1).as<float>();
        for (int i = 0; i < batch * units; ++i) {
          int const n = i / units, u = i % units, row = c.batch_first ? n * directions + d : d * batch + n;
          auto const at = static_cast<std::size_t>(i), state_at = static_cast<std::size_t>(row * units + u);
          for (int k = 0; k < steps; ++k) {
            int const t = order[static_cast<std::size_t>(k)];
            int const place =
                c.batch_first ? (n * steps + t) * directions + d : (t * directions + d) * batch + n;
            ASSERT_NEAR(static_cast<double>(y[static_cast<std::size_t>(place * units + u)]),
                        wanted[static_cast<std::size_t>(k)][at], 1e-5)
                << again << ", step " << t << ", " << i;
          }
          ASSERT_NEAR(static_cast<double>(last[state_at]), wanted.back()[at], 1e-5) << i;
          if (!is_lstm) continue;
          auto const made = *session->output(2).as<float>();
          ASSERT_NEAR(static_cast<double>(made[state_at]), last_cells[at], 1e-5);
        }
      }
    }
  }
}

}  // namespace
