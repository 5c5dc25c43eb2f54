// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/quotient.hpp>
#include <linnet/graph/graph.hpp>
#include <linnet/graph/shape_inference.hpp>
#include <linnet/kernels/kernels.hpp>

// The numbers of a node as the problems of the kernels that compute it.
namespace linnet::inline LINNET_ISA::detail {

template <class Problem>
[[nodiscard]] constexpr Problem convolution_of(graph_view const& g, node const& n) {
  tensor_info const &in = g.input(n), &weights = g.input(n, 1), &out = g.output(n);
  window2d const& w = n.window;
  Problem p;
  p.input_type = in.type;
  p.weight_type = weights.type;
  p.output_type = out.type;
  p.rounding = n.rounding;
  p.activation = n.activation;
  p.input = as_image(in.shape);
  p.output = as_image(out.shape);
  p.kernel_height = w.kernel.height;
  p.kernel_width = w.kernel.width;
  p.stride_height = w.stride.height;
  p.stride_width = w.stride.width;
  p.dilation_height = w.dilation.height;
  p.dilation_width = w.dilation.width;
  p.padding_top = w.padding.top;
  p.padding_left = w.padding.left;
  p.input_quantization = in.quantization;
  p.output_quantization = out.quantization;
  p.weight_zero_point = weights.quantization.zero_point;
  p.dynamic_quantization = n.dynamic_quantization;
  return p;
}

template <class Problem>
[[nodiscard]] constexpr Problem pool_of(graph_view const& g, node const& n) {
  Problem p;
  p.type = g.input(n).type;
  p.activation = n.activation;
  p.input = as_image(g.input(n).shape);
  p.output = as_image(g.output(n).shape);
  p.kernel_height = n.window.kernel.height;
  p.kernel_width = n.window.kernel.width;
  p.stride_height = n.window.stride.height;
  p.stride_width = n.window.stride.width;
  p.padding_top = n.window.padding.top;
  p.padding_left = n.window.padding.left;
  p.output_quantization = g.output(n).quantization;
  return p;
}

template <class Problem>
[[nodiscard]] constexpr Problem unary_of(graph_view const& g, node const& n, std::size_t operand = 0) {
  tensor_info const &in = g.input(n, operand), &out = g.output(n);
  Problem p;
  p.input_type = in.type;
  p.output_type = out.type;
  p.rounding = n.rounding;
  p.activation = n.activation;
  p.image = as_image(in.shape);
  p.input_quantization = in.quantization;
  p.output_quantization = out.quantization;
  return p;
}

/// Stored values as they are: rescaling between equal scales, whatever they are, if there are any.
[[nodiscard]] constexpr kernels::elementwise::rescale_problem copy_of(graph_view const& g, node const& n) {
  auto p = unary_of<kernels::elementwise::rescale_problem>(g, n);
  p.input_quantization = p.output_quantization = {1.0f, 0};
  return p;
}

[[nodiscard]] constexpr kernels::dense::problem dense_of(graph_view const& g, node const& n) {
  tensor_info const &in = g.input(n), &weights = g.input(n, 1), &out = g.output(n);
  auto const pixels = static_cast<std::int32_t>(in.shape.elements() / weights.shape[1]);
  kernels::dense::problem p;
  p.input_type = in.type;
  p.weight_type = weights.type;
  p.output_type = out.type;
  p.rounding = n.rounding;
  p.activation = n.activation;
  p.input = {1, 1, pixels, weights.shape[1]};
  p.output = {1, 1, pixels, weights.shape[0]};
  p.input_quantization = in.quantization;
  p.output_quantization = out.quantization;
  p.weight_zero_point = weights.quantization.zero_point;
  p.dynamic_quantization = n.dynamic_quantization;
  return p;
}

[[nodiscard]] constexpr kernels::elementwise::add_problem add_of(graph_view const& g, node const& n) {
  tensor_info const &a = g.input(n, 0), &b = g.input(n, 1);
  return {a.type,
          n.rounding,
          n.activation,
          as_image(a.shape),
          a.quantization,
          b.quantization,
          g.output(n).quantization};
}

[[nodiscard]] constexpr kernels::unary::problem function_of(graph_view const& g, node const& n) {
  auto p = unary_of<kernels::unary::problem>(g, n);
  p.function = n.unary;
  p.a = n.alpha;
  p.b = n.beta;
  return p;
}

[[nodiscard]] constexpr kernels::binary::problem binary_of(graph_view const& g, node const& n) {
  tensor_info const &a = g.input(n, 0), &b = g.input(n, 1), &out = g.output(n);
  return {n.binary, out.type,  n.rounding,     n.activation,   a.shape,
          b.shape,  out.shape, a.quantization, b.quantization, out.quantization};
}

[[nodiscard]] constexpr kernels::batch_matmul::problem matrices_of(graph_view const& g, node const& n) {
  tensor_info const &a = g.input(n, 0), &b = g.input(n, 1), &out = g.output(n);
  return {out.type,        n.rounding,      n.activation,   a.shape,        b.shape,         out.shape,
          n.transposed[0], n.transposed[1], a.quantization, b.quantization, out.quantization};
}

[[nodiscard]] constexpr kernels::custom::problem custom_of(graph_view const& g, node const& n) {
  return {custom_use(g, n), n.custom};
}

/// Rows of all batches and times as the pixels of one row.
[[nodiscard]] constexpr kernels::recurrent::problem recurrent_of(graph_view const& g, node const& n) {
  tensor_info const &in = g.input(n), &out = g.output(n), &second = g.input(n, 2);
  bool const lstm = n.recurrence == recurrence::lstm;
  std::int32_t const rows = quotient(static_cast<std::int32_t>(in.shape.elements()), in.shape.back(0));
  kernels::recurrent::problem p;
  p.function = n.recurrence;
  p.type = in.type;
  p.state_type = n.state_type;
  p.rounding = n.rounding;
  p.activation = n.activation;
  p.input = {1, 1, rows, in.shape.back(0)};
  p.output = {1, 1, rows, out.shape.back(0)};
  p.input_quantization = in.quantization;
  p.output_quantization = out.quantization;
  p.state_quantization = n.state;
  if (lstm) {
    p.time_major = n.axes[0] == 0;
    p.steps = in.shape[static_cast<std::size_t>(n.axes[0])];
    p.cell_clip = n.alpha;
  } else {
    p.filters = second.shape[0];
    p.memory = second.shape[1];
  }
  return p;
}

/// The dimensions that a mean or another reduction is taken over.
template <class Problem>
[[nodiscard]] constexpr Problem reduced_of(graph_view const& g, node const& n) {
  tensor_info const& in = g.input(n);
  Problem p;
  p.type = in.type;
  p.input = as_image(in.shape);
  p.over_height = p.over_width = p.over_channels = false;
  for (std::int32_t axis : n.axes) {
    auto const from_back = in.shape.rank() - 1 - static_cast<std::size_t>(axis);
    if (from_back == 0) p.over_channels = true;
    if (from_back == 1) p.over_width = true;
    if (from_back == 2) p.over_height = true;
  }
  return p;
}

[[nodiscard]] constexpr kernels::mean::problem mean_of(graph_view const& g, node const& n) {
  auto p = reduced_of<kernels::mean::problem>(g, n);
  p.rounding = n.rounding;
  p.input_quantization = g.input(n).quantization;
  p.output_quantization = g.output(n).quantization;
  return p;
}

[[nodiscard]] constexpr kernels::reduce::problem reduction_of(graph_view const& g, node const& n) {
  auto p = reduced_of<kernels::reduce::problem>(g, n);
  p.reduction = n.reduction;
  if (gives_index(n.reduction)) p.index_type = g.output(n).type;
  return p;
}

[[nodiscard]] constexpr kernels::pad::problem pad_of(graph_view const& g, node const& n) {
  tensor_info const &in = g.input(n), &out = g.output(n);
  std::size_t const rank = in.shape.rank();
  auto const before = [&](std::size_t from_back) {
    return from_back < rank ? n.padding[rank - 1 - from_back].before : 0;
  };
  return {in.type,   as_image(in.shape), as_image(out.shape), before(2),
          before(1), before(0),          out.quantization,    n.alpha};
}

[[nodiscard]] constexpr kernels::resize::problem resize_of(graph_view const& g, node const& n) {
  tensor_info const &in = g.input(n), &out = g.output(n);
  return {in.type, as_image(in.shape), as_image(out.shape), n.resampling, n.alpha, n.beta};
}

/// A transpose, or a slice.
[[nodiscard]] constexpr kernels::strided_copy::problem moved_of(graph_view const& g, node const& n) {
  tensor_info const& in = g.input(n);
  if (n.kind == op::transpose) return kernels::strided_copy::transposed(in.type, in.shape, n.axes);
  kernels::strided_copy::problem p{
      .type = in.type, .output = {}, .input_elements = static_cast<std::int32_t>(in.shape.elements())};
  std::int32_t step = p.input_elements;
  for (std::size_t i = 0; i < in.shape.rank(); ++i) {
    auto const [before, after] = n.padding[i];
    bool const backwards = n.axes[i] < 0;
    std::int32_t const every = backwards ? -n.axes[i] : n.axes[i], left = in.shape[i] - before - after;
    step = quotient(step, in.shape[i]);
    p.first += (backwards ? in.shape[i] - 1 - after : before) * step;
    p.steps[i] = n.axes[i] * step;
    p.output.push_back(quotient(left - 1, every) + 1);
  }
  return p;
}

[[nodiscard]] constexpr kernels::softmax::problem softmax_of(graph_view const& g, node const& n) {
  tensor_info const& in = g.input(n);
  return {in.type,
          as_image(in.shape),
          n.beta,
          in.quantization,
          g.output(n).quantization,
          {},
          n.unary == unary_function::log};
}

/// A concat's operand or output as it is walked over: along the channels a pixel is a pixel; along other axes
/// it is everything behind the axis.
[[nodiscard]] constexpr image_shape concat_image(node const& n, shape const& s) {
  auto const axis = static_cast<std::size_t>(n.axes[0]);
  if (axis + 1 == s.rank()) return as_image(s);
  image_shape image{1, 1, 1, 1};
  for (std::size_t i = 0; i < s.rank(); ++i) (i < axis ? image.width : image.channels) *= s[i];
  return image;
}

[[nodiscard]] constexpr kernels::elementwise::rescale_problem part_of(graph_view const& g, node const& n,
                                                                      std::size_t part) {
  auto p = unary_of<kernels::elementwise::rescale_problem>(g, n, part);
  p.image = concat_image(n, g.input(n, part).shape);
  return p;
}

}  // namespace linnet::inline LINNET_ISA::detail
