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

[[nodiscard]] inline result<convolution_weights> read_weights(stated_operator& from, shape const& image,
                                                              constant const& stated) {
  constant const* const w = &stated;
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

/// The operator's result is what a layer makes of an image, or of a list as an image of one row.
[[nodiscard]] inline result<void> give_layer(stated_operator& from, node const& n,
                                             std::vector<tensor_id> const& operands, bool is_list) {
  auto const id = from.writer.add_node(n, operands, from.output_name());
  return id ? give_image(from, *id, is_list) : unexpected(id.error());
}

[[nodiscard]] inline result<void> read_conv(stated_operator& from) {
  auto const x = image_or_list(from);
  if (!x) return unexpected(x.error());
  bool const is_list = is_list_of_channels(from);
  auto stated = from.reals(1);
  if (!stated) return unexpected(stated.error());
  if (is_list) stated->shape = as_image_of_one_row(stated->shape);
  auto const w = read_weights(from, x->stated, *stated);
  if (!w) return unexpected(w.error());
  auto const window =
      read_window(from.attributes, x->stated, is_list, {w->values.shape[2], w->values.shape[3]});
  if (!window) return unexpected(window.error());
  if (auto known = from.attributes.finish(); !known) return known;
  node n;
  n.kind = w->kind;
  n.window = window->window;
  auto const weights = from.writer.add_constant(permuted(w->values.shape, w->order),
                                                permuted_reals(w->values, w->order), from.stated.input(1));
  if (!weights) return unexpected(weights.error());
  std::vector<tensor_id> operands{x->id, *weights};
  if (!from.has_input(2)) return give_layer(from, n, operands, is_list);
  auto const b = from.reals(2);
  if (!b) return unexpected(b.error());
  if (!(b->shape == shape{w->values.shape[0]})) {
    return fail(errc::invalid_graph, from.input_in_words(2) + "a bias of shape " + describe(b->shape) +
                                         " for " + std::to_string(w->values.shape[0]) + " channels");
  }
  auto const bias =
      from.writer.add_constant(b->shape, permuted_reals(*b, stated_order(1)), from.stated.input(2));
  if (!bias) return unexpected(bias.error());
  operands.push_back(*bias);
  return give_layer(from, n, operands, is_list);
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
