// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <linnet/graph/builder.hpp>
#include <linnet/io/conformance/fields.hpp>
#include <linnet/session/session.hpp>

// Cases of several kernel calls: networks, several functions of one input, several operands side by side.
namespace linnet::inline LINNET_ISA::io::conformance {

/// What linnet makes of such a case's operands, and what the case expects.
struct composed_output {
  std::vector<std::byte> made, expected;  ///< row-major
};

/// Whether a case of this operator is several calls.
[[nodiscard]] constexpr bool is_composed(std::string_view op) {
  return op == "network" || op == "activation" || op == "concat";
}

namespace detail {

/// Cases of floats as graphs.
class composed_floats {
 public:
  explicit composed_floats(test_case const& from) : from_(from), fields_(from) {}

  [[nodiscard]] result<composed_output> run() {
    std::vector<tensor_handle> outputs;
    if (from_.variant != "f32") fields_.refuse("variant", "is '" + from_.variant + "'", errc::not_supported);
    if (fields_.failed()) return fields_.failure();
    if (from_.op == "activation") {
      outputs = activations();
    } else if (from_.op == "concat") {
      outputs = concat();
    } else {
      outputs = blocks();
    }
    if (fields_.failed()) return fields_.failure();
    return outputs_of(outputs);
  }

 private:
  tensor_handle input(char const* role, image_shape const& s) {
    inputs_.push_back(data(role));
    if (static_cast<std::int64_t>(inputs_.back().size()) !=
        4 * std::int64_t{s.batch} * s.height * s.width * s.channels)
      fields_.refuse("tensors." + std::string(role) + ".count", "is not that of its shape");
    return graph_.input({.batch = s.batch, .height = s.height, .width = s.width, .channels = s.channels});
  }
  [[nodiscard]] std::span<std::byte const> data(std::string_view role) {
    return fields_.array(role, data_type::f32).data;
  }
  void expect(char const* role) {
    auto const bytes = data(role);
    output_.expected.insert(output_.expected.end(), bytes.begin(), bytes.end());
  }

  std::vector<tensor_handle> activations() {
    auto const size = static_cast<std::int32_t>(data("input").size() / 4);
    tensor_handle const x = input("input", {1, 1, 1, size});
    expect("output_ref_hardswish");
    expect("output_ref_leaky_relu");
    expect("output_ref_sigmoid");
    expect("output_ref_tanh");
    return {graph_.hard_swish(x), graph_.leaky_relu(x, fields_.real_attribute("leaky_relu_alpha")),
            graph_.logistic(x), graph_.tanh(x)};
  }

  std::vector<tensor_handle> concat() {
    std::int32_t const axis = fields_.attribute("axis", 0, 3);
    tensor_handle const a = input("input1", fields_.image("input1", 4, 4)),
                        b = input("input2", fields_.image("input2", 4, 4));
    expect("expected");
    return {graph_.concat({a, b}, {.axis = axis})};
  }

  /// Depthwise and pointwise convolutions in turn, a mean over the image, a layer, a softmax.
  std::vector<tensor_handle> blocks() {
    auto const extent = [&](char const* name) { return fields_.parameter(name, 1, 4096); };
    image_shape const image{1, extent("INPUT_H"), extent("INPUT_W"), extent("INPUT_C")};
    std::int32_t const channels = extent("CHANNELS");
    extent2d const kernel{extent("DEPTHWISE_FILTER_H"), extent("DEPTHWISE_FILTER_W")};
    tensor_handle x = input("input", image);
    for (std::int32_t i = 0, count = extent("NUM_BLOCKS"); i < count; ++i) {
      std::string const number = std::to_string(i);
      x = graph_.depthwise_conv2d(x, {.kernel = kernel, .activation = activation::relu});
      constants("dwconv" + number);
      x = graph_.conv2d(x, {.filters = channels, .activation = activation::relu});
      constants("pwconv" + number);
    }
    x = graph_.average_pool2d(
        x, {.kernel = {extent("AVGPOOL_FILTER_H"), extent("AVGPOOL_FILTER_W")}, .stride = {1, 1}});
    x = graph_.dense(x, {.units = extent("NUM_CLASSES")});
    constants("fc");
    expect("output_ref");
    return {graph_.softmax(x)};
  }
  void constants(std::string const& layer) {
    constants_.push_back(data(layer + "_weights"));
    constants_.push_back(data(layer + "_biases"));
  }

  [[nodiscard]] result<composed_output> outputs_of(std::vector<tensor_handle> const& outputs) {
    auto graph = outputs.size() == 1 ? graph_.finish(outputs[0])
                                     : graph_.finish({outputs[0], outputs[1], outputs[2], outputs[3]});
    if (!graph) return fail(errc::malformed, from_.file + ": " + std::string(explain(graph.error().fault)));
    network net{.name = from_.file, .graph = *std::move(graph), .constants = {}, .storage = {}};
    auto next = constants_.begin();
    for (tensor_info const& t : net.graph.tensors)
      net.constants.push_back(is_constant(t) ? *next++ : std::span<std::byte const>());
    auto made = session::create(std::move(net));
    if (!made) return unexpected(made.error());
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      std::ranges::copy(inputs_[i], made->input(i).bytes.begin());
    made->run();
    for (std::size_t i = 0; i < made->output_count(); ++i) {
      auto const bytes = made->output(i).bytes;
      output_.made.insert(output_.made.end(), bytes.begin(), bytes.end());
    }
    return output_;
  }

  test_case const& from_;
  field_reader fields_;
  basic_graph_builder<dynamic_graph> graph_;
  std::vector<std::span<std::byte const>> inputs_, constants_;  // as the graph has them, in order
  composed_output output_;
};

/// A network of int8 layers, each as the case of a single layer that it would be: the multipliers are those
/// that the case states, which no scales of float32 make.
class layers_of_network {
 public:
  explicit layers_of_network(test_case const& from) : from_(from), fields_(from) {
    flowing_ = fields_.array("input", data_type::int8);
    for (auto const& [name, held] : from.parameters) {
      for (std::string_view op :
           {"CONV_2D", "DEPTHWISE_CONV_2D", "AVERAGE_POOL_2D", "FULLY_CONNECTED", "SOFTMAX"}) {
        std::string const stem = std::string(op) + "_";
        if (!name.starts_with(stem)) continue;
        std::size_t const digits = name.find_first_not_of("0123456789", stem.size());
        if (digits == stem.size() || digits == std::string::npos || digits > stem.size() + 4) continue;
        layers_.emplace(std::stoi(name.substr(stem.size())), op);
      }
    }
    next_ = layers_.begin();
  }

  [[nodiscard]] bool failed() const { return fields_.failed(); }
  [[nodiscard]] unexpected<error> failure() const { return fields_.failure(); }
  [[nodiscard]] bool done() const { return next_ == layers_.end(); }
  [[nodiscard]] std::vector<std::byte> const& result_bytes() const { return flowing_.data; }
  [[nodiscard]] std::vector<std::byte> const& expected() {
    return fields_.array("output_ref", data_type::int8).data;
  }
  void feed(std::vector<std::byte> made) { flowing_.data = std::move(made); }

  /// The next layer, on what the last one made (`feed`).
  [[nodiscard]] test_case next() {
    auto const& [number, op] = *next_++;
    prefix_ = std::string(op) + "_" + std::to_string(number) + "_";
    tensors_ = "layer_" + std::to_string(number) +
               (op == "CONV_2D"             ? "_conv_2d_"
                : op == "DEPTHWISE_CONV_2D" ? "_depthwise_conv_2d_"
                                            : "_fully_connected_");
    made_ = {};
    made_.file = from_.file;
    made_.variant = "int8";
    made_.quantization["requantization"] = std::string(double_rounding_words);
    if (op == "SOFTMAX") {
      softmax();
    } else if (op == "FULLY_CONNECTED") {
      dense();
    } else {
      windowed(op);
    }
    flowing_ = made_.tensors["expected"];
    return std::move(made_);
  }

 private:
  std::int64_t number(char const* name, std::int64_t least = -65536, std::int64_t most = 65536) {
    return fields_.parameter(prefix_ + name, least, most);
  }
  std::int64_t extent(char const* name) { return number(name, 1, 4096); }
  void activations(std::vector<std::int64_t> const& input, std::vector<std::int64_t> const& output) {
    made_.tensors["input"] = flowing_;
    made_.tensors["input"].shape = input;
    tensor expected{.type = data_type::int8, .count = 1, .shape = output, .layout = {}, .data = {}};
    for (std::int64_t each : output) expected.count *= each;
    if (fields_.failed()) return;
    expected.data.resize(static_cast<std::size_t>(expected.count));
    made_.tensors["expected"] = std::move(expected);
  }
  void constant(char const* role, std::string const& name, std::vector<std::int64_t> const& shape) {
    bool const bytes = std::string_view(role) == "weights";
    made_.tensors[role] = fields_.array(tensors_ + name, bytes ? data_type::int8 : data_type::int32);
    made_.tensors[role].shape = shape;
  }
  void zero_points() {
    made_.quantization["input_zero_point"] = -number("INPUT_OFFSET");
    made_.quantization["output_zero_point"] = number("OUTPUT_OFFSET");
    bounds();
  }
  void bounds() {
    made_.quantization["activation_min"] = number("OUT_ACTIVATION_MIN");
    made_.quantization["activation_max"] = number("OUT_ACTIVATION_MAX");
  }

  void windowed(std::string_view op) {
    for (auto [attribute, name] : {std::pair{"filter_h", "FILTER_H"},
                                   {"filter_w", "FILTER_W"},
                                   {"stride_h", "STRIDE_H"},
                                   {"stride_w", "STRIDE_W"},
                                   {"pad_top", "PAD_H"},
                                   {"pad_left", "PAD_W"},
                                   {"dilation_h", "DILATION_H"},
                                   {"dilation_w", "DILATION_W"}})
      made_.attributes[attribute] = number(name);
    std::int64_t const inputs = extent("IN_CH"), outputs = extent("OUT_CH"), height = extent("FILTER_H"),
                       width = extent("FILTER_W");
    activations({1, extent("INPUT_H"), extent("INPUT_W"), inputs},
                {1, extent("OUTPUT_H"), extent("OUTPUT_W"), outputs});
    if (op == "AVERAGE_POOL_2D") {
      made_.op = "avg_pool2d";
      return bounds();
    }
    bool const depthwise = op == "DEPTHWISE_CONV_2D";
    made_.op = depthwise ? "depthwise_conv2d" : "conv2d";
    made_.attributes["groups"] = std::int64_t{1};
    constant("weights", "weights", {depthwise ? 1 : outputs, height, width, depthwise ? outputs : inputs});
    constant("bias", "bias", {outputs});
    constant("output_multiplier", "output_mult", {outputs});
    constant("output_shift", "output_shift", {outputs});
    zero_points();
  }

  /// The case's own numbers of channels are the other way round: those of its constants hold.
  void dense() {
    made_.op = "fully_connected";
    std::int64_t const units = fields_.array(tensors_ + "bias", data_type::int32).count;
    std::int64_t const inputs = flowing_.count;
    activations({1, inputs}, {1, units});
    constant("weights", "weights", {units, inputs});
    constant("bias", "bias", {units});
    made_.quantization["weights_zero_point"] = std::int64_t{0};
    made_.quantization["output_multiplier"] = number("OUTPUT_MULTIPLIER", 1, most_word);
    made_.quantization["output_shift"] = number("OUTPUT_SHIFT");
    zero_points();
  }

  void softmax() {
    made_.op = "softmax";
    std::vector<std::int64_t> const shape{extent("NUM_ROWS"), extent("ROW_SIZE")};
    activations(shape, shape);
    made_.quantization["input_multiplier"] = number("MULT", 1, most_word);
    made_.quantization["input_left_shift"] = number("SHIFT");
    made_.quantization["diff_min"] = number("DIFF_MIN");
  }

  static constexpr std::int64_t most_word = std::numeric_limits<std::int32_t>::max();

  test_case const& from_;
  field_reader fields_;
  std::map<int, std::string_view> layers_;  // by their number
  std::map<int, std::string_view>::const_iterator next_;
  tensor flowing_;
  std::string prefix_, tensors_;  // of the parameters and arrays of a layer
  test_case made_;
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::conformance
