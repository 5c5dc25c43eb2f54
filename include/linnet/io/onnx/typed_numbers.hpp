// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include <linnet/io/onnx/constants.hpp>

// Numbers of the file's own types, as those that whatever fits computes with: what shapes are computed from.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// Calls `f` with the C++ type of a number of the file's; false where linnet has none.
template <class F>
bool with_stored_type(int data_type, F&& f) {
  switch (data_type) {
    case proto::TensorProto_DataType_FLOAT: f(std::type_identity<float>{}); return true;
    case proto::TensorProto_DataType_DOUBLE: f(std::type_identity<double>{}); return true;
    case proto::TensorProto_DataType_INT8: f(std::type_identity<std::int8_t>{}); return true;
    case proto::TensorProto_DataType_INT16: f(std::type_identity<std::int16_t>{}); return true;
    case proto::TensorProto_DataType_INT32: f(std::type_identity<std::int32_t>{}); return true;
    case proto::TensorProto_DataType_INT64: f(std::type_identity<std::int64_t>{}); return true;
    case proto::TensorProto_DataType_BOOL:
    case proto::TensorProto_DataType_UINT8: f(std::type_identity<std::uint8_t>{}); return true;
    case proto::TensorProto_DataType_UINT16: f(std::type_identity<std::uint16_t>{}); return true;
    case proto::TensorProto_DataType_UINT32: f(std::type_identity<std::uint32_t>{}); return true;
    case proto::TensorProto_DataType_UINT64: f(std::type_identity<std::uint64_t>{}); return true;
    default: break;
  }
  if (packed_bits(data_type) == 0) return false;
  if (has_packed_sign(data_type))
    f(std::type_identity<std::int8_t>{});
  else
    f(std::type_identity<std::uint8_t>{});
  return true;
}

/// Calls `f` with what numbers of a type are computed with: double, or 64 bits with or without a sign.
template <class F>
decltype(auto) with_computed_type(int data_type, F&& f) {
  switch (data_type) {
    case proto::TensorProto_DataType_FLOAT:
    case proto::TensorProto_DataType_DOUBLE: return f(double{});
    case proto::TensorProto_DataType_UINT8:
    case proto::TensorProto_DataType_UINT16:
    case proto::TensorProto_DataType_UINT32:
    case proto::TensorProto_DataType_UINT64: return f(std::uint64_t{});
    default: return f(std::int64_t{});
  }
}

/// A number as another type: what is no integer is cut, and what no integer of 64 bits is near is 0.
template <class To, class From>
[[nodiscard]] To number_as(From x) {
  if constexpr (std::floating_point<From> && std::integral<To>) {
    bool const fits = x > -0x1p63 && x < (std::is_unsigned_v<To> ? 0x1p64 : 0x1p63);
    if (!fits) return To{};
    return x < 0 ? static_cast<To>(static_cast<std::int64_t>(x))
                 : static_cast<To>(static_cast<std::uint64_t>(x));
  } else {
    return static_cast<To>(x);
  }
}

/// All elements of a constant.
template <class Number>
[[nodiscard]] std::vector<Number> numbers_of(constant const& c) {
  std::vector<Number> numbers;
  with_stored_type(c.data_type(), [&]<class T>(std::type_identity<T>) {
    for (std::size_t i = 0; i < c.size(); ++i)
      numbers.push_back(number_as<Number>(load<T>(c.bytes.data() + i * sizeof(T))));
  });
  return numbers;
}

/// The bytes of numbers as the file's type stores them; integers are cut to its bits.
template <class Number>
[[nodiscard]] std::vector<std::byte> stored_as(int data_type, std::vector<Number> const& numbers) {
  std::vector<std::byte> bytes;
  with_stored_type(data_type, [&]<class T>(std::type_identity<T>) {
    bytes.resize(numbers.size() * sizeof(T));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      bool const is_bool = data_type == proto::TensorProto_DataType_BOOL;
      T const value = is_bool ? static_cast<T>(numbers[i] != Number{}) : number_as<T>(numbers[i]);
      store(bytes.data() + i * sizeof(T), value);
    }
  });
  return bytes;
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
