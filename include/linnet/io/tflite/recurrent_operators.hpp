// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/io/tflite/composed_operators.hpp>

// SVDF and UNIDIRECTIONAL_SEQUENCE_LSTM: what they keep between runs is a tensor of the file, whose type and
// steps become attributes of the node.
namespace linnet::inline LINNET_ISA::io::tflite::detail {

/// Type and steps of what the node keeps.
[[nodiscard]] inline result<void> read_state(composed_operator const& to, std::size_t input, node& n) {
  auto const state = to.tensors.variable(to.inputs[input]);
  if (!state) return unexpected(state.error());
  n.state_type = state->type;
  n.state = state->quantization;
  return {};
}

/// Inputs: x, features, times, bias or -1, state.
[[nodiscard]] inline result<void> read_svdf(composed_operator& to) {
  node n{.kind = op::recurrent};
  std::vector<tensor_id> ids;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i == 3 && to.inputs[3] == -1) continue;
    auto const id = to.operand(i);
    if (!id) return unexpected(id.error());
    ids.push_back(*id);
  }
  auto const activation = activation_of(to.options.number<std::int8_t>(svdf_fields::activation));
  if (!activation) return unexpected(activation.error());
  n.activation = *activation;
  if (auto state = read_state(to, 4, n); !state) return state;
  to.add_node(n, ids, to.outputs[0]);
  return {};
}

/// Where an lstm's inputs are: runs of one a gate, in the order input, forget, cell, output, but of the
/// peephole weights, which the cells' gate has none of.
struct lstm_inputs {
  static constexpr std::size_t weights = 1, hidden = 5, peepholes = 9, biases = 12, projection = 16,
                               last_output = 18, cells = 19, norms = 20, end = 24;
};

/// That the inputs [first, last) are left out, or not there.
[[nodiscard]] inline result<void> require_none(composed_operator const& to, std::size_t first,
                                               std::size_t last, char const* what) {
  for (std::size_t i = first; i < last && i < to.inputs.size(); ++i) {
    if (to.inputs[i] != -1)
      return fail(errc::not_supported, "an LSTM with " + std::string(what) + " is not supported");
  }
  return {};
}

[[nodiscard]] inline result<void> check_lstm(composed_operator const& to) {
  using at = lstm_inputs;
  if (auto none = require_none(to, at::peepholes, at::biases, "peephole weights"); !none) return none;
  if (auto none = require_none(to, at::projection, at::last_output, "a projection"); !none) return none;
  if (auto none = require_none(to, at::norms, at::end, "layer normalization"); !none) return none;
  if (to.inputs[at::weights] == -1 && to.inputs[at::hidden] == -1)
    return fail(errc::not_supported, "an LSTM whose input gate is the forget gate is not supported");
  auto const activation = to.options.number<std::int8_t>(lstm_fields::activation);
  if (activation != static_cast<std::int8_t>(fused_activation::tanh))
    return fail(errc::not_supported, "an LSTM with another activation than TANH is not supported");
  float const clip = to.options.number<float>(lstm_fields::cell_clip);
  if (is_finite(clip) && clip >= 0.0f) return {};
  return fail(errc::invalid_graph, "cell clip " + in_words(clip) + " is not a finite number from 0 up");
}

[[nodiscard]] inline result<void> read_lstm(composed_operator& to) {
  using at = lstm_inputs;
  if (auto sound = check_lstm(to); !sound) return sound;
  node n{.kind = op::recurrent, .alpha = to.options.number<float>(lstm_fields::cell_clip)};
  n.recurrence = recurrence::lstm;
  n.axes.push_back(to.options.flag(lstm_fields::time_major) ? 0 : 1);
  auto const x = to.operand(0);
  if (!x) return unexpected(x.error());
  std::vector<tensor_id> ids{*x};
  for (std::size_t const first : {at::weights, at::hidden, at::biases}) {
    std::array<std::int32_t, 4> gates{};
    for (std::size_t i = 0; i < gates.size(); ++i) gates[i] = to.inputs[first + i];
    auto const joined = to.tensors.join(gates, first != at::biases);
    if (!joined) return unexpected(joined.error());
    ids.push_back(*joined);
  }
  if (auto state = read_state(to, at::cells, n); !state) return state;
  auto const last = to.tensors.variable(to.inputs[at::last_output]);
  if (!last) return unexpected(last.error());
  tensor_info const output = to.info(to.outputs[0]);
  if (last->type != output.type || !(last->quantization == output.quantization)) {
    return fail(errc::not_supported,
                "an LSTM whose output differs from what it keeps of it in type or scale is not supported");
  }
  to.add_node(n, ids, to.outputs[0]);
  return {};
}

}  // namespace linnet::inline LINNET_ISA::io::tflite::detail
