// SPDX-License-Identifier: MIT
// Checks someone else's int8 convolution against linnet's, bit for bit, without a graph: shapes known at run
// time, plain pointers, multipliers as that someone states them.
//   linnet_harness [--cases N] [--seed N] [--bug NAME]
// What is tested here is `device_under_test` below: put yours in its place, or a call into your simulator. A
// bug is planted on demand, to show what a difference looks like: `padding` takes 0 for what lies outside of
// the image in place of its zero point, `rounding` rounds once and half up in place of twice and half away
// from zero, `stride` exchanges the two strides. Exit codes: 0 all equal, 1 a difference, 2 wrong usage, 3
// linnet has no kernel for a layer.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <random>
#include <span>
#include <string_view>
#include <vector>

#include <linnet/runtime/whole_layer.hpp>

namespace {

/// A convolution as a harness has it: numbers and plain arrays, no word of linnet's. Padding in front is
/// given, that behind follows from the output's size.
struct layer {
  std::int32_t batch, height, width, channels;        // of the input, int8 (batch, height, width, channels)
  std::int32_t output_height, output_width, filters;  // of the output, int8 (batch, height, width, filters)
  std::int32_t kernel_height, kernel_width;  // of the weights, int8 (filters, height, width, channels)
  std::int32_t stride_height, stride_width, dilation_height, dilation_width, padding_top, padding_left;
  std::int32_t input_zero_point, output_zero_point, low, high;  // clamps to [low, high]
  std::vector<std::int8_t> input, weights;
  std::vector<std::int32_t> bias, multipliers, shifts;  // one a filter: multiplier * 2^(shift - 31)
};

enum class bug { none, padding, rounding, stride };

// ---- the device under test: it knows nothing of linnet ----

/// x * multiplier * 2^(shift - 31), rounded to the nearest twice: first to the high half of the doubled
/// product, then by the shift to the right, halves away from zero. Precondition: shift <= 0.
std::int32_t scaled_twice_rounded(std::int32_t x, std::int32_t multiplier, std::int32_t shift) {
  std::int64_t const product = std::int64_t{x} * multiplier, half = std::int64_t{1} << 30;
  std::int64_t const high = (product + (product < 0 ? 1 - half : half)) / (std::int64_t{1} << 31);
  std::int64_t const divisor = std::int64_t{1} << -shift;
  std::int64_t const magnitude = ((high < 0 ? -high : high) + divisor / 2) / divisor;
  return static_cast<std::int32_t>(high < 0 ? -magnitude : magnitude);
}
/// The same, rounded once, halves up.
std::int32_t scaled_once_rounded(std::int32_t x, std::int32_t multiplier, std::int32_t shift) {
  return static_cast<std::int32_t>((std::int64_t{x} * multiplier + (std::int64_t{1} << (30 - shift))) >>
                                   (31 - shift));
}

/// The sum of products of one filter with the window of one output pixel, and the bias.
std::int32_t accumulated(layer const& l, std::int32_t n, std::int32_t y, std::int32_t x, std::int32_t f,
                         bug planted) {
  std::int32_t const down = planted == bug::stride ? l.stride_width : l.stride_height,
                     right = planted == bug::stride ? l.stride_height : l.stride_width,
                     outside = planted == bug::padding ? 0 : l.input_zero_point;
  std::int8_t const* weight =
      l.weights.data() + std::int64_t{f} * l.kernel_height * l.kernel_width * l.channels;
  std::int32_t sum = l.bias[static_cast<std::size_t>(f)];
  for (std::int32_t ky = 0; ky < l.kernel_height; ++ky) {
    for (std::int32_t kx = 0; kx < l.kernel_width; ++kx) {
      std::int32_t const row = y * down + ky * l.dilation_height - l.padding_top,
                         column = x * right + kx * l.dilation_width - l.padding_left;
      bool const inside = row >= 0 && row < l.height && column >= 0 && column < l.width;
      std::int64_t const pixel = ((std::int64_t{n} * l.height + row) * l.width + column) * l.channels;
      for (std::int32_t c = 0; c < l.channels; ++c) {
        std::int32_t const value = inside ? l.input[static_cast<std::size_t>(pixel + c)] : outside;
        sum += *weight++ * (value - l.input_zero_point);
      }
    }
  }
  return sum;
}

void device_under_test(layer const& l, std::int8_t* output, bug planted) {
  auto* const scaled = planted == bug::rounding ? &scaled_once_rounded : &scaled_twice_rounded;
  for (std::int32_t n = 0; n < l.batch; ++n) {
    for (std::int32_t y = 0; y < l.output_height; ++y) {
      for (std::int32_t x = 0; x < l.output_width; ++x) {
        for (std::int32_t f = 0; f < l.filters; ++f) {
          auto const filter = static_cast<std::size_t>(f);
          std::int32_t const sum = accumulated(l, n, y, x, f, planted),
                             value =
                                 scaled(sum, l.multipliers[filter], l.shifts[filter]) + l.output_zero_point;
          *output++ = static_cast<std::int8_t>(std::clamp(value, l.low, l.high));
        }
      }
    }
  }
}

// ---- linnet ----

/// What this machine's kernel makes of the layer, and whose kernel that is; null where there is none.
char const* linnet_convolution(layer const& l, std::int8_t* output) {
  namespace kernels = linnet::kernels;
  kernels::conv2d::problem p;  // int8, rounded twice, as TensorFlow Lite Micro does, unless it says otherwise
  p.input = {l.batch, l.height, l.width, l.channels};
  p.output = {l.batch, l.output_height, l.output_width, l.filters};
  p.kernel_height = l.kernel_height;
  p.kernel_width = l.kernel_width;
  p.stride_height = l.stride_height;
  p.stride_width = l.stride_width;
  p.dilation_height = l.dilation_height;
  p.dilation_width = l.dilation_width;
  p.padding_top = l.padding_top;
  p.padding_left = l.padding_left;
  p.input_quantization.zero_point = l.input_zero_point;
  p.output_quantization.zero_point = l.output_zero_point;
  p.bounds = {.low = l.low, .high = l.high};

  std::vector<linnet::multiplier> multipliers;
  for (std::size_t f = 0; f < l.multipliers.size(); ++f)
    multipliers.push_back({l.multipliers[f], l.shifts[f]});
  linnet::layer_needs const needs = linnet::needs_of_layer<linnet::arch::native>(p);
  std::vector<std::byte> packed(static_cast<std::size_t>(needs.packed_bytes)),
      scratch(static_cast<std::size_t>(needs.scratch_bytes));
  std::vector<kernels::input_row> window(static_cast<std::size_t>(needs.window_entries));
  linnet::plain_layer const operands{.inputs = {std::as_bytes(std::span(l.input)).data(), nullptr},
                                     .output = std::as_writable_bytes(std::span(output, 1)).data(),
                                     .constants = {.weights = std::as_bytes(std::span(l.weights)),
                                                   .bias = std::as_bytes(std::span(l.bias)),
                                                   .weight_scales = {},
                                                   .multipliers = multipliers}};
  return linnet::run_layer<std::int32_t, linnet::arch::native>(p, operands, {packed, scratch, window}).arch;
}

// ---- the harness ----

/// A random layer: any shape, both kinds of padding, all zero points.
layer random_layer(std::mt19937& random) {
  auto const number = [&](std::int32_t low,
                          std::int32_t high) {  // std's distributions differ between libraries
    return low + static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(high - low + 1));
  };
  layer l{};
  l.batch = number(1, 2);
  l.kernel_height = number(1, 3);
  l.kernel_width = number(1, 3);
  l.stride_height = number(1, 2);
  l.stride_width = number(1, 2);
  l.dilation_height = number(1, 2);
  l.dilation_width = number(1, 2);
  std::int32_t const reach_y = (l.kernel_height - 1) * l.dilation_height,
                     reach_x = (l.kernel_width - 1) * l.dilation_width;
  l.height = reach_y + number(1, 8);
  l.width = reach_x + number(1, 8);
  l.channels = number(1, 12);
  l.filters = number(1, 12);
  std::int32_t const rows_around = number(0, reach_y), columns_around = number(0, reach_x);
  l.padding_top = rows_around / 2;
  l.padding_left = columns_around / 2;
  l.output_height = (l.height + rows_around - reach_y - 1) / l.stride_height + 1;
  l.output_width = (l.width + columns_around - reach_x - 1) / l.stride_width + 1;
  l.input_zero_point = number(-128, 127);
  l.output_zero_point = number(-128, 127);
  l.low = number(-128, 0);
  l.high = number(1, 127);
  auto const fill = [&](std::vector<std::int8_t>& values, std::int32_t count) {
    values.resize(static_cast<std::size_t>(count));
    for (std::int8_t& v : values) v = static_cast<std::int8_t>(number(-128, 127));
  };
  fill(l.input, l.batch * l.height * l.width * l.channels);
  fill(l.weights, l.filters * l.kernel_height * l.kernel_width * l.channels);
  for (std::int32_t f = 0; f < l.filters; ++f) {
    l.bias.push_back(number(-20000, 20000));
    l.multipliers.push_back(number(1 << 30, 2147483647));
    l.shifts.push_back(number(-12, -6));
  }
  return l;
}

void describe(layer const& l) {
  std::cerr << "  input " << l.batch << "x" << l.height << "x" << l.width << "x" << l.channels << ", "
            << l.filters << " filters of " << l.kernel_height << "x" << l.kernel_width << ", stride "
            << l.stride_height << "x" << l.stride_width << ", dilation " << l.dilation_height << "x"
            << l.dilation_width << ", padding in front " << l.padding_top << "x" << l.padding_left
            << ", output " << l.batch << "x" << l.output_height << "x" << l.output_width << "x" << l.filters
            << "\n  zero points " << l.input_zero_point << " and " << l.output_zero_point << ", clamped to "
            << l.low << " to " << l.high << "\n";
}

/// Says where the first difference is, if there is one.
bool equal(layer const& l, std::vector<std::int8_t> const& made, std::vector<std::int8_t> const& wanted,
           std::int32_t number) {
  auto const first = std::ranges::mismatch(made, wanted).in1;
  if (first == made.end()) return true;
  std::int64_t at = first - made.begin();
  int const here = *first, there = wanted[static_cast<std::size_t>(at)];
  std::int64_t const f = at % l.filters, x = (at /= l.filters) % l.output_width,
                     y = (at /= l.output_width) % l.output_height, n = at / l.output_height;
  std::cerr << "case " << number << ": element (" << n << ", " << y << ", " << x << ", " << f
            << ") of the output differs: the device under test has " << here << ", linnet " << there << "\n";
  describe(l);
  std::cerr << "  multiplier " << l.multipliers[static_cast<std::size_t>(f)] << ", shift "
            << l.shifts[static_cast<std::size_t>(f)] << ", bias " << l.bias[static_cast<std::size_t>(f)]
            << "\n";
  return false;
}

struct options {
  std::int32_t cases = 200;
  std::uint32_t seed = 1;
  bug planted = bug::none;
};

template <class Number>
bool read_number(std::string_view text, Number& to) {
  auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), to);
  return failure == std::errc{} && end == text.data() + text.size();
}

std::optional<options> read_options(std::span<char* const> arguments) {
  constexpr std::array<std::string_view, 4> bugs{"none", "padding", "rounding", "stride"};
  options read;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    if (i + 1 == arguments.size()) return std::nullopt;
    std::string_view const name = arguments[i], value = arguments[i + 1];
    auto const known = std::ranges::find(bugs, value);
    if (name == "--bug" && known != bugs.end()) {
      read.planted = static_cast<bug>(known - bugs.begin());
    } else if (name == "--cases" ? !read_number(value, read.cases) || read.cases < 1
                                 : name != "--seed" || !read_number(value, read.seed)) {
      return std::nullopt;
    }
  }
  return read;
}

}  // namespace

int main(int count, char** arguments) {
  auto const asked = read_options(std::span(arguments, static_cast<std::size_t>(count)).subspan(1));
  if (!asked) {
    std::cerr << "usage: linnet_harness [--cases N] [--seed N] [--bug none|padding|rounding|stride]\n";
    return 2;
  }
  std::mt19937 random(asked->seed);
  std::size_t elements = 0;
  std::string_view arch;
  for (std::int32_t i = 0; i < asked->cases; ++i) {
    layer const l = random_layer(random);
    std::vector<std::int8_t> made(
        static_cast<std::size_t>(l.batch * l.output_height * l.output_width * l.filters));
    std::vector<std::int8_t> wanted = made;
    char const* const kernel = linnet_convolution(l, wanted.data());
    if (kernel == nullptr) {
      std::cerr << "case " << i << ": linnet has no kernel for it\n";
      describe(l);
      return 3;
    }
    device_under_test(l, made.data(), asked->planted);
    if (!equal(l, made, wanted, i)) return 1;
    elements += made.size();
    arch = kernel;
  }
  std::cout << asked->cases << " convolutions, " << elements << " elements: equal to linnet's (" << arch
            << " kernel), bit for bit\n";
}
