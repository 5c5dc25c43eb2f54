// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <linnet/io/onnx/window.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// How many groups of channels a layer may have that is a node for each.
inline constexpr std::int64_t most_groups = 64;

/// Weights of a convolution (outputs, inputs of a group, rows, columns), the kind of node they belong to, and
/// the order in which that node wants them.
struct convolution_weights {
  constant values{};
  op kind = op::conv2d;
  dimension_order order{};
  std::int32_t groups = 1;  ///< of a conv2d: each is a node
};

[[nodiscard]] inline result<convolution_weights> read_weights(stated_operator& from, shape const& image,
                                                              constant const& w) {
  std::int64_t const groups = from.attributes.integer("group", 1);
  std::int32_t const channels = image[1];
  if (w.shape.rank() != 4 || groups < 1 || groups > channels || w.shape[1] * groups != channels ||
      w.shape[0] % groups != 0) {
    return fail(errc::invalid_graph, "its weights " + describe(w.shape) + " in " + std::to_string(groups) +
                                         " groups do not fit its input " + describe(image));
  }
  convolution_weights made{w, op::conv2d, channels_last(4), 1};
  if (groups == 1) return made;
  if (groups == channels) {
    made.kind = op::depthwise_conv2d;  // stored (1, rows, columns, outputs)
    made.order = {};
    for (std::int32_t dimension : {1, 2, 3, 0}) made.order.push_back(dimension);
    return made;
  }
  made.groups = static_cast<std::int32_t>(groups);
  if (groups <= most_groups) return made;
  return fail(errc::not_supported, "a convolution of " + std::to_string(channels) + " channels in " +
                                       std::to_string(groups) + " groups is not supported, only " +
                                       std::to_string(most_groups));
}

/// The part of a constant along its first dimension that belongs to one of so many groups.
[[nodiscard]] inline constant part_of_group(constant const& all, std::int32_t groups, std::int32_t group) {
  constant part = all;
  part.shape[0] /= groups;
  auto const bytes = static_cast<std::size_t>(part.shape.elements()) * sizeof(float);
  part.bytes = all.bytes.subspan(static_cast<std::size_t>(group) * bytes, bytes);
  return part;
}

/// One node on an image, with weights and a bias.
[[nodiscard]] inline result<tensor_id> add_layer(stated_operator& from, node const& n, tensor_id image,
                                                 convolution_weights const& w,
                                                 std::optional<constant> const& bias,
                                                 std::string const& name) {
  auto const weights = from.writer.add_constant(permuted(w.values.shape, w.order),
                                                permuted_reals(w.values, w.order), from.stated.input(1));
  if (!weights) return weights;
  std::vector<tensor_id> operands{image, *weights};
  if (bias) {
    auto const added =
        from.writer.add_constant(bias->shape, permuted_reals(*bias, stated_order(1)), from.stated.input(2));
    if (!added) return added;
    operands.push_back(*added);
  }
  return from.writer.add_node(n, operands, name);
}

/// What `layer` makes of each group's channels, side by side: of an image, the group's number and a name.
template <class Layer>
[[nodiscard]] result<tensor_id> add_groups(stated_operator& from, tensor_id image, std::int32_t groups,
                                           Layer const& layer) {
  std::int32_t const channels = from.writer.view().tensor(image).shape[3], own = channels / groups;
  std::vector<tensor_id> parts;
  for (std::int32_t group = 0; group < groups; ++group) {
    std::string const name = from.node_name() + "/" + std::to_string(group);
    node cut;
    cut.kind = op::slice;
    cut.axes = {{1, 1, 1, 1}, 4};
    cut.padding[3] = {group * own, channels - (group + 1) * own};
    auto const x = from.writer.add_node(cut, {image}, name + "/input");
    if (!x) return x;
    result<tensor_id> const made = layer(*x, group, name);
    if (!made) return made;
    parts.push_back(*made);
  }
  node joined;
  joined.kind = op::concat;
  joined.axes.push_back(3);
  return from.writer.add_node(joined, parts, from.node_name());
}

/// A node for each group's channels.
[[nodiscard]] inline result<tensor_id> add_grouped_layer(stated_operator& from, node const& n,
                                                         tensor_id image, convolution_weights const& w,
                                                         std::optional<constant> const& bias) {
  return add_groups(from, image, w.groups, [&](tensor_id x, std::int32_t group, std::string const& name) {
    convolution_weights part = w;
    part.values = part_of_group(w.values, w.groups, group);
    auto const own = bias ? std::optional(part_of_group(*bias, w.groups, group)) : std::nullopt;
    return add_layer(from, n, x, part, own, name);
  });
}

/// A convolution of an image of floats with weights as the file has them, of lists or images.
[[nodiscard]] inline result<tensor_id> add_convolution(stated_operator& from, stored_value const& x,
                                                       constant stated, std::optional<constant> const& bias) {
  bool const is_list = is_list_of_channels(from);
  if (is_list) stated.shape = as_image_of_one_row(stated.shape);
  auto const w = read_weights(from, x.stated, stated);
  if (!w) return unexpected(w.error());
  shape const& s = w->values.shape;
  auto const window = read_window(from.attributes, x.stated, is_list, {s[2], s[3]});
  if (!window) return unexpected(window.error());
  if (auto known = from.attributes.finish(); !known) return unexpected(known.error());
  if (bias && !(bias->shape == shape{s[0]})) {
    return fail(errc::invalid_graph, from.input_in_words(2) + "a bias of shape " + describe(bias->shape) +
                                         " for " + std::to_string(s[0]) + " channels");
  }
  node n;
  n.kind = w->kind;
  n.window = window->window;
  return w->groups > 1 ? add_grouped_layer(from, n, x.id, *w, bias)
                       : add_layer(from, n, x.id, *w, bias, from.node_name());
}

[[nodiscard]] inline result<void> read_conv(stated_operator& from) {
  auto const x = image_or_list(from);
  if (!x) return unexpected(x.error());
  auto const w = from.reals(1);
  if (!w) return unexpected(w.error());
  std::optional<constant> bias;
  if (from.has_input(2)) {
    auto const b = from.reals(2);
    if (!b) return unexpected(b.error());
    bias = *b;
  }
  auto const made = add_convolution(from, *x, *w, bias);
  return made ? give_image(from, *made, is_list_of_channels(from)) : unexpected(made.error());
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
