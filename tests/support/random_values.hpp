// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/quantization/affine.hpp>
#include <linnet/quantization/requantize.hpp>
#include <linnet/quantization/resampling.hpp>
#include <linnet/quantization/rounding.hpp>
#include <linnet/tensor/element_type.hpp>

#include "naive_functions.hpp"
#include "naive_tensor.hpp"
#include "random_source.hpp"

// Random stored values and the scales that make them mean something, and linnet's words in the oracle's.
namespace support {

using linnet::activation;
using linnet::element_type;
using linnet::rounding;

inline naive::type type_of(element_type t) {
  if (t == linnet::s16) return naive::type::s16;
  if (t == linnet::s32) return naive::type::s32;
  return t == linnet::f32 ? naive::type::f32 : t == linnet::u8 ? naive::type::u8 : naive::type::s8;
}
inline naive::rule rule_of(rounding r) { return static_cast<naive::rule>(r); }
inline naive::bound bound_of(activation a) { return static_cast<naive::bound>(a); }
inline naive::steps steps_of(linnet::quantization const& q) { return {q.scale, q.zero_point}; }
static_assert(static_cast<int>(rounding::shift_half_away) == static_cast<int>(naive::rule::shift_half_away) &&
              static_cast<int>(activation::relu_n1_to_1) == static_cast<int>(naive::bound::relu_n1_to_1));

inline naive::resampling resampling_of(linnet::resampling const& r, float rows, float columns) {
  return {r.method == linnet::interpolation::linear, static_cast<naive::place>(r.sampling),
          static_cast<naive::nearest>(r.nearest), rows, columns};
}
static_assert(static_cast<int>(linnet::sampling::center_of_one) ==
                  static_cast<int>(naive::place::center_of_one) &&
              static_cast<int>(linnet::nearest_entry::half_up) == static_cast<int>(naive::nearest::half_up));

inline bool is_shift(rounding r) { return r >= rounding::shift_half_up; }

inline rounding random_rounding(random_source& random) {
  return static_cast<rounding>(random.integer(0, static_cast<std::int32_t>(rounding::shift_half_away)));
}
inline rounding random_multiplier_rounding(random_source& random) {
  return random.pick({rounding::double_rounding, rounding::single_rounding});
}
inline activation random_activation(random_source& random) {
  return random.pick(
      {activation::none, activation::none, activation::relu, activation::relu6, activation::relu_n1_to_1});
}

template <class T>
void append(std::vector<std::byte>& to, T value) {
  to.resize(to.size() + sizeof(T));
  linnet::store(to.data() + to.size() - sizeof(T), value);
}

/// `count` elements: all stored values are likely, the extremes more so; floats around 0 with a few large
/// ones. Where somebody decides, they are one decision.
inline std::vector<std::byte> random_elements(random_source& random, element_type type, std::size_t count,
                                              double magnitude = 1.0) {
  if (random.is_decided()) {
    random_source apart(random.bits());
    return random_elements(apart, type, count, magnitude);
  }
  std::vector<std::byte> bytes;
  bool const extreme = random.one_in(6);
  for (std::size_t i = 0; i < count; ++i) {
    if (type == linnet::f32) {
      double const value = random.one_in(20) ? random.real(-10, 10) : random.real(-1, 1);
      append(bytes, static_cast<float>(random.one_in(15) ? 0.0 : value * magnitude));
    } else if (type == linnet::s16) {
      auto const edge = random.pick({-32768, 32767});
      append(bytes, static_cast<std::int16_t>(extreme ? edge : random.integer(-32768, 32767)));
    } else {
      auto const edge = type == linnet::u8 ? random.pick({0, 255}) : random.pick({0x80, 0x7F});
      bytes.push_back(static_cast<std::byte>(extreme ? edge : random.integer(0, 255)));
    }
  }
  return bytes;
}

/// A zero point at an end, in the middle, or anywhere.
inline std::int32_t random_zero_point(random_source& random, element_type type) {
  if (type == linnet::f32 || type == linnet::s16) return 0;
  std::int32_t const low = type == linnet::s8 ? -128 : 0;
  return random.pick({low, low + 255, low + 128, 0, random.integer(low, low + 255)});
}

/// A scale around 2^exponent; exactly that for policies that shift.
inline float random_scale(random_source& random, double exponent, bool power_of_two) {
  if (power_of_two) return static_cast<float>(std::exp2(std::round(exponent)));
  return static_cast<float>(std::exp2(exponent + random.real(-0.5, 0.5)));
}

inline linnet::quantization random_quantization(random_source& random, element_type type, double exponent,
                                                bool power_of_two = false) {
  if (type == linnet::f32) return {};
  return {random_scale(random, exponent, power_of_two), random_zero_point(random, type)};
}

inline std::vector<double> numbers(element_type type, std::span<std::byte const> bytes) {
  return naive::values_of(type_of(type), bytes);
}

}  // namespace support
