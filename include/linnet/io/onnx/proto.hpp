// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include <onnx/onnx_pb.h>

#include <linnet/session/error.hpp>

// The only header that includes protobuf's.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace proto = ::onnx;

/// How long a file may be: protobuf's own form of a message can take a hundred times the bytes of the file.
inline constexpr std::size_t most_bytes = std::size_t{1} << 29;

/// The message of a file. Fails where the bytes are no ONNX model, and where they are too many.
[[nodiscard]] inline result<std::unique_ptr<proto::ModelProto>> parse(std::span<std::byte const> bytes) {
  if (bytes.size() > most_bytes) {
    return fail(errc::too_large, "a file of more than " + std::to_string(most_bytes) + " bytes");
  }
  auto model = std::make_unique<proto::ModelProto>();
  // "Partial": required fields, which ONNX does not have, would be missed in a message to standard error.
  if (!model->ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size())) || !model->has_graph()) {
    return fail(errc::malformed, "is not an ONNX file, or is damaged");
  }
  return model;
}

/// "DOUBLE" of a TensorProto's data_type, or its number.
[[nodiscard]] inline std::string type_in_words(int data_type) {
  bool const known = proto::TensorProto_DataType_IsValid(data_type);
  return known ? proto::TensorProto_DataType_Name(static_cast<proto::TensorProto_DataType>(data_type))
               : std::to_string(data_type);
}

}  // namespace linnet::inline LINNET_ISA::io::onnx
