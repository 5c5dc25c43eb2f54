// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <linnet/kernels/convolution.hpp>

#include "kernel_harness.hpp"
#include "random_values.hpp"

// Random layers with weights: everything that conv2d, depthwise and dense have in common.
namespace support {

/// Weights, biases and scales as bytes for linnet and as numbers for the oracle.
struct random_filter {
  byte_vector weights, bias;
  std::vector<float> scales;
  linnet::quantization output_quantization;
  std::int32_t zero_point = 0;

  /// `extents` as the operator orders its weights; `addends` products make one output. The output's scale is
  /// chosen so that sums spread over the whole range, sometimes far beyond it or far below one step.
  random_filter(random_source& random, element_type type, rounding policy, std::size_t count,
                std::int32_t channels, std::int32_t addends, linnet::quantization const& input) {
    bool const quantized = type != linnet::f32, shifts = is_shift(policy);
    weights = random_elements(random, type, count, 1.0 / std::sqrt(addends));
    if (quantized) {
      if (random.one_in(2)) zero_point = random_zero_point(random, type);
      double const exponent = random.real(-10, -4);
      std::int32_t const scale_count = random.one_in(2) ? 1 : channels;
      for (std::int32_t i = 0; i < scale_count; ++i) {
        scales.push_back(random_scale(random, exponent + random.real(-2, 2), shifts));
      }
      double const spread = random.one_in(8) ? random.real(-25, 3) : random.real(-12, -4);
      double const product = std::log2(static_cast<double>(input.scale)) + exponent;
      output_quantization = random_quantization(random, type, product - spread, shifts);
    }
    if (random.one_in(5)) return;
    bool const extreme = largest_factor(input) < 0.25 && random.one_in(8);
    for (std::int32_t o = 0; o < channels; ++o) {
      if (!quantized) {
        append(bias, static_cast<float>(random.real(-1, 1)));
      } else if (extreme) {  // sums beyond 2^31 begin again at the other end
        append(bias, random.pick({std::numeric_limits<std::int32_t>::min(),
                                  std::numeric_limits<std::int32_t>::max()}));
      } else {
        append(bias, random.integer(-20000, 20000));
      }
    }
  }

  [[nodiscard]] kernels::constants constants() const { return {weights, bias, scales}; }

  [[nodiscard]] naive::filter naive(element_type type, std::vector<int> extents) const {
    naive::filter f{std::move(extents), numbers(type, weights), {}, scales, zero_point};
    for (std::size_t i = 0; i < bias.size(); i += 4) {
      f.bias.push_back(type == linnet::f32 ? static_cast<double>(linnet::load<float>(bias.data() + i))
                                           : linnet::load<std::int32_t>(bias.data() + i));
    }
    return f;
  }

 private:
  [[nodiscard]] double largest_factor(linnet::quantization const& input) const {
    if (scales.empty()) return 0.0;
    return static_cast<double>(input.scale) *
           static_cast<double>(*std::max_element(scales.begin(), scales.end())) /
           static_cast<double>(output_quantization.scale);
  }
};

/// Extent of the output, below 1 where the window does not fit.
inline std::int32_t windowed(std::int32_t input, std::int32_t kernel, std::int32_t stride,
                             std::int32_t dilation, std::int32_t before, std::int32_t after) {
  std::int32_t const room = input + before + after - ((kernel - 1) * dilation + 1);
  return room < 0 ? 0 : room / stride + 1;
}

/// Sizes of an input, a window and its padding that fit; `reach` bounds the padding.
template <class Problem>
void random_window(random_source& random, Problem& p) {
  std::int32_t const channels = random.one_in(10) ? random.integer(10, 40) : random.integer(1, 9);
  do {
    p.input = {1, random.integer(1, 9), random.integer(1, 9), channels};
    if (random.one_in(20)) p.input.width = random.integer(17, 40);
    p.kernel_height = random.integer(1, 4);
    p.kernel_width = random.integer(1, 4);
    p.stride_height = random.integer(1, 3);
    p.stride_width = random.integer(1, 3);
    std::int32_t const most = random.one_in(10) ? 8 : 2;  // beyond the kernel: windows that see only padding
    p.padding_top = random.integer(0, most);
    p.padding_left = random.integer(0, most);
    p.dilation_height = random.one_in(3) ? random.integer(2, 3) : 1;
    p.dilation_width = random.one_in(3) ? random.integer(2, 3) : 1;
    p.output.height = windowed(p.input.height, p.kernel_height, p.stride_height, p.dilation_height,
                               p.padding_top, random.integer(0, most));
    p.output.width = windowed(p.input.width, p.kernel_width, p.stride_width, p.dilation_width, p.padding_left,
                              random.integer(0, most));
  } while (p.output.height < 1 || p.output.width < 1);
}

/// A pixel of zero points, as bytes.
inline byte_vector zero_pixel(element_type type, std::int32_t channels, std::int32_t zero_point) {
  byte_vector bytes;
  for (std::int32_t c = 0; c < channels; ++c) {
    if (type == linnet::f32) {
      append(bytes, 0.0f);
    } else {
      bytes.push_back(static_cast<std::byte>(zero_point));
    }
  }
  return bytes;
}

inline std::vector<int> extents_of(linnet::image_shape const& s) {
  return {s.batch, s.height, s.width, s.channels};
}

inline std::int32_t bytes_in(element_type type, std::int32_t elements) {
  return static_cast<std::int32_t>(linnet::bytes_of(type, elements));
}

/// A random convolution with the oracle's idea of it.
template <class Problem>
struct random_convolution {
  Problem p;
  random_filter filter;
  kernel_case call;
  naive::tensor x;
  naive::window window;
  naive::target to;

  random_convolution(random_source& random, element_type type, bool depthwise)
      : p(random_problem(random, type, depthwise)),
        filter(random, type, p.rounding, weight_count(depthwise), p.output.channels,
               static_cast<std::int32_t>(p.taps()) * (depthwise ? 1 : p.input.channels),
               p.input_quantization) {
    p.output_quantization = filter.output_quantization;
    p.weight_zero_point = filter.zero_point;
    x = {extents_of(p.input), type_of(type), steps_of(p.input_quantization), {}};
    call = {.input = p.input,
            .output = p.output,
            .window = window_of(p),
            .input_pixel = bytes_in(type, p.input.channels),
            .output_pixel = bytes_in(type, p.output.channels),
            .operands = {random_elements(random, type, naive::count_of(x.extents))},
            .constants = filter.constants(),
            .zero_pixel = zero_pixel(type, p.input.channels, p.input_quantization.zero_point)};
    x.values = numbers(type, call.operands[0]);
    window = {p.kernel_height,   p.kernel_width,   p.stride_height, p.stride_width,
              p.dilation_height, p.dilation_width, p.padding_top,   p.padding_left};
    to = {extents_of(p.output), type_of(type), steps_of(p.output_quantization), bound_of(p.activation),
          rule_of(p.rounding)};
  }
  random_convolution(random_convolution const&) = delete;  // `call` looks into `filter`

 private:
  static Problem random_problem(random_source& random, element_type type, bool depthwise) {
    Problem p;
    random_window(random, p);
    p.input_type = p.weight_type = p.output_type = type;
    p.rounding = random_rounding(random);
    p.activation = random_activation(random);
    p.input_quantization = random_quantization(random, type, random.real(-9, 0), is_shift(p.rounding));
    p.output.channels = random.one_in(10) ? random.integer(10, 24) : random.integer(1, 9);
    if (depthwise) p.output.channels = p.input.channels * random.pick({1, 1, 1, 2, 3});
    return p;
  }
  [[nodiscard]] std::size_t weight_count(bool depthwise) const {
    return static_cast<std::size_t>(p.taps() * p.output.channels * (depthwise ? 1 : p.input.channels));
  }
};

/// What a failing convolution was.
inline std::string describe(kernels::convolution_problem const& p) {
  auto const numbers = [](std::initializer_list<std::int32_t> list) {
    std::string text;
    for (std::int32_t n : list) text += (text.empty() ? "" : "x") + std::to_string(n);
    return text + " ";
  };
  return std::string(linnet::name_of(p.input_type)) + " " + std::string(linnet::name_of(p.rounding)) +
         " input " + numbers({p.input.height, p.input.width, p.input.channels}) + "output " +
         numbers({p.output.height, p.output.width, p.output.channels}) + "kernel " +
         numbers({p.kernel_height, p.kernel_width}) + "stride " + numbers({p.stride_height, p.stride_width}) +
         "dilation " + numbers({p.dilation_height, p.dilation_width}) + "padding " +
         numbers({p.padding_top, p.padding_left}) + "zero points " +
         numbers({p.input_quantization.zero_point, p.weight_zero_point, p.output_quantization.zero_point});
}

}  // namespace support
