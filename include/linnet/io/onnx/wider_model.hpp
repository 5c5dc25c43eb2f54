// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

#include <linnet/base/half.hpp>
#include <linnet/io/onnx/proto.hpp>
#include <linnet/io/widened.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// Whether the tensor had halves, which are floats now. Halves are raw bytes, or the low bits of 32-bit
/// numbers.
inline bool widen(proto::TensorProto& t) {
  if (t.data_type() != proto::TensorProto_DataType_FLOAT16) return false;
  t.set_data_type(proto::TensorProto_DataType_FLOAT);
  if (t.has_raw_data()) {
    auto const wide = widened_halves(std::as_bytes(std::span(t.raw_data().data(), t.raw_data().size())));
    t.set_raw_data(wide.data(), wide.size());
    return true;
  }
  for (std::int32_t const bits : t.int32_data())
    t.add_float_data(widened(half{static_cast<std::uint16_t>(bits)}));
  t.clear_int32_data();
  return true;
}

inline void widen(proto::ValueInfoProto& value) {
  if (!value.type().has_tensor_type()) return;
  auto* const type = value.mutable_type()->mutable_tensor_type();
  if (type->elem_type() == proto::TensorProto_DataType_FLOAT16)
    type->set_elem_type(proto::TensorProto_DataType_FLOAT);
}

}  // namespace detail

/// Makes a model of float16 one of float32: its constants are widened, which is exact, its inputs, outputs
/// and everything between them are float32, casts to float16 are ones to float32. What it makes differs from
/// what arithmetic in float16 makes by that one's rounding.
inline void widen_halves(proto::ModelProto& model) {
  proto::GraphProto& graph = *model.mutable_graph();
  for (auto& constant : *graph.mutable_initializer()) detail::widen(constant);
  for (auto& input : *graph.mutable_input()) detail::widen(input);
  for (auto& output : *graph.mutable_output()) detail::widen(output);
  for (auto& node : *graph.mutable_node()) {
    for (auto& attribute : *node.mutable_attribute()) {
      if (attribute.has_t()) detail::widen(*attribute.mutable_t());
      bool const to_halves = node.op_type() == "Cast" && attribute.name() == "to" &&
                             attribute.i() == proto::TensorProto_DataType_FLOAT16;
      if (to_halves) attribute.set_i(proto::TensorProto_DataType_FLOAT);
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::io::onnx
