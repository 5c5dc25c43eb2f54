// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>

#include <linnet/quantization/affine.hpp>
#include <linnet/quantization/rounding.hpp>

namespace linnet::inline LINNET_ISA {

/// A clamp that a layer applies to its result before it is stored.
enum class activation : std::uint8_t { none, relu, relu6, relu_n1_to_1 };

/// The real bounds of an activation; infinite where it has none.
struct real_range {
  /// Bounds that are part of the range; infinite where nothing bounds.
  float low = -std::numeric_limits<float>::infinity(), high = std::numeric_limits<float>::infinity();
};
/// The reals that an activation lets through.
[[nodiscard]] constexpr real_range range_of(activation a) {
  switch (a) {
    case activation::relu: return {.low = 0.0f};
    case activation::relu6: return {.low = 0.0f, .high = 6.0f};
    case activation::relu_n1_to_1: return {.low = -1.0f, .high = 1.0f};
    case activation::none: break;
  }
  return {};
}

/// What a kernel clamps its results to, in stored values, both ends included.
template <class T>
struct value_range {
  T low, high;  ///< stored integers that are part of the range
};

/// The activation in stored values: each real bound quantized by the output's own scale, then cut to the
/// range of T (TFLite kernel_util.cc, CalculateActivationRangeQuantized). Floats take the real bounds as they
/// are.
template <class T>
[[nodiscard]] constexpr value_range<T> clamp_of(activation a, quantization const& output) {
  real_range const real = range_of(a);
  if constexpr (std::same_as<T, float>) {
    return {real.low, real.high};
  } else {
    affine<T> const quantizer(output.scale, output.zero_point);
    value_range<T> range{std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
    if (is_finite(real.low)) range.low = quantize(quantizer, real.low);
    if (is_finite(real.high)) range.high = quantize(quantizer, real.high);
    return range;
  }
}

/// An accumulator as a stored value: rounded by the policy, moved by the output's zero point, clamped.
template <std::integral T, class Policy, std::signed_integral Sum>
[[nodiscard]] constexpr T requantize(Sum accumulator, typename Policy::factor const& factor,
                                     std::int32_t zero_point, value_range<T> range) {
  std::int32_t const moved = wrapping_add(Policy::apply(accumulator, factor), zero_point);
  return static_cast<T>(clamp<std::int32_t>(moved, range.low, range.high));
}

}  // namespace linnet::inline LINNET_ISA
