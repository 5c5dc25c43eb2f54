// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <linnet/io/onnx/resize_matrices.hpp>
#include <linnet/io/onnx/window.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// Of each of the four dimensions of an image: its new extent, and output entries for each input entry.
struct resized_image {
  std::vector<std::int64_t> extents;
  std::vector<float> scales;
};

/// Numbers of the named dimensions for all dimensions.
template <class T>
[[nodiscard]] result<std::vector<T>> of_all_dimensions(std::vector<T> const& stated,
                                                       std::vector<std::int64_t> const& axes,
                                                       std::vector<T> all) {
  if (stated.size() != axes.size()) {
    return fail(errc::invalid_graph, std::to_string(stated.size()) + " sizes or scales for " +
                                         std::to_string(axes.size()) + " dimensions");
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    auto const d = dimension(axes[i], all.size());
    if (!d) return unexpected(d.error());
    all[static_cast<std::size_t>(*d)] = stated[i];
  }
  return all;
}

/// Scales as they are stated, or as sizes make them: with the aspect ratio kept, all by the smallest one or
/// by the largest one.
[[nodiscard]] inline result<resized_image> resized_by_sizes(std::vector<std::int64_t> const& sizes,
                                                            std::vector<std::int64_t> const& axes,
                                                            shape const& s, std::string const& policy) {
  std::vector<std::int64_t> const present(s.begin(), s.end());
  auto const all = of_all_dimensions(sizes, axes, present);
  if (!all) return unexpected(all.error());
  resized_image made{*all, std::vector<float>(s.rank(), 1.0f)};
  for (std::size_t i = 0; i < s.rank(); ++i)
    made.scales[i] = static_cast<float>(made.extents[i]) / static_cast<float>(s[i]);
  if (policy == "stretch") return made;
  if (policy != "not_larger" && policy != "not_smaller")
    return fail(errc::malformed, "its keep_aspect_ratio_policy is " + in_quotes(policy));
  if (axes.empty()) return made;
  std::vector<float> stated;
  for (std::int64_t axis : axes)
    stated.push_back(made.scales[static_cast<std::size_t>(*dimension(axis, s.rank()))]);
  float const scale =
      policy == "not_larger" ? *std::ranges::min_element(stated) : *std::ranges::max_element(stated);
  for (std::int64_t axis : axes) {
    auto const d = static_cast<std::size_t>(*dimension(axis, s.rank()));
    made.scales[d] = scale;
    made.extents[d] = std::llround(static_cast<double>(scale) * s[d]);
  }
  return made;
}
[[nodiscard]] inline result<resized_image> resized_by_scales(std::vector<float> const& scales,
                                                             std::vector<std::int64_t> const& axes,
                                                             shape const& s) {
  auto const all = of_all_dimensions(scales, axes, std::vector<float>(s.rank(), 1.0f));
  if (!all) return unexpected(all.error());
  resized_image made{{}, *all};
  for (std::size_t i = 0; i < s.rank(); ++i) {
    bool const sound = made.scales[i] > 0.0f && made.scales[i] <= static_cast<float>(most_image_extent);
    if (!sound) return fail(errc::invalid_graph, "a scale that is not positive, or too large");
    made.extents.push_back(static_cast<std::int64_t>(std::floor(made.scales[i] * static_cast<float>(s[i]))));
  }
  return made;
}

/// Upsample states its scales as input 1, in older files as an attribute; Resize has them as input 2, or
/// sizes as input 3 (Resize-10: scales as input 1).
[[nodiscard]] inline result<resized_image> read_new_size(stated_operator& from, shape const& s) {
  bool const is_old = from.stated.op_type() == "Upsample" || from.opset < 11;
  std::vector<std::int64_t> axes(s.rank());
  std::iota(axes.begin(), axes.end(), std::int64_t{0});
  axes = from.attributes.integers("axes").value_or(axes);
  if (auto once = marked(axes, s.rank()); !once) return unexpected(once.error());
  std::string const policy = from.attributes.text("keep_aspect_ratio_policy", "stretch");
  if (from.stated.op_type() == "Upsample") {
    if (auto const scales = from.attributes.reals("scales")) return resized_by_scales(*scales, axes, s);
  }
  int const scales_at = is_old ? 1 : 2;
  bool const has_sizes = !is_old && from.has_input(3);
  if (has_sizes) {
    auto const sizes = from.integers(3);
    return sizes ? resized_by_sizes(*sizes, axes, s, policy) : unexpected(sizes.error());
  }
  auto const c = from.reals(scales_at);
  if (!c) return unexpected(c.error());
  std::vector<float> scales;
  for (std::size_t i = 0; i < c->size(); ++i) scales.push_back(c->real(i));
  return resized_by_scales(scales, axes, s);
}

/// How entries are made: by a kernel, or by matrices.
struct stated_resampling {
  resampling how{};
  resize_filter filter{};
  bool by_matrix = false;
};

[[nodiscard]] inline result<stated_resampling> read_resampling(stated_operator& from) {
  bool const is_old = from.stated.op_type() == "Upsample" || from.opset < 11;
  std::string const mode = from.attributes.text("mode", "nearest"),
                    where = from.attributes.text("coordinate_transformation_mode",
                                                 is_old ? "asymmetric" : "half_pixel"),
                    nearest = from.attributes.text("nearest_mode", is_old ? "floor" : "round_prefer_floor");
  stated_resampling all;
  resampling& made = all.how;
  resize_filter& filter = all.filter;
  filter.is_cubic = mode == "cubic";
  filter.is_smooth = from.attributes.flag("antialias");
  filter.is_symmetric = where == "half_pixel_symmetric";
  filter.excludes_outside = from.attributes.flag("exclude_outside");
  filter.a = static_cast<double>(from.attributes.real("cubic_coeff_a", -0.75f));
  if (!(std::fabs(filter.a) < 1e3)) return fail(errc::malformed, "its cubic_coeff_a is no small number");
  all.by_matrix = filter.is_cubic || (mode == "linear" && (filter.is_smooth || filter.is_symmetric));
  if (mode == "linear") {
    made.method = interpolation::linear;
  } else if (mode != "nearest" && mode != "cubic") {
    return fail(errc::not_supported, "mode " + in_quotes(mode) + " is not supported");
  }
  if (where == "asymmetric") {
    made.sampling = sampling::corner;
  } else if (where == "half_pixel" || (filter.is_symmetric && all.by_matrix)) {
    made.sampling = sampling::center;
  } else if (where == "pytorch_half_pixel") {
    made.sampling = sampling::center_of_one;
  } else if (where == "align_corners") {
    made.sampling = sampling::aligned;
  } else {
    return fail(errc::not_supported,
                "coordinate_transformation_mode " + in_quotes(where) + " is not supported");
  }
  if (nearest == "floor") {
    made.nearest = nearest_entry::below;
  } else if (nearest == "ceil") {
    made.nearest = nearest_entry::above;
  } else if (nearest == "round_prefer_floor") {
    made.nearest = nearest_entry::half_down;
  } else if (nearest == "round_prefer_ceil") {
    made.nearest = nearest_entry::half_up;
  } else {
    return fail(errc::malformed, "its nearest_mode is " + in_quotes(nearest));
  }
  filter.places = made.sampling;
  return all;
}

[[nodiscard]] inline result<void> read_resize(stated_operator& from) {
  auto const x = image(from);
  if (!x) return unexpected(x.error());
  auto const size = read_new_size(from, x->stated);
  if (!size) return unexpected(size.error());
  auto const how = read_resampling(from);
  if (!how) return unexpected(how.error());
  from.attributes.pass_over("extrapolation_value");  // of tf_crop_and_resize
  if (auto known = from.attributes.finish(); !known) return known;
  if (size->extents[0] != x->stated[0] || size->extents[1] != x->stated[1])
    return fail(errc::not_supported, "resizing the batch or the channels is not supported");
  auto const to = shape_of(size->extents, 1);
  if (!to) return unexpected(to.error());
  if (how->by_matrix)
    return give_filtered(from, x->id, how->filter, {(*to)[2], (*to)[3]}, size->scales[2], size->scales[3]);
  node n;
  n.kind = op::resize;
  n.resampling = how->how;
  n.alpha = size->scales[2];
  n.beta = size->scales[3];
  auto const id = from.writer.add_node(n, {x->id}, from.node_name(), permuted(*to, channels_last(4)));
  return id ? from.give(from.value_of(*id, channels_last(4))) : unexpected(id.error());
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
