// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/io/onnx/window.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// Weights of a convolution (outputs, inputs of a group, rows, columns), the kind of node they belong to, and
/// the order in which that node wants them.
struct convolution_weights {
  constant values{};
  op kind = op::conv2d;
  dimension_order order{};
};

[[nodiscard]] inline result<convolution_weights> read_weights(stated_operator& from, shape const& image) {
  auto const w = from.reals(1);
  if (!w) return unexpected(w.error());
  std::int64_t const groups = from.attributes.integer("group", 1);
  std::int32_t const channels = image[1];
  if (w->shape.rank() != 4 || groups < 1 || groups > channels || w->shape[1] * groups != channels ||
      w->shape[0] % groups != 0) {
    return fail(errc::invalid_graph, "its weights " + describe(w->shape) + " in " + std::to_string(groups) +
                                         " groups do not fit its input " + describe(image));
  }
  convolution_weights made{*w, op::conv2d, channels_last(4)};
  if (groups == 1) return made;
  if (groups != channels) {
    return fail(errc::not_supported, "a convolution of " + std::to_string(channels) + " channels in " +
                                         std::to_string(groups) + " groups is not supported");
  }
  made.kind = op::depthwise_conv2d;  // stored (1, rows, columns, outputs)
  made.order = {};
  for (std::int32_t dimension : {1, 2, 3, 0}) made.order.push_back(dimension);
  return made;
}

[[nodiscard]] inline result<void> read_conv(stated_operator& from) {
  auto const x = image(from);
  if (!x) return unexpected(x.error());
  auto const w = read_weights(from, x->stated);
  if (!w) return unexpected(w.error());
  auto const window =
      read_window(from.attributes, x->stated, {w->values.shape[2], w->values.shape[3]}, false);
  if (!window) return unexpected(window.error());
  if (auto known = from.attributes.finish(); !known) return known;
  node n;
  n.kind = w->kind;
  n.window = window->window;
  auto const weights = from.writer.add_constant(permuted(w->values.shape, w->order),
                                                permuted_reals(w->values, w->order), from.stated.input(1));
  if (!weights) return unexpected(weights.error());
  if (!from.has_input(2)) return from.give_node(n, {x->id, *weights}, channels_last(4));
  auto const b = from.reals(2);
  if (!b) return unexpected(b.error());
  if (!(b->shape == shape{w->values.shape[0]})) {
    return fail(errc::invalid_graph, from.input_in_words(2) + "a bias of shape " + describe(b->shape) +
                                         " for " + std::to_string(w->values.shape[0]) + " channels");
  }
  auto const bias =
      from.writer.add_constant(b->shape, permuted_reals(*b, stated_order(1)), from.stated.input(2));
  if (!bias) return unexpected(bias.error());
  return from.give_node(n, {x->id, *weights, *bias}, channels_last(4));
}

/// Pools have a window of their own: no dilation, and less padding than kernel on every side.
[[nodiscard]] inline result<resolved_window> read_pool_window(stated_operator& from, shape const& image) {
  auto const made = read_window(from.attributes, image, {0, 0}, from.attributes.flag("ceil_mode"));
  if (!made) return made;
  window2d const& w = made->window;
  if (w.dilation != extent2d{1, 1})
    return fail(errc::not_supported, "a pool with dilations is not supported");
  padding2d const& p = w.padding;
  if (p.top >= w.kernel.height || p.bottom >= w.kernel.height || p.left >= w.kernel.width ||
      p.right >= w.kernel.width) {
    return fail(errc::not_supported, "a pool with as much padding as kernel is not supported");
  }
  return made;
}

[[nodiscard]] constexpr padding2d sum(padding2d const& a, padding2d const& b) {
  return {a.top + b.top, a.left + b.left, a.bottom + b.bottom, a.right + b.right};
}

[[nodiscard]] inline result<void> read_max_pool(stated_operator& from) {
  auto const x = image(from);
  if (!x) return unexpected(x.error());
  auto const window = read_pool_window(from, x->stated);
  if (!window) return unexpected(window.error());
  from.attributes.pass_over("storage_order");  // of the second result, which nobody reads
  if (auto known = from.attributes.finish(); !known) return known;
  node n;
  n.kind = op::max_pool2d;
  n.window = window->window;
  n.window.padding = sum(n.window.padding, window->overhang);
  return from.give_node(n, {x->id}, channels_last(4));
}

/// linnet's average leaves padding out of the count. Where the file counts its padding, zeros are put there
/// in a node of their own; the overhang of a rounded-up count is never counted.
[[nodiscard]] inline result<void> read_average_pool(stated_operator& from) {
  auto x = image(from);
  if (!x) return unexpected(x.error());
  auto const window = read_pool_window(from, x->stated);
  if (!window) return unexpected(window.error());
  bool const counts_padding = from.attributes.flag("count_include_pad");
  if (auto known = from.attributes.finish(); !known) return known;
  node n;
  n.kind = op::average_pool2d;
  n.window = window->window;
  padding2d const p = n.window.padding;
  if (counts_padding && p != padding2d{}) {
    node zeros;
    zeros.kind = op::pad;
    zeros.padding[1] = {p.top, p.bottom};
    zeros.padding[2] = {p.left, p.right};
    auto const padded = from.writer.add_node(zeros, {x->id}, from.output_name() + "/padded");
    if (!padded) return unexpected(padded.error());
    x->id = *padded;
    n.window.padding = {};
  }
  n.window.padding = sum(n.window.padding, window->overhang);
  return from.give_node(n, {x->id}, channels_last(4));
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
