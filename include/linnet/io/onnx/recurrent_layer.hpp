// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include <linnet/io/onnx/stated_operator.hpp>

// Recurrent layers as ONNX has them: every run starts from the states that it is given, or from zeros, so the
// steps of one sequence are nodes of the network, one after the other.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// How many steps a sequence may have.
inline constexpr std::int32_t most_steps = 1 << 10;

/// What ONNX's three recurrent layers differ in.
enum class recurrent_kind : std::uint8_t {
  rnn,   ///< one gate: the state
  gru,   ///< update, reset, hidden
  lstm,  ///< input, output, forget, cell
};

/// What an activation function of a layer is as a node.
[[nodiscard]] inline result<node> recurrent_activation(std::string const& name) {
  if (name == "Sigmoid") return node{.kind = op::logistic};
  if (name == "Tanh") return node{.kind = op::unary, .unary = unary_function::tanh};
  if (name == "Relu") return node{.kind = op::relu, .activation = activation::relu};
  if (name == "Softplus") return node{.kind = op::unary, .unary = unary_function::softplus};
  return fail(errc::not_supported, "its activation " + in_quotes(name) + " is not supported");
}

/// A layer's numbers.
struct recurrent_layer {
  recurrent_kind kind = recurrent_kind::rnn;
  std::int32_t steps = 0, batch = 0, inputs = 0, units = 0, gates = 0;
  bool batch_first = false, linear_before_reset = false, input_forget = false;
  float clip = 0.0f;              ///< 0: none
  std::vector<bool> backwards{};  ///< one a direction
  std::vector<node> functions{};  ///< of all directions, one after the other
};

/// What a state is before and after a run; no tensor: zeros.
struct recurrent_state {
  tensor_id hidden = -1, cell = -1;
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
