// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/base/math.hpp>
#include <linnet/config/arch.hpp>

// Where the entries of a resized dimension come from, as graphs name it and packers compute it.
namespace linnet::inline LINNET_ISA {

/// What lies between two entries of a dimension.
enum class interpolation : std::uint8_t {
  nearest,  // one of them
  linear    // so much of each
};

/// Where entry i of the output lies on the scale of the input's entries; `step`: input entries for each of
/// the output's.
enum class sampling : std::uint8_t {
  corner,        // i step
  center,        // (i + 1/2) step - 1/2
  aligned,       // i (input - 1) / (output - 1): the outermost entries are each other's
  center_of_one  // as center; 0 where there is one entry
};

/// Which entry is nearest.
enum class nearest_entry : std::uint8_t {
  below,      // the one below
  above,      // the one above
  half_down,  // the nearest one, the lower one of two
  half_up     // the nearest one, the higher one of two
};

/// How a tensor is resized.
struct resampling {
  linnet::interpolation method = interpolation::nearest;  ///< one entry, or between two
  linnet::sampling sampling = sampling::corner;           ///< where an output entry lies
  nearest_entry nearest = nearest_entry::below;           ///< which one is nearest
  friend constexpr bool operator==(resampling const&, resampling const&) = default;
};

/// One dimension that is resized: its extents, and the stated number of output entries for each of the
/// input's (0: the extents say it).
struct resized_extent {
  std::int32_t input = 1, output = 1;  ///< entries
  float stated = 0.0f;                 ///< output entries for each of the input, or 0
};

/// Entry `index` of the input, and how much of the one behind it: a part of `unit`.
struct sampled_entry {
  std::int32_t index = 0;  ///< at or below the place
  float real = 0.0f;       ///< of 1
  std::int32_t part = 0;   ///< of 2^10, for integers
};

namespace detail {

[[nodiscard]] constexpr std::int64_t floor_of(double x) {
  auto const toward_zero = static_cast<std::int64_t>(x);
  return static_cast<double>(toward_zero) > x ? toward_zero - 1 : toward_zero;
}

/// Input entries for each of the output's, of float32.
[[nodiscard]] constexpr float step_of(resized_extent const& e, sampling where) {
  bool const aligned = where == sampling::aligned && e.output > 1;
  return aligned ? static_cast<float>(e.input - 1) / static_cast<float>(e.output - 1)
                 : static_cast<float>(e.input) / static_cast<float>(e.output);
}

/// i entries of the output as entries of the input. Where scales are stated, division comes last
/// (onnxruntime), else a step multiplies (TensorFlow Lite).
[[nodiscard]] constexpr float stepped(resized_extent const& e, sampling where, float i) {
  if (!(e.stated > 0.0f) || (where == sampling::aligned && e.output == 1)) return i * step_of(e, where);
  return where == sampling::aligned ? i * static_cast<float>(e.input - 1) / static_cast<float>(e.output - 1)
                                    : i / e.stated;
}

[[nodiscard]] constexpr float coordinate(resized_extent const& e, sampling where, std::int32_t i) {
  if (where == sampling::corner || where == sampling::aligned)
    return stepped(e, where, static_cast<float>(i));
  if (where == sampling::center_of_one && e.output == 1) return 0.0f;
  return stepped(e, where, static_cast<float>(i) + 0.5f) - 0.5f;
}

}  // namespace detail

/// Of output entry i the nearest one. TensorFlow Lite's rules are corner with below, center with half_up, and
/// aligned with half_up (reference/resize_nearest_neighbor.h).
[[nodiscard]] constexpr std::int32_t nearest_of(resized_extent const& e, resampling const& r,
                                                std::int32_t i) {
  auto const last = static_cast<std::int64_t>(e.input) - 1;
  auto const near_the_image = [&](float place) {  // stated scales may be of any size
    return clamp(static_cast<double>(place), -2.0, static_cast<double>(e.input) + 1.0);
  };
  double const at = near_the_image(detail::coordinate(e, r.sampling, i));
  std::int64_t index = 0;
  switch (r.nearest) {
    case nearest_entry::below: index = detail::floor_of(at); break;
    case nearest_entry::above: index = -detail::floor_of(-at); break;
    case nearest_entry::half_down: index = -detail::floor_of(0.5 - at); break;
    case nearest_entry::half_up: index = detail::floor_of(at + 0.5); break;
  }
  bool const by_centers = r.sampling == sampling::center && r.nearest == nearest_entry::half_up;
  if (by_centers && e.stated == 0.0f) {  // without the half that is taken off and added again
    float const edge = detail::stepped(e, r.sampling, static_cast<float>(i) + 0.5f);
    index = detail::floor_of(near_the_image(edge));
  }
  return static_cast<std::int32_t>(clamp<std::int64_t>(index, 0, last));
}

/// Of output entry i the two entries that it lies between (reference/resize_bilinear.h): `real` for floats,
/// `part` for integers, whose step has 10 bits. Beyond the ends lies what is there.
[[nodiscard]] constexpr sampled_entry between(resized_extent const& e, sampling where, std::int32_t i) {
  sampled_entry made;
  double const at = static_cast<double>(detail::coordinate(e, where, i));
  double const inside = clamp(at, 0.0, static_cast<double>(e.input - 1));
  made.index = static_cast<std::int32_t>(detail::floor_of(inside));
  made.real = static_cast<float>(inside - static_cast<double>(made.index));
  return made;
}
/// The same for integers.
[[nodiscard]] constexpr sampled_entry between_integers(resized_extent const& e, sampling where,
                                                       std::int32_t i) {
  std::int64_t const unit = 1 << 10, last = e.input - 1;
  bool const aligned = where == sampling::aligned && e.output > 1;
  std::int64_t const step = aligned ? (unit * last + (e.output - 1) / 2) / (e.output - 1)
                                    : (unit * e.input + e.output / 2) / e.output;
  std::int64_t const at = where == sampling::center ? i * step + step / 2 - unit / 2 : i * step;
  std::int64_t const inside = clamp<std::int64_t>(at, 0, last * unit);
  sampled_entry made;
  made.index = static_cast<std::int32_t>(inside / unit);
  made.part = static_cast<std::int32_t>(inside % unit);
  return made;
}

}  // namespace linnet::inline LINNET_ISA
