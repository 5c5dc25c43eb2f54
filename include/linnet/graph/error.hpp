// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/base/text.hpp>
#include <linnet/graph/node.hpp>

namespace linnet::inline LINNET_ISA {

/// What can be wrong with a graph.
enum class graph_fault : std::uint8_t {
  none,
  index_out_of_range,
  wrong_operand_count,
  used_before_made,
  made_twice,
  wrong_rank,
  empty_tensor,
  tensor_too_large,
  shapes_do_not_chain,
  shapes_differ,
  kernel_exceeds_input,
  bad_window,
  bad_axis,
  bad_padding,
  bad_scale,
  bad_zero_point,
  bad_channel_scales,
  operand_not_constant,
  operand_is_constant,
  types_not_supported,
  scales_must_agree,
  scales_not_power_of_two,
  padding_not_pooled,
  multiplier_not_representable,
  no_operator,
  operands_refused,
  no_state,
  updated_twice,
  not_updated,
  update_differs,
  state_as_it_is,
  too_many_nodes,
  too_many_ends
};

/// The sentence that a person reads.
[[nodiscard]] constexpr text explain(graph_fault fault) {
  switch (fault) {
    case graph_fault::none: return "no fault";
    case graph_fault::index_out_of_range: return "an index points outside the graph";
    case graph_fault::wrong_operand_count: return "the operator has a wrong number of operands";
    case graph_fault::used_before_made: return "a tensor is used before a node has made it";
    case graph_fault::made_twice: return "a tensor is made by two nodes, or is an input or a constant";
    case graph_fault::wrong_rank: return "the operand has a rank that the operator does not take";
    case graph_fault::empty_tensor: return "a tensor has an extent below 1";
    case graph_fault::tensor_too_large: return "a tensor has too many elements";
    case graph_fault::shapes_do_not_chain:
      return "the output's shape is not what the operator makes of its operands";
    case graph_fault::shapes_differ: return "the operands have different shapes";
    case graph_fault::kernel_exceeds_input: return "the kernel is larger than its padded input";
    case graph_fault::bad_window: return "kernel, stride, dilation or padding is out of range";
    case graph_fault::bad_axis: return "an axis is out of range or named twice";
    case graph_fault::bad_padding: return "an amount of padding is negative or too large";
    case graph_fault::bad_scale: return "a scale is missing, not finite or not positive";
    case graph_fault::bad_zero_point: return "a zero point is outside the range of its type";
    case graph_fault::bad_channel_scales: return "the per-channel scales do not fit the tensor";
    case graph_fault::operand_not_constant: return "weights and bias must be constants";
    case graph_fault::operand_is_constant: return "the operand must not be a constant";
    case graph_fault::types_not_supported: return "no kernel for this combination of element types";
    case graph_fault::scales_must_agree: return "input and output must share scale and zero point";
    case graph_fault::scales_not_power_of_two: return "the rounding policy needs power-of-two scales";
    case graph_fault::padding_not_pooled: return "a pooling window lies in the padding entirely";
    case graph_fault::multiplier_not_representable:
      return "the scales give a requantization multiplier outside [2^-32, 2^30)";
    case graph_fault::no_operator: return "a custom node points at no operator";
    case graph_fault::operands_refused: return "the custom operator's shape rule refuses the operands";
    case graph_fault::no_state: return "an update is of a tensor that is no state";
    case graph_fault::updated_twice: return "a state is updated twice";
    case graph_fault::not_updated: return "a state has no update";
    case graph_fault::update_differs:
      return "a state and what replaces it have different shapes, types or quantizations";
    case graph_fault::state_as_it_is:
      return "an output, or what replaces a state, is a state as it is: make a copy (a slice)";
    case graph_fault::too_many_nodes: return "the graph has more nodes than the builder has room for";
    case graph_fault::too_many_ends:
      return "the graph has more inputs, outputs or states than the builder has room for";
  }
  return "?";
}

/// A fault and where it is: plain numbers, so that device rooms can make one; hosted code turns it into text.
struct graph_error {
  graph_fault fault = graph_fault::none;  ///< none: there is no error
  std::int32_t node = -1;                 ///< -1: not at a node
  op kind = op::reshape;                  ///< what the node is, where there is one
  tensor_id tensor = -1;                  ///< -1: not about one tensor
  linnet::shape first{};   ///< the shapes in question, where the fault is about shapes: what is stated
  linnet::shape second{};  ///< and what it was held against
};

}  // namespace linnet::inline LINNET_ISA
