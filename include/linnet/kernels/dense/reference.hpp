// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/dense/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::dense {

/// A dense layer on every pixel of some rows (`arithmetic.md`, fully connected): input (rows, pixels,
/// inputs), output (rows, pixels, units), both of type T, by weights of `weight_of<T, Policy>`. No
/// scratch.
template <class Extent, class T, class Policy>
constexpr void rows(descriptor<Extent, T, Policy> const& d, row_window window, row_span const& out,
                    std::byte const* packed, std::byte*, arch::scalar) {
  channel_records<T, Policy> const records{d.inputs, 0};
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.pixels; ++x) {
      std::byte const* const input = row.data + std::int64_t{x} * row.pixel_stride;
      std::byte* const pixel = out.data + y * out.row_stride + std::int64_t{x} * out.pixel_stride;
      std::byte const* record = packed + records.first();
      std::int32_t o = 0;
      auto const finish = [&](accumulator<T, Policy> sum) {
        auto const factor = load_factor<Policy>(record + records.factor_at());
        store(pixel + o++ * std::int32_t{sizeof(T)}, d.output.template operator()<Policy>(sum, factor));
        record += records.stride();
      };
      if constexpr (std::integral<T> && !has_nibbles<T, Policy>) {
        while (d.weight_zero_point == 0 && o + 2 <= d.units) {
          std::byte const* const next = record + records.stride();
          using sum_type = accumulator<T, Policy>;
          sum_type sum = load_aligned<sum_type>(record), other = load_aligned<sum_type>(next);
          multiply_accumulate_two<T>(sum, other, input, record + records.weights_at(),
                                     next + records.weights_at(), d.inputs);
          for (sum_type const each : {sum, other}) finish(each);
        }
      }
      if constexpr (has_nibbles<T, Policy>) {
        while (o < d.units)
          finish(multiply_accumulate_nibbles<T>(load_aligned<std::int32_t>(record), input,
                                                record + records.weights_at(), 0, d.inputs));
      } else {
        while (o < d.units)
          finish(multiply_accumulate<T, weight_of<T, Policy>>(load_aligned<accumulator<T, Policy>>(record),
                                                              input, record + records.weights_at(), d.inputs,
                                                              d.weight_zero_point));
      }
    }
  }
}

/// The same between floats, by weights of s8, where the inputs of each pixel are quantized to bytes by what
/// they hold (`arithmetic.md`, dynamic range). Scratch: those of one pixel.
template <class Extent>
constexpr void rows(dynamic_descriptor<Extent> const& d, row_window window, row_span const& out,
                    std::byte const* packed, std::byte* scratch, arch::scalar) {
  channel_records<float, scaled_weights> const records{d.inputs, 0};
  for (std::int32_t y = 0; y < out.rows; ++y) {
    input_row const& row = window[static_cast<std::size_t>(y)];
    for (std::int32_t x = 0; x < d.pixels; ++x) {
      quantization const steps =
          quantize_input(d.scheme, row.data + std::int64_t{x} * row.pixel_stride, d.inputs, scratch);
      std::byte* const pixel = out.data + y * out.row_stride + std::int64_t{x} * out.pixel_stride;
      std::byte const* record = packed + records.first();
      for (std::int32_t o = 0; o < d.units; ++o, record += records.stride()) {
        std::int32_t const sum =
            add_quantized_products(0, record + records.weights_at(), scratch, d.inputs, steps.zero_point);
        auto const factor = load_factor<scaled_weights>(record + records.factor_at());
        store(pixel + o * std::int32_t{sizeof(float)}, dynamic_result(d.output, sum, steps, factor));
      }
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::dense
