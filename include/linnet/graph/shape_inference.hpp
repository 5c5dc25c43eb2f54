// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/expected.hpp>
#include <linnet/graph/error.hpp>
#include <linnet/graph/graph.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

[[nodiscard]] constexpr unexpected<graph_error> shape_fault(graph_fault fault, shape const& first = {},
                                                            shape const& second = {}) {
  return unexpected<graph_error>({.fault = fault, .first = first, .second = second});
}

/// Every number of a window inside the range in which no sum of theirs can overflow.
[[nodiscard]] constexpr bool plausible(window2d const& w) {
  constexpr std::int32_t limit = 1 << 14;
  auto const positive = [](std::int32_t v) { return v >= 1 && v <= limit; };
  auto const natural = [](std::int32_t v) { return v >= 0 && v <= limit; };
  return positive(w.kernel.height) && positive(w.kernel.width) && positive(w.stride.height) &&
         positive(w.stride.width) && positive(w.dilation.height) && positive(w.dilation.width) &&
         natural(w.padding.top) && natural(w.padding.left) && natural(w.padding.bottom) &&
         natural(w.padding.right);
}

/// Rows or columns that a window makes; below 1 where the kernel exceeds its padded input.
[[nodiscard]] constexpr std::int32_t windowed_extent(std::int32_t input, std::int32_t kernel,
                                                     std::int32_t stride, std::int32_t dilation,
                                                     std::int32_t before, std::int32_t after) {
  std::int64_t const room = std::int64_t{input} + before + after - (std::int64_t{kernel - 1} * dilation + 1);
  return room < 0 ? 0 : static_cast<std::int32_t>(room / stride + 1);
}

[[nodiscard]] constexpr expected<shape, graph_error> windowed_shape(shape const& input, window2d const& w,
                                                                    std::int32_t channels) {
  if (!plausible(w)) return shape_fault(graph_fault::bad_window, input);
  std::int32_t const height = windowed_extent(input[1], w.kernel.height, w.stride.height, w.dilation.height,
                                              w.padding.top, w.padding.bottom);
  std::int32_t const width = windowed_extent(input[2], w.kernel.width, w.stride.width, w.dilation.width,
                                             w.padding.left, w.padding.right);
  if (height < 1 || width < 1) {
    return shape_fault(graph_fault::kernel_exceeds_input, input,
                       {1, w.kernel.height, w.kernel.width, input[3]});
  }
  return shape{input[0], height, width, channels};
}

[[nodiscard]] constexpr expected<shape, graph_error> convolved_shape(graph_view const& g, node const& n) {
  shape const &input = g.input(n, 0).shape, &weights = g.input(n, 1).shape;
  if (input.rank() != 4 || weights.rank() != 4) return shape_fault(graph_fault::wrong_rank, input, weights);
  bool const depthwise = n.kind == op::depthwise_conv2d;
  bool const chains = depthwise ? weights[0] == 1 && weights[3] % input[3] == 0 : weights[3] == input[3];
  if (!chains || weights[1] != n.window.kernel.height || weights[2] != n.window.kernel.width) {
    return shape_fault(graph_fault::shapes_do_not_chain, input, weights);
  }
  return windowed_shape(input, n.window, depthwise ? weights[3] : weights[0]);
}

/// Products of matrices, a pair for each entry of the outer dimensions.
[[nodiscard]] constexpr expected<shape, graph_error> multiplied_shape(graph_view const& g, node const& n) {
  shape const &a = g.input(n, 0).shape, &b = g.input(n, 1).shape;
  if (a.rank() < 2 || b.rank() < 2) return shape_fault(graph_fault::wrong_rank, a, b);
  bool const a_turned = n.transposed[0], b_turned = n.transposed[1];
  if (a.back(a_turned ? 1 : 0) != b.back(b_turned ? 0 : 1))
    return shape_fault(graph_fault::shapes_do_not_chain, a, b);
  shape made;
  for (std::size_t i = max(a.rank(), b.rank()); i-- > 2;) {
    std::int32_t const x = a.back(i), y = b.back(i);
    if (x != y && x != 1 && y != 1) return shape_fault(graph_fault::shapes_differ, a, b);
    made.push_back(max(x, y));
  }
  made.push_back(a.back(a_turned ? 0 : 1));
  made.push_back(b.back(b_turned ? 1 : 0));
  return made;
}

/// Every input pixel is spread over a window of the output.
[[nodiscard]] constexpr expected<shape, graph_error> spread_shape(graph_view const& g, node const& n) {
  shape const &input = g.input(n, 0).shape, &weights = g.input(n, 1).shape;
  window2d const& w = n.window;
  if (input.rank() != 4 || weights.rank() != 4) return shape_fault(graph_fault::wrong_rank, input, weights);
  if (weights[3] != input[3] || weights[1] != w.kernel.height || weights[2] != w.kernel.width)
    return shape_fault(graph_fault::shapes_do_not_chain, input, weights);
  if (!plausible(w)) return shape_fault(graph_fault::bad_window, input);
  constexpr std::int32_t limit = 1 << 14;
  for (std::size_t i = 0; i < max_rank; ++i) {
    auto const [before, after] = n.padding[i];
    bool const added = i == 1 || i == 2;
    if (before != 0 || after < 0 || after > (added ? limit : 0))
      return shape_fault(graph_fault::bad_padding, input);
  }
  auto const spread = [](std::int32_t extent, std::int32_t kernel, std::int32_t stride, std::int32_t dilation,
                         std::int32_t less, std::int32_t more) {
    return std::int64_t{extent - 1} * stride + std::int64_t{kernel - 1} * dilation + 1 - less + more;
  };
  padding2d const& p = w.padding;
  std::int64_t const height = spread(input[1], w.kernel.height, w.stride.height, w.dilation.height,
                                     p.top + p.bottom, n.padding[1].after),
                     width = spread(input[2], w.kernel.width, w.stride.width, w.dilation.width,
                                    p.left + p.right, n.padding[2].after);
  if (height < 1 || width < 1) return shape_fault(graph_fault::bad_window, input);
  if (height > std::numeric_limits<std::int32_t>::max() || width > std::numeric_limits<std::int32_t>::max())
    return shape_fault(graph_fault::tensor_too_large, input);
  return shape{input[0], static_cast<std::int32_t>(height), static_cast<std::int32_t>(width), weights[0]};
}

/// The largest part of a pooling window that can lie in the padding must be smaller than the window.
[[nodiscard]] constexpr expected<shape, graph_error> pooled_shape(graph_view const& g, node const& n) {
  shape const& input = g.input(n).shape;
  if (input.rank() != 4) return shape_fault(graph_fault::wrong_rank, input);
  window2d const& w = n.window;
  if (w.dilation != extent2d{1, 1}) return shape_fault(graph_fault::bad_window, input);
  if (w.padding.top >= w.kernel.height || w.padding.bottom >= w.kernel.height ||
      w.padding.left >= w.kernel.width || w.padding.right >= w.kernel.width) {
    return shape_fault(graph_fault::padding_not_pooled, input,
                       {1, w.kernel.height, w.kernel.width, input[3]});
  }
  return windowed_shape(input, w, input[3]);
}

[[nodiscard]] constexpr expected<shape, graph_error> dense_shape(graph_view const& g, node const& n) {
  shape const &input = g.input(n, 0).shape, &weights = g.input(n, 1).shape, &stated = g.output(n).shape;
  if (weights.rank() != 2) return shape_fault(graph_fault::wrong_rank, weights);
  std::int64_t const rows = input.elements() / weights[1];
  if (input.elements() != rows * weights[1])
    return shape_fault(graph_fault::shapes_do_not_chain, input, weights);
  // The rows may keep their extents or be merged into one: both spellings are in use.
  if (stated.rank() > 0 && stated.back(0) == weights[0] && stated.elements() == rows * weights[0])
    return stated;
  return shape{static_cast<std::int32_t>(rows), weights[0]};
}

/// Marks the axes of `n` in `chosen`; false where one is out of range or named twice.
[[nodiscard]] constexpr bool mark_axes(node const& n, std::size_t rank, std::array<bool, max_rank>& chosen) {
  for (std::int32_t axis : n.axes) {
    if (axis < 0 || static_cast<std::size_t>(axis) >= rank || chosen[static_cast<std::size_t>(axis)])
      return false;
    chosen[static_cast<std::size_t>(axis)] = true;
  }
  return true;
}

[[nodiscard]] constexpr expected<shape, graph_error> mean_shape(graph_view const& g, node const& n) {
  shape const &input = g.input(n).shape, &stated = g.output(n).shape;
  std::array<bool, max_rank> reduced{};
  if (n.axes.empty() || !mark_axes(n, input.rank(), reduced))
    return shape_fault(graph_fault::bad_axis, input);
  shape kept, dropped;
  for (std::size_t i = 0; i < input.rank(); ++i) {
    kept.push_back(reduced[i] ? 1 : input[i]);
    if (!reduced[i]) dropped.push_back(input[i]);
  }
  return stated == dropped ? dropped : kept;  // reduced dimensions may stay as 1 or go
}

[[nodiscard]] constexpr expected<shape, graph_error> concat_shape(graph_view const& g, node const& n) {
  shape result = g.input(n, 0).shape;
  std::array<bool, max_rank> chosen{};
  if (n.axes.size() != 1 || !mark_axes(n, result.rank(), chosen))
    return shape_fault(graph_fault::bad_axis, result);
  auto const axis = static_cast<std::size_t>(n.axes[0]);
  std::int64_t sum = result[axis];
  for (std::size_t i = 1; i < n.inputs.count; ++i) {
    shape part = g.input(n, i).shape;
    if (part.rank() != result.rank()) return shape_fault(graph_fault::shapes_differ, part, result);
    sum += part[axis];
    part[axis] = result[axis];
    if (!(part == result))
      return shape_fault(graph_fault::shapes_differ, g.input(n, i).shape, g.input(n, 0).shape);
  }
  if (sum > std::numeric_limits<std::int32_t>::max())
    return shape_fault(graph_fault::tensor_too_large, result);
  result[axis] = static_cast<std::int32_t>(sum);
  return result;
}

/// The larger one of each pair of extents, counted from the innermost; the other one must be equal or 1.
[[nodiscard]] constexpr expected<shape, graph_error> broadcast_shape(shape const& a, shape const& b) {
  shape made;
  for (std::size_t i = max(a.rank(), b.rank()); i-- > 0;) {
    std::int32_t const x = a.back(i), y = b.back(i);
    if (x != y && x != 1 && y != 1) return shape_fault(graph_fault::shapes_differ, a, b);
    made.push_back(max(x, y));
  }
  return made;
}

[[nodiscard]] constexpr expected<shape, graph_error> padded_shape(graph_view const& g, node const& n) {
  shape result = g.input(n).shape;
  constexpr std::int32_t limit = 1 << 20;
  for (std::size_t i = 0; i < max_rank; ++i) {
    auto const [before, after] = n.padding[i];
    bool const plausible_here = before >= 0 && after >= 0 && before <= limit && after <= limit &&
                                (i < result.rank() || (before == 0 && after == 0));
    if (!plausible_here) return shape_fault(graph_fault::bad_padding, result);
    if (i >= result.rank()) continue;
    if (result[i] > limit) return shape_fault(graph_fault::tensor_too_large, result);
    result[i] += before + after;
  }
  return result;
}

/// Whether two shapes are the same but for extents of 1.
[[nodiscard]] constexpr bool differ_in_ones(shape const& a, shape const& b) {
  std::size_t i = 0, j = 0;
  for (;;) {
    while (i < a.rank() && a[i] == 1) ++i;
    while (j < b.rank() && b[j] == 1) ++j;
    if (i == a.rank() || j == b.rank()) return i == a.rank() && j == b.rank();
    if (a[i++] != b[j++]) return false;
  }
}

/// Extents of 1 may go, or come.
[[nodiscard]] constexpr expected<shape, graph_error> sliced_shape(graph_view const& g, node const& n) {
  shape const &input = g.input(n).shape, &stated = g.output(n).shape;
  if (n.axes.size() != input.rank()) return shape_fault(graph_fault::bad_axis, input);
  shape made;
  for (std::size_t i = 0; i < input.rank(); ++i) {
    auto const [before, after] = n.padding[i];
    if (n.axes[i] == std::numeric_limits<std::int32_t>::min())
      return shape_fault(graph_fault::bad_axis, input);
    std::int32_t const step = n.axes[i] < 0 ? -n.axes[i] : n.axes[i];
    bool const sound = before >= 0 && after >= 0 && before < input[i] && after < input[i] - before;
    if (!sound) return shape_fault(graph_fault::bad_padding, input);
    bool const steps_inside = step == 1 || (step > 0 && step < input[i]);
    if (!steps_inside) return shape_fault(graph_fault::bad_axis, input);
    made.push_back((input[i] - before - after - 1) / step + 1);
  }
  return differ_in_ones(stated, made) ? stated : made;
}

/// Height and width may be any.
[[nodiscard]] constexpr expected<shape, graph_error> resized_shape(graph_view const& g, node const& n) {
  shape const &input = g.input(n).shape, &stated = g.output(n).shape;
  if (input.rank() != 4 || stated.rank() != 4) return shape_fault(graph_fault::wrong_rank, input, stated);
  if (stated[0] != input[0] || stated[3] != input[3])
    return shape_fault(graph_fault::shapes_do_not_chain, stated, input);
  return stated;
}

[[nodiscard]] constexpr expected<shape, graph_error> transposed_shape(graph_view const& g, node const& n) {
  shape const& input = g.input(n).shape;
  std::array<bool, max_rank> chosen{};
  if (n.axes.size() != input.rank() || !mark_axes(n, input.rank(), chosen)) {
    return shape_fault(graph_fault::bad_axis, input);
  }
  shape result;
  for (std::int32_t axis : n.axes) result.push_back(input[static_cast<std::size_t>(axis)]);
  return result;
}

[[nodiscard]] constexpr custom_tensor as_custom(tensor_info const& t) {
  return {t.shape, t.type, t.quantization};
}
/// A use of a user's operator as that one sees it.
[[nodiscard]] constexpr custom_problem custom_use(graph_view const& g, node const& n) {
  custom_problem p{.operands = n.inputs.count, .output = as_custom(g.output(n)), .a = n.alpha, .b = n.beta};
  for (std::size_t i = 0; i < p.operands; ++i) p.inputs[i] = as_custom(g.input(n, i));
  return p;
}
[[nodiscard]] constexpr expected<shape, graph_error> custom_shape(graph_view const& g, node const& n) {
  shape const& first = g.input(n).shape;
  if (!is_named(n.custom)) return shape_fault(graph_fault::no_operator, first);
  shape const made = n.custom->shape_of(custom_use(g, n));
  for (std::int32_t extent : made) {
    if (extent < 1)
      return shape_fault(graph_fault::operands_refused, first, g.input(n, n.inputs.count - 1).shape);
  }
  return made;
}

/// One row of units for every row of x: how many units is what the output states.
[[nodiscard]] constexpr expected<shape, graph_error> svdf_shape(graph_view const& g, node const& n) {
  shape const &first = g.input(n).shape, &features = g.input(n, 1).shape, &times = g.input(n, 2).shape,
              &stated = g.output(n).shape;
  if (first.rank() < 1 || features.rank() != 2 || times.rank() != 2)
    return shape_fault(graph_fault::wrong_rank, first, features);
  std::int32_t const units = stated.back(0);
  shape made = first;
  made[first.rank() - 1] = units;
  bool const fits = features[1] == first.back(0) && times[0] == features[0] && stated.rank() > 0 &&
                    units > 0 && features[0] % units == 0;
  if (!fits) return shape_fault(graph_fault::shapes_do_not_chain, stated, features);
  if (n.inputs.count == 4 && g.input(n, 3).shape.elements() != units)
    return shape_fault(graph_fault::shapes_do_not_chain, g.input(n, 3).shape, stated);
  return made;
}

[[nodiscard]] constexpr expected<shape, graph_error> lstm_shape(graph_view const& g, node const& n) {
  shape const &first = g.input(n).shape, &inputs = g.input(n, 1).shape, &hidden = g.input(n, 2).shape;
  if (first.rank() != 3 || inputs.rank() != 2 || hidden.rank() != 2)
    return shape_fault(graph_fault::wrong_rank, first, inputs);
  bool const has_time = n.axes.size() == 1 && (n.axes[0] == 0 || n.axes[0] == 1);
  if (!has_time) return shape_fault(graph_fault::bad_axis, first);
  std::int64_t const gates = std::int64_t{hidden[1]} * 4;
  bool const fits = inputs[1] == first[2] && inputs[0] == gates && hidden[0] == gates;
  if (!fits) return shape_fault(graph_fault::shapes_do_not_chain, inputs, hidden);
  if (n.inputs.count == 4 && g.input(n, 3).shape.elements() != gates)
    return shape_fault(graph_fault::shapes_do_not_chain, g.input(n, 3).shape, hidden);
  return shape{first[0], first[1], hidden[1]};
}

}  // namespace detail

/// The shape that a node makes of its operands. Where the operator leaves a choice (reshape; kept or dropped
/// dimensions of mean and dense) the output's stated shape decides. Preconditions: operand counts and indices
/// are right and every operand's extents are at least 1 (`validate` checks them first).
[[nodiscard]] constexpr expected<shape, graph_error> infer_shape(graph_view const& g, node const& n) {
  shape const& first = g.input(n).shape;
  switch (n.kind) {
    case op::conv2d:
    case op::depthwise_conv2d: return detail::convolved_shape(g, n);
    case op::transpose_conv2d: return detail::spread_shape(g, n);
    case op::batch_matmul: return detail::multiplied_shape(g, n);
    case op::dense: return detail::dense_shape(g, n);
    case op::average_pool2d:
    case op::max_pool2d: return detail::pooled_shape(g, n);
    case op::mean:
    case op::reduce: return detail::mean_shape(g, n);
    case op::concat: return detail::concat_shape(g, n);
    case op::pad: return detail::padded_shape(g, n);
    case op::transpose: return detail::transposed_shape(g, n);
    case op::slice: return detail::sliced_shape(g, n);
    case op::resize: return detail::resized_shape(g, n);
    case op::add:
      if (!(first == g.input(n, 1).shape))
        return detail::shape_fault(graph_fault::shapes_differ, first, g.input(n, 1).shape);
      return first;
    case op::reshape:
      if (g.output(n).shape.elements() != first.elements()) {
        return detail::shape_fault(graph_fault::shapes_do_not_chain, g.output(n).shape, first);
      }
      return g.output(n).shape;
    case op::softmax:
      if (first.rank() == 0) return detail::shape_fault(graph_fault::wrong_rank, first);
      return first;
    case op::logistic:
    case op::relu:
    case op::quantize:
    case op::dequantize:
    case op::requantize:
    case op::unary: return first;
    case op::binary: return detail::broadcast_shape(first, g.input(n, 1).shape);
    case op::custom: return detail::custom_shape(g, n);
    case op::recurrent:
      return n.recurrence == recurrence::svdf ? detail::svdf_shape(g, n) : detail::lstm_shape(g, n);
  }
  return detail::shape_fault(graph_fault::types_not_supported);
}

}  // namespace linnet::inline LINNET_ISA
