// SPDX-License-Identifier: MIT
// libFuzzer: arbitrary bytes as an .onnx file, with its nodes merged and as they are. Half of all changes are
// made to the model that the bytes describe, since most others only break protobuf's own lengths.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <random>
#include <span>
#include <string>

#include <onnx/onnx_pb.h>

#include <linnet/io/onnx/reader.hpp>

#include "read_network.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

namespace proto = ::onnx;

/// One change to a model.
class model_change {
 public:
  model_change(proto::GraphProto& graph, std::uint32_t seed) : graph_(graph), random_(seed) {}

  void make() {
    if (graph_.node_size() == 0) return;
    proto::NodeProto& node = *graph_.mutable_node(below(graph_.node_size()));
    switch (below(9)) {
      case 0: return node.set_op_type(graph_.node(below(graph_.node_size())).op_type());
      case 1: return node.set_op_type(kinds[below(static_cast<int>(std::size(kinds)))]);
      case 2: return rewire(node);
      case 3: {  // once more, behind all others
        proto::NodeProto const copy = node;
        *graph_.add_node() = copy;
        return;
      }
      case 4: {
        proto::AttributeProto* const a = node.add_attribute();
        a->set_name(names[below(static_cast<int>(std::size(names)))]);
        a->set_type(proto::AttributeProto_AttributeType_INTS);
        return change(*a);
      }
      case 5:
      case 6:
        if (node.attribute_size() > 0) change(*node.mutable_attribute(below(node.attribute_size())));
        return;
      case 7:
        if (graph_.initializer_size() > 0)
          change(*graph_.mutable_initializer(below(graph_.initializer_size())));
        return;
      default: return change_input();
    }
  }

 private:
  static constexpr char const* kinds[] = {"Conv",
                                          "Gemm",
                                          "MatMul",
                                          "Add",
                                          "Mul",
                                          "Sub",
                                          "Div",
                                          "Relu",
                                          "Clip",
                                          "Concat",
                                          "Flatten",
                                          "Reshape",
                                          "Transpose",
                                          "Pad",
                                          "Slice",
                                          "Split",
                                          "MaxPool",
                                          "AveragePool",
                                          "ReduceMean",
                                          "Softmax",
                                          "Sigmoid",
                                          "Squeeze",
                                          "Constant",
                                          "Resize",
                                          "Identity",
                                          "ConvTranspose",
                                          "PRelu",
                                          "GlobalAveragePool",
                                          "BatchNormalization",
                                          "DequantizeLinear",
                                          "Range",
                                          "Where",
                                          "Shape",
                                          "Gather",
                                          "GatherElements",
                                          "Tile",
                                          "Expand",
                                          "DepthToSpace",
                                          "LRN",
                                          "LSTM",
                                          "GRU",
                                          "QuantizeLinear",
                                          "DynamicQuantizeLinear",
                                          "QLinearConv",
                                          "QLinearMatMul",
                                          "MatMulInteger",
                                          "ConvInteger",
                                          "Cast"};
  static constexpr char const* names[] = {"axis",      "axes",     "pads",  "strides",
                                          "dilations", "group",    "perm",  "kernel_shape",
                                          "ceil_mode", "keepdims", "alpha", "transB"};

  int below(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
  std::int64_t number() {
    constexpr std::int64_t odd[] = {-1,
                                    0,
                                    1,
                                    2,
                                    3,
                                    4,
                                    7,
                                    128,
                                    1 << 14,
                                    1 << 30,
                                    std::int64_t{1} << 40,
                                    std::numeric_limits<std::int64_t>::min(),
                                    std::numeric_limits<std::int64_t>::max()};
    return odd[below(below(3) == 0 ? static_cast<int>(std::size(odd)) : 6)];
  }
  std::string some_name() {
    int const node = below(graph_.node_size());
    switch (below(3)) {
      case 0: return graph_.node(node).output_size() > 0 ? graph_.node(node).output(0) : "";
      case 1: return graph_.input_size() > 0 ? graph_.input(0).name() : "";
      default:
        return graph_.initializer_size() > 0 ? graph_.initializer(below(graph_.initializer_size())).name()
                                             : "";
    }
  }
  void rewire(proto::NodeProto& node) {
    if (node.input_size() == 0 || below(4) == 0) return node.add_input(some_name());
    if (below(4) == 0) return node.mutable_input()->RemoveLast();
    node.set_input(below(node.input_size()), some_name());
  }
  void change(proto::AttributeProto& a) {
    switch (a.type()) {
      case proto::AttributeProto_AttributeType_INT: return a.set_i(number());
      case proto::AttributeProto_AttributeType_FLOAT: return a.set_f(static_cast<float>(number()) / 2.0f);
      case proto::AttributeProto_AttributeType_INTS:
        if (a.ints_size() == 0 || below(3) == 0) return a.add_ints(number());
        if (below(4) == 0) return a.mutable_ints()->RemoveLast();
        return a.set_ints(below(a.ints_size()), number());
      default: return a.set_type(static_cast<proto::AttributeProto_AttributeType>(below(8)));
    }
  }
  void change(proto::TensorProto& t) {
    switch (below(4)) {
      case 0: return t.set_data_type(below(17));
      case 1: return t.add_dims(number());
      case 2:
        if (t.int64_data_size() > 0) return t.set_int64_data(below(t.int64_data_size()), number());
        return t.add_int64_data(number());
      default:
        if (t.dims_size() > 0) t.set_dims(below(t.dims_size()), number());
    }
  }
  void change_input() {
    if (graph_.input_size() == 0) return;
    auto* const s = graph_.mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
    if (s->dim_size() == 0 || below(4) == 0) return s->add_dim()->set_dim_value(number());
    s->mutable_dim(below(s->dim_size()))->set_dim_value(number());
  }

  proto::GraphProto& graph_;
  std::minstd_rand random_;
};

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
  proto::ModelProto model;
  if (seed % 2 == 0 || !model.ParseFromArray(data, static_cast<int>(size)))
    return LLVMFuzzerMutate(data, size, most);
  model_change(*model.mutable_graph(), seed).make();
  std::string const text = model.SerializeAsString();
  if (text.empty() || text.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::ranges::copy(text, data);
  return text.size();
}

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const bytes = std::as_bytes(std::span(data, size));
  for (bool fuse : {true, false})
    fuzz::use(linnet::io::onnx::read(bytes, "fuzz.onnx", {.fuse = fuse}), "fuzz.onnx: ");
  return 0;
}
