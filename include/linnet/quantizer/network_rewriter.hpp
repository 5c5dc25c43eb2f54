// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <linnet/base/math.hpp>
#include <linnet/graph/validate.hpp>
#include <linnet/quantization/affine.hpp>
#include <linnet/quantizer/float_network.hpp>
#include <linnet/quantizer/layer_weights.hpp>
#include <linnet/session/error.hpp>
#include <linnet/session/network.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// Rewrites a copy of a float network as integers. Tensors keep their numbers; a constant that several layers
/// share becomes one a layer (the copies stand at the end), since its integers depend on the layer.
class network_rewriter {
 public:
  network_rewriter(network const& from, bool per_channel)
      : per_channel_(per_channel),
        from_(from),
        made_{.name = from.name, .graph = from.graph, .constants = {}, .storage = {}},
        blocks_(std::make_shared<std::vector<std::vector<std::byte>>>()),
        claimed_(from.graph.tensors.size()) {
    for (std::span<std::byte const> constant : from.constants) {
      blocks_->emplace_back(constant.begin(), constant.end());
    }
    blocks_->resize(from.graph.tensors.size());
  }

  /// `activations`: as `activation_quantizations` makes them.
  result<network> run(std::vector<quantization> const& activations) {
    for (std::size_t i = 0; i < activations.size(); ++i) {
      if (activations[i].present()) quantize_activation(i, activations[i]);
    }
    for (node& n : made_.graph.nodes) {
      if (n.kind == op::pad && n.alpha != 0.0f) n.alpha = steps_of(n);
    }
    for (std::size_t i = 0; i < made_.graph.nodes.size(); ++i) {
      if (!has_weights(made_.graph.nodes[i].kind)) continue;
      if (auto done = quantize_weights_of(i); !done) return unexpected(std::move(done).error());
    }
    for (auto const& block : *blocks_) made_.constants.emplace_back(block);
    made_.storage = blocks_;
    return std::move(made_);
  }

 private:
  /// What a pad puts around its input, in steps from the zero point.
  [[nodiscard]] float steps_of(node const& pad) const {
    quantization const& q = made_.graph.view().output(pad).quantization;
    affine<std::int8_t> const quantizer(q.scale, q.zero_point);
    return static_cast<float>(linnet::quantize(quantizer, pad.alpha) - q.zero_point);
  }

  void quantize_activation(std::size_t index, quantization const& q) {
    tensor_info& t = made_.graph.tensors[index];
    t.type = s8;
    t.quantization = q;
    t.channel_scales = {};
    claimed_[index] = true;
    std::vector<std::byte> stored;  // of a constant that is an activation to its operator
    for (float value : floats_of(from_, static_cast<tensor_id>(index))) {
      affine<std::int8_t> const quantizer(q.scale, q.zero_point);
      stored.push_back(static_cast<std::byte>(linnet::quantize(quantizer, value)));
    }
    (*blocks_)[index] = std::move(stored);
  }

  /// The tensor itself for whoever comes first, a copy of it for others.
  [[nodiscard]] tensor_id claim(tensor_id id) {
    auto const index = static_cast<std::size_t>(id);
    if (!claimed_[index]) {
      claimed_[index] = true;
      return id;
    }
    made_.graph.tensors.push_back(from_.graph.tensors[index]);
    blocks_->emplace_back();
    return static_cast<tensor_id>(made_.graph.tensors.size()) - 1;
  }

  [[nodiscard]] layer_weights layer_of(node const& n) const {
    std::span<tensor_id const> const operands = from_.graph.view().inputs(n);
    bool const depthwise = n.kind == op::depthwise_conv2d;
    shape const& extents = from_.graph.view().input(n, 1).shape;
    return {.weights = floats_of(from_, operands[1]),
            .bias = operands.size() == 3 ? floats_of(from_, operands[2]) : std::vector<float>(),
            .channels = static_cast<std::size_t>(depthwise ? extents.back(0) : extents[0]),
            .channels_last = depthwise};
  }

  result<void> quantize_weights_of(std::size_t index) {
    node const& n = from_.graph.nodes[index];
    std::span<tensor_id const> const given = from_.graph.view().inputs(n);
    std::vector<tensor_id> operands(given.begin(), given.end());
    float const input_scale = made_.graph.tensors[static_cast<std::size_t>(operands[0])].quantization.scale;
    auto const stored = quantize_layer(layer_of(n), input_scale, per_channel_);
    if (!stored) {
      return fail(stored.error().code,
                  place_in_words(from_, static_cast<std::int32_t>(index), operands.back()) + ": " +
                      stored.error().message);
    }
    operands[1] = claim(operands[1]);
    set(operands[1], s8, stored->scales, n.kind == op::depthwise_conv2d ? 3 : 0,
        std::as_bytes(std::span(stored->weights)));
    if (operands.size() == 3) {
      operands[2] = claim(operands[2]);
      set(operands[2], s32, bias_scales(*stored, input_scale), 0, std::as_bytes(std::span(stored->bias)));
    }
    made_.graph.nodes[index].inputs = made_.graph.add_edges(operands);
    return {};
  }

  /// For whoever reads the graph: no kernel asks for them, but a graph wants scales finite and positive.
  [[nodiscard]] static std::vector<float> bias_scales(quantized_layer const& layer, float input_scale) {
    std::vector<float> scales = layer.scales;
    for (float& scale : scales) {
      scale = clamp(scale * input_scale, std::numeric_limits<float>::denorm_min(),
                    std::numeric_limits<float>::max());
    }
    return scales;
  }

  /// One scale is the tensor's; several run along `axis`, or along whichever dimension has as many elements
  /// (a bias may be written as 1x1x1xC).
  void set(tensor_id id, element_type type, std::vector<float> const& scales, std::int32_t axis,
           std::span<std::byte const> bytes) {
    tensor_info& t = made_.graph.tensors[static_cast<std::size_t>(id)];
    t.type = type;
    t.quantization = {per_channel_ ? 0.0f : scales[0], 0};
    t.channel_scales = {};
    t.channel_axis = 0;
    (*blocks_)[static_cast<std::size_t>(id)].assign(bytes.begin(), bytes.end());
    if (!per_channel_ || t.shape.rank() == 0) return;
    while (static_cast<std::size_t>(t.shape[static_cast<std::size_t>(axis)]) != scales.size()) ++axis;
    t.channel_scales = made_.graph.add_scales(scales);
    t.channel_axis = axis;
  }

  bool per_channel_;
  network const& from_;
  network made_;
  std::shared_ptr<std::vector<std::vector<std::byte>>> blocks_;  // one a tensor
  std::vector<bool> claimed_;                                    // by an operator, as what it is now
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA
