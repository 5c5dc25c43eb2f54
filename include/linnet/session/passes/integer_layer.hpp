// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

#include <linnet/base/bytes.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/runtime/lower.hpp>
#include <linnet/session/network.hpp>
#include <linnet/session/pack.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// Whether `lower` accepts a node: its types, scales and rounding are such that kernels compute it exactly.
[[nodiscard]] inline bool has_exact_kernels(graph_view const& g, node const& n) {
  auto const accept = [](auto const&, auto const&) -> expected<void, graph_error> { return {}; };
  return lower(g, n, accept).has_value();
}

}  // namespace detail

/// A convolution or dense layer of int8 or uint8, its weights and biases as numbers: what passes compute with
/// that ask how an output channel depends on input channels. Channels are those of the last dimension of the
/// input and the output; a dense layer that reads several pixels as one row has a tap for each of them. The
/// network must outlive it, and its graph must not change.
class integer_layer {
 public:
  /// Nothing where the node is no such layer, or kernels do not compute it in int8 or uint8 throughout.
  /// Precondition: `check_network` accepts the network.
  [[nodiscard]] static std::optional<integer_layer> of(network const& net, node const& n) {
    graph_view const g = net.graph.view();
    if (!detail::has_weights(n.kind) || n.kind == op::transpose_conv2d) return std::nullopt;
    tensor_info const &in = g.input(n), &weights = g.input(n, 1);
    bool const integers = kernels::is_quantized(in.type) && weights.type == in.type &&
                          g.output(n).type == in.type && weights.role == tensor_role::constant;
    if (!integers || in.shape.rank() == 0) return std::nullopt;
    if (n.kind == op::dense && weights.shape[1] % in.shape.back(0) != 0) return std::nullopt;
    if (!detail::has_exact_kernels(g, n)) return std::nullopt;
    return integer_layer(net, g, n);
  }

  /// Channels of the output.
  [[nodiscard]] std::int32_t outputs() const { return outputs_; }
  /// Channels of the input.
  [[nodiscard]] std::int32_t inputs() const { return inputs_; }
  /// Weights that join an output channel with an input channel that it reads.
  [[nodiscard]] std::int32_t taps() const { return taps_; }
  /// Whether an output channel reads one input channel.
  [[nodiscard]] bool is_depthwise() const { return is_depthwise_; }
  /// Whether windows reach beyond the image, where every channel has its zero point.
  [[nodiscard]] bool is_padded() const { return is_padded_; }
  /// Of stored inputs.
  [[nodiscard]] std::int32_t input_zero_point() const { return input_.zero_point; }

  /// The first input channel that output channel o reads, and how many it reads. Precondition: o < outputs().
  [[nodiscard]] std::int32_t first_input(std::int32_t o) const {
    return is_depthwise_ ? o / (outputs_ / inputs_) : 0;
  }
  /// How many input channels an output channel reads.
  [[nodiscard]] std::int32_t inputs_read() const { return is_depthwise_ ? 1 : inputs_; }

  /// Where in the weights that of output channel o, tap t and input channel c lies, in elements.
  [[nodiscard]] std::int64_t place_of_weight(std::int32_t o, std::int32_t t, std::int32_t c) const {
    if (is_depthwise_) return std::int64_t{t} * outputs_ + o;
    return (std::int64_t{o} * taps_ + t) * inputs_ + c;
  }
  /// That weight less its zero point: in [-255, 255].
  [[nodiscard]] std::int32_t weight(std::int32_t o, std::int32_t t, std::int32_t c) const {
    std::byte const* const at = constants_.weights.data() + place_of_weight(o, t, c);
    return (is_unsigned_ ? std::int32_t{load<std::uint8_t>(at)} : std::int32_t{load<std::int8_t>(at)}) -
           weight_zero_point_;
  }
  /// 0 where the layer has none.
  [[nodiscard]] std::int32_t bias(std::int32_t o) const {
    return kernels::bias_of<std::int32_t>(constants_, o);
  }
  /// The weights' sum over all taps, each less the zero point: by which a constant input channel counts.
  [[nodiscard]] std::int64_t weight_sum(std::int32_t o, std::int32_t c) const {
    std::int64_t sum = 0;
    for (std::int32_t t = 0; t < taps_; ++t) sum += weight(o, t, c);
    return sum;
  }
  /// Whether output channel o multiplies input channel c by nothing but zeros.
  [[nodiscard]] bool ignores(std::int32_t o, std::int32_t c) const {
    for (std::int32_t t = 0; t < taps_; ++t) {
      if (weight(o, t, c) != 0) return false;
    }
    return true;
  }
  /// The factor by which a policy takes output channel o's accumulator to a stored value.
  template <class Policy>
  [[nodiscard]] typename Policy::factor factor(std::int32_t o, Policy policy) const {
    return policy.prepare(input_.scale, kernels::weight_scale_of(constants_, o), output_.scale);
  }

 private:
  integer_layer(network const& net, graph_view const& g, node const& n)
      : constants_(detail::constants_of(net, n)),
        input_(g.input(n).quantization),
        output_(g.output(n).quantization),
        weight_zero_point_(g.input(n, 1).quantization.zero_point),
        outputs_(g.output(n).shape.back(0)),
        inputs_(g.input(n).shape.back(0)),
        is_depthwise_(n.kind == op::depthwise_conv2d),
        is_padded_(n.window.padding != padding2d{}),
        is_unsigned_(g.input(n).type == u8) {
    taps_ = n.kind == op::dense ? g.input(n, 1).shape[1] / inputs_
                                : n.window.kernel.height * n.window.kernel.width;
  }

  kernels::constants constants_;
  quantization input_, output_;
  std::int32_t weight_zero_point_, outputs_, inputs_, taps_ = 1;
  bool is_depthwise_, is_padded_, is_unsigned_;
};

}  // namespace linnet::inline LINNET_ISA
