// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/graph/builder.hpp>

namespace linnet::inline LINNET_ISA::models {

/// What every MobileNet can be asked for. `type` s8 or u8 makes an integer network with the default scales.
struct mobilenet_options {
  double width = 1.0;                                 ///< multiplies every layer's channels
  std::int32_t resolution = 224;                      ///< of the square input
  std::int32_t channels = 3;                          ///< of the input
  std::int32_t classes = 1000;                        ///< outputs of the last layer
  element_type type = f32;                            ///< of the input and of all activations
  linnet::activation activation = activation::relu6;  ///< of MobileNetV1; its descendants also use relu
  bool cifar = false;  ///< for 32x32 pictures: the strides of the first layers that shrank 224 to 56 are 1
};

/// The multiple of 8 nearest to `channels * width`, at least 8 and never below nine tenths of it (the rule of
/// the authors' code, `_make_divisible`).
[[nodiscard]] constexpr std::int32_t scaled_channels(std::int32_t channels, double width) {
  double const wanted = channels * width;
  std::int32_t rounded = max(std::int32_t{8}, static_cast<std::int32_t>(wanted + 4.0) / 8 * 8);
  if (static_cast<double>(rounded) < 0.9 * wanted) rounded += 8;
  return rounded;
}

namespace detail {

template <class Builder>
constexpr tensor_handle mobilenet_stem(Builder& g, mobilenet_options const& o, std::int32_t filters,
                                       activation a) {
  tensor_handle const x =
      g.input({.height = o.resolution, .width = o.resolution, .channels = o.channels, .type = o.type});
  std::int32_t const stride = o.cifar ? 1 : 2;
  return g.conv2d(x, {.filters = filters, .kernel = {3, 3}, .stride = {stride, stride}, .activation = a});
}

template <class Builder>
constexpr tensor_handle classifier(Builder& g, tensor_handle x, std::int32_t classes) {
  return g.softmax(g.dense(g.global_average_pool(x), {.units = classes}));
}

}  // namespace detail

/// Appends MobileNetV1 to a graph: Howard et al. 2017, "MobileNets", table 1. Channels are multiplied and cut
/// to integers, as the paper does for its widths 1, 0.75, 0.5 and 0.25. Returns the probabilities.
template <class Builder>
constexpr tensor_handle mobilenet_v1(Builder& g, mobilenet_options const& o = {}) {
  struct block {
    std::int32_t filters, stride;
  };
  constexpr block blocks[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                              {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};
  auto const scaled = [&](std::int32_t channels) { return static_cast<std::int32_t>(channels * o.width); };
  tensor_handle x = detail::mobilenet_stem(g, o, scaled(32), o.activation);
  bool first_shrinking = true;
  for (auto const& [filters, stride] : blocks) {
    bool const keep_size = o.cifar && stride == 2 && first_shrinking;
    if (stride == 2) first_shrinking = false;
    x = g.depthwise_separable(
        x, {.filters = scaled(filters), .stride = keep_size ? 1 : stride, .activation = o.activation});
  }
  return detail::classifier(g, x, o.classes);
}

/// Appends MobileNetV2 to a graph: Sandler et al. 2018, "MobileNetV2", table 2. The last convolution keeps
/// 1280 channels for widths below 1. Returns the probabilities.
template <class Builder>
constexpr tensor_handle mobilenet_v2(Builder& g, mobilenet_options const& o = {}) {
  struct stage {
    std::int32_t expansion, filters, repeats, stride;
  };
  constexpr stage stages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                              {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  tensor_handle x = detail::mobilenet_stem(g, o, scaled_channels(32, o.width), activation::relu6);
  bool first_shrinking = true;
  for (auto const& [expansion, filters, repeats, stride] : stages) {
    bool const keep_size = o.cifar && stride == 2 && first_shrinking;
    if (stride == 2) first_shrinking = false;
    for (std::int32_t i = 0; i < repeats; ++i) {
      x = g.inverted_residual(x, {.expansion = expansion,
                                  .filters = scaled_channels(filters, o.width),
                                  .stride = i > 0 || keep_size ? 1 : stride});
    }
  }
  std::int32_t const last = o.width > 1.0 ? scaled_channels(1280, o.width) : 1280;
  return detail::classifier(g, g.conv2d(x, {.filters = last, .activation = activation::relu6}), o.classes);
}

}  // namespace linnet::inline LINNET_ISA::models
