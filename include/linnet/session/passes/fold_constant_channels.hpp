// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/session/check.hpp>
#include <linnet/session/passes/removable_channels.hpp>

namespace linnet::inline LINNET_ISA {

/// How `fold_constant_channels` goes about it.
struct channel_folding {
  std::int32_t channel_multiple = 4;  ///< at least 1: tensors keep a multiple of so many channels, or all
};

/// A tensor that lost channels.
struct shrunk_tensor {
  std::string name;                    ///< of the tensor
  std::int32_t before = 0, after = 0;  ///< channels
  friend bool operator==(shrunk_tensor const&, shrunk_tensor const&) = default;
};

/// A network without channels that do not depend on its input.
struct folded_channels {
  network net;                        ///< computes the same, bit for bit
  std::vector<shrunk_tensor> report;  ///< in the order of the nodes; empty: nothing was found
};

namespace detail {

/// Rewrites a network without the channels that `removable_channels` names.
class constant_channel_folder {
 public:
  constant_channel_folder(network const& net, std::vector<std::vector<bool>> gone)
      : before_(net), gone_(std::move(gone)), values_(channel_intervals(net)), made_(net), added_(made_) {}

  [[nodiscard]] folded_channels fold() && {
    graph_view const g = before_.graph.view();
    std::vector<shrunk_tensor> report;
    for (std::size_t i = 0; i < g.nodes.size(); ++i) {
      tensor_id const id = g.outputs(g.nodes[i])[0];
      if (auto const layer = integer_layer::of(before_, g.nodes[i]); layer) rewrite(i, *layer);
      if (gone(id).empty()) continue;
      auto const after = static_cast<std::int32_t>(kept(id).size());
      report.push_back({std::string(g.name(g.tensor(id))), g.tensor(id).shape.back(0), after});
      shrink(made_.graph.tensors[static_cast<std::size_t>(id)].shape, id);
    }
    return {without(made_, std::vector<bool>(g.nodes.size(), false)), std::move(report)};
  }

 private:
  [[nodiscard]] std::vector<bool> const& gone(tensor_id id) const {
    return gone_[static_cast<std::size_t>(id)];
  }
  /// The channels of a tensor that stay.
  [[nodiscard]] std::vector<std::int32_t> kept(tensor_id id) const {
    std::vector<std::int32_t> channels;
    std::int32_t const count = before_.graph.tensors[static_cast<std::size_t>(id)].shape.back(0);
    for (std::int32_t c = 0; c < count; ++c) {
      if (gone(id).empty() || !gone(id)[static_cast<std::size_t>(c)]) channels.push_back(c);
    }
    return channels;
  }
  void shrink(shape& s, tensor_id id) const { s[s.rank() - 1] = static_cast<std::int32_t>(kept(id).size()); }

  /// New constants for a layer that lost inputs or outputs.
  void rewrite(std::size_t index, integer_layer const& layer) {
    graph_view const g = before_.graph.view();
    node const& n = g.nodes[index];
    tensor_id const in = g.inputs(n)[0];
    if (gone(in).empty() && gone(g.outputs(n)[0]).empty()) return;
    auto const inputs = kept(in), outputs = kept(g.outputs(n)[0]);
    std::vector<tensor_id> operands{in, add_weights(n, layer, inputs, outputs)};
    auto const biases = biases_of(layer, in, outputs);
    bool const counts = std::ranges::any_of(biases, [](std::int32_t b) { return b != 0; });
    if (n.inputs.count == 3 || counts) operands.push_back(add_biases(n, biases, outputs));
    made_.graph.nodes[index].inputs = made_.graph.add_edges(operands);
  }

  tensor_id add_weights(node const& n, integer_layer const& layer, std::vector<std::int32_t> const& inputs,
                        std::vector<std::int32_t> const& outputs) {
    graph_view const g = before_.graph.view();
    tensor_info info = g.input(n, 1);
    auto const from = before_.constants[static_cast<std::size_t>(g.inputs(n)[1])];
    auto const taken = static_cast<std::int32_t>(inputs.size());
    std::vector<std::byte> bytes;
    auto const take = [&](std::int32_t o, std::int32_t t, std::int32_t c) {
      bytes.push_back(from[static_cast<std::size_t>(layer.place_of_weight(o, t, c))]);
    };
    if (layer.is_depthwise()) {
      for (std::int32_t t = 0; t < layer.taps(); ++t) {
        for (std::int32_t o : outputs) take(o, t, 0);
      }
      info.shape[3] = static_cast<std::int32_t>(outputs.size());
    } else {
      for (std::int32_t o : outputs) {
        for (std::int32_t t = 0; t < layer.taps(); ++t) {
          for (std::int32_t c : inputs) take(o, t, c);
        }
      }
      info.shape[0] = static_cast<std::int32_t>(outputs.size());
      info.shape[info.shape.rank() - 1] = n.kind == op::dense ? layer.taps() * taken : taken;
    }
    select_scales(info, outputs);
    return added_.add(info, std::move(bytes));
  }

  /// The biases of the outputs that stay, with what the inputs that go add to them. An int32 each:
  /// `removable_channels` sees to it.
  [[nodiscard]] std::vector<std::int32_t> biases_of(integer_layer const& layer, tensor_id in,
                                                    std::vector<std::int32_t> const& outputs) const {
    std::vector<std::int32_t> biases;
    for (std::int32_t o : outputs) {
      std::int64_t bias = layer.bias(o);
      for (std::int32_t c = 0; !layer.is_depthwise() && !gone(in).empty() && c < layer.inputs(); ++c) {
        value_interval const& x = values_[static_cast<std::size_t>(in)][static_cast<std::size_t>(c)];
        if (!gone(in)[static_cast<std::size_t>(c)] || !is_one_value(x)) continue;
        bias += layer.weight_sum(o, c) * (x.low - std::int64_t{layer.input_zero_point()});
      }
      biases.push_back(static_cast<std::int32_t>(bias));
    }
    return biases;
  }

  tensor_id add_biases(node const& n, std::vector<std::int32_t> const& biases,
                       std::vector<std::int32_t> const& outputs) {
    tensor_info info;
    info.type = s32;
    if (n.inputs.count == 3) info = before_.graph.view().input(n, 2);
    info.shape = {static_cast<std::int32_t>(biases.size())};
    if (info.channel_scales.count > 0) info.channel_axis = 0;
    select_scales(info, outputs);
    std::vector<std::byte> bytes(biases.size() * 4);
    for (std::size_t i = 0; i < biases.size(); ++i) store(bytes.data() + i * 4, biases[i]);
    return added_.add(info, std::move(bytes));
  }

  /// Of the scales of all outputs, those of the outputs that stay.
  void select_scales(tensor_info& info, std::vector<std::int32_t> const& outputs) {
    if (info.channel_scales.count == 0) return;
    auto const all = before_.graph.view().channel_scales(info);
    std::vector<float> selected;
    for (std::int32_t o : outputs) selected.push_back(all[static_cast<std::size_t>(o)]);
    info.channel_scales = made_.graph.add_scales(selected);
  }

  network const& before_;
  std::vector<std::vector<bool>> gone_;  // one list a tensor; empty: all channels stay
  std::vector<std::vector<value_interval>> values_;
  network made_;
  added_constants added_;
};

}  // namespace detail

/// Drops the channels of a network of int8 or uint8 that have one value whatever its inputs are, and those
/// that nothing depends on; what they add to sums goes into the biases of the layers that read them
/// (`removable_channels` says which). The outputs are the same, bit for bit, for every input. Nodes keep
/// their order and `source`; their tensors have fewer channels, their layers new constants, other constants
/// stay shared. Networks without such channels come back as they were, float networks among them. Errors:
/// what `check_network` refuses; a multiple below 1 (wrong_argument).
[[nodiscard]] inline result<folded_channels> fold_constant_channels(network const& net,
                                                                    channel_folding const& options = {}) {
  if (auto sound = check_network(net); !sound) return unexpected(std::move(sound).error());
  if (options.channel_multiple < 1) {
    return fail(errc::wrong_argument, net.name + ": a multiple of " +
                                          std::to_string(options.channel_multiple) +
                                          " channels was asked for; it is at least 1");
  }
  auto gone = removable_channels(net, options.channel_multiple);
  bool const any = std::ranges::any_of(gone, [](auto const& tensor) { return !tensor.empty(); });
  if (!any) return folded_channels{net, {}};
  return detail::constant_channel_folder(net, std::move(gone)).fold();
}

}  // namespace linnet::inline LINNET_ISA
