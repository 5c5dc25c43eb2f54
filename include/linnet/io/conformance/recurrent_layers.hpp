// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

#include <linnet/io/conformance/plain_layers.hpp>

namespace linnet::inline LINNET_ISA::io::conformance {

namespace detail {

/// Layers with a state.
class recurrent_layers : protected plain_layers {
 protected:
  using plain_layers::plain_layers;

  /// A call a block of (batch, input); its state is zeros at first.
  void svdf() {
    kernels::recurrent::problem p;
    bool const wide = from_.variant == "int8_state_int16", narrow = from_.variant == "int8_state_int8";
    if (!real() && !wide && !narrow)
      return fields_.refuse("variant", "is '" + from_.variant + "'", errc::not_supported);
    types_of(p, real() ? f32 : wide ? s16 : s8);
    image_shape const input = fields_.image("input", 3, 3), output = fields_.image("expected", 2, 2),
                      features = fields_.image("weights_feature", 2, 2),
                      times = fields_.image("weights_time", 2, 2);
    p.input = {1, 1, input.width, input.channels};
    p.output = {1, 1, output.width, output.channels};
    p.filters = features.width;
    p.memory = times.channels;
    p.bounds = bounds();
    state_bounds(p);
    made_.calls = static_cast<std::size_t>(input.height);
    made_.weights = bytes("weights_feature");
    data_type const state = real() ? data_type::f32 : wide ? data_type::int16 : data_type::int8;
    made_.second_weights = fields_.array("weights_time", state).data;
    made_.bias = fields_.array("bias", real() ? data_type::f32 : data_type::int32).data;
    std::ranges::for_each(fields_.array("state", state).data, [&](std::byte each) {
      require(each == std::byte{0}, "tensors.state", "has an element that is not 0");
    });
    if (!real()) {
      zero_points(p);
      made_.multipliers = {multiplier_at("multiplier_1", "shift_1"),
                           multiplier_at("multiplier_2", "shift_2")};
    }
    ends();
    require(input.width == output.width, "tensors.expected.shape", "has another batch than the input");
    require(features.channels == input.channels, "tensors.weights_feature.shape", "is not (filter, input)");
    require(times.width == features.width, "tensors.weights_time.shape", "is not (filter, time)");
    require(p.filters % p.units() == 0, "tensors.expected.shape", "has units that share filters unevenly");
    require(made_.bias.size() == 4 * static_cast<std::size_t>(p.units()), "tensors.bias.count",
            "is not the number of units");
    made_.problem = p;
  }

  void lstm() {
    kernels::recurrent::problem p;
    p.function = recurrence::lstm;
    types_of(p, real() ? f32 : s16);
    image_shape const input = fields_.image("input", 3, 3), output = fields_.image("expected", 3, 3);
    p.input = {1, 1, input.height * input.width, input.channels};
    p.output = {1, 1, output.height * output.width, output.channels};
    p.time_major = fields_.attribute("time_major", 0, 1) == 1;
    p.steps = p.time_major ? input.height : input.width;
    require(input.height == output.height && input.width == output.width, "tensors.expected.shape",
            "has another batch or other times than the input");
    if (real()) {
      p.cell_clip = fields_.real_quantity("cell_clip");
    } else {
      integers_of_lstm(p);
    }
    for (char const* gate : {"input", "forget", "cell", "output"}) {
      std::string const stem = std::string(gate) + (real() ? "_" : "_gate_");
      append_gate(stem, p);
    }
    ends();
    made_.problem = p;
  }

 private:
  template <class Problem>
  void types_of(Problem& p, element_type state) {
    p.type = made_.type;
    p.state_type = state;
  }
  template <class Problem>
  void zero_points(Problem& p) {
    fields_.require_double_rounding();
    p.input_quantization.zero_point = zero_point("input_zero_point");
    p.output_quantization.zero_point = zero_point("output_zero_point");
  }
  void state_bounds(kernels::recurrent::problem& p) {
    if (real()) {
      p.state_bounds.real = {fields_.real_quantity("input_activation_min"),
                             fields_.real_quantity("input_activation_max")};
    } else {
      p.state_bounds = {fields_.quantity("input_activation_min", -32768, 32767),
                        fields_.quantity("input_activation_max", -32768, 32767)};
    }
  }
  void integers_of_lstm(kernels::recurrent::problem& p) {
    zero_points(p);
    p.state_quantization.scale = static_cast<float>(exp2(fields_.quantity("cell_scale_power", -20, 0)));
    if (fields_.quantity("cell_clip", 0, 32767) != 32767)
      fields_.refuse("quant.cell_clip", "is not 32767", errc::not_supported);
    for (char const* of : {"_input", "_hidden"}) {
      for (char const* gate : {"input", "forget", "cell", "output"}) {
        std::string const stem = std::string(gate) + "_gate" + of;
        made_.multipliers.push_back(multiplier_at(stem + "_multiplier", stem + "_shift"));
      }
    }
    for (std::string const stem : {"forget_to_cell", "input_to_cell", "output"})
      made_.multipliers.push_back(multiplier_at(stem + "_multiplier", stem + "_shift"));
  }

  /// The weights and the bias of one gate, behind those of the gates before it.
  void append_gate(std::string const& stem, kernels::recurrent::problem const& p) {
    data_type const weights = real() ? data_type::f32 : data_type::int8;
    data_type const sums = real() ? data_type::f32 : p.type == s16 ? data_type::int64 : data_type::int32;
    auto const append = [&](std::vector<std::byte>& to, std::string const& role, data_type type,
                            std::int64_t count) {
      auto const& from = fields_.array(role, type);
      if (from.count != count) fields_.refuse("tensors." + role + ".count", "is not what the shapes ask for");
      std::ranges::copy(from.data, std::back_inserter(to));
    };
    std::int64_t const units = p.units();
    append(made_.weights, stem + "input_weights", weights, units * p.input.channels);
    append(made_.second_weights, stem + "hidden_weights", weights, units * units);
    append(made_.bias, stem + "bias", sums, units);
  }
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::conformance
