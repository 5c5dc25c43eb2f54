// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <linnet/quantizer/float_network.hpp>
#include <linnet/quantizer/layer_weights.hpp>
#include <linnet/session/passes/narrow_weights.hpp>

namespace linnet::inline LINNET_ISA {

/// The network with the weights of its float convolutions and dense layers in int8, symmetric, with a scale
/// for each output channel (`quantize_layer`), to be computed as TensorFlow Lite computes such layers
/// (dynamic range): inputs become int8 when a layer is computed, each image of a convolution by its range,
/// each row of a dense layer by its largest magnitude. Biases, and everything between nodes, stay floats.
/// Fails (invalid_graph) where a weight is not finite; the message names node and tensor.
[[nodiscard]] inline result<network> with_dynamic_range(network net) {
  network const& from = net;
  return detail::with_narrow_weights(
      net, [&](std::size_t i, std::vector<float> values) -> result<std::optional<detail::narrow_weights>> {
        node const& n = from.graph.nodes[i];
        graph_view const g = from.graph.view();
        for (float const value : values) {
          if (is_finite(value)) continue;
          return fail(errc::invalid_graph,
                      detail::place_in_words(from, static_cast<std::int32_t>(i), g.inputs(n)[1]) +
                          " has a weight that is not finite");
        }
        tensor_info info = g.input(n, 1);
        bool const depthwise = n.kind == op::depthwise_conv2d;
        info.type = s8;
        info.channel_axis = depthwise ? 3 : 0;
        auto const channels = static_cast<std::size_t>(depthwise ? info.shape[3] : info.shape[0]);
        auto const stored = quantize_layer(
            {.weights = std::move(values), .bias = {}, .channels = channels, .channels_last = depthwise},
            1.0f, true);
        if (!stored) return unexpected(stored.error());
        auto const bytes = std::as_bytes(std::span(stored->weights));
        return detail::narrow_weights{.info = info,
                                      .bytes = {bytes.begin(), bytes.end()},
                                      .scales = stored->scales,
                                      .dynamic_quantization = n.kind == op::dense
                                                                  ? dynamic_quantization::symmetric
                                                                  : dynamic_quantization::asymmetric};
      });
}

}  // namespace linnet::inline LINNET_ISA
