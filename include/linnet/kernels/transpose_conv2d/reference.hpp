// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <linnet/base/quotient.hpp>
#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/transpose_conv2d/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::transpose_conv2d {

namespace detail {

/// The taps by which one output coordinate is reached, and where from: tap `tap` from input coordinate
/// `input`, and `count` - 1 more, each from so much further in front.
struct tap_run {
  std::int32_t tap = 0, input = 0, count = 0;
};

/// Finds them along one axis: every `tap_step`-th tap, the least number of them that makes whole strides,
/// which are `input_step`.
template <class Extent>
class tap_finder {
 public:
  constexpr explicit tap_finder(axis<Extent> const& a)
      : extent_(a.input), kernel_(a.kernel), dilation_(a.dilation), padding_(a.padding), stride_(a.stride) {
    std::int32_t dilated = dilation_;
    for (; !is_whole(dilated); dilated += dilation_) ++tap_step;
    input_step = stride_.quotient(dilated);
  }

  [[nodiscard]] constexpr tap_run at(std::int32_t output) const {
    std::int32_t reached = output + padding_, tap = 0;
    for (; reached >= 0 && !is_whole(reached); reached -= dilation_) {
      if (++tap == tap_step) return {};
    }
    if (reached < 0) return {};
    std::int32_t input = stride_.quotient(reached);
    for (; input >= extent_; input -= input_step) tap += tap_step;
    tap_run made{tap, input};
    for (; tap < kernel_ && input >= 0; tap += tap_step, input -= input_step) ++made.count;
    return made.count > 0 ? made : tap_run{};
  }

  std::int32_t tap_step = 1, input_step = 1;

 private:
  [[nodiscard]] constexpr bool is_whole(std::int32_t value) const {
    return stride_.quotient(value) * stride_.divisor() == value;
  }

  std::int32_t extent_, kernel_, dilation_, padding_;
  divider stride_;
};

/// sum + the products of `count` inputs with `count` weights, each less its zero point.
template <class Extent, class T, class Policy>
[[nodiscard]] constexpr accumulator<T, Policy> add_products(descriptor<Extent, T, Policy> const& d,
                                                            accumulator<T, Policy> sum,
                                                            std::byte const* inputs,
                                                            std::byte const* weights) {
  if constexpr (sizeof(T) > 1) {  // these have none
    return multiply_accumulate<T>(sum, inputs, weights, d.input_channels, 0);
  } else {
    std::int32_t const input_zero = d.input_zero_point, weight_zero = d.weight_zero_point;
    for (std::int32_t i = 0; i < d.input_channels; ++i) {
      std::int32_t const x = std::int32_t{load<T>(inputs + i)} - input_zero,
                         w = std::int32_t{load<T>(weights + i)} - weight_zero;
      sum = wrapping_add(sum, x * w);
    }
    return sum;
  }
}

}  // namespace detail

/// Transposed convolution of whole images (`arithmetic.md`, conv: an output is what a convolution makes of
/// those taps that reach it): input (height, width, channels), output (height, width, channels), side by
/// side, both of type T, by weights of `weight_of<T>`. No scratch. Floats are summed in the order of taps and
/// channels.
template <class Extent, class T, class Policy>
constexpr void rows(descriptor<Extent, T, Policy> const& d, row_window window, row_span const& out,
                    std::byte const* packed, std::byte*, arch::scalar) {
  constexpr std::ptrdiff_t weight_size = sizeof(weight_of<T>);
  std::int32_t const channels = d.input_channels, kernel_width = d.columns.kernel;
  channel_records<T, Policy> const records{std::int64_t{d.rows.kernel} * kernel_width * channels, 0};
  detail::tap_finder<Extent> const row_taps(d.rows), column_taps(d.columns);
  std::ptrdiff_t const pixel = channels * std::ptrdiff_t{sizeof(T)}, row = pixel * d.columns.input,
                       tap = channels * weight_size;
  std::byte* to = out.data;
  for (std::int32_t y = 0; y < d.rows.output; ++y) {
    detail::tap_run const down = row_taps.at(y);
    for (std::int32_t x = 0; x < d.columns.output; ++x) {
      detail::tap_run const across = column_taps.at(x);
      std::byte const* const input = window[0].data + down.input * row + across.input * pixel;
      std::ptrdiff_t const first_tap = (std::ptrdiff_t{down.tap} * kernel_width + across.tap) * tap;
      std::byte const* record = packed;
      for (std::int32_t o = 0; o < d.output_channels; ++o, to += sizeof(T), record += records.stride()) {
        auto sum = load_aligned<accumulator<T, Policy>>(record);
        std::byte const* const weights = record + records.weights_at() + first_tap;
        for (std::int32_t i = 0; i < down.count; ++i) {
          for (std::int32_t j = 0; j < across.count; ++j) {
            sum = detail::add_products(
                d, sum, input - i * row_taps.input_step * row - j * column_taps.input_step * pixel,
                weights +
                    (std::ptrdiff_t{i} * row_taps.tap_step * kernel_width + j * column_taps.tap_step) * tap);
          }
        }
        auto const factor = load_factor<Policy>(record + records.factor_at());
        store(to, d.output.template operator()<Policy>(sum, factor));
      }
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::transpose_conv2d
