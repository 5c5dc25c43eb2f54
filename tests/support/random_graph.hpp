// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <linnet/graph/shape_inference.hpp>

#include "graph_maker.hpp"
#include "random_source.hpp"
#include "random_values.hpp"

namespace support {

/// Small valid networks of all operators: chains with side branches that meet again in adds and concats,
/// batches, reshapes in a row, dead ends, inputs that nobody reads or that are outputs at once.
class random_graph {
 public:
  explicit random_graph(std::uint64_t seed) : random_graph(random_source(seed)) {}
  explicit random_graph(random_source const& random) : random_(random) {
    type_ = random_.pick({linnet::s8, linnet::u8, linnet::f32});
    std::int32_t const batch = random_.one_in(3) ? random_.integer(2, 3) : 1;
    std::int32_t const count = random_.integer(1, 3);
    std::vector<tensor_id> inputs, outputs;
    for (std::int32_t i = 0; i < count; ++i) {
      linnet::shape const s{batch, random_.integer(1, 8), random_.integer(1, 8), random_.integer(1, 6)};
      inputs.push_back(made(maker_.activation(s, type_, quantized(type_))));
    }
    std::int32_t const nodes = random_.integer(2, 14);
    while (static_cast<std::int32_t>(maker_.nodes.size()) < nodes) add_node();
    for (tensor_id id : made_) {
      if (id == made_.back() || random_.one_in(6)) outputs.push_back(id);
    }
    maker_.set_ends(inputs, outputs);
  }

  [[nodiscard]] graph_maker& maker() { return maker_; }
  [[nodiscard]] random_source& random() { return random_; }

 private:
  static constexpr std::int64_t most_elements = 1500;

  tensor_id made(tensor_id id) {
    made_.push_back(id);
    return id;
  }
  linnet::quantization quantized(element_type type) {
    return random_quantization(random_, type, random_.real(-7, -3));
  }
  linnet::shape const& shape_of(tensor_id id) const { return maker_.at(id).shape; }
  element_type type_of_tensor(tensor_id id) const { return maker_.at(id).type; }

  /// One of the last few tensors mostly, so that graphs are deep and old tensors live long.
  tensor_id some_tensor() {
    std::size_t const recent = std::min<std::size_t>(made_.size(), random_.one_in(4) ? made_.size() : 3);
    return made_[made_.size() - 1 - random_.bits() % recent];
  }

  void add_node() {
    tensor_id const x = some_tensor();
    linnet::node n;
    n.kind = static_cast<linnet::op>(random_.integer(0, linnet::op_count - 1));
    n.rounding =
        random_.pick({rounding::double_rounding, rounding::double_rounding, rounding::single_rounding,
                      rounding::float_half_even, rounding::float_half_away});
    switch (n.kind) {
      case linnet::op::conv2d:
      case linnet::op::depthwise_conv2d:
      case linnet::op::transpose_conv2d: return add_convolution(n, x);
      case linnet::op::dense: return add_dense(n, x);
      case linnet::op::add:
        n.rounding = random_multiplier_rounding(random_);
        n.activation = random_activation(random_);
        return finish(n, {x, partner(x, 4)}, type_of_tensor(x));
      case linnet::op::average_pool2d:
      case linnet::op::max_pool2d: return add_pool(n, x);
      case linnet::op::mean: return add_mean(n, x);
      case linnet::op::reduce:
        n.reduction = random_.pick({linnet::reduction::maximum, linnet::reduction::minimum});
        if (type_of_tensor(x) == linnet::f32 && random_.one_in(2)) n.reduction = linnet::reduction::sum;
        return add_mean(n, x, &maker_.at(x).quantization);
      case linnet::op::concat: return add_concat(n, x);
      case linnet::op::pad:
        for (std::size_t i = 0; i < shape_of(x).rank(); ++i) {
          if (i + 3 >= shape_of(x).rank()) n.padding[i] = {random_.integer(0, 2), random_.integer(0, 2)};
        }
        return finish(n, {x}, type_of_tensor(x), &maker_.at(x).quantization);
      case linnet::op::softmax:
        n.beta = random_.pick({1.0f, 0.5f});
        if (type_of_tensor(x) == linnet::f32 && random_.one_in(3)) n.unary = linnet::unary_function::log;
        return finish_256th(n, x);
      case linnet::op::logistic: n.rounding = random_multiplier_rounding(random_); return finish_256th(n, x);
      case linnet::op::relu:
        n.activation = random_activation(random_);
        return finish(n, {x}, type_of_tensor(x));
      case linnet::op::reshape: return add_reshape(n, x);
      case linnet::op::transpose: return add_transpose(n, x);
      case linnet::op::quantize:
        if (type_of_tensor(x) == linnet::f32) finish(n, {x}, random_.pick({linnet::s8, linnet::u8}));
        return;
      case linnet::op::dequantize:
        if (type_of_tensor(x) != linnet::f32) finish(n, {x}, linnet::f32);
        return;
      case linnet::op::slice: return add_slice(n, x);
      case linnet::op::resize: return add_resize(n, x);
      case linnet::op::unary: return add_unary(n, x);
      case linnet::op::binary: return add_binary(n, x);
      case linnet::op::batch_matmul: return add_matrices(n, x);
      case linnet::op::custom: return;     // the user's
      case linnet::op::recurrent: return;  // a run depends on those before it
      case linnet::op::requantize:
        if (type_of_tensor(x) != linnet::f32) finish(n, {x}, random_.pick({linnet::s8, linnet::u8}));
        return;
    }
  }

  /// Adds the node if it makes a tensor that is not too large.
  void finish(linnet::node const& n, std::vector<tensor_id> const& inputs, element_type type,
              linnet::quantization const* same = nullptr, linnet::shape const& stated = {}) {
    graph_maker trial = maker_;
    tensor_id const output = trial.activation(stated, type, same ? *same : quantized(type));
    trial.add(n, inputs, output);
    auto const inferred = linnet::infer_shape(trial.view(), trial.nodes.back());
    if (!inferred || inferred->elements() > most_elements) return;
    trial.at(output).shape = *inferred;
    maker_ = std::move(trial);
    made(output);
  }
  void finish_256th(linnet::node const& n, tensor_id x) {
    element_type const type = type_of_tensor(x);
    linnet::quantization const q{1.0f / 256, type == linnet::s8 ? -128 : 0};
    linnet::quantization const none;
    finish(n, {x}, type, type == linnet::f32 ? &none : &q);
  }

  /// Another tensor that agrees with `x` in type, rank and all dimensions but `axis`; else `x` itself.
  tensor_id partner(tensor_id x, std::size_t axis) {
    std::vector<tensor_id> fitting{x};
    for (tensor_id id : made_) {
      linnet::shape s = shape_of(id);
      if (type_of_tensor(id) != type_of_tensor(x) || s.rank() != shape_of(x).rank()) continue;
      if (axis < s.rank()) s[axis] = shape_of(x)[axis];
      if (s == shape_of(x)) fitting.push_back(id);
    }
    return random_.one_in(5) ? x : fitting.back();
  }

  linnet::window2d random_window(bool dilated) {
    linnet::window2d w;
    w.kernel = {random_.integer(1, 3), random_.integer(1, 3)};
    w.stride = {random_.integer(1, 2), random_.integer(1, 2)};
    if (dilated && random_.one_in(4)) w.dilation = {2, 2};
    w.padding = {random_.integer(0, w.kernel.height - 1), random_.integer(0, w.kernel.width - 1),
                 random_.integer(0, w.kernel.height - 1), random_.integer(0, w.kernel.width - 1)};
    return w;
  }

  /// Weights and, mostly, a bias; returns the operands of a layer.
  std::vector<tensor_id> layer(tensor_id x, linnet::shape const& s, std::int32_t channels, std::int32_t axis,
                               std::int32_t addends) {
    element_type const type = type_of_tensor(x);
    auto const count = static_cast<std::size_t>(s.elements());
    tensor_id const weights = maker_.constant(
        s, type, random_elements(random_, type, count, 1.0 / std::sqrt(addends)), quantized(type));
    if (type == linnet::u8 || random_.one_in(4)) {
      maker_.at(weights).quantization.zero_point = random_zero_point(random_, type);
    } else if (type != linnet::f32) {
      std::vector<float> scales;
      for (std::int32_t i = 0; i < channels; ++i)
        scales.push_back(random_scale(random_, random_.real(-7, -3), false));
      maker_.at(weights).quantization.zero_point = 0;
      maker_.set_scales(weights, scales, axis);
    }
    if (random_.one_in(4)) return {x, weights};
    std::vector<std::byte> bias;
    for (std::int32_t i = 0; i < channels; ++i) {
      if (type == linnet::f32) {
        append(bias, static_cast<float>(random_.real(-1, 1)));
      } else {
        append(bias, random_.integer(-3000, 3000));
      }
    }
    return {x, weights, maker_.constant({channels}, type == linnet::f32 ? linnet::f32 : linnet::s32, bias)};
  }

  void add_convolution(linnet::node& n, tensor_id x) {
    linnet::shape const s = shape_of(x);
    if (s.rank() != 4) return;
    n.window = random_window(true);
    n.activation = random_activation(random_);
    auto const [height, width] = n.window.kernel;
    if (n.kind == linnet::op::transpose_conv2d && random_.one_in(2)) {
      n.padding[1].after = random_.integer(0, 2);
      n.padding[2].after = random_.integer(0, 2);
    }
    if (n.kind != linnet::op::depthwise_conv2d) {
      std::int32_t const out = random_.integer(1, 8);
      return finish(n, layer(x, {out, height, width, s[3]}, out, 0, height * width * s[3]),
                    type_of_tensor(x));
    }
    std::int32_t const out = s[3] * random_.integer(1, 2);
    finish(n, layer(x, {1, height, width, out}, out, 3, height * width), type_of_tensor(x));
  }
  void add_dense(linnet::node& n, tensor_id x) {
    linnet::shape const s = shape_of(x);
    if (s.rank() == 0) return;
    bool const whole = random_.one_in(3);  // all but the batch is one row
    auto const inputs = static_cast<std::int32_t>(whole ? s.elements() / s[0] : s.back(0));
    std::int32_t const units = random_.integer(1, 9);
    n.activation = random_activation(random_);
    linnet::shape stated;
    if (!whole && random_.one_in(2)) {
      stated = s;
      stated[s.rank() - 1] = units;
    }
    finish(n, layer(x, {units, inputs}, units, 0, inputs), type_of_tensor(x), nullptr, stated);
  }
  void add_pool(linnet::node& n, tensor_id x) {
    if (shape_of(x).rank() != 4) return;
    n.window = random_window(false);
    n.activation = random_activation(random_);
    finish(n, {x}, type_of_tensor(x), &maker_.at(x).quantization);
  }
  void add_mean(linnet::node& n, tensor_id x, linnet::quantization const* same = nullptr) {
    linnet::shape const s = shape_of(x);
    n.rounding = random_multiplier_rounding(random_);
    linnet::shape dropped;
    for (std::size_t i = 0; i < s.rank(); ++i) {
      if (i + 3 >= s.rank() && random_.one_in(2)) {
        n.axes.push_back(static_cast<std::int32_t>(i));
      } else {
        dropped.push_back(s[i]);
      }
    }
    if (n.axes.empty()) return;
    finish(n, {x}, type_of_tensor(x), same, random_.one_in(2) ? dropped : linnet::shape{});
  }
  void add_concat(linnet::node& n, tensor_id x) {
    std::size_t const rank = shape_of(x).rank();
    if (rank == 0) return;
    std::size_t const axis = random_.one_in(2) ? rank - 1 : random_.bits() % rank;
    n.axes.push_back(static_cast<std::int32_t>(axis));
    std::vector<tensor_id> parts{x};
    for (std::int32_t i = random_.integer(0, 3); i > 0; --i) parts.push_back(partner(x, axis));
    bool const copies = random_.one_in(2);
    finish(n, parts, type_of_tensor(x), copies ? &maker_.at(x).quantization : nullptr);
  }
  void add_reshape(linnet::node& n, tensor_id x) {
    linnet::shape const s = shape_of(x);
    linnet::shape stated;
    std::int32_t rest = static_cast<std::int32_t>(s.elements());
    for (std::int32_t i = random_.integer(0, 3); i > 0; --i) {
      std::int32_t extent = random_.integer(1, rest);
      while (rest % extent != 0) --extent;
      stated.push_back(extent);
      rest /= extent;
    }
    if (rest > 1 || random_.one_in(2)) stated.push_back(rest);
    finish(n, {x}, type_of_tensor(x), &maker_.at(x).quantization, stated);
  }
  void add_slice(linnet::node& n, tensor_id x) {
    for (std::size_t i = 0; i < shape_of(x).rank(); ++i) {
      std::int32_t const extent = shape_of(x)[i], before = random_.integer(0, extent - 1);
      n.padding[i] = {before, random_.integer(0, extent - 1 - before)};
      n.axes.push_back(random_.pick({1, 1, 2, 3, -1, -2}));
    }
    finish(n, {x}, type_of_tensor(x), &maker_.at(x).quantization);
  }
  /// Images, by TensorFlow Lite's rules or by ONNX's.
  void add_resize(linnet::node& n, tensor_id x) {
    if (shape_of(x).rank() != 4) return;
    n.beta = 0.0f;
    linnet::shape to = shape_of(x);
    to[1] = random_.integer(1, 2 * to[1]);
    to[2] = random_.integer(1, 2 * to[2]);
    element_type const type = type_of_tensor(x);
    if (type != linnet::u8 && random_.one_in(2)) n.resampling.method = linnet::interpolation::linear;
    bool const linear_integers = type == linnet::s8 && n.resampling.method == linnet::interpolation::linear;
    bool const of_tflite = linear_integers || random_.one_in(2);
    n.resampling.sampling = static_cast<linnet::sampling>(random_.integer(0, of_tflite ? 2 : 3));
    bool const below = n.resampling.sampling == linnet::sampling::corner;
    n.resampling.nearest = below ? linnet::nearest_entry::below : linnet::nearest_entry::half_up;
    if (!of_tflite) {
      n.resampling.nearest = static_cast<linnet::nearest_entry>(random_.integer(0, 3));
      n.alpha = stated_scale(shape_of(x)[1], to[1]);
      n.beta = stated_scale(shape_of(x)[2], to[2]);
    }
    finish(n, {x}, type, &maker_.at(x).quantization, to);
  }
  /// None, the shapes' own, or one that they only round to.
  float stated_scale(std::int32_t input, std::int32_t output) {
    float const exact = static_cast<float>(output) / static_cast<float>(input);
    return random_.pick({0.0f, exact, exact * static_cast<float>(random_.real(0.9, 1.1))});
  }
  /// Functions that are defined everywhere; of integers those that there are.
  void add_unary(linnet::node& n, tensor_id x) {
    using enum linnet::unary_function;
    element_type const type = type_of_tensor(x);
    if (random_.one_in(6)) {
      n.unary = cast;
      return finish(n, {x}, random_.pick({linnet::f32, linnet::s8, linnet::u8}));
    }
    n.rounding = random_multiplier_rounding(random_);
    n.alpha = static_cast<float>(random_.real(0.05, 0.9));
    n.beta = 0.5f;
    linnet::quantization const none, around_zero{1.0f / 128, type == linnet::s8 ? 0 : 128};
    if (type == linnet::f32) {
      n.unary = random_.pick(
          {abs, neg, square, floor, tanh, elu, leaky_relu, hard_sigmoid, hard_swish, swish, gelu, softplus});
      return finish(n, {x}, type, &none);
    }
    n.unary = random_.pick({tanh, leaky_relu, hard_swish});
    finish(n, {x}, type, n.unary == tanh ? &around_zero : nullptr);
  }
  /// With another tensor of the shape, or with one that is repeated.
  void add_binary(linnet::node& n, tensor_id x) {
    using enum linnet::binary_function;
    element_type const type = type_of_tensor(x);
    n.rounding = random_multiplier_rounding(random_);
    n.activation = random_activation(random_);
    n.binary = random_.pick({add, sub, mul, maximum, minimum, prelu});
    bool const compares = n.binary == maximum || n.binary == minimum;
    linnet::quantization const q = maker_.at(x).quantization;
    tensor_id other = partner(x, 8);
    if (random_.one_in(2) || (compares && !(maker_.at(other).quantization == q))) {
      linnet::shape repeated;
      std::size_t const skipped = random_.bits() % (shape_of(x).rank() + 1);
      for (std::size_t i = skipped; i < shape_of(x).rank(); ++i)
        repeated.push_back(random_.one_in(2) ? 1 : shape_of(x)[i]);
      auto const count = static_cast<std::size_t>(repeated.elements());
      other = maker_.constant(repeated, type, random_elements(random_, type, count),
                              compares ? q : quantized(type));
    }
    bool const swapped = random_.one_in(3);
    finish(n, swapped ? std::vector{other, x} : std::vector{x, other}, type, compares ? &q : nullptr);
  }
  /// By itself, where its matrices are turned so that they fit, or by a constant one.
  void add_matrices(linnet::node& n, tensor_id x) {
    linnet::shape const s = shape_of(x);
    element_type const type = type_of_tensor(x);
    if (s.rank() < 2) return;
    n.rounding = random_multiplier_rounding(random_);
    n.activation = random_activation(random_);
    n.transposed = {random_.one_in(2), random_.one_in(2)};
    if (random_.one_in(2)) {
      n.transposed[1] = !n.transposed[0];
      return finish(n, {x, x}, type);
    }
    std::int32_t const inner = s.back(n.transposed[0] ? 1 : 0), columns = random_.integer(1, 6);
    linnet::shape const extents =
        n.transposed[1] ? linnet::shape{columns, inner} : linnet::shape{inner, columns};
    auto const count = static_cast<std::size_t>(extents.elements());
    tensor_id const matrix =
        maker_.constant(extents, type, random_elements(random_, type, count), quantized(type));
    finish(n, {x, matrix}, type);
  }
  void add_transpose(linnet::node& n, tensor_id x) {
    std::vector<std::int32_t> axes;
    for (std::size_t i = 0; i < shape_of(x).rank(); ++i) {
      axes.insert(axes.begin() + static_cast<std::ptrdiff_t>(random_.bits() % (axes.size() + 1)),
                  static_cast<std::int32_t>(i));
    }
    for (std::int32_t axis : axes) n.axes.push_back(axis);
    finish(n, {x}, type_of_tensor(x), &maker_.at(x).quantization);
  }

  random_source random_;
  graph_maker maker_;
  std::vector<tensor_id> made_;
  element_type type_;
};

}  // namespace support
