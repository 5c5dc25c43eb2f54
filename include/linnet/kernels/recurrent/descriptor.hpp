// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>

#include <linnet/kernels/contract.hpp>
#include <linnet/quantization/functions.hpp>

// Layers with a state.
/// Layers with a state, which is what they work in: `scratch` lives on between runs, and zeros are its
/// beginning. Operands, elements side by side: inputs[0] (1, 1, rows, inputs), output (1, 1, rows, units);
/// `weights`: svdf's features (filter, input), lstm's weights of inputs (gate, unit, input);
/// `second_weights`: svdf's times (filter, time), lstm's hidden weights (gate, unit, unit); a bias of each
/// unit, or of each of each gate. Without a graph (runtime/whole_layer.hpp):
/// ```
/// recurrent::problem const p{.type = f32, .state_type = f32, .input = {1, 1, 1, 8}, .output = {1, 1, 1, 4},
///                            .filters = 8, .memory = 3};
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{x}, y, constants}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::recurrent {

/// svdf (Nakkiran et al. 2015, "Compressing Deep Neural Networks using a Rank-Constrained Topology"; the
/// arithmetic is TFLM's svdf_common.cc): each filter keeps its last `memory` results of
///   clamp(requantize(sum over i of features[f, i] * input[n, i])),
/// and output[n, u] is clamp(requantize(bias[u] + sum over the unit's filters and their results of
/// times[f, m] * result)).
///
/// lstm (Hochreiter and Schmidhuber 1997; TFLM's lstm_eval.cc and CMSIS-NN): of each time
///   gate = f(bias + inputs * input + hidden * the output before), f: logistic, of the cells' gate tanh,
///   cell = forget gate * cell + input gate * cells' gate, and output = output gate * tanh(cell).
/// Of integers the two products of a gate are requantized to int16 steps of 2^-12 one by one, gates are int16
/// steps of 2^-15, cells int16 in steps of a power of two.
struct problem {
  recurrence function = recurrence::svdf;                 ///< which of them
  element_type type = s8;                                 ///< of input and output: s8, s16 or f32
  element_type state_type = s8;                           ///< of svdf's results, of lstm's cells
  linnet::rounding rounding = rounding::double_rounding;  ///< of integers: no other
  linnet::activation activation = activation::none;       ///< svdf's
  image_shape input, output;                              ///< (1, 1, rows, inputs) and (1, 1, rows, units)
  quantization input_quantization, output_quantization, state_quantization;  ///< of integers
  bool time_major = true;        ///< lstm: rows of one time lie side by side, not those of one batch
  std::int32_t steps = 1;        ///< lstm: times
  std::int32_t filters = 1;      ///< svdf: of all units
  std::int32_t memory = 1;       ///< svdf: results of each filter
  float cell_clip = 0.0f;        ///< lstm: cells stay in +-cell_clip; 0: of any size
  stored_bounds bounds{};        ///< svdf: in place of the activation's
  stored_bounds state_bounds{};  ///< svdf: of the results that it keeps; none: the type's

  /// Sequences of an lstm.
  [[nodiscard]] constexpr std::int32_t batch() const { return input.width / steps; }
  /// Elements of an output row.
  [[nodiscard]] constexpr std::int32_t units() const { return output.channels; }
};

/// The gates of an lstm, in the order of its weights.
inline constexpr std::int32_t gate_count = 4, cell_gate = 2;

/// How many factors stand in front of a packed stream: svdf: of features and of times; lstm: of the gates'
/// inputs, of their hidden weights, then of forget gate times cell, input gate times cells' gate, output.
[[nodiscard]] constexpr std::int32_t factor_count(recurrence f) {
  return f == recurrence::svdf ? 2 : 2 * gate_count + 3;
}

/// The sums of an lstm's products.
template <class T>
using gate_sum =
    std::conditional_t<std::floating_point<T>, float,
                       std::conditional_t<std::same_as<T, std::int16_t>, std::int64_t, std::int32_t>>;

/// Where things are in a packed stream: factors (none of floats); svdf: a bias of each unit, then of each
/// filter a sum to begin with, features and times; lstm: of each row of each gate two sums to begin with, the
/// inputs' and the hidden weights. Nothing between them.
template <class T>
struct stream {
  static constexpr std::int64_t factor_size = std::floating_point<T> ? 0 : sizeof(multiplier);  ///< bytes
  static constexpr std::int64_t weight_size = sizeof(weight_of<T>);                             ///< bytes

  /// Bytes of all factors.
  [[nodiscard]] static constexpr std::int64_t first(recurrence f) { return factor_count(f) * factor_size; }
  /// Bytes of a filter of so many inputs and times.
  [[nodiscard]] static constexpr std::int64_t filter(std::int64_t inputs, std::int64_t memory,
                                                     std::int64_t time_size) {
    return 4 + inputs * weight_size + memory * time_size;
  }
  /// Bytes of a row of a gate.
  [[nodiscard]] static constexpr std::int64_t row(std::int64_t inputs, std::int64_t units) {
    return 2 * std::int64_t{sizeof(gate_sum<T>)} + (inputs + units) * weight_size;
  }
};

/// What the kernel of svdf reads.
template <class Extent, class T, class State>
struct svdf_descriptor {
  Extent rows, inputs, units, rank, memory;  ///< rank: filters of a unit
  output_stage<T> output;                    ///< from sums of a unit
  value_range<State> kept;                   ///< what results are clamped to
  std::int16_t state_zero_point;             ///< of results

  /// Precondition: every extent fits Extent.
  constexpr explicit svdf_descriptor(problem const& p)
      : rows(static_cast<Extent>(p.input.width)),
        inputs(static_cast<Extent>(p.input.channels)),
        units(static_cast<Extent>(p.units())),
        rank(static_cast<Extent>(p.filters / p.units())),
        memory(static_cast<Extent>(p.memory)),
        output{p.output_quantization.zero_point, clamp_for<T>(p)},
        kept(kept_by(p)),
        state_zero_point(static_cast<std::int16_t>(p.state_quantization.zero_point)) {}

 private:
  [[nodiscard]] static constexpr value_range<State> kept_by(problem p) {
    p.bounds = p.state_bounds;
    p.activation = activation::none;
    return clamp_for<State>(p);
  }
};

/// What the kernel of an lstm reads.
template <class Extent, class T>
struct lstm_descriptor {
  /// An element of the cells, and of gates.
  using cell = std::conditional_t<std::floating_point<T>, float, std::int16_t>;
  Extent batch, steps, inputs, units;  ///< sequences, times, elements of an input and of an output row
  bool time_major;                     ///< rows of one time lie side by side
  std::int8_t cell_shift = 0;          ///< to the left, from the cells' steps to those of 2^-12
  std::int16_t zero_point;             ///< of the output
  cell clip;                           ///< cells stay in +-clip

  /// Precondition: every extent fits Extent.
  constexpr explicit lstm_descriptor(problem const& p)
      : batch(static_cast<Extent>(p.batch())),
        steps(static_cast<Extent>(p.steps)),
        inputs(static_cast<Extent>(p.input.channels)),
        units(static_cast<Extent>(p.units())),
        time_major(p.time_major),
        zero_point(static_cast<std::int16_t>(p.output_quantization.zero_point)) {
    if constexpr (std::floating_point<T>) {
      clip = p.cell_clip > 0.0f ? p.cell_clip : std::numeric_limits<float>::infinity();
    } else {
      float const steps_of_clip = p.cell_clip / p.state_quantization.scale;
      clip = p.cell_clip > 0.0f && steps_of_clip < 32767.0f ? static_cast<std::int16_t>(steps_of_clip)
                                                            : std::int16_t{32767};
      cell_shift =
          static_cast<std::int8_t>(frexp(static_cast<double>(p.state_quantization.scale)).exponent + 11);
    }
  }
};

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  if (p.function == recurrence::lstm) {
    if (p.type == f32) return f(lstm_descriptor<Extent, float>(p));
    if (p.type == s16) return f(lstm_descriptor<Extent, std::int16_t>(p));
    return f(lstm_descriptor<Extent, std::int8_t>(p));
  }
  if (p.type == f32) return f(svdf_descriptor<Extent, float, float>(p));
  if (p.state_type == s16) return f(svdf_descriptor<Extent, std::int8_t, std::int16_t>(p));
  return f(svdf_descriptor<Extent, std::int8_t, std::int8_t>(p));
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  using element = typename arithmetic<P.type>::element;
  if constexpr (P.function == recurrence::lstm) {
    return lstm_descriptor<Extent, element>(P);
  } else {
    return svdf_descriptor<Extent, element, typename arithmetic<P.state_type>::element>(P);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::recurrent
