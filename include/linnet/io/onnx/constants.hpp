// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/graph/validate.hpp>
#include <linnet/io/onnx/layout.hpp>
#include <linnet/io/onnx/narrow_numbers.hpp>
#include <linnet/io/onnx/proto.hpp>
#include <linnet/session/describe.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

/// A tensor whose values the file states: of type f32 or s64, or of another type of as many bytes, of which
/// only constants are computed.
struct constant {
  linnet::shape shape{};               ///< outermost first
  element_type type = f32;             ///< f32 or s64
  std::span<std::byte const> bytes{};  ///< as many as shape and type ask for
  int other_type = 0;  ///< the file's number of a type that is neither FLOAT nor INT64, else 0

  /// The file's number of the type.
  [[nodiscard]] int data_type() const {
    if (other_type != 0) return other_type;
    return type == f32 ? int{proto::TensorProto_DataType_FLOAT} : int{proto::TensorProto_DataType_INT64};
  }

  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(shape.elements()); }
  /// Precondition: the type is f32.
  [[nodiscard]] float real(std::size_t i) const { return load<float>(bytes.data() + i * sizeof(float)); }
  /// Precondition: the type is s64.
  [[nodiscard]] std::int64_t integer(std::size_t i) const {
    return load<std::int64_t>(bytes.data() + i * sizeof(std::int64_t));
  }
};

/// All elements of a constant of type f32 in another order of its dimensions.
[[nodiscard]] inline std::vector<float> permuted_reals(constant const& c, dimension_order const& order) {
  std::vector<float> values;
  values.reserve(c.size());
  for (std::int64_t index : permuted_indices(c.shape, order)) {
    values.push_back(c.real(static_cast<std::size_t>(index)));
  }
  return values;
}

/// A shape from a list of 64-bit extents; `least` is the smallest extent allowed.
template <class List>
[[nodiscard]] result<shape> shape_of(List const& extents, std::int64_t least) {
  shape s;
  for (std::int64_t extent : extents) {
    if (s.full()) return fail(errc::not_supported, "a rank over " + std::to_string(max_rank));
    if (extent < least) {  // an empty tensor is valid
      return fail(extent == 0 ? errc::not_supported : errc::invalid_graph,
                  "an extent of " + std::to_string(extent));
    }
    if (extent > max_elements) return fail(errc::too_large, "an extent of " + std::to_string(extent));
    s.push_back(static_cast<std::int32_t>(extent));
  }
  if (s.elements(max_elements) < 0) {
    return fail(errc::too_large,
                linnet::describe(s) + " has more than " + std::to_string(max_elements) + " elements");
  }
  return s;
}

namespace detail {

template <class Field>
[[nodiscard]] std::span<std::byte const> bytes_of_field(Field const& field) {
  return std::as_bytes(std::span(field.data(), static_cast<std::size_t>(field.size())));
}

/// The bytes of the field that holds the values of this type.
[[nodiscard]] inline std::span<std::byte const> stated_bytes(proto::TensorProto const& t) {
  if (t.has_raw_data()) return std::as_bytes(std::span(t.raw_data().data(), t.raw_data().size()));
  return t.data_type() == proto::TensorProto_DataType_FLOAT ? bytes_of_field(t.float_data())
                                                            : bytes_of_field(t.int64_data());
}

}  // namespace detail

/// linnet's type of as many bytes as a number of the file has, once it is unpacked; s4 where that is not one
/// of 1, 2, 4 or 8.
[[nodiscard]] constexpr element_type type_of_width(int data_type) {
  switch (data_type) {
    case proto::TensorProto_DataType_FLOAT: return f32;
    case proto::TensorProto_DataType_INT8: return s8;
    case proto::TensorProto_DataType_UINT8:
    case proto::TensorProto_DataType_BOOL: return u8;
    case proto::TensorProto_DataType_INT16:
    case proto::TensorProto_DataType_UINT16: return s16;
    case proto::TensorProto_DataType_INT32:
    case proto::TensorProto_DataType_UINT32: return s32;
    case proto::TensorProto_DataType_INT64:
    case proto::TensorProto_DataType_UINT64:
    case proto::TensorProto_DataType_DOUBLE: return s64;
    default: break;
  }
  if (detail::packed_bits(data_type) == 0) return s4;
  return detail::has_packed_sign(data_type) ? s8 : u8;
}

/// The type of the activations that stand for a tensor of the file's type; none where linnet has none.
[[nodiscard]] constexpr std::optional<element_type> activation_type(int data_type) {
  switch (data_type) {
    case proto::TensorProto_DataType_FLOAT: return f32;
    case proto::TensorProto_DataType_BOOL:
    case proto::TensorProto_DataType_INT8:
    case proto::TensorProto_DataType_UINT8:
    case proto::TensorProto_DataType_INT16:
    case proto::TensorProto_DataType_INT32:
    case proto::TensorProto_DataType_INT64: return type_of_width(data_type);
    default: return std::nullopt;
  }
}

/// Looks at the values of a tensor of the file, which must outlive the result. Refuses types that are no
/// integers, FLOAT, DOUBLE or BOOL, other types than FLOAT and INT64 but as raw bytes, data in other files,
/// and data of another length than the shape asks for.
[[nodiscard]] inline result<constant> read_constant(proto::TensorProto const& t) {
  bool const is_float = t.data_type() == proto::TensorProto_DataType_FLOAT,
             is_plain = is_float || t.data_type() == proto::TensorProto_DataType_INT64;
  element_type const type = type_of_width(t.data_type());
  if (type == s4) {
    return fail(errc::not_supported,
                "constants of type " + type_in_words(t.data_type()) + " are not supported");
  }
  if (t.data_location() != proto::TensorProto_DataLocation_DEFAULT || t.external_data_size() > 0) {
    return fail(errc::not_supported, "data outside of the file is not supported");
  }
  if (t.has_segment()) return fail(errc::not_supported, "data in segments is not supported");
  auto const s = shape_of(t.dims(), 0);
  if (!s) return unexpected(s.error());
  if (!is_plain && !t.has_raw_data()) {
    return fail(errc::not_supported,
                "constants of type " + type_in_words(t.data_type()) + " are not supported but as raw bytes");
  }
  constant const made{*s, type, detail::stated_bytes(t), is_plain ? 0 : t.data_type()};
  auto const wanted = static_cast<std::size_t>(bytes_of(made.type, s->elements()));
  if (made.bytes.size() != wanted) {
    return fail(errc::malformed, "it has " + std::to_string(made.bytes.size()) +
                                     " bytes of data, its shape " + linnet::describe(*s) + " asks for " +
                                     std::to_string(wanted));
  }
  return made;
}

}  // namespace linnet::inline LINNET_ISA::io::onnx
