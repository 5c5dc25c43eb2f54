// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>
#include <string>

#include <linnet/io/tflite/stated_operator.hpp>

namespace linnet::inline LINNET_ISA::io::tflite {

namespace detail {

[[nodiscard]] inline result<void> check_window_number(std::string const& what, std::int32_t value) {
  if (value >= 1 && value <= most_window) return {};
  return fail(errc::invalid_graph,
              what + " " + std::to_string(value) + ", not between 1 and " + std::to_string(most_window));
}

[[nodiscard]] inline result<void> check_window(window2d const& w) {
  for (std::int32_t v : {w.kernel.height, w.kernel.width}) {
    if (auto sound = check_window_number("kernel extent", v); !sound) return sound;
  }
  for (std::int32_t v : {w.stride.height, w.stride.width}) {
    if (auto sound = check_window_number("stride", v); !sound) return sound;
  }
  for (std::int32_t v : {w.dilation.height, w.dilation.width}) {
    if (auto sound = check_window_number("dilation", v); !sound) return sound;
  }
  return {};
}

/// Checks the window, then resolves the file's padding rule into numbers. Precondition: `image` has rank 4.
[[nodiscard]] inline result<void> resolve_padding(std::int8_t rule, shape const& image, window2d& w) {
  if (auto sound = check_window(w); !sound) return sound;
  if (rule == static_cast<std::int8_t>(padding_kind::valid)) return {};
  if (rule != static_cast<std::int8_t>(padding_kind::same)) {
    return fail(errc::malformed, "padding rule " + std::to_string(rule) + " does not exist");
  }
  if (image[1] > most_image_extent || image[2] > most_image_extent) {
    return fail(errc::too_large, "an image of " + describe(image) + " under SAME padding, the limit is " +
                                     std::to_string(most_image_extent));
  }
  auto const rows = same_padding(image[1], w.kernel.height, w.stride.height, w.dilation.height);
  auto const columns = same_padding(image[2], w.kernel.width, w.stride.width, w.dilation.width);
  w.padding = {rows.before, columns.before, rows.after, columns.after};
  return {};
}

/// Rank 4 on both sides; the rank of what `validate` would find later is told here with the operand's shape.
[[nodiscard]] inline result<void> check_images(stated_operator const& from, bool with_weights) {
  if (from.first.shape.rank() != 4) {
    return fail(errc::invalid_graph, "its input " + describe(from.first.shape) + " is not of rank 4");
  }
  if (with_weights && from.second.rank() != 4) {
    return fail(errc::invalid_graph, "its weights " + describe(from.second) + " are not of rank 4");
  }
  return {};
}

[[nodiscard]] inline result<void> read_conv2d(stated_operator const& from, node& into) {
  using f = conv2d_fields;
  if (auto sound = check_images(from, true); !sound) return sound;
  shape const &image = from.first.shape, &weights = from.second;
  if (weights[3] != image[3] && image[3] % weights[3] == 0) {
    return fail(errc::not_supported, "convolution in groups (" + describe(image) + " by " +
                                         describe(weights) + ") is not supported");
  }
  table const& o = from.options;
  into.window.kernel = {weights[1], weights[2]};
  into.window.stride = {o.number<std::int32_t>(f::stride_h), o.number<std::int32_t>(f::stride_w)};
  into.window.dilation = {o.number<std::int32_t>(f::dilation_h, 1), o.number<std::int32_t>(f::dilation_w, 1)};
  read_dynamic(from, from.second_scales_differ, into);
  if (auto sound = read_activation(from, f::activation, into); !sound) return sound;
  return resolve_padding(o.number<std::int8_t>(f::padding), image, into.window);
}

[[nodiscard]] inline result<void> read_depthwise(stated_operator const& from, node& into) {
  using f = depthwise_fields;
  if (auto sound = check_images(from, true); !sound) return sound;
  shape const &image = from.first.shape, &weights = from.second;
  table const& o = from.options;
  // 0 means "not stated": the weights' shape says it anyway.
  auto const multiplier = o.number<std::int32_t>(f::depth_multiplier);
  if (multiplier != 0 && std::int64_t{multiplier} * image[3] != weights[3]) {
    return fail(errc::invalid_graph, "depth multiplier " + std::to_string(multiplier) + " does not make " +
                                         std::to_string(weights[3]) + " channels of " +
                                         std::to_string(image[3]));
  }
  into.window.kernel = {weights[1], weights[2]};
  into.window.stride = {o.number<std::int32_t>(f::stride_h), o.number<std::int32_t>(f::stride_w)};
  into.window.dilation = {o.number<std::int32_t>(f::dilation_h, 1), o.number<std::int32_t>(f::dilation_w, 1)};
  read_dynamic(from, true, into);
  if (auto sound = read_activation(from, f::activation, into); !sound) return sound;
  return resolve_padding(o.number<std::int8_t>(f::padding), image, into.window);
}

/// What is cut off in front of and behind one dimension of a transposed convolution's output, and what is
/// added behind it, so that it becomes as long as it is stated: of what SAME cuts off, the larger half behind
/// (TensorFlow Lite's kernels/padding.h, with the output as the image).
struct spread_dimension {
  edge_padding cut{};
  std::int32_t added = 0;
};
[[nodiscard]] inline spread_dimension spread_over(std::int32_t input, std::int32_t output,
                                                  std::int32_t kernel, std::int32_t stride, bool is_same) {
  std::int64_t const whole = std::int64_t{input - 1} * stride + kernel;
  std::int32_t const before = is_same ? same_padding(output, kernel, stride, 1).before : 0;
  std::int64_t const behind = whole - before - output;
  return {{before, saturate<std::int32_t>(behind < 0 ? 0 : behind)},
          saturate<std::int32_t>(behind < 0 ? -behind : 0)};
}

/// The output's shape is that of its tensor; where the file states it as a constant, too, they must agree.
[[nodiscard]] inline result<void> read_transpose_conv(stated_operator const& from, node& into) {
  using f = transpose_conv_fields;
  if (auto sound = check_images(from, true); !sound) return sound;
  shape const &image = from.first.shape, &weights = from.second, &output = from.output.shape;
  if (output.rank() != 4)
    return fail(errc::invalid_graph, "its output " + describe(output) + " is not of rank 4");
  if (auto const stated = from.tensors.integers(from.inputs[0])) {
    bool same = stated->size() == 4;
    for (std::size_t i = 0; same && i < 4; ++i) same = (*stated)[i] == output[i];
    if (!same) return fail(errc::invalid_graph, "its output is not of the shape that its input 0 states");
  }
  table const& o = from.options;
  into.window.kernel = {weights[1], weights[2]};
  into.window.stride = {o.number<std::int32_t>(f::stride_h), o.number<std::int32_t>(f::stride_w)};
  if (auto sound = read_activation(from, f::activation, into); !sound) return sound;
  auto const rule = o.number<std::int8_t>(f::padding);
  if (auto sound = resolve_padding(rule, output, into.window); !sound) return sound;
  bool const is_same = rule == static_cast<std::int8_t>(padding_kind::same);
  auto const rows = spread_over(image[1], output[1], weights[1], into.window.stride.height, is_same);
  auto const columns = spread_over(image[2], output[2], weights[2], into.window.stride.width, is_same);
  into.window.padding = {rows.cut.before, columns.cut.before, rows.cut.after, columns.cut.after};
  into.padding[1].after = rows.added;
  into.padding[2].after = columns.added;
  if (from.first.type == s16) into.rounding = rounding::reduced_multiplier;  // with a bias or without
  return {};
}

[[nodiscard]] inline result<void> read_pool2d(stated_operator const& from, node& into) {
  using f = pool2d_fields;
  if (auto sound = check_images(from, false); !sound) return sound;
  table const& o = from.options;
  into.window.kernel = {o.number<std::int32_t>(f::filter_h), o.number<std::int32_t>(f::filter_w)};
  into.window.stride = {o.number<std::int32_t>(f::stride_h), o.number<std::int32_t>(f::stride_w)};
  if (auto sound = read_activation(from, f::activation, into); !sound) return sound;
  return resolve_padding(o.number<std::int8_t>(f::padding), from.first.shape, into.window);
}

/// The output's own shape is the size.
[[nodiscard]] inline result<void> set_resampling(stated_operator const& from, interpolation method,
                                                 bool align_corners, bool half_pixel_centers, node& into) {
  if (auto sound = check_images(from, false); !sound) return sound;
  if (align_corners && half_pixel_centers)
    return fail(errc::invalid_graph, "corners that are aligned and centers of pixels exclude each other");
  into.resampling.method = method;
  into.resampling.sampling = align_corners        ? sampling::aligned
                             : half_pixel_centers ? sampling::center
                                                  : sampling::corner;
  if (align_corners || half_pixel_centers) into.resampling.nearest = nearest_entry::half_up;
  into.beta = 0.0f;
  return {};
}
[[nodiscard]] inline result<void> read_resize_bilinear(stated_operator const& from, node& into) {
  using f = resize_bilinear_fields;
  return set_resampling(from, interpolation::linear, from.options.flag(f::align_corners),
                        from.options.flag(f::half_pixel_centers), into);
}
[[nodiscard]] inline result<void> read_resize_nearest(stated_operator const& from, node& into) {
  using f = resize_nearest_fields;
  return set_resampling(from, interpolation::nearest, from.options.flag(f::align_corners),
                        from.options.flag(f::half_pixel_centers), into);
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::tflite
