// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>

#include <linnet/base/math.hpp>
#include <linnet/quantization/multiplier.hpp>

// Uniform quantizers: a stored integer q means (q - zero_point) * scale. The affine quantizer takes any scale
// and zero point; the power-of-two quantizer is the member of the family with scale 2^-fraction_bits and zero
// point 0, whose requantization is a shift. Both answer the same questions, so code is written once for both.
namespace linnet::inline LINNET_ISA {

/// A uniform quantizer: `scale()`, `zero_point()`, and the range of what it stores.
template <class Q>
concept UniformQuantizer = requires(Q const& q) {
  typename Q::storage;
  { q.scale() } -> std::same_as<float>;
  { q.zero_point() } -> std::same_as<std::int32_t>;
};

/// round(value / scale) + zero_point with ties away from zero, clamped to the range of the storage (TFLite
/// reference/quantize.h). The division is float32. NaN has no place on the scale and gives the zero point.
template <UniformQuantizer Q>
[[nodiscard]] constexpr typename Q::storage quantize(Q const& quantizer, float value) {
  float const steps = value / quantizer.scale();
  std::int64_t const rounded = round_to_integer<tie::away>(static_cast<double>(steps));
  return saturate<typename Q::storage>(saturate<std::int32_t>(rounded) +
                                       std::int64_t{quantizer.zero_point()});
}

/// (stored - zero_point) * scale.
template <UniformQuantizer Q>
[[nodiscard]] constexpr float dequantize(Q const& quantizer, typename Q::storage stored) {
  return quantizer.scale() * static_cast<float>(std::int32_t{stored} - quantizer.zero_point());
}

/// Any scale (finite, positive) and zero point (inside the range of T).
template <std::integral T>
class affine {
 public:
  using storage = T;  ///< of what is stored
  /// Scale finite and above 0, zero point in the range of T.
  constexpr affine(float scale, std::int32_t zero_point) : scale_(scale), zero_point_(zero_point) {}

  /// The quantizer whose range covers [low, high] and 0 exactly (0 has a code of its own: padding needs it).
  /// Precondition: finite, low <= high. An empty range gives scale 1.
  [[nodiscard]] static constexpr affine covering(float low, float high) {
    constexpr auto least = std::int32_t{std::numeric_limits<T>::min()},
                   most = std::int32_t{std::numeric_limits<T>::max()};
    double const bottom = min(static_cast<double>(low), 0.0), top = max(static_cast<double>(high), 0.0);
    auto const scale = static_cast<float>((top - bottom) / (static_cast<double>(most) - least));
    if (!(scale > 0.0f)) return {1.0f, clamp(std::int32_t{0}, least, most)};
    auto const zero = round_to_integer<tie::away>(least - bottom / static_cast<double>(scale));
    return {scale, static_cast<std::int32_t>(clamp<std::int64_t>(zero, least, most))};
  }

  /// Real distance between neighbouring stored integers.
  [[nodiscard]] constexpr float scale() const { return scale_; }
  /// The stored integer that means 0.
  [[nodiscard]] constexpr std::int32_t zero_point() const { return zero_point_; }
  friend constexpr bool operator==(affine const&, affine const&) = default;

 private:
  float scale_;
  std::int32_t zero_point_;
};

/// Scale 2^-fraction_bits (fraction_bits in [-100, 100]), zero point 0: fixed point, "Qm.n".
template <std::integral T>
class power_of_two {
 public:
  using storage = T;
  /// Fraction bits in [-100, 100].
  constexpr explicit power_of_two(int fraction_bits) : fraction_bits_(fraction_bits) {}

  /// The finest one whose range holds [-magnitude, magnitude] after rounding. Precondition: finite, not
  /// negative. Magnitude 0 gives 0 fraction bits.
  [[nodiscard]] static constexpr power_of_two covering(float magnitude) {
    if (!(magnitude > 0.0f)) return power_of_two(0);
    constexpr int magnitude_bits = std::numeric_limits<T>::digits;
    int bits = clamp(magnitude_bits - frexp(static_cast<double>(magnitude)).exponent, -100, 100);
    double const steps = static_cast<double>(magnitude) * exp2(bits);
    if (round_to_integer<tie::away>(steps) > std::numeric_limits<T>::max() && bits > -100) --bits;
    return power_of_two(bits);
  }

  /// The scale is 2^-fraction_bits.
  [[nodiscard]] constexpr int fraction_bits() const { return fraction_bits_; }
  [[nodiscard]] constexpr float scale() const { return static_cast<float>(exp2(-fraction_bits_)); }
  [[nodiscard]] constexpr std::int32_t zero_point() const { return 0; }
  friend constexpr bool operator==(power_of_two const&, power_of_two const&) = default;

 private:
  int fraction_bits_;
};

/// How a whole tensor is quantized, as a graph states it: no number means "not quantized".
struct quantization {
  float scale = 0.0f;           ///< 0: not quantized. Finite and positive otherwise
  std::int32_t zero_point = 0;  ///< the stored integer that means 0
  /// Whether there is a quantization.
  [[nodiscard]] constexpr bool present() const { return scale != 0.0f; }
  friend constexpr bool operator==(quantization const&, quantization const&) = default;
};

}  // namespace linnet::inline LINNET_ISA
