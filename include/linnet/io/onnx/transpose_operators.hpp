// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/io/onnx/window_operators.hpp>

// Convolutions the other way round.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// What is cut off one dimension of the output, and what is added behind it.
struct spread_dimension {
  std::int32_t before = 0, after = 0, added = 0;
};

/// The rules of ConvTranspose-11. `whole` is the extent that the input is spread over, `more` the output
/// padding and `wanted` the output that is asked for, -1: by `pads`. What is to go is shared by both sides,
/// the odd one behind where the rule is SAME_UPPER, else in front.
[[nodiscard]] inline spread_dimension cut_to(std::int32_t whole, std::int32_t more, std::int64_t wanted,
                                             bool odd_behind, edge_padding pads) {
  std::int64_t output = std::int64_t{whole} + more - pads.before - pads.after;
  if (wanted >= 0) {
    std::int64_t const total = std::max<std::int64_t>(0, std::int64_t{whole} + more - wanted);
    pads.before = static_cast<std::int32_t>(odd_behind ? total / 2 : total - total / 2);
    output = wanted;
  }
  std::int64_t const behind = whole - pads.before - output;
  return {pads.before, saturate<std::int32_t>(std::max<std::int64_t>(behind, 0)),
          saturate<std::int32_t>(std::max<std::int64_t>(-behind, 0))};
}

/// The window of a transposed convolution, as a node has it.
[[nodiscard]] inline result<node> read_spread_window(attributes& a, shape const& image, bool is_list,
                                                     extent2d weights) {
  using kind = padding_rule::kind;
  auto const stated = read_image_window(a, is_list);
  if (!stated) return unexpected(stated.error());
  auto const kernel = kernel_of(a, *stated, weights);
  if (!kernel) return unexpected(kernel.error());
  std::size_t const dimensions = is_list ? 1 : 2;
  auto more = window_numbers(a, "output_padding", dimensions, 0, 0);
  if (!more) return unexpected(more.error());
  auto wanted = a.integers("output_shape");
  if (wanted && wanted->size() != dimensions) {
    return fail(errc::invalid_graph, "its output_shape has " + std::to_string(wanted->size()) +
                                         " numbers, not " + std::to_string(dimensions));
  }
  if (is_list) more->insert(more->begin(), 0);
  if (is_list && wanted) wanted->insert(wanted->begin(), 1);
  if (image[2] > most_window || image[3] > most_window) {
    return fail(errc::too_large, "an image of " + describe(image) + " to be spread, the limit is " +
                                     std::to_string(most_window));
  }
  kind const mode = stated->rule.mode;
  bool const is_same = mode == kind::same_upper || mode == kind::same_lower;
  auto const along = [&](std::int32_t extent, std::int32_t taps, std::size_t i) {
    std::int32_t const stride = stated->strides[i],
                       whole = (extent - 1) * stride + (taps - 1) * stated->dilations[i] + 1;
    edge_padding pads;
    if (mode == kind::stated) pads = {stated->pads[i], stated->pads[i + 2]};
    std::int64_t const output = wanted ? (*wanted)[i] : is_same ? std::int64_t{extent} * stride : -1;
    return cut_to(whole, (*more)[i], output, mode == kind::same_upper, pads);
  };
  if (wanted && ((*wanted)[0] < 1 || (*wanted)[1] < 1))
    return fail(errc::invalid_graph, "its output_shape has a number below 1");
  auto const rows = along(image[2], kernel->height, 0), columns = along(image[3], kernel->width, 1);
  node n;
  n.kind = op::transpose_conv2d;
  n.window = {.kernel = *kernel,
              .stride = {stated->strides[0], stated->strides[1]},
              .dilation = {stated->dilations[0], stated->dilations[1]},
              .padding = {rows.before, columns.before, rows.after, columns.after}};
  n.padding[1].after = rows.added;
  n.padding[2].after = columns.added;
  return n;
}

/// The image, and the weights (inputs, outputs of a group, rows, columns) and the bias of one of so many
/// groups as the node wants them.
[[nodiscard]] inline result<tensor_id> add_spread_layer(stated_operator& from, node const& n, tensor_id image,
                                                        constant const& w, std::int32_t groups,
                                                        std::int32_t group, std::string const& name) {
  constant const own = part_of_group(w, groups, group);
  dimension_order order;  // (outputs, rows, columns, inputs)
  for (std::int32_t dimension : {1, 2, 3, 0}) order.push_back(dimension);
  auto const weights =
      from.writer.add_constant(permuted(own.shape, order), permuted_reals(own, order), from.stated.input(1));
  if (!weights) return weights;
  std::vector<tensor_id> operands{image, *weights};
  if (from.has_input(2)) {
    auto const b = from.reals(2);
    if (!b) return unexpected(b.error());
    std::int64_t const channels = std::int64_t{own.shape[1]} * groups;
    if (b->shape.rank() != 1 || b->shape[0] != channels) {
      return fail(errc::invalid_graph, from.input_in_words(2) + "a bias of shape " + describe(b->shape) +
                                           " for " + std::to_string(channels) + " channels");
    }
    constant const part = part_of_group(*b, groups, group);
    auto const bias =
        from.writer.add_constant(part.shape, permuted_reals(part, stated_order(1)), from.stated.input(2));
    if (!bias) return bias;
    operands.push_back(*bias);
  }
  return from.writer.add_node(n, operands, name);
}

[[nodiscard]] inline result<void> read_conv_transpose(stated_operator& from) {
  auto const x = image_or_list(from);
  if (!x) return unexpected(x.error());
  bool const is_list = is_list_of_channels(from);
  auto w = from.reals(1);
  if (!w) return unexpected(w.error());
  if (is_list) w->shape = as_image_of_one_row(w->shape);
  std::int64_t const groups = from.attributes.integer("group", 1);
  std::int32_t const channels = x->stated[1];
  if (w->shape.rank() != 4 || w->shape[0] != channels || groups < 1 || channels % groups != 0) {
    return fail(errc::invalid_graph, "its weights " + describe(w->shape) + " in " + std::to_string(groups) +
                                         " groups do not fit its input " + describe(x->stated));
  }
  if (groups > most_groups) {
    return fail(errc::not_supported,
                std::to_string(groups) + " groups are not supported, only " + std::to_string(most_groups));
  }
  auto const n = read_spread_window(from.attributes, x->stated, is_list, {w->shape[2], w->shape[3]});
  if (!n) return unexpected(n.error());
  if (auto known = from.attributes.finish(); !known) return known;
  auto const count = static_cast<std::int32_t>(groups);
  auto const layer = [&](tensor_id image, std::int32_t group, std::string const& name) {
    return add_spread_layer(from, *n, image, *w, count, group, name);
  };
  auto const made = groups > 1 ? add_groups(from, x->id, count, layer) : layer(x->id, 0, from.node_name());
  return made ? give_image(from, *made, is_list) : unexpected(made.error());
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
