// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <linnet/session/passes/channel_intervals.hpp>
#include <linnet/session/passes/rewrite.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// Carries out `removable_channels`: begins with every channel gone and keeps what a node, a bias or a
/// multiple asks for, until nobody asks for more.
class channel_remover {
 public:
  channel_remover(network const& net, std::int32_t multiple)
      : g_(net.graph.view()), multiple_(multiple), values_(channel_intervals(net)), gone_(g_.tensors.size()) {
    tensor_uses const uses(g_);
    for (node const& n : g_.nodes) {
      layers_.push_back(integer_layer::of(net, n));
      tensor_id const made = g_.outputs(n)[0];
      if (uses.readers[static_cast<std::size_t>(made)] > 0) gone(made).resize(values(made).size(), true);
    }
    for (tensor_id id : g_.outputs()) gone(id).clear();
    for (tensor_id id : g_.updates()) gone(id).clear();
  }

  [[nodiscard]] std::vector<std::vector<bool>> run() && {
    do {
      while (keep_what_nodes_need()) {
      }
    } while (keep_biases_in_range() || round_up());
    for (std::vector<bool>& tensor : gone_) {
      if (std::ranges::find(tensor, true) == tensor.end()) tensor.clear();
    }
    return std::move(gone_);
  }

 private:
  [[nodiscard]] std::vector<bool>& gone(tensor_id id) { return gone_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] bool is_gone(tensor_id id, std::int32_t c) const {
    auto const& tensor = gone_[static_cast<std::size_t>(id)];
    return !tensor.empty() && tensor[static_cast<std::size_t>(c)];
  }
  [[nodiscard]] std::vector<value_interval> const& values(tensor_id id) const {
    return values_[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] value_interval const& value(tensor_id id, std::int32_t c) const {
    return values(id)[static_cast<std::size_t>(c)];
  }
  /// Whether this changed anything.
  bool keep(tensor_id id, std::int32_t c) {
    if (!is_gone(id, c)) return false;
    gone(id)[static_cast<std::size_t>(c)] = false;
    return true;
  }
  bool keep_all(tensor_id id) {
    bool const changed = std::ranges::find(gone(id), true) != gone(id).end();
    gone(id).clear();
    return changed;
  }

  /// From behind: readers decide what their operands can lose.
  bool keep_what_nodes_need() {
    bool changed = false;
    for (std::size_t i = g_.nodes.size(); i-- > 0;) {
      node const& n = g_.nodes[i];
      tensor_id const in = g_.inputs(n)[0], out = g_.outputs(n)[0];
      if (layers_[i] && !layers_[i]->is_depthwise()) {
        changed |= keep_what_layer_needs(*layers_[i], in, out);
      } else if (carries_channels(n, layers_[i].has_value())) {
        changed |= keep_together(n.kind == op::depthwise_conv2d, in, out);
      } else {
        for (tensor_id id : g_.inputs(n)) changed |= keep_all(id);
        changed |= keep_all(out);
      }
    }
    return changed;
  }

  /// Whether each output channel is made of one input channel alone, channels in order: they go together.
  [[nodiscard]] bool carries_channels(node const& n, bool is_depthwise_layer) const {
    tensor_info const &in = g_.input(n), &out = g_.output(n);
    if (values(g_.inputs(n)[0]).empty() || values(g_.outputs(n)[0]).empty()) return false;
    if (!has_exact_kernels(g_, n)) return false;
    switch (n.kind) {
      case op::depthwise_conv2d: return is_depthwise_layer;
      case op::average_pool2d:
      case op::max_pool2d:
      case op::relu:
      case op::requantize: return true;
      case op::mean: return !mean_of(g_, n).over_channels && in.shape.back(0) == out.shape.back(0);
      case op::pad: return n.padding[in.shape.rank() - 1] == edge_padding{};
      case op::reshape: return out.shape.back(0) % in.shape.back(0) == 0;
      default: return false;
    }
  }

  /// An input channel goes with all output channels made of it. Of a depthwise convolution these are
  /// neighbours; where a reshape makes one pixel of several, they lie a pixel apart.
  bool keep_together(bool neighbours, tensor_id in, tensor_id out) {
    auto const channels = static_cast<std::int32_t>(values(in).size());
    auto const made = static_cast<std::int32_t>(values(out).size());
    auto const source = [&](std::int32_t o) { return neighbours ? o / (made / channels) : o % channels; };
    bool changed = false;
    for (std::int32_t o = 0; o < made; ++o) {
      if (!is_gone(out, o)) changed |= keep(in, source(o));
    }
    for (std::int32_t o = 0; o < made; ++o) {
      if (!is_gone(in, source(o))) changed |= keep(out, o);
    }
    return changed;
  }

  /// A convolution or dense layer can do without a channel that adds the same to a sum everywhere: a constant
  /// one, if windows stay inside the image or what lies beyond is the same; or one that it ignores.
  bool keep_what_layer_needs(integer_layer const& layer, tensor_id in, tensor_id out) {
    bool changed = false;
    for (std::int32_t c = 0; c < layer.inputs(); ++c) {
      if (!is_gone(in, c)) continue;
      value_interval const& x = value(in, c);
      if (is_one_value(x) && (!layer.is_padded() || x.low == layer.input_zero_point())) continue;
      for (std::int32_t o = 0; o < layer.outputs() && is_gone(in, c); ++o) {
        if (!is_gone(out, o) && !layer.ignores(o, c)) changed |= keep(in, c);
      }
    }
    return changed;
  }

  /// Where a bias would not be an int32, the channel that adds most to it stays.
  bool keep_biases_in_range() {
    bool changed = false;
    for (std::size_t i = 0; i < g_.nodes.size(); ++i) {
      tensor_id const in = g_.inputs(g_.nodes[i])[0], out = g_.outputs(g_.nodes[i])[0];
      if (!layers_[i] || layers_[i]->is_depthwise() || gone(in).empty()) continue;
      for (std::int32_t o = 0; o < layers_[i]->outputs(); ++o) {
        if (!is_gone(out, o)) changed |= keep_bias_in_range(*layers_[i], o, in);
      }
    }
    return changed;
  }

  bool keep_bias_in_range(integer_layer const& layer, std::int32_t o, tensor_id in) {
    std::int64_t bias = layer.bias(o), most = 0;
    std::int32_t largest = 0;
    for (std::int32_t c = 0; c < layer.inputs(); ++c) {
      if (!is_gone(in, c) || !is_one_value(value(in, c))) continue;
      std::int64_t const added =
          layer.weight_sum(o, c) * (value(in, c).low - std::int64_t{layer.input_zero_point()});
      bias += added;
      if (std::int64_t const size = added < 0 ? -added : added; size > most) {
        most = size;
        largest = c;
      }
    }
    return !std::in_range<std::int32_t>(bias) && keep(in, largest);
  }

  /// Keeps a few more channels of one tensor that has not a multiple of them, or none at all. From behind:
  /// what that needs in front comes back before the tensors there are counted.
  bool round_up() {
    for (std::size_t i = g_.nodes.size(); i-- > 0;) {
      std::vector<bool>& tensor = gone(g_.outputs(g_.nodes[i])[0]);
      auto const kept = static_cast<std::int32_t>(std::ranges::count(tensor, false));
      auto const channels = static_cast<std::int64_t>(tensor.size());
      std::int64_t const wanted =
          min(channels, align_up<std::int64_t>(max(kept, std::int32_t{1}), multiple_));
      if (kept >= wanted) continue;
      for (std::int64_t missing = wanted - kept; missing > 0; --missing)
        *std::ranges::find(tensor, true) = false;
      return true;
    }
    return false;
  }

  graph_view g_;
  std::int32_t multiple_;
  std::vector<std::vector<value_interval>> values_;
  std::vector<std::vector<bool>> gone_;  // one list a tensor; empty: all channels stay
  std::vector<std::optional<integer_layer>> layers_;
};

}  // namespace detail

/// For each tensor, which channels (indices of its last dimension) a network can do without: no output of the
/// network depends on them, or they have one value for every input, and everyone who reads them can take it
/// into an int32 bias. An empty list: all stay. Of every tensor at least one channel stays, and as many as
/// make their number a multiple of `multiple` (at least 1) or complete. Inputs and outputs of the network and
/// operands of operators that mix channels (add, concat, softmax) stay. Precondition: `check_network` accepts
/// the network.
[[nodiscard]] inline std::vector<std::vector<bool>> removable_channels(network const& net,
                                                                       std::int32_t multiple = 1) {
  return detail::channel_remover(net, multiple).run();
}

}  // namespace linnet::inline LINNET_ISA
