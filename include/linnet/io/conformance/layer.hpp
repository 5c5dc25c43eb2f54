// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <linnet/io/conformance/recurrent_layers.hpp>
#include <linnet/io/conformance/wider_case.hpp>
#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA::io::conformance {

namespace detail {

/// Builds one layer out of a case.
class layer_builder : recurrent_layers {
 public:
  explicit layer_builder(test_case const& from) : recurrent_layers(from) {}

  result<layer> build() {
    if (auto const type = type_of_variant()) {
      made_.type = *type;
      read_operator();
    } else {
      fields_.refuse("variant", "is '" + from_.variant + "'", errc::not_supported);
    }
    if (fields_.failed()) return fields_.failure();
    return std::move(made_);
  }

 private:
  /// Of operands and of what is expected: integers in front of an x are those of the operands.
  [[nodiscard]] std::optional<element_type> type_of_variant() const {
    if (from_.variant == "int8" || from_.variant == "int8x4") return s8;
    if (from_.op == "svdf" && from_.variant.starts_with("int8_state_")) return s8;
    if (from_.op == "softmax" && from_.variant == "int8_to_int16") return s8;
    if (from_.variant == "int16" || from_.variant == "int16x8") return s16;
    return from_.variant == "f32" ? std::optional(f32) : std::nullopt;
  }
  void read_operator() {
    if (from_.op == "conv2d") {
      convolution();
    } else if (from_.op == "depthwise_conv2d") {
      depthwise();
    } else if (from_.op == "transpose_conv2d") {
      transpose_conv2d();
    } else if (from_.op == "fully_connected") {
      dense();
    } else if (from_.op == "avg_pool2d") {
      pool(kernels::pool::average_problem{});
    } else if (from_.op == "max_pool2d") {
      pool(kernels::pool::max_problem{});
    } else if (from_.op == "softmax") {
      softmax();
    } else if (from_.op == "add") {
      add();
    } else if (from_.op == "mul") {
      binary(binary_function::mul);
    } else if (from_.op == "maximum") {
      binary(binary_function::maximum);
    } else if (from_.op == "minimum") {
      binary(binary_function::minimum);
    } else if (from_.op == "batch_matmul") {
      batch_matmul();
    } else if (from_.op == "transpose") {
      transpose();
    } else if (from_.op == "pad") {
      pad();
    } else if (from_.op == "batch_norm") {
      batch_norm();
    } else if (from_.op == "svdf") {
      svdf();
    } else if (from_.op == "lstm") {
      lstm();
    } else {
      fields_.refuse("op", "is '" + from_.op + "'", errc::not_supported);
    }
  }

  /// Kernel, strides, padding, and what is clamped to.
  template <class Problem>
  void extents(Problem& p) {
    p.input = fields_.image("input", 4, 4);
    p.output = fields_.image("expected", 4, 4);
    p.kernel_height = fields_.attribute("filter_h", 1, most_extent);
    p.kernel_width = fields_.attribute("filter_w", 1, most_extent);
    p.stride_height = fields_.attribute("stride_h", 1, most_extent);
    p.stride_width = fields_.attribute("stride_w", 1, most_extent);
    p.padding_top = fields_.attribute("pad_top", 0, most_extent);
    p.padding_left = fields_.attribute("pad_left", 0, most_extent);
    p.bounds = bounds();
    if (!fields_.failed())
      require(p.input.batch == p.output.batch, "tensors.expected.shape", "has another batch than the input");
  }

  /// The same where every window has a part of the image.
  template <class Problem>
  void window(Problem& p, std::int32_t dilation_height, std::int32_t dilation_width) {
    extents(p);
    if (fields_.failed()) return;
    auto const touches = [](std::int64_t image, std::int64_t outputs, std::int64_t kernel,
                            std::int64_t stride, std::int64_t dilation, std::int64_t padding) {
      return padding <= (kernel - 1) * dilation && (outputs - 1) * stride - padding < image;
    };
    require(touches(p.input.height, p.output.height, p.kernel_height, p.stride_height, dilation_height,
                    p.padding_top) &&
                touches(p.input.width, p.output.width, p.kernel_width, p.stride_width, dilation_width,
                        p.padding_left),
            "tensors.expected.shape", "has windows that lie outside the image");
    ends();
  }

  /// Weights, bias and multipliers of so many channels, and the zero points.
  template <class Problem>
  void constants(Problem& p, std::int32_t channels) {
    types(p);
    if (!real()) {
      p.rounding = fields_.policy();
      p.input_quantization.zero_point = zero_point("input_zero_point");
      p.output_quantization.zero_point = zero_point("output_zero_point");
    }
    shape const weights = fields_.extents("weights");
    made_.weights = weight_bytes(weights.elements());
    if (fields_.has_tensor("bias")) {
      bool const wide = p.rounding == rounding::reduced_multiplier;
      made_.bias = fields_.array("bias", real() ? data_type::f32
                                         : wide ? data_type::int64
                                                : data_type::int32)
                       .data;
      require(made_.bias.size() == (wide ? 8u : 4u) * static_cast<std::size_t>(channels),
              "tensors.bias.count", "is not the number of output channels");
    }
    if (real()) return;
    if (fields_.has_quantity("output_multiplier")) {
      made_.multipliers = {multiplier_at("output_multiplier", "output_shift")};
      return;
    }
    auto const mantissas = fields_.words("output_multiplier"), shifts = fields_.words("output_shift");
    require(mantissas.size() == static_cast<std::size_t>(channels), "tensors.output_multiplier.count",
            "is not the number of output channels");
    require(shifts.size() == mantissas.size(), "tensors.output_shift.count",
            "is not the number of multipliers");
    if (fields_.failed()) return;
    for (std::size_t i = 0; i < mantissas.size(); ++i) {
      require(mantissas[i] >= 0, "tensors.output_multiplier", "has a negative element");
      require(shifts[i] >= -31 && shifts[i] <= 30, "tensors.output_shift", "has an element beyond [-31, 30]");
      made_.multipliers.push_back({mantissas[i], shifts[i]});
    }
  }

  template <class Problem>
  void dilated_window(Problem& p) {
    p.dilation_height = fields_.attribute("dilation_h", 1, most_extent);
    p.dilation_width = fields_.attribute("dilation_w", 1, most_extent);
    window(p, p.dilation_height, p.dilation_width);
    constants(p, p.output.channels);
  }

  void convolution() {
    kernels::conv2d::problem p;
    dilated_window(p);
    std::int32_t const groups = fields_.attribute("groups", 1, most_extent);
    image_shape const weights = fields_.image("weights", 4, 4);
    if (fields_.failed()) return;
    require(p.input.channels % groups == 0 && p.output.channels % groups == 0, "attrs.groups",
            "does not divide the channels");
    p.input.channels /= groups;
    require(weights == image_shape{p.output.channels, p.kernel_height, p.kernel_width, p.input.channels},
            "tensors.weights.shape", "is not (output channel, kernel row, kernel column, input channel)");
    p.output.channels /= groups;
    made_.groups = groups;
    made_.problem = p;
  }

  void depthwise() {
    kernels::depthwise::problem p;
    dilated_window(p);
    image_shape const weights = fields_.image("weights", 4, 4);
    if (fields_.failed()) return;
    require(p.output.channels % p.input.channels == 0, "tensors.expected.shape",
            "has channels that are no multiple of the input's");
    require(weights == image_shape{1, p.kernel_height, p.kernel_width, p.output.channels},
            "tensors.weights.shape", "is not (1, kernel row, kernel column, output channel)");
    made_.problem = p;
  }

  /// Whatever is cut off or added behind: the output's extents say it.
  void transpose_conv2d() {
    kernels::transpose_conv2d::problem p;
    p.dilation_height = fields_.attribute("dilation_h", 1, most_extent);
    p.dilation_width = fields_.attribute("dilation_w", 1, most_extent);
    extents(p);
    if (!fields_.failed()) ends();
    constants(p, p.output.channels);
    image_shape const weights = fields_.image("weights", 4, 4);
    if (fields_.failed()) return;
    require(weights == image_shape{p.output.channels, p.kernel_height, p.kernel_width, p.input.channels},
            "tensors.weights.shape", "is not (output channel, kernel row, kernel column, input channel)");
    made_.problem = p;
  }

  void dense() {
    kernels::dense::problem p;
    image_shape const input = fields_.image("input", 2, 2), output = fields_.image("expected", 2, 2),
                      weights = fields_.image("weights", 2, 2);
    p.input = {1, 1, input.width, input.channels};
    p.output = {1, 1, output.width, output.channels};
    p.bounds = bounds();
    constants(p, output.channels);
    if (!real() && fields_.quantity("weights_zero_point", -128, 127) != 0)
      fields_.refuse("quant.weights_zero_point", "is not 0", errc::not_supported);
    ends();
    require(input.width == output.width, "tensors.expected.shape", "has another batch than the input");
    require(weights.width == output.channels && weights.channels == input.channels, "tensors.weights.shape",
            "is not (unit, input)");
    made_.problem = p;
  }

  template <class Problem>
  void pool(Problem p) {
    p.type = made_.type;
    window(p, 1, 1);
    require(p.input.channels == p.output.channels, "tensors.expected.shape",
            "has other channels than the input");
    made_.problem = p;
  }
};

}  // namespace detail

/// The kernel call of a case of variant int8, int8x4, int16, int16x8, f32 or f16: conv2d (with groups),
/// depthwise_conv2d, transpose_conv2d, batch_matmul, fully_connected, avg_pool2d, max_pool2d, softmax, add,
/// mul, maximum, minimum, transpose, pad, batch_norm, svdf, lstm. Fails (malformed, not_supported) with a
/// message that names the file and the field; not_supported: another operator, variant or requantization. f16
/// is calculated in float32, of widened operands, and held against what others calculated in float16.
[[nodiscard]] inline result<layer> layer_of(test_case const& from) {
  if (from.variant != "f16") return detail::layer_builder(from).build();
  test_case const wide = wider_case(from);
  auto made = detail::layer_builder(wide).build();
  if (made) made->tolerance = float16_tolerance;
  return made;
}

}  // namespace linnet::inline LINNET_ISA::io::conformance
