// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <linnet/io/onnx/stated_operator.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// What a channel is multiplied by and what is added then; no offsets: nothing is added.
struct channel_scale {
  std::vector<float> factors{}, offsets{};
};

/// Gives x * factor + offset by the entry of dimension `axis`: a depthwise convolution of 1x1 pixels, which a
/// pass can fold into the layer in front. What is not an image is seen as an image of one row.
[[nodiscard]] inline result<void> give_scaled(stated_operator& from, stored_value const& value,
                                              std::size_t axis, channel_scale const& s) {
  std::size_t const rank = value.stated.rank();
  auto const x = from.writer.in_order(value, with_last(rank, [&](std::size_t d) { return d == axis; }));
  if (!x) return unexpected(x.error());
  auto const channels = static_cast<std::int32_t>(s.factors.size());
  shape const stored = permuted(x->stated, x->order);
  auto const pixels = static_cast<std::int32_t>(stored.elements() / channels);
  auto const as_image = from.writer.view_as(x->id, rank == 4 ? stored : shape{1, 1, pixels, channels});
  if (!as_image) return unexpected(as_image.error());
  auto const factors =
      from.writer.add_constant({1, 1, 1, channels}, s.factors, from.node_name() + "/factors");
  if (!factors) return unexpected(factors.error());
  std::vector<tensor_id> operands{*as_image, *factors};
  if (!s.offsets.empty()) {
    auto const offsets = from.writer.add_constant({channels}, s.offsets, from.node_name() + "/offsets");
    if (!offsets) return unexpected(offsets.error());
    operands.push_back(*offsets);
  }
  node n;
  n.kind = op::depthwise_conv2d;
  auto const made = from.writer.add_node(n, operands, from.node_name());
  if (!made) return unexpected(made.error());
  auto const id = from.writer.view_as(*made, stored);
  return id ? from.give(stored_value{*id, x->stated, x->base, x->order}) : unexpected(id.error());
}

/// Input i of a batch normalization: one finite number a channel.
[[nodiscard]] inline result<constant> channel_numbers(stated_operator& from, int i, std::int32_t channels) {
  auto const c = from.reals(i);
  if (!c) return c;
  if (c->shape == shape{channels}) return c;
  return fail(errc::invalid_graph,
              from.input_in_words(i) + describe(c->shape) + " for " + std::to_string(channels) + " channels");
}

/// scale / sqrt(variance + epsilon) and bias - mean * that, computed in double and rounded once
/// (BatchNormalization-15).
[[nodiscard]] inline result<channel_scale> normalization_of(stated_operator& from, std::int32_t channels,
                                                            float epsilon) {
  std::vector<constant> c;  // scale, bias, mean, variance
  for (int i = 1; i <= 4; ++i) {
    auto const numbers = channel_numbers(from, i, channels);
    if (!numbers) return unexpected(numbers.error());
    c.push_back(*numbers);
  }
  channel_scale made;
  for (std::size_t i = 0; i < static_cast<std::size_t>(channels); ++i) {
    auto const number = [&](std::size_t which) { return static_cast<double>(c[which].real(i)); };
    double const spread = number(3) + static_cast<double>(epsilon);
    if (!(spread > 0.0)) {
      return fail(errc::invalid_graph, from.input_in_words(4) + "variance and epsilon of channel " +
                                           std::to_string(i) + " are not above 0 together");
    }
    double const factor = number(0) / std::sqrt(spread);
    made.factors.push_back(static_cast<float>(factor));
    made.offsets.push_back(static_cast<float>(number(1) - number(2) * factor));
  }
  return made;
}

[[nodiscard]] inline result<void> read_batch_normalization(stated_operator& from) {
  auto const x = from.settled_activation(0);
  if (!x) return unexpected(x.error());
  float const epsilon = from.attributes.real("epsilon", 1e-5f);
  from.attributes.pass_over("momentum");  // of training
  bool const training = from.attributes.flag("training_mode");
  bool const spatial = from.opset >= 9 || from.attributes.flag("spatial", true);
  if (auto known = from.attributes.finish(); !known) return known;
  if (training || !spatial) {
    return fail(errc::not_supported,
                training ? "training_mode 1 is not supported" : "spatial 0 is not supported");
  }
  if (x->stated.rank() < 2) {
    return fail(errc::invalid_graph, "its input " + describe(x->stated) + " has no channels");
  }
  auto const s = normalization_of(from, x->stated[1], epsilon);
  return s ? give_scaled(from, *x, 1, *s) : unexpected(s.error());
}

/// The one dimension of a value along which a constant that is broadcast to it varies; the one that is stored
/// last where it does not vary at all. Nothing where it varies along more, or does not fit without making the
/// value larger.
[[nodiscard]] inline std::optional<std::size_t> varying_axis(shape const& c, stored_value const& x) {
  shape const& s = x.stated;
  if (c.rank() > s.rank() || s.rank() == 0) return std::nullopt;
  std::optional<std::size_t> axis;
  for (std::size_t i = 0; i < c.rank(); ++i) {
    std::size_t const at = i + s.rank() - c.rank();
    if (c[i] == 1) continue;
    if (c[i] != s[at] || axis) return std::nullopt;
    axis = at;
  }
  return axis.value_or(static_cast<std::size_t>(x.order[s.rank() - 1]));
}

/// The constant's numbers for each entry of the axis. One number may stand for more of them than the file has
/// bytes: room is asked for first.
[[nodiscard]] inline result<std::vector<float>> along_axis(stated_operator& from, constant const& c,
                                                           std::int32_t extent) {
  std::size_t const bytes = static_cast<std::size_t>(extent) * sizeof(float);
  if (auto room = from.writer.reserve(bytes); !room) return unexpected(room.error());
  std::vector<float> numbers;
  for (std::size_t i = 0; i < static_cast<std::size_t>(extent); ++i) {
    numbers.push_back(c.real(c.size() == 1 ? 0 : i));
  }
  return numbers;
}

/// Whether a constant has one number for each entry of one dimension of an activation.
[[nodiscard]] inline result<bool> varies_along_one(stated_operator& from, int activation, int other) {
  auto const x = from.settled_activation(activation);
  if (!x) return unexpected(x.error());
  auto const c = from.reals(other);
  if (!c) return unexpected(c.error());
  return varying_axis(c->shape, *x).has_value();
}

/// The product of an activation and such a constant, or their sum. Precondition: `varies_along_one`.
[[nodiscard]] inline result<void> scale_by_constant(stated_operator& from, int activation, int other,
                                                    bool adds) {
  auto const x = from.settled_activation(activation);
  if (!x) return unexpected(x.error());
  auto const c = from.reals(other);
  if (!c) return unexpected(c.error());
  std::size_t const axis = *varying_axis(c->shape, *x);
  auto const numbers = along_axis(from, *c, x->stated[axis]);
  if (!numbers) return unexpected(numbers.error());
  if (!adds) return give_scaled(from, *x, axis, {*numbers, {}});
  return give_scaled(from, *x, axis, {std::vector<float>(numbers->size(), 1.0f), *numbers});
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
