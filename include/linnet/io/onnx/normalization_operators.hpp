// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

#include <linnet/io/onnx/matrix_operators.hpp>
#include <linnet/io/onnx/pool_operators.hpp>
#include <linnet/io/onnx/quantized_operators.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// x / (bias + alpha * m)^beta, where m is the mean of the squares of `size` channels around x's, beyond the
/// first and last of which there are zeros: a pool over an image whose columns are the channels.
[[nodiscard]] inline result<void> read_lrn(stated_operator& from) {
  auto const value = from.settled_activation(0);
  if (!value) return unexpected(value.error());
  std::int64_t const size = from.attributes.integer("size", 0);
  float const alpha = from.attributes.real("alpha", 1e-4f), beta = from.attributes.real("beta", 0.75f),
              bias = from.attributes.real("bias", 1.0f);
  if (auto known = from.attributes.finish(); !known) return known;
  std::size_t const rank = value->stated.rank();
  if (rank < 2 || size < 1 || size > most_window) {
    return fail(errc::invalid_graph,
                std::to_string(size) + " channels around those of its input " + describe(value->stated));
  }
  auto const x = from.writer.in_order(*value, channels_last(rank));
  if (!x) return unexpected(x.error());
  std::string const name = from.node_name();
  graph_writer& writer = from.writer;
  shape const stored = writer.view().tensor(x->id).shape;
  std::int32_t const channels = stored.back(0);
  auto made =
      writer.add_node({.kind = op::unary, .unary = unary_function::square}, {x->id}, name + "/squares");
  if (made) {
    made = writer.view_as(*made, {1, static_cast<std::int32_t>(stored.elements() / channels), channels, 1});
  }
  if (made) {
    auto const before = static_cast<std::int32_t>((size - 1) / 2);
    pooled_dimension const around{
        static_cast<std::int32_t>(size), 1, 1, {before, static_cast<std::int32_t>(size) - 1 - before, 0}};
    made = add_pool(from, true, true, *made, {}, around, name + "/means");
  }
  if (made) made = writer.view_as(*made, stored);
  if (made) made = scaled(from, *made, alpha, name + "/parts");
  if (made) made = with_numbers(from, binary_function::add, *made, {}, {bias}, name + "/base");
  if (made && beta == 0.5f) {
    made = writer.add_node({.kind = op::unary, .unary = unary_function::sqrt}, {*made}, name + "/power");
  } else if (made) {
    made = writer.add_node({.kind = op::unary, .unary = unary_function::log}, {*made}, name + "/logarithm");
    if (made) made = scaled(from, *made, beta, name + "/exponent");
    if (made)
      made = writer.add_node({.kind = op::unary, .unary = unary_function::exp}, {*made}, name + "/power");
  }
  if (!made) return unexpected(made.error());
  return from.give_node({.kind = op::binary, .binary = binary_function::div}, {x->id, *made},
                        channels_last(rank));
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
