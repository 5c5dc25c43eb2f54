// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <linnet/io/axis.hpp>
#include <linnet/io/tflite/stated_operator.hpp>

namespace linnet::inline LINNET_ISA::io::tflite {

namespace detail {

[[nodiscard]] inline result<void> read_concatenation(stated_operator const& from, node& into) {
  using f = concatenation_fields;
  if (from.options.number<std::int8_t>(f::activation) != 0) {
    return fail(errc::not_supported, "a fused activation of a concatenation is not supported");
  }
  auto const axis = dimension(from.options.number<std::int32_t>(f::axis), from.first.shape.rank());
  if (!axis) return unexpected(axis.error());
  into.axes.push_back(*axis);
  return {};
}

/// The axes of a mean, or the permutation of a transposition: both must be distinct dimensions.
[[nodiscard]] inline result<void> read_axes(stated_operator const& from, node& into) {
  auto const stated = from.tensors.integers(from.inputs[1]);
  if (!stated) return unexpected(stated.error());
  std::size_t const rank = from.first.shape.rank();
  if (stated->size() > rank || (from.code == builtin::transpose && stated->size() != rank)) {
    return fail(errc::invalid_graph,
                std::to_string(stated->size()) + " axes of a tensor of rank " + std::to_string(rank));
  }
  std::array<bool, max_rank> taken{};
  for (std::int64_t value : *stated) {
    auto const axis = dimension(value, rank);
    if (!axis) return unexpected(axis.error());
    bool& seen = taken[static_cast<std::size_t>(*axis)];
    if (seen) return fail(errc::invalid_graph, "axis " + std::to_string(value) + " is named twice");
    seen = true;
    into.axes.push_back(*axis);
  }
  return {};
}

template <reduction R>
[[nodiscard]] result<void> read_reduction(stated_operator const& from, node& into) {
  into.reduction = R;
  return read_axes(from, into);
}

[[nodiscard]] inline result<void> read_pad(stated_operator const& from, node& into) {
  auto const stated = from.tensors.integers(from.inputs[1]);
  if (!stated) return unexpected(stated.error());
  std::size_t const rank = from.first.shape.rank();
  if (stated->size() != 2 * rank) {
    return fail(errc::invalid_graph, std::to_string(stated->size()) +
                                         " amounts of padding for a tensor of rank " + std::to_string(rank));
  }
  for (std::size_t i = 0; i < stated->size(); ++i) {
    std::int64_t const amount = (*stated)[i];
    if (amount < 0 || amount > most_image_extent) {
      return fail(errc::invalid_graph, "padding " + std::to_string(amount) + ", not between 0 and " +
                                           std::to_string(most_image_extent));
    }
    auto& here = into.padding[i / 2];
    (i % 2 == 0 ? here.before : here.after) = static_cast<std::int32_t>(amount);
  }
  return {};
}

/// The value counts from the zero point; float32 must hold it.
[[nodiscard]] inline result<void> read_padv2(stated_operator const& from, node& into) {
  element_type const type = from.first.type;
  auto const value = from.tensors.scalar(from.inputs[2], type);
  if (!value) return unexpected(value.error());
  std::int64_t steps = -from.first.quantization.zero_point;
  if (type == f32) into.alpha = load<float>(value->data());
  if (type == s8) steps += load<std::int8_t>(value->data());
  if (type == u8) steps += load<std::uint8_t>(value->data());
  if (type == s16) steps += load<std::int16_t>(value->data());
  if (type == s32) steps += load<std::int32_t>(value->data());
  bool const known = type == f32 || type == s8 || type == u8 || type == s16 || type == s32;
  if (type != f32) into.alpha = static_cast<float>(steps);
  bool const held =
      known && (type == f32 ? is_finite(into.alpha) : static_cast<std::int64_t>(into.alpha) == steps);
  if (!held) return fail(errc::not_supported, "padding with its value is not supported");
  return read_pad(from, into);
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::tflite
