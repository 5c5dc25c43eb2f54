// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/base/expected.hpp>
#include <linnet/base/span.hpp>
#include <linnet/graph/passes/four_dimensions.hpp>
#include <linnet/graph/passes/rewriter.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// The nodes at a graph's ends that only adapt it to its caller.
template <class Storage>
class end_trimmer : public graph_rewriter<Storage> {
 protected:
  using graph_rewriter<Storage>::graph_rewriter;

  /// The tensor that the graph begins with when what adapts this input to it is set aside.
  constexpr tensor_id inner_input(tensor_id id) {
    for (std::int32_t reader = only_reader(id); reader >= 0; reader = only_reader(id)) {
      node const& n = this->node_at(reader);
      bool const adapts = n.kind == op::quantize || n.kind == op::requantize || n.kind == op::reshape ||
                          permutes(n, {0, 2, 3, 1});
      if (!adapts) break;
      id = this->source().outputs(n)[0];
      this->note(id).producer_aside = true;
    }
    return id;
  }

  /// Sets the nodes aside that adapt an inner tensor to this output.
  constexpr void trim_output(tensor_id id) {
    while (this->note(id).uses == 1 && this->note(id).producer >= 0 && !this->note(id).producer_aside) {
      node const& n = this->source().nodes[static_cast<std::size_t>(this->note(id).producer)];
      bool const adapts = n.kind == op::quantize || n.kind == op::requantize || n.kind == op::dequantize ||
                          n.kind == op::reshape || permutes(n, {0, 3, 1, 2});
      if (!adapts) return;
      this->note(id).producer_aside = true;
      id = this->source().inputs(n)[0];
    }
  }

  /// The number of the one node that reads a tensor; -1 where several do, or the graph's caller. (A pointer
  /// would do, but g++ 12 cannot compare one with null in a constant under -fsanitize=undefined.)
  [[nodiscard]] constexpr std::int32_t only_reader(tensor_id id) {
    if (this->note(id).uses != 1) return -1;
    for (std::size_t i = 0; i < this->source().nodes.size(); ++i) {
      for (tensor_id read : this->source().inputs(this->source().nodes[i])) {
        if (read == id) return static_cast<std::int32_t>(i);
      }
    }
    return -1;
  }
  [[nodiscard]] constexpr node const& node_at(std::int32_t number) const {
    return this->source().nodes[static_cast<std::size_t>(number)];
  }

 private:
  [[nodiscard]] static constexpr bool permutes(node const& n, std::array<std::int32_t, 4> const& order) {
    bool same = n.kind == op::transpose && n.axes.size() == order.size();
    for (std::size_t i = 0; same && i < order.size(); ++i) same = n.axes[i] == order[i];
    return same;
  }
};

template <class Storage>
class normalizer : end_trimmer<Storage> {
 public:
  constexpr normalizer(graph_view const& from, span<tensor_note> notes) : end_trimmer<Storage>(from, notes) {}

  constexpr expected<Storage, graph_error> run() {
    static_vector<tensor_id, most_ends> inputs, outputs, states, updates;
    graph_view const& g = this->source();
    if (g.inputs().size() > most_ends || g.outputs().size() > most_ends || g.states().size() > most_ends)
      return unexpected<graph_error>({.fault = graph_fault::too_many_ends});
    for (tensor_id id : g.inputs()) {
      tensor_id const inner = this->inner_input(id);
      this->note(inner).kept = this->copy_tensor(inner, image_form(g.tensor(inner).shape));
      inputs.push_back(this->note(inner).kept);
    }
    for (tensor_id id : g.states()) states.push_back(kept(id));
    for (tensor_id id : g.outputs()) this->trim_output(id);
    for (std::size_t i = 0; i < g.nodes.size() && !this->mistaken(); ++i) {
      if (!is_set_aside(g.nodes[i])) keep(g.nodes[i]);
      if (!this->mistaken()) continue;
      graph_error located = this->mistake();
      located.node = static_cast<std::int32_t>(i);
      located.kind = g.nodes[i].kind;
      return unexpected(located);
    }
    for (tensor_id id : g.outputs()) outputs.push_back(kept(id));
    for (tensor_id id : g.updates()) updates.push_back(image_of(id));
    this->made().input_edges = this->add_edges({inputs.data(), inputs.size()});
    this->made().output_edges = this->add_edges({outputs.data(), outputs.size()});
    this->made().state_edges = this->add_edges({states.data(), states.size()});
    this->made().update_edges = this->add_edges({updates.data(), updates.size()});
    if (this->mistaken()) return unexpected(this->mistake());
    return this->made();
  }

 private:
  constexpr bool is_set_aside(node const& n) {
    tensor_id const in = this->source().inputs(n)[0], out = this->source().outputs(n)[0];
    if (!this->note(out).producer_aside) return false;
    if (this->note(out).kept < 0 && this->note(in).kept >= 0) stand_for(n);
    return true;
  }

  constexpr void keep(node const& n) {
    switch (n.kind) {
      case op::reshape: return stand_for(n);
      case op::transpose: return keeps_order(this->source().input(n).shape, n.axes) ? stand_for(n) : copy(n);
      case op::pad: return is_foldable(n) ? fold_pad(n) : copy(n);
      case op::conv2d:
      case op::depthwise_conv2d: return keep_convolution(n);
      case op::dense: return keep_dense(n);
      case op::transpose_conv2d: return keep_spread(n);
      case op::batch_matmul: return keep_matrices(n);
      case op::average_pool2d: return covers_image(n) ? keep_as_mean(n) : copy(n);
      case op::relu: return fuse(n) ? void() : copy(n);
      default: return copy(n);
    }
  }

  /// The node's result is its operand's elements in their order: whoever reads it reads those.
  constexpr void stand_for(node const& n) {
    tensor_id const in = this->source().inputs(n)[0], out = this->source().outputs(n)[0];
    bool const shared = this->note(in).uses > 1 || this->note(in).shared;
    this->note(out).kept = kept(in);
    this->note(out).shared = shared;
  }

  /// The tensor of the result that has the elements of a tensor of the source, under any shape.
  constexpr tensor_id kept(tensor_id id) {
    tensor_note& n = this->note(id);
    if (n.kept < 0) n.kept = this->copy_tensor(id, image_form(this->source().tensor(id).shape));
    return n.kept;
  }

  /// The same under this shape: by a reshape where it has another.
  constexpr tensor_id kept_as(tensor_id id, shape const& wanted) {
    tensor_id const now = kept(id);
    if (this->mistaken() || this->made_tensor(now).shape == wanted) return now;
    std::int32_t const producer = this->note(id).producer;
    node n{.kind = op::reshape};
    if (producer >= 0 && this->source().nodes[static_cast<std::size_t>(producer)].kind == op::reshape)
      n.source = this->source().nodes[static_cast<std::size_t>(producer)].source;
    std::uint32_t const first = this->begin_operands();
    this->add_edges({&now, 1});
    return this->emit(n, first, id, wanted);
  }
  constexpr tensor_id image_of(tensor_id id) {
    return kept_as(id, image_form(this->source().tensor(id).shape));
  }
  /// Weights keep their own shape.
  constexpr tensor_id constant(tensor_id id, shape const& s) {
    tensor_note& n = this->note(id);
    if (n.kept >= 0 && this->made_tensor(n.kept).shape == s) return n.kept;
    n.kept = this->copy_tensor(id, s);
    tensor_info const& from = this->source().tensor(id);
    // The outputs' scales stay with the outputs, which may have gone from the last dimension to the first.
    bool const moved = from.channel_scales.count > 0 && from.shape.rank() == 4 && !(from.shape == s);
    if (moved && !this->mistaken()) this->made_tensor(n.kept).channel_axis = 0;
    return n.kept;
  }

  constexpr void finish(node const& from, node const& n, span<tensor_id const> operands,
                        shape const& stated = {}) {
    std::uint32_t const first = this->begin_operands();
    this->add_edges(operands);
    tensor_id const out = this->source().outputs(from)[0];
    this->note(out).kept = this->emit(n, first, out, stated);
  }

  constexpr void copy(node const& n) {
    graph_view const& g = this->source();
    bool const any_shape = n.kind == op::relu || n.kind == op::logistic || n.kind == op::quantize ||
                           n.kind == op::dequantize || n.kind == op::requantize;
    // Every operand must exist before the node's run of edges begins.
    for (tensor_id id : g.inputs(n)) this->note(id).kept = any_shape ? kept(id) : operand_of(n, id);
    if (this->mistaken()) return;
    std::uint32_t const first = this->begin_operands();
    for (tensor_id id : g.inputs(n)) this->add_edges({&this->note(id).kept, 1});
    node const written = n.kind == op::recurrent ? n : in_image_form(n, g.input(n).shape.rank());
    tensor_id const out = g.outputs(n)[0];
    this->note(out).kept = this->emit(written, first, out, stated_shape(written, first, g.output(n).shape));
  }

  /// An operand in image form. What is repeated gets the dimensions that it lacks in front before: else it
  /// would be repeated along others. A user's operator keeps its shapes.
  constexpr tensor_id operand_of(node const& n, tensor_id id) {
    graph_view const& g = this->source();
    shape const& own = g.tensor(id).shape;
    if (n.kind == op::custom || n.kind == op::recurrent)
      return is_constant(g.tensor(id)) ? constant(id, own) : kept_as(id, own);
    if (n.kind != op::binary || own.rank() == g.output(n).shape.rank()) return image_of(id);
    shape widened;
    for (std::size_t i = own.rank(); i < g.output(n).shape.rank(); ++i) widened.push_back(1);
    for (std::int32_t extent : own) widened.push_back(extent);
    widened = image_form(widened);
    return is_constant(g.tensor(id)) ? constant(id, widened) : kept_as(id, widened);
  }

  /// What a mean makes when it keeps its dimensions, or a resized image; nothing for others, which leave no
  /// choice.
  constexpr shape stated_shape(node const& n, std::uint32_t first, shape const& own) {
    if (n.kind == op::resize) return own;
    if (n.kind != op::mean && n.kind != op::reduce) return {};
    shape s = this->made_tensor(this->made().edges[first]).shape;
    for (std::int32_t axis : n.axes) s[static_cast<std::size_t>(axis)] = 1;
    return s;
  }

  constexpr void keep_layer(node const& from, node const& n, tensor_id x, shape const& weights) {
    auto const operands = this->source().inputs(from);
    static_vector<tensor_id, 3> ids;
    ids.push_back(x);
    ids.push_back(constant(operands[1], weights));
    if (operands.size() == 3) ids.push_back(constant(operands[2], this->source().input(from, 2).shape));
    if (!this->mistaken()) finish(from, n, {ids.data(), ids.size()});
  }

  constexpr void keep_convolution(node n) {
    node const from = n;
    tensor_id x = this->source().inputs(n)[0];
    while (this->note(x).folded) {
      node const& pad = this->source().nodes[static_cast<std::size_t>(this->note(x).producer)];
      widen(n.window, pad);
      x = this->source().inputs(pad)[0];
    }
    shape weights = this->source().input(from, 1).shape;
    x = image_of(x);
    if (this->mistaken()) return;
    if (n.kind == op::depthwise_conv2d && this->made_tensor(x).shape[3] == 1) {
      n.kind = op::conv2d;
      weights = {weights[3], weights[1], weights[2], 1};
    }
    keep_layer(from, n, x, weights);
  }

  constexpr void keep_spread(node const& n) {
    tensor_id const x = image_of(this->source().inputs(n)[0]);
    if (!this->mistaken()) keep_layer(n, n, x, this->source().input(n, 1).shape);
  }

  /// Matrices stay what they are: outer extents of 1 come in front.
  constexpr void keep_matrices(node const& n) {
    graph_view const& g = this->source();
    std::size_t const rank = max(std::size_t{4}, max(g.input(n).shape.rank(), g.input(n, 1).shape.rank()));
    static_vector<tensor_id, 2> ids;
    for (tensor_id id : g.inputs(n)) {
      shape extended;
      for (std::size_t i = rank; i-- > 0;) extended.push_back(g.tensor(id).shape.back(i));
      ids.push_back(kept_as(id, extended));
    }
    if (!this->mistaken()) finish(n, n, {ids.data(), ids.size()});
  }

  /// (R, I) by (O, I) is a convolution by one pixel; so is (N, H, W, I) by (O, I).
  constexpr void keep_dense(node n) {
    node const from = n;
    shape const weights = this->source().input(n, 1).shape;
    tensor_id const x = this->source().inputs(n)[0];
    shape const now = this->made_tensor(kept(x)).shape;
    if (this->mistaken()) return;
    auto const rows = static_cast<std::int32_t>(this->source().tensor(x).shape.elements() / weights[1]);
    bool const fits =
        now.rank() == 4 && now[3] == weights[1] &&
        n.dynamic_quantization == dynamic_quantization::none;  // each row is quantized by itself
    n.kind = op::conv2d;
    n.window = {};
    keep_layer(from, n, fits ? kept(x) : kept_as(x, {rows, 1, 1, weights[1]}),
               {weights[0], 1, 1, weights[1]});
  }

  [[nodiscard]] constexpr bool covers_image(node const& n) const {
    shape const& in = this->source().input(n).shape;
    return n.activation == activation::none && n.window.padding == padding2d{} &&
           n.window.kernel == extent2d{in[1], in[2]};
  }
  constexpr void keep_as_mean(node n) {
    n.kind = op::mean;
    n.window = {};
    n.axes = {};
    n.axes.push_back(1);
    n.axes.push_back(2);
    copy(n);
  }

  static constexpr void widen(window2d& w, node const& pad) {
    w.padding.top += pad.padding[1].before;
    w.padding.bottom += pad.padding[1].after;
    w.padding.left += pad.padding[2].before;
    w.padding.right += pad.padding[2].after;
  }

  /// Exact where the window's own padding is the same number: that of one and the same quantization. Pads may
  /// follow each other.
  constexpr bool is_foldable(node const& pad) {
    graph_view const& g = this->source();
    window2d wider;
    widen(wider, pad);
    bool sound = pads_images(pad) && plausible(wider);  // asked each time: before the sums overflow
    std::int32_t reader = this->only_reader(g.outputs(pad)[0]);
    for (; sound && reader >= 0; reader = this->only_reader(g.outputs(this->node_at(reader))[0])) {
      node const& n = this->node_at(reader);
      if (n.kind == op::conv2d || n.kind == op::depthwise_conv2d) {
        padding2d const& own = n.window.padding;
        widen(wider, {.padding = {{{}, {own.top, own.bottom}, {own.left, own.right}}}});
        return plausible(wider);
      }
      sound = pads_images(n);
      if (sound) widen(wider, n);
      sound = sound && plausible(wider);
    }
    return false;
  }
  [[nodiscard]] constexpr bool pads_images(node const& n) const {
    tensor_info const &in = this->source().input(n), &out = this->source().output(n);
    return n.kind == op::pad && n.alpha == 0.0f && in.shape.rank() == 4 && n.padding[0] == edge_padding{} &&
           n.padding[3] == edge_padding{} && in.type == out.type && in.quantization == out.quantization;
  }
  constexpr void fold_pad(node const& n) { this->note(this->source().outputs(n)[0]).folded = true; }

  /// Into the node that made its operand, if that has no activation yet and nobody else reads the operand.
  constexpr bool fuse(node const& n) {
    tensor_id const in = this->source().inputs(n)[0], out = this->source().outputs(n)[0];
    tensor_info const& after = this->source().tensor(out);
    if (this->note(in).uses != 1 || this->note(in).shared || this->note(in).kept < 0) return false;
    if (this->source().tensor(in).type != after.type) return false;
    for (std::size_t i = this->made().nodes.size(); i-- > 0;) {
      node& before = this->made().nodes[i];
      if (this->made().edges[before.outputs.first] != this->note(in).kept) continue;
      if (before.activation != activation::none || !takes_activation(before.kind)) return false;
      before.activation = n.activation;
      this->made_tensor(this->note(in).kept).quantization = after.quantization;
      this->note(out).kept = this->note(in).kept;
      return true;
    }
    return false;
  }
  [[nodiscard]] static constexpr bool takes_activation(op kind) {
    return kind == op::conv2d || kind == op::depthwise_conv2d || kind == op::add ||
           kind == op::average_pool2d || kind == op::max_pool2d || kind == op::transpose_conv2d ||
           kind == op::batch_matmul;
  }
};

}  // namespace detail

/// The normal form of a graph, in which graphs from different sources can be held against each other
/// (`equivalent`). It says what is computed, not how an exporter spelled it; it is not meant to be run.
///
/// - At the ends, quantize, requantize, reshape and NHWC transposes are set aside (at the outputs dequantize
///   too): the graph begins and ends with the inner tensors.
/// - Tensors of one to three dimensions become (N, 1, 1, C) or (N, 1, W, C). Reshapes go, as do transposes
///   that move extents of 1 only; where a reader needs another shape, one reshape stays.
/// - dense becomes conv2d by one pixel, weights (O, 1, 1, I), and depthwise_conv2d of one channel becomes
///   conv2d, weights (O, kh, kw, 1). A mean keeps its dimensions; average_pool2d
/// over
///   the whole image becomes the mean over height and width (integers are rounded otherwise there).
/// - A pad of height and width that one convolution alone reads joins its window: exact. Pools keep theirs.
/// - relu joins the conv2d, depthwise_conv2d, dense, add or pool before it, if that has no activation and no
///   other reader (floats: exact; integers are rounded once less).
///
/// Nodes that stay keep their order, name and `source`. `notes` is working memory, one entry a tensor.
/// Precondition: the graph is valid. Fails with `too_many_nodes` where Storage is full, `too_many_ends` above
/// `most_ends` inputs, outputs or states.
template <class Storage>
[[nodiscard]] constexpr expected<Storage, graph_error> normalize(graph_view const& g,
                                                                 span<tensor_note> notes) {
  return detail::normalizer<Storage>(g, notes).run();
}

/// The same for a graph that is a constant.
template <std::size_t Nodes, std::size_t Tensors, std::size_t Edges, std::size_t Scales,
          std::size_t Characters>
[[nodiscard]] constexpr auto normalize(literal_graph<Nodes, Tensors, Edges, Scales, Characters> const& g) {
  std::array<tensor_note, Tensors> notes{};
  return normalize<fixed_graph<2 * Nodes + 1, Scales + 1>>(g.view(), notes);
}

}  // namespace linnet::inline LINNET_ISA
