// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/graph/validate.hpp>
#include <linnet/quantizer/float_network.hpp>
#include <linnet/quantizer/quantization_groups.hpp>
#include <linnet/session/error.hpp>
#include <linnet/session/network.hpp>
#include <linnet/session/passes/narrow_weights.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// Rewrites a copy of an integer network in real numbers. Tensors keep their numbers, nodes theirs; biases,
/// whose scale depends on their layer, become one tensor a layer, at the end.
class network_dequantizer {
 public:
  explicit network_dequantizer(network const& from)
      : from_(from),
        made_{.name = from.name, .graph = from.graph, .constants = {}, .storage = {}},
        blocks_(std::make_shared<std::vector<std::vector<std::byte>>>(from.graph.tensors.size())) {}

  result<network> run() {
    for (std::size_t i = 0; i < from_.graph.tensors.size(); ++i) {
      if (auto done = dequantize_tensor(static_cast<tensor_id>(i)); !done) return unexpected(done.error());
    }
    for (std::size_t i = 0; i < from_.graph.nodes.size(); ++i) {
      if (auto done = dequantize_node(i); !done) return unexpected(done.error());
    }
    for (auto const& block : *blocks_) made_.constants.emplace_back(block);
    made_.storage = blocks_;
    return std::move(made_);
  }

 private:
  using scale_list = std::vector<float>;  // one for all elements, or one an entry of the axis

  [[nodiscard]] static bool is_byte(element_type type) { return type == s8 || type == u8; }
  [[nodiscard]] graph_view given() const { return from_.graph.view(); }
  [[nodiscard]] unexpected<error> refuse(std::int32_t node, tensor_id id, std::string const& why) const {
    return fail(errc::not_supported, place_in_words(from_, node, id) + why);
  }

  [[nodiscard]] scale_list scales_of(tensor_info const& t) const {
    auto const channels = given().channel_scales(t);
    if (channels.size() > 0) return {channels.begin(), channels.end()};
    return {t.quantization.scale};
  }

  /// Everything but biases, which their layers dequantize.
  result<void> dequantize_tensor(tensor_id id) {
    tensor_info const& t = given().tensor(id);
    auto const index = static_cast<std::size_t>(id);
    std::span<std::byte const> const bytes =
        index < from_.constants.size() ? from_.constants[index] : std::span<std::byte const>();
    bool const integer = is_byte(t.type);
    if (is_constant(t) && !integer) (*blocks_)[index].assign(bytes.begin(), bytes.end());
    if (!integer) return {};
    if (t.channel_scales.count == 0 && !t.quantization.present()) return refuse(-1, id, " has no scale");
    if (is_constant(t)) (*blocks_)[index] = real_values(t, bytes, scales_of(t), t.channel_axis);
    set_real(made_.graph.tensors[index]);
    return {};
  }

  static void set_real(tensor_info& t) {
    t.type = f32;
    t.quantization = {};
    t.channel_scales = {};
    t.channel_axis = 0;
  }

  [[nodiscard]] static std::vector<std::byte> real_values(tensor_info const& t,
                                                          std::span<std::byte const> bytes,
                                                          scale_list const& scales, std::int32_t axis) {
    std::size_t inner = 1;  // elements side by side that share a scale
    for (std::size_t i = static_cast<std::size_t>(axis) + 1; i < t.shape.rank(); ++i)
      inner *= static_cast<std::size_t>(t.shape[i]);
    auto const size = static_cast<std::size_t>(bytes_of(t.type, 1));
    std::vector<std::byte> made(bytes.size() / size * sizeof(float));
    for (std::size_t i = 0; i < bytes.size() / size; ++i) {
      std::int64_t const stored = stored_at(t.type, bytes.data() + i * size);
      float const scale = scales[scales.size() == 1 ? 0 : i / inner % scales.size()];
      store(made.data() + i * sizeof(float), scale * static_cast<float>(stored - t.quantization.zero_point));
    }
    return made;
  }

  [[nodiscard]] static std::int64_t stored_at(element_type type, std::byte const* at) {
    if (type == s8) return load<std::int8_t>(at);
    if (type == u8) return load<std::uint8_t>(at);
    return load<std::int32_t>(at);
  }

  result<void> dequantize_node(std::size_t index) {
    node const& n = given().nodes[index];
    node& made = made_.graph.nodes[index];
    bool const casts = n.kind == op::unary && n.unary == unary_function::cast;
    if (casts && (is_byte(given().input(n).type) || is_byte(given().output(n).type)))
      return refuse(static_cast<std::int32_t>(index), given().inputs(n)[0],
                    " is cast as the bytes that stand for its numbers, or to bytes");
    bool const converts = n.kind == op::quantize || n.kind == op::dequantize || n.kind == op::requantize;
    if (converts) made.kind = op::reshape;  // which moves nothing
    made.dynamic_quantization = dynamic_quantization::none;
    tensor_info const& output = given().output(n);
    bool const in_steps = n.kind == op::pad && is_byte(output.type);
    if (in_steps) made.alpha = n.alpha * output.quantization.scale;
    // A range that begins at 0 clamps like a relu, and exporters leave the relu itself out.
    bool const calculates =
        n.kind == op::add || n.kind == op::batch_matmul || (n.kind == op::binary && !compares(n));
    bool const makes = has_weights(n.kind) || calculates;
    if (makes && n.activation == activation::none && begins_at_zero(given().output(n)))
      made.activation = activation::relu;
    if (!has_weights(n.kind) || n.inputs.count < 3 || given().input(n, 2).type != s32) return {};
    return dequantize_bias(index);
  }

  [[nodiscard]] static bool begins_at_zero(tensor_info const& t) {
    return (t.type == s8 && t.quantization.zero_point == std::numeric_limits<std::int8_t>::min()) ||
           (t.type == u8 && t.quantization.present() && t.quantization.zero_point == 0);
  }

  /// The bias is kept in units of the accumulator: the input's scale times the weights'.
  result<void> dequantize_bias(std::size_t index) {
    node const& n = given().nodes[index];
    std::span<tensor_id const> const operands = given().inputs(n);
    scale_list scales = scales_of(given().input(n, 1));
    for (float& scale : scales) scale *= given().input(n).quantization.scale;
    tensor_info bias = given().input(n, 2);
    auto const elements = static_cast<std::size_t>(bias.shape.elements());
    auto const stored = from_.constants[static_cast<std::size_t>(operands[2])];
    if (scales.size() != 1 && scales.size() != elements)
      return refuse(static_cast<std::int32_t>(index), operands[2],
                    " has another length than the weights' scales");
    bias.quantization = {};
    auto const last = static_cast<std::int32_t>(bias.shape.rank()) - 1;
    blocks_->push_back(real_values(bias, stored, scales, last));
    set_real(bias);
    made_.graph.tensors.push_back(bias);
    std::vector<tensor_id> ids(operands.begin(), operands.end());
    ids[2] = static_cast<tensor_id>(made_.graph.tensors.size()) - 1;
    made_.graph.nodes[index].inputs = made_.graph.add_edges(ids);
    return {};
  }

  network const& from_;
  network made_;
  std::shared_ptr<std::vector<std::vector<std::byte>>> blocks_;  // one a tensor
};

}  // namespace detail

/// The float network that an integer one stands for: constants as the real values that they are stored for,
/// conversions between types as reshapes, everything else node by node as it was. A layer without activation
/// whose output begins at 0 gets the relu that its range is. What is float already stays. Fails
/// (invalid_graph, not_supported) where the graph is not valid, s8 or u8 elements have no scale, or are cast:
/// what a cast reads and makes is what is stored.
[[nodiscard]] inline result<network> dequantized(network const& given) {
  network const net = with_wide_weights(given);
  graph_view const g = net.graph.view();
  std::unique_ptr<bool[]> const made(new bool[g.tensors.size()]());
  if (auto valid = validate(g, {made.get(), g.tensors.size()}); !valid)
    return fail(errc::invalid_graph, describe(valid.error(), g, net.name));
  return detail::network_dequantizer(net).run();
}

}  // namespace linnet::inline LINNET_ISA
