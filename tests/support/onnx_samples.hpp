// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "onnx_writer.hpp"

// One sound model of each kind, for tests that go over all of them.
namespace linnet_tests::onnx {

struct sample {
  std::string name;
  onnx::model model;
};

namespace detail {

inline model conv() {
  model m = one(13, "Conv", {1, 2, 6, 6}, {"w", "b"});
  m.constant("w", {4, 2, 3, 3}, 1).constant("b", {4}, 2);
  first(m).set("kernel_shape", integers{3, 3}).set("strides", integers{2, 2});
  first(m).set("pads", integers{1, 0, 1, 1}).set("auto_pad", std::string("NOTSET"));
  return m;
}

inline void add_norm(model& m, std::string const& from, std::string const& to) {
  m.constant(to + "s", {4}, 3).constant(to + "b", {4}, 4).constant(to + "m", {4}, 5);
  m.constant(to + "v", {4}, reals{0.5f, 1.0f, 2.0f, 0.25f});
  m.add("BatchNormalization", {from, to + "s", to + "b", to + "m", to + "v"}, to);
}

/// Convolution, normalization, ReLU6; the same depthwise.
inline model mobile_block() {
  model m(13);
  m.input("x", {1, 2, 6, 6}).output("y");
  m.constant("w1", {4, 2, 1, 1}, 1).constant("w2", {4, 1, 3, 3}, 2);
  m.constant("low", {}, reals{0.0f}).constant("high", {}, reals{6.0f});
  m.add("Conv", {"x", "w1"}, "c1");
  add_norm(m, "c1", "n1");
  m.add("Clip", {"n1", "low", "high"}, "r1");
  m.add("Conv", {"r1", "w2"}, "c2").set("group", 4);
  add_norm(m, "c2", "n2");
  m.add("Clip", {"n2", "low", "high"}, "y");
  return m;
}

inline model classifier() {
  model m(13);
  m.input("x", {1, 2, 4, 4}).output("y").constant("w", {32, 3}, 1).constant("b", {3}, 2);
  m.add("MaxPool", {"x"}, "p").set("kernel_shape", integers{1, 1});
  m.add("Flatten", {"p"}, "f");
  m.add("Gemm", {"f", "w", "b"}, "g");
  m.add("Softmax", {"g"}, "y");
  return m;
}

inline model pool(std::string const& kind) {
  model m = one(13, kind, {1, 2, 6, 6});
  first(m).set("kernel_shape", integers{3, 3}).set("strides", integers{2, 2}).set("ceil_mode", 1);
  return m;
}

inline model shapes() {
  model m(13);
  m.input("x", {1, 2, 3, 4}).output("y").numbers("s", {0, -1, 4}).numbers("axes", {0});
  m.numbers("p", {0, 1, 0, 0, 0, 1});
  m.add("Transpose", {"x"}, "t").set("perm", integers{0, 2, 1, 3});
  m.add("Reshape", {"t", "s"}, "r");
  m.add("Pad", {"r", "p"}, "q");
  m.add("ReduceMean", {"q"}, "n").set("axes", integers{-1});
  m.add("Squeeze", {"n", "axes"}, "y");
  return m;
}

inline model residual() {
  model m(13);
  m.input("x", {1, 2, 4, 4}).output("y").output("z").constant("w", {2, 2, 1, 1}, 1);
  m.add("Conv", {"x", "w"}, "c");
  m.add("Add", {"x", "c"}, "a");
  m.add("Concat", {"a", "c"}, "y").set("axis", 1);
  m.add("Sigmoid", {"a"}, "z");
  return m;
}

/// Padded, with dilations, one dimension after the other.
inline model volume_pool() {
  model m = one(22, "AveragePool", {1, 2, 4, 5, 6});
  first(m).set("kernel_shape", integers{2, 2, 3}).set("strides", integers{1, 2, 1});
  first(m).set("dilations", integers{1, 2, 1}).set("pads", integers{1, 0, 1, 0, 1, 1});
  return m;
}

inline model recurrent() {
  model m(14);
  m.input("x", {2, 1, 2}).input("h", {1, 1, 2}).output("y").output("last");
  m.constant("w", {1, 8, 2}, 1).constant("r", {1, 8, 2}, 2).constant("b", {1, 16}, 3);
  m.add("LSTM", {"x", "w", "r", "b", "", "h"}, "y").set("hidden_size", 2).node()->add_output("last");
  return m;
}

/// To bytes, a layer between them, and back; beside it sums of what a run found the scale of.
inline model quantized() {
  model m(21);
  m.input("x", {1, 2, 4, 4}).output("y").output("z");
  m.constant("s", {}, reals{0.05f}).constant("v", {2}, reals{0.01f, 0.02f}).constant("t", {}, reals{0.1f});
  m.tensor("o", {}, proto::TensorProto_DataType_UINT8)->set_raw_data(std::string(1, '\x80'));
  m.tensor("u", {}, proto::TensorProto_DataType_INT8)->set_raw_data(std::string(1, '\0'));
  m.tensor("w", {2, 2, 1, 1}, proto::TensorProto_DataType_INT8)->set_raw_data("abcd");
  m.add("QuantizeLinear", {"x", "s", "o"}, "q");
  m.add("QLinearConv", {"q", "s", "o", "w", "v", "u", "t", "o"}, "c");
  m.add("DequantizeLinear", {"c", "t", "o"}, "y");
  auto found = m.add("DynamicQuantizeLinear", {"x"}, "d");
  found.node()->add_output("e");
  found.node()->add_output("f");
  m.add("ConvInteger", {"d", "w", "f"}, "i");
  m.add("Cast", {"i"}, "z").set("to", int{proto::TensorProto_DataType_FLOAT});
  return m;
}

inline model rearranged() {
  model m(19);
  m.input("x", {1, 4, 2, 3}).output("y").numbers("i", {2, 1, 0, -2}).numbers("n", {1, 1, 5, 7});
  m.numbers("c", {1, 1, 2, 1});
  m.add("DepthToSpace", {"x"}, "d").set("blocksize", 2);
  m.add("Gather", {"d", "i"}, "g").set("axis", 2);
  m.add("Tile", {"g", "c"}, "t");
  m.add("LRN", {"t"}, "l").set("size", 3);
  m.add("Resize", {"l", "", "", "n"}, "y").set("mode", std::string("cubic"));
  return m;
}

}  // namespace detail

inline std::vector<sample> samples() {
  return {{"conv", detail::conv()},
          {"mobile_block", detail::mobile_block()},
          {"classifier", detail::classifier()},
          {"max_pool", detail::pool("MaxPool")},
          {"average_pool", detail::pool("AveragePool")},
          {"shapes", detail::shapes()},
          {"residual", detail::residual()},
          {"volume_pool", detail::volume_pool()},
          {"recurrent", detail::recurrent()},
          {"quantized", detail::quantized()},
          {"rearranged", detail::rearranged()}};
}

inline model sample_model(std::string const& name) {
  for (sample& s : samples()) {
    if (s.name == name) return std::move(s.model);
  }
  return model();
}

}  // namespace linnet_tests::onnx
