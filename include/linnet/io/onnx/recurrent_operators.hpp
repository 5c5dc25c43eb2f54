// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/io/onnx/folded_numbers.hpp>
#include <linnet/io/onnx/move_operators.hpp>
#include <linnet/io/onnx/recurrent_writer.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// One direction, the other, or both.
[[nodiscard]] inline result<std::vector<bool>> read_directions(stated_operator& from) {
  std::string const stated = from.attributes.text("direction", "forward");
  if (stated == "forward") return std::vector<bool>{false};
  if (stated == "reverse") return std::vector<bool>{true};
  if (stated == "bidirectional") return std::vector<bool>{false, true};
  return fail(errc::malformed, "its direction is " + in_quotes(stated));
}

/// The functions of all directions: those of the kind where none are stated.
[[nodiscard]] inline result<std::vector<node>> read_functions(stated_operator& from, recurrent_kind kind,
                                                              std::size_t directions) {
  std::vector<std::string> wanted;
  for (std::size_t i = 0; i < directions; ++i) {
    if (kind != recurrent_kind::rnn) wanted.emplace_back("Sigmoid");
    wanted.emplace_back("Tanh");
    if (kind == recurrent_kind::lstm) wanted.emplace_back("Tanh");
  }
  if (auto const stated = from.attributes.texts("activations")) {
    if (stated->size() != wanted.size()) {
      return fail(errc::invalid_graph,
                  std::to_string(stated->size()) + " activations, not " + std::to_string(wanted.size()));
    }
    wanted = *stated;
  }
  std::vector<node> made;
  for (std::string const& name : wanted) {
    auto const n = recurrent_activation(name);
    if (!n) return unexpected(n.error());
    made.push_back(*n);
  }
  return made;
}

/// All sequences must be as long as the input.
[[nodiscard]] inline result<void> require_whole_sequences(stated_operator& from, std::int32_t steps) {
  if (!from.has_input(4)) return {};
  auto const c = from.any_constant(4);
  if (!c) return unexpected(c.error());
  for (std::int64_t const length : numbers_of<std::int64_t>(*c)) {
    if (length != steps) {
      return fail(errc::not_supported, from.input_in_words(4) + "a sequence of " + std::to_string(length) +
                                           " steps in an input of " + std::to_string(steps) +
                                           " is not supported");
    }
  }
  return {};
}

[[nodiscard]] inline result<recurrent_layer> read_recurrent_layer(stated_operator& from, recurrent_kind kind,
                                                                  shape const& x) {
  if (x.rank() != 3) return fail(errc::invalid_graph, "its input " + describe(x) + " is not of rank 3");
  auto const directions = read_directions(from);
  if (!directions) return unexpected(directions.error());
  auto const functions = read_functions(from, kind, directions->size());
  if (!functions) return unexpected(functions.error());
  auto const r = from.reals(2);
  if (!r) return unexpected(r.error());
  recurrent_layer made{.kind = kind, .backwards = *directions, .functions = *functions};
  made.batch_first = from.attributes.flag("layout");
  made.linear_before_reset = kind == recurrent_kind::gru && from.attributes.flag("linear_before_reset");
  made.input_forget = kind == recurrent_kind::lstm && from.attributes.flag("input_forget");
  made.clip = from.attributes.real("clip", 0.0f);
  made.gates = kind == recurrent_kind::lstm ? 4 : kind == recurrent_kind::gru ? 3 : 1;
  made.units = r->shape.back(0);
  made.steps = x[made.batch_first ? 1 : 0];
  made.batch = x[made.batch_first ? 0 : 1];
  made.inputs = x[2];
  std::int64_t const stated = from.attributes.integer("hidden_size", made.units);
  if (auto known = from.attributes.finish(); !known) return unexpected(known.error());
  if (stated != made.units || made.units > max_elements / 8) {
    return fail(errc::invalid_graph,
                "its hidden_size is " + std::to_string(stated) + ", its weights " + describe(r->shape));
  }
  if (made.clip < 0.0f || !is_finite(made.clip))
    return fail(errc::invalid_graph, "its clip is not a positive number");
  if (made.steps > most_steps) {
    return fail(errc::too_large, "a sequence of " + std::to_string(made.steps) + " steps, the limit is " +
                                     std::to_string(most_steps));
  }
  if (auto whole = require_whole_sequences(from, made.steps); !whole) return unexpected(whole.error());
  return made;
}

/// Tensors (batch, units) along new dimensions, in front of the batch or behind it: of one row of them.
[[nodiscard]] inline result<tensor_id> stacked(stated_operator& from, std::vector<tensor_id> const& parts,
                                               shape const& seen_as, std::size_t axis,
                                               std::string const& name) {
  std::vector<tensor_id> seen;
  for (tensor_id part : parts) {
    auto const id = from.writer.view_as(part, seen_as);
    if (!id) return id;
    seen.push_back(*id);
  }
  return side_by_side(from, seen, axis, name);
}

/// Every step's output (steps, directions, batch, units), the last one's and the last cells (directions,
/// batch, units); with the batch first in all where the layout says so.
[[nodiscard]] inline result<void> give_recurrent(stated_operator& from, recurrent_layer const& l,
                                                 recurrent_writer const& made) {
  auto const give = [&](int i, result<tensor_id> const& id, std::size_t rank) -> result<void> {
    if (!id) return unexpected(id.error());
    return from.names.add(from.stated.output(i), {from.value_of(*id, stated_order(rank))});
  };
  std::string const name = from.base_name();
  if (from.has_output(0)) {
    shape const one = l.batch_first ? shape{l.batch, 1, 1, l.units} : shape{1, 1, l.batch, l.units};
    std::vector<tensor_id> directions;
    shape all = one;
    all[l.batch_first ? 1 : 0] = l.steps;
    for (auto const& steps : made.outputs()) {
      auto const id = stacked(from, steps, one, l.batch_first ? 1 : 0, name + "/steps");
      if (!id) return unexpected(id.error());
      directions.push_back(*id);
    }
    auto const id = stacked(from, directions, all, l.batch_first ? 2 : 1, name + "/directions");
    if (auto given = give(0, id, 4); !given) return given;
  }
  shape const one = l.batch_first ? shape{l.batch, 1, l.units} : shape{1, l.batch, l.units};
  for (int i : {1, 2}) {
    if (!from.has_output(i)) continue;
    std::vector<tensor_id> states;
    for (recurrent_state const& state : made.last()) states.push_back(i == 1 ? state.hidden : state.cell);
    auto const id = stacked(from, states, one, l.batch_first ? 1 : 0, name + "/last");
    if (auto given = give(i, id, 3); !given) return given;
  }
  return {};
}

template <recurrent_kind Kind>
[[nodiscard]] result<void> read_recurrent(stated_operator& from) {
  auto const value = from.settled_activation(0);
  if (!value) return unexpected(value.error());
  auto const layer = read_recurrent_layer(from, Kind, value->stated);
  if (!layer) return unexpected(layer.error());
  auto const x = from.writer.in_order(*value, stated_order(3));
  if (!x) return unexpected(x.error());
  recurrent_writer made(from, *layer);
  if (auto done = made.write(x->id); !done) return done;
  return give_recurrent(from, *layer, made);
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
