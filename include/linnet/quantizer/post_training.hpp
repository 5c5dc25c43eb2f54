// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <linnet/quantizer/activation_quantization.hpp>
#include <linnet/quantizer/float_ends.hpp>
#include <linnet/quantizer/float_network.hpp>
#include <linnet/quantizer/network_rewriter.hpp>
#include <linnet/quantizer/ranges.hpp>
#include <linnet/session/passes/narrow_weights.hpp>

namespace linnet::inline LINNET_ISA {

/// What the quantizer leaves open.
struct quantize_options {
  bool per_channel = true;  ///< weights: a scale an output channel; false: one a layer
  bool float_ends = false;  ///< inputs and outputs stay f32, by nodes added at both ends (`with_float_ends`)
};

namespace detail {

/// Whether integers have a kernel of what a node of floats computes.
[[nodiscard]] constexpr bool has_integers(node const& n) {
  if (n.kind == op::custom || n.kind == op::recurrent) return false;
  if (n.kind == op::softmax) return n.unary != unary_function::log;
  if (n.kind == op::resize && n.resampling.method == interpolation::linear)
    return n.alpha == 0.0f && n.beta == 0.0f && n.resampling.sampling != sampling::center_of_one;
  if (n.kind == op::reduce) return n.reduction != reduction::sum && !gives_index(n.reduction);
  if (n.kind == op::binary) return n.binary != binary_function::div;
  return n.kind != op::unary || n.unary == unary_function::tanh || n.unary == unary_function::hard_swish ||
         (n.unary == unary_function::leaky_relu && n.alpha > 0.0f);
}

[[nodiscard]] inline result<void> require_integers(network const& net) {
  graph_view const g = net.graph.view();
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    if (has_integers(g.nodes[i])) continue;
    tensor_id const output = g.outputs(g.nodes[i])[0];
    return fail(errc::not_supported, place_in_words(net, static_cast<std::int32_t>(i), output) +
                                         ": there is no int8 kernel of '" + std::string(name_of(g.nodes[i])) +
                                         "'");
  }
  return {};
}

}  // namespace detail

/// Post-training quantization by least and largest value (Jacob et al. 2018, "Quantization and Training of
/// Neural Networks for Efficient Integer-Arithmetic-Only Inference", section 2 and 3.1; weights per channel
/// as Krishnamoorthi 2018, "Quantizing deep convolutional networks", 3.1): activations int8 with a zero point
/// (`activation_quantizations`), weights int8 symmetric, biases int32 (`quantize_layer`). The network takes
/// and gives int8; its own `session.input().quantization` says how. Nodes keep index, name, source, shapes,
/// fused activations and rounding policy; constants have new storage. Fails (wrong_argument, invalid_graph)
/// where the network is not float throughout (weights of float16 are), the ranges are another network's or
/// miss a tensor, or a constant is not finite, and (not_supported) where a node computes what integers have
/// no kernel for; messages name network, node and tensor.
[[nodiscard]] inline result<network> quantize(network const& given, activation_ranges const& ranges,
                                              quantize_options const& options = {}) {
  network const float_net = with_wide_weights(given);
  if (auto sound = require_float(float_net); !sound) return unexpected(std::move(sound).error());
  if (auto fits = require_ranges_of(float_net, ranges); !fits) return unexpected(std::move(fits).error());
  if (auto known = detail::require_integers(float_net); !known) return unexpected(std::move(known).error());
  auto const activations = activation_quantizations(float_net, ranges);
  if (!activations) return unexpected(activations.error());
  auto made = detail::network_rewriter(float_net, options.per_channel).run(*activations);
  if (!made || !options.float_ends) return made;
  return with_float_ends(*std::move(made));
}

}  // namespace linnet::inline LINNET_ISA
