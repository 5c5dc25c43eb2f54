// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <linnet/graph/error.hpp>
#include <linnet/graph/graph.hpp>

namespace linnet::inline LINNET_ISA {

/// A shape as a type, so that compilers print it.
template <std::int32_t... Extents>
struct printed_shape {};

/// Where a mistake is, as a type: the number of the node and what it was to compute.
template <std::int32_t Node, op Kind>
struct at_node {};

/// The mistake is about an input, an output or a state of the graph.
struct at_ends {};

/// Instantiating this refuses a graph: the assertion is the sentence, the arguments say where and which
/// shapes.
template <graph_fault Fault, class Where, class Shape, class OtherShape>
struct mistake_in_graph {
  using enum graph_fault;
  static_assert(Fault != shapes_differ, "linnet: the operands have different shapes");
  static_assert(Fault != shapes_do_not_chain,
                "linnet: the output's shape is not what the operator makes of its operands");
  static_assert(Fault != kernel_exceeds_input, "linnet: the kernel is larger than its padded input");
  static_assert(Fault != bad_window, "linnet: kernel, stride, dilation or padding is out of range");
  static_assert(Fault != padding_not_pooled, "linnet: a pooling window lies in the padding entirely");
  static_assert(Fault != bad_axis, "linnet: an axis is out of range or named twice");
  static_assert(Fault != bad_padding, "linnet: an amount of padding is negative or too large");
  static_assert(Fault != used_before_made, "linnet: a tensor is used before a node has made it");
  static_assert(Fault != wrong_operand_count, "linnet: the operator has a wrong number of operands");
  static_assert(Fault != wrong_rank, "linnet: the operand has a rank that the operator does not take");
  static_assert(Fault != bad_scale, "linnet: a scale is missing, not finite or not positive");
  static_assert(Fault != bad_zero_point, "linnet: a zero point is outside the range of its type");
  static_assert(Fault != empty_tensor, "linnet: a tensor has an extent below 1");
  static_assert(Fault != tensor_too_large, "linnet: a tensor has too many elements");
  static_assert(Fault != index_out_of_range, "linnet: an index points outside the graph");
  static_assert(Fault != made_twice, "linnet: a tensor is made by two nodes, or is an input or a constant");
  static_assert(Fault != bad_channel_scales, "linnet: the per-channel scales do not fit the tensor");
  static_assert(Fault != operand_not_constant, "linnet: weights and bias must be constants");
  static_assert(Fault != operand_is_constant, "linnet: the operand must not be a constant");
  static_assert(Fault != scales_must_agree, "linnet: input and output must share scale and zero point");
  static_assert(Fault != scales_not_power_of_two, "linnet: the rounding policy needs power-of-two scales");
  static_assert(Fault != types_not_supported, "linnet: no kernel for this combination of element types");
  static_assert(Fault != multiplier_not_representable,
                "linnet: the scales give a requantization multiplier outside [2^-32, 2^30)");
  static_assert(Fault != no_operator, "linnet: a custom node points at no operator");
  static_assert(Fault != operands_refused, "linnet: the custom operator's shape rule refuses the operands");
  static_assert(Fault != no_state, "linnet: an update is of a tensor that is no state");
  static_assert(Fault != updated_twice, "linnet: a state is updated twice");
  static_assert(Fault != not_updated, "linnet: a state has no update");
  static_assert(Fault != update_differs,
                "linnet: a state and what replaces it have different shapes, types or quantizations");
  static_assert(Fault != state_as_it_is,
                "linnet: an output, or what replaces a state, is a state as it is: make a copy (a slice)");
  static_assert(Fault != too_many_nodes, "linnet: the graph has more nodes than the builder has room for");
  static_assert(Fault != too_many_ends,
                "linnet: the graph has more inputs, outputs or states than the builder has room for");
};

namespace detail {

template <graph_error const& Mistake>
constexpr auto place_of() {
  if constexpr (Mistake.node < 0) {
    return at_ends{};
  } else {
    return at_node<Mistake.node, Mistake.kind>{};
  }
}

template <auto const& Shape, std::size_t... I>
constexpr auto printed(std::index_sequence<I...>) -> printed_shape<Shape[I]...>;

/// A graph of fixed capacity as one of exact size.
template <auto const& Made>
consteval auto shrunk() {
  constexpr auto const& from = *Made;
  literal_graph<from.nodes.size(), from.tensors.size(), from.edges.size(), from.scales.size(),
                from.characters.size()>
      to;
  auto const copy = [](auto const& source, auto& destination) {
    auto* to_element = destination.data();
    for (auto const *at = source.data(), *end = at + destination.size(); at != end; ++at) *to_element++ = *at;
  };
  copy(from.nodes, to.nodes);
  copy(from.tensors, to.tensors);
  copy(from.edges, to.edges);
  copy(from.scales, to.scales);
  copy(from.characters, to.characters);
  to.input_edges = from.input_edges;
  to.output_edges = from.output_edges;
  to.state_edges = from.state_edges;
  to.update_edges = from.update_edges;
  return to;
}

/// What refuses a graph: `Found` states its `mistake` and the `first` and `second` shape in question. An
/// alias, since every function in between would push the sentence a few lines down in the compiler's answer.
template <class Found>
using refusal =
    mistake_in_graph<Found::mistake.fault, decltype(place_of<Found::mistake>()),
                     decltype(printed<Found::first>(std::make_index_sequence<Found::first.rank()>{})),
                     decltype(printed<Found::second>(std::make_index_sequence<Found::second.rank()>{}))>;

/// What a function composed, and its mistake where it made one.
template <auto Compose>
struct composition {
  static constexpr auto made = Compose();
  static constexpr graph_error mistake = made.has_value() ? graph_error{} : made.error();
  static constexpr shape first = mistake.first, second = mistake.second;
};

}  // namespace detail

/// The graph that a constexpr function composes, as a constant of exact size:
///   constexpr auto tiny() { linnet::graph_builder g; ...; return g.finish(x); }
///   inline constexpr auto net = linnet::compose<tiny>();
/// A mistake is a compile error that says what is wrong, at which node, with which shapes.
template <auto Compose>
[[nodiscard]] consteval auto compose() {
  using composed = detail::composition<Compose>;
  if constexpr (composed::made.has_value()) {
    return detail::shrunk<composed::made>();
  } else {
    return detail::refusal<composed>{};
  }
}

}  // namespace linnet::inline LINNET_ISA
