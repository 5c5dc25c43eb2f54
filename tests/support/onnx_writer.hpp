// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <onnx/onnx_pb.h>

// Writes small ONNX models with protobuf's own interface.
namespace linnet_tests::onnx {

namespace proto = ::onnx;
using integers = std::vector<std::int64_t>;
using reals = std::vector<float>;
using names = std::vector<std::string>;

/// Numbers between -1 and 1, the same for the same seed.
inline reals some(std::size_t count, std::uint32_t seed) {
  std::uint32_t state = seed * 2654435761u + 1;
  reals values;
  for (std::size_t i = 0; i < count; ++i) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    values.push_back(static_cast<float>(state >> 8) / 8388608.0f - 1.0f);
  }
  return values;
}

inline std::size_t count_of(integers const& dims) {
  std::size_t count = 1;
  for (std::int64_t d : dims) count *= static_cast<std::size_t>(d);
  return count;
}

/// An operator under construction: `.set("group", 2)`.
class operation {
 public:
  explicit operation(proto::NodeProto* node) : node_(node) {}
  template <std::integral Integer>
  operation& set(std::string const& name, Integer value) {
    auto* const a = add(name, proto::AttributeProto_AttributeType_INT);
    a->set_i(value);
    return *this;
  }
  operation& set(std::string const& name, float value) {
    auto* const a = add(name, proto::AttributeProto_AttributeType_FLOAT);
    a->set_f(value);
    return *this;
  }
  operation& set(std::string const& name, integers const& values) {
    auto* const a = add(name, proto::AttributeProto_AttributeType_INTS);
    for (std::int64_t value : values) a->add_ints(value);
    return *this;
  }
  operation& set(std::string const& name, std::string const& value) {
    auto* const a = add(name, proto::AttributeProto_AttributeType_STRING);
    a->set_s(value);
    return *this;
  }
  [[nodiscard]] proto::NodeProto* node() const { return node_; }
  proto::AttributeProto* add(std::string const& name, proto::AttributeProto_AttributeType type) {
    auto* const a = node_->add_attribute();
    a->set_name(name);
    a->set_type(type);
    return a;
  }

 private:
  proto::NodeProto* node_;
};

class model {
 public:
  explicit model(std::int64_t opset = 13) {
    proto.set_ir_version(7);
    proto.add_opset_import()->set_version(opset);
  }
  model& input(std::string const& name, integers const& dims) {
    describe(proto.mutable_graph()->add_input(), name, dims);
    return *this;
  }
  model& output(std::string const& name) {
    proto.mutable_graph()->add_output()->set_name(name);
    return *this;
  }
  model& constant(std::string const& name, integers const& dims, reals const& values) {
    auto* const t = tensor(name, dims, proto::TensorProto_DataType_FLOAT);
    t->set_raw_data(values.data(), values.size() * sizeof(float));
    return *this;
  }
  model& constant(std::string const& name, integers const& dims, std::uint32_t seed) {
    return constant(name, dims, some(count_of(dims), seed));
  }
  model& numbers(std::string const& name, integers const& values) {
    auto* const t =
        tensor(name, {static_cast<std::int64_t>(values.size())}, proto::TensorProto_DataType_INT64);
    for (std::int64_t value : values) t->add_int64_data(value);
    return *this;
  }
  operation add(std::string const& kind, names const& inputs, std::string const& output) {
    auto* const node = proto.mutable_graph()->add_node();
    node->set_op_type(kind);
    for (std::string const& name : inputs) node->add_input(name);
    node->add_output(output);
    return operation(node);
  }
  [[nodiscard]] std::vector<std::byte> bytes() const {
    std::string const text = proto.SerializeAsString();
    auto const* const first = reinterpret_cast<std::byte const*>(text.data());
    return {first, first + text.size()};
  }
  proto::TensorProto* tensor(std::string const& name, integers const& dims, int type) {
    auto* const t = proto.mutable_graph()->add_initializer();
    t->set_name(name);
    t->set_data_type(type);
    for (std::int64_t d : dims) t->add_dims(d);
    return t;
  }

  ::onnx::ModelProto proto;

 private:
  static void describe(proto::ValueInfoProto* info, std::string const& name, integers const& dims) {
    info->set_name(name);
    auto* const type = info->mutable_type()->mutable_tensor_type();
    type->set_elem_type(proto::TensorProto_DataType_FLOAT);
    auto* const shape = type->mutable_shape();
    for (std::int64_t d : dims) shape->add_dim()->set_dim_value(d);
  }
};

/// A model of one operator on an input 'x' that makes 'y'.
inline model one(std::int64_t opset, std::string const& kind, integers const& dims, names inputs = {}) {
  model m(opset);
  m.input("x", dims).output("y");
  inputs.insert(inputs.begin(), "x");
  m.add(kind, inputs, "y");
  return m;
}
inline operation first(model& m) { return operation(m.proto.mutable_graph()->mutable_node(0)); }

}  // namespace linnet_tests::onnx
