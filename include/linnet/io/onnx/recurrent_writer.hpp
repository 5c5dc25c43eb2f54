// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <linnet/io/onnx/recurrent_layer.hpp>
#include <linnet/io/slice_range.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// Writes the nodes of one layer, direction by direction.
class recurrent_writer {
 public:
  /// Both outlive it.
  recurrent_writer(stated_operator& from, recurrent_layer const& layer) : from_(from), l_(layer) {}

  /// The nodes; afterwards `outputs` and `last` are there.
  [[nodiscard]] result<void> write(tensor_id x) {
    for (std::size_t direction = 0; direction < l_.backwards.size(); ++direction) {
      if (auto done = write_direction(x, direction); !done) return done;
    }
    return {};
  }
  /// Of each direction every step's (batch, units), the step counted as the file counts it.
  [[nodiscard]] std::vector<std::vector<tensor_id>> const& outputs() const { return outputs_; }
  /// Of each direction the state behind the last step.
  [[nodiscard]] std::vector<recurrent_state> const& last() const { return last_; }

 private:
  /// The part of a constant input that belongs to one direction, of shape `wanted`: the first dimension of
  /// the input counts the directions.
  [[nodiscard]] result<constant> part(int input, std::size_t direction, shape const& wanted) const {
    auto const c = from_.reals(input);
    if (!c) return c;
    shape all{static_cast<std::int32_t>(l_.backwards.size())};
    for (std::int32_t extent : wanted) all.push_back(extent);
    if (!(c->shape == all)) {
      return fail(errc::invalid_graph,
                  from_.input_in_words(input) + describe(c->shape) + " where " + describe(all) + " fits");
    }
    auto const bytes = static_cast<std::size_t>(wanted.elements()) * sizeof(float);
    return constant{wanted, f32, c->bytes.subspan(direction * bytes, bytes)};
  }

  [[nodiscard]] std::string name(std::string const& what) const { return prefix_ + what; }

  [[nodiscard]] result<tensor_id> binary(binary_function f, tensor_id a, tensor_id b,
                                         std::string const& what) {
    return from_.writer.add_node({.kind = op::binary, .binary = f}, {a, b}, name(what));
  }
  [[nodiscard]] result<tensor_id> number(binary_function f, tensor_id a, float b, std::string const& what) {
    auto const c = from_.writer.add_constant({}, {b}, name(what + "/number"));
    return c ? binary(f, a, *c, what) : c;
  }
  /// 1 - a.
  [[nodiscard]] result<tensor_id> rest_of(tensor_id a, std::string const& what) {
    auto const one = from_.writer.add_constant({}, {1.0f}, name(what + "/number"));
    return one ? binary(binary_function::sub, *one, a, what) : one;
  }
  /// The sum, or what is there.
  [[nodiscard]] result<tensor_id> sum(tensor_id a, tensor_id b, std::string const& what) {
    return b < 0 ? result<tensor_id>(a) : binary(binary_function::add, a, b, what);
  }

  /// The function of the direction's, of what is clipped first.
  [[nodiscard]] result<tensor_id> activated(std::size_t which, tensor_id x, std::string const& what) {
    if (l_.clip > 0.0f) {
      auto const raised = number(binary_function::maximum, x, -l_.clip, what + "/raised");
      if (!raised) return raised;
      auto const clipped = number(binary_function::minimum, *raised, l_.clip, what + "/clipped");
      if (!clipped) return clipped;
      x = *clipped;
    }
    return from_.writer.add_node(l_.functions[first_function_ + which], {x}, name(what));
  }

  /// A part of the innermost dimension of (batch, ..).
  [[nodiscard]] result<tensor_id> gates(tensor_id x, std::int32_t first, std::int32_t count,
                                        std::string const& what) {
    if (x < 0) return x;
    shape const s = from_.writer.view().tensor(x).shape;
    if (first == 0 && count * l_.units == s[1]) return x;
    node n = whole_slice(2);
    n.padding[1] = {first * l_.units, s[1] - (first + count) * l_.units};
    return from_.writer.add_node(n, {x}, name(what), {s[0], count * l_.units});
  }

  /// (batch, inputs of the gates) of one step.
  [[nodiscard]] result<tensor_id> step_of(tensor_id x, std::int32_t step) {
    shape const to{l_.batch, l_.gates * l_.units};
    if (l_.steps == 1) return from_.writer.view_as(x, to);
    std::size_t const time = l_.batch_first ? 1 : 0;
    node n = whole_slice(3);
    n.padding[time] = {step, l_.steps - 1 - step};
    return from_.writer.add_node(n, {x}, name("/inputs"), to);
  }

  /// Recurrent weights of `count` gates from `first` on, times the state; of no state there is nothing.
  [[nodiscard]] result<tensor_id> recurred(tensor_id state, std::size_t which, std::string const& what) {
    if (state < 0) return tensor_id{-1};
    return from_.writer.add_node({.kind = op::dense}, {state, recurrent_[which]}, name(what));
  }

  [[nodiscard]] result<tensor_id> floats(shape const& s, std::vector<float> const& values,
                                         std::string const& what) {
    return from_.writer.add_constant(s, values, name(what));
  }

  /// Weights, and what is added: of W and R together where R's is not added inside of a gate.
  [[nodiscard]] result<tensor_id> write_inputs(tensor_id x, std::size_t direction) {
    std::int32_t const all = l_.gates * l_.units;
    auto const w = part(1, direction, {all, l_.inputs});
    if (!w) return unexpected(w.error());
    auto const weights = floats(w->shape, permuted_reals(*w, stated_order(2)), "/weights");
    if (!weights) return weights;
    std::vector<tensor_id> operands{x, *weights};
    inner_bias_ = -1;
    if (from_.has_input(3)) {
      auto const b = part(3, direction, {2 * all});
      if (!b) return unexpected(b.error());
      std::vector<float> bias, inner;
      bool const apart = l_.kind == recurrent_kind::gru && l_.linear_before_reset;
      for (std::int32_t i = 0; i < all; ++i) {
        auto const at = static_cast<std::size_t>(i), behind = static_cast<std::size_t>(all + i);
        bool const inside = apart && i >= 2 * l_.units;  // of the gate that is reset
        bias.push_back(inside ? b->real(at) : b->real(at) + b->real(behind));
        if (inside) inner.push_back(b->real(behind));
      }
      auto const added = floats({all}, bias, "/bias");
      if (!added) return added;
      operands.push_back(*added);
      if (apart) {
        auto const kept = floats({l_.units}, inner, "/inner_bias");
        if (!kept) return kept;
        inner_bias_ = *kept;
      }
    }
    shape const s = from_.writer.view().tensor(x).shape;
    return from_.writer.add_node({.kind = op::dense}, operands, name("/all_inputs"), {s[0], s[1], all});
  }

  /// Recurrent weights: of a GRU those of the gate that is reset by themselves.
  [[nodiscard]] result<void> write_recurrent(std::size_t direction) {
    auto const r = part(2, direction, {l_.gates * l_.units, l_.units});
    if (!r) return unexpected(r.error());
    recurrent_.clear();
    auto const add = [&](std::int32_t first, std::int32_t count) -> result<void> {
      shape const s{count * l_.units, l_.units};
      auto const row = static_cast<std::size_t>(l_.units) * sizeof(float);
      auto const bytes = r->bytes.subspan(static_cast<std::size_t>(first * l_.units) * row,
                                          static_cast<std::size_t>(s[0]) * row);
      auto const id = floats(s, permuted_reals({s, f32, bytes}, stated_order(2)), "/recurrent");
      if (!id) return unexpected(id.error());
      recurrent_.push_back(*id);
      return {};
    };
    if (l_.kind != recurrent_kind::gru) return add(0, l_.gates);
    if (auto added = add(0, 2); !added) return added;
    return add(2, 1);
  }

  /// Peephole weights of an LSTM: of input, output and forget gate.
  [[nodiscard]] result<void> write_peepholes(std::size_t direction) {
    peepholes_.clear();
    if (l_.kind != recurrent_kind::lstm || !from_.has_input(7)) return {};
    auto const p = part(7, direction, {3 * l_.units});
    if (!p) return unexpected(p.error());
    for (std::int32_t gate = 0; gate < 3; ++gate) {
      std::vector<float> values;
      for (std::int32_t i = 0; i < l_.units; ++i)
        values.push_back(p->real(static_cast<std::size_t>(gate * l_.units + i)));
      auto const id = floats({l_.units}, values, "/peephole");
      if (!id) return unexpected(id.error());
      peepholes_.push_back(*id);
    }
    return {};
  }

  /// The state that an input gives this direction; none: zeros.
  [[nodiscard]] result<tensor_id> initial(int input, std::size_t direction) {
    if (!from_.has_input(input)) return tensor_id{-1};
    auto const value = from_.input(input);
    if (!value) return unexpected(value.error());
    auto const directions = static_cast<std::int32_t>(l_.backwards.size());
    auto const d = static_cast<std::int32_t>(direction);
    shape const wanted =
        l_.batch_first ? shape{l_.batch, directions, l_.units} : shape{directions, l_.batch, l_.units};
    auto const c = value->is_constant() ? from_.reals(input) : constant{value->activation.stated};
    if (!c) return unexpected(c.error());
    if (!(c->shape == wanted)) {
      return fail(errc::invalid_graph,
                  from_.input_in_words(input) + describe(c->shape) + " where " + describe(wanted) + " fits");
    }
    shape const to{l_.batch, l_.units};
    if (value->is_constant()) {
      std::vector<float> values;
      for (std::int32_t n = 0; n < l_.batch; ++n) {
        for (std::int32_t i = 0; i < l_.units; ++i) {
          std::int32_t const row = l_.batch_first ? n * directions + d : d * l_.batch + n;
          values.push_back(c->real(static_cast<std::size_t>(row) * static_cast<std::size_t>(l_.units) +
                                   static_cast<std::size_t>(i)));
        }
      }
      return constant_state(to, values);
    }
    auto const settled = from_.writer.settled(value->activation);
    if (!settled) return unexpected(settled.error());
    auto const plain = from_.writer.in_order(*settled, stated_order(3));
    if (!plain) return unexpected(plain.error());
    if (directions == 1) return from_.writer.view_as(plain->id, to);
    node n = whole_slice(3);
    n.padding[l_.batch_first ? 1 : 0] = {d, directions - 1 - d};
    return from_.writer.add_node(n, {plain->id}, name("/initial"), to);
  }
  /// Kernels of layers read activations: a constant is copied.
  [[nodiscard]] result<tensor_id> constant_state(shape const& s, std::vector<float> const& values) {
    bool const zero = std::ranges::all_of(values, [](float v) { return v == 0.0f; });
    if (zero) return tensor_id{-1};
    auto const id = floats(s, values, "/initial/constant");
    return id ? from_.writer.add_node({}, {*id}, name("/initial"), s) : id;
  }

  [[nodiscard]] result<void> write_direction(tensor_id x, std::size_t direction) {
    std::string const base = from_.base_name() + (direction == 0 ? "" : "/backwards");
    prefix_ = base;
    first_function_ = direction * (l_.functions.size() / l_.backwards.size());
    auto const inputs = write_inputs(x, direction);
    if (!inputs) return unexpected(inputs.error());
    if (auto done = write_recurrent(direction); !done) return done;
    if (auto done = write_peepholes(direction); !done) return done;
    auto const hidden = initial(5, direction);
    if (!hidden) return unexpected(hidden.error());
    auto const cell = l_.kind == recurrent_kind::lstm ? initial(6, direction) : result<tensor_id>(-1);
    if (!cell) return unexpected(cell.error());
    recurrent_state state{*hidden, *cell};
    std::vector<tensor_id> made(static_cast<std::size_t>(l_.steps));
    for (std::int32_t i = 0; i < l_.steps; ++i) {
      std::int32_t const step = l_.backwards[direction] ? l_.steps - 1 - i : i;
      prefix_ = base + "/" + std::to_string(step);
      auto const in = step_of(*inputs, step);
      if (!in) return unexpected(in.error());
      auto const next = write_step(*in, state);
      if (!next) return unexpected(next.error());
      state = *next;
      made[static_cast<std::size_t>(step)] = state.hidden;
    }
    outputs_.push_back(std::move(made));
    last_.push_back(state);
    return {};
  }

  [[nodiscard]] result<recurrent_state> write_step(tensor_id in, recurrent_state const& before) {
    if (l_.kind == recurrent_kind::lstm) return write_lstm_step(in, before);
    auto const hidden = l_.kind == recurrent_kind::gru ? write_gru_step(in, before.hidden)
                                                       : write_rnn_step(in, before.hidden);
    return hidden ? result<recurrent_state>({*hidden, -1}) : unexpected(hidden.error());
  }

  [[nodiscard]] result<tensor_id> write_rnn_step(tensor_id in, tensor_id hidden) {
    auto made = recurred(hidden, 0, "/recurred");
    if (made) made = sum(in, *made, "/sum");
    return made ? activated(0, *made, "/hidden") : made;
  }

  /// (1 - z) * h + z * before.
  [[nodiscard]] result<tensor_id> write_gru_step(tensor_id in, tensor_id before) {
    auto const of_inputs = gates(in, 0, 2, "/input_gates"), hidden_input = gates(in, 2, 1, "/hidden_input");
    if (!of_inputs) return of_inputs;
    if (!hidden_input) return hidden_input;
    auto both = recurred(before, 0, "/recurred");
    if (both) both = sum(*of_inputs, *both, "/gates");
    if (both) both = activated(0, *both, "/activated");
    if (!both) return both;
    auto const update = gates(*both, 0, 1, "/update"), reset = gates(*both, 1, 1, "/reset");
    if (!update) return update;
    if (!reset) return reset;
    auto const candidate = reset_state(*reset, before);
    if (!candidate) return candidate;
    auto made = sum(*hidden_input, *candidate, "/candidate");
    if (made) made = activated(1, *made, "/hidden");
    auto const fresh = rest_of(*update, "/fresh");
    if (!fresh) return fresh;
    if (made) made = binary(binary_function::mul, *fresh, *made, "/taken");
    if (!made || before < 0) return made;
    auto const kept = binary(binary_function::mul, *update, before, "/kept");
    return kept ? sum(*made, *kept, "/state") : kept;
  }
  /// What the state before adds to the gate that is reset.
  [[nodiscard]] result<tensor_id> reset_state(tensor_id reset, tensor_id before) {
    if (!l_.linear_before_reset) {
      if (before < 0) return before;
      auto const left = binary(binary_function::mul, reset, before, "/left");
      return left ? recurred(*left, 1, "/hidden_recurred") : left;
    }
    auto linear = recurred(before, 1, "/hidden_recurred");
    if (!linear || (*linear < 0 && inner_bias_ < 0)) return linear;
    if (*linear < 0) return binary(binary_function::mul, reset, inner_bias_, "/left");
    linear = sum(*linear, inner_bias_, "/hidden_biased");
    return linear ? binary(binary_function::mul, reset, *linear, "/left") : linear;
  }

  /// The sum of a gate and what its peephole sees of the cells.
  [[nodiscard]] result<tensor_id> peeped(tensor_id gate, std::size_t which, tensor_id cell,
                                         std::string const& what) {
    if (peepholes_.empty() || cell < 0) return gate;
    auto const seen = binary(binary_function::mul, cell, peepholes_[which], what + "/seen");
    return seen ? sum(gate, *seen, what + "/peeped") : seen;
  }
  /// A gate of the LSTM: input 0, output 1, forget 2, as the file has them.
  [[nodiscard]] result<tensor_id> lstm_gate(tensor_id all, std::int32_t which, tensor_id cell,
                                            std::string const& what) {
    auto made = gates(all, which, 1, what + "/in");
    if (made) made = peeped(*made, static_cast<std::size_t>(which), cell, what);
    return made ? activated(0, *made, what) : made;
  }

  [[nodiscard]] result<recurrent_state> write_lstm_step(tensor_id in, recurrent_state const& before) {
    auto all = recurred(before.hidden, 0, "/recurred");
    if (all) all = sum(in, *all, "/gates");
    if (!all) return unexpected(all.error());
    auto const taken = lstm_gate(*all, 0, before.cell, "/input");
    if (!taken) return unexpected(taken.error());
    auto cell = gates(*all, 3, 1, "/cell/in");
    if (cell) cell = activated(1, *cell, "/cell");
    if (cell) cell = binary(binary_function::mul, *taken, *cell, "/taken");
    if (cell && before.cell >= 0) {
      auto const kept =
          l_.input_forget ? rest_of(*taken, "/forget") : lstm_gate(*all, 2, before.cell, "/forget");
      if (!kept) return unexpected(kept.error());
      auto const old = binary(binary_function::mul, *kept, before.cell, "/kept");
      if (!old) return unexpected(old.error());
      cell = sum(*cell, *old, "/cells");
    }
    if (!cell) return unexpected(cell.error());
    auto const opened = lstm_gate(*all, 1, *cell, "/output");
    if (!opened) return unexpected(opened.error());
    auto made = from_.writer.add_node(l_.functions[first_function_ + 2], {*cell}, name("/shown"));
    if (made) made = binary(binary_function::mul, *opened, *made, "/hidden");
    return made ? result<recurrent_state>({*made, *cell}) : unexpected(made.error());
  }

  stated_operator& from_;
  recurrent_layer const& l_;
  std::string prefix_;
  std::size_t first_function_ = 0;
  tensor_id inner_bias_ = -1;
  std::vector<tensor_id> recurrent_, peepholes_;
  std::vector<std::vector<tensor_id>> outputs_;
  std::vector<recurrent_state> last_;
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
