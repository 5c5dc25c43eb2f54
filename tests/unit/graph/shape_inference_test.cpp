// SPDX-License-Identifier: MIT
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/graph/shape_inference.hpp>

namespace {

using linnet::graph_fault;
using linnet::node;
using linnet::op;
using linnet::shape;
using linnet::window2d;

/// The shape that `n` makes of operands of these shapes, where the graph states `stated` for its output.
linnet::expected<shape, linnet::graph_error> infer(node n, std::vector<shape> const& operands,
                                                   shape stated = {}) {
  std::vector<linnet::tensor_info> tensors;
  std::vector<linnet::tensor_id> edges;
  for (shape const& s : operands) tensors.push_back({.shape = s});
  tensors.push_back({.shape = stated});
  for (std::size_t i = 0; i < tensors.size(); ++i) edges.push_back(static_cast<linnet::tensor_id>(i));
  n.inputs = {0, static_cast<std::uint32_t>(operands.size())};
  n.outputs = {n.inputs.count, 1};
  linnet::graph_view const g{.nodes = {},
                             .tensors = tensors,
                             .edges = edges,
                             .scales = {},
                             .characters = {},
                             .input_edges = {},
                             .output_edges = {}};
  return linnet::infer_shape(g, n);
}

shape made(node const& n, std::vector<shape> const& operands, shape stated = {}) {
  auto const result = infer(n, operands, stated);
  if (result) return *result;
  ADD_FAILURE() << std::string_view(linnet::explain(result.error().fault));
  return {};
}

graph_fault fault(node const& n, std::vector<shape> const& operands, shape stated = {}) {
  auto const result = infer(n, operands, stated);
  return result ? graph_fault::none : result.error().fault;
}

node with_axes(op kind, std::initializer_list<std::int32_t> axes) {
  node n{.kind = kind};
  for (std::int32_t axis : axes) n.axes.push_back(axis);
  return n;
}

node windowed(op kind, window2d const& window) { return {.kind = kind, .window = window}; }

/// Positions at which the whole dilated kernel lies inside.
int positions(int padded, int kernel, int stride, int dilation) {
  int count = 0;
  for (int at = 0; at + (kernel - 1) * dilation < padded; at += stride) ++count;
  return count;
}

TEST(shape_inference, windows_make_as_many_rows_and_columns_as_there_are_positions) {
  for (int kernel = 1; kernel <= 5; ++kernel) {
    for (int stride = 1; stride <= 4; ++stride) {
      for (int dilation = 1; dilation <= 3; ++dilation) {
        for (int before = 0; before <= 3; ++before) {
          for (int after = 0; after <= 2; ++after) {
            node const n =
                windowed(op::conv2d, {.kernel = {kernel, 2},
                                      .stride = {stride, 3},
                                      .dilation = {dilation, 1},
                                      .padding = {.top = before, .left = 1, .bottom = after, .right = 0}});
            int const rows = positions(9 + before + after, kernel, stride, dilation);
            auto const result = infer(n, {{2, 9, 11, 3}, {8, kernel, 2, 3}});
            if (rows == 0) {
              ASSERT_EQ(result.error().fault, graph_fault::kernel_exceeds_input);
            } else {
              ASSERT_EQ(*result, (shape{2, rows, positions(12, 2, 3, 1), 8}));
            }
          }
        }
      }
    }
  }
}

TEST(shape_inference, conv2d_refuses_what_does_not_fit) {
  node const n = windowed(op::conv2d, {.kernel = {3, 3}});
  EXPECT_EQ(made(n, {{1, 5, 6, 2}, {4, 3, 3, 2}}), (shape{1, 3, 4, 4}));
  EXPECT_EQ(fault(n, {{5, 6, 2}, {4, 3, 3, 2}}), graph_fault::wrong_rank);
  EXPECT_EQ(fault(n, {{1, 5, 6, 2}, {4, 3, 2}}), graph_fault::wrong_rank);
  EXPECT_EQ(fault(n, {{1, 5, 6, 2}, {4, 3, 3, 1}}), graph_fault::shapes_do_not_chain);
  EXPECT_EQ(fault(n, {{1, 5, 6, 2}, {4, 3, 1, 2}}), graph_fault::shapes_do_not_chain);
  EXPECT_EQ(fault(n, {{1, 5, 6, 2}, {4, 1, 3, 2}}), graph_fault::shapes_do_not_chain);
  EXPECT_EQ(fault(n, {{1, 2, 6, 2}, {4, 3, 3, 2}}), graph_fault::kernel_exceeds_input);
  EXPECT_EQ(fault(n, {{1, 5, 2, 2}, {4, 3, 3, 2}}), graph_fault::kernel_exceeds_input);
}

TEST(shape_inference, depthwise_conv2d_has_a_multiple_of_its_channels) {
  node const n = windowed(op::depthwise_conv2d, {.kernel = {3, 3}, .stride = {2, 2}});
  EXPECT_EQ(made(n, {{1, 5, 7, 4}, {1, 3, 3, 4}}), (shape{1, 2, 3, 4}));
  EXPECT_EQ(made(n, {{1, 5, 7, 4}, {1, 3, 3, 12}}), (shape{1, 2, 3, 12}));
  EXPECT_EQ(fault(n, {{1, 5, 7, 4}, {1, 3, 3, 6}}), graph_fault::shapes_do_not_chain);
  EXPECT_EQ(fault(n, {{1, 5, 7, 4}, {4, 3, 3, 4}}), graph_fault::shapes_do_not_chain);
}

TEST(shape_inference, transpose_conv2d_spreads_its_input) {
  node n = windowed(op::transpose_conv2d,
                    {.kernel = {3, 2}, .stride = {2, 3}, .dilation = {1, 4}, .padding = {1, 0, 2, 3}});
  EXPECT_EQ(made(n, {{2, 5, 7, 4}, {6, 3, 2, 4}}), (shape{2, 8, 20, 6}));
  n.padding[2].after = 2;
  EXPECT_EQ(made(n, {{2, 5, 7, 4}, {6, 3, 2, 4}}), (shape{2, 8, 22, 6}));
  EXPECT_EQ(fault(n, {{2, 5, 7, 3}, {6, 3, 2, 4}}), graph_fault::shapes_do_not_chain);
  EXPECT_EQ(fault(n, {{2, 5, 7, 4}, {6, 2, 3, 4}}), graph_fault::shapes_do_not_chain);
  EXPECT_EQ(fault(n, {{5, 7, 4}, {6, 3, 2, 4}}), graph_fault::wrong_rank);
  EXPECT_EQ(fault(n, {{2, 1, 7, 4}, {6, 3, 2, 4}}), graph_fault::bad_window) << "nothing is left of 3 rows";
  EXPECT_EQ(fault(n, {{1, (1 << 30) + 9, 1, 1}, {1, 3, 2, 1}}), graph_fault::tensor_too_large);
  n.padding[1].before = 1;
  EXPECT_EQ(fault(n, {{2, 5, 7, 4}, {6, 3, 2, 4}}), graph_fault::bad_padding);
  n.padding[1] = {0, -1};
  EXPECT_EQ(fault(n, {{2, 5, 7, 4}, {6, 3, 2, 4}}), graph_fault::bad_padding);
}

TEST(shape_inference, batch_matmul_repeats_outer_dimensions) {
  node n{.kind = op::batch_matmul};
  EXPECT_EQ(made(n, {{2, 3}, {3, 5}}), (shape{2, 5}));
  EXPECT_EQ(made(n, {{4, 1, 2, 3}, {6, 3, 5}}), (shape{4, 6, 2, 5}));
  EXPECT_EQ(fault(n, {{2, 3}, {2, 5}}), graph_fault::shapes_do_not_chain);
  EXPECT_EQ(fault(n, {{4, 2, 3}, {6, 3, 5}}), graph_fault::shapes_differ);
  EXPECT_EQ(fault(n, {{3}, {3, 5}}), graph_fault::wrong_rank);
  n.transposed = {true, false};
  EXPECT_EQ(made(n, {{3, 2}, {3, 5}}), (shape{2, 5}));
  n.transposed = {true, true};
  EXPECT_EQ(made(n, {{7, 3, 2}, {5, 3}}), (shape{7, 2, 5}));
}

TEST(shape_inference, windows_out_of_range_are_refused) {
  constexpr std::int32_t large = std::numeric_limits<std::int32_t>::max();
  for (std::int32_t bad : {0, -1, (1 << 14) + 1, large, std::numeric_limits<std::int32_t>::min()}) {
    for (window2d const& w : {window2d{.stride = {bad, 1}}, window2d{.stride = {1, bad}},
                              window2d{.dilation = {bad, 1}}, window2d{.dilation = {1, bad}}}) {
      EXPECT_EQ(fault(windowed(op::conv2d, w), {{1, 5, 5, 2}, {4, 1, 1, 2}}), graph_fault::bad_window) << bad;
    }
    if (bad == 0) continue;
    for (window2d const& w : {window2d{.padding = {.top = bad}}, window2d{.padding = {.left = bad}},
                              window2d{.padding = {.bottom = bad}}, window2d{.padding = {.right = bad}}}) {
      EXPECT_EQ(fault(windowed(op::conv2d, w), {{1, 5, 5, 2}, {4, 1, 1, 2}}), graph_fault::bad_window) << bad;
    }
  }
  EXPECT_EQ(fault(windowed(op::max_pool2d, {.kernel = {0, 1}}), {{1, 5, 5, 2}}),
            graph_fault::padding_not_pooled);
  EXPECT_EQ(fault(windowed(op::max_pool2d, {.kernel = {1 << 15, 1}}), {{1, 5, 5, 2}}),
            graph_fault::bad_window);
}

TEST(shape_inference, pools_never_look_at_padding_only) {
  for (op kind : {op::average_pool2d, op::max_pool2d}) {
    EXPECT_EQ(made(windowed(kind, {.kernel = {2, 3}, .stride = {2, 2}, .padding = {.top = 1, .right = 2}}),
                   {{3, 5, 6, 7}}),
              (shape{3, 3, 3, 7}));
    EXPECT_EQ(fault(windowed(kind, {.kernel = {2, 2}}), {{5, 6, 7}}), graph_fault::wrong_rank);
    EXPECT_EQ(fault(windowed(kind, {.kernel = {2, 2}, .dilation = {2, 1}}), {{1, 5, 6, 7}}),
              graph_fault::bad_window);
    EXPECT_EQ(fault(windowed(kind, {.kernel = {7, 2}}), {{1, 5, 6, 7}}), graph_fault::kernel_exceeds_input);
    for (linnet::padding2d const& padding : {linnet::padding2d{.top = 2}, linnet::padding2d{.left = 3},
                                             linnet::padding2d{.bottom = 2}, linnet::padding2d{.right = 3}}) {
      EXPECT_EQ(fault(windowed(kind, {.kernel = {2, 3}, .padding = padding}), {{1, 5, 6, 7}}),
                graph_fault::padding_not_pooled);
    }
  }
}

TEST(shape_inference, dense_reads_rows_and_may_keep_their_extents) {
  node const n{.kind = op::dense};
  EXPECT_EQ(made(n, {{2, 3, 4}, {5, 4}}), (shape{6, 5}));
  EXPECT_EQ(made(n, {{2, 3, 4}, {5, 4}}, {2, 3, 5}), (shape{2, 3, 5}));
  EXPECT_EQ(made(n, {{2, 3, 4}, {5, 4}}, {2, 4, 5}), (shape{6, 5}));  // states another number of elements
  EXPECT_EQ(made(n, {{2, 3, 4}, {5, 12}}), (shape{2, 5}));
  EXPECT_EQ(made(n, {{4}, {5, 4}}, {5}), (shape{5}));
  EXPECT_EQ(fault(n, {{2, 3, 4}, {5, 7}}), graph_fault::shapes_do_not_chain);
  EXPECT_EQ(fault(n, {{2, 3, 4}, {5, 2, 2}}), graph_fault::wrong_rank);
}

TEST(shape_inference, mean_keeps_or_drops_what_it_reduces) {
  node const n = with_axes(op::mean, {1, 2});
  EXPECT_EQ(made(n, {{2, 3, 4, 5}}), (shape{2, 1, 1, 5}));
  EXPECT_EQ(made(n, {{2, 3, 4, 5}}, {2, 5}), (shape{2, 5}));
  EXPECT_EQ(made(n, {{2, 3, 4, 5}}, {10}), (shape{2, 1, 1, 5}));
  EXPECT_EQ(made(with_axes(op::mean, {0}), {{7}}, {}), shape{});
  EXPECT_EQ(fault(with_axes(op::mean, {}), {{2, 3}}), graph_fault::bad_axis);
  EXPECT_EQ(fault(with_axes(op::mean, {2}), {{2, 3}}), graph_fault::bad_axis);
  EXPECT_EQ(fault(with_axes(op::mean, {-1}), {{2, 3}}), graph_fault::bad_axis);
  EXPECT_EQ(fault(with_axes(op::mean, {1, 1}), {{2, 3}}), graph_fault::bad_axis);
}

TEST(shape_inference, concat_adds_up_along_its_axis) {
  EXPECT_EQ(made(with_axes(op::concat, {1}), {{2, 3, 4}, {2, 1, 4}, {2, 5, 4}}), (shape{2, 9, 4}));
  EXPECT_EQ(made(with_axes(op::concat, {0}), {{2, 3}}), (shape{2, 3}));
  EXPECT_EQ(fault(with_axes(op::concat, {1}), {{2, 3, 4}, {2, 1, 5}}), graph_fault::shapes_differ);
  EXPECT_EQ(fault(with_axes(op::concat, {1}), {{2, 3, 4}, {2, 3}}), graph_fault::shapes_differ);
  EXPECT_EQ(fault(with_axes(op::concat, {3}), {{2, 3, 4}, {2, 3, 4}}), graph_fault::bad_axis);
  EXPECT_EQ(fault(with_axes(op::concat, {}), {{2, 3, 4}, {2, 3, 4}}), graph_fault::bad_axis);
  EXPECT_EQ(fault(with_axes(op::concat, {0, 1}), {{2, 3, 4}, {2, 3, 4}}), graph_fault::bad_axis);
  EXPECT_EQ(fault(with_axes(op::concat, {0}), {{1 << 30}, {1 << 30}}), graph_fault::tensor_too_large);
}

TEST(shape_inference, pad_adds_to_each_dimension) {
  node n{.kind = op::pad};
  n.padding[0] = {1, 2};
  n.padding[1] = {0, 5};
  EXPECT_EQ(made(n, {{2, 3, 4}}), (shape{5, 8, 4}));
  EXPECT_EQ(fault(n, {{2}}), graph_fault::bad_padding);  // of a dimension that is not there
  EXPECT_EQ(fault(n, {{1 << 21, 1}}), graph_fault::tensor_too_large);
  n.padding[1] = {-1, 0};
  EXPECT_EQ(fault(n, {{2, 3, 4}}), graph_fault::bad_padding);
  n.padding[1] = {0, (1 << 20) + 1};
  EXPECT_EQ(fault(n, {{2, 3, 4}}), graph_fault::bad_padding);
}

TEST(shape_inference, transpose_permutes) {
  EXPECT_EQ(made(with_axes(op::transpose, {2, 0, 1}), {{3, 4, 5}}), (shape{5, 3, 4}));
  EXPECT_EQ(made(with_axes(op::transpose, {0, 3, 1, 2}), {{1, 2, 3, 4}}), (shape{1, 4, 2, 3}));
  EXPECT_EQ(fault(with_axes(op::transpose, {0, 1}), {{3, 4, 5}}), graph_fault::bad_axis);
  EXPECT_EQ(fault(with_axes(op::transpose, {0, 0, 1}), {{3, 4, 5}}), graph_fault::bad_axis);
  EXPECT_EQ(fault(with_axes(op::transpose, {0, 1, 3}), {{3, 4, 5}}), graph_fault::bad_axis);
}

TEST(shape_inference, add_takes_one_shape) {
  EXPECT_EQ(made({.kind = op::add}, {{2, 3}, {2, 3}}), (shape{2, 3}));
  EXPECT_EQ(fault({.kind = op::add}, {{2, 3}, {3, 2}}), graph_fault::shapes_differ);
  EXPECT_EQ(fault({.kind = op::add}, {{2, 3}, {1, 2, 3}}), graph_fault::shapes_differ);
}

TEST(shape_inference, functions_of_two_repeat_extents_of_one) {
  node const n{.kind = op::binary};
  EXPECT_EQ(made(n, {{2, 3}, {2, 3}}), (shape{2, 3}));
  EXPECT_EQ(made(n, {{2, 1, 4}, {3, 1}}), (shape{2, 3, 4}));
  EXPECT_EQ(made(n, {shape{}, {5}}), (shape{5}));
  EXPECT_EQ(fault(n, {{2, 3}, {2}}), graph_fault::shapes_differ);
  EXPECT_EQ(fault(n, {{2, 3}, {3, 3}}), graph_fault::shapes_differ);
}

TEST(shape_inference, slice_cuts_and_steps) {
  node n = with_axes(op::slice, {2, -3, 1});
  n.padding[0] = {1, 0};
  n.padding[2] = {0, 3};
  EXPECT_EQ(made(n, {{6, 7, 4}}, {9}), (shape{3, 3, 1}));
  EXPECT_EQ(made(n, {{6, 7, 4}}, {3, 3}), (shape{3, 3})) << "an extent of 1 may go";
  EXPECT_EQ(fault(n, {{6, 7, 3}}), graph_fault::bad_padding);  // nothing left
  EXPECT_EQ(fault(n, {{6, 7}}), graph_fault::bad_axis);
  EXPECT_EQ(fault(with_axes(op::slice, {0}), {{6}}), graph_fault::bad_axis);
  n.padding[1] = {-1, 0};
  EXPECT_EQ(fault(n, {{6, 7, 4}}), graph_fault::bad_padding);
}

TEST(shape_inference, reductions_are_like_means) {
  EXPECT_EQ(made(with_axes(op::reduce, {1, 2}), {{2, 3, 4, 5}}), (shape{2, 1, 1, 5}));
  EXPECT_EQ(made(with_axes(op::reduce, {1, 2}), {{2, 3, 4, 5}}, {2, 5}), (shape{2, 5}));
  EXPECT_EQ(fault(with_axes(op::reduce, {}), {{2, 3}}), graph_fault::bad_axis);
}

TEST(shape_inference, reshape_keeps_the_elements) {
  EXPECT_EQ(made({.kind = op::reshape}, {{2, 3, 4}}, {6, 4}), (shape{6, 4}));
  EXPECT_EQ(fault({.kind = op::reshape}, {{2, 3, 4}}, {6, 5}), graph_fault::shapes_do_not_chain);
}

TEST(shape_inference, elementwise_operators_keep_the_shape) {
  for (op kind :
       {op::softmax, op::logistic, op::relu, op::quantize, op::dequantize, op::requantize, op::unary}) {
    EXPECT_EQ(made({.kind = kind}, {{2, 3, 4}}, {7}), (shape{2, 3, 4}));
  }
  EXPECT_EQ(made({.kind = op::logistic}, {shape{}}), shape{});
  EXPECT_EQ(fault({.kind = op::softmax}, {shape{}}), graph_fault::wrong_rank);
  EXPECT_EQ(fault({.kind = static_cast<op>(250)}, {{2, 3}}), graph_fault::types_not_supported);
}

TEST(shape_inference, errors_show_both_shapes) {
  auto const result = infer({.kind = op::add}, {{2, 3}, {3, 2}});
  EXPECT_EQ(result.error().first, (shape{2, 3}));
  EXPECT_EQ(result.error().second, (shape{3, 2}));
}

}  // namespace
