// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <linnet/base/math.hpp>
#include <linnet/io/image/image.hpp>
#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA::io {

/// What a resize keeps when the picture's proportions are not those asked for.
enum class resize_policy : std::uint8_t {
  center_crop,  // the proportions: what sticks out of the middle is cut off
  stretch       // the whole picture: it is squeezed
};

/// What a resize keeps.
struct resize_options {
  resize_policy policy = resize_policy::center_crop;  ///< where proportions differ
  /// center_crop: how much of the largest fitting part is kept, in (0, 1]. 0.875 is ImageNet's usual "short
  /// side to 256, then the middle 224".
  double fraction = 0.875;
};

namespace detail {

/// One output pixel along one axis: source pixels [first, first + count) with weights that sum to 2^16.
struct taps {
  std::size_t first, count, weights;
};
struct axis_filter {
  std::vector<taps> outputs;
  std::vector<std::uint32_t> weights;
};

inline constexpr double unit_weight = 65536.0;

/// Triangle filter over the pixels' centres, as wide as a step of the output where the picture shrinks and as
/// a pixel where it grows (then it is plain bilinear interpolation); at the borders cut off and scaled up
/// again. Output i stands for the source's [origin + i * step, origin + (i + 1) * step).
[[nodiscard]] inline axis_filter make_filter(int source, int outputs, double origin, double step) {
  axis_filter filter;
  double const reach = max(step, 1.0);
  std::vector<double> real;
  for (int i = 0; i < outputs; ++i) {
    double const center = origin + (i + 0.5) * step;
    int const first = clamp(static_cast<int>(std::floor(center - reach)), 0, source - 1);
    int const last = clamp(static_cast<int>(std::ceil(center + reach)), first + 1, source);
    real.clear();
    double sum = 0;
    for (int x = first; x < last; ++x) {
      real.push_back(max(0.0, 1.0 - std::abs(x + 0.5 - center) / reach));
      sum += real.back();
    }
    std::size_t const begin = filter.weights.size();
    double running = 0;
    std::uint32_t given = 0;
    for (std::size_t k = 0; k < real.size(); ++k) {  // rounding the running sum keeps the total exact
      running += real[k];
      auto const upto =
          k + 1 == real.size() ? 65536u : static_cast<std::uint32_t>(running / sum * unit_weight + 0.5);
      filter.weights.push_back(upto - given);
      given = upto;
    }
    filter.outputs.push_back({static_cast<std::size_t>(first), real.size(), begin});
  }
  return filter;
}

/// One output row before it is squeezed: 8 bits and 7 of fraction a sample.
inline void blend_rows(image const& from, axis_filter const& rows, taps const& t,
                       std::span<std::uint32_t> sums) {
  for (std::uint32_t& sum : sums) sum = 1u << 8;
  for (std::size_t k = 0; k < t.count; ++k) {
    std::uint32_t const weight = rows.weights[t.weights + k];
    std::uint8_t const* const row = from.pixels.data() + (t.first + k) * sums.size();
    for (std::size_t x = 0; x < sums.size(); ++x) sums[x] += weight * row[x];
  }
  for (std::uint32_t& sum : sums) sum >>= 9;
}

inline void blend_columns(std::span<std::uint32_t const> row, axis_filter const& columns,
                          std::size_t channels, std::span<std::uint8_t> out) {
  for (std::size_t x = 0; x < columns.outputs.size(); ++x) {
    taps const& t = columns.outputs[x];
    for (std::size_t c = 0; c < channels; ++c) {
      std::uint32_t sum = 1u << 22;
      for (std::size_t k = 0; k < t.count; ++k) {
        sum += columns.weights[t.weights + k] * row[(t.first + k) * channels + c];
      }
      out[x * channels + c] = static_cast<std::uint8_t>(sum >> 23);
    }
  }
}

}  // namespace detail

/// The picture at another size: bilinear, with antialiasing where it shrinks, in 16-bit fixed point. A
/// picture that has the size already is returned as it is, whatever the policy. Fails (wrong_argument) for a
/// size below 1 or above the limits, an inconsistent picture, or a fraction outside (0, 1].
[[nodiscard]] inline result<image> resize(image const& from, int width, int height,
                                          resize_options const& options = {}) {
  if (!from.consistent()) return fail(errc::wrong_argument, "the picture to resize is inconsistent");
  if (width < 1 || height < 1 || width > max_image_side || height > max_image_side ||
      std::int64_t{width} * height > max_image_pixels) {
    return fail(errc::wrong_argument, "cannot resize a picture to " + std::to_string(width) + " x " +
                                          std::to_string(height) + " pixels");
  }
  if (!(options.fraction > 0.0 && options.fraction <= 1.0)) {
    return fail(errc::wrong_argument, "the fraction of a center crop must be in (0, 1]");
  }
  if (from.width == width && from.height == height) return from;

  double step_x = static_cast<double>(from.width) / width, step_y = static_cast<double>(from.height) / height;
  if (options.policy == resize_policy::center_crop) step_x = step_y = min(step_x, step_y) * options.fraction;
  auto const columns = detail::make_filter(from.width, width, (from.width - step_x * width) / 2, step_x);
  auto const rows = detail::make_filter(from.height, height, (from.height - step_y * height) / 2, step_y);

  auto const channels = static_cast<std::size_t>(from.channels);
  std::size_t const row_bytes = static_cast<std::size_t>(width) * channels;
  image to{width, height, from.channels,
           std::vector<std::uint8_t>(row_bytes * static_cast<std::size_t>(height))};
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(from.width) * channels);
  for (std::size_t y = 0; y < rows.outputs.size(); ++y) {
    detail::blend_rows(from, rows, rows.outputs[y], sums);
    detail::blend_columns(sums, columns, channels, std::span(to.pixels).subspan(y * row_bytes, row_bytes));
  }
  return to;
}

}  // namespace linnet::inline LINNET_ISA::io
