// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>

#include <linnet/base/static_vector.hpp>
#include <linnet/graph/options.hpp>
#include <linnet/graph/shape_inference.hpp>

namespace linnet::inline LINNET_ISA {

/// Room for a graph under construction in a constant.
template <std::size_t Nodes = 128>
struct fixed_graph {
  static_vector<node, Nodes> nodes;
  static_vector<tensor_info, 4 * Nodes> tensors;
  static_vector<tensor_id, 6 * Nodes> edges;
  static_vector<float, 1> scales;
  static_vector<char, 24 * Nodes> characters;
  edge_range input_edges, output_edges;

  [[nodiscard]] constexpr graph_view view() const {
    return {{nodes.data(), nodes.size()},
            {tensors.data(), tensors.size()},
            {edges.data(), edges.size()},
            {scales.data(), scales.size()},
            {characters.data(), characters.size()},
            input_edges,
            output_edges};
  }
};

/// A tensor of a graph under construction.
struct tensor_handle {
  tensor_id id = -1;
};

/// Composes a graph operator by operator, in constants (`graph_builder`) and at run time (over a
/// `dynamic_graph`). Shapes are inferred, weights and biases become constant tensors without bytes. The first
/// mistake is kept, what follows it is ignored, and `finish` returns it.
template <class Storage>
class basic_graph_builder {
 public:
  constexpr tensor_handle input(input_options const& o) {
    tensor_info info{
        .shape = {o.batch, o.height, o.width, o.channels}, .type = o.type, .quantization = o.quantization};
    if (o.type != f32 && !o.quantization.present())
      info.quantization = default_quantization(o.type, activation::none);
    tensor_handle const made = add_tensor(info, "input", inputs_.size());
    inputs_.push_back(made.id);
    return made;
  }

  constexpr tensor_handle conv2d(tensor_handle x, conv2d_options const& o) {
    if (!usable(x)) return {};
    shape const in = info(x).shape;
    node n{.kind = op::conv2d, .activation = o.activation};
    n.window = window_over(in, o.kernel, o.stride, o.dilation, o.border);
    return weighted(n, x, {o.filters, o.kernel.height, o.kernel.width, in.back(0)}, o.filters,
                    o.quantization);
  }

  constexpr tensor_handle depthwise_conv2d(tensor_handle x, depthwise_conv2d_options const& o) {
    if (!usable(x)) return {};
    shape const in = info(x).shape;
    node n{.kind = op::depthwise_conv2d, .activation = o.activation};
    n.window = window_over(in, o.kernel, o.stride, o.dilation, o.border);
    std::int32_t const channels = in.back(0) * o.multiplier;
    return weighted(n, x, {1, o.kernel.height, o.kernel.width, channels}, channels, o.quantization);
  }

  /// Reads its input as one row of all elements.
  constexpr tensor_handle dense(tensor_handle x, dense_options const& o) {
    if (!usable(x)) return {};
    auto const inputs = static_cast<std::int32_t>(info(x).shape.elements());
    return weighted({.kind = op::dense, .activation = o.activation}, x, {o.units, inputs}, o.units,
                    o.quantization);
  }

  constexpr tensor_handle add(tensor_handle a, tensor_handle b, add_options const& o = {}) {
    return plain({.kind = op::add, .activation = o.activation}, {a, b}, o.quantization);
  }

  constexpr tensor_handle average_pool2d(tensor_handle x, pool2d_options const& o) {
    return pool(op::average_pool2d, x, o);
  }
  constexpr tensor_handle max_pool2d(tensor_handle x, pool2d_options const& o) {
    return pool(op::max_pool2d, x, o);
  }

  /// The mean over height and width.
  constexpr tensor_handle global_average_pool(tensor_handle x) {
    if (!usable(x)) return {};
    node n{.kind = op::mean};
    n.axes.push_back(1);
    n.axes.push_back(2);
    return plain(n, {x}, info(x).quantization);
  }

  /// Side by side along the channels.
  constexpr tensor_handle concat(std::initializer_list<tensor_handle> parts, quantization const& q = {}) {
    node n{.kind = op::concat};
    n.axes.push_back(3);
    return plain(n, parts, q);
  }

  constexpr tensor_handle softmax(tensor_handle x) {
    if (!usable(x)) return {};
    std::int32_t const lowest = info(x).type == s8 ? -128 : 0;
    return plain({.kind = op::softmax}, {x}, {1.0f / 256, lowest});
  }

  constexpr tensor_handle depthwise_separable(tensor_handle x, depthwise_separable_options const& o) {
    x = depthwise_conv2d(x, {.stride = {o.stride, o.stride}, .activation = activation::relu6});
    return conv2d(x, {.filters = o.filters, .activation = activation::relu6});
  }

  constexpr tensor_handle inverted_residual(tensor_handle x, inverted_residual_options const& o) {
    if (!usable(x)) return {};
    std::int32_t const channels = info(x).shape.back(0);
    tensor_handle y = x;
    if (o.expansion != 1) y = conv2d(y, {.filters = channels * o.expansion, .activation = activation::relu6});
    y = depthwise_conv2d(y, {.stride = {o.stride, o.stride}, .activation = activation::relu6});
    y = conv2d(y, {.filters = o.filters});
    return o.stride == 1 && o.filters == channels ? add(x, y) : y;
  }

  constexpr tensor_handle fire(tensor_handle x, fire_options const& o) {
    tensor_handle const squeezed = conv2d(x, {.filters = o.squeeze, .activation = activation::relu});
    tensor_handle const small = conv2d(squeezed, {.filters = o.expand, .activation = activation::relu});
    tensor_handle const large =
        conv2d(squeezed, {.filters = o.expand, .kernel = {3, 3}, .activation = activation::relu});
    return concat({small, large}, usable(small) ? info(small).quantization : quantization{});
  }

  /// The graph with these outputs, or the first mistake that was made.
  [[nodiscard]] constexpr expected<Storage, graph_error> finish(
      std::initializer_list<tensor_handle> outputs) {
    for (tensor_handle output : outputs) {
      if (!usable(output)) break;
    }
    if (mistake_.fault != graph_fault::none) return unexpected(mistake_);
    graph_.input_edges = add_edges({inputs_.data(), inputs_.size()});
    static_vector<tensor_id, most_ends> ids;
    for (tensor_handle output : outputs) ids.push_back(output.id);
    graph_.output_edges = add_edges({ids.data(), ids.size()});
    return graph_;
  }
  [[nodiscard]] constexpr expected<Storage, graph_error> finish(tensor_handle output) {
    return finish({output});
  }

 private:
  static constexpr std::size_t most_ends = 16;

  [[nodiscard]] constexpr tensor_info& info(tensor_handle x) {
    return graph_.tensors[static_cast<std::size_t>(x.id)];
  }

  /// False after a mistake; a handle that no function returned is one.
  constexpr bool usable(tensor_handle x) {
    bool const exists = x.id >= 0 && static_cast<std::size_t>(x.id) < graph_.tensors.size();
    if (!exists) blame({.fault = graph_fault::used_before_made, .tensor = x.id});
    return mistake_.fault == graph_fault::none;
  }
  constexpr void blame(graph_error const& e) {
    if (mistake_.fault != graph_fault::none) return;
    mistake_ = e;
    mistake_.node = static_cast<std::int32_t>(graph_.nodes.size());
  }

  constexpr edge_range add_edges(std::span<tensor_id const> ids) {
    edge_range const range{static_cast<std::uint32_t>(graph_.edges.size()),
                           static_cast<std::uint32_t>(ids.size())};
    for (tensor_id id : ids) graph_.edges.push_back(id);
    return range;
  }

  /// "conv2d_7": what a node is and its place.
  constexpr edge_range add_name(text stem, std::size_t number) {
    auto const first = static_cast<std::uint32_t>(graph_.characters.size());
    for (char c : stem) graph_.characters.push_back(c);
    graph_.characters.push_back('_');
    std::size_t unit = 1;
    while (number / unit >= 10) unit *= 10;
    for (; unit > 0; unit /= 10) graph_.characters.push_back(static_cast<char>('0' + number / unit % 10));
    return {first, static_cast<std::uint32_t>(graph_.characters.size()) - first};
  }

  constexpr tensor_handle add_tensor(tensor_info made, text stem, std::size_t number) {
    made.name = add_name(stem, number);
    graph_.tensors.push_back(made);
    return {static_cast<tensor_id>(graph_.tensors.size() - 1)};
  }

  [[nodiscard]] constexpr window2d window_over(shape const& in, extent2d kernel, extent2d stride,
                                               extent2d dilation, border b) {
    window2d w{.kernel = kernel, .stride = stride, .dilation = dilation};
    bool const sound = kernel.height > 0 && kernel.width > 0 && stride.height > 0 && stride.width > 0;
    if (b == border::valid || !sound) return w;
    if (b == border::valid_ceil) {
      w.padding.bottom = missing_rows(in.back(2), kernel.height, stride.height);
      w.padding.right = missing_rows(in.back(1), kernel.width, stride.width);
      return w;
    }
    edge_padding const rows = same_padding(in.back(2), kernel.height, stride.height, dilation.height);
    edge_padding const columns = same_padding(in.back(1), kernel.width, stride.width, dilation.width);
    w.padding = {.top = rows.before, .left = columns.before, .bottom = rows.after, .right = columns.after};
    return w;
  }

  /// What the last, partly filled window lacks.
  [[nodiscard]] static constexpr std::int32_t missing_rows(std::int32_t input, std::int32_t kernel,
                                                           std::int32_t stride) {
    std::int32_t const behind = max(input - kernel, std::int32_t{0}) % stride;
    return behind == 0 ? 0 : stride - behind;
  }

  /// Adds a node with constant weights and bias. Integer weights get the scale that keeps the variance of
  /// what flows through: uniform in [-127, 127] they have the real bounds +-sqrt(6 / inputs) (He et al.
  /// 2015).
  constexpr tensor_handle weighted(node n, tensor_handle x, shape const& weights, std::int32_t channels,
                                   quantization const& q) {
    bool const real = info(x).type == f32;
    std::size_t const number = graph_.nodes.size();
    std::int64_t const inputs = max<std::int64_t>(weights.elements() / max(channels, std::int32_t{1}), 1);
    tensor_info made{
        .shape = weights, .type = info(x).type, .role = tensor_role::constant, .quantization = {}};
    if (!real) {
      double const bound = sqrt(6.0 / static_cast<double>(inputs));
      made.quantization = {static_cast<float>(bound / 127), info(x).type == u8 ? 128 : 0};
    }
    tensor_handle const w = add_tensor(made, "weights", number);
    tensor_info bias_info{.shape = {channels}, .type = real ? f32 : s32, .role = tensor_role::constant};
    tensor_handle const bias = add_tensor(bias_info, "bias", number);
    return plain(n, {x, w, bias}, q);
  }

  constexpr tensor_handle pool(op kind, tensor_handle x, pool2d_options const& o) {
    if (!usable(x)) return {};
    node n{.kind = kind};
    n.window = window_over(info(x).shape, o.kernel, o.stride, {1, 1}, o.border);
    return plain(n, {x}, info(x).quantization);
  }

  /// Adds a node on these operands and infers what it makes.
  constexpr tensor_handle plain(node n, std::initializer_list<tensor_handle> operands,
                                quantization const& q) {
    static_vector<tensor_id, most_ends> ids;
    if (operands.size() > most_ends) blame({.fault = graph_fault::wrong_operand_count});
    for (tensor_handle x : operands) {
      if (!usable(x)) return {};
      ids.push_back(x.id);
    }
    tensor_info made;
    made.type = info({ids[0]}).type;
    if (made.type != f32) made.quantization = q.present() ? q : default_quantization(made.type, n.activation);
    std::size_t const number = graph_.nodes.size();
    tensor_handle const output = add_tensor(made, name_of(n.kind), number);
    n.inputs = add_edges({ids.data(), ids.size()});
    n.outputs = add_edges({&output.id, 1});
    auto const inferred = infer_shape(graph_.view(), n);
    if (!inferred) {
      blame(inferred.error());
      return {};
    }
    info(output).shape = *inferred;
    graph_.nodes.push_back(n);
    return output;
  }

  Storage graph_{};
  static_vector<tensor_id, most_ends> inputs_;
  graph_error mistake_;
};

/// Composes a graph in a constant.
using graph_builder = basic_graph_builder<fixed_graph<>>;

}  // namespace linnet::inline LINNET_ISA
