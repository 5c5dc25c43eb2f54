// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/graph/builder.hpp>

namespace linnet::inline LINNET_ISA::models {

using linnet::bypass;

/// What a SqueezeNet is for, and how its fire modules are bypassed.
struct squeezenet_options {
  std::int32_t resolution = 224;         ///< of the square input
  std::int32_t classes = 1000;           ///< outputs of the last layer
  element_type type = f32;               ///< of the input and of all activations
  linnet::bypass bypass = bypass::none;  ///< around every fire module
  bool cifar = false;                    ///< for 32x32 pictures: a 3x3 first layer of stride 1 with a border
  std::int32_t classifier_border = 0;    ///< around the last 1x1 convolution: 1 in the authors' Caffe files
};

namespace detail {

/// The modules between the first layer and the classifier. `pooled` says before which module (from 0) a pool
/// stands.
template <class Builder>
constexpr tensor_handle fire_modules(Builder& g, tensor_handle x, std::uint32_t pooled, bypass how) {
  constexpr fire_options modules[] = {{16, 64},  {16, 64},  {32, 128}, {32, 128},
                                      {48, 192}, {48, 192}, {64, 256}, {64, 256}};
  for (std::uint32_t i = 0; i < 8; ++i) {
    if ((pooled >> i & 1u) != 0)
      x = g.max_pool2d(x, {.kernel = {3, 3}, .stride = {2, 2}, .border = border::valid_ceil});
    x = g.fire(x, {.squeeze = modules[i].squeeze, .expand = modules[i].expand, .bypass = how});
  }
  return x;
}

/// The last convolution makes one map a class; their means are the scores.
template <class Builder>
constexpr tensor_handle map_classifier(Builder& g, tensor_handle x, squeezenet_options const& o) {
  std::int32_t const p = o.classifier_border;
  x = g.conv2d(x, {.filters = o.classes, .border = padding2d{p, p, p, p}, .activation = activation::relu});
  return g.softmax(g.global_average_pool(x));
}

template <class Builder>
constexpr tensor_handle squeezenet(Builder& g, squeezenet_options const& o, conv2d_options first,
                                   std::uint32_t pooled) {
  tensor_handle const x =
      g.input({.height = o.resolution, .width = o.resolution, .channels = 3, .type = o.type});
  first.activation = activation::relu;
  first.border = border::valid;
  if (o.cifar) {
    first.kernel = {3, 3};
    first.stride = {1, 1};
    first.border = border::same;
  }
  return map_classifier(g, fire_modules(g, g.conv2d(x, first), pooled, o.bypass), o);
}

}  // namespace detail

/// Appends SqueezeNet 1.0 to a graph: Iandola et al. 2016, "SqueezeNet", table 1. Returns the probabilities.
template <class Builder>
constexpr tensor_handle squeezenet_1_0(Builder& g, squeezenet_options const& o = {}) {
  return detail::squeezenet(g, o, {.filters = 96, .kernel = {7, 7}, .stride = {2, 2}}, 0b10001001u);
}

/// Appends SqueezeNet 1.1 to a graph: the authors' release of the same accuracy in 2.4 times fewer
/// multiplications (github.com/forresti/SqueezeNet, SqueezeNet_v1.1). Returns the probabilities.
template <class Builder>
constexpr tensor_handle squeezenet_1_1(Builder& g, squeezenet_options const& o = {}) {
  return detail::squeezenet(g, o, {.filters = 64, .kernel = {3, 3}, .stride = {2, 2}}, 0b00010101u);
}

}  // namespace linnet::inline LINNET_ISA::models
