// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/bytes.hpp>
#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/recurrent/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::recurrent {

namespace detail {

/// Writes one thing behind the other.
struct stream_writer {
  std::byte* to;

  template <class T>
  constexpr void add(T value) {
    store(to, value);
    to += sizeof(T);
  }
  constexpr void add(std::byte const* from, std::int64_t count) {
    copy_bytes(to, from, static_cast<std::size_t>(count));
    to += count;
  }
};

/// The scale of the first of a gate's rows.
[[nodiscard]] constexpr float scale_of_gate(span<float const> scales, std::int32_t gate) {
  if (scales.empty()) return 1.0f;
  auto const size = static_cast<std::int32_t>(scales.size());
  return scales[size < gate_count ? 0u : static_cast<std::size_t>(size / gate_count * gate)];
}

/// The factors of the scales, whose products of two are float32 as TensorFlow Lite takes them.
constexpr void pack_factors(problem const& p, constants const& from, stream_writer& to) {
  if (!from.multipliers.empty()) {
    for (multiplier const& m : from.multipliers) to.add(m);
    return;
  }
  float const input = p.input_quantization.scale, output = p.output_quantization.scale,
              state = p.state_quantization.scale;
  auto const of = [](double ratio) { return make_multiplier(ratio); };
  if (p.function == recurrence::svdf) {
    to.add(of(static_cast<double>(input * scale_of_gate(from.weight_scales, 0) / state)));
    to.add(of(static_cast<double>(state * scale_of_gate(from.second_scales, 0) / output)));
    return;
  }
  for (std::int32_t gate = 0; gate < gate_count; ++gate)
    to.add(of(static_cast<double>(input * scale_of_gate(from.weight_scales, gate)) * 0x1p12));
  for (std::int32_t gate = 0; gate < gate_count; ++gate)
    to.add(of(static_cast<double>(output * scale_of_gate(from.second_scales, gate)) * 0x1p12));
  to.add(of(0x1p-15));
  to.add(of(0x1p-30 / static_cast<double>(state)));
  to.add(of(0x1p-30 / static_cast<double>(output)));
}

template <class T, class Time>
constexpr void pack_svdf(problem const& p, constants const& from, stream_writer& to) {
  using sum = accumulator<T>;
  std::int64_t const features = p.input.channels * std::int64_t{sizeof(T)},
                     times = p.memory * std::int64_t{sizeof(Time)};
  for (std::int64_t unit = 0; unit < p.units(); ++unit) to.add(bias_of<sum>(from, unit));
  for (std::int64_t filter = 0; filter < p.filters; ++filter) {
    std::byte const* const weights = from.weights.data() + filter * features;
    to.add(folded_bias<T>(sum{}, weights, p.input.channels, sizeof(T), 0, p.input_quantization.zero_point));
    to.add(weights, features);
    to.add(from.second_weights.data() + filter * times, times);
  }
}

template <class T>
constexpr void pack_lstm(problem const& p, constants const& from, stream_writer& to) {
  using sum = gate_sum<T>;
  constexpr std::int64_t size = stream<T>::weight_size;
  std::int64_t const inputs = p.input.channels * size, hidden = p.units() * size;
  for (std::int64_t row = 0; row < gate_count * std::int64_t{p.units()}; ++row) {
    std::byte const *const first = from.weights.data() + row * inputs, *const second =
                                                                           from.second_weights.data() +
                                                                           row * hidden;
    to.add(folded_bias<T>(bias_of<sum>(from, row), first, p.input.channels, size, 0,
                          p.input_quantization.zero_point));
    to.add(folded_bias<T>(sum{}, second, p.units(), size, 0, p.output_quantization.zero_point));
    to.add(first, inputs);
    to.add(second, hidden);
  }
}

}  // namespace detail

/// Writes the stream that `stream` describes. `from.weights`: svdf's features, lstm's weights of inputs;
/// `from.second_weights`: svdf's times, lstm's hidden weights; `from.multipliers`: none, or `factor_count`.
constexpr void pack(problem const& p, constants const& from, std::byte* to, arch::scalar) {
  detail::stream_writer writer{to};
  if (p.type != f32) detail::pack_factors(p, from, writer);
  if (p.function == recurrence::lstm) {
    if (p.type == f32) return detail::pack_lstm<float>(p, from, writer);
    if (p.type == s16) return detail::pack_lstm<std::int16_t>(p, from, writer);
    return detail::pack_lstm<std::int8_t>(p, from, writer);
  }
  if (p.type == f32) return detail::pack_svdf<float, float>(p, from, writer);
  if (p.state_type == s16) return detail::pack_svdf<std::int8_t, std::int16_t>(p, from, writer);
  return detail::pack_svdf<std::int8_t, std::int8_t>(p, from, writer);
}

}  // namespace linnet::inline LINNET_ISA::kernels::recurrent
