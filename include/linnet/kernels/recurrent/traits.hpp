// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/recurrent/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// svdf: s8 with results of s8 or s16, f32; lstm: s8, s16 (with cells of s16) and f32. They work in their
/// state: svdf in (row, filter, memory) results, lstm in (batch, unit) cells and then as many last outputs.
template <>
struct traits<recurrent::problem, arch::scalar> : bare_traits {
  static constexpr packed_layout layout = packed_layout::recurrent;
  static constexpr bool keeps_scratch = true;

 private:
  // In front of its use: clang 14 does not find it in constants otherwise.
  static constexpr std::int64_t with_type(element_type type, auto const& f) {
    if (type == f32) return f(std::type_identity<float>{});
    if (type == s16) return f(std::type_identity<std::int16_t>{});
    return f(std::type_identity<std::int8_t>{});
  }

 public:
  static constexpr bool supports(recurrent::problem const& p) {
    if (p.rounding != rounding::double_rounding || !is_finite(p.cell_clip) || p.cell_clip < 0.0f)
      return false;
    if (p.filters > 0xFFFF || p.memory > 0xFFFF) return false;
    if (p.type == f32) return p.state_type == f32;
    if (p.function == recurrence::svdf) return p.type == s8 && (p.state_type == s8 || p.state_type == s16);
    std::int32_t const exponent = frexp(static_cast<double>(p.state_quantization.scale)).exponent + 11;
    bool const cells =
        p.state_type == s16 && p.state_quantization.zero_point == 0 && exponent >= -15 && exponent <= 13;
    return cells && (p.type == s8 || p.type == s16);
  }
  static constexpr std::int64_t packed_bytes(recurrent::problem const& p) {
    std::int64_t const inputs = p.input.channels, units = p.units();
    auto const bytes = [&]<class T>(std::type_identity<T>) {
      using stream = recurrent::stream<T>;
      std::int64_t const first = stream::first(p.function);
      if (p.function == recurrence::lstm)
        return first + recurrent::gate_count * units * stream::row(inputs, units);
      return first + 4 * units + p.filters * stream::filter(inputs, p.memory, bytes_of(p.state_type, 1));
    };
    return align_up<std::int64_t>(with_type(p.type, bytes), packed_alignment);
  }
  static constexpr std::int64_t scratch_bytes(recurrent::problem const& p) {
    if (p.function == recurrence::svdf)
      return bytes_of(p.state_type, std::int64_t{p.input.width} * p.filters * p.memory);
    std::int64_t const cells = std::int64_t{p.batch()} * p.units();
    return bytes_of(p.state_type, cells) + bytes_of(p.type, cells);
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
