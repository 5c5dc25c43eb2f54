// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <linnet/graph/validate.hpp>
#include <linnet/io/tflite/schema.hpp>
#include <linnet/io/tflite/table.hpp>
#include <linnet/session/describe.hpp>
#include <linnet/session/dynamic_graph.hpp>
#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA::io::tflite {

/// How many per-channel scales the tensors of one network may have together.
inline constexpr std::size_t most_scales = 1u << 22;

/// An inner failure with the place it happened at in front.
[[nodiscard]] inline unexpected<error> within(std::string const& place, error const& inner) {
  return fail(inner.code, place + inner.message);
}

/// What a damaged file is refused with.
inline constexpr std::string_view damage_sentence = "an offset or a length points outside the file";

namespace detail {

[[nodiscard]] inline std::string in_words(float value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", static_cast<double>(value));
  return text.data();
}

[[nodiscard]] inline result<element_type> read_type(table const& stated) {
  auto const code = stated.number<std::int8_t>(tensor_fields::type);
  if (auto const type = element_type_of_tensor(code)) return *type;
  bool const known = code >= 0 && static_cast<std::size_t>(code) < tensor_type_names.size();
  return fail(errc::not_supported, "elements of type " +
                                       (known ? std::string(tensor_type_names[static_cast<std::size_t>(code)])
                                              : std::to_string(code)) +
                                       " are not supported");
}

/// Only a constant may have no extents without saying that it is a scalar: elsewhere that means "not known".
[[nodiscard]] inline result<shape> read_shape(table const& stated, bool constant) {
  auto const extents = stated.numbers<std::int32_t>(tensor_fields::shape);
  if (extents.size() > max_rank) {
    return fail(errc::not_supported, "rank " + std::to_string(extents.size()) +
                                         " is not supported, the limit is " + std::to_string(max_rank));
  }
  if (extents.size() == 0 && !constant && !stated.flag(tensor_fields::has_rank)) {
    return fail(errc::invalid_graph, "its shape is missing");
  }
  linnet::shape made;
  for (std::size_t i = 0; i < extents.size(); ++i) made.push_back(extents[i]);
  for (std::int32_t extent : made) {
    if (extent < 1) {
      return fail(errc::invalid_graph,
                  "its shape " + describe(made) + " has an extent of " + std::to_string(extent));
    }
  }
  if (made.elements(max_elements) < 0) {
    return fail(errc::too_large, "its shape " + describe(made) + " has more than " +
                                     std::to_string(max_elements) + " elements");
  }
  return made;
}

[[nodiscard]] inline result<void> check_scale(float scale) {
  if (is_finite(scale) && scale > 0.0f) return {};
  return fail(errc::invalid_graph, "scale " + in_words(scale) + " is not a finite positive number");
}

/// Limits come first, so that many tensors with one long list cost no time.
[[nodiscard]] inline result<void> read_channel_scales(table const& quantization,
                                                      number_list<float> const& scales, tensor_info& info,
                                                      dynamic_graph& graph) {
  auto const zero_points = quantization.numbers<std::int64_t>(quantization_fields::zero_point);
  // A list has one dimension only. Some converters give a bias the axis of its weights: it means nothing
  // there.
  auto const stated_axis = quantization.number<std::int32_t>(quantization_fields::quantized_dimension);
  std::int32_t const axis = info.shape.rank() == 1 ? 0 : stated_axis;
  auto const position = static_cast<std::size_t>(axis);
  if (axis < 0 || position >= info.shape.rank() ||
      static_cast<std::size_t>(info.shape[position]) != scales.size()) {
    return fail(errc::invalid_graph, std::to_string(scales.size()) + " scales along dimension " +
                                         std::to_string(axis) + " do not fit its shape " +
                                         describe(info.shape));
  }
  if (scales.size() > most_scales - graph.scales.size()) {
    return fail(errc::too_large,
                "more than " + std::to_string(most_scales) + " per-channel scales in one network");
  }
  for (std::size_t i = 0; i < zero_points.size(); ++i) {
    if (zero_points[i] != 0) {
      return fail(errc::not_supported, "per-channel zero points other than 0 are not supported");
    }
  }
  std::vector<float> values(scales.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (auto usable = check_scale(scales[i]); !usable) return usable;
    values[i] = scales[i];
  }
  info.channel_scales = graph.add_scales(values);
  info.channel_axis = axis;
  return {};
}

/// Scales and zero points; a scale for every channel goes into the graph's scales. Floats have none.
[[nodiscard]] inline result<void> read_quantization(table const& stated, tensor_info& info,
                                                    dynamic_graph& graph) {
  if (info.type == f32 || info.type == f16) return {};
  table const quantization = stated.child(tensor_fields::quantization);
  if (quantization.number<std::uint8_t>(quantization_fields::details_type) != 0) {
    return fail(errc::not_supported, "custom quantization is not supported");
  }
  auto const scales = quantization.numbers<float>(quantization_fields::scale);
  auto const zero_points = quantization.numbers<std::int64_t>(quantization_fields::zero_point);
  if (scales.size() == 0) return {};
  if (zero_points.size() != 0 && zero_points.size() != scales.size()) {
    return fail(errc::malformed, std::to_string(zero_points.size()) + " zero points for " +
                                     std::to_string(scales.size()) + " scales");
  }
  if (scales.size() > 1) return read_channel_scales(quantization, scales, info, graph);
  if (auto usable = check_scale(scales[0]); !usable) return usable;
  std::int64_t const zero = zero_points.size() == 0 ? 0 : zero_points[0];
  auto const narrow = saturate<std::int32_t>(zero);
  if (narrow != zero || !linnet::detail::zero_point_fits(info.type, narrow)) {
    return fail(errc::invalid_graph, "zero point " + std::to_string(zero) + " is outside the range of " +
                                         std::string(name_of(info.type)));
  }
  info.quantization = {.scale = scales[0], .zero_point = narrow};
  return {};
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::tflite
