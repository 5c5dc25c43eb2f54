// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/bytes.hpp>
#include <linnet/base/math.hpp>
#include <linnet/config/arch.hpp>
#include <linnet/kernels/recurrent/descriptor.hpp>
#include <linnet/quantization/logistic_table.hpp>

namespace linnet::inline LINNET_ISA::kernels::recurrent {

namespace detail {

/// A stored number less its zero point in the type's own bits, and back: what is zero at first may then have
/// any zero point.
template <class T>
[[nodiscard]] constexpr T without_zero_point(T stored, std::int32_t zero_point) {
  if constexpr (std::floating_point<T>) {
    return stored;
  } else {
    return static_cast<T>(std::int32_t{stored} - zero_point);
  }
}
template <class T>
[[nodiscard]] constexpr T with_zero_point(T kept, std::int32_t zero_point) {
  return without_zero_point(kept, -zero_point);
}

/// Adds to every element of what lies side by side, modulo the type's range.
template <class T>
constexpr void move_all(std::byte* at, std::int32_t count, std::int32_t by) {
  if (by == 0) return;
  for (std::byte* const end = at + count * std::int32_t{sizeof(T)}; at != end; at += sizeof(T))
    store(at, with_zero_point(load<T>(at), by));
}

[[nodiscard]] constexpr multiplier factor_at(std::byte const* packed, std::int32_t i) {
  return load_aligned<multiplier>(packed + i * std::int32_t{sizeof(multiplier)});
}

/// The newest result of a filter, behind the others; returns what its results make with its times.
template <class T, class State>
[[nodiscard]] constexpr accumulator<T> filtered(std::byte const* times, std::byte* results,
                                                std::int32_t memory, State newest, std::int32_t zero_point) {
  constexpr std::int32_t size = sizeof(State);
  accumulator<T> sum{};
  for (std::int32_t i = 0; i < memory; ++i) {
    bool const last = i + 1 == memory;
    State const result =
        last ? without_zero_point(newest, zero_point) : load<State>(results + (i + 1) * size);
    store(results + i * size, result);
    State const time = load<State>(times + i * size);
    if constexpr (std::floating_point<T>) {
      sum += result * time;
    } else {
      std::int32_t const steps = std::int32_t{with_zero_point(result, zero_point)} - zero_point;
      sum = wrapping_add(sum, steps * time);
    }
  }
  return sum;
}

}  // namespace detail

/// svdf of some rows, each with results of its own in `scratch`, which lives on.
template <class Extent, class T, class State>
constexpr void rows(svdf_descriptor<Extent, T, State> const& d, row_window window, row_span const& out,
                    std::byte const* packed, std::byte* scratch, arch::scalar) {
  using sum = accumulator<T>;
  std::int32_t const results = d.memory * std::int32_t{sizeof(State)},
                     features = d.inputs * std::int32_t{sizeof(T)};
  multiplier to_state, to_output;
  if constexpr (std::integral<T>) {
    to_state = detail::factor_at(packed, 0);
    to_output = detail::factor_at(packed, 1);
  }
  std::byte const* const biases = packed + stream<T>::first(recurrence::svdf);
  for (std::int32_t row = 0; row < d.rows; ++row) {
    std::byte const* const input = window[0].data + row * window[0].pixel_stride;
    std::byte* const to = out.data + row * out.pixel_stride;
    std::byte const* filter = biases + d.units * std::int32_t{sizeof(sum)};
    for (std::int32_t unit = 0; unit < d.units; ++unit) {
      sum made = load<sum>(biases + unit * std::int32_t{sizeof(sum)});
      for (std::int32_t i = 0; i < d.rank; ++i) {
        sum const feature =
            multiply_accumulate<T>(load<sum>(filter), input, filter + sizeof(sum), d.inputs, 0);
        State newest{};
        if constexpr (std::floating_point<T>) {
          newest = clamp(feature, d.kept.low, d.kept.high);
        } else {
          newest = requantize<State, double_rounding>(feature, to_state, d.state_zero_point, d.kept);
        }
        filter += sizeof(sum) + static_cast<std::size_t>(features);
        sum const part = detail::filtered<T>(filter, scratch, d.memory, newest, d.state_zero_point);
        if constexpr (std::floating_point<T>) {
          made += part;
        } else {
          made = wrapping_add(made, part);
        }
        filter += results;
        scratch += results;
      }
      if constexpr (std::floating_point<T>) {
        store(to + unit * std::int32_t{sizeof(T)}, clamp(made, d.output.clamp.low, d.output.clamp.high));
      } else {
        store(to + unit, d.output.template operator()<double_rounding>(made, to_output));
      }
    }
  }
}

namespace detail {

/// The gates of one unit of an lstm.
template <class Cell>
struct gates {
  Cell of[gate_count];
};

/// round(a * b * factor) as 16 bits.
[[nodiscard]] constexpr std::int32_t product_16(std::int32_t a, std::int32_t b, multiplier m) {
  return saturate<std::int16_t>(double_rounding::apply(a * b, m));
}

/// One unit's gates from the packed rows of it, `gate_bytes` apart.
template <class T, class Extent>
[[nodiscard]] constexpr auto gates_of(lstm_descriptor<Extent, T> const& d, std::byte const* packed,
                                      std::byte const* row, std::int64_t gate_bytes, std::byte const* input,
                                      std::byte const* hidden) {
  using sum = gate_sum<T>;
  gates<typename lstm_descriptor<Extent, T>::cell> made{};
  for (std::int32_t gate = 0; gate < gate_count; ++gate, row += gate_bytes) {
    std::byte const* const weights = row + 2 * sizeof(sum);
    std::byte const* const second = weights + d.inputs * stream<T>::weight_size;
    sum const from_input = multiply_accumulate<T>(load<sum>(row), input, weights, d.inputs, 0);
    sum const from_hidden = multiply_accumulate<T>(load<sum>(row + sizeof(sum)), hidden, second, d.units, 0);
    if constexpr (std::floating_point<T>) {
      auto const x = static_cast<double>(from_input + from_hidden);
      made.of[gate] = static_cast<float>(gate == cell_gate ? tanh(x) : 1.0 / (1.0 + exp(-x)));
    } else {
      using policy = std::conditional_t<sizeof(sum) == 8, reduced_multiplier, double_rounding>;
      std::int32_t const a = saturate<std::int16_t>(policy::apply(from_input, factor_at(packed, gate))),
                         b = saturate<std::int16_t>(
                             policy::apply(from_hidden, factor_at(packed, gate_count + gate)));
      std::int32_t const thirds = 3 * std::int32_t{saturate<std::int16_t>(a + b)};
      made.of[gate] = gate == cell_gate ? tanh_16(thirds) : logistic_16(thirds);
    }
  }
  return made;
}

/// The next value of a cell, and what it gives.
template <class T, class Extent, class Cell>
[[nodiscard]] constexpr T given_by(lstm_descriptor<Extent, T> const& d, std::byte const* packed,
                                   gates<Cell> const& g, std::byte* cell) {
  Cell const before = load<Cell>(cell);
  if constexpr (std::floating_point<T>) {
    Cell const now = clamp(g.of[1] * before + g.of[0] * g.of[cell_gate], -d.clip, d.clip);
    store(cell, now);
    return g.of[3] * static_cast<float>(tanh(static_cast<double>(now)));
  } else {
    constexpr std::int32_t first = 2 * gate_count;
    std::int32_t const kept = product_16(g.of[1], before, factor_at(packed, first)),
                       added = product_16(g.of[0], g.of[cell_gate], factor_at(packed, first + 1)),
                       clip = d.clip;
    auto now = static_cast<std::int32_t>(saturate<std::int16_t>(kept + added));
    if (clip < 32767) now = clamp(now, -clip, clip);
    store(cell, static_cast<Cell>(now));
    int const shift = d.cell_shift;
    std::int32_t const thirds = shift >= 0 ? now * (3 << shift) : (now * 3 + (1 << (-shift - 1))) >> -shift;
    std::int32_t const rounded =
        double_rounding::apply(std::int32_t{tanh_16(thirds)} * g.of[3], factor_at(packed, first + 2));
    return saturate<T>(rounded + d.zero_point);
  }
}

}  // namespace detail

/// lstm of all times. Scratch, which lives on: the cells, (batch, unit), and what they last gave.
template <class Extent, class T>
constexpr void rows(lstm_descriptor<Extent, T> const& d, row_window window, row_span const& out,
                    std::byte const* packed, std::byte* scratch, arch::scalar) {
  using cell = typename lstm_descriptor<Extent, T>::cell;
  std::int32_t const cells = d.batch * d.units;
  std::int32_t const given_bytes = d.units * std::int32_t{sizeof(T)};
  std::byte* const given = scratch + cells * std::int32_t{sizeof(cell)};
  std::int64_t const row_bytes = stream<T>::row(d.inputs, d.units);
  detail::move_all<T>(given, cells, d.zero_point);
  for (std::int32_t step = 0; step < d.steps; ++step) {
    for (std::int32_t batch = 0; batch < d.batch; ++batch) {
      std::int32_t const pixel = d.time_major ? step * d.batch + batch : batch * d.steps + step;
      std::byte const* const input = window[0].data + pixel * window[0].pixel_stride;
      std::byte* const to = out.data + pixel * out.pixel_stride;
      std::byte* const hidden = given + batch * given_bytes;
      std::byte* const own_cells = scratch + batch * d.units * std::int32_t{sizeof(cell)};
      std::byte const* row = packed + stream<T>::first(recurrence::lstm);
      for (std::int32_t unit = 0; unit < d.units; ++unit, row += row_bytes) {
        auto const gates = detail::gates_of(d, packed, row, d.units * row_bytes, input, hidden);
        store(to + unit * std::int32_t{sizeof(T)},
              detail::given_by(d, packed, gates, own_cells + unit * std::int32_t{sizeof(cell)}));
      }
      copy_bytes(hidden, to, static_cast<std::size_t>(given_bytes));
    }
  }
  detail::move_all<T>(given, cells, -d.zero_point);
}

}  // namespace linnet::inline LINNET_ISA::kernels::recurrent
