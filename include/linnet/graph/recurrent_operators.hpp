// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/graph/composed_operators.hpp>

namespace linnet::inline LINNET_ISA {

/// States, which keep something of a run for the next, and operators that have some: zeros before the first.
template <class Storage>
class recurrent_operator_builder : public composed_operator_builder<Storage> {
 public:
  /// A tensor that the graph keeps from run to run: the zero point before the first run and after a reset.
  /// Like an input it is read by whoever wants to; `update` says what replaces it.
  constexpr tensor_handle state(state_options const& o) {
    bool const plain = o.type == f32 || !(o.quantization == quantization{});
    quantization const q = plain ? o.quantization : default_quantization(o.type, activation::none);
    tensor_info made = this->integer_or_real(o.type, q);
    made.shape = o.shape;
    return this->record_state(made);
  }
  /// After each run the state has the elements of `value`, which has its shape, type and quantization. All
  /// nodes of the run have read what was there before, whatever the order of calls; a value that is itself a
  /// state is copied first.
  constexpr void update(tensor_handle state, tensor_handle value) {
    if (this->known(value) && this->is_state(value) && this->begin(op::slice, {value})) value = copied(value);
    this->record_update(state, value);
  }

  /// `units` numbers for every row of x, from `rank` filters each over what comes and over their last
  /// `memory` results.
  constexpr tensor_handle svdf(tensor_handle x, svdf_options const& o) {
    if (!this->begin(op::recurrent, {x})) return {};
    element_type const type = this->info(x).type;
    node n{.kind = op::recurrent, .activation = o.activation, .state_type = f32};
    if (type != f32) {
      n.state_type = o.state_type;
      n.state = o.state;
    }
    std::int32_t const filters = saturate<std::int32_t>(std::int64_t{o.units} * o.rank),
                       inputs = this->shape_of(x).back(0);
    tensor_info made = this->activation_like(x, o.activation, o.quantization);
    made.shape = this->shape_of(x);
    if (made.shape.rank() == 0) return this->blame({.fault = graph_fault::wrong_rank, .first = made.shape});
    made.shape[made.shape.rank() - 1] = o.units;
    return record_of_two(n, x, {filters, inputs}, {filters, o.memory}, n.state_type, o.units, made);
  }

  /// A long short-term memory of `units` over x, (batch, time, inputs) or, time first, (time, batch, inputs).
  constexpr tensor_handle lstm(tensor_handle x, lstm_options const& o) {
    if (!this->begin(op::recurrent, {x})) return {};
    element_type const type = this->info(x).type;
    node n{.kind = op::recurrent, .alpha = o.cell_clip, .recurrence = recurrence::lstm};
    n.axes.push_back(o.time_major ? 0 : 1);
    if (type != f32) {
      n.state_type = s16;
      n.state = o.cells;
    }
    std::int32_t const gates = saturate<std::int32_t>(std::int64_t{o.units} * 4);
    bool const chosen = !(o.quantization == quantization{});
    tensor_info const made = this->integer_or_real(
        type, chosen ? o.quantization : quantization{1.0f / (type == s16 ? 32768 : 128), 0});
    return record_of_two(n, x, {gates, this->shape_of(x).back(0)}, {gates, o.units}, type == s16 ? s8 : type,
                         gates, made);
  }

  /// A gated recurrent unit of `units`, one step a run: rows (.., inputs) to rows (rows, units), 15 nodes.
  ///   z = logistic(Wz x + Uz h)           the update gate
  ///   r = logistic(Wr x + Ur h)           the reset gate
  ///   n = tanh(Wn x + r * (Un h))         the candidate; with reset_after false tanh(Wn x + Un (r * h))
  ///   h' = n + z * (h - n)                which is z * h + (1 - z) * n
  /// each product with a bias of its own. Three dense layers have the weights: of x (3 * units, inputs), its
  /// channels z, r, n; of h (2 * units, units), z and r; and (units, units), n. These are ONNX's W and R in
  /// its order z, r, h, and Keras' kernel and recurrent kernel transposed (PyTorch has r before z).
  constexpr tensor_handle gru(tensor_handle x, gru_options const& o) {
    tensor_handle const h = state_behind(x, o.units, o.quantization);
    if (this->mistaken()) return {};
    std::int32_t const units = o.units, two = saturate<std::int32_t>(std::int64_t{units} * 2);
    quantization const kept = this->info(h).quantization;
    tensor_handle const of_x = by_rows(x, saturate<std::int32_t>(std::int64_t{units} * 3));
    tensor_handle const of_h = by_rows(h, two);
    tensor_handle const gates = this->logistic(this->add(columns(of_x, 0, two), of_h));
    tensor_handle const z = columns(gates, 0, units), r = columns(gates, units, units);
    tensor_handle const remembered = o.reset_after ? this->mul(r, by_rows(h, units))
                                                   : by_rows(this->mul(r, h, {.quantization = kept}), units);
    tensor_handle const n = this->tanh(this->add(columns(of_x, two, units), remembered));
    add_options const doubled{.quantization = {kept.scale * 2, kept.zero_point}};
    tensor_handle const changed = this->mul(z, this->sub(h, n, doubled), doubled);
    tensor_handle const next = this->add(n, changed, {.quantization = kept});
    update(h, next);
    return next;
  }

  /// tanh(W x + U h), one step a run: rows (.., inputs) to rows (rows, units), four nodes; three with relu,
  /// which the sum does itself. Two dense layers have the weights (units, inputs) and (units, units), each
  /// with a bias, as ONNX's W and R.
  constexpr tensor_handle simple_rnn(tensor_handle x, simple_rnn_options const& o) {
    bool const stated = !(o.quantization == quantization{});
    quantization kept;  // the default's, which is tanh's
    if (o.relu && this->known(x))
      kept = stated ? o.quantization : default_quantization(this->info(x).type, activation::relu);
    tensor_handle const h = state_behind(x, o.units, kept);
    if (this->mistaken()) return {};
    tensor_handle const of_x = by_rows(x, o.units), of_h = by_rows(h, o.units);
    tensor_handle const next =
        o.relu ? this->add(of_x, of_h, {.activation = activation::relu, .quantization = kept})
               : this->tanh(this->add(of_x, of_h));
    update(h, next);
    return next;
  }

 private:
  /// A state of `units` for each row of x. Of integers left out: steps of 1/128 around 0, as tanh's.
  constexpr tensor_handle state_behind(tensor_handle x, std::int32_t units, quantization const& q) {
    if (!this->begin(op::dense, {x})) return {};
    element_type const type = this->info(x).type;
    quantization const like_tanh{1.0f / 128, type == u8 ? 128 : 0};
    shape const& s = this->shape_of(x);
    return state({.shape = {static_cast<std::int32_t>(s.elements() / s.back(0)), units},
                  .type = type,
                  .quantization = q == quantization{} ? like_tanh : q});
  }
  /// A dense layer over the rows of x, whatever other dimensions it has.
  constexpr tensor_handle by_rows(tensor_handle x, std::int32_t units) {
    if (!this->begin(op::dense, {x})) return {};
    return this->record_weighted({.kind = op::dense}, x, {units, this->shape_of(x).back(0)}, units, {});
  }
  /// So many columns of a matrix from `first` on.
  constexpr tensor_handle columns(tensor_handle x, std::int32_t first, std::int32_t count) {
    if (!this->begin(op::slice, {x})) return {};
    return this->slice(x, {0, first}, {this->shape_of(x)[0], count});
  }
  /// All entries of each dimension, as the node that was begun.
  constexpr tensor_handle copied(tensor_handle x) {
    node n{.kind = op::slice};
    for (std::size_t i = 0; i < this->shape_of(x).rank(); ++i) n.axes.push_back(1);
    tensor_info made = this->like(x);
    made.shape = this->shape_of(x);
    return this->record(n, {x}, made);
  }

  /// Adds the node that was begun, with weights of two kinds and a bias.
  constexpr tensor_handle record_of_two(node const& n, tensor_handle x, shape const& first,
                                        shape const& second, element_type second_type, std::int32_t biases,
                                        tensor_info const& made) {
    for (shape const& s : {first, second}) {
      if (graph_fault const fault = detail::shape_soundness(s); fault != graph_fault::none)
        return this->blame({.fault = fault, .first = s, .second = this->shape_of(x)});
    }
    element_type const type = this->info(x).type;
    auto const weights = [&](shape const& s, element_type of) {
      double const bound = sqrt(6.0 / static_cast<double>(s[1]));
      double const most = of == s16 ? 32767.0 : 127.0;
      return this->add_constant(
          s, of, of == f32 ? quantization{} : quantization{static_cast<float>(bound / most), 0});
    };
    tensor_handle const a = weights(first, type == s16 ? s8 : type), b = weights(second, second_type);
    bool const wide = n.recurrence == recurrence::lstm && type == s16;
    tensor_handle const bias = this->add_constant({biases}, type == f32 ? f32 : wide ? s64 : s32, {});
    return this->record(n, {x, a, b, bias}, made);
  }
};

}  // namespace linnet::inline LINNET_ISA
