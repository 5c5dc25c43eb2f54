// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <linnet/io/onnx/narrow_numbers.hpp>
#include <linnet/io/onnx/proto.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

inline void widen(proto::ValueInfoProto& value) {
  if (!value.type().has_tensor_type()) return;
  auto* const type = value.mutable_type()->mutable_tensor_type();
  if (type->elem_type() == proto::TensorProto_DataType_FLOAT16)
    type->set_elem_type(proto::TensorProto_DataType_FLOAT);
}

}  // namespace detail

/// Makes a model of float16 one of float32: its constants are widened, which is exact, its inputs, outputs
/// and everything between them are float32, casts to float16 are ones to float32. What it makes differs from
/// what arithmetic in float16 makes by that one's rounding. Constants of float8 become float32, integers of 4
/// and 2 bits take a byte each. Gives whether there were constants of float16.
inline bool widen_numbers(proto::ModelProto& model) {
  proto::GraphProto& graph = *model.mutable_graph();
  bool halves = false;
  for (auto& constant : *graph.mutable_initializer()) {
    halves = halves || constant.data_type() == proto::TensorProto_DataType_FLOAT16;
    detail::unpack(constant);
    detail::widen(constant);
  }
  for (auto& input : *graph.mutable_input()) detail::widen(input);
  for (auto& output : *graph.mutable_output()) detail::widen(output);
  for (auto& node : *graph.mutable_node()) {
    for (auto& attribute : *node.mutable_attribute()) {
      if (attribute.has_t()) {
        halves = halves || attribute.t().data_type() == proto::TensorProto_DataType_FLOAT16;
        detail::unpack(*attribute.mutable_t());
        detail::widen(*attribute.mutable_t());
      }
      bool const to_halves = node.op_type() == "Cast" && attribute.name() == "to" &&
                             attribute.i() == proto::TensorProto_DataType_FLOAT16;
      if (to_halves) attribute.set_i(proto::TensorProto_DataType_FLOAT);
    }
  }
  return halves;
}

}  // namespace linnet::inline LINNET_ISA::io::onnx
