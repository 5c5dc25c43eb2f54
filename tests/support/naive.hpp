// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "naive_tensor.hpp"

// Every operator from its rule in arithmetic.md, as loops that can be believed: one index list at a time,
// integers in 128 bits. An answer has a slack for each element: 0 where linnet promises the bits.
namespace naive {

/// A sum of products: exact for integers; for floats with the magnitude that bounds what any order of float32
/// additions, fused or not, can lose: one epsilon of it for each term (Higham, Accuracy and Stability, 3.1),
/// and a step of the smallest floats for each product that is one of them.
class product_sum {
 public:
  void add(double w, int w_zero, double x, int x_zero) {
    exact_ += (integer(w) - w_zero) * (integer(x) - x_zero);
    add_real(w * x);
  }
  void add_real(double term) {
    real_ += term;
    magnitude_ += std::fabs(term);
    ++terms_;
  }
  void add_bias(double bias) {
    exact_ += integer(bias);
    add_real(bias);
  }
  [[nodiscard]] wide exact() const { return exact_; }
  [[nodiscard]] double real() const { return real_; }
  [[nodiscard]] double error() const { return terms_ * (epsilon * magnitude_ + 0x1p-149); }

 private:
  wide exact_ = 0;
  double real_ = 0.0, magnitude_ = 0.0;
  int terms_ = 1;
};

/// The end of a convolution or dense layer.
inline void push_sum(answer& result, product_sum sum, tensor const& x, filter const& f, int channel,
                     target const& to) {
  if (!f.bias.empty()) sum.add_bias(f.bias[static_cast<std::size_t>(channel)]);
  if (is_float(to.element)) return result.push(bounded(to, sum.real()), sum.error());
  wide const rescaled =
      rescale(to.rounding, wrap32(sum.exact()), x.quantized.scale, f.scale(channel), to.quantized.scale);
  result.push(stored(to, rescaled));
}

/// Calls `f(ky, kx, input row, input column)` for every tap inside the image.
template <class F>
void for_each_tap(tensor const& x, window const& w, int y, int column, F const& f) {
  for (int ky = 0; ky < w.kernel_height; ++ky) {
    for (int kx = 0; kx < w.kernel_width; ++kx) {
      int const iy = y * w.stride_height - w.top + ky * w.dilation_height;
      int const ix = column * w.stride_width - w.left + kx * w.dilation_width;
      if (iy >= 0 && ix >= 0 && iy < x.extents[1] && ix < x.extents[2]) f(ky, kx, iy, ix);
    }
  }
}

/// Weights (O, kh, kw, C).
inline answer conv2d(tensor const& x, filter const& f, window const& w, target const& to) {
  answer result;
  for_each_index(to.extents, [&](std::vector<int> const& at) {
    product_sum sum;
    for_each_tap(x, w, at[1], at[2], [&](int ky, int kx, int iy, int ix) {
      for (int i = 0; i < x.extents[3]; ++i) {
        sum.add(f.values[offset_of(f.extents, {at[3], ky, kx, i})], f.zero,
                x.values[offset_of(x.extents, {at[0], iy, ix, i})], x.quantized.zero);
      }
    });
    push_sum(result, sum, x, f, at[3], to);
  });
  return result;
}

/// Weights (O, kh, kw, C): every input pixel is spread over a window of the output, as far as there is one.
inline answer transpose_conv2d(tensor const& x, filter const& f, window const& w, target const& to) {
  std::vector<product_sum> sums(count_of(to.extents));
  for_each_index(x.extents, [&](std::vector<int> const& at) {
    for_each_index({to.extents[3], w.kernel_height, w.kernel_width}, [&](std::vector<int> const& tap) {
      int const y = at[1] * w.stride_height + tap[1] * w.dilation_height - w.top;
      int const column = at[2] * w.stride_width + tap[2] * w.dilation_width - w.left;
      if (y < 0 || column < 0 || y >= to.extents[1] || column >= to.extents[2]) return;
      sums[offset_of(to.extents, {at[0], y, column, tap[0]})].add(
          f.values[offset_of(f.extents, {tap[0], tap[1], tap[2], at[3]})], f.zero,
          x.values[offset_of(x.extents, at)], x.quantized.zero);
    });
  });
  answer result;
  for_each_index(to.extents, [&](std::vector<int> const& at) {
    push_sum(result, sums[offset_of(to.extents, at)], x, f, at[3], to);
  });
  return result;
}

/// Weights (1, kh, kw, O); output channel o sees input channel o / (O / C).
inline answer depthwise(tensor const& x, filter const& f, window const& w, target const& to) {
  answer result;
  int const multiplier = to.extents[3] / x.extents[3];
  for_each_index(to.extents, [&](std::vector<int> const& at) {
    product_sum sum;
    for_each_tap(x, w, at[1], at[2], [&](int ky, int kx, int iy, int ix) {
      sum.add(f.values[offset_of(f.extents, {0, ky, kx, at[3]})], f.zero,
              x.values[offset_of(x.extents, {at[0], iy, ix, at[3] / multiplier})], x.quantized.zero);
    });
    push_sum(result, sum, x, f, at[3], to);
  });
  return result;
}

/// Weights (O, I); the input is rows of I.
inline answer dense(tensor const& x, filter const& f, target const& to) {
  answer result;
  int const units = f.extents[0], inputs = f.extents[1];
  int const rows = static_cast<int>(x.values.size()) / inputs;
  for_each_index({rows, units}, [&](std::vector<int> const& at) {
    product_sum sum;
    for (int i = 0; i < inputs; ++i) {
      sum.add(f.values[offset_of(f.extents, {at[1], i})], f.zero,
              x.values[offset_of({rows, inputs}, {at[0], i})], x.quantized.zero);
    }
    push_sum(result, sum, x, f, at[1], to);
  });
  return result;
}

/// Matrices in outer dimensions, which are repeated where they are 1 or missing; a transposed operand is
/// stored with its last two dimensions exchanged.
inline answer batch_matmul(tensor const& a, tensor const& b, bool a_transposed, bool b_transposed,
                           target const& to) {
  auto const value = [](tensor const& x, std::vector<int> at) {  // at an index of the output's rank
    at.erase(at.begin(), at.end() - static_cast<std::ptrdiff_t>(x.extents.size()));
    for (std::size_t i = 0; i + 2 < at.size(); ++i) at[i] = x.extents[i] == 1 ? 0 : at[i];
    return x.values[offset_of(x.extents, at)];
  };
  std::size_t const rank = to.extents.size();
  int const inner = a.extents[a.extents.size() - (a_transposed ? 2 : 1)];
  answer result;
  for_each_index(to.extents, [&](std::vector<int> const& at) {
    product_sum sum;
    for (int k = 0; k < inner; ++k) {
      std::vector<int> x = at, y = at;
      x[rank - 1] = y[rank - 2] = k;
      if (a_transposed) std::swap(x[rank - 1], x[rank - 2]);
      if (b_transposed) std::swap(y[rank - 1], y[rank - 2]);
      sum.add(value(a, x), a.quantized.zero, value(b, y), b.quantized.zero);
    }
    push_sum(result, sum, a, {.extents = {}, .values = {}, .bias = {}, .scales = {b.quantized.scale}}, 0, to);
  });
  return result;
}

inline answer add(tensor const& a, tensor const& b, target const& to) {
  answer result;
  bool const twice = to.rounding == rule::double_rounding;
  auto const apply = [&](wide x, double real) {
    return twice ? rescale_twice(x, fixed_of(real)) : rescale_once(x, fixed_of(real));
  };
  auto const widened = [](steps s) { return static_cast<double>(s.scale); };
  double const t = 2.0 * std::max(widened(a.quantized), widened(b.quantized));
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    if (is_float(to.element)) {
      result.push(bounded(
          to, static_cast<double>(static_cast<float>(a.values[i]) + static_cast<float>(b.values[i]))));
      continue;
    }
    auto const raised = [&](tensor const& x) {
      return apply((integer(x.values[i]) - x.quantized.zero) * power_of_two(20), widened(x.quantized) / t);
    };
    result.push(stored(to, apply(raised(a) + raised(b), t / (0x1p20 * widened(to.quantized)))));
  }
  return result;
}

inline answer pool(bool average, tensor const& x, window const& w, target const& to) {
  answer result;
  for_each_index(to.extents, [&](std::vector<int> const& at) {
    product_sum sum;
    wide total = 0;
    int taps = 0;
    double largest = -std::numeric_limits<double>::infinity();
    for_each_tap(x, w, at[1], at[2], [&](int, int, int iy, int ix) {
      double const value = x.values[offset_of(x.extents, {at[0], iy, ix, at[3]})];
      sum.add_real(value);
      total += integer(value);
      ++taps;
      largest = std::max(largest, value);
    });
    if (!average) return result.push(bounded(to, largest));
    if (is_float(to.element)) return result.push(bounded(to, sum.real() / taps), 2 * sum.error() / taps);
    result.push(bounded(to, static_cast<double>(nearest_away(total, taps))));
  });
  return result;
}

/// s_in / (s_out * n) as arithmetic.md has it: the division truncates the raised mantissa.
inline fixed mean_factor(float input, float output, wide n) {
  fixed m = fixed_of(static_cast<double>(input) / static_cast<double>(output));
  int shift = 0;
  while (power_of_two(shift + 1) <= n) ++shift;
  shift = std::min({shift, 32, 31 + m.exponent});
  return {m.mantissa * power_of_two(shift) / n, m.exponent - shift};
}

inline answer mean(tensor const& x, std::vector<int> const& axes, target const& to) {
  std::vector<int> kept = x.extents;
  for (int axis : axes) kept[static_cast<std::size_t>(axis)] = 1;
  std::vector<product_sum> sums(count_of(kept));
  for_each_index(x.extents, [&](std::vector<int> const& at) {
    std::vector<int> to_index = at;
    for (int axis : axes) to_index[static_cast<std::size_t>(axis)] = 0;
    sums[offset_of(kept, to_index)].add_bias(x.values[offset_of(x.extents, at)]);
  });
  auto const n = static_cast<wide>(x.values.size() / sums.size());
  answer result;
  for (product_sum const& sum : sums) {
    auto const count = static_cast<double>(n);
    if (is_float(to.element)) {
      result.push(sum.real() / count, 2 * sum.error() / count);
      continue;
    }
    fixed const m = mean_factor(x.quantized.scale, to.quantized.scale, n);
    wide const above = sum.exact() - n * x.quantized.zero;
    result.push(
        stored(to, to.rounding == rule::double_rounding ? rescale_twice(above, m) : rescale_once(above, m)));
  }
  return result;
}

/// Requantization, the relu family, and a copy (equal scales).
inline answer rescaled(tensor const& x, target const& to) {
  answer result;
  for (double value : x.values) {
    if (is_float(to.element)) {
      result.push(bounded(to, value));
    } else {
      result.push(stored(to, rescale(to.rounding, integer(value) - x.quantized.zero, x.quantized.scale, 1.0f,
                                     to.quantized.scale)));
    }
  }
  return result;
}

inline answer concat(std::vector<tensor> const& parts, std::size_t axis, target const& to) {
  answer result{std::vector<double>(count_of(to.extents)), std::vector<double>(count_of(to.extents))};
  int begin = 0;
  for (tensor const& part : parts) {
    std::vector<double> const values = rescaled(part, to).values;
    for_each_index(part.extents, [&](std::vector<int> const& at) {
      std::vector<int> moved = at;
      moved[axis] += begin;
      result.values[offset_of(to.extents, moved)] = values[offset_of(part.extents, at)];
    });
    begin += part.extents[axis];
  }
  return result;
}

/// `before[i]` elements of zero points in front of dimension i, the rest of the target's extent behind.
inline answer pad(tensor const& x, std::vector<int> const& before, target const& to) {
  answer result;
  for_each_index(to.extents, [&](std::vector<int> const& at) {
    std::vector<int> from = at;
    bool inside = true;
    for (std::size_t i = 0; i < from.size(); ++i) {
      from[i] -= before[i];
      inside = inside && from[i] >= 0 && from[i] < x.extents[i];
    }
    result.push(inside ? x.values[offset_of(x.extents, from)] : to.quantized.zero);
  });
  return result;
}

inline answer transpose(tensor const& x, std::vector<int> const& axes) {
  std::vector<int> extents;
  for (int axis : axes) extents.push_back(x.extents[static_cast<std::size_t>(axis)]);
  answer result;
  for_each_index(extents, [&](std::vector<int> const& at) {
    std::vector<int> from(at.size());
    for (std::size_t i = 0; i < at.size(); ++i) from[static_cast<std::size_t>(axes[i])] = at[i];
    result.push(x.values[offset_of(x.extents, from)]);
  });
  return result;
}

/// Along the last dimension. Integers are held against the real function: half a step of rounding, 2^-20 for
/// each addend of the Q12.19 sum, a thousandth of a step for the series. Of 16 bits: no power is off by more
/// than two steps, as none is smaller than e^-10. Floats: the exponent is a float32 product.
inline answer softmax(tensor const& x, float beta, target const& to) {
  answer result;
  auto const channels = static_cast<std::size_t>(x.extents.back());
  for (std::size_t begin = 0; begin < x.values.size(); begin += channels) {
    std::span<double const> const row = std::span(x.values).subspan(begin, channels);
    double const unit = is_float(to.element) ? 1.0 : static_cast<double>(x.quantized.scale);
    double const largest = *std::max_element(row.begin(), row.end());
    double sum = 0.0, widest = 0.0;
    auto const exponent = [&](double value) { return (value - largest) * unit * static_cast<double>(beta); };
    for (double value : row) {
      sum += std::exp(exponent(value));
      widest = std::max(widest, -exponent(value));
    }
    for (double value : row) {
      double const share = std::exp(exponent(value)) / sum;
      if (is_float(to.element)) {
        result.push(share, share * epsilon * (4 + 2 * widest) + 1e-37);
      } else {
        bool const widened = to.element == type::s16, tables = x.element == type::s16;
        double const steps = tables ? 32768 : widened ? 65536 : 256, addends = static_cast<double>(channels);
        double const in_steps = steps * share + (tables ? 0.0 : lowest(to.element));
        double const error =
            tables ? 3.0 + share * (2.0 * addends + 2.0) : 0.5 + steps * (addends * 0x1p-20 + 0.001 / 256);
        result.push(std::min(in_steps, highest(to.element)), error);
      }
    }
  }
  return result;
}

/// The steps from the zero point that reach 15 at the next larger power-of-two scale, whole ones: TensorFlow
/// Lite's input radius, whose shift is at most 30, that of a scale of 8.
inline double input_radius(double scale) {
  return std::floor(std::ldexp(15.0, -std::min(std::ilogb(scale) + 1, 3)));
}

/// Integers: half a step of rounding and a thousandth for the fixed-point series; as many steps from the zero
/// point as reach 15 at the next larger power-of-two scale (rounded down: TFLite's input radius), the result
/// is saturated. Of 16 bits: lines between a table's entries, which end near 10.7.
inline answer logistic(tensor const& x, target const& to) {
  answer result;
  auto const scale = static_cast<double>(x.quantized.scale);
  double const radius = is_float(x.element) ? 0.0 : input_radius(scale);
  for (double value : x.values) {
    double const reach = value - x.quantized.zero, real = is_float(x.element) ? value : reach * scale;
    double const share = 1.0 / (1.0 + std::exp(-real));
    if (is_float(x.element)) {
      result.push(share, share * epsilon + 1e-37);
    } else if (x.element == type::s16) {
      result.push(std::min(0x1p15 * share, 32767.0), 2.0);
    } else if (std::fabs(reach) >= radius) {
      result.push(reach > 0 ? highest(to.element) : lowest(to.element));
    } else {
      result.push(std::min(256 * share + lowest(to.element), highest(to.element)), 0.501);
    }
  }
  return result;
}

inline answer quantize(tensor const& x, target const& to) {
  answer result;
  for (double value : x.values) result.push(quantized(to.element, to.quantized, static_cast<float>(value)));
  return result;
}

inline answer dequantize(tensor const& x) {
  answer result;
  for (double value : x.values) {
    result.push(static_cast<double>(static_cast<float>(value - x.quantized.zero) * x.quantized.scale));
  }
  return result;
}

}  // namespace naive
