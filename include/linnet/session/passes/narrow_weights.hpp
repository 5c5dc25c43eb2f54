// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/base/half.hpp>
#include <linnet/session/describe.hpp>
#include <linnet/session/error.hpp>
#include <linnet/session/passes/rewrite.hpp>
#include <linnet/session/widened.hpp>

// Weights in fewer bits than the inputs of their layers, which kernels widen when they read them: there and
// back.
namespace linnet::inline LINNET_ISA {

/// Whether a node is a convolution or dense layer of floats by float constants.
[[nodiscard]] inline bool has_float_weights(graph_view const& g, node const& n) {
  bool const layer = n.kind == op::conv2d || n.kind == op::depthwise_conv2d || n.kind == op::dense;
  if (!layer) return false;
  return g.input(n).type == f32 && g.input(n, 1).type == f32 && g.input(n, 1).role == tensor_role::constant;
}

namespace detail {

/// A layer's weights in other bits, and how it takes its inputs then.
struct narrow_weights {
  tensor_info info;              ///< name and shape are those of the weights before
  std::vector<std::byte> bytes;  ///< of it
  std::vector<float> scales{};   ///< one for each entry of `info.channel_axis`, or none
  linnet::dynamic_quantization dynamic_quantization = linnet::dynamic_quantization::none;  ///< of the layer
};

/// The values of a node's weights. Precondition: `has_float_weights`.
[[nodiscard]] inline std::vector<float> float_weights(network const& net, node const& n) {
  auto const id = static_cast<std::size_t>(net.graph.view().inputs(n)[1]);
  std::span<std::byte const> const bytes = net.constants[id];
  std::vector<float> values;
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(float))
    values.push_back(load<float>(bytes.data() + at));
  return values;
}

/// The network whose layers of float weights have those that `make(node's index, values)` makes of them, a
/// result of none where they are to stay. Layers that share weights share what is made of them.
template <class F>
[[nodiscard]] result<network> with_narrow_weights(network net, F const& make) {
  std::size_t const nodes = net.graph.nodes.size();
  std::map<std::pair<tensor_id, op>, std::pair<tensor_id, dynamic_quantization>> known;
  added_constants constants(net);
  for (std::size_t i = 0; i < nodes; ++i) {
    node const n = net.graph.nodes[i];
    if (!has_float_weights(net.graph.view(), n)) continue;
    auto const given = net.graph.view().inputs(n);
    std::vector<tensor_id> operands(given.begin(), given.end());
    std::pair const key{operands[1], n.kind};
    if (!known.contains(key)) {
      result<std::optional<narrow_weights>> made = make(i, float_weights(net, n));
      if (!made) return unexpected(std::move(made).error());
      if (!*made) continue;
      narrow_weights& narrow = **made;
      narrow.info.channel_scales = net.graph.add_scales(narrow.scales);
      known[key] = {constants.add(narrow.info, std::move(narrow.bytes)), narrow.dynamic_quantization};
    }
    operands[1] = known[key].first;
    net.graph.nodes[i].inputs = net.graph.add_edges(operands);
    net.graph.nodes[i].dynamic_quantization = known[key].second;
  }
  return without(net, std::vector<bool>(nodes, false));
}

[[nodiscard]] inline narrow_weights halves_of(tensor_info const& info, std::vector<float> const& values) {
  narrow_weights made{.info = info, .bytes = std::vector<std::byte>(values.size() * sizeof(half))};
  made.info.type = f16;
  for (std::size_t i = 0; i < values.size(); ++i)
    store(made.bytes.data() + i * sizeof(half), narrowed(values[i]));
  return made;
}

}  // namespace detail

/// The network with the weights of its float convolutions and dense layers in float16, each rounded to the
/// nearest, ties to even; their kernels widen them when they read them. Biases stay. Fails (not_supported)
/// where a weight is no number or beyond 65504, the largest of float16; the message names node and tensor.
[[nodiscard]] inline result<network> with_half_weights(network net) {
  network const& from = net;
  return detail::with_narrow_weights(
      net,
      [&](std::size_t i, std::vector<float> const& values) -> result<std::optional<detail::narrow_weights>> {
        graph_view const g = from.graph.view();
        node const& n = g.nodes[i];
        for (std::size_t at = 0; at < values.size(); ++at) {
          if (std::fabs(values[at]) <= 65504.0f) continue;
          return fail(errc::not_supported,
                      from.name + ": " + detail::node_in_words(g, static_cast<std::int32_t>(i)) +
                          ": tensor " + detail::tensor_in_words(g, g.inputs(n)[1]) + ": element " +
                          std::to_string(at) + " is no number that float16 holds: it ends at 65504");
        }
        return detail::halves_of(g.input(n, 1), values);
      });
}

/// The same for those layers alone whose weights are numbers of float16 already: no bit of any result
/// changes.
[[nodiscard]] inline network with_exact_half_weights(network const& net) {
  auto made = detail::with_narrow_weights(
      net,
      [&](std::size_t i, std::vector<float> const& values) -> result<std::optional<detail::narrow_weights>> {
        bool exact = true;
        for (float const value : values) exact = exact && widened(narrowed(value)) == value;
        if (!exact) return std::optional<detail::narrow_weights>();
        return detail::halves_of(net.graph.view().input(net.graph.nodes[i], 1), values);
      });
  return made ? *std::move(made) : net;
}

/// The network with constants of float16 as floats and those of 4 bits as bytes, which is exact. Tensors keep
/// their numbers. Those whose bytes are missing stay as they are.
[[nodiscard]] inline network with_wide_weights(network net) {
  std::vector<std::size_t> narrow;
  for (std::size_t i = 0; i < net.graph.tensors.size(); ++i) {
    tensor_info const& t = net.graph.tensors[i];
    if (t.role != tensor_role::constant || (t.type != f16 && t.type != s4)) continue;
    auto const wanted = static_cast<std::size_t>(bytes_of(t.type, t.shape.elements()));
    if (i < net.constants.size() && net.constants[i].size() == wanted) narrow.push_back(i);
  }
  if (narrow.empty()) return net;
  struct storage {
    std::shared_ptr<void const> before;
    std::vector<std::vector<std::byte>> blocks;
  };
  auto const kept = std::make_shared<storage>();
  kept->before = std::exchange(net.storage, kept);
  for (std::size_t const i : narrow) {
    tensor_info& t = net.graph.tensors[i];
    kept->blocks.push_back(t.type == f16 ? widened_halves(net.constants[i])
                                         : widened_nibbles(net.constants[i], t.shape.elements()));
    net.constants[i] = kept->blocks.back();
    t.type = t.type == f16 ? f32 : s8;
  }
  return net;
}

}  // namespace linnet::inline LINNET_ISA
