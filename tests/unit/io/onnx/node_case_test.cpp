// SPDX-License-Identifier: MIT
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include <linnet/io/onnx/node_case.hpp>

#include "support/onnx_writer.hpp"

namespace {

using namespace linnet;
using io::conformance::verdict;
using linnet_tests::onnx::model;
using linnet_tests::onnx::reals;

/// suite/test_case with a model and its tensors.
class node_case : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::path(testing::TempDir()) /
            ("linnet_node_case_" + std::to_string(std::random_device{}()));
    std::filesystem::create_directories(folder() / "test_data_set_0");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  [[nodiscard]] std::filesystem::path folder() const { return root_ / "suite/test_case"; }
  template <class Message>
  void write(std::string const& name, Message const& message) const {
    std::ofstream(folder() / name, std::ios::binary) << message.SerializeAsString();
  }
  void tensor(std::string const& name, reals const& values) const {
    onnx::TensorProto t;
    t.set_data_type(onnx::TensorProto_DataType_FLOAT);
    t.add_dims(1);
    t.add_dims(static_cast<std::int64_t>(values.size()));
    for (float value : values) t.add_float_data(value);
    write("test_data_set_0/" + name + ".pb", t);
  }
  /// max(0, x) of two numbers.
  void write_relu(reals const& expected) const {
    write("model.onnx", linnet_tests::onnx::one(13, "Relu", {1, 2}).proto);
    tensor("input_0", {-1.0f, 3.0f});
    tensor("output_0", expected);
  }

  std::filesystem::path root_;
};

TEST_F(node_case, passes_where_floats_are_expected) {
  write_relu({0.0f, 3.0f});
  auto const made = io::onnx::judge_node_case(folder());
  EXPECT_EQ(made.verdict, verdict::passed) << made.reason;
  EXPECT_EQ(made.suite, "suite");
  EXPECT_EQ(made.op, "Relu");
  EXPECT_EQ(made.type, "f32");
  EXPECT_EQ(made.name, "test_case");
}

TEST_F(node_case, fails_where_one_is_not) {
  write_relu({0.0f, 3.01f});
  auto const made = io::onnx::judge_node_case(folder());
  EXPECT_EQ(made.verdict, verdict::failed);
  EXPECT_EQ(made.reason, "output 0 1 of 2 elements differ, the first is number 1");
  write_relu({0.0f, 3.0f, 4.0f});
  EXPECT_EQ(io::onnx::judge_node_case(folder()).reason, "output 0 has another shape");
}

TEST_F(node_case, takes_later_inputs_as_constants) {
  model m(13);
  m.input("x", {1, 2}).input("b", {1, 2}).output("y");
  m.add("Selu", {"x", "b"}, "y");
  write("model.onnx", m.proto);
  tensor("input_0", {-1.0f, 3.0f});
  tensor("input_1", {1.0f, 1.0f});
  tensor("output_0", {0.0f, 3.0f});
  EXPECT_EQ(io::onnx::judge_node_case(folder()).verdict, verdict::not_supported);
  m.proto.mutable_graph()->mutable_node(0)->set_op_type("Mul");  // by a constant: a batch normalization
  write("model.onnx", m.proto);
  tensor("input_1", {2.0f, 2.0f});
  tensor("output_0", {-2.0f, 6.0f});
  auto const made = io::onnx::judge_node_case(folder());
  EXPECT_EQ(made.verdict, verdict::passed) << made.reason;
}

/// Numbers of types that no kernel has, by what C++ makes of them.
TEST_F(node_case, computes_what_is_constant_in_the_types_of_the_file) {
  model m(13);
  m.input("x", {3}).output("y");
  m.add("Sub", {"x", "b"}, "y");
  m.proto.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto_DataType_UINT8);
  m.proto.mutable_graph()->add_input()->set_name("b");
  write("model.onnx", m.proto);
  auto const numbers = [&](std::string const& name, std::vector<std::uint8_t> const& values) {
    onnx::TensorProto t;
    t.set_data_type(onnx::TensorProto_DataType_UINT8);
    t.add_dims(static_cast<std::int64_t>(values.size()));
    t.set_raw_data(values.data(), values.size());
    write("test_data_set_0/" + name + ".pb", t);
  };
  numbers("input_0", {1, 200, 255});
  numbers("input_1", {2});
  numbers("output_0", {255, 198, 253});
  auto const made = io::onnx::judge_node_case(folder());
  EXPECT_EQ(made.verdict, verdict::passed) << made.reason;
  numbers("output_0", {255, 198, 252});
  EXPECT_EQ(io::onnx::judge_node_case(folder()).verdict, verdict::failed);
}

TEST_F(node_case, fails_where_files_are_missing_or_cut) {
  EXPECT_EQ(io::onnx::judge_node_case(folder()).verdict, verdict::failed);
  write_relu({0.0f, 3.0f});
  std::ofstream(folder() / "test_data_set_0/output_0.pb", std::ios::binary) << "\x0a\xff";
  EXPECT_NE(io::onnx::judge_node_case(folder()).reason.find("output_0.pb"), std::string::npos);
  write_relu({0.0f, 3.0f});
  std::filesystem::remove(folder() / "test_data_set_0/output_0.pb");
  EXPECT_EQ(io::onnx::judge_node_case(folder()).reason, "has another number of outputs");
}

}  // namespace
