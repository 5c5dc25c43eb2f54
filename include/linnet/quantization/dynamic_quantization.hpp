// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/base/math.hpp>
#include <linnet/base/text.hpp>
#include <linnet/quantization/affine.hpp>

// Dynamic range quantization: layers of int8 weights between floats, whose inputs become int8, too, each time
// they are computed, by what they hold then. Sums of products are integers.
namespace linnet::inline LINNET_ISA {

/// How the float inputs of a layer of int8 weights become int8 when the layer is computed.
enum class dynamic_quantization : std::uint8_t {
  none,       // not at all: its weights are multiplied as floats
  symmetric,  // by their largest magnitude: [-127, 127], zero point 0
  asymmetric  // by their range, 0 included: [-128, 127]
};

/// Its name as the enumerator spells it.
[[nodiscard]] constexpr text name_of(dynamic_quantization scheme) {
  switch (scheme) {
    case dynamic_quantization::none: return "none";
    case dynamic_quantization::symmetric: return "symmetric";
    case dynamic_quantization::asymmetric: return "asymmetric";
  }
  return "?";
}

/// Quantizes floats of a range that is known: TensorFlow Lite's SymmetricQuantizeFloats and
/// AsymmetricQuantizeFloats (kernels/internal/reference/portable_tensor_utils.cc). A range that holds 0 alone
/// makes zeros of all. NaN counts as 0.
class dynamic_quantizer {
 public:
  /// Of floats between `low` and `high`. Precondition: a scheme other than none.
  constexpr dynamic_quantizer(dynamic_quantization scheme, float low, float high) {
    double const bottom = min(0.0, static_cast<double>(low)), top = max(0.0, static_cast<double>(high));
    if (bottom == top) return;
    if (scheme == dynamic_quantization::symmetric) {
      auto const range = static_cast<float>(max(-bottom, top));
      least_ = -127;
      steps_.scale = range / 127.0f;
      inverse_ = 127.0f / range;
      return;
    }
    double const scale = (top - bottom) / 255.0;
    double const from_bottom = -128.0 - bottom / scale, from_top = 127.0 - top / scale;
    double const zero = 128.0 - bottom / scale < 127.0 + top / scale ? from_bottom : from_top;
    steps_.scale = static_cast<float>(scale);
    steps_.zero_point =
        static_cast<std::int32_t>(clamp<std::int64_t>(round_to_integer<tie::away>(zero), -128, 127));
    inverse_ = steps_.scale > 0.0f ? static_cast<float>(1.0 / static_cast<double>(steps_.scale)) : 0.0f;
  }

  /// What the stored numbers mean.
  [[nodiscard]] constexpr quantization steps() const { return steps_; }

  /// The number that is stored of a float: the nearest one, ties away from zero.
  [[nodiscard]] constexpr std::int8_t operator()(float value) const {
    float const place = static_cast<float>(steps_.zero_point) + value * inverse_;
    if (is_nan(place)) return static_cast<std::int8_t>(steps_.zero_point);
    std::int64_t const nearest = round_to_integer<tie::away>(static_cast<double>(place));
    return static_cast<std::int8_t>(clamp<std::int64_t>(nearest, least_, 127));
  }

 private:
  quantization steps_{1.0f, 0};
  float inverse_ = 0.0f;
  std::int32_t least_ = -128;
};

}  // namespace linnet::inline LINNET_ISA
