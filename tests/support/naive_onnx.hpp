// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

// ONNX's operators as its specification has them, channels in front, in double: an oracle that knows nothing
// of how linnet stores an image.
namespace naive_onnx {

struct tensor {
  std::vector<int> dims;
  std::vector<double> values;

  tensor() = default;
  explicit tensor(std::vector<int> d) : dims(std::move(d)), values(size_of(dims)) {}
  tensor(std::vector<int> d, std::vector<float> const& from)
      : dims(std::move(d)), values(from.begin(), from.end()) {}

  static std::size_t size_of(std::vector<int> const& dims) {
    std::size_t size = 1;
    for (int d : dims) size *= static_cast<std::size_t>(d);
    return size;
  }
  /// Element of a tensor of rank 4.
  double& at(int n, int c, int y, int x) { return values[offset(n, c, y, x)]; }
  [[nodiscard]] double at(int n, int c, int y, int x) const { return values[offset(n, c, y, x)]; }

 private:
  [[nodiscard]] std::size_t offset(int n, int c, int y, int x) const {
    return static_cast<std::size_t>(((n * dims[1] + c) * dims[2] + y) * dims[3] + x);
  }
};

/// Calls `f(n, channel, row, column)` for every element.
template <class F>
void for_each(std::vector<int> const& dims, F const& f) {
  for (int n = 0; n < dims[0]; ++n)
    for (int c = 0; c < dims[1]; ++c)
      for (int y = 0; y < dims[2]; ++y)
        for (int x = 0; x < dims[3]; ++x) f(n, c, y, x);
}

/// Along one dimension: how a window of `kernel` taps moves.
struct steps {
  int kernel = 1, stride = 1, dilation = 1, before = 0, after = 0;
};

inline int floor_extent(int input, steps s) {
  return (input + s.before + s.after - (s.kernel - 1) * s.dilation - 1) / s.stride + 1;
}
/// Rounded up; a window that would begin behind the image and its padding in front is left out.
inline int ceil_extent(int input, steps s) {
  int const room = input + s.before + s.after - s.kernel;
  int const count = (room + s.stride - 1) / s.stride + 1;
  return (count - 1) * s.stride >= input + s.before ? count - 1 : count;
}

inline tensor conv(tensor const& x, tensor const& w, std::vector<float> const& bias, int groups, steps v,
                   steps h) {
  tensor made({x.dims[0], w.dims[0], floor_extent(x.dims[2], v), floor_extent(x.dims[3], h)});
  int const outputs = w.dims[0] / groups;
  for_each(made.dims, [&](int n, int o, int y, int column) {
    double sum = bias.empty() ? 0.0 : static_cast<double>(bias[static_cast<std::size_t>(o)]);
    for_each({1, w.dims[1], w.dims[2], w.dims[3]}, [&](int, int i, int ky, int kx) {
      int const iy = y * v.stride - v.before + ky * v.dilation;
      int const ix = column * h.stride - h.before + kx * h.dilation;
      if (iy < 0 || ix < 0 || iy >= x.dims[2] || ix >= x.dims[3]) return;
      sum += w.at(o, i, ky, kx) * x.at(n, (o / outputs) * w.dims[1] + i, iy, ix);
    });
    made.at(n, o, y, column) = sum;
  });
  return made;
}

/// Weights (inputs, outputs of a group, rows, columns); every element of x is spread over a window. What
/// `before` and `after` name is cut off, `more` rows and columns are added behind.
inline tensor conv_transpose(tensor const& x, tensor const& w, std::vector<float> const& bias, int groups,
                             steps v, steps h, int more_rows, int more_columns) {
  auto const extent = [](int input, steps s, int more) {
    return (input - 1) * s.stride + (s.kernel - 1) * s.dilation + 1 - s.before - s.after + more;
  };
  int const inputs = x.dims[1] / groups, outputs = w.dims[1];
  tensor made(
      {x.dims[0], outputs * groups, extent(x.dims[2], v, more_rows), extent(x.dims[3], h, more_columns)});
  for_each(made.dims, [&](int n, int o, int y, int column) {
    if (!bias.empty()) made.at(n, o, y, column) = static_cast<double>(bias[static_cast<std::size_t>(o)]);
  });
  for_each(x.dims, [&](int n, int i, int iy, int ix) {
    for_each({1, outputs, w.dims[2], w.dims[3]}, [&](int, int o, int ky, int kx) {
      int const y = iy * v.stride + ky * v.dilation - v.before;
      int const column = ix * h.stride + kx * h.dilation - h.before;
      if (y < 0 || column < 0 || y >= made.dims[2] || column >= made.dims[3]) return;
      made.at(n, i / inputs * outputs + o, y, column) += w.at(i, o, ky, kx) * x.at(n, i, iy, ix);
    });
  });
  return made;
}

enum class pooling { max, average, average_with_padding };

inline tensor pool(tensor const& x, pooling kind, bool round_up, steps v, steps h) {
  auto const extent = round_up ? ceil_extent : floor_extent;
  tensor made({x.dims[0], x.dims[1], extent(x.dims[2], v), extent(x.dims[3], h)});
  for_each(made.dims, [&](int n, int c, int y, int column) {
    double sum = 0.0, most = -std::numeric_limits<double>::infinity();
    int inside = 0, padded = 0;
    for_each({1, 1, v.kernel, h.kernel}, [&](int, int, int ky, int kx) {
      int const iy = y * v.stride - v.before + ky, ix = column * h.stride - h.before + kx;
      padded += iy < x.dims[2] + v.after && ix < x.dims[3] + h.after ? 1 : 0;
      if (iy < 0 || ix < 0 || iy >= x.dims[2] || ix >= x.dims[3]) return;
      ++inside;
      sum += x.at(n, c, iy, ix);
      most = std::max(most, x.at(n, c, iy, ix));
    });
    made.at(n, c, y, column) =
        kind == pooling::max ? most : sum / (kind == pooling::average ? inside : padded);
  });
  return made;
}

/// A pool over (batch, channels, depth, rows, columns).
inline tensor pool3d(tensor const& x, pooling kind, bool round_up, std::vector<steps> const& s) {
  auto const extent = [&](std::size_t i) {
    int const input = x.dims[i + 2],
              room = input + s[i].before + s[i].after - (s[i].kernel - 1) * s[i].dilation - 1;
    int const count = (room + (round_up ? s[i].stride - 1 : 0)) / s[i].stride + 1;
    return round_up && (count - 1) * s[i].stride >= input + s[i].before ? count - 1 : count;
  };
  tensor made({x.dims[0], x.dims[1], extent(0), extent(1), extent(2)});
  int const plane = made.dims[3] * made.dims[4], volume = made.dims[2] * plane;
  for (std::size_t at = 0; at < made.values.size(); ++at) {
    int const whole = static_cast<int>(at), image = whole / volume;
    std::vector<int> const place{whole % volume / plane, whole % plane / made.dims[4], whole % made.dims[4]};
    double sum = 0.0, most = -std::numeric_limits<double>::infinity();
    int inside = 0, padded = 0;
    for_each({1, s[0].kernel, s[1].kernel, s[2].kernel}, [&](int, int a, int b, int c) {
      std::vector<int> const tap{a, b, c};
      bool is_inside = true, is_padded = true;
      int from = image;
      for (std::size_t i = 0; i < 3; ++i) {
        int const p = place[i] * s[i].stride - s[i].before + tap[i] * s[i].dilation;
        is_inside = is_inside && p >= 0 && p < x.dims[i + 2];
        is_padded = is_padded && p < x.dims[i + 2] + s[i].after;
        from = from * x.dims[i + 2] + p;
      }
      padded += is_padded ? 1 : 0;
      if (!is_inside) return;
      ++inside;
      sum += x.values[static_cast<std::size_t>(from)];
      most = std::max(most, x.values[static_cast<std::size_t>(from)]);
    });
    made.values[at] = kind == pooling::max ? most : sum / (kind == pooling::average ? inside : padded);
  }
  return made;
}

/// Rows by weights (inputs, units), where `weight(input, unit)` is one of them.
template <class Weight>
tensor matrix_product(tensor const& x, int units, Weight const& weight) {
  int const inputs = x.dims.back(), rows = static_cast<int>(x.values.size()) / inputs;
  tensor made({rows, units});
  for (int row = 0; row < rows; ++row) {
    for (int unit = 0; unit < units; ++unit) {
      double& sum = made.values[static_cast<std::size_t>(row * units + unit)];
      for (int i = 0; i < inputs; ++i) {
        sum += x.values[static_cast<std::size_t>(row * inputs + i)] * weight(i, unit);
      }
    }
  }
  return made;
}

/// Dimension i of the result is dimension axes[i].
inline tensor transpose(tensor const& x, std::vector<int> const& axes) {
  std::size_t const rank = x.dims.size();
  std::vector<int> dims;
  for (int axis : axes) dims.push_back(x.dims[static_cast<std::size_t>(axis)]);
  tensor made(dims);
  for (std::size_t index = 0; index < made.values.size(); ++index) {
    std::vector<std::size_t> from(rank);
    std::size_t rest = index;
    for (std::size_t i = rank; i-- > 0;) {
      from[static_cast<std::size_t>(axes[i])] = rest % static_cast<std::size_t>(dims[i]);
      rest /= static_cast<std::size_t>(dims[i]);
    }
    std::size_t offset = 0;
    for (std::size_t i = 0; i < rank; ++i) offset = offset * static_cast<std::size_t>(x.dims[i]) + from[i];
    made.values[index] = x.values[offset];
  }
  return made;
}

}  // namespace naive_onnx
