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
#include <linnet/session/network.hpp>
#include <linnet/session/widened.hpp>

namespace linnet::inline LINNET_ISA::io::tflite {

/// Numbers of a tensor that shapes an operator (axes, a permutation, amounts of padding).
using integer_list = static_vector<std::int64_t, 2 * max_rank>;

/// Brings the tensors of a subgraph into a network, each when an operator or an end of the graph first asks
/// for it: what nobody asks for is neither kept nor looked at. Messages of its errors begin with the tensor.
class tensor_reader {
 public:
  /// Files with more are refused; longer names are cut.
  static constexpr std::size_t most_tensors = 1u << 15, most_name_bytes = 1u << 10, most_joined = 1u << 8;

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
    if (auto const halves = halves_.find(index); halves != halves_.end()) {
      auto const wide = use(halves->second);
      if (wide) id = *wide;
      return wide;
    }
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

  /// The same of the weights of a layer whose inputs are of type `inputs`: as they are stored, where its
  /// kernels take halves or numbers of 4 bits.
  [[nodiscard]] result<tensor_id> use_weights(std::int32_t index, element_type inputs) {
    auto const halves = halves_.find(index);
    std::int32_t const source = halves != halves_.end() ? halves->second : index;
    auto const stated = find(source);
    if (!stated) return unexpected(stated.error());
    auto const type = detail::read_type(*stated);
    bool const taken = type && ((*type == f16 && inputs == f32) || (*type == s4 && inputs == s8));
    auto const stored = plain_bytes(*stated);
    if (!taken || !stored || stored->empty()) return use(index);
    if (auto const known = narrow_.find(source); known != narrow_.end()) return known->second;
    tensor_info info;
    auto const bytes = read_all(*stated, info);
    if (!bytes) return within(place(source), bytes.error());
    if (info.quantization.zero_point != 0) {
      auto const wide = use(index);
      if (wide) narrow_[source] = *wide;
      return wide;
    }
    into_.graph.tensors.push_back(info);
    into_.constants.push_back(*bytes);
    return narrow_[source] = static_cast<tensor_id>(into_.graph.tensors.size()) - 1;
  }

  /// Whether the file has halves there, as a constant.
  [[nodiscard]] bool holds_halves(std::int32_t index) const {
    auto const stated = find(index);
    if (!stated) return false;
    auto const type = detail::read_type(*stated);
    auto const bytes = plain_bytes(*stated);
    return type && *type == f16 && bytes && !bytes->empty();
  }
  /// Tensor `index` of the file, which nothing has asked for, is what those halves are as floats. Fails where
  /// the file states another shape, or another type than float32.
  [[nodiscard]] result<void> give_halves(std::int32_t index, std::int32_t halves) {
    auto const stated = find(index), from = find(halves);
    if (!stated) return unexpected(stated.error());
    if (!from) return unexpected(from.error());
    auto const type = detail::read_type(*stated);
    if (!type) return within(place(index), type.error());
    auto const shape = detail::read_shape(*stated, true), wanted = detail::read_shape(*from, true);
    if (!shape) return within(place(index), shape.error());
    if (!wanted) return within(place(halves), wanted.error());
    bool const known = ids_[static_cast<std::size_t>(index)] >= 0 || halves_.contains(index);
    if (*type != f32 || !(*shape == *wanted) || known)
      return fail(errc::invalid_graph, place(index) + "is not what the halves make as floats");
    halves_[index] = halves;
    return {};
  }

  /// A tensor of the network.
  [[nodiscard]] tensor_info const& info(tensor_id id) const {
    return into_.graph.tensors[static_cast<std::size_t>(id)];
  }

  /// A constant of others one behind the other along dimension 0, which are of one type and shape; with a
  /// scale for each of its entries, where `scaled`.
  [[nodiscard]] result<tensor_id> join(std::span<std::int32_t const> indices, bool scaled);
  /// Type, shape and quantization of a tensor that lives on between runs.
  [[nodiscard]] result<tensor_info> variable(std::int32_t index) const;

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
  [[nodiscard]] byte_span keep(std::vector<std::byte> block) {
    if (!made_) {
      made_ = std::make_shared<made_storage>();
      made_->file = std::exchange(into_.storage, made_);
    }
    return made_->blocks.emplace_back(std::move(block));
  }
  /// Once for each buffer and count: thousands of tensors may share one.
  [[nodiscard]] byte_span widened(byte_span stored, tensor_info const& info) {
    std::int64_t const count = info.shape.elements();
    byte_span& known = widened_[{stored.data(), count}];
    if (known.empty())
      known = keep(info.type == s4 ? widened_nibbles(stored, count) : widened_halves(stored));
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
  std::map<std::vector<std::int32_t>, tensor_id> joined_;
  std::map<std::int32_t, std::int32_t> halves_;  // of floats, by number: the halves that they are made of
  std::map<std::int32_t, tensor_id> narrow_;     // weights that are used as they are stored
  std::vector<tensor_id> ids_;                   // of each tensor of the file; -1: not asked for yet
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

/// Once for each list, and of few lists: files may name one tensor many times.
inline result<tensor_id> tensor_reader::join(std::span<std::int32_t const> indices, bool scaled) {
  std::vector<std::int32_t> const list(indices.begin(), indices.end());
  if (auto const known = joined_.find(list); known != joined_.end()) return known->second;
  if (joined_.size() == most_joined)
    return fail(errc::too_large, "more than " + std::to_string(most_joined) + " tensors made of several");
  tensor_info whole;
  std::vector<std::byte> bytes;
  std::vector<float> scales;
  for (std::int32_t const index : indices) {
    if (index == -1) return fail(errc::malformed, "an input of one of the gates is left out");
    auto const id = use(index);
    if (!id) return unexpected(id.error());
    tensor_info const part = info(*id);
    if (part.role != tensor_role::constant)
      return fail(errc::not_supported, place(index) + "is not a constant");
    if (index == indices[0]) whole = part;
    bool const fits = part.type == whole.type && part.shape == whole.shape && part.shape.rank() > 0;
    if (!fits)
      return fail(errc::invalid_graph, place(index) + "has another type or shape than the first gate's");
    if (part.channel_scales.count > 0)
      return fail(errc::not_supported, place(index) + "scales per channel are not supported here");
    bool const usable =
        !scaled || part.type == f32 || (part.quantization.present() && part.quantization.zero_point == 0);
    if (!usable) return fail(errc::not_supported, place(index) + "needs a scale, and the zero point 0");
    auto const data = into_.constants[static_cast<std::size_t>(*id)];
    bytes.insert(bytes.end(), data.begin(), data.end());
    scales.insert(scales.end(), static_cast<std::size_t>(part.shape[0]), part.quantization.scale);
  }
  whole.shape[0] *= static_cast<std::int32_t>(indices.size());
  whole.quantization = {};
  if (scaled && whole.type != f32) {
    if (scales.size() > most_scales - into_.graph.scales.size())
      return fail(errc::too_large,
                  "more than " + std::to_string(most_scales) + " per-channel scales in one network");
    whole.channel_scales = into_.graph.add_scales(scales);
    whole.channel_axis = 0;
  }
  auto const made = static_cast<tensor_id>(into_.graph.tensors.size());
  into_.graph.tensors.push_back(whole);
  into_.constants.push_back(keep(std::move(bytes)));
  joined_[list] = made;
  return made;
}

inline result<tensor_info> tensor_reader::variable(std::int32_t index) const {
  auto const stated = find(index);
  if (!stated) return unexpected(stated.error());
  auto const type = detail::read_type(*stated);
  if (!type) return within(place(index), type.error());
  auto const shape = detail::read_shape(*stated, true);
  if (!shape) return within(place(index), shape.error());
  if (!stated->flag(tensor_fields::is_variable))
    return fail(errc::not_supported, place(index) + "is to be a variable tensor");
  tensor_info info{.shape = *shape, .type = *type};
  dynamic_graph unused;
  if (auto read = detail::read_quantization(*stated, info, unused); !read)
    return within(place(index), read.error());
  if (info.channel_scales.count > 0)
    return fail(errc::not_supported, place(index) + "scales per channel are not supported here");
  return info;
}

}  // namespace linnet::inline LINNET_ISA::io::tflite
