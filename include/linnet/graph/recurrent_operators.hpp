// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/graph/composed_operators.hpp>

namespace linnet::inline LINNET_ISA {

/// Operators that keep something of a run for the next: zeros before the first.
template <class Storage>
class recurrent_operator_builder : public composed_operator_builder<Storage> {
 public:
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

 private:
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
