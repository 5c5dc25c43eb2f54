// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <flatbuffers/flatbuffers.h>

/// Writes .tflite files for tests, wrong ones too. It knows the schema on its own account: its field numbers
/// are written here a second time, not taken from the reader that it tests.
namespace linnet_tests::tflite {

/// The schema's TensorType.
enum type : std::int8_t {
  FLOAT32 = 0,
  FLOAT16 = 1,
  INT32 = 2,
  UINT8 = 3,
  INT64 = 4,
  STRING = 5,
  INT16 = 7,
  INT8 = 9,
  INT4 = 17
};
/// The schema's Padding and ActivationFunctionType.
enum padding : std::int8_t { SAME = 0, VALID = 1 };
enum fused : std::int8_t { NONE = 0, RELU = 1, RELU_N1_TO_1 = 2, RELU6 = 3, TANH = 4, SIGN_BIT = 5 };

/// The values as a tensor stores them.
template <class T>
[[nodiscard]] std::vector<std::byte> bytes_of(std::vector<T> const& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

struct tensor {
  std::string name{};
  std::vector<std::int32_t> shape{};
  tflite::type type = FLOAT32;
  std::vector<std::byte> data{};  // empty: computed
  std::vector<float> scales{};
  std::vector<std::int64_t> zero_points{};
  std::int32_t quantized_dimension = 0;
  // What a sound file leaves as it is here:
  bool has_shape = true, has_rank = false, variable = false, sparse = false;
  std::uint8_t quantization_details = 0;
  std::vector<std::int32_t> shape_signature{};
  std::optional<std::uint32_t> buffer{};  // in place of a buffer of its own
  std::uint64_t external_offset = 0, external_size = 0;
};

/// One field of an operator's options: its number and its value.
struct option {
  unsigned field;
  std::variant<bool, std::int8_t, std::int32_t, float, std::vector<std::int32_t>> value;
};

struct operation {
  std::int32_t code = 0;  // the schema's BuiltinOperator
  std::vector<std::int32_t> inputs{}, outputs{};
  std::uint8_t options_type = 0;  // member of the union BuiltinOptions; 0: none are written
  std::vector<option> options{};
  std::string custom_name{};
  std::vector<std::uint8_t> custom_options{};
};

struct model {
  std::vector<tensor> tensors{};
  std::vector<operation> operations{};
  std::vector<std::int32_t> inputs{}, outputs{};
  // What a sound file leaves as it is here:
  std::uint32_t version = 3, subgraphs = 1;
  char const* identifier = "TFL3";
  bool only_deprecated_codes = false;         // as files before 2020 state them
  std::optional<std::uint32_t> code_index{};  // of every operator

  [[nodiscard]] std::vector<std::byte> bytes() const;
};

/// Puts one model together.
class writer {
 public:
  explicit writer(model const& from) : model_(from) {}

  [[nodiscard]] std::vector<std::byte> write() {
    table_offsets codes, subgraphs;
    for (operation const& o : model_.operations) codes.push_back(write_code(o));
    for (std::uint32_t i = 0; i < model_.subgraphs; ++i) subgraphs.push_back(write_subgraph());
    table_offsets buffers{table({})};
    for (tensor const& t : model_.tensors) buffers.push_back(write_buffer(t));
    auto const code_list = builder_.CreateVector(codes), subgraph_list = builder_.CreateVector(subgraphs),
               buffer_list = builder_.CreateVector(buffers);
    auto const root = table(
        {number(0, model_.version), child(1, code_list), child(2, subgraph_list), child(4, buffer_list)});
    builder_.Finish(root, model_.identifier);
    auto const* first = reinterpret_cast<std::byte const*>(builder_.GetBufferPointer());
    return {first, first + builder_.GetSize()};
  }

 private:
  using offset = flatbuffers::Offset<flatbuffers::Table>;
  using table_offsets = std::vector<offset>;
  using field = std::function<void(flatbuffers::FlatBufferBuilder&)>;

  [[nodiscard]] static flatbuffers::voffset_t slot(unsigned f) {
    return static_cast<flatbuffers::voffset_t>(4 + 2 * f);
  }
  template <class T>
  [[nodiscard]] static field number(unsigned f, T value) {
    return [=](flatbuffers::FlatBufferBuilder& b) { b.AddElement<T>(slot(f), value); };
  }
  template <class T>
  [[nodiscard]] static field child(unsigned f, flatbuffers::Offset<T> value) {
    return [=](flatbuffers::FlatBufferBuilder& b) { b.AddOffset(slot(f), value); };
  }
  [[nodiscard]] offset table(std::vector<field> const& fields) {
    auto const start = builder_.StartTable();
    for (field const& f : fields) f(builder_);
    return {builder_.EndTable(start)};
  }

  [[nodiscard]] offset write_code(operation const& o) {
    std::vector<field> fields{number(0, static_cast<std::int8_t>(std::min(o.code, std::int32_t{127})))};
    if (!o.custom_name.empty()) fields.push_back(child(1, builder_.CreateString(o.custom_name)));
    if (!model_.only_deprecated_codes) fields.push_back(number(3, o.code));
    return table(fields);
  }

  [[nodiscard]] offset write_subgraph() {
    table_offsets tensors, operations;
    for (std::size_t i = 0; i < model_.tensors.size(); ++i) tensors.push_back(write_tensor(i));
    for (std::size_t i = 0; i < model_.operations.size(); ++i) operations.push_back(write_operation(i));
    auto const tensor_list = builder_.CreateVector(tensors);
    auto const inputs = builder_.CreateVector(model_.inputs), outputs = builder_.CreateVector(model_.outputs);
    auto const operation_list = builder_.CreateVector(operations);
    return table({child(0, tensor_list), child(1, inputs), child(2, outputs), child(3, operation_list)});
  }

  [[nodiscard]] offset write_quantization(tensor const& t) {
    auto const scales = builder_.CreateVector(t.scales);
    auto const zero_points = builder_.CreateVector(t.zero_points);
    std::vector<field> fields{child(2, scales), child(3, zero_points), number(6, t.quantized_dimension)};
    if (t.quantization_details != 0) {
      fields.push_back(number(4, t.quantization_details));
      fields.push_back(child(5, table({})));
    }
    return table(fields);
  }

  [[nodiscard]] offset write_tensor(std::size_t index) {
    tensor const& t = model_.tensors[index];
    std::uint32_t const own_buffer =
        t.data.empty() && t.external_size == 0 ? 0 : static_cast<std::uint32_t>(index + 1);
    std::vector<field> fields{number(1, static_cast<std::int8_t>(t.type)),
                              number(2, t.buffer.value_or(own_buffer))};
    if (t.has_shape) fields.push_back(child(0, builder_.CreateVector(t.shape)));
    fields.push_back(child(3, builder_.CreateString(t.name)));
    if (!t.scales.empty() || t.quantization_details != 0) fields.push_back(child(4, write_quantization(t)));
    if (t.variable) fields.push_back(number(5, std::uint8_t{1}));
    if (t.sparse) fields.push_back(child(6, table({})));
    if (!t.shape_signature.empty()) fields.push_back(child(7, builder_.CreateVector(t.shape_signature)));
    if (t.has_rank) fields.push_back(number(8, std::uint8_t{1}));
    return table(fields);
  }

  [[nodiscard]] offset write_buffer(tensor const& t) {
    if (t.external_size > 0) return table({number(1, t.external_offset), number(2, t.external_size)});
    builder_.ForceVectorAlignment(t.data.size(), 1, 16);
    auto const data =
        builder_.CreateVector(reinterpret_cast<std::uint8_t const*>(t.data.data()), t.data.size());
    return table({child(0, data)});
  }

  [[nodiscard]] field write_option(option const& o) {
    return std::visit(
        [&](auto const& value) -> field {
          using value_type = std::decay_t<decltype(value)>;
          if constexpr (std::is_same_v<value_type, std::vector<std::int32_t>>) {
            return child(o.field, builder_.CreateVector(value));
          } else if constexpr (std::is_same_v<value_type, bool>) {
            return number(o.field, static_cast<std::uint8_t>(value));
          } else {
            return number(o.field, value);
          }
        },
        o.value);
  }

  [[nodiscard]] offset write_operation(std::size_t index) {
    operation const& o = model_.operations[index];
    std::vector<field> fields{number(0, model_.code_index.value_or(static_cast<std::uint32_t>(index)))};
    fields.push_back(child(1, builder_.CreateVector(o.inputs)));
    fields.push_back(child(2, builder_.CreateVector(o.outputs)));
    if (o.options_type != 0) {
      std::vector<field> options;
      for (option const& each : o.options) options.push_back(write_option(each));
      fields.push_back(number(3, o.options_type));
      fields.push_back(child(4, table(options)));
    }
    if (!o.custom_options.empty()) fields.push_back(child(5, builder_.CreateVector(o.custom_options)));
    return table(fields);
  }

  model const& model_;
  flatbuffers::FlatBufferBuilder builder_;
};

inline std::vector<std::byte> model::bytes() const { return writer(*this).write(); }

}  // namespace linnet_tests::tflite
