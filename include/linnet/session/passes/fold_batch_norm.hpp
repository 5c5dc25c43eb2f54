// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/graph/validate.hpp>
#include <linnet/session/passes/rewrite.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// Carries out `fold_batch_norm`: finds what can be folded first, then writes each layer's weights once.
class batch_norm_folder {
 public:
  explicit batch_norm_folder(network net)
      : net_(std::move(net)),
        uses_(net_.graph.view()),
        added_(net_),
        left_out_(nodes().size()),
        scales_(nodes().size()) {}

  [[nodiscard]] network fold() && {
    for (std::size_t i = 0; i < nodes().size(); ++i) {
      if (is_channel_scale(nodes()[i])) fold_into_maker(i);
    }
    for (std::size_t i = 0; i < scales_.size(); ++i) {
      if (!scales_[i].factors.empty() && !left_out_[i]) rewrite(nodes()[i], scales_[i]);
    }
    return without(net_, left_out_);
  }

 private:
  /// What is still to be applied to a layer's outputs: y * factor + offset, one of each a channel.
  struct channel_scales {
    std::vector<double> factors, offsets;
  };

  [[nodiscard]] std::vector<node>& nodes() { return net_.graph.nodes; }
  [[nodiscard]] graph_view graph() const { return net_.graph.view(); }

  /// A depthwise convolution that multiplies each channel by one number and adds one.
  [[nodiscard]] bool is_channel_scale(node const& n) const {
    if (n.kind != op::depthwise_conv2d || !is_float(n)) return false;
    window2d plain;
    plain.dilation = n.window.dilation;  // of a 1x1 kernel: without meaning
    return n.window == plain && graph().output(n).shape.back(0) == graph().input(n).shape.back(0);
  }

  [[nodiscard]] bool is_float(node const& n) const {
    for (tensor_id id : graph().inputs(n)) {
      if (graph().tensor(id).type != f32) return false;
    }
    return graph().output(n).type == f32;
  }

  /// The layer whose result this node scales: directly, or under other shapes of the same channels. Nothing
  /// else may read it.
  [[nodiscard]] std::optional<std::size_t> layer_before(node const& n) {
    std::int32_t const channels = graph().input(n).shape.back(0);
    std::int32_t maker = uses_.only_maker(graph().inputs(n)[0]);
    while (maker != no_node) {
      auto const at = static_cast<std::size_t>(maker);
      node const& m = nodes()[at];
      if (graph().output(m).shape.back(0) != channels) return std::nullopt;
      if (m.kind != op::reshape) {
        bool const takes = has_weights(m.kind) && m.activation == activation::none && is_float(m);
        return takes ? std::optional(at) : std::nullopt;
      }
      maker = uses_.only_maker(graph().inputs(m)[0]);
    }
    return std::nullopt;
  }

  void fold_into_maker(std::size_t index) {
    node const n = nodes()[index];
    auto const layer = layer_before(n);
    if (!layer) return;
    auto const factors = floats(n, 1), offsets = floats(n, 2);
    channel_scales& s = scales_[*layer];
    s.factors.resize(factors.size(), 1.0);
    s.offsets.resize(factors.size(), 0.0);
    for (std::size_t i = 0; i < factors.size(); ++i) {
      s.factors[i] *= factors[i];
      s.offsets[i] = s.offsets[i] * factors[i] + (offsets.empty() ? 0.0 : offsets[i]);
    }
    take_place_of(*layer, index);
  }

  /// The layer makes what the node made: its tensor, or, where reshapes lie between, the last of them does.
  void take_place_of(std::size_t layer, std::size_t index) {
    node const n = nodes()[index];
    tensor_id const operand = graph().inputs(n)[0], made = graph().outputs(n)[0];
    auto const last = static_cast<std::size_t>(uses_.only_maker(operand));
    nodes()[last].outputs = n.outputs;
    uses_.maker[static_cast<std::size_t>(made)] = static_cast<std::int32_t>(last);
    nodes()[layer].activation = n.activation;
    left_out_[index] = true;
  }

  /// Operand i of a node in double; nothing where it has none.
  [[nodiscard]] std::vector<double> floats(node const& n, std::size_t i) const {
    std::vector<double> values;
    if (i >= n.inputs.count) return values;
    auto const bytes = net_.constants[static_cast<std::size_t>(graph().inputs(n)[i])];
    for (std::size_t at = 0; at + sizeof(float) <= bytes.size(); at += sizeof(float)) {
      values.push_back(static_cast<double>(load<float>(bytes.data() + at)));
    }
    return values;
  }

  void rewrite(node& n, channel_scales const& s) {
    auto weights = floats(n, 1), bias = floats(n, 2);
    std::size_t const channels = s.factors.size(), inner = weights.size() / channels;
    bool const channels_innermost = n.kind == op::depthwise_conv2d;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] *= s.factors[channels_innermost ? i % channels : i / inner];
    }
    bias.resize(channels, 0.0);
    for (std::size_t i = 0; i < channels; ++i) bias[i] = bias[i] * s.factors[i] + s.offsets[i];
    tensor_id const operand = graph().inputs(n)[0];
    edge_range const weights_name = graph().input(n, 1).name;
    edge_range const bias_name = n.inputs.count == 3 ? graph().input(n, 2).name : edge_range{};
    shape const weights_shape = graph().input(n, 1).shape;
    tensor_id const w = added_.add(weights_shape, rounded(weights));
    tensor_id const b = added_.add({static_cast<std::int32_t>(channels)}, rounded(bias));
    net_.graph.tensors[static_cast<std::size_t>(w)].name = weights_name;
    net_.graph.tensors[static_cast<std::size_t>(b)].name = bias_name;
    n.inputs = net_.graph.add_edges(std::vector<tensor_id>{operand, w, b});
  }

  [[nodiscard]] static std::vector<float> rounded(std::vector<double> const& values) {
    std::vector<float> result;
    for (double value : values) result.push_back(static_cast<float>(value));
    return result;
  }

  network net_;
  tensor_uses uses_;
  added_constants added_;
  std::vector<bool> left_out_;
  std::vector<channel_scales> scales_;  // of each node
};

}  // namespace detail

/// Folds each node that only scales and shifts channels (what a batch normalization is at run time: a
/// depthwise convolution of 1x1 pixels) into the convolution or dense layer in front of it, where that layer
/// has no activation and nothing else reads its result. Reshapes that keep the channels may lie between.
/// Float networks only. The folded weights and biases are computed in double and rounded once; constants that
/// are not rewritten stay shared. The layer keeps its `source` and gets the folded node's output and
/// activation. Precondition: the graph is valid.
[[nodiscard]] inline network fold_batch_norm(network net) {
  return detail::batch_norm_folder(std::move(net)).fold();
}

}  // namespace linnet::inline LINNET_ISA
