// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/session.hpp>

#include "graph_maker.hpp"
#include "network_of.hpp"
#include "random_source.hpp"
#include "random_values.hpp"

// Chains of integer layers with random weights, a few of whose channels a test makes constant.
namespace support {

class integer_maker : public graph_maker {
 public:
  explicit integer_maker(std::uint64_t seed, element_type type = linnet::s8) : random_(seed), type_(type) {}

  [[nodiscard]] random_source& random() { return random_; }
  /// The zero point of all tensors: inside the type's range, so that relu cuts.
  [[nodiscard]] std::int32_t zero_point() const { return type_ == linnet::s8 ? -20 : 108; }
  [[nodiscard]] linnet::quantization quantized() const { return {0.05f, zero_point()}; }

  tensor_id image(linnet::shape const& s) { return activation(s, type_, quantized()); }

  /// A convolution of stride 1 with as many rows and columns of padding on all sides.
  tensor_id conv(tensor_id x, std::int32_t filters, std::int32_t kernel = 1, std::int32_t padding = 0,
                 linnet::activation a = activation::none) {
    linnet::shape made = windowed(x, kernel, padding);
    made[3] = filters;
    return layer(windowed_node(linnet::op::conv2d, kernel, padding, a), x,
                 {filters, kernel, kernel, at(x).shape[3]}, 0, made);
  }
  tensor_id depthwise(tensor_id x, std::int32_t multiplier = 1, std::int32_t kernel = 3,
                      std::int32_t padding = 1, linnet::activation a = activation::none) {
    linnet::shape made = windowed(x, kernel, padding);
    made[3] *= multiplier;
    return layer(windowed_node(linnet::op::depthwise_conv2d, kernel, padding, a), x,
                 {1, kernel, kernel, made[3]}, 3, made);
  }
  /// Rows of all elements.
  tensor_id dense(tensor_id x, std::int32_t units) {
    linnet::shape const s = at(x).shape;
    return layer({.kind = linnet::op::dense}, x, {units, static_cast<std::int32_t>(s.elements() / s[0])}, 0,
                 {s[0], units});
  }
  /// A node of one operand.
  tensor_id unary(linnet::node const& n, tensor_id x, linnet::shape const& made) {
    tensor_id const id = activation(made, type_, quantized());
    add(n, {x}, id);
    return id;
  }
  tensor_id pool(linnet::op kind, tensor_id x, std::int32_t kernel, std::int32_t padding = 0) {
    return unary(windowed_node(kind, kernel, padding, activation::none), x, windowed(x, kernel, padding));
  }
  tensor_id mean(tensor_id x) {
    linnet::node n{.kind = linnet::op::mean};
    n.axes.push_back(1);
    n.axes.push_back(2);
    return unary(n, x, {at(x).shape[0], at(x).shape[3]});
  }
  tensor_id reshape(tensor_id x, linnet::shape const& made) { return unary({}, x, made); }
  tensor_id relu(tensor_id x) {
    return unary({.kind = linnet::op::relu, .activation = activation::relu}, x, at(x).shape);
  }

  /// The bias of one channel of the layer that makes a tensor.
  void set_bias(tensor_id made, std::int32_t channel, std::int32_t value) {
    linnet::store(operand(made, 2).data() + channel * 4, value);
  }
  /// Bytes of the weights (1) or biases (2) of the layer that makes a tensor.
  [[nodiscard]] std::vector<std::byte>& operand(tensor_id made, std::size_t i) {
    linnet::node const& n =
        *std::ranges::find_if(nodes, [&](linnet::node const& m) { return edges[m.outputs.first] == made; });
    return constants[static_cast<std::size_t>(edges[n.inputs.first + i])];
  }
  static constexpr std::int32_t always_lowest = -(1 << 30), always_highest = 1 << 30;

 private:
  [[nodiscard]] static linnet::node windowed_node(linnet::op kind, std::int32_t kernel, std::int32_t padding,
                                                  linnet::activation a) {
    linnet::node n{.kind = kind, .activation = a};
    n.window.kernel = {kernel, kernel};
    n.window.padding = {padding, padding, padding, padding};
    return n;
  }
  [[nodiscard]] linnet::shape windowed(tensor_id x, std::int32_t kernel, std::int32_t padding) const {
    linnet::shape s = at(x).shape;
    s[1] += 2 * padding - kernel + 1;
    s[2] += 2 * padding - kernel + 1;
    return s;
  }
  tensor_id layer(linnet::node const& n, tensor_id x, linnet::shape const& weights, std::int32_t axis,
                  linnet::shape const& made) {
    std::int32_t const channels = weights[static_cast<std::size_t>(axis)];
    std::vector<std::byte> values, biases;
    for (std::int64_t i = 0; i < weights.elements(); ++i)
      values.push_back(static_cast<std::byte>(random_.integer(0, 255)));
    std::vector<float> factors;
    for (std::int32_t i = 0; i < channels; ++i) {
      append(biases, random_.integer(-2000, 2000));
      factors.push_back(static_cast<float>(random_.real(0.001, 0.01)));
    }
    tensor_id const w = constant(weights, type_, values, {0.004f, type_ == linnet::u8 ? 131 : 0});
    if (type_ == linnet::s8) set_scales(w, factors, axis);
    tensor_id const id = activation(made, type_, quantized());
    add(n, {x, w, constant({channels}, linnet::s32, biases)}, id);
    return id;
  }

  random_source random_;
  element_type type_;
};

/// All outputs of a network, end to end, for inputs whose bytes `draw()` gives.
template <class Draw>
std::vector<std::byte> bytes_made(linnet::session& session, Draw&& draw) {
  for (std::size_t i = 0; i < session.input_count(); ++i) {
    for (std::byte& b : session.input(i).bytes) b = draw();
  }
  session.run();
  std::vector<std::byte> all;
  for (std::size_t i = 0; i < session.output_count(); ++i) {
    auto const made = session.output(i).bytes;
    all.insert(all.end(), made.begin(), made.end());
  }
  return all;
}

/// Two networks make the same bytes of random and of extreme inputs.
inline void expect_same_outputs(linnet::network const& a, linnet::network const& b, int runs = 12) {
  auto first = linnet::session::create(a), second = linnet::session::create(b);
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_TRUE(second) << second.error().message;
  for (int run = 0; run < runs; ++run) {
    auto const make = [&](linnet::session& s) {
      random_source random(static_cast<std::uint64_t>(run));
      return bytes_made(s, [&] {
        switch (run) {
          case 0: return std::byte{0x80};
          case 1: return std::byte{0x7F};
          case 2: return std::byte{0x00};
          case 3: return std::byte{0xFF};
          case 4: return random.one_in(2) ? std::byte{0x80} : std::byte{0x7F};
          default: return static_cast<std::byte>(random.integer(0, 255));
        }
      });
    };
    EXPECT_EQ(make(*first), make(*second)) << "run " << run;
  }
}

}  // namespace support
