// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include <linnet/base/expected.hpp>
#include <linnet/graph/error.hpp>
#include <linnet/graph/graph.hpp>
#include <linnet/graph/validate.hpp>
#include <linnet/kernels/kernels.hpp>
#include <linnet/runtime/node_problems.hpp>
#include <linnet/runtime/node_requirements.hpp>

// From a node to the kernel calls that compute it: the only place that knows both the graph's operators and
// the kernels' problems.
namespace linnet::inline LINNET_ISA {

/// How one kernel call lies in its node: which operands it reads, which part of every output pixel it writes.
struct kernel_call {
  std::array<std::size_t, 2> operands{};  ///< indices of the node's inputs
  std::size_t operand_count = 1;          ///< 1 or 2
  image_shape input{}, output{};          ///< as the executor walks them: batches of rows of pixels
  std::int64_t output_offset = 0;         ///< bytes into the output tensor
  std::int32_t output_pixel_stride = 0;   ///< bytes
};

namespace detail {

[[nodiscard]] constexpr kernel_call call_over(image_shape const& input, image_shape const& output,
                                              element_type type) {
  return {.input = input,
          .output = output,
          .output_pixel_stride = static_cast<std::int32_t>(bytes_of(type, output.channels))};
}

template <class Problem, class F>
[[nodiscard]] constexpr expected<void, graph_error> lower_unary(graph_view const& g, node const& n, F&& f) {
  auto const problem = unary_of<Problem>(g, n);
  return f(problem, call_over(problem.image, problem.image, problem.output_type));
}

/// A call of two operands and an output of one type.
template <class Problem, class F>
[[nodiscard]] constexpr expected<void, graph_error> lower_pair(graph_view const& g, node const& n,
                                                               Problem const& p, image_shape const& input,
                                                               image_shape const& output, F&& f) {
  element_type const type = g.output(n).type;
  if (type != g.input(n).type || type != g.input(n, 1).type)
    return lowering_fault(graph_fault::types_not_supported, g.outputs(n)[0]);
  kernel_call call = call_over(input, output, type);
  call.operands = {0, 1};
  call.operand_count = 2;
  return f(p, call);
}

template <class F>
[[nodiscard]] constexpr expected<void, graph_error> lower_reduced(graph_view const& g, node const& n, F&& f) {
  tensor_info const &in = g.input(n), &out = g.output(n);
  for (std::int32_t axis : n.axes) {
    auto const i = static_cast<std::size_t>(axis);
    if (i + 3 < in.shape.rank() && in.shape[i] != 1)
      return lowering_fault(graph_fault::bad_axis, g.inputs(n)[0]);
  }
  bool const gives_other_type = n.kind == op::reduce && gives_index(n.reduction);
  if (in.type != out.type && !gives_other_type)
    return lowering_fault(graph_fault::types_not_supported, g.outputs(n)[0]);
  auto const lowered = [&](auto const& p) {
    image_shape const output{p.input.batch, p.over_height ? 1 : p.input.height, p.output_width(),
                             p.output_channels()};
    return f(p, call_over(p.input, output, out.type));
  };
  return n.kind == op::mean ? lowered(mean_of(g, n)) : lowered(reduction_of(g, n));
}

template <class F>
[[nodiscard]] constexpr expected<void, graph_error> lower_pad(graph_view const& g, node const& n, F&& f) {
  std::size_t const rank = g.input(n).shape.rank();
  for (std::size_t i = 3; i < rank; ++i) {
    if (n.padding[rank - 1 - i] != edge_padding{})
      return lowering_fault(graph_fault::bad_padding, g.inputs(n)[0]);
  }
  auto const p = pad_of(g, n);
  return f(p, call_over(p.input, p.output, p.type));
}

template <class F>
[[nodiscard]] constexpr expected<void, graph_error> lower_moved(graph_view const& g, node const& n, F&& f) {
  auto const p = moved_of(g, n);
  return f(p, call_over(input_image_of(p), image_of(p), p.type));
}

template <class F>
[[nodiscard]] constexpr expected<void, graph_error> lower_custom(graph_view const& g, node const& n, F&& f) {
  auto const p = custom_of(g, n);
  kernel_call call = call_over(input_image_of(p), image_of(p), p.output.type);
  call.operand_count = p.operands;
  call.operands = {0, p.operands - 1};
  return f(p, call);
}

/// Concatenation is one rescaling (or copy) an operand, into its part of every output pixel.
template <class F>
[[nodiscard]] constexpr expected<void, graph_error> lower_concat(graph_view const& g, node const& n, F&& f) {
  tensor_info const& out = g.output(n);
  auto const stride = static_cast<std::int32_t>(bytes_of(out.type, concat_image(n, out.shape).channels));
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < n.inputs.count; ++i) {
    auto const problem = part_of(g, n, i);
    kernel_call call = call_over(problem.image, problem.image, out.type);
    call.operands = {i, 0};
    call.output_offset = offset;
    offset += call.output_pixel_stride;
    call.output_pixel_stride = stride;
    if (auto lowered = f(problem, call); !lowered) return lowered;
  }
  return {};
}

}  // namespace detail

/// Whether a node's output is its input's bytes under another shape: it needs no kernel and no memory of its
/// own.
[[nodiscard]] constexpr bool is_alias(graph_view const& g, node const& n) {
  return n.kind == op::reshape && g.input(n).role == tensor_role::activation;
}

/// The problem of the part-th call of a node that `lower` accepts, where its type is known.
template <class Problem>
[[nodiscard]] constexpr Problem problem_of(graph_view const& g, node const& n, std::size_t part = 0) {
  if constexpr (std::derived_from<Problem, kernels::convolution_problem>) {
    return detail::convolution_of<Problem>(g, n);
  } else if constexpr (std::derived_from<Problem, kernels::pool::problem>) {
    return detail::pool_of<Problem>(g, n);
  } else if constexpr (std::same_as<Problem, kernels::dense::problem>) {
    return detail::dense_of(g, n);
  } else if constexpr (std::same_as<Problem, kernels::elementwise::add_problem>) {
    return detail::add_of(g, n);
  } else if constexpr (std::same_as<Problem, kernels::mean::problem>) {
    return detail::mean_of(g, n);
  } else if constexpr (std::same_as<Problem, kernels::reduce::problem>) {
    return detail::reduction_of(g, n);
  } else if constexpr (std::same_as<Problem, kernels::softmax::problem>) {
    return detail::softmax_of(g, n);
  } else if constexpr (std::same_as<Problem, kernels::pad::problem>) {
    return detail::pad_of(g, n);
  } else if constexpr (std::same_as<Problem, kernels::strided_copy::problem>) {
    return detail::moved_of(g, n);
  } else if constexpr (std::same_as<Problem, kernels::resize::problem>) {
    return detail::resize_of(g, n);
  } else if constexpr (std::same_as<Problem, kernels::unary::problem>) {
    return detail::function_of(g, n);
  } else if constexpr (std::same_as<Problem, kernels::batch_matmul::problem>) {
    return detail::matrices_of(g, n);
  } else if constexpr (std::same_as<Problem, kernels::binary::problem>) {
    return detail::binary_of(g, n);
  } else if constexpr (std::same_as<Problem, kernels::custom::problem>) {
    return detail::custom_of(g, n);
  } else if constexpr (std::same_as<Problem, kernels::recurrent::problem>) {
    return detail::recurrent_of(g, n);
  } else if constexpr (std::same_as<Problem, kernels::elementwise::rescale_problem>) {
    if (n.kind == op::concat) return detail::part_of(g, n, part);
    return n.kind == op::reshape ? detail::copy_of(g, n) : detail::unary_of<Problem>(g, n);
  } else {
    return detail::unary_of<Problem>(g, n);
  }
}

/// Calls `f(problem, kernel_call) -> expected<void, graph_error>` for every kernel call of a node, in order;
/// stops at the first error and returns it. Refuses what no kernel could compute exactly. Precondition: the
/// graph is valid.
template <class F>
[[nodiscard]] constexpr expected<void, graph_error> lower(graph_view const& g, node const& n, F&& f) {
  if (is_alias(g, n)) return detail::require_same_quantization(g, n);
  auto const checked = [&]() -> expected<void, graph_error> {
    switch (n.kind) {
      case op::conv2d:
      case op::dense:
      case op::transpose_conv2d: return detail::require_weights(g, n, 0);
      case op::depthwise_conv2d: return detail::require_weights(g, n, 3);
      case op::average_pool2d:
      case op::max_pool2d:
        if (n.activation != activation::none) {  // its bounds are real numbers
          if (auto scaled = detail::require_scales(g, n); !scaled) return scaled;
        }
        return detail::require_same_quantization(g, n);
      case op::reduce:
        if (gives_index(n.reduction)) return {};
        return detail::require_same_quantization(g, n);
      case op::pad:
      case op::reshape:
      case op::resize:
      case op::slice:
      case op::transpose: return detail::require_same_quantization(g, n);
      case op::concat:
      case op::relu:
      case op::requantize: return detail::require_rescalable(g, n);
      case op::recurrent: return detail::require_recurrent(g, n);
      case op::unary:
        if (n.unary == unary_function::cast) return {};
        return detail::require_scales(g, n);
      default: return detail::require_scales(g, n);
    }
  }();
  if (!checked) return checked;
  switch (n.kind) {
    case op::conv2d: {
      auto const p = detail::convolution_of<kernels::conv2d::problem>(g, n);
      return f(p, detail::call_over(input_image_of(p), image_of(p), p.output_type));
    }
    case op::depthwise_conv2d: {
      auto const p = detail::convolution_of<kernels::depthwise::problem>(g, n);
      return f(p, detail::call_over(input_image_of(p), image_of(p), p.output_type));
    }
    case op::transpose_conv2d: {
      auto const p = detail::convolution_of<kernels::transpose_conv2d::problem>(g, n);
      return f(p, detail::call_over(input_image_of(p), image_of(p), p.output_type));
    }
    case op::average_pool2d: {
      auto const p = detail::pool_of<kernels::pool::average_problem>(g, n);
      return f(p, detail::call_over(p.input, p.output, p.type));
    }
    case op::max_pool2d: {
      auto const p = detail::pool_of<kernels::pool::max_problem>(g, n);
      return f(p, detail::call_over(p.input, p.output, p.type));
    }
    case op::softmax: {
      if (g.input(n).type != g.output(n).type)
        return detail::lowering_fault(graph_fault::types_not_supported, g.outputs(n)[0]);
      auto const p = detail::softmax_of(g, n);
      return f(p, detail::call_over(p.image, p.image, p.type));
    }
    case op::dense: {
      auto const p = detail::dense_of(g, n);
      return f(p, detail::call_over(p.input, p.output, p.output_type));
    }
    case op::add: {
      auto const p = detail::add_of(g, n);
      return detail::lower_pair(g, n, p, p.image, p.image, f);
    }
    case op::mean:
    case op::reduce: return detail::lower_reduced(g, n, f);
    case op::concat: return detail::lower_concat(g, n, f);
    case op::pad: return detail::lower_pad(g, n, f);
    case op::resize: {
      auto const p = detail::resize_of(g, n);
      return f(p, detail::call_over(input_image_of(p), image_of(p), p.type));
    }
    case op::slice:
    case op::transpose: return detail::lower_moved(g, n, f);
    case op::binary: {  // of different shapes: one pixel that is the whole tensor
      auto const p = detail::binary_of(g, n);
      return detail::lower_pair(g, n, p, image_of(p), image_of(p), f);
    }
    case op::batch_matmul: {
      auto const p = detail::matrices_of(g, n);
      return detail::lower_pair(g, n, p, input_image_of(p), image_of(p), f);
    }
    case op::custom: return detail::lower_custom(g, n, f);
    case op::recurrent: {
      auto const p = detail::recurrent_of(g, n);
      return f(p, detail::call_over(p.input, p.output, p.type));
    }
    case op::unary: {
      auto const p = detail::function_of(g, n);
      return f(p, detail::call_over(p.image, p.image, p.output_type));
    }
    case op::logistic: return detail::lower_unary<kernels::elementwise::logistic_problem>(g, n, f);
    case op::quantize: return detail::lower_unary<kernels::elementwise::quantize_problem>(g, n, f);
    case op::dequantize: return detail::lower_unary<kernels::elementwise::dequantize_problem>(g, n, f);
    case op::reshape: {
      auto const p = detail::copy_of(g, n);
      return f(p, detail::call_over(p.image, p.image, p.output_type));
    }
    case op::relu:
    case op::requantize: return detail::lower_unary<kernels::elementwise::rescale_problem>(g, n, f);
  }
  return detail::lowering_fault(graph_fault::types_not_supported, g.outputs(n)[0]);
}

}  // namespace linnet::inline LINNET_ISA
