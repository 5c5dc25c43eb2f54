// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "tflite_writer.hpp"

/// Small sound models: every operator that linnet reads, at least once each in int8 or float32.
namespace linnet_tests::tflite {

struct sample {
  std::string name;
  tflite::model model;
};

/// Tensors. Quantized ones have scale 1/2 and zero point -3 (int8) or 130 (uint8) unless said otherwise.
[[nodiscard]] inline tensor computed(std::string name, std::vector<std::int32_t> shape, type t = INT8) {
  tensor made{.name = std::move(name), .shape = std::move(shape), .type = t};
  if (t == INT8 || t == UINT8) {
    made.scales = {0.5f};
    made.zero_points = {t == INT8 ? -3 : 130};
  }
  return made;
}
[[nodiscard]] inline tensor weights(std::string name, std::vector<std::int32_t> shape) {
  std::size_t count = 1;
  for (std::int32_t extent : shape) count *= static_cast<std::size_t>(extent);
  std::vector<std::int8_t> values(count);
  std::iota(values.begin(), values.end(), std::int8_t{1});
  return {.name = std::move(name),
          .shape = std::move(shape),
          .type = INT8,
          .data = bytes_of(values),
          .scales = {0.25f},
          .zero_points = {0}};
}
/// Per-channel weights: scales 1, 2, 3... along `dimension`.
[[nodiscard]] inline tensor channel_weights(std::string name, std::vector<std::int32_t> shape,
                                            std::int32_t dimension) {
  tensor made = weights(std::move(name), std::move(shape));
  made.scales.assign(static_cast<std::size_t>(made.shape[static_cast<std::size_t>(dimension)]), 0.0f);
  std::iota(made.scales.begin(), made.scales.end(), 1.0f);
  made.zero_points.assign(made.scales.size(), 0);
  made.quantized_dimension = dimension;
  return made;
}
[[nodiscard]] inline tensor numbers(std::string name, std::vector<std::int32_t> const& values) {
  return {.name = std::move(name),
          .shape = {static_cast<std::int32_t>(values.size())},
          .type = INT32,
          .data = bytes_of(values)};
}
[[nodiscard]] inline tensor bias(std::int32_t channels) {
  return numbers("bias", std::vector<std::int32_t>(static_cast<std::size_t>(channels), 7));
}

/// Operators with their numbers in the schema.
struct window {
  padding pad = SAME;
  std::int32_t stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  fused activation = NONE;
};
[[nodiscard]] inline operation conv2d(std::vector<std::int32_t> inputs, std::int32_t output, window w = {}) {
  return {.code = 3,
          .inputs = std::move(inputs),
          .outputs = {output},
          .options_type = 1,
          .options = {{0, std::int8_t{w.pad}},
                      {1, w.stride_w},
                      {2, w.stride_h},
                      {3, std::int8_t{w.activation}},
                      {4, w.dilation_w},
                      {5, w.dilation_h}}};
}
/// Its inputs: the output's shape, the weights, x, the bias.
[[nodiscard]] inline operation transpose_conv(std::vector<std::int32_t> inputs, std::int32_t output,
                                              window w = {}) {
  return {
      .code = 67,
      .inputs = std::move(inputs),
      .outputs = {output},
      .options_type = 49,
      .options = {{0, std::int8_t{w.pad}}, {1, w.stride_w}, {2, w.stride_h}, {3, std::int8_t{w.activation}}}};
}
[[nodiscard]] inline operation depthwise(std::vector<std::int32_t> inputs, std::int32_t output,
                                         std::int32_t multiplier, window w = {}) {
  return {.code = 4,
          .inputs = std::move(inputs),
          .outputs = {output},
          .options_type = 2,
          .options = {{0, std::int8_t{w.pad}},
                      {1, w.stride_w},
                      {2, w.stride_h},
                      {3, multiplier},
                      {4, std::int8_t{w.activation}},
                      {5, w.dilation_w},
                      {6, w.dilation_h}}};
}
/// AVERAGE_POOL_2D (1) or MAX_POOL_2D (17).
[[nodiscard]] inline operation pool(std::int32_t code, std::int32_t input, std::int32_t output,
                                    std::int32_t height, std::int32_t width, window w = {}) {
  return {.code = code,
          .inputs = {input},
          .outputs = {output},
          .options_type = 5,
          .options = {{0, std::int8_t{w.pad}},
                      {1, w.stride_w},
                      {2, w.stride_h},
                      {3, width},
                      {4, height},
                      {5, std::int8_t{w.activation}}}};
}
[[nodiscard]] inline operation fully_connected(std::vector<std::int32_t> inputs, std::int32_t output,
                                               fused activation = NONE, std::int8_t format = 0) {
  return {.code = 9,
          .inputs = std::move(inputs),
          .outputs = {output},
          .options_type = 8,
          .options = {{0, std::int8_t{activation}}, {1, format}}};
}
[[nodiscard]] inline operation add(std::int32_t a, std::int32_t b, std::int32_t output,
                                   fused activation = NONE) {
  return {.code = 0,
          .inputs = {a, b},
          .outputs = {output},
          .options_type = 11,
          .options = {{0, std::int8_t{activation}}}};
}
[[nodiscard]] inline operation concatenation(std::vector<std::int32_t> inputs, std::int32_t output,
                                             std::int32_t axis, fused activation = NONE) {
  return {.code = 2,
          .inputs = std::move(inputs),
          .outputs = {output},
          .options_type = 10,
          .options = {{0, axis}, {1, std::int8_t{activation}}}};
}
[[nodiscard]] inline operation softmax(std::int32_t input, std::int32_t output, float beta = 1.0f) {
  return {.code = 25, .inputs = {input}, .outputs = {output}, .options_type = 9, .options = {{0, beta}}};
}
/// An operator without options that matter.
[[nodiscard]] inline operation plain(std::int32_t code, std::vector<std::int32_t> inputs,
                                     std::int32_t output) {
  return {.code = code, .inputs = std::move(inputs), .outputs = {output}};
}

/// A model whose tensor 0 is its input and whose last operator makes its output.
[[nodiscard]] inline model model_of(std::vector<tensor> tensors, std::vector<operation> operations) {
  std::vector<std::int32_t> const outputs = operations.back().outputs;
  return {
      .tensors = std::move(tensors), .operations = std::move(operations), .inputs = {0}, .outputs = outputs};
}

[[nodiscard]] inline std::vector<sample> window_samples() {
  return {
      {"conv2d", model_of({computed("x", {1, 5, 7, 2}), channel_weights("w", {3, 3, 2, 2}, 0), bias(3),
                           computed("y", {1, 3, 4, 3})},
                          {conv2d({0, 1, 2}, 3, {.stride_h = 2, .stride_w = 2, .activation = RELU6})})},
      {"depthwise_conv2d",
       model_of({computed("x", {1, 6, 6, 2}), channel_weights("w", {1, 3, 3, 4}, 3), bias(4),
                 computed("y", {1, 2, 2, 4})},
                {depthwise({0, 1, 2}, 3, 2, {.pad = VALID, .dilation_h = 2, .dilation_w = 2})})},
      {"transpose_conv2d",
       model_of({computed("x", {1, 3, 4, 2}), numbers("to", {1, 6, 11, 3}),
                 channel_weights("w", {3, 5, 2, 2}, 0), bias(3), computed("y", {1, 6, 11, 3})},
                {transpose_conv({1, 2, 0, 3}, 4, {.stride_h = 2, .stride_w = 3, .activation = RELU})})},
      {"average_pool2d", model_of({computed("x", {1, 4, 4, 2}), computed("y", {1, 2, 2, 2})},
                                  {pool(1, 0, 1, 2, 2, {.pad = VALID, .stride_h = 2, .stride_w = 2})})},
      {"max_pool2d", model_of({computed("x", {1, 5, 5, 2}), computed("y", {1, 3, 3, 2})},
                              {pool(17, 0, 1, 3, 2, {.stride_h = 2, .stride_w = 2, .activation = RELU})})},
      {"dense", model_of({computed("x", {1, 6}), weights("w", {4, 6}), bias(4), computed("y", {1, 4})},
                         {fully_connected({0, 1, 2}, 3, RELU)})},
  };
}

[[nodiscard]] inline std::vector<sample> shape_samples() {
  return {
      {"mean", model_of({computed("x", {1, 3, 4, 2}), numbers("axes", {1, 2}), computed("y", {1, 2})},
                        {plain(40, {0, 1}, 2)})},
      {"concat",
       model_of({computed("x", {1, 2, 3}), computed("y", {1, 2, 9})}, {concatenation({0, 0, 0}, 1, -1)})},
      {"pad", model_of({computed("x", {1, 2, 2, 1}), numbers("p", {0, 0, 1, 2, 3, 4, 0, 0}),
                        computed("y", {1, 5, 9, 1})},
                       {plain(34, {0, 1}, 2)})},
      {"padv2", model_of({computed("x", {2, 2}),
                          numbers("p", {0, 1, 2, 0}),
                          {.name = "v", .type = INT8, .data = bytes_of<std::int8_t>({-3})},
                          computed("y", {3, 4})},
                         {plain(60, {0, 1, 2}, 3)})},
      {"mirror_pad", model_of({computed("x", {1, 3, 4, 2}), numbers("p", {0, 0, 2, 0, 1, 3, 0, 0}),
                               computed("y", {1, 5, 8, 2})},
                              {{.code = 100,
                                .inputs = {0, 1},
                                .outputs = {2},
                                .options_type = 77,
                                .options = {{0, std::int8_t{0}}}}})},
      {"slice", model_of({computed("x", {3, 4}), numbers("begin", {1, 0}), numbers("size", {2, -1}),
                          computed("y", {2, 4})},
                         {plain(65, {0, 1, 2}, 3)})},
      {"strided_slice", model_of({computed("x", {3, 4}), numbers("begin", {0, -1}), numbers("end", {9, 0}),
                                  numbers("step", {2, -2}), computed("y", {2, 2})},
                                 {{.code = 45,
                                   .inputs = {0, 1, 2, 3},
                                   .outputs = {4},
                                   .options_type = 32,
                                   .options = {{1, std::int32_t{2}}}}})},  // the end of dimension 1 is open
      {"split", model_of({computed("x", {2, 6}), numbers("axis", {-1}), computed("y", {2, 2}),
                          computed("z", {2, 2}), computed("w", {2, 2})},
                         {{.code = 49, .inputs = {1, 0}, .outputs = {2, 3, 4}}})},
      {"split_v", model_of({computed("x", {5, 2}), numbers("sizes", {1, -1, 2}), numbers("axis", {0}),
                            computed("y", {1, 2}), computed("z", {2, 2}), computed("w", {2, 2})},
                           {{.code = 102, .inputs = {0, 1, 2}, .outputs = {3, 4, 5}}})},
      {"pack", model_of({computed("x", {2, 3}), computed("y", {2, 2, 3})},
                        {{.code = 83,
                          .inputs = {0, 0},
                          .outputs = {1},
                          .options_type = 59,
                          .options = {{0, std::int32_t{2}}, {1, std::int32_t{-2}}}}})},
      {"unpack", model_of({computed("x", {2, 3}), computed("y", {3}), computed("z", {3})},
                          {{.code = 88,
                            .inputs = {0},
                            .outputs = {1, 2},
                            .options_type = 64,
                            .options = {{0, std::int32_t{2}}, {1, std::int32_t{0}}}}})},
      {"reduce_max", model_of({computed("x", {1, 3, 4, 2}), numbers("axes", {1, 2}), computed("y", {1, 2})},
                              {plain(82, {0, 1}, 2)})},
      {"arg_max", model_of({computed("x", {2, 3, 4}), numbers("axis", {1}), computed("y", {2, 4}, INT64)},
                           {plain(56, {0, 1}, 2)})},
      {"arg_min", model_of({computed("x", {2, 3}, FLOAT32), numbers("axis", {-1}), computed("y", {2}, INT32)},
                           {plain(79, {0, 1}, 2)})},
      {"l2_pool_2d", model_of({computed("x", {1, 4, 4, 2}, FLOAT32), computed("y", {1, 2, 2, 2}, FLOAT32)},
                              {pool(12, 0, 1, 2, 2, {.stride_h = 2, .stride_w = 2, .activation = RELU6})})},
      {"resize_bilinear",
       model_of({computed("x", {1, 3, 4, 2}), numbers("to", {6, 2}), computed("y", {1, 6, 2, 2})},
                {{.code = 23,
                  .inputs = {0, 1},
                  .outputs = {2},
                  .options_type = 15,
                  .options = {{2, false}, {3, true}}}})},
      {"resize_nearest",
       model_of({computed("x", {1, 3, 4, 2}), numbers("to", {6, 2}), computed("y", {1, 6, 2, 2})},
                {{.code = 97,
                  .inputs = {0, 1},
                  .outputs = {2},
                  .options_type = 74,
                  .options = {{0, true}, {1, false}}}})},
      {"reshape", model_of({computed("x", {2, 3}), numbers("to", {3, 2}), computed("y", {3, 2})},
                           {plain(22, {0, 1}, 2)})},
      {"squeeze", model_of({computed("x", {1, 3, 1}), computed("y", {3})}, {plain(43, {0}, 1)})},
      {"expand_dims",
       model_of({computed("x", {3}), numbers("at", {0}), computed("y", {1, 3})}, {plain(70, {0, 1}, 2)})},
      {"transpose",
       model_of({computed("x", {1, 2, 3}), numbers("order", {2, 0, 1}), computed("y", {3, 1, 2})},
                {plain(39, {0, 1}, 2)})},
  };
}

[[nodiscard]] inline std::vector<sample> element_samples() {
  auto const float_pair = [](operation o) {
    return model_of({computed("x", {1, 4}, FLOAT32), computed("y", {1, 4}, FLOAT32)}, {std::move(o)});
  };
  return {
      {"add", model_of({computed("x", {1, 2, 2, 1}), computed("y", {1, 2, 2, 1})}, {add(0, 0, 1, RELU6)})},
      {"softmax", float_pair(softmax(0, 1))},
      {"log_softmax", float_pair(plain(50, {0}, 1))},
      {"logistic", float_pair(plain(14, {0}, 1))},
      {"relu", float_pair(plain(19, {0}, 1))},
      {"relu_n1_to_1", float_pair(plain(20, {0}, 1))},
      {"relu6", float_pair(plain(21, {0}, 1))},
      {"tanh", float_pair(plain(28, {0}, 1))},
      {"exp", float_pair(plain(47, {0}, 1))},
      {"elu", float_pair(plain(111, {0}, 1))},
      {"leaky_relu",
       float_pair({.code = 98, .inputs = {0}, .outputs = {1}, .options_type = 75, .options = {{0, 0.25f}}})},
      {"gelu",
       float_pair({.code = 150, .inputs = {0}, .outputs = {1}, .options_type = 116, .options = {{0, true}}})},
      {"squared_difference", float_pair(plain(99, {0, 0}, 1))},
      {"sub", model_of({computed("x", {1, 4}), weights("c", {4}), computed("y", {1, 4})},
                       {{.code = 41,
                         .inputs = {0, 1},
                         .outputs = {2},
                         .options_type = 28,
                         .options = {{0, std::int8_t{RELU}}}}})},
      {"batch_matmul",
       model_of(
           {computed("x", {2, 3, 4}), weights("z", {1, 5, 4}), computed("y", {2, 3, 5})},
           {{.code = 126, .inputs = {0, 1}, .outputs = {2}, .options_type = 101, .options = {{1, true}}}})},
      {"maximum", float_pair(plain(55, {0, 0}, 1))},
      {"quantize", model_of({computed("x", {4}, FLOAT32), computed("y", {4})}, {plain(114, {0}, 1)})},
      {"requantize", model_of({computed("x", {4}, UINT8), computed("y", {4})}, {plain(114, {0}, 1)})},
      {"dequantize", model_of({computed("x", {4}), computed("y", {4}, FLOAT32)}, {plain(6, {0}, 1)})},
      {"cast", model_of({computed("x", {4}, FLOAT32), computed("y", {4}, INT32)}, {plain(53, {0}, 1)})},
  };
}

/// A chain of several operators with a shortcut.
[[nodiscard]] inline sample network_sample() {
  return {"network",
          model_of({computed("x", {1, 4, 4, 2}), channel_weights("w1", {2, 1, 1, 2}, 0), bias(2),
                    computed("c", {1, 4, 4, 2}), computed("s", {1, 4, 4, 2}), numbers("axes", {1, 2}),
                    computed("m", {1, 2}), weights("w2", {3, 2}), computed("d", {1, 3}),
                    computed("y", {1, 3}, FLOAT32), computed("p", {1, 3}, FLOAT32)},
                   {conv2d({0, 1, 2}, 3, {.activation = RELU}), add(0, 3, 4), plain(40, {4, 5}, 6),
                    fully_connected({6, 7, -1}, 8), plain(6, {8}, 9), softmax(9, 10)})};
}

/// What lives on between runs: variable tensors.
[[nodiscard]] inline tensor variable(std::string name, std::vector<std::int32_t> shape, type t,
                                     float scale = 0.0f, std::int64_t zero_point = 0) {
  tensor made{.name = std::move(name), .shape = std::move(shape), .type = t, .variable = true};
  if (scale > 0.0f) {
    made.scales = {scale};
    made.zero_points = {zero_point};
  }
  return made;
}
[[nodiscard]] inline std::vector<sample> recurrent_samples() {
  auto const floats = [](std::string name, std::vector<std::int32_t> shape, std::size_t count) {
    return tensor{.name = std::move(name),
                  .shape = std::move(shape),
                  .type = FLOAT32,
                  .data = bytes_of(std::vector<float>(count, 0.5f))};
  };
  operation const filters{.code = 27,
                          .inputs = {0, 1, 2, -1, 3},
                          .outputs = {4},
                          .options_type = 6,
                          .options = {{1, std::int8_t{RELU}}}};
  operation const lstm{.code = 44,
                       .inputs = {0, 1, 1, 1, 1, 2, 2, 2, 2, -1, -1, -1, 3, 3, 3, 3, -1, -1, 4, 5},
                       .outputs = {6},
                       .options_type = 71,
                       .options = {{0, std::int8_t{TANH}}, {1, 8.0f}, {3, true}}};
  return {
      {"svdf",
       model_of({computed("x", {1, 4}, FLOAT32), floats("features", {4, 4}, 16), floats("times", {4, 3}, 12),
                 variable("kept", {1, 12}, FLOAT32), computed("y", {1, 2}, FLOAT32)},
                {filters})},
      {"lstm", model_of({computed("x", {3, 1, 4}), weights("w", {2, 4}), weights("r", {2, 2}), bias(2),
                         variable("given", {1, 2}, INT8, 0.5f, -3),
                         variable("cells", {1, 2}, INT16, 1.0f / 4096), computed("y", {3, 1, 2})},
                        {lstm})},
  };
}

[[nodiscard]] inline std::vector<sample> samples() {
  std::vector<sample> all{network_sample()};
  for (auto const& some : {window_samples(), shape_samples(), element_samples(), recurrent_samples()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace linnet_tests::tflite
