// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <linnet/io/tflite/tensor_parts.hpp>
#include <linnet/io/widened.hpp>
#include <linnet/session/network.hpp>

namespace linnet::inline LINNET_ISA::io::tflite {

/// Numbers of a tensor that shapes an operator (axes, a permutation, amounts of padding).
using integer_list = static_vector<std::int64_t, 2 * max_rank>;

/// Brings the tensors of a subgraph into a network, each when an operator or an end of the graph first asks
/// for it: what nobody asks for is neither kept nor looked at. Messages of its errors begin with the tensor.
class tensor_reader {
 public:
  /// Files with more are refused; longer names are cut.
  static constexpr std::size_t most_tensors = 1u << 15, most_name_bytes = 1u << 10;

  /// `into` gets the tensors; it and the file outlive the reader. Precondition: at most `most_tensors`
  /// tensors.
  tensor_reader(table const& model, table const& subgraph, network& into)
      : buffers_(model.tables(model_fields::buffers)),
        tensors_(subgraph.tables(subgraph_fields::tensors)),
        into_(into),
        ids_(tensors_.size(), -1) {}

  /// The network's number for tensor `index` of the file.
  [[nodiscard]] result<tensor_id> use(std::int32_t index) {
    auto const stated = find(index);
    if (!stated) return unexpected(stated.error());
    tensor_id& id = ids_[static_cast<std::size_t>(index)];
    if (id >= 0) return id;
    tensor_info info;
    auto const bytes = read_all(*stated, info);
    if (!bytes) return within(place(index), bytes.error());
    id = static_cast<tensor_id>(into_.graph.tensors.size());
    byte_span held = *bytes;  // numbers of 4 bits become bytes, halves floats
    if ((info.type == s4 || info.type == f16) && !held.empty()) {
      held = widened(held, info);
      info.type = info.type == s4 ? s8 : f32;
    }
    into_.graph.tensors.push_back(info);
    into_.constants.push_back(held);
    return id;
  }

  /// Whether the file states halves that this network has as floats.
  [[nodiscard]] bool is_widened_half(std::int32_t index) const {
    auto const stated = find(index);
    if (!stated) return false;
    auto const type = detail::read_type(*stated);
    tensor_id const id = ids_[static_cast<std::size_t>(index)];
    return type && *type == f16 && id >= 0 && info(id).type == f32;
  }
  /// Tensor `index` of the file, which nothing has asked for, is this one of the network. Fails where the
  /// file states another shape, or another type than float32.
  [[nodiscard]] result<void> give(std::int32_t index, tensor_id id) {
    auto const stated = find(index);
    if (!stated) return unexpected(stated.error());
    auto const type = detail::read_type(*stated);
    if (!type) return within(place(index), type.error());
    auto const shape = detail::read_shape(*stated, true);
    if (!shape) return within(place(index), shape.error());
    tensor_id& known = ids_[static_cast<std::size_t>(index)];
    if (*type != f32 || !(*shape == info(id).shape) || known >= 0)
      return fail(errc::invalid_graph, place(index) + "is not what the halves make as floats");
    known = id;
    return {};
  }

  /// A tensor of the network.
  [[nodiscard]] tensor_info const& info(tensor_id id) const {
    return into_.graph.tensors[static_cast<std::size_t>(id)];
  }

  /// The values of a constant INT32 or INT64 tensor of 1 to 12 elements.
  [[nodiscard]] result<integer_list> integers(std::int32_t index) const;
  /// The bytes of a constant tensor of one element of `type`.
  [[nodiscard]] result<std::span<std::byte const>> scalar(std::int32_t index, element_type type) const;

  /// " -> tensor 'name'" of a tensor that may not exist.
  [[nodiscard]] std::string arrow_to(std::int32_t index) const {
    if (index < 0 || static_cast<std::size_t>(index) >= tensors_.size()) return {};
    return " -> tensor " + in_quotes(tensors_[static_cast<std::size_t>(index)].string(tensor_fields::name));
  }

 private:
  using byte_span = std::span<std::byte const>;

  /// What constants were made of, and the file that the others look at.
  struct made_storage {
    std::shared_ptr<void const> file;
    std::deque<std::vector<std::byte>> blocks;
  };
  /// Once for each buffer and count: thousands of tensors may share one.
  [[nodiscard]] byte_span widened(byte_span stored, tensor_info const& info) {
    if (!made_) {
      made_ = std::make_shared<made_storage>();
      made_->file = std::exchange(into_.storage, made_);
    }
    std::int64_t const count = info.shape.elements();
    byte_span& known = widened_[{stored.data(), count}];
    if (known.empty()) {
      known = made_->blocks.emplace_back(info.type == s4 ? widened_nibbles(stored, count)
                                                         : widened_halves(stored));
    }
    return known;
  }

  [[nodiscard]] std::string place(std::int32_t index) const {
    return "tensor " + std::to_string(index) + " " +
           in_quotes(tensors_[static_cast<std::size_t>(index)].string(tensor_fields::name)) + ": ";
  }
  [[nodiscard]] result<table> find(std::int32_t index) const {
    if (index < 0 || static_cast<std::size_t>(index) >= tensors_.size()) {
      return fail(errc::malformed, "tensor " + std::to_string(index) + " does not exist, there are " +
                                       std::to_string(tensors_.size()));
    }
    return tensors_[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] result<byte_span> read_all(table const& stated, tensor_info& info);
  [[nodiscard]] result<byte_span> plain_bytes(table const& stated) const;

  table_list buffers_, tensors_;
  network& into_;
  std::shared_ptr<made_storage> made_;
  std::map<std::pair<std::byte const*, std::int64_t>, byte_span> widened_;
  std::vector<tensor_id> ids_;  // of each tensor of the file; -1: not asked for yet
};

inline result<std::span<std::byte const>> tensor_reader::read_all(table const& stated, tensor_info& info) {
  auto const bytes = plain_bytes(stated);
  if (!bytes) return bytes;
  auto const type = detail::read_type(stated);
  if (!type) return unexpected(type.error());
  auto const shape = detail::read_shape(stated, !bytes->empty());
  if (!shape) return unexpected(shape.error());
  info.type = *type;
  info.shape = *shape;
  if (!bytes->empty()) {
    info.role = tensor_role::constant;
    auto const expected_bytes = bytes_of(*type, shape->elements(max_elements));
    if (static_cast<std::uint64_t>(expected_bytes) != bytes->size()) {
      return fail(errc::malformed, "its buffer has " + std::to_string(bytes->size()) + " bytes, its shape " +
                                       describe(*shape) + " asks for " + std::to_string(expected_bytes));
    }
  }
  if (auto read = detail::read_quantization(stated, info, into_.graph); !read)
    return unexpected(read.error());
  info.name = into_.graph.add_name(stated.string(tensor_fields::name).substr(0, most_name_bytes));
  return bytes;
}

/// What the tensor's buffer holds; nothing where the tensor is computed.
inline result<std::span<std::byte const>> tensor_reader::plain_bytes(table const& stated) const {
  if (stated.has(tensor_fields::sparsity))
    return fail(errc::not_supported, "sparse tensors are not supported");
  if (stated.flag(tensor_fields::is_variable)) {
    return fail(errc::not_supported, "variable tensors are not supported");
  }
  auto const index = stated.number<std::uint32_t>(tensor_fields::buffer);
  if (index >= buffers_.size()) {
    if (index == 0) return byte_span{};
    return fail(errc::malformed, "buffer " + std::to_string(index) + " does not exist, there are " +
                                     std::to_string(buffers_.size()));
  }
  table const buffer = buffers_[index];
  if (buffer.number<std::uint64_t>(buffer_fields::offset) > 1 ||
      buffer.number<std::uint64_t>(buffer_fields::size) > 0) {
    return fail(errc::not_supported, "data behind the FlatBuffers part of the file is not supported");
  }
  return buffer.bytes(buffer_fields::data);
}

inline result<integer_list> tensor_reader::integers(std::int32_t index) const {
  auto const stated = find(index);
  if (!stated) return unexpected(stated.error());
  auto const type = detail::read_type(*stated);
  if (!type || (*type != s32 && *type != s64)) {
    return fail(errc::malformed, place(index) + "is not of type INT32 or INT64");
  }
  auto const bytes = plain_bytes(*stated);
  if (!bytes) return within(place(index), bytes.error());
  if (bytes->empty()) return fail(errc::not_supported, place(index) + "is not a constant");
  auto const shape = detail::read_shape(*stated, true);
  if (!shape) return within(place(index), shape.error());
  std::int64_t const count = shape->elements(max_elements);
  if (static_cast<std::uint64_t>(bytes_of(*type, count)) != bytes->size() ||
      static_cast<std::uint64_t>(count) > integer_list::capacity()) {
    return fail(errc::malformed, place(index) + "a buffer of " + std::to_string(bytes->size()) +
                                     " bytes and shape " + describe(*shape) + " do not go together here");
  }
  integer_list list;
  number_list<std::int32_t> const narrow(*bytes);
  number_list<std::int64_t> const wide(*bytes);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    list.push_back(*type == s32 ? narrow[i] : wide[i]);
  }
  return list;
}

inline result<std::span<std::byte const>> tensor_reader::scalar(std::int32_t index, element_type type) const {
  auto const stated = find(index);
  if (!stated) return unexpected(stated.error());
  auto const bytes = plain_bytes(*stated);
  if (!bytes) return within(place(index), bytes.error());
  if (bytes->empty()) return fail(errc::not_supported, place(index) + "is not a constant");
  auto const stated_type = detail::read_type(*stated);
  if (!stated_type || *stated_type != type || bytes->size() != static_cast<std::size_t>(bytes_of(type, 1))) {
    return fail(errc::malformed, place(index) + "is not one element of " + std::string(name_of(type)));
  }
  return bytes;
}

}  // namespace linnet::inline LINNET_ISA::io::tflite
