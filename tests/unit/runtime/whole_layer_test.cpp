// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/runtime/whole_layer.hpp>

#include "support/exact_buffer.hpp"
#include "support/random_source.hpp"

namespace {

using namespace linnet;
using support::exact_buffer;
using support::random_source;
using bytes = std::vector<std::byte>;

bytes random_bytes(random_source& random, std::int64_t count) {
  bytes made(static_cast<std::size_t>(count));
  for (std::byte& b : made) b = static_cast<std::byte>(random.bits());
  return made;
}
std::int64_t elements_of(image_shape const& s) {
  return std::int64_t{s.batch} * s.height * s.width * s.channels;
}
std::int32_t element(bytes const& of, image_shape const& s, std::int32_t n, std::int32_t y, std::int32_t x,
                     std::int32_t c) {
  std::int64_t const at = ((std::int64_t{n} * s.height + y) * s.width + x) * s.channels + c;
  return load<std::int8_t>(of.data() + at);
}

/// A grouped convolution with constants as another toolchain states them.
struct grouped_case {
  kernels::conv2d::problem problem;  // of one group
  std::int32_t groups = 1;
  image_shape input, output;  // of all groups
  bytes inputs, weights, bias;
  std::vector<multiplier> multipliers;
};

grouped_case random_case(random_source& random) {
  grouped_case made;
  kernels::conv2d::problem& p = made.problem;
  made.groups = random.integer(1, 3);
  p.kernel_height = random.integer(1, 3);
  p.kernel_width = random.integer(1, 3);
  p.stride_height = random.integer(1, 2);
  p.stride_width = random.integer(1, 2);
  p.dilation_height = random.integer(1, 2);
  p.dilation_width = random.integer(1, 2);
  p.padding_top = random.integer(0, (p.kernel_height - 1) * p.dilation_height);
  p.padding_left = random.integer(0, (p.kernel_width - 1) * p.dilation_width);
  p.input = {random.integer(1, 2), random.integer(5, 8), random.integer(5, 8), random.integer(1, 3)};
  auto const rows = [](std::int32_t image, std::int32_t kernel, std::int32_t dilation, std::int32_t padding,
                       std::int32_t stride) {
    return (image + padding - (kernel - 1) * dilation - 1) / stride + 1;
  };
  p.output = {p.input.batch,
              rows(p.input.height, p.kernel_height, p.dilation_height, p.padding_top, p.stride_height),
              rows(p.input.width, p.kernel_width, p.dilation_width, p.padding_left, p.stride_width),
              random.integer(1, 4)};
  p.input_quantization.zero_point = random.integer(-128, 127);
  p.output_quantization.zero_point = random.integer(-128, 127);
  p.bounds = {random.integer(-128, 0), random.integer(1, 127)};
  made.input = p.input;
  made.output = p.output;
  made.input.channels *= made.groups;
  made.output.channels *= made.groups;
  made.inputs = random_bytes(random, elements_of(made.input));
  made.weights = random_bytes(random, made.output.channels * p.taps() * p.input.channels);
  made.bias.resize(4 * static_cast<std::size_t>(made.output.channels));
  for (std::int32_t o = 0; o < made.output.channels; ++o) {
    store(made.bias.data() + 4 * o, random.integer(-5000, 5000));
    made.multipliers.push_back({random.integer(1 << 30, 2147483647), random.integer(-9, -4)});
  }
  return made;
}

/// The definition, element by element.
std::int8_t wanted(grouped_case const& c, std::int32_t n, std::int32_t y, std::int32_t x, std::int32_t o) {
  kernels::conv2d::problem const& p = c.problem;
  std::int32_t const group = o / p.output.channels;
  std::int32_t sum = load<std::int32_t>(c.bias.data() + 4 * o);
  for (std::int32_t ky = 0; ky < p.kernel_height; ++ky) {
    for (std::int32_t kx = 0; kx < p.kernel_width; ++kx) {
      std::int32_t const from_y = y * p.stride_height + ky * p.dilation_height - p.padding_top,
                         from_x = x * p.stride_width + kx * p.dilation_width - p.padding_left;
      if (from_y < 0 || from_y >= p.input.height || from_x < 0 || from_x >= p.input.width) continue;
      for (std::int32_t i = 0; i < p.input.channels; ++i) {
        std::int64_t const weight =
            ((std::int64_t{o} * p.kernel_height + ky) * p.kernel_width + kx) * p.input.channels + i;
        sum += load<std::int8_t>(c.weights.data() + weight) *
               (element(c.inputs, c.input, n, from_y, from_x, group * p.input.channels + i) -
                p.input_quantization.zero_point);
      }
    }
  }
  std::int32_t const scaled = double_rounding::apply(sum, c.multipliers[static_cast<std::size_t>(o)]);
  return static_cast<std::int8_t>(
      std::clamp(scaled + p.output_quantization.zero_point, p.bounds.low, p.bounds.high));
}

/// Runs a layer in memory of exactly the bytes that it asks for, but for `missing` of the packed ones.
layer_run run(grouped_case const& c, std::byte* output, std::size_t missing = 0) {
  layer_needs const needs = needs_of_layer<arch::native>(c.problem);
  exact_buffer const packed(static_cast<std::size_t>(needs.packed_bytes)),
      scratch(static_cast<std::size_t>(needs.scratch_bytes));
  std::vector<kernels::input_row> window(static_cast<std::size_t>(needs.window_entries));
  plain_layer const layer{
      .inputs = {c.inputs.data(), nullptr},
      .output = output,
      .constants = {.weights = c.weights, .bias = c.bias, .weight_scales = {}, .multipliers = c.multipliers},
      .groups = c.groups};
  return run_layer<std::uint16_t, arch::native>(c.problem, layer,
                                                {.packed = {packed.data(), packed.size() - missing},
                                                 .scratch = {scratch.data(), scratch.size()},
                                                 .window = window});
}

TEST(whole_layer, grouped_convolutions_equal_their_definition) {
  random_source random(0x6409);
  for (int i = 0; i < 120 && !HasFailure(); ++i) {
    grouped_case const c = random_case(random);
    exact_buffer const output(static_cast<std::size_t>(elements_of(c.output)));
    ASSERT_TRUE(run(c, output.data()).done());
    bytes const made(output.data(), output.data() + output.size());
    for (std::int32_t n = 0; n < c.output.batch; ++n) {
      for (std::int32_t y = 0; y < c.output.height; ++y) {
        for (std::int32_t x = 0; x < c.output.width; ++x) {
          for (std::int32_t o = 0; o < c.output.channels; ++o)
            ASSERT_EQ(element(made, c.output, n, y, x, o), wanted(c, n, y, x, o)) << i;
        }
      }
    }
  }
}

TEST(whole_layer, one_multiplier_serves_all_channels) {
  random_source random(7);
  grouped_case c = random_case(random);
  c.multipliers = {c.multipliers[0]};
  grouped_case each = c;
  each.multipliers.assign(static_cast<std::size_t>(c.output.channels), c.multipliers[0]);
  bytes one(static_cast<std::size_t>(elements_of(c.output))), all = one;
  ASSERT_TRUE(run(c, one.data()).done());
  ASSERT_TRUE(run(each, all.data()).done());
  EXPECT_TRUE(one == all);
}

// ---- Weights in fewer bits than the inputs ask for

/// What the scalar kernel makes of a layer; its memory is exactly what it asks for.
template <class Problem>
bytes scalar_output(Problem const& p, bytes const& inputs, kernels::constants const& constants,
                    std::int64_t output_bytes) {
  layer_needs const needs = needs_of_layer<arch::scalar>(p);
  exact_buffer const packed(static_cast<std::size_t>(needs.packed_bytes)),
      scratch(static_cast<std::size_t>(needs.scratch_bytes)), output(static_cast<std::size_t>(output_bytes));
  std::vector<kernels::input_row> window(static_cast<std::size_t>(needs.window_entries));
  plain_layer const layer{
      .inputs = {inputs.data(), nullptr}, .output = output.data(), .constants = constants};
  EXPECT_TRUE((run_layer<std::uint16_t, arch::scalar>(p, layer,
                                                      {.packed = {packed.data(), packed.size()},
                                                       .scratch = {scratch.data(), scratch.size()},
                                                       .window = window})
                   .done()));
  return {output.data(), output.data() + output.size()};
}

/// Calls `f(problem, weights of an output channel)` with a convolution, with a depthwise one and with a dense
/// layer.
template <class F>
void for_each_layer(random_source& random, F&& f) {
  grouped_case const c = random_case(random);
  f(c.problem, c.problem.taps() * c.problem.input.channels);
  kernels::depthwise::problem d;
  static_cast<kernels::convolution_problem&>(d) = c.problem;
  d.output.channels = d.input.channels * random.integer(1, 3);
  f(d, d.taps());
  kernels::dense::problem dense;
  dense.input = {1, 1, random.integer(1, 3), random.integer(1, 9)};
  dense.output = {1, 1, dense.input.width, random.integer(1, 5)};
  dense.input_quantization = c.problem.input_quantization;
  dense.output_quantization = c.problem.output_quantization;
  dense.bounds = c.problem.bounds;
  f(dense, dense.input.channels);
}

bytes random_floats(random_source& random, std::int64_t count) {
  bytes made(static_cast<std::size_t>(4 * count));
  for (std::int64_t i = 0; i < count; ++i)
    store(made.data() + 4 * i, static_cast<float>(random.integer(-4000, 4000)) / 1024);
  return made;
}

TEST(whole_layer, halves_as_weights_are_their_floats) {
  random_source random(0xF16);
  for (int i = 0; i < 40 && !HasFailure(); ++i) {
    for_each_layer(random, [&](auto p, std::int64_t count) {
      p.input_type = p.weight_type = p.output_type = f32;
      p.input_quantization = p.output_quantization = {};
      bytes const inputs = random_floats(random, elements_of(p.input)),
                  bias = random_floats(random, p.output.channels);
      bytes halves, floats(static_cast<std::size_t>(4 * count * p.output.channels));
      for (std::size_t at = 0; at < floats.size(); at += 4) {
        half const weight = narrowed(static_cast<float>(random.integer(-4000, 4000)) / 1024);
        store(floats.data() + at, widened(weight));
        for (unsigned const shift : {0u, 8u}) halves.push_back(static_cast<std::byte>(weight.bits >> shift));
      }
      std::int64_t const size = 4 * elements_of(p.output);
      bytes const wide =
          scalar_output(p, inputs, {.weights = floats, .bias = bias, .weight_scales = {}}, size);
      std::int64_t const wide_bytes = needs_of_layer<arch::scalar>(p).packed_bytes;
      p.weight_type = f16;
      EXPECT_TRUE(wide ==
                  scalar_output(p, inputs, {.weights = halves, .bias = bias, .weight_scales = {}}, size));
      EXPECT_LE(needs_of_layer<arch::scalar>(p).packed_bytes, wide_bytes);
    });
  }
}

TEST(whole_layer, nibbles_as_weights_are_their_bytes) {
  random_source random(0x54);
  rounding const policies[] = {rounding::double_rounding, rounding::single_rounding,
                               rounding::float_half_even};
  for (int i = 0; i < 60 && !HasFailure(); ++i) {
    for_each_layer(random, [&](auto p, std::int64_t count) {
      p.rounding = policies[i % 3];
      p.input_quantization.scale = p.output_quantization.scale = 0.5f;
      bytes const inputs = random_bytes(random, elements_of(p.input));
      bytes bias(static_cast<std::size_t>(4 * p.output.channels)), wide_weights, nibbles;
      std::vector<float> scales;
      for (std::int32_t o = 0; o < p.output.channels; ++o) {
        store(bias.data() + 4 * o, random.integer(-5000, 5000));
        scales.push_back(static_cast<float>(random.integer(1, 1000)) * 1e-4f);
      }
      for (std::int64_t w = 0; w < count * p.output.channels; ++w) {
        std::int32_t const weight = random.integer(-8, 7);
        wide_weights.push_back(static_cast<std::byte>(weight));
        if (w % 2 == 0) nibbles.push_back(static_cast<std::byte>(weight & 15));
        if (w % 2 == 1) nibbles.back() |= static_cast<std::byte>((weight & 15) << 4);
      }
      std::int64_t const size = elements_of(p.output);
      bytes const wide =
          scalar_output(p, inputs, {.weights = wide_weights, .bias = bias, .weight_scales = scales}, size);
      p.weight_type = s4;
      EXPECT_TRUE(wide == scalar_output(p, inputs,
                                        {.weights = nibbles, .bias = bias, .weight_scales = scales}, size));
    });
  }
}

/// bias + scale * sum for sum of scale * product: both differ from the sum of reals by a few roundings of
/// float32 of what was added.
TEST(whole_layer, bytes_as_weights_of_floats_have_a_scale) {
  random_source random(0x58);
  for (int i = 0; i < 40 && !HasFailure(); ++i) {
    for_each_layer(random, [&](auto p, std::int64_t count) {
      p.input_type = p.weight_type = p.output_type = f32;
      p.input_quantization = p.output_quantization = {};
      std::int64_t const weights = count * p.output.channels;
      bytes const inputs = random_floats(random, elements_of(p.input)),
                  bias = random_floats(random, p.output.channels), stored = random_bytes(random, weights);
      std::vector<float> scales;
      for (std::int32_t o = 0; o < (i % 2 == 0 ? 1 : p.output.channels); ++o)
        scales.push_back(static_cast<float>(random.integer(1, 1000)) * 1e-4f);
      constexpr bool depthwise = std::same_as<decltype(p), kernels::depthwise::problem>;
      bytes floats(static_cast<std::size_t>(4 * weights));
      for (std::int64_t w = 0; w < weights; ++w) {
        std::int64_t const o = depthwise ? w % p.output.channels : w / count;
        float const scale = scales[scales.size() == 1 ? 0 : static_cast<std::size_t>(o)];
        store(floats.data() + 4 * w, scale * static_cast<float>(load<std::int8_t>(stored.data() + w)));
      }
      std::int64_t const size = 4 * elements_of(p.output);
      bytes const wide =
          scalar_output(p, inputs, {.weights = floats, .bias = bias, .weight_scales = {}}, size);
      p.weight_type = s8;
      bytes const made =
          scalar_output(p, inputs, {.weights = stored, .bias = bias, .weight_scales = scales}, size);
      float const largest = 4 * 12.8f * static_cast<float>(count) + 4;  // that may be added
      for (std::int64_t at = 0; at < size; at += 4)
        ASSERT_NEAR(load<float>(made.data() + at), load<float>(wide.data() + at), largest * 1e-6f);
    });
  }
}

/// One image or row of floats as TensorFlow Lite quantizes it, and what its numbers mean.
struct quantized_floats {
  std::vector<int> numbers;
  double scale = 1;
  int zero = 0;
};
quantized_floats quantized_by_range(std::vector<float> const& floats, bool symmetric) {
  quantized_floats made;
  float low = 0, high = 0;
  for (float f : floats) low = std::min(low, f), high = std::max(high, f);
  made.numbers.resize(floats.size());
  if (low == high) return made;
  float inverse = 127 / std::max(-low, high);
  if (symmetric) {
    made.scale = static_cast<double>(std::max(-low, high) / 127);
  } else {
    double const step = (double{high} - double{low}) / 255;
    // Where its rounding matters less: 128 steps to one end, 127 to the other.
    bool const from_low = 128 - low / step < 127 + high / step;
    made.zero = static_cast<int>(std::round(from_low ? -128 - low / step : 127 - high / step));
    made.scale = static_cast<double>(static_cast<float>(step));
    inverse = static_cast<float>(1 / made.scale);
  }
  for (std::size_t i = 0; i < floats.size(); ++i) {
    auto const nearest = static_cast<int>(std::round(static_cast<float>(made.zero) + floats[i] * inverse));
    made.numbers[i] = std::clamp(nearest, symmetric ? -127 : -128, 127);
  }
  return made;
}
std::vector<float> floats_of(bytes const& stored, std::int64_t first, std::int64_t count) {
  std::vector<float> made;
  for (std::int64_t i = first; i < first + count; ++i) made.push_back(load<float>(stored.data() + 4 * i));
  return made;
}

/// One output of a layer, from quantized inputs: the sum of products, exactly.
double sum_at(kernels::dense::problem const& p, quantized_floats const& x, bytes const& weights, std::int32_t,
              std::int32_t, std::int32_t o) {
  double sum = 0;
  for (std::int32_t i = 0; i < p.input.channels; ++i)
    sum += load<std::int8_t>(weights.data() + o * p.input.channels + i) *
           (x.numbers[static_cast<std::size_t>(i)] - x.zero);
  return sum;
}
template <class Problem>
double sum_at(Problem const& p, quantized_floats const& image, bytes const& weights, std::int32_t y,
              std::int32_t x, std::int32_t o) {
  constexpr bool depthwise = std::same_as<Problem, kernels::depthwise::problem>;
  std::int32_t const channels = p.input.channels;
  double sum = 0;
  for (std::int32_t ky = 0; ky < p.kernel_height; ++ky) {
    for (std::int32_t kx = 0; kx < p.kernel_width; ++kx) {
      std::int32_t const row = y * p.stride_height + ky * p.dilation_height - p.padding_top,
                         column = x * p.stride_width + kx * p.dilation_width - p.padding_left;
      if (row < 0 || column < 0 || row >= p.input.height || column >= p.input.width) continue;
      std::int32_t const tap = ky * p.kernel_width + kx, pixel = (row * p.input.width + column) * channels;
      auto const add = [&](std::int64_t weight, std::int32_t i) {
        sum += load<std::int8_t>(weights.data() + weight) *
               (image.numbers[static_cast<std::size_t>(pixel + i)] - image.zero);
      };
      if (depthwise) {
        add(tap * p.output.channels + o, o / (p.output.channels / channels));
      } else {
        for (std::int32_t i = 0; i < channels; ++i) add((o * p.taps() + tap) * channels + i, i);
      }
    }
  }
  return sum;
}

/// Integer sums are exact: what is left are three roundings of float32.
TEST(whole_layer, inputs_quantized_when_it_is_computed) {
  random_source random(0xD1);
  for (int i = 0; i < 60 && !HasFailure(); ++i) {
    for_each_layer(random, [&](auto p, std::int64_t count) {
      constexpr bool by_rows = std::same_as<decltype(p), kernels::dense::problem>;
      bool const symmetric = i % 2 == 0;
      p.input_type = p.output_type = f32;
      p.weight_type = s8;
      p.input_quantization = p.output_quantization = {};
      p.bounds.real = i % 3 == 0 ? value_range<float>{-1.0f, 2.5f} : value_range<float>{-1e30f, 1e30f};
      p.dynamic_quantization = symmetric ? dynamic_quantization::symmetric : dynamic_quantization::asymmetric;
      bytes inputs = random_floats(random, elements_of(p.input));
      if (i % 5 == 0) inputs.assign(inputs.size(), std::byte{});
      if (i % 5 == 1)  // none below 0
        for (std::size_t at = 3; at < inputs.size(); at += 4) inputs[at] &= std::byte{0x7F};
      bytes const bias = random_floats(random, p.output.channels),
                  stored = random_bytes(random, count * p.output.channels);
      std::vector<float> scales;
      for (std::int32_t o = 0; o < (i % 4 < 2 ? 1 : p.output.channels); ++o)
        scales.push_back(static_cast<float>(random.integer(1, 1000)) * 1e-4f);
      bytes const made = scalar_output(p, inputs, {.weights = stored, .bias = bias, .weight_scales = scales},
                                       4 * elements_of(p.output));
      std::int32_t const parts = by_rows ? p.input.width : p.input.batch;
      std::int64_t const size = elements_of(p.input) / parts;
      std::size_t at = 0;
      for (std::int32_t part = 0; part < parts; ++part) {
        auto const x = quantized_by_range(floats_of(inputs, part * size, size), symmetric);
        for (std::int32_t y = 0; y < (by_rows ? 1 : p.output.height); ++y) {
          for (std::int32_t column = 0; column < (by_rows ? 1 : p.output.width); ++column) {
            for (std::int32_t o = 0; o < p.output.channels; ++o, at += 4) {
              double const scale = scales[scales.size() == 1 ? 0 : static_cast<std::size_t>(o)],
                           product = sum_at(p, x, stored, y, column, o) * x.scale * scale,
                           added = load<float>(bias.data() + 4 * o);
              double const wanted =
                  std::clamp(product + added, double{p.bounds.real.low}, double{p.bounds.real.high});
              ASSERT_NEAR(load<float>(made.data() + at), wanted, (std::abs(product) + std::abs(added)) * 3e-7)
                  << i;
            }
          }
        }
      }
    });
  }
}

TEST(whole_layer, groups_are_not_quantized_one_by_one) {
  kernels::conv2d::problem p;
  p.input = p.output = {1, 1, 1, 2};
  p.input_type = p.output_type = f32;
  p.dynamic_quantization = dynamic_quantization::symmetric;
  bytes const inputs(16), weights(8);
  bytes output(16), packed(256), scratch(16);
  std::vector<float> const scales{0.5f};
  std::vector<kernels::input_row> window(4);
  for (std::int32_t const groups : {1, 2}) {
    plain_layer const layer{{inputs.data()}, output.data(), {weights, {}, scales}, groups};
    EXPECT_EQ((run_layer<std::int32_t, arch::scalar>(p, layer, {packed, scratch, window}).done()),
              groups == 1);
  }
}

TEST(whole_layer, too_little_memory_or_no_kernel_does_nothing) {
  random_source random(8);
  grouped_case c = random_case(random);
  bytes output(static_cast<std::size_t>(elements_of(c.output)), std::byte{0x5A});
  bytes const untouched = output;
  EXPECT_FALSE(run(c, output.data(), 1).done());
  c.problem.input_type = s16;
  EXPECT_FALSE(run(c, output.data()).done());
  EXPECT_TRUE(output == untouched);
}

TEST(whole_layer, needs_are_the_most_of_all_kernels_that_may_take_it) {
  kernels::conv2d::problem p;
  p.input = {1, 4, 4, 3};
  p.output = {1, 4, 4, 6};
  using young = kernels::traits<kernels::conv2d::problem, arch::arm_dsp>;
  using old = kernels::traits<kernels::conv2d::problem, arch::scalar>;
  layer_needs const needs = needs_of_layer<arch::arm_dsp>(p);
  EXPECT_EQ(needs.packed_bytes, std::max(young::packed_bytes(p), old::packed_bytes(p)));
  EXPECT_EQ(needs.scratch_bytes, std::max(young::scratch_bytes(p), old::scratch_bytes(p)));
  EXPECT_EQ(needs_of_layer<arch::scalar>(p).scratch_bytes, 0);
}

TEST(whole_layer, means_and_indices_have_the_shape_that_their_problem_says) {
  std::array<float, 8> const image{1, 2, 3, 4, 5, 6, 7, -8};  // (1, 2, 2, 2)
  alignas(kernels::packed_alignment) std::array<std::byte, 256> scratch{};
  kernels::input_row window[32];
  layer_memory const memory{.packed = {}, .scratch = scratch, .window = window};
  plain_layer layer{.inputs = {std::as_bytes(std::span(image)).data(), nullptr}};
  kernels::mean::problem mean;
  mean.type = f32;
  mean.input = {1, 2, 2, 2};
  std::array<float, 2> means{};
  layer.output = std::as_writable_bytes(std::span(means)).data();
  ASSERT_TRUE((run_layer<std::uint16_t, arch::scalar>(mean, layer, memory).done()));
  EXPECT_EQ(means, (std::array<float, 2>{4, 1}));

  kernels::reduce::problem const largest{.reduction = reduction::first_of_maximum,
                                         .type = f32,
                                         .input = {1, 2, 2, 2},
                                         .over_height = false,
                                         .over_width = false,
                                         .over_channels = true,
                                         .index_type = s64};
  std::array<std::int64_t, 4> places{};
  layer.output = std::as_writable_bytes(std::span(places)).data();
  ASSERT_TRUE((run_layer<std::uint16_t, arch::scalar>(largest, layer, memory).done()));
  EXPECT_EQ(places, (std::array<std::int64_t, 4>{1, 1, 1, 0}));
}

TEST(whole_layer, two_operands_and_folding_kernels) {
  kernels::elementwise::add_problem sum;
  sum.image = {1, 1, 3, 1};
  sum.factors = {{1 << 30, 0}, {1 << 30, 0}, {1 << 30, -18}};  // a half each, then twice that
  sum.bounds = {-128, 90};
  std::byte const a[] = {std::byte{1}, std::byte{100}, std::byte{0x80}},
                  b[] = {std::byte{2}, std::byte{27}, std::byte{1}};
  std::byte output[3]{};
  kernels::input_row window[32];
  layer_memory const memory{.packed = {}, .scratch = {}, .window = window};
  ASSERT_TRUE((run_layer<std::uint16_t, arch::scalar>(
                   sum, {.inputs = {a, b}, .output = output, .constants = {}, .groups = 1}, memory)
                   .done()));
  EXPECT_EQ(load<std::int8_t>(output), 3);
  EXPECT_EQ(load<std::int8_t>(output + 1), 90);
  EXPECT_EQ(load<std::int8_t>(output + 2), -127);

  kernels::pool::max_problem pool;
  pool.input = {1, 1, 3, 1};
  pool.output = {1, 1, 1, 1};
  pool.kernel_width = 3;
  pool.bounds = {-128, 99};
  ASSERT_TRUE((run_layer<std::uint16_t, arch::scalar>(
                   pool, {.inputs = {a, nullptr}, .output = output, .constants = {}, .groups = 1}, memory)
                   .done()));
  EXPECT_EQ(load<std::int8_t>(output), 99);
}

}  // namespace
