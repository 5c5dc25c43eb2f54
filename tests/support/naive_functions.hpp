// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "naive.hpp"

// Functions of each element, by their names.
namespace naive {

struct parameters {
  double a = 0.0, b = 0.0;
};

/// The function of a real number, from the standard library's.
inline double real_function(std::string_view f, double x, parameters const& p) {
  if (f == "abs") return std::fabs(x);
  if (f == "neg") return -x;
  if (f == "exp") return std::exp(x);
  if (f == "log") return std::log(x);
  if (f == "sqrt") return std::sqrt(x);
  if (f == "rsqrt") return 1.0 / std::sqrt(x);
  if (f == "square") return std::pow(x, 2.0);
  if (f == "reciprocal") return std::pow(x, -1.0);
  if (f == "floor") return std::floor(x);
  if (f == "sign") return (x > 0) - (x < 0);
  if (f == "tanh") return std::tanh(x);
  if (f == "elu") return x < 0 ? p.a * std::expm1(x) : x;
  if (f == "leaky_relu") return x < 0 ? p.a * x : x;
  if (f == "hard_sigmoid") return std::fmax(0.0, std::fmin(1.0, p.a * x + p.b));
  if (f == "hard_swish") return x * std::fmax(0.0, std::fmin(6.0, x + 3.0)) / 6.0;
  if (f == "swish") return x / (1.0 + std::exp(-p.a * x));
  if (f == "gelu" && p.a != 0) return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
  if (f == "gelu") {  // x / 2 (1 + tanh u) without cancellation
    double const u = std::sqrt(2.0 / std::acos(-1.0)) * (x + 0.044715 * std::pow(x, 3.0));
    return u < 0 ? x * std::exp(2.0 * u) / (1.0 + std::exp(2.0 * u)) : x / (1.0 + std::exp(-2.0 * u));
  }
  if (f == "softplus") return std::log1p(std::exp(x));
  return std::nan("");
}

/// x * real under a rule with multipliers, saturated to 32 bits by whoever uses it.
inline wide times(target const& to, wide x, double real) {
  return to.rounding == rule::double_rounding ? rescale_twice(x, fixed_of(real))
                                              : rescale_once(x, fixed_of(real));
}
inline double widened(steps s) { return static_cast<double>(s.scale); }

/// An integer function of one stored element; nothing else than these three have one.
inline void push_integer(answer& result, std::string_view f, double stored_x, tensor const& x,
                         parameters const& p, target const& to) {
  double const in = widened(x.quantized), out = widened(to.quantized), steps = stored_x - x.quantized.zero;
  double const most = highest(to.element), least = lowest(to.element);
  if (f == "leaky_relu") {
    float const slope = x.quantized.scale * (steps < 0 ? static_cast<float>(p.a) : 1.0f);  // of float32
    float const ratio = slope / to.quantized.scale;
    return result.push(stored(to, times(to, integer(steps), static_cast<double>(ratio))));
  }
  double const real = real_function(f, steps * in, p) / out + to.quantized.zero;
  if (f == "tanh" && x.element == type::s16)  // lines between the entries of the logistic function's table
    return result.push(std::clamp(real, -32768.0, 32767.0), 3.0);
  if (f == "tanh") {  // saturated from the radius on (see logistic)
    double const radius = input_radius(in);
    if (std::fabs(steps) >= radius) return result.push(steps > 0 ? most : least);
    return result.push(std::clamp(real, least, most), 0.501);
  }
  // Products of 15 bits: two roundings and a cut, each of one 2^15-th of what it makes.
  double const unit = std::fmax(std::fabs(steps * in) / out * 0x1p-12, 0.0);
  result.push(std::clamp(real, least, most), 1.0 + unit);
}

/// What is stored, as numbers of another type: the real part in front of the point, or what is left of an
/// integer when as many whole ranges of the type as it takes are set aside.
inline answer cast(tensor const& x, target const& to) {
  answer result;
  double const least = lowest(to.element), most = highest(to.element), range = most - least + 1.0;
  for (double value : x.values) {
    if (is_float(to.element)) {
      result.push(static_cast<double>(static_cast<float>(value)));
    } else if (is_float(x.element)) {
      result.push(std::isnan(value) ? 0.0 : std::clamp(std::trunc(value), least, most));
    } else {
      result.push(value - range * std::floor((value - least) / range));
    }
  }
  return result;
}

/// A function of every element.
inline answer unary(std::string_view f, tensor const& x, parameters const& p, target const& to) {
  answer result;
  for (double value : x.values) {
    if (is_float(to.element)) {
      double const real = real_function(f, value, p);
      result.push(static_cast<double>(static_cast<float>(real)), std::fabs(real) * epsilon + 1e-37);
    } else {
      push_integer(result, f, value, x, p, to);
    }
  }
  return result;
}

/// The function of two stored elements; floats: one operation of float32.
inline double combined(std::string_view f, double a, double b, tensor const& left, tensor const& right,
                       target const& to) {
  if (f == "maximum") return bounded(to, std::max(a, b));
  if (f == "minimum") return bounded(to, std::min(a, b));
  if (is_float(to.element)) {
    auto const x = static_cast<float>(a), y = static_cast<float>(b);
    float const made = f == "add"   ? x + y
                       : f == "sub" ? x - y
                       : f == "mul" ? x * y
                       : f == "div" ? x / y
                                    : (x < 0.0f ? x * y : x);
    return bounded(to, static_cast<double>(made));
  }
  double const s = widened(left.quantized), t = widened(right.quantized), out = widened(to.quantized);
  wide const x = integer(a) - left.quantized.zero, y = integer(b) - right.quantized.zero;
  if (f == "mul") return stored(to, times(to, x * y, s * t / out));
  if (f == "prelu") return stored(to, x < 0 ? times(to, x * y, s * t / out) : times(to, x, s / out));
  int const raised = to.element == type::s16 ? 15 : 20;
  double const common = 2.0 * std::max(s, t);
  wide const first = times(to, x * power_of_two(raised), s / common),
             second = times(to, y * power_of_two(raised), t / common);
  return stored(
      to, times(to, f == "sub" ? first - second : first + second, common / (std::ldexp(1.0, raised) * out)));
}

/// A function of two tensors, whose extents of 1 and missing outer dimensions are repeated.
inline answer binary(std::string_view f, tensor const& a, tensor const& b, target const& to) {
  answer result;
  auto const element = [](tensor const& x, std::vector<int> const& at) {
    std::vector<int> own;
    for (std::size_t i = 0; i < x.extents.size(); ++i)
      own.push_back(x.extents[i] == 1 ? 0 : at[i + at.size() - x.extents.size()]);
    return x.values[offset_of(x.extents, own)];
  };
  for_each_index(to.extents, [&](std::vector<int> const& at) {
    result.push(combined(f, element(a, at), element(b, at), a, b, to));
  });
  return result;
}

/// The elements at all combinations of the indices listed for each dimension.
inline answer picked(tensor const& x, std::vector<std::vector<int>> const& indices) {
  answer result;
  std::vector<int> extents, from(indices.size());
  for (auto const& list : indices) extents.push_back(static_cast<int>(list.size()));
  for_each_index(extents, [&](std::vector<int> const& at) {
    for (std::size_t i = 0; i < at.size(); ++i) from[i] = indices[i][static_cast<std::size_t>(at[i])];
    result.push(x.values[offset_of(x.extents, from)]);
  });
  return result;
}

/// Sum, maximum or minimum over some dimensions.
inline answer reduced(std::string_view f, tensor const& x, std::vector<int> const& axes) {
  std::vector<int> kept = x.extents;
  for (int axis : axes) kept[static_cast<std::size_t>(axis)] = 1;
  std::vector<std::vector<double>> parts(count_of(kept));
  for_each_index(x.extents, [&](std::vector<int> const& at) {
    std::vector<int> to = at;
    for (int axis : axes) to[static_cast<std::size_t>(axis)] = 0;
    parts[offset_of(kept, to)].push_back(x.values[offset_of(x.extents, at)]);
  });
  answer result;
  for (std::vector<double> const& part : parts) {
    double sum = 0.0, magnitude = 0.0;
    for (double value : part) {
      sum += value;
      magnitude += std::fabs(value);
    }
    if (f == "maximum") result.push(*std::max_element(part.begin(), part.end()));
    if (f == "minimum") result.push(*std::min_element(part.begin(), part.end()));
    if (f == "sum") result.push(sum, magnitude * epsilon * static_cast<double>(part.size()));
  }
  return result;
}

/// The place of the largest element along the last dimension, or of the smallest; the first or last one.
inline answer index_of(std::string_view f, tensor const& x) {
  answer result;
  auto const channels = static_cast<std::size_t>(x.extents.back());
  bool const smallest = f.ends_with("minimum"), last = f.starts_with("last");
  for (std::size_t begin = 0; begin < x.values.size(); begin += channels) {
    auto const from = x.values.begin() + static_cast<std::ptrdiff_t>(begin),
               to = from + static_cast<std::ptrdiff_t>(channels);
    double const extreme = smallest ? *std::min_element(from, to) : *std::max_element(from, to);
    std::vector<std::ptrdiff_t> places;
    for (auto at = from; at != to; ++at) {
      if (*at == extreme) places.push_back(at - from);
    }
    result.push(static_cast<double>(last ? places.back() : places.front()));
  }
  return result;
}

/// The logarithm of a float softmax, whose exponent is a float32 product.
inline answer log_softmax(tensor const& x, float beta) {
  answer result;
  auto const channels = static_cast<std::size_t>(x.extents.back());
  for (std::size_t begin = 0; begin < x.values.size(); begin += channels) {
    auto const row = std::span(x.values).subspan(begin, channels);
    double const largest = *std::max_element(row.begin(), row.end());
    double sum = 0.0, widest = 0.0;
    for (double value : row) {
      double const exponent = (value - largest) * static_cast<double>(beta);
      sum += std::exp(exponent);
      widest = std::max(widest, -exponent);
    }
    for (double value : row) {
      double const made = (value - largest) * static_cast<double>(beta) - std::log(sum);
      result.push(made, epsilon * (4 + 4 * widest));
    }
  }
  return result;
}

/// Where an output entry lies on the scale of the input's, and which entry is the nearest one.
enum class place { corner, center, aligned, center_of_one };
enum class nearest { below, above, half_down, half_up };
struct resampling {
  bool linear = false;
  place where = place::corner;
  nearest entry = nearest::below;
  float rows = 0.0f, columns = 0.0f;  // output entries for each of the input; 0: the extents say it
};

/// One dimension of two images.
struct extent_pair {
  int input = 1, output = 1;
  float stated = 0.0f;
};

/// The middle of output entry i, or its beginning, on the input's scale. The order of float32 operations is
/// the rule: TensorFlow Lite multiplies by a step; onnxruntime, whose models state a number, divides.
inline float place_of(extent_pair const& e, place where, int i) {
  float const begin = static_cast<float>(i), last_input = static_cast<float>(e.input - 1),
              last_output = static_cast<float>(e.output - 1);
  bool const divides = e.stated > 0.0f;
  if (where == place::aligned) {
    if (e.output == 1) return 0.0f;
    return divides ? begin * last_input / last_output : begin * (last_input / last_output);
  }
  float const at = where == place::corner ? begin : begin + 0.5f;
  return divides ? at / e.stated : at * (static_cast<float>(e.input) / static_cast<float>(e.output));
}

/// The entry that TensorFlow Lite and onnxruntime take.
inline int nearest_of(extent_pair const& e, resampling const& r, int i) {
  if (r.where == place::center_of_one && e.output == 1) return 0;
  float const middle = place_of(e, r.where, i);
  bool const of_entries = r.where == place::corner || r.where == place::aligned;
  double const at = static_cast<double>(of_entries ? middle : middle - 0.5f);
  double taken = r.entry == nearest::below       ? std::floor(at)
                 : r.entry == nearest::above     ? std::ceil(at)
                 : r.entry == nearest::half_down ? std::ceil(at - 0.5)
                                                 : std::floor(at + 0.5);
  bool const of_tflite = r.where == place::center && r.entry == nearest::half_up && e.stated == 0.0f;
  if (of_tflite) taken = std::floor(static_cast<double>(middle));  // the entry that the middle lies in
  return static_cast<int>(std::clamp(taken, 0.0, e.input - 1.0));
}

/// Which entries of a dimension an output entry lies between, and how much of the second one: of integers in
/// 1024ths, as TensorFlow Lite's documentation of its kernels has it.
struct neighbours {
  int low = 0, high = 0;
  double part = 0.0;
};
inline neighbours neighbours_of(bool integers, extent_pair const& e, place where, int i) {
  int const last = e.input - 1;
  bool const by_ends = where == place::aligned && e.output > 1;
  if (integers) {
    int const step = by_ends ? (1024 * last + (e.output - 1) / 2) / (e.output - 1)
                             : (1024 * e.input + e.output / 2) / e.output;
    int const at = where == place::center ? i * step + step / 2 - 512 : i * step;
    int const low = std::max(at / 1024, 0), high = std::min((at + 1023) / 1024, last);
    return {std::min(low, last), high, static_cast<double>(at - 1024 * low) / 1024};
  }
  if (where == place::center_of_one && e.output == 1) return {};
  double const step = by_ends           ? last / (e.output - 1.0)
                      : e.stated > 0.0f ? 1.0 / static_cast<double>(e.stated)
                                        : static_cast<double>(e.input) / e.output;
  bool const begins = where == place::corner || where == place::aligned;
  double const at = std::clamp(begins ? i * step : (i + 0.5) * step - 0.5, 0.0, static_cast<double>(last));
  return {static_cast<int>(std::floor(at)), static_cast<int>(std::ceil(at)), at - std::floor(at)};
}

/// Images (N,H,W,C) of another height and width.
inline answer resized(tensor const& x, resampling const& r, target const& to) {
  answer result;
  bool const integers = !is_float(to.element);
  auto const& in = x.extents;
  extent_pair const rows{in[1], to.extents[1], r.rows}, columns{in[2], to.extents[2], r.columns};
  for_each_index(to.extents, [&](std::vector<int> const& at) {
    auto const element = [&](int y, int column) {
      return x.values[offset_of(in, {at[0], y, column, at[3]})];
    };
    if (!r.linear) return result.push(element(nearest_of(rows, r, at[1]), nearest_of(columns, r, at[2])));
    neighbours const v = neighbours_of(integers, rows, r.where, at[1]),
                     h = neighbours_of(integers, columns, r.where, at[2]);
    double sum = 0.0, most = 0.0;
    for (bool down : {false, true}) {
      for (bool right : {false, true}) {
        double const value = element(down ? v.high : v.low, right ? h.high : h.low);
        sum += value * (down ? v.part : 1.0 - v.part) * (right ? h.part : 1.0 - h.part);
      }
    }
    // A place that float32 puts just before an entry has a little of the one in front, too.
    for (int y = std::max(v.low - 1, 0); y <= std::min(v.high + 1, in[1] - 1); ++y) {
      for (int column = std::max(h.low - 1, 0); column <= std::min(h.high + 1, in[2] - 1); ++column)
        most = std::max(most, std::fabs(element(y, column)));
    }
    if (integers) return result.push(std::round(sum));
    double const denormal = std::numeric_limits<float>::min();  // below it floats have fewer bits
    result.push(sum, denormal + most * epsilon * (8 + 4 * (in[1] + in[2] + to.extents[1] + to.extents[2])));
  });
  return result;
}

}  // namespace naive
