// SPDX-License-Identifier: MIT
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/graph/validate.hpp>
#include <linnet/io/onnx/reader.hpp>

#include "support/onnx_samples.hpp"

namespace {

using namespace linnet_tests::onnx;
using linnet::errc;

void expect_refusal(model const& m, errc code, std::string const& words) {
  auto const made = linnet::io::onnx::read(m.bytes(), "m.onnx");
  ASSERT_FALSE(made) << words;
  EXPECT_EQ(made.error().code, code) << made.error().message;
  EXPECT_EQ(made.error().message, "m.onnx: " + words);
}
/// Of the only operator, which makes 'y'.
void expect_refusal_of(model const& m, errc code, std::string const& words) {
  std::string const kind = m.proto.graph().node(0).op_type();
  expect_refusal(m, code, "operator 0 (" + kind + ") -> tensor 'y': " + words);
}

// ---- The file and its ends

TEST(onnx_refusal, bytes_that_are_no_model) {
  for (std::string const text : {"", "hello world", "\x08\x07", "\xff\xff\xff\xff\xff\xff"}) {
    auto const made = linnet::io::onnx::read(std::as_bytes(std::span(text)), "m.onnx");
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::malformed);
    EXPECT_EQ(made.error().message, "m.onnx: is not an ONNX file, or is damaged");
  }
}

TEST(onnx_refusal, operator_sets) {
  for (std::int64_t opset :
       {std::int64_t{6}, std::int64_t{26}, std::int64_t{0}, std::numeric_limits<std::int64_t>::min()}) {
    expect_refusal(one(opset, "Relu", {4}), errc::not_supported,
                   "operator set " + std::to_string(opset) + " is not supported, only 7 to 25");
  }
}

TEST(onnx_refusal, inputs) {
  model m = one(13, "Relu", {1, 4});
  auto* const info = m.proto.mutable_graph()->mutable_input(0);
  auto* const type = info->mutable_type()->mutable_tensor_type();
  auto* const dim = type->mutable_shape()->mutable_dim(1);
  dim->set_dim_param("width");
  expect_refusal(m, errc::not_supported,
                 "graph input 'x': its extent 1 is open ('width'): only the first one may be");
  dim->set_dim_value(-1);
  expect_refusal(m, errc::invalid_graph, "graph input 'x': an extent of -1");
  dim->set_dim_value(std::int64_t{1} << 40);
  expect_refusal(m, errc::too_large, "graph input 'x': an extent of 1099511627776");
  type->mutable_shape()->mutable_dim(0)->set_dim_value(1 << 20);
  dim->set_dim_value(1 << 20);
  expect_refusal(m, errc::too_large, "graph input 'x': 1048576x1048576 has more than 2147483647 elements");
  type->set_elem_type(proto::TensorProto_DataType_DOUBLE);
  expect_refusal(m, errc::not_supported, "graph input 'x': elements of type DOUBLE are not supported");
  type->clear_shape();
  expect_refusal(m, errc::not_supported, "graph input 'x': it is no tensor of a stated shape");
  m = one(13, "Relu", {1, 4});
  m.input("x", {1, 4});
  expect_refusal(m, errc::invalid_graph, "graph input 'x': tensor 'x' is made twice");
  m.proto.mutable_graph()->clear_input();
  expect_refusal(
      m, errc::invalid_graph,
      "operator 0 (Relu) -> tensor 'y': tensor 'x' does not exist, or is used before an operator has "
      "made it");
  expect_refusal(one(13, "Relu", {1, 1, 1, 1, 1, 1, 2}), errc::not_supported,
                 "graph input 'x': a rank over 6");
}

TEST(onnx_refusal, outputs) {
  model m = one(13, "Relu", {4});
  m.constant("c", {0}, reals{}).output("c");
  expect_refusal(m, errc::not_supported, "graph output 'c': an empty constant is not supported here");
  m = one(13, "Relu", {4});
  m.output("z");
  expect_refusal(m, errc::invalid_graph,
                 "graph output 'z': tensor 'z' does not exist, or is used before an operator has made it");
  for (auto const& [type, width] :
       {std::pair{proto::TensorProto_DataType_DOUBLE, 8}, std::pair{proto::TensorProto_DataType_UINT16, 2},
        std::pair{proto::TensorProto_DataType_UINT32, 4}, std::pair{proto::TensorProto_DataType_UINT64, 8}}) {
    m = one(13, "Relu", {4});
    m.tensor("c", {2}, type)->set_raw_data(std::string(2 * static_cast<std::size_t>(width), '\0'));
    m.output("c");
    expect_refusal(
        m, errc::not_supported,
        "graph output 'c': outputs of type " + proto::TensorProto_DataType_Name(type) + " are not supported");
  }
  m.proto.mutable_graph()->clear_output();
  expect_refusal(m, errc::invalid_graph, "0 graph outputs, not between 1 and 4096");
}

TEST(onnx_refusal, wiring) {
  model m(13);
  m.input("x", {4}).output("y");
  m.add("Add", {"x", "b"}, "a");
  m.add("Relu", {"a"}, "b");
  expect_refusal(
      m, errc::invalid_graph,
      "operator 0 (Add) -> tensor 'a': tensor 'b' does not exist, or is used before an operator has made "
      "it");
  m = one(13, "Relu", {4});
  m.add("Relu", {"x"}, "y");
  expect_refusal(m, errc::invalid_graph, "operator 1 (Relu) -> tensor 'y': tensor 'y' is made twice");
  m = one(13, "Relu", {4});
  m.proto.mutable_graph()->mutable_node(0)->set_input(0, "");
  expect_refusal_of(m, errc::malformed, "its input 0 is left out");
  m.proto.mutable_graph()->mutable_node(0)->clear_input();
  expect_refusal_of(m, errc::malformed, "0 inputs, not between 1 and 1");
  m.proto.mutable_graph()->mutable_node(0)->clear_output();
  expect_refusal(m, errc::malformed, "operator 0 (Relu): 0 inputs, not between 1 and 1");
  m.proto.mutable_graph()->mutable_node(0)->add_input("x");
  expect_refusal(m, errc::malformed, "operator 0 (Relu): it has no output");
}

TEST(onnx_refusal, operators) {
  model m = one(13, "Selu", {4});
  m.proto.mutable_graph()->mutable_node(0)->set_name("selu\n1");
  expect_refusal(m, errc::not_supported,
                 "operator 0 (Selu) 'selu?1' -> tensor 'y': this operator is not supported");
  m = one(13, "Relu", {4});
  m.proto.mutable_graph()->mutable_node(0)->set_domain("com.microsoft");
  expect_refusal_of(m, errc::not_supported, "operators of domain 'com.microsoft' are not supported");
  m = one(13, "Relu", {4});
  first(m).set("slope", 0.5f);
  expect_refusal_of(m, errc::not_supported, "its attribute 'slope' is not supported");
  m = sample_model("max_pool");
  first(m).set("dilations", 2);
  expect_refusal_of(m, errc::malformed, "its attribute 'dilations' is of type INT, not INTS");
  m.proto.mutable_graph()->mutable_node(0)->add_output("indices");
  m.output("indices");
  expect_refusal_of(m, errc::not_supported, "its output 1 'indices' is not supported");
}

// ---- Constants

TEST(onnx_refusal, constants) {
  model const good = sample_model("conv");
  auto const changed = [&](auto const& change) {
    model m = good;
    change(m.proto.mutable_graph()->mutable_initializer(0));
    return m;
  };
  std::string const w = "input 1 'w': ";
  expect_refusal_of(changed([](auto* t) { t->mutable_raw_data()->pop_back(); }), errc::malformed,
                    w + "it has 287 bytes of data, its shape 4x2x3x3 asks for 288");
  expect_refusal_of(changed([](auto* t) { t->clear_raw_data(); }), errc::malformed,
                    w + "it has 0 bytes of data, its shape 4x2x3x3 asks for 288");
  expect_refusal_of(changed([](auto* t) { t->set_data_type(proto::TensorProto_DataType_STRING); }),
                    errc::not_supported, w + "constants of type STRING are not supported");
  expect_refusal_of(changed([](auto* t) { t->set_data_type(77); }), errc::not_supported,
                    w + "constants of type 77 are not supported");
  expect_refusal_of(changed([](auto* t) { t->set_data_type(proto::TensorProto_DataType_INT64); }),
                    errc::malformed, w + "it has 288 bytes of data, its shape 4x2x3x3 asks for 576");
  expect_refusal_of(changed([](auto* t) { t->set_data_location(proto::TensorProto_DataLocation_EXTERNAL); }),
                    errc::not_supported, w + "data outside of the file is not supported");
  expect_refusal_of(changed([](auto* t) { t->mutable_segment(); }), errc::not_supported,
                    w + "data in segments is not supported");
  expect_refusal_of(changed([](auto* t) { t->set_dims(0, -4); }), errc::invalid_graph, w + "an extent of -4");
  expect_refusal_of(changed([](auto* t) { t->set_dims(0, std::int64_t{1} << 62); }), errc::too_large,
                    w + "an extent of 4611686018427387904");
  expect_refusal(changed([](auto* t) { t->set_name(""); }), errc::malformed, "a tensor without a name");
  expect_refusal(changed([](auto* t) { t->set_name("b"); }), errc::invalid_graph, "tensor 'b' is made twice");
}

TEST(onnx_refusal, one_large_constant_in_many_orders) {
  model m(13);
  m.input("x", {1, 64, 4, 4}).output("c63").constant("w", {64, 64, 9, 9}, 1);
  std::string from = "x";
  for (int i = 0; i < 64; ++i) {
    std::string const to = "c" + std::to_string(i);
    m.add("Conv", {from, "w"}, to).set("pads", integers{4, 4, 4, 4});
    from = to;
  }
  auto const made = linnet::io::onnx::read(m.bytes(), "m.onnx");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, errc::too_large);
  model turned(13);
  turned.constant("t", {64, 1024}, 1).input("x", {1, 4}).output("x");
  for (int i = 0; i < 64; ++i) turned.add("Transpose", {"t"}, "t" + std::to_string(i));
  auto const again = linnet::io::onnx::read(turned.bytes(), "m.onnx");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, errc::too_large);
}

TEST(onnx_refusal, one_number_for_many_elements) {
  for (std::string const kind : {"Add", "Mul"}) {
    model m = one(13, kind, {1 << 30}, {"c"});
    m.constant("c", {}, reals{2});
    expect_refusal_of(m, errc::too_large, "its constants are many times as large as the file");
  }
}

// ---- Windows

TEST(onnx_refusal, convolutions) {
  expect_refusal_of(one(13, "Conv", {1, 2, 6, 3, 3}, {"w"}), errc::not_supported,
                    "its input 1x2x6x3x3 is not of rank 4: only images are supported");
  model m = one(13, "Conv", {1, 4, 6, 6}, {"w"});
  m.constant("w", {4, 2, 3, 3}, 1);
  expect_refusal_of(m, errc::invalid_graph, "its weights 4x2x3x3 in 1 groups do not fit its input 1x4x6x6");
  m = one(13, "Conv", {1, 130, 2, 2}, {"w"});
  m.constant("w", {65, 2, 1, 1}, 1);
  first(m).set("group", 65);
  expect_refusal_of(m, errc::not_supported,
                    "a convolution of 130 channels in 65 groups is not supported, only 64");
  m = one(13, "Conv", {1, 4, 6, 6}, {"w"});
  m.input("w", {4, 4, 3, 3});
  expect_refusal_of(m, errc::not_supported, "input 1 'w': is not a constant");
  m = one(13, "Conv", {1, 4, 2, 6}, {"w"});
  m.constant("w", {4, 4, 3, 3}, 1);
  expect_refusal_of(m, errc::invalid_graph,
                    "1x2x6x4 against 1x3x3x4: the kernel is larger than its padded input");
  m = one(13, "Conv", {1, 2, 6, 6}, {"w", "b"});
  m.constant("w", {4, 2, 3, 3}, 1).constant("b", {3}, 1);
  expect_refusal_of(m, errc::invalid_graph, "input 2 'b': a bias of shape 3 for 4 channels");
}

TEST(onnx_refusal, windows) {
  model const good = one(13, "MaxPool", {1, 2, 6, 6});
  auto const with = [&](auto const& change) {
    model m = good;
    auto o = first(m);
    change(o);
    return m;
  };
  expect_refusal_of(good, errc::malformed, "its kernel_shape is missing");
  expect_refusal_of(with([](operation& o) { o.set("kernel_shape", integers{3}); }), errc::invalid_graph,
                    "its kernel_shape has 1 numbers, not 2");
  expect_refusal_of(with([](operation& o) {
                      o.set("kernel_shape", integers{3, 0});
                    }),
                    errc::invalid_graph, "its kernel_shape has 0, not between 1 and 16384");
  auto const square = [&](auto const& change) {
    return with([&](operation& o) { change(o.set("kernel_shape", integers{2, 2})); });
  };
  expect_refusal_of(square([](operation& o) {
                      o.set("strides", integers{1, 16385});
                    }),
                    errc::invalid_graph, "its strides has 16385, not between 1 and 16384");
  expect_refusal_of(square([](operation& o) {
                      o.set("pads", integers{0, 0, -1, 0});
                    }),
                    errc::invalid_graph, "its pads has -1, not between 0 and 16384");
  expect_refusal_of(square([](operation& o) {
                      o.set("pads", integers{0, 0, 2, 0});
                    }),
                    errc::not_supported, "a pool with as much padding as kernel is not supported");
  expect_refusal_of(square([](operation& o) {
                      o.set("dilations", integers{6, 1});
                    }),
                    errc::invalid_graph, "its kernel is larger than its padded input");
  expect_refusal_of(square([](operation& o) {
                      o.set("dilations", integers{9, 1}).set("pads", integers{2, 0, 2, 0});
                    }),
                    errc::not_supported, "a window that lies in the padding is not supported");
  expect_refusal_of(square([](operation& o) { o.set("auto_pad", std::string("SOME")); }), errc::malformed,
                    "its auto_pad is 'SOME'");
}

TEST(onnx_refusal, transposed_convolutions) {
  model m = one(13, "ConvTranspose", {1, 2, 3, 3}, {"w"});
  m.constant("w", {3, 2, 1, 1}, 1);
  expect_refusal_of(m, errc::invalid_graph, "its weights 3x2x1x1 in 1 groups do not fit its input 1x2x3x3");
  m = one(13, "ConvTranspose", {1, 2, 3, 3}, {"w", "b"});
  m.constant("w", {2, 3, 1, 1}, 1).constant("b", {2}, 1);
  expect_refusal_of(m, errc::invalid_graph, "input 2 'b': a bias of shape 2 for 3 channels");
  m = one(13, "ConvTranspose", {1, 2, 3, 3, 3}, {"w"});
  m.constant("w", {2, 3, 1, 1, 1}, 1);
  expect_refusal_of(m, errc::not_supported,
                    "its input 1x2x3x3x3 is not of rank 4: only images are supported");
  m = one(13, "ConvTranspose", {1, 2, 3, 3}, {"w"});
  m.constant("w", {2, 3, 1, 1}, 1);
  first(m).set("output_shape", integers{5, 20000});
  expect_refusal_of(m, errc::invalid_graph, "1x3x3x2: an amount of padding is negative or too large");
}

// ---- The other operators

TEST(onnx_refusal, dense_layers) {
  model m = one(13, "Gemm", {2, 4}, {"w", "c"});
  m.constant("w", {4, 3}, 1).constant("c", {2, 3}, 2);
  expect_refusal_of(m, errc::not_supported,
                    "input 2 'c': only a bias of 3 numbers or of one is supported, not 2x3");
  m = one(13, "Gemm", {2, 5}, {"w"});
  m.constant("w", {4, 3}, 1);
  expect_refusal_of(m, errc::invalid_graph, "its input 2x5 does not fit its weights 4x3");
  m = one(13, "MatMul", {2, 4}, {"w"});
  m.constant("w", {1, 3, 3}, 1);
  expect_refusal_of(m, errc::invalid_graph,
                    "2x4 against 1x3x3: the output's shape is not what the operator makes of its operands");
  m = one(13, "MatMul", {2, 4}, {"x"});
  expect_refusal_of(m, errc::invalid_graph,
                    "2x4 against 2x4: the output's shape is not what the operator makes of its operands");
  m = one(13, "Gemm", {2, 2, 2}, {"x"});
  expect_refusal_of(m, errc::invalid_graph, "its inputs 2x2x2 and 2x2x2 are not of rank 2");
  m = one(13, "Gemm", {2, 2}, {"x", "c"});
  m.input("c", {1, 2, 2});
  expect_refusal_of(m, errc::invalid_graph, "input 2 'c': 1x2x2 is not of rank 2 at most");
}

TEST(onnx_refusal, batch_normalization) {
  model m = one(15, "BatchNormalization", {1, 2, 3, 3}, {"s", "b", "m", "v"});
  m.constant("s", {2}, 1).constant("b", {2}, 1).constant("m", {2}, 1).constant("v", {2}, reals{1, -1});
  expect_refusal_of(m, errc::invalid_graph,
                    "input 4 'v': variance and epsilon of channel 1 are not above 0 together");
  first(m).set("training_mode", 1);
  expect_refusal_of(m, errc::not_supported, "training_mode 1 is not supported");
  m = one(15, "BatchNormalization", {1, 3, 3, 3}, {"s", "b", "m", "v"});
  m.constant("s", {2}, 1).constant("b", {2}, 1).constant("m", {2}, 1).constant("v", {2}, reals{1, 1});
  expect_refusal_of(m, errc::invalid_graph, "input 1 's': 2 for 3 channels");
}

TEST(onnx_refusal, clips) {
  model m = one(13, "Clip", {4}, {"low"});
  m.constant("low", {2}, reals{0, 0});
  expect_refusal_of(m, errc::invalid_graph, "input 1 'low': is not one number");
  m = one(13, "Clip", {4}, {"x"});
  expect_refusal_of(m, errc::not_supported, "input 1 'x': is not a constant");
}

TEST(onnx_refusal, sums) {
  model m = one(13, "Add", {3, 4}, {"z"});
  m.input("z", {2, 4});
  expect_refusal_of(m, errc::invalid_graph, "3x4 against 2x4: the operands have different shapes");
  m = one(13, "Sub", {1, 4}, {"c"});
  m.proto.mutable_graph()->mutable_node(0)->set_input(0, "c");
  m.numbers("c", {4, 0});
  m.proto.mutable_graph()->mutable_node(0)->set_input(1, "c");
  m.proto.mutable_graph()->mutable_node(0)->set_op_type("Div");
  expect_refusal_of(m, errc::invalid_graph, "a division by 0");
  m.constant("d", {2}, 1);
  m.proto.mutable_graph()->mutable_node(0)->set_input(1, "d");
  expect_refusal_of(m, errc::invalid_graph, "its inputs differ in type");
}

TEST(onnx_refusal, empty_constants) {
  for (auto const& [kind, inputs] :
       {std::pair{"Add", names{"c", "c"}}, std::pair{"Max", names{"c"}}, std::pair{"Max", names{"n", "c"}},
        std::pair{"Pow", names{"n", "c"}}, std::pair{"Where", names{"n", "c", "n"}}}) {
    model m = one(13, kind, {4});
    m.numbers("c", {}).numbers("n", {1});
    auto* const node = m.proto.mutable_graph()->mutable_node(0);
    node->clear_input();
    for (std::string const& name : inputs) node->add_input(name);
    expect_refusal_of(m, errc::not_supported, "an empty constant is not supported here");
  }
}

/// Nothing is computed of them, whatever their other extents are.
TEST(onnx_refusal, empty_lists_take_no_time) {
  model m = one(13, "Concat", {4}, {"c"});
  m.constant("c", {std::numeric_limits<std::int32_t>::max(), 1, 0}, reals{}).numbers("i", {0});
  first(m).set("axis", 2);
  first(m).node()->set_input(0, "c");
  expect_refusal(m, errc::not_supported, "graph output 'y': an empty constant is not supported here");
  first(m).node()->set_op_type("Gather");
  first(m).node()->set_input(1, "i");
  first(m).node()->mutable_attribute(0)->set_i(1);
  expect_refusal(m, errc::not_supported, "graph output 'y': an empty constant is not supported here");
}

TEST(onnx_refusal, powers) {
  model m = one(13, "Pow", {2, 2}, {"e"});
  m.constant("e", {1, 1, 1}, reals{2});
  expect_refusal_of(m, errc::not_supported, "input 1 'e': is of a higher rank than input 0");
  for (auto const& [base, exponent] : {std::pair{3, 34}, std::pair{-2, 53}, std::pair{0, -1}}) {
    m = one(13, "Pow", {4}, {"e"});
    m.numbers("b", {base}).numbers("e", {exponent});
    first(m).node()->set_input(0, "b");
    expect_refusal_of(m, errc::not_supported, "powers of integers are not supported from 2^53 on");
  }
}

TEST(onnx_refusal, scales_of_a_resize_are_an_input) {
  model m = one(13, "Resize", {1, 2, 3, 3}, {"", "s"});
  m.constant("s", {4}, reals{1, 1, 2, 2});
  first(m).add("scales", proto::AttributeProto_AttributeType_FLOATS)->add_floats(1.0f);
  expect_refusal_of(m, errc::not_supported, "its attribute 'scales' is not supported");
}

TEST(onnx_refusal, dropout_in_training) {
  model m = one(13, "Dropout", {4}, {"", "t"});
  m.tensor("t", {}, proto::TensorProto_DataType_BOOL)->add_int32_data(1);
  expect_refusal_of(m, errc::not_supported, "training_mode 1 is not supported");
  m = one(13, "Dropout", {4}, {"", "t"});
  m.constant("t", {}, reals{0});
  expect_refusal_of(m, errc::not_supported, "input 2 't': is not a constant of one BOOL");
}

TEST(onnx_refusal, axes) {
  model m = one(13, "Softmax", {2, 3});
  first(m).set("axis", 2);
  expect_refusal_of(m, errc::invalid_graph, "axis 2 is outside a tensor of rank 2");
  m = one(13, "Concat", {2, 3}, {"x"});
  first(m).set("axis", -3);
  expect_refusal_of(m, errc::invalid_graph, "axis -3 is outside a tensor of rank 2");
  m = one(13, "Transpose", {2, 3});
  first(m).set("perm", integers{0, 0});
  expect_refusal_of(m, errc::invalid_graph, "axis 0 is named twice");
  m = one(13, "Transpose", {2, 3});
  first(m).set("perm", integers{0});
  expect_refusal_of(m, errc::invalid_graph, "1 axes of a tensor of rank 2");
  m = one(13, "Flatten", {2, 3});
  first(m).set("axis", 3);
  expect_refusal_of(m, errc::invalid_graph, "axis 3 is outside a tensor of rank 2");
  m = one(11, "Squeeze", {2, 3});
  first(m).set("axes", integers{1});
  expect_refusal_of(m, errc::invalid_graph, "extent 3 cannot be left out");
  m = one(13, "ReduceMean", {2, 3});
  first(m).set("axes", integers{1, -1});
  expect_refusal_of(m, errc::invalid_graph, "axis -1 is named twice");
}

TEST(onnx_refusal, concatenations) {
  model m = one(13, "Concat", {2, 3}, {"z"});
  m.input("z", {3, 3});
  first(m).set("axis", 1);
  expect_refusal_of(m, errc::invalid_graph, "3x3 against 2x3: the operands have different shapes");
  m = one(13, "Concat", {2, 3}, {"z"});
  m.input("z", {2, 3, 1});
  first(m).set("axis", 1);
  expect_refusal_of(m, errc::invalid_graph, "its inputs differ in rank");
}

TEST(onnx_refusal, reshapes) {
  for (auto const& [to, words] :
       {std::pair{integers{5, -1}, "2x3 cannot become 5x1"}, std::pair{integers{-1, -1}, "an extent of -1"},
        std::pair{integers{6, -2}, "a shape with an extent of -2"},
        std::pair{integers{1, 1, 0}, "a shape with an extent of 0"},
        std::pair{integers(13, 1), "input 1 's': is not a list of at most 12 numbers"}}) {
    model m = one(13, "Reshape", {2, 3}, {"s"});
    m.numbers("s", to);
    expect_refusal_of(m, errc::invalid_graph, words);
  }
  model m = one(13, "Reshape", {2, 3}, {"s"});
  m.constant("s", {2}, reals{3, 2});
  expect_refusal_of(m, errc::not_supported, "input 1 's': is not of type INT64");
}

TEST(onnx_refusal, padding) {
  model m = one(13, "Pad", {1, 2, 3, 3}, {"p"});
  m.numbers("p", {0, 0, 1, 1, 0, 0, 1});
  expect_refusal_of(m, errc::invalid_graph, "7 amounts of padding for 4 dimensions");
  m = one(13, "Pad", {1, 2, 3, 3}, {"p"});
  m.numbers("p", {0, 0, -1, 0, 0, 0, 0, 0});
  expect_refusal_of(m, errc::not_supported, "padding -1 is not supported, only 0 to 1048576");
  m = one(13, "Pad", {1, 2, 3, 3}, {"p"});
  m.numbers("p", {1, 0, 0, 0, 0, 0, 0, 0});
  expect_refusal_of(m, errc::not_supported, "padding dimension 0 is not supported");
  first(m).set("mode", std::string("blur"));
  expect_refusal_of(m, errc::malformed, "padding of mode 'blur' does not exist");
}

TEST(onnx_refusal, slices_and_splits) {
  model m = one(13, "Slice", {4, 6}, {"b", "e"});
  m.numbers("b", {3}).numbers("e", {3});
  expect_refusal_of(m, errc::not_supported, "dimension 0: a slice of no entries is not supported");
  m = one(13, "Slice", {4, 6}, {"b", "e"});
  m.numbers("b", {0, 0}).numbers("e", {3});
  expect_refusal_of(m, errc::invalid_graph, "its starts, ends, axes and steps are not equally many");
  m = one(13, "Split", {4, 6}, {"s"});
  m.numbers("s", {3});
  expect_refusal_of(m, errc::invalid_graph, "its parts are not those of its input");
  m = one(13, "Gelu", {4});
  first(m).set("approximate", std::string("erf"));
  expect_refusal_of(m, errc::malformed, "approximate is 'erf'");
}

TEST(onnx_refusal, constant_operators) {
  model m = one(13, "Relu", {4});
  m.add("Constant", {}, "c");
  expect_refusal(m, errc::malformed, "operator 1 (Constant) -> tensor 'c': it has no value");
  first(m).node()->set_op_type("Identity");
  operation(m.proto.mutable_graph()->mutable_node(1)).set("value_string", std::string("a"));
  expect_refusal(m, errc::not_supported,
                 "operator 1 (Constant) -> tensor 'c': its attribute 'value_string' is not supported");
}

// ---- Limits

TEST(onnx_limit, operators) {
  model m = one(13, "Relu", {4});
  for (int i = 0; i < (1 << 13); ++i) m.add("Relu", {"x"}, "y" + std::to_string(i));
  expect_refusal(m, errc::too_large, "8193 operators, the limit is 8192");
}

/// Names that differ only behind the cut are two names, and those of a layer's thousands of nodes begin with
/// what is left of its own.
TEST(onnx_limit, long_names_of_operators_that_are_many_nodes) {
  std::string const name(std::size_t{1} << 16, 'n');
  model m = one(14, "RNN", {1 << 10, 1, 1}, {"w", "r"});
  m.constant("w", {1, 1, 1}, 1).constant("r", {1, 1, 1}, 2);
  first(m).node()->set_output(0, name + "1");
  m.add("Relu", {name + "1"}, name + "2");
  m.add("Add", {name + "1", name + "2"}, "y");
  auto const made = linnet::io::onnx::read(m.bytes(), "m.onnx");
  ASSERT_TRUE(made) << made.error().message;
  linnet::graph_view const g = made->graph.view();
  std::size_t cut = 0;
  for (linnet::tensor_info const& t : g.tensors)
    if (std::string(g.name(t)) == name.substr(0, linnet::io::onnx::most_name_bytes)) ++cut;
  EXPECT_GT(cut, std::size_t{1} << 11);
  auto const sum = g.inputs(g.nodes.back());
  EXPECT_NE(sum[0], sum[1]);
}

TEST(onnx_limit, operands) {
  model m = one(13, "Concat", {1, 4}, names(4095, "x"));
  for (int i = 0; i < 64; ++i) m.add("Concat", names(4096, "x"), "y" + std::to_string(i));
  for (auto& n : *m.proto.mutable_graph()->mutable_node()) operation(&n).set("axis", 0);
  expect_refusal(m, errc::too_large,
                 "operator 64 (Concat) -> tensor 'y63': more than 262144 operands in one network");
}

// ---- Files that somebody has broken

/// Whatever the bytes are, the outcome is a valid network or an error that names the file.
void expect_valid_or_refused(std::vector<std::byte> const& bytes) {
  auto const made = linnet::io::onnx::read(bytes, "m.onnx");
  if (!made) {
    ASSERT_EQ(made.error().message.find("m.onnx: "), 0u) << made.error().message;
    return;
  }
  auto const known = std::make_unique<bool[]>(made->graph.tensors.size());
  ASSERT_TRUE(linnet::validate(made->graph.view(), {known.get(), made->graph.tensors.size()}));
}

TEST(onnx_hostile, every_truncation) {
  for (sample const& s : samples()) {
    auto const bytes = s.model.bytes();
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      expect_valid_or_refused({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)});
      if (HasFatalFailure()) FAIL() << s.name << " cut to " << length;
    }
  }
}

TEST(onnx_hostile, every_byte_changed) {
  for (sample const& s : samples()) {
    auto const bytes = s.model.bytes();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (std::byte changed :
           {std::byte{0}, std::byte{0xFF}, bytes[at] ^ std::byte{0x80}, bytes[at] ^ std::byte{1}}) {
        auto mutant = bytes;
        mutant[at] = changed;
        expect_valid_or_refused(mutant);
        if (HasFatalFailure()) FAIL() << s.name << " at " << at;
      }
    }
  }
}

// ---- Integers

/// A model of one operator whose input holds integers.
model of_integers(std::string const& kind, integers const& dims, names const& inputs, int type) {
  model m = one(25, kind, dims, inputs);
  m.proto.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(type);
  return m;
}
model& byte(model& m, std::string const& name, unsigned value, int type = proto::TensorProto_DataType_UINT8) {
  m.tensor(name, {}, type)->set_raw_data(std::string(1, static_cast<char>(value)));
  return m;
}

TEST(onnx_refusal, operators_on_integers) {
  expect_refusal_of(of_integers("Relu", {4}, {}, proto::TensorProto_DataType_INT32), errc::not_supported,
                    "input 0 'x': numbers of type s32 are not supported here");
  model m = of_integers("Pad", {4}, {"p"}, proto::TensorProto_DataType_UINT8);
  m.numbers("p", {1, 1});
  expect_refusal_of(m, errc::not_supported, "padding integers with a constant is not supported");
  m = one(25, "DequantizeLinear", {4}, {"s"});
  m.constant("s", {}, reals{2});
  expect_refusal_of(m, errc::invalid_graph, "input 0 'x': is not of integers");
  m = of_integers("Mul", {4}, {"x"}, proto::TensorProto_DataType_INT16);
  expect_refusal_of(m, errc::not_supported, "products of numbers of type s16 are not supported");
  m = of_integers("Sub", {4}, {"x"}, proto::TensorProto_DataType_INT32);
  expect_refusal_of(m, errc::not_supported, "input 0 'x': numbers of type s32 are not supported here");
  m = of_integers("Less", {4}, {"c"}, proto::TensorProto_DataType_INT8);
  m.constant("c", {}, reals{2});
  expect_refusal_of(m, errc::invalid_graph, "input 1 'c': is empty, or of another type");
  m = one(13, "Not", {4});
  expect_refusal_of(m, errc::invalid_graph, "input 0 'x': is not of type BOOL");
  m = of_integers("Where", {4}, {"a", "i"}, proto::TensorProto_DataType_BOOL);
  m.input("a", {4}).numbers("i", {1, 2, 3, 4});
  m.proto.mutable_graph()->mutable_input(1)->mutable_type()->mutable_tensor_type()->set_elem_type(
      proto::TensorProto_DataType_INT64);
  expect_refusal_of(m, errc::not_supported, "input 1 'a': numbers of type s64 are not supported here");
  first(m).node()->set_input(1, "i");
  first(m).node()->set_input(2, "a");
  expect_refusal_of(m, errc::not_supported, "input 1 'i': numbers of type INT64 are not supported here");
}

TEST(onnx_refusal, scales_and_zero_points) {
  auto const with_scales = [](integers const& dims, reals const& values) {
    model m = one(25, "QuantizeLinear", {2, 3}, {"s", "z"});
    m.constant("s", dims, values);
    return byte(m, "z", 3);
  };
  std::string const s = "input 1 's': ";
  expect_refusal_of(with_scales({}, {0}), errc::invalid_graph, s + "a scale that is not positive and finite");
  expect_refusal_of(with_scales({2}, {1, 1}), errc::invalid_graph, s + "2 does not fit 2x3");
  expect_refusal_of(with_scales({3}, {1, 1, 1}), errc::invalid_graph, "input 2 'z': 1 for 3 scales");
  model m = with_scales({}, {1});
  first(m).set("axis", 2);
  EXPECT_TRUE(linnet::io::onnx::read(m.bytes(), "m.onnx"));  // of one scale it says nothing
  m = with_scales({3}, {1, 1, 1});
  first(m).set("axis", 2);
  expect_refusal_of(m, errc::invalid_graph, "axis 2 is outside a tensor of rank 2");
  first(m).node()->clear_attribute();
  first(m).set("block_size", 2);
  expect_refusal_of(m, errc::invalid_graph, s + "3 does not fit 2x3");
  m = one(25, "QuantizeLinear", {2, 3}, {"s"});
  m.constant("s", {}, reals{1});
  first(m).set("output_dtype", int{proto::TensorProto_DataType_UINT16});
  expect_refusal_of(m, errc::not_supported,
                    "numbers of type UINT16 are not supported here, only INT8, UINT8 and INT16");
}

TEST(onnx_refusal, numbers_with_two_meanings) {
  model m = of_integers("DequantizeLinear", {4}, {"s"}, proto::TensorProto_DataType_INT8);
  m.output("z").constant("s", {}, reals{2}).constant("t", {}, reals{3});
  m.add("Transpose", {"x"}, "turned");
  m.add("DequantizeLinear", {"turned", "t"}, "z");
  expect_refusal(m, errc::not_supported,
                 "operator 2 (DequantizeLinear) -> tensor 'z': the numbers of tensor 'x' are taken with two "
                 "scales or zero points");
}

TEST(onnx_refusal, layers_of_integers) {
  auto const layer = [](integers const& zero_points) {
    model m = of_integers("QLinearMatMul", {2, 3}, {"s", "z", "w", "v", "u", "t", "o"},
                          proto::TensorProto_DataType_UINT8);
    m.constant("s", {}, reals{1}).constant("v", {2}, reals{1, 2}).constant("t", {}, reals{1});
    byte(byte(m, "z", 1), "o", 0);
    m.tensor("w", {3, 2}, proto::TensorProto_DataType_INT8)->set_raw_data(std::string(6, '\1'));
    std::string bytes;
    for (std::int64_t zero : zero_points) bytes.push_back(static_cast<char>(zero));
    m.tensor("u", {static_cast<std::int64_t>(zero_points.size())}, proto::TensorProto_DataType_INT8)
        ->set_raw_data(bytes);
    return m;
  };
  EXPECT_TRUE(linnet::io::onnx::read(layer({3}).bytes(), "m.onnx"));
  expect_refusal_of(layer({3, 4}), errc::not_supported,
                    "input 5 'u': zero points that differ are not supported");
  model m = layer({3});
  m.proto.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      proto::TensorProto_DataType_INT16);
  expect_refusal_of(m, errc::not_supported, "input 0 'x': is not of type INT8 or UINT8");
}

TEST(onnx_refusal, sums_and_casts) {
  auto const layer = [](std::int64_t inputs) {
    model m = of_integers("MatMulInteger", {2, inputs}, {"w", "z"}, proto::TensorProto_DataType_UINT8);
    m.tensor("w", {inputs, 2}, proto::TensorProto_DataType_INT8)
        ->set_raw_data(std::string(static_cast<std::size_t>(2 * inputs), '\1'));
    return byte(m, "z", 3);
  };
  EXPECT_TRUE(linnet::io::onnx::read(layer(258).bytes(), "m.onnx"));
  model m = layer(259);
  expect_refusal(m, errc::not_supported,
                 "graph output 'y': sums of more than 258 products of bytes are not supported as integers");
  m = layer(3);
  m.add("Relu", {"y"}, "r");
  m.output("r");
  expect_refusal(m, errc::not_supported,
                 "operator 1 (Relu) -> tensor 'r': input 0 'y': numbers of type s32 are not supported here");
  m = one(13, "Cast", {2});
  first(m).set("to", int{proto::TensorProto_DataType_DOUBLE});
  expect_refusal_of(m, errc::not_supported, "a cast to DOUBLE is not supported");
}

/// Types are counted by 64 bits in the file, and by fewer here: 2^32 + 1 is not FLOAT, which is 1.
TEST(onnx_refusal, types_that_are_no_numbers_of_32_bits) {
  std::int64_t const type = (std::int64_t{1} << 32) + proto::TensorProto_DataType_FLOAT;
  auto const refused = [&](std::string const& name) {
    return "its attribute '" + name + "' is " + std::to_string(type) + ", which is no type";
  };
  model m = one(13, "Cast", {2});
  first(m).set("to", 1).node()->mutable_attribute(0)->set_i(type);
  expect_refusal_of(m, errc::malformed, refused("to"));
  m.constant("c", {2}, reals{1, 2});
  first(m).node()->set_input(0, "c");
  expect_refusal_of(m, errc::malformed, refused("to"));
  for (bool back : {false, true}) {
    m = back ? of_integers("DequantizeLinear", {2}, {"s"}, proto::TensorProto_DataType_INT8)
             : one(25, "QuantizeLinear", {2}, {"s"});
    m.constant("s", {}, reals{1});
    first(m).set("output_dtype", 1).node()->mutable_attribute(0)->set_i(type);
    expect_refusal_of(m, errc::malformed, refused("output_dtype"));
  }
}

// ---- Operators that are several nodes

TEST(onnx_refusal, picked_and_repeated_elements) {
  auto const with_numbers = [](std::string const& kind, integers const& numbers) {
    model m = one(13, kind, {2, 3}, {"n"});
    m.numbers("n", numbers);
    return m;
  };
  expect_refusal_of(with_numbers("Gather", {2}), errc::invalid_graph, "index 2 of 2 entries");
  expect_refusal_of(with_numbers("Gather", {}), errc::not_supported, "input 1 'n': has no elements");
  expect_refusal_of(with_numbers("GatherElements", {0, 1}), errc::invalid_graph,
                    "indices 2 do not fit its input 2x3");
  expect_refusal_of(with_numbers("Tile", {2}), errc::invalid_graph, "1 numbers of copies for 2 dimensions");
  expect_refusal_of(with_numbers("Tile", {2, 0}), errc::not_supported,
                    "no copies of a tensor are not supported");
  expect_refusal_of(with_numbers("Tile", {2, 5000}), errc::too_large,
                    "5000 copies of one tensor, the limit is 4096");
  expect_refusal_of(with_numbers("Expand", {2, 2}), errc::invalid_graph, "2x3 and 2x2 do not fit");
  model m = one(13, "DepthToSpace", {1, 6, 2, 2});
  first(m).set("blocksize", 2);
  expect_refusal_of(m, errc::invalid_graph, "6 channels do not make blocks of 2 by 2");
  m = one(13, "SpaceToDepth", {1, 6, 2, 3});
  expect_refusal_of(m, errc::invalid_graph, "its blocksize is 0");
  first(m).set("blocksize", 2);
  expect_refusal_of(m, errc::invalid_graph, "1x6x2x3 is not made of blocks of 2 by 2");
}

TEST(onnx_refusal, recurrent_layers) {
  auto const layer = [](integers const& r) {
    model m = one(14, "GRU", {4, 1, 2}, {"w", "r"});
    m.constant("w", {1, 9, 2}, 1).constant("r", r, 2);
    return m;
  };
  EXPECT_TRUE(linnet::io::onnx::read(layer({1, 9, 3}).bytes(), "m.onnx"));
  expect_refusal_of(layer({1, 6, 3}), errc::invalid_graph, "input 2 'r': 1x6x3 where 1x9x3 fits");
  model m = layer({1, 9, 3});
  first(m).set("hidden_size", 4);
  expect_refusal_of(m, errc::invalid_graph, "its hidden_size is 4, its weights 1x9x3");
  m = layer({1, 9, 3});
  first(m).set("direction", std::string("up"));
  expect_refusal_of(m, errc::malformed, "its direction is 'up'");
  m = layer({1, 9, 3});
  first(m).set("activation_alpha", 1);
  expect_refusal_of(m, errc::not_supported, "its attribute 'activation_alpha' is not supported");
  m = layer({1, 9, 3});
  m.proto.mutable_graph()->mutable_node(0)->add_input("");
  m.proto.mutable_graph()->mutable_node(0)->add_input("n");
  m.numbers("n", {3});
  expect_refusal_of(m, errc::not_supported,
                    "input 4 'n': a sequence of 3 steps in an input of 4 is not supported");
}

}  // namespace
