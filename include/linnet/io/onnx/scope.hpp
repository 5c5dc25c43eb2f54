// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <linnet/io/onnx/constants.hpp>
#include <linnet/io/onnx/layout.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

/// What a name of the file stands for: an activation, a tensor whose values nobody has looked at yet, or a
/// constant that an operator made of others.
struct named_value {
  stored_value activation{};                   ///< id -1: it is a constant
  proto::TensorProto const* unread = nullptr;  ///< where nobody has looked at its values
  linnet::io::onnx::constant made{};           ///< else: what an operator made
  /// Whether its values are known.
  [[nodiscard]] bool is_constant() const { return activation.id < 0; }
};

/// The names of a graph, each given once.
class scope {
 public:
  /// Gives a name. Fails (invalid_graph) where it is taken.
  [[nodiscard]] result<void> add(std::string_view name, named_value value) {
    if (name.empty()) return fail(errc::malformed, "a tensor without a name");
    if (values_.emplace(std::string(name), value).second) return {};
    return fail(errc::invalid_graph, "tensor " + in_quotes(name) + " is made twice");
  }
  /// What a name stands for. Fails (invalid_graph) where nothing has it yet.
  [[nodiscard]] result<named_value> find(std::string_view name) const {
    auto const found = values_.find(name);
    if (found != values_.end()) return found->second;
    return fail(errc::invalid_graph,
                "tensor " + in_quotes(name) + " does not exist, or is used before an operator has made it");
  }

  /// Bytes of numbers of one of the file's types, kept as long as the scope.
  [[nodiscard]] constant keep_bytes(shape const& s, int data_type, std::vector<std::byte> bytes) {
    bool const is_plain =
        data_type == proto::TensorProto_DataType_FLOAT || data_type == proto::TensorProto_DataType_INT64;
    blocks_.push_back(std::move(bytes));
    return {s, type_of_width(data_type), blocks_.back(), is_plain ? 0 : data_type};
  }
  /// Values that came from no field of the file, kept as long as the scope.
  template <class T>
  [[nodiscard]] constant keep(shape const& s, std::vector<T> const& values) {
    auto const bytes = std::as_bytes(std::span(values));
    blocks_.emplace_back(bytes.begin(), bytes.end());
    return {s, sizeof(T) == sizeof(float) ? f32 : s64, blocks_.back()};
  }

 private:
  std::map<std::string, named_value, std::less<>> values_;
  std::deque<std::vector<std::byte>> blocks_;
};

}  // namespace linnet::inline LINNET_ISA::io::onnx
