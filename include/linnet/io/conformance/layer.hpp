// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <linnet/io/conformance/fields.hpp>
#include <linnet/io/conformance/test_case.hpp>
#include <linnet/kernels/conv2d/descriptor.hpp>
#include <linnet/kernels/dense/descriptor.hpp>
#include <linnet/kernels/depthwise/descriptor.hpp>
#include <linnet/kernels/elementwise/descriptor.hpp>
#include <linnet/kernels/pool/descriptor.hpp>
#include <linnet/kernels/softmax/descriptor.hpp>
#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA::io::conformance {

/// What a case can be: the problem of one kernel call.
using problem = std::variant<kernels::conv2d::problem, kernels::depthwise::problem, kernels::dense::problem,
                             kernels::pool::average_problem, kernels::pool::max_problem,
                             kernels::softmax::problem, kernels::elementwise::add_problem>;

/// A case as `run_layer` takes it: its constants as its files have them, its multipliers as given.
struct layer {
  conformance::problem problem;  // of one group
  std::int32_t groups = 1;
  std::vector<std::byte> weights, bias;
  std::vector<multiplier> multipliers;
  std::array<std::vector<std::byte>, 2> inputs;
  std::vector<std::byte> expected;
  element_type type = s8;  // of what is expected
};

namespace detail {

inline constexpr std::int64_t most_extent = std::numeric_limits<std::uint16_t>::max();

/// Builds one layer out of a case; the field reader keeps what is wrong.
class layer_builder {
 public:
  explicit layer_builder(test_case const& from) : from_(from), fields_(from) {}

  result<layer> build() {
    if (from_.variant != "int8" && from_.variant != "f32") {
      fields_.refuse("variant", "is '" + from_.variant + "'", errc::not_supported);
    } else if (from_.op == "conv2d") {
      convolution();
    } else if (from_.op == "depthwise_conv2d") {
      depthwise();
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
    } else {
      fields_.refuse("op", "is '" + from_.op + "'", errc::not_supported);
    }
    made_.type = real_ ? f32 : s8;
    if (fields_.failed()) return fields_.failure();
    return std::move(made_);
  }

 private:
  std::int32_t zero_point(char const* field) { return fields_.quantity(field, -128, 127); }
  kernels::stored_bounds bounds() {
    if (real_) {
      value_range<float> const range{fields_.real_quantity("activation_min"),
                                     fields_.real_quantity("activation_max")};
      if (range.low > range.high) fields_.refuse("quant.activation_min", "is above activation_max");
      return {.real = range};
    }
    kernels::stored_bounds const b{fields_.quantity("activation_min", -128, 127),
                                   fields_.quantity("activation_max", -128, 127)};
    if (!b.given()) fields_.refuse("quant.activation_min", "is above activation_max");
    return b;
  }
  multiplier multiplier_at(std::string const& mantissa, std::string const& shift) {
    std::int32_t const q31 = fields_.quantity(mantissa, 1, std::numeric_limits<std::int32_t>::max());
    return {q31, fields_.quantity(shift, -31, 30)};
  }
  void require(bool holds, char const* field, char const* reason) {
    if (!holds) fields_.refuse(field, reason);
  }
  std::vector<std::byte> bytes(char const* role) {
    return fields_.array(role, real_ ? data_type::f32 : data_type::int8).data;
  }
  /// The same types for a problem's operands and output.
  template <class Problem>
  void types(Problem& p) {
    if (real_) p.input_type = p.weight_type = p.output_type = f32;
  }
  void ends() {
    made_.inputs[0] = bytes("input");
    made_.expected = bytes("expected");
  }

  /// Kernel, strides, padding; every window has a part of the image.
  template <class Problem>
  void window(Problem& p, std::int32_t dilation_height, std::int32_t dilation_width) {
    p.input = fields_.image("input", 4, 4);
    p.output = fields_.image("expected", 4, 4);
    p.kernel_height = fields_.attribute("filter_h", 1, most_extent);
    p.kernel_width = fields_.attribute("filter_w", 1, most_extent);
    p.stride_height = fields_.attribute("stride_h", 1, most_extent);
    p.stride_width = fields_.attribute("stride_w", 1, most_extent);
    p.padding_top = fields_.attribute("pad_top", 0, most_extent);
    p.padding_left = fields_.attribute("pad_left", 0, most_extent);
    p.bounds = bounds();
    if (fields_.failed()) return;
    auto const touches = [](std::int64_t image, std::int64_t outputs, std::int64_t kernel,
                            std::int64_t stride, std::int64_t dilation, std::int64_t padding) {
      return padding <= (kernel - 1) * dilation && (outputs - 1) * stride - padding < image;
    };
    require(p.input.batch == p.output.batch, "tensors.expected.shape", "has another batch than the input");
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
    if (!real_) {
      fields_.require_double_rounding();
      p.input_quantization.zero_point = zero_point("input_zero_point");
      p.output_quantization.zero_point = zero_point("output_zero_point");
    }
    made_.weights = bytes("weights");
    if (fields_.has_tensor("bias")) {
      made_.bias = fields_.array("bias", real_ ? data_type::f32 : data_type::int32).data;
      require(made_.bias.size() == 4 * static_cast<std::size_t>(channels), "tensors.bias.count",
              "is not the number of output channels");
    }
    if (real_) return;
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

  void dense() {
    kernels::dense::problem p;
    image_shape const input = fields_.image("input", 2, 2), output = fields_.image("expected", 2, 2),
                      weights = fields_.image("weights", 2, 2);
    p.input = {1, 1, input.width, input.channels};
    p.output = {1, 1, output.width, output.channels};
    p.bounds = bounds();
    constants(p, output.channels);
    if (!real_ && fields_.quantity("weights_zero_point", -128, 127) != 0)
      fields_.refuse("quant.weights_zero_point", "is not 0", errc::not_supported);
    ends();
    require(input.width == output.width, "tensors.expected.shape", "has another batch than the input");
    require(weights.width == output.channels && weights.channels == input.channels, "tensors.weights.shape",
            "is not (unit, input)");
    made_.problem = p;
  }

  template <class Problem>
  void pool(Problem p) {
    if (real_) p.type = f32;
    window(p, 1, 1);
    require(p.input.channels == p.output.channels, "tensors.expected.shape",
            "has other channels than the input");
    made_.problem = p;
  }

  /// The least difference to the largest input follows from the multiplier: it must be ours.
  void softmax() {
    kernels::softmax::problem p;
    if (real_) return fields_.refuse("variant", "is 'f32'", errc::not_supported);
    fields_.require_double_rounding();
    p.image = fields_.image("input", 1, 4);
    p.factor = multiplier_at("input_multiplier", "input_left_shift");
    p.output_quantization = {1.0f / 256, -128};
    std::int32_t const least = fields_.quantity("diff_min", std::numeric_limits<std::int32_t>::min(), 0);
    if (fields_.failed()) return;
    require(p.image == fields_.image("expected", 1, 4), "tensors.expected.shape", "is not the input's");
    if (kernels::softmax::descriptor<std::int32_t, std::int8_t>(p).least_difference != least)
      fields_.refuse("quant.diff_min", "is not what follows from the multiplier", errc::not_supported);
    ends();
    made_.problem = p;
  }

  void add() {
    kernels::elementwise::add_problem p;
    p.image = fields_.image("input1", 1, 4);
    p.bounds = bounds();
    if (real_) p.type = f32;
    if (!real_) add_factors(p);
    require(p.image == fields_.image("input2", 1, 4), "tensors.input2.shape", "is not that of input1");
    require(p.image == fields_.image("expected", 1, 4), "tensors.expected.shape", "is not that of input1");
    made_.inputs = {bytes("input1"), bytes("input2")};
    made_.expected = bytes("expected");
    made_.problem = p;
  }
  void add_factors(kernels::elementwise::add_problem& p) {
    fields_.require_double_rounding();
    p.a_quantization.zero_point = zero_point("input1_zero_point");
    p.b_quantization.zero_point = zero_point("input2_zero_point");
    p.output_quantization.zero_point = zero_point("output_zero_point");
    p.factors = {multiplier_at("input1_multiplier", "input1_shift"),
                 multiplier_at("input2_multiplier", "input2_shift"),
                 multiplier_at("output_multiplier", "output_shift")};
    if (fields_.quantity("left_shift", 0, 30) != 20)
      fields_.refuse("quant.left_shift", "is not 20", errc::not_supported);
  }

  test_case const& from_;
  field_reader fields_;
  bool const real_ = from_.variant == "f32";
  layer made_;
};

}  // namespace detail

/// The kernel call of a case of variant int8 or f32: conv2d (with groups), depthwise_conv2d, fully_connected,
/// avg_pool2d, max_pool2d, softmax, add. Fails (malformed, not_supported) with a message that names the file
/// and the field; not_supported: another operator, variant or requantization.
[[nodiscard]] inline result<layer> layer_of(test_case const& from) {
  return detail::layer_builder(from).build();
}

}  // namespace linnet::inline LINNET_ISA::io::conformance
