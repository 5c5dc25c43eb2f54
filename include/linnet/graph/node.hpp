// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include <linnet/base/static_vector.hpp>
#include <linnet/base/text.hpp>
#include <linnet/quantization/custom_operator.hpp>
#include <linnet/quantization/dynamic_quantization.hpp>
#include <linnet/quantization/functions.hpp>
#include <linnet/quantization/requantize.hpp>
#include <linnet/quantization/resampling.hpp>
#include <linnet/quantization/rounding.hpp>
#include <linnet/tensor/element_type.hpp>
#include <linnet/tensor/shape.hpp>

namespace linnet::inline LINNET_ISA {

/// What a node computes. Operands in order: activations first, then constants.
enum class op : std::uint8_t {
  conv2d,            // x (N,H,W,C), weights (O,kh,kw,C), [bias (O)]
  depthwise_conv2d,  // x (N,H,W,C), weights (1,kh,kw,O), [bias (O)]; O = C * multiplier
  dense,             // x (..), weights (O,I), [bias (O)]; x is read as rows of I
  add,               // a, b of one shape
  average_pool2d,    // x (N,H,W,C)
  max_pool2d,        // x (N,H,W,C)
  mean,              // x; over `axes`
  concat,            // x...; along axes[0]
  pad,               // x; by `padding` in front of and behind each dimension, with `alpha`
  softmax,           // x; along the last dimension
  logistic,          // x
  relu,              // x; the relu family: which one is `activation`
  reshape,           // x; the output's own shape says to what
  transpose,         // x; output dimension i is input dimension axes[i]
  quantize,          // x float to integer
  dequantize,        // x integer to float
  requantize,        // x integer to integer of another scale or type
  reduce,            // x; over `axes`, as `reduction` says
  slice,             // x; of each dimension what `padding` leaves over, cut off in front and behind, and of
                     // that every axes[i]-th entry, from the last one backwards where axes[i] is negative
  unary,             // x; each element by the function `unary`; a cast: to the output's own type
  binary,            // a, b; by the function `binary`: extents of 1 and missing ones in front are repeated
  custom,            // x, [y]: as the user's operator `custom` says; y an activation or a constant
  resize,            // x (N,H,W,C); the output's own shape says to what, `resampling` how
  transpose_conv2d,  // x (N,H,W,C), weights (O,kh,kw,C), [bias (O)]; `window.padding` is cut off the output,
                     // `padding` added behind it
  batch_matmul,      // a (..,M,K), b (..,K,N), each perhaps `transposed`; outer extents of 1 and missing ones
                     // are repeated
  recurrent          // x, weights, [bias]; by `recurrence`, with what it keeps between runs:
                     // svdf: x (..,I), features (F,I), times (F,M), [bias (U)]; F = U * rank
                     // lstm: x (T,N,I), time along axes[0], inputs (4*H,I), hidden (4*H,H), [bias (4*H)],
                     //   the gates in the order input, forget, cell, output
};

/// How many operators there are: values of `op` run from 0 to below it.
inline constexpr int op_count = static_cast<int>(op::recurrent) + 1;

/// Its name as the enumerator spells it, for messages and tables.
[[nodiscard]] constexpr text name_of(op kind) {
  switch (kind) {
    case op::conv2d: return "conv2d";
    case op::depthwise_conv2d: return "depthwise_conv2d";
    case op::dense: return "dense";
    case op::add: return "add";
    case op::average_pool2d: return "average_pool2d";
    case op::max_pool2d: return "max_pool2d";
    case op::mean: return "mean";
    case op::concat: return "concat";
    case op::pad: return "pad";
    case op::softmax: return "softmax";
    case op::logistic: return "logistic";
    case op::relu: return "relu";
    case op::reshape: return "reshape";
    case op::transpose: return "transpose";
    case op::quantize: return "quantize";
    case op::dequantize: return "dequantize";
    case op::requantize: return "requantize";
    case op::reduce: return "reduce";
    case op::slice: return "slice";
    case op::unary: return "unary";
    case op::binary: return "binary";
    case op::custom: return "custom";
    case op::resize: return "resize";
    case op::transpose_conv2d: return "transpose_conv2d";
    case op::batch_matmul: return "batch_matmul";
    case op::recurrent: return "recurrent";
  }
  return "?";
}

/// A size in rows and columns.
struct extent2d {
  std::int32_t height = 1, width = 1;  ///< 1 or more
  friend constexpr bool operator==(extent2d const&, extent2d const&) = default;
};

/// Rows and columns added around an image.
struct padding2d {
  std::int32_t top = 0, left = 0, bottom = 0, right = 0;  ///< 0 or more
  friend constexpr bool operator==(padding2d const&, padding2d const&) = default;
};

/// How a convolution's or pool's kernel moves over its input: all explicit, "same" is resolved by whoever
/// makes the node (see `same_padding`).
struct window2d {
  /// Rows and columns of taps, and steps from one window, or tap, to the next.
  extent2d kernel{}, stride{}, dilation{};
  padding2d padding{};  ///< around the input; zero point, or nothing in a pool
  friend constexpr bool operator==(window2d const&, window2d const&) = default;
};

/// Elements added in front of and behind one dimension.
struct edge_padding {
  std::int32_t before = 0, after = 0;  ///< below 0: elements that are left out
  friend constexpr bool operator==(edge_padding const&, edge_padding const&) = default;
};

/// A run of the graph's edges.
struct edge_range {
  std::uint32_t first = 0, count = 0;  ///< number of the first edge, and of edges
  friend constexpr bool operator==(edge_range const&, edge_range const&) = default;
};

using tensor_id = std::int32_t;  ///< Index of a tensor in its graph.

/// One operator with its attributes; those that its `op` does not name stay as they are here.
struct node {
  op kind = op::reshape;                             ///< what it computes
  linnet::activation activation = activation::none;  ///< layers, add, binary, batch_matmul, pools, relu, svdf
  linnet::rounding rounding = rounding::double_rounding;  ///< integer operators that requantize
  edge_range inputs{}, outputs{};  ///< operands, then constants; and what it makes: runs of edges
  window2d window{};               ///< conv2d, depthwise_conv2d, transpose_conv2d, pools
  /// mean, reduce, concat, transpose, lstm: each in [0, rank); slice: the step of each dimension.
  static_vector<std::int32_t, max_rank> axes{};
  std::array<edge_padding, max_rank> padding{};  ///< pad, slice, transpose_conv2d; of each dimension
  float beta = 1.0f;   ///< softmax: exp(beta * x); unary: the function's b; custom: the problem's
  float alpha = 0.0f;  ///< unary: the function's a; pad: the value, of integers in steps from the zero point;
                       ///< lstm: what the cells are clamped to, +-alpha; 0: nothing
  unary_function unary = unary_function::abs;     ///< softmax: log, where the logarithm of it is meant
  binary_function binary = binary_function::add;  ///< of op binary
  linnet::reduction reduction = reduction::sum;   ///< of op reduce
  /// resize; alpha and beta: output rows and columns for each of the input, 0 where the shapes say it.
  linnet::resampling resampling{};
  std::array<bool, 2> transposed{};  ///< batch_matmul: of each operand the last two dimensions
  linnet::recurrence recurrence = recurrence::svdf;  ///< of op recurrent
  element_type state_type = f32;                     ///< recurrent: of what svdf keeps, of lstm's cells
  linnet::quantization state{};                      ///< recurrent: and its steps
  custom_operator const* custom = nullptr;           ///< of static storage duration
  /// conv2d, depthwise_conv2d: of each image, dense: of each row; floats by weights of s8.
  linnet::dynamic_quantization dynamic_quantization = linnet::dynamic_quantization::none;
  bool keeps_operands = false;  ///< its output takes no operand's bytes
  std::int32_t source = -1;     ///< index of the operator in the file it came from
  friend constexpr bool operator==(node const&, node const&) = default;
};

/// What a node computes in one word: its function's name where it has one.
[[nodiscard]] constexpr text name_of(node const& n) {
  if (n.kind == op::unary) return name_of(n.unary);
  if (n.kind == op::softmax && n.unary == unary_function::log) return "log_softmax";
  if (n.kind == op::resize && n.resampling.method == interpolation::linear) return "resize_linear";
  if (n.kind == op::reduce) {
    switch (n.reduction) {
      case reduction::sum: return "reduce_sum";
      case reduction::maximum: return "reduce_maximum";
      case reduction::minimum: return "reduce_minimum";
      default: return name_of(n.reduction);
    }
  }
  if (n.kind == op::custom && is_named(n.custom)) return n.custom->name;
  if (n.kind == op::recurrent) return name_of(n.recurrence);
  return n.kind == op::binary ? name_of(n.binary) : name_of(n.kind);
}

/// Where a tensor's bytes come from.
enum class tensor_role : std::uint8_t {
  activation,  // a node makes it, or the caller
  constant,    // bytes beside the graph
  packed       // bytes and scales in the packed weights of a compiled network, in its kernels' own layout
};

/// A tensor as the graph knows it: everything but its bytes.
struct tensor_info {
  linnet::shape shape{};                       ///< outermost first; images: (batch, height, width, channels)
  element_type type = f32;                     ///< of each element
  tensor_role role = tensor_role::activation;  ///< where the bytes come from
  linnet::quantization quantization{};  ///< of the whole tensor; per-channel scales leave only the zero point
  edge_range channel_scales{};          ///< run in the graph's scales; count 0: one scale for all
  std::int32_t channel_axis = 0;        ///< dimension that the scales run along
  edge_range name{};                    ///< run in the graph's characters
};

/// Whether its bytes are known before any run.
[[nodiscard]] constexpr bool is_constant(tensor_info const& t) { return t.role != tensor_role::activation; }

/// Padding that makes the output ceil(input / stride) long, the odd element behind (TensorFlow's "SAME").
[[nodiscard]] constexpr edge_padding same_padding(std::int32_t input, std::int32_t kernel,
                                                  std::int32_t stride, std::int32_t dilation) {
  std::int32_t const reach = (kernel - 1) * dilation + 1;
  std::int32_t const total =
      max(std::int32_t{0}, (divide_rounding_up(input, stride) - 1) * stride + reach - input);
  return {total / 2, total - total / 2};
}

}  // namespace linnet::inline LINNET_ISA
