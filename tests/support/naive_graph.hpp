// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <linnet/graph/graph.hpp>

#include "naive.hpp"
#include "naive_functions.hpp"
#include "random_values.hpp"

// One node of a graph by the naive operators: from the graph's own words, past everything that lowers,
// selects, packs and plans.
namespace support {

using byte_span = std::span<std::byte const>;

/// `operands` are the stored bytes of the node's inputs, in order.
class naive_node {
 public:
  naive_node(linnet::graph_view const& g, linnet::node const& n, std::vector<byte_span> const& operands)
      : g_(g), n_(n), operands_(operands) {}

  [[nodiscard]] naive::type output_type() const { return type_of(g_.output(n_).type); }

  [[nodiscard]] naive::answer run() const {
    switch (n_.kind) {
      case linnet::op::conv2d: return naive::conv2d(x(), weights(), window(), to());
      case linnet::op::depthwise_conv2d: return naive::depthwise(x(), weights(), window(), to());
      case linnet::op::transpose_conv2d: return naive::transpose_conv2d(x(), weights(), window(), to());
      case linnet::op::dense: return naive::dense(x(), weights(), to());
      case linnet::op::add: return naive::add(x(), x(1), to());
      case linnet::op::average_pool2d: return naive::pool(true, x(), window(), to());
      case linnet::op::max_pool2d: return naive::pool(false, x(), window(), to());
      case linnet::op::mean: return naive::mean(x(), axes(), to());
      case linnet::op::concat: return naive::concat(parts(), static_cast<std::size_t>(n_.axes[0]), to());
      case linnet::op::pad: return naive::pad(x(), before(), to());
      case linnet::op::softmax:
        if (n_.unary == linnet::unary_function::log) return naive::log_softmax(x(), n_.beta);
        return naive::softmax(x(), n_.beta, to());
      case linnet::op::logistic: return naive::logistic(x(), to());
      case linnet::op::transpose: return naive::transpose(x(), axes());
      case linnet::op::slice: return sliced();
      case linnet::op::reduce: return naive::reduced(reduction(), x(), axes());
      case linnet::op::quantize: return naive::quantize(x(), to());
      case linnet::op::dequantize: return naive::dequantize(x());
      case linnet::op::reshape: return {x().values, std::vector<double>(x().values.size())};
      case linnet::op::unary:
        if (n_.unary == linnet::unary_function::cast) return naive::cast(x(), to());
        return naive::unary(function(), x(), {n_.alpha, n_.beta}, to());
      case linnet::op::batch_matmul:
        return naive::batch_matmul(x(), x(1), n_.transposed[0], n_.transposed[1], to());
      case linnet::op::binary: return naive::binary(function(), x(), x(1), to());
      case linnet::op::resize:
        return naive::resized(x(), resampling_of(n_.resampling, n_.alpha, n_.beta), to());
      case linnet::op::custom:     // only the user knows; no graph of these tests has one
      case linnet::op::recurrent:  // nor one of these
      case linnet::op::relu:
      case linnet::op::requantize: break;
    }
    return naive::rescaled(x(), to());
  }

 private:
  [[nodiscard]] std::string_view reduction() const {
    linnet::text const name = name_of(n_.reduction);
    return {name.data(), name.size()};
  }
  [[nodiscard]] std::string_view function() const {
    linnet::text const name = name_of(n_);
    return {name.data(), name.size()};
  }
  /// Of each dimension the indices that are taken.
  [[nodiscard]] naive::answer sliced() const {
    linnet::shape const& s = g_.input(n_).shape;
    std::vector<std::vector<int>> taken;
    for (std::size_t i = 0; i < s.rank(); ++i) {
      int const first = n_.padding[i].before, last = s[i] - 1 - n_.padding[i].after, step = n_.axes[i];
      taken.emplace_back();
      for (int at = step > 0 ? first : last; at >= first && at <= last; at += step)
        taken.back().push_back(at);
    }
    return naive::picked(x(), taken);
  }
  static std::vector<int> extents(linnet::shape const& s) { return {s.begin(), s.end()}; }

  [[nodiscard]] naive::tensor x(std::size_t i = 0) const {
    linnet::tensor_info const& t = g_.input(n_, i);
    return {extents(t.shape), type_of(t.type), steps_of(t.quantization), numbers(t.type, operands_[i])};
  }
  [[nodiscard]] std::vector<naive::tensor> parts() const {
    std::vector<naive::tensor> all;
    for (std::size_t i = 0; i < n_.inputs.count; ++i) all.push_back(x(i));
    return all;
  }
  [[nodiscard]] naive::filter weights() const {
    linnet::tensor_info const& t = g_.input(n_, 1);
    auto const channel_scales = g_.channel_scales(t);
    naive::filter f{extents(t.shape), numbers(t.type, operands_[1]), {}, {}, t.quantization.zero_point};
    f.scales.assign(channel_scales.begin(), channel_scales.end());
    if (f.scales.empty() && t.type != linnet::f32) f.scales = {t.quantization.scale};
    if (n_.inputs.count < 3) return f;
    for (std::size_t i = 0; i < operands_[2].size(); i += 4) {
      std::byte const* const at = operands_[2].data() + i;
      f.bias.push_back(t.type == linnet::f32 ? static_cast<double>(linnet::load<float>(at))
                                             : linnet::load<std::int32_t>(at));
    }
    return f;
  }
  [[nodiscard]] naive::window window() const {
    linnet::window2d const& w = n_.window;
    return {w.kernel.height,   w.kernel.width,   w.stride.height, w.stride.width,
            w.dilation.height, w.dilation.width, w.padding.top,   w.padding.left};
  }
  [[nodiscard]] naive::target to() const {
    linnet::tensor_info const& t = g_.output(n_);
    return {extents(t.shape), type_of(t.type), steps_of(t.quantization), bound_of(n_.activation),
            rule_of(n_.rounding)};
  }
  [[nodiscard]] std::vector<int> axes() const { return {n_.axes.begin(), n_.axes.end()}; }
  [[nodiscard]] std::vector<int> before() const {
    std::vector<int> all;
    for (std::size_t i = 0; i < g_.input(n_).shape.rank(); ++i) all.push_back(n_.padding[i].before);
    return all;
  }

  linnet::graph_view g_;
  linnet::node const& n_;
  std::vector<byte_span> const& operands_;
};

}  // namespace support
