// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "naive_rounding.hpp"

// What the naive operators of naive.hpp work on. Stored values are kept as doubles, which hold every s8, u8,
// s16 and f32 exactly.
namespace naive {

enum class type { s8, u8, f32, s16, s32 };
enum class bound { none, relu, relu6, relu_n1_to_1 };

/// A stored q means (q - zero) * scale.
struct steps {
  float scale = 0.0f;
  int zero = 0;
};

struct tensor {
  std::vector<int> extents;  // outermost first
  type element = type::s8;
  steps quantized;
  std::vector<double> values;
};

/// What an operator is to make.
struct target {
  std::vector<int> extents;
  type element = type::s8;
  steps quantized;
  bound limit = bound::none;
  rule rounding = rule::double_rounding;
};

struct answer {
  std::vector<double> values, slack;
  void push(double value, double error = 0.0) {
    values.push_back(value);
    slack.push_back(error);
  }
};

/// Weights as their operator orders them, one scale or one a channel, a bias or none.
struct filter {
  std::vector<int> extents;
  std::vector<double> values, bias;
  std::vector<float> scales;
  int zero = 0;
  [[nodiscard]] float scale(int channel) const {
    return scales.empty() ? 1.0f : scales[scales.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
  }
};

struct window {
  int kernel_height = 1, kernel_width = 1, stride_height = 1, stride_width = 1;
  int dilation_height = 1, dilation_width = 1, top = 0, left = 0;
};

inline constexpr double epsilon = std::numeric_limits<float>::epsilon();

inline bool is_float(type t) { return t == type::f32; }
inline double lowest(type t) {
  return t == type::s32 ? -0x1p31 : t == type::s16 ? -32768 : t == type::s8 ? -128 : 0;
}
inline double highest(type t) {
  return t == type::s32 ? 0x1p31 - 1 : t == type::s16 ? 32767 : t == type::s8 ? 127 : 255;
}
inline std::size_t size_of(type t) { return is_float(t) || t == type::s32 ? 4 : t == type::s16 ? 2 : 1; }
inline wide integer(double stored) { return static_cast<wide>(stored); }

/// round(real / scale) + zero in the range of the type; the division is float32.
inline double quantized(type t, steps s, float real) {
  double const rounded = std::round(static_cast<double>(real / s.scale));
  return std::clamp(rounded + s.zero, lowest(t), highest(t));
}

/// What the target clamps stored values to.
inline std::pair<double, double> limits(target const& to) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  double low = to.limit == bound::none ? -infinite : to.limit == bound::relu_n1_to_1 ? -1.0 : 0.0;
  double high = to.limit == bound::relu6 ? 6.0 : to.limit == bound::relu_n1_to_1 ? 1.0 : infinite;
  if (is_float(to.element)) return {low, high};
  low = low == -infinite ? lowest(to.element) : quantized(to.element, to.quantized, static_cast<float>(low));
  high =
      high == infinite ? highest(to.element) : quantized(to.element, to.quantized, static_cast<float>(high));
  return {low, high};
}

inline double bounded(target const& to, double stored) {
  auto const [low, high] = limits(to);
  return std::clamp(stored, low, high);
}

/// The sum with the zero point has 32 bits, as it has where others add it: what is saturated there wraps.
inline double stored(target const& to, wide above_zero) {
  return bounded(to, static_cast<double>(wrap32(above_zero + to.quantized.zero)));
}

inline std::size_t count_of(std::vector<int> const& extents) {
  std::size_t product = 1;
  for (int extent : extents) product *= static_cast<std::size_t>(extent);
  return product;
}

inline std::size_t offset_of(std::vector<int> const& extents, std::vector<int> const& index) {
  std::size_t offset = 0;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    offset = offset * static_cast<std::size_t>(extents[i]) + static_cast<std::size_t>(index[i]);
  }
  return offset;
}

/// Calls `f(index)` for every index list, in row-major order.
template <class F>
void for_each_index(std::vector<int> const& extents, F const& f) {
  std::vector<int> index(extents.size());
  for (std::size_t n = count_of(extents); n > 0; --n) {
    f(std::as_const(index));
    for (std::size_t i = extents.size(); i-- > 0;) {
      if (++index[i] < extents[i]) break;
      index[i] = 0;
    }
  }
}

/// Stored elements as numbers.
inline std::vector<double> values_of(type t, std::span<std::byte const> bytes) {
  std::vector<double> values;
  for (std::size_t i = 0; i < bytes.size(); i += size_of(t)) {
    float real = 0.0f;
    std::int16_t word = 0;
    std::int32_t number = 0;
    if (is_float(t)) {
      std::memcpy(&real, bytes.data() + i, 4);
      values.push_back(static_cast<double>(real));
    } else if (t == type::s16) {
      std::memcpy(&word, bytes.data() + i, 2);
      values.push_back(word);
    } else if (t == type::s32) {
      std::memcpy(&number, bytes.data() + i, 4);
      values.push_back(number);
    } else if (t == type::u8) {
      values.push_back(std::to_integer<std::uint8_t>(bytes[i]));
    } else {
      values.push_back(static_cast<std::int8_t>(std::to_integer<std::uint8_t>(bytes[i])));
    }
  }
  return values;
}

/// A number with as many digits as it takes to tell it from others.
inline std::string exactly(double value) {
  std::ostringstream text;
  text.precision(17);
  text << value;
  return text.str();
}

/// The first element outside its slack, in words; empty where all are as they should be.
inline std::string difference(answer const& want, type t, std::span<std::byte const> bytes) {
  std::vector<double> const got = values_of(t, bytes);
  if (got.size() != want.values.size()) {
    return std::to_string(got.size()) + " elements, not " + std::to_string(want.values.size());
  }
  for (std::size_t i = 0; i < got.size(); ++i) {
    double const wanted =
        is_float(t) ? static_cast<double>(static_cast<float>(want.values[i])) : want.values[i];
    if (got[i] == wanted || std::fabs(got[i] - want.values[i]) <= want.slack[i]) continue;
    if (std::isnan(got[i]) && std::isnan(wanted)) continue;
    return "element " + std::to_string(i) + " of " + std::to_string(got.size()) + " is " + exactly(got[i]) +
           ", not " + exactly(want.values[i]) + " (slack " + exactly(want.slack[i]) + ")";
  }
  return {};
}

}  // namespace naive
