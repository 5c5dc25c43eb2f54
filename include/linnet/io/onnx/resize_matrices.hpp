// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/io/onnx/matrix_operators.hpp>
#include <linnet/io/onnx/window.hpp>

// Ways of resizing that no kernel has: each row of the output is a sum of rows of the input with constant
// weights, and so is each column, so an image is multiplied by two matrices.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// Resize's words for a filter over the entries of a dimension.
struct resize_filter {
  bool is_cubic = false;          ///< else linear: a triangle
  bool is_smooth = false;         ///< antialias: as wide as the input of one output where that is more
  bool is_symmetric = false;      ///< half_pixel_symmetric
  bool excludes_outside = false;  ///< entries beside the image do not count; else the nearest one counts
  double a = -0.75;               ///< of cubic: the slope at distance 1
  sampling places = sampling::center;
};

/// The filter's weight at a distance (Keys, "Cubic convolution interpolation for digital image processing",
/// equation 15).
[[nodiscard]] inline double filter_weight(resize_filter const& f, double distance) {
  double const d = std::fabs(distance);
  if (!f.is_cubic) return d < 1.0 ? 1.0 - d : 0.0;
  if (d <= 1.0) return ((f.a + 2.0) * d - (f.a + 3.0)) * d * d + 1.0;
  return d < 2.0 ? ((f.a * d - 5.0 * f.a) * d + 8.0 * f.a) * d - 4.0 * f.a : 0.0;
}

/// Where the centre of an output entry lies among the input's entries (Resize-19).
[[nodiscard]] inline double place_in_input(resize_filter const& f, std::int32_t at, double scale,
                                           std::int32_t inputs, std::int32_t outputs) {
  double const whole = scale * inputs;
  switch (f.places) {
    case sampling::corner: return at / scale;
    case sampling::aligned: return whole == 1.0 ? 0.0 : at * (inputs - 1.0) / (whole - 1.0);
    case sampling::center_of_one:
      if (outputs == 1) return 0.0;
      break;
    default: break;
  }
  double const centered = (at + 0.5) / scale - 0.5;
  return f.is_symmetric ? inputs / 2.0 * (1.0 - outputs / whole) + centered : centered;
}

/// (outputs, inputs): the weights of every output entry.
[[nodiscard]] inline std::vector<float> resize_matrix(resize_filter const& f, double scale,
                                                      std::int32_t inputs, std::int32_t outputs) {
  double const narrowing = f.is_smooth ? std::min(scale, 1.0) : 1.0,
               reach = (f.is_cubic ? 2.0 : 1.0) / narrowing;
  std::vector<float> made(static_cast<std::size_t>(inputs) * static_cast<std::size_t>(outputs));
  for (std::int32_t at = 0; at < outputs; ++at) {
    double const place = place_in_input(f, at, scale, inputs, outputs);
    std::vector<double> row(static_cast<std::size_t>(inputs));
    double sum = 0.0;
    for (double entry = std::ceil(place - reach); entry <= place + reach; entry += 1.0) {
      bool const outside = entry < 0.0 || entry > inputs - 1.0;
      if (outside && f.excludes_outside) continue;
      double const weight = filter_weight(f, (entry - place) * narrowing);
      row[static_cast<std::size_t>(std::clamp(entry, 0.0, inputs - 1.0))] += weight;
      sum += weight;
    }
    for (std::size_t i = 0; i < row.size(); ++i)
      made[static_cast<std::size_t>(at) * row.size() + i] = static_cast<float>(row[i] / sum);
  }
  return made;
}

/// A matrix times the rows of an image, or its columns. `extent` is the new one.
[[nodiscard]] inline result<tensor_id> multiplied_by_filter(stated_operator& from, tensor_id image,
                                                            bool columns, resize_filter const& f,
                                                            double scale, std::int32_t extent,
                                                            std::string const& name) {
  shape const s = from.writer.view().tensor(image).shape;
  std::int32_t const inputs = s[columns ? 2 : 1];
  auto const bytes = static_cast<std::size_t>(inputs) * static_cast<std::size_t>(extent) * sizeof(float);
  if (auto room = from.writer.expect_room(bytes); !room) return unexpected(room.error());
  auto const matrix =
      from.writer.add_constant({extent, inputs}, resize_matrix(f, scale, inputs, extent), name + "/filter");
  if (!matrix) return matrix;
  auto const seen =
      from.writer.view_as(image, columns ? shape{s[0] * s[1], s[2], s[3]} : shape{s[0], s[1], s[2] * s[3]});
  if (!seen) return seen;
  auto const made = from.writer.add_node({.kind = op::batch_matmul}, {*matrix, *seen}, name);
  if (!made) return made;
  return from.writer.view_as(*made,
                             columns ? shape{s[0], s[1], extent, s[3]} : shape{s[0], extent, s[2], s[3]});
}

/// The image (batch, rows, columns, channels) in a new size.
[[nodiscard]] inline result<void> give_filtered(stated_operator& from, tensor_id image,
                                                resize_filter const& f, extent2d size, float row_scale,
                                                float column_scale) {
  auto made = multiplied_by_filter(from, image, false, f, static_cast<double>(row_scale), size.height,
                                   from.node_name() + "/rows");
  if (made) {
    made = multiplied_by_filter(from, *made, true, f, static_cast<double>(column_scale), size.width,
                                from.node_name());
  }
  return made ? from.give(from.value_of(*made, channels_last(4))) : unexpected(made.error());
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
