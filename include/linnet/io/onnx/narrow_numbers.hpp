// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <linnet/io/onnx/proto.hpp>
#include <linnet/session/widened.hpp>

// Numbers of fewer bits than linnet calculates with: each is one of a wider type, exactly.
namespace linnet::inline LINNET_ISA::io::onnx {

/// ONNX's numbers of types that older versions of its library do not name.
enum class narrow_type : std::int32_t {
  e4m3fn = 17,    ///< float8: 4 bits of exponent, 3 of fraction, no infinity
  e4m3fnuz = 18,  ///< the same, without negative zero, whose pattern is no number
  e5m2 = 19,      ///< float8: 5 bits of exponent, 2 of fraction
  e5m2fnuz = 20,  ///< the same as e4m3fnuz is to e4m3fn
  uint4 = 21,     ///< two a byte, the first one in the low bits
  int4 = 22,      ///< the same with a sign
  uint2 = 25,     ///< four a byte
  int2 = 26       ///< the same with a sign
};

namespace detail {

/// The value of a float8 in its first 8 bits.
[[nodiscard]] inline float float8_value(narrow_type type, unsigned bits) {
  bool const wide = type == narrow_type::e4m3fn || type == narrow_type::e4m3fnuz,
             no_zero = type == narrow_type::e4m3fnuz || type == narrow_type::e5m2fnuz;
  int const fraction_bits = wide ? 3 : 2, bias = (wide ? 7 : 15) + (no_zero ? 1 : 0);
  unsigned const fraction = bits & ((1u << fraction_bits) - 1), most = wide ? 15u : 31u;
  unsigned const exponent = bits >> fraction_bits & most;
  float const sign = (bits & 0x80u) != 0 ? -1.0f : 1.0f;
  float const none = std::numeric_limits<float>::quiet_NaN();
  if (no_zero && bits == 0x80u) return none;
  if (type == narrow_type::e4m3fn && (bits & 0x7fu) == 0x7fu) return none;
  if (type == narrow_type::e5m2 && exponent == most)
    return fraction == 0 ? sign * std::numeric_limits<float>::infinity() : none;
  unsigned const whole = exponent == 0 ? fraction : fraction | 1u << fraction_bits;
  int const scale = (exponent == 0 ? 1 : static_cast<int>(exponent)) - bias - fraction_bits;
  return sign * std::ldexp(static_cast<float>(whole), scale);
}

/// Bytes of a field of 32-bit numbers, each with as many bits as the type has, or of the raw data.
[[nodiscard]] inline std::string stated_numbers(proto::TensorProto const& t, std::size_t bytes_each) {
  if (t.has_raw_data()) return t.raw_data();
  std::string bytes;
  for (std::int32_t const number : t.int32_data()) {
    for (std::size_t i = 0; i < bytes_each; ++i)
      bytes.push_back(static_cast<char>(static_cast<std::uint32_t>(number) >> 8 * i));
  }
  return bytes;
}

/// How many elements the shape asks for, at most as many as the bytes can hold.
[[nodiscard]] inline std::size_t stated_count(proto::TensorProto const& t, std::size_t most) {
  std::size_t count = 1;
  for (std::int64_t const extent : t.dims()) {
    if (extent < 0) return most;
    auto const next = static_cast<std::size_t>(extent);
    if (next != 0 && count > most / next) return most;
    count *= next;
  }
  return count < most ? count : most;
}

/// How many bits an integer of fewer than 8 has; 0 of other types.
[[nodiscard]] constexpr unsigned packed_bits(int data_type) {
  switch (data_type) {
    case static_cast<int>(narrow_type::uint4):
    case static_cast<int>(narrow_type::int4): return 4;
    case static_cast<int>(narrow_type::uint2):
    case static_cast<int>(narrow_type::int2): return 2;
    default: return 0;
  }
}
/// Whether such an integer has a sign.
[[nodiscard]] constexpr bool has_packed_sign(int data_type) {
  return data_type == static_cast<int>(narrow_type::int4) || data_type == static_cast<int>(narrow_type::int2);
}

/// Integers of 4 or 2 bits, each in a byte of its own; the type stays. To be done once.
inline void unpack(proto::TensorProto& t) {
  unsigned const bits = packed_bits(t.data_type());
  bool const elsewhere = t.data_location() != proto::TensorProto_DataLocation_DEFAULT || t.has_segment();
  if (bits == 0 || elsewhere) return;
  std::string const packed = stated_numbers(t, 1);
  std::size_t const each = 8 / bits, count = stated_count(t, packed.size() * each);
  std::string made;
  for (std::size_t i = 0; i < count; ++i) {
    unsigned const byte = static_cast<unsigned char>(packed[i / each]);
    unsigned const number = byte >> i % each * bits & ((1u << bits) - 1);
    bool const negative = has_packed_sign(t.data_type()) && number >> (bits - 1) != 0;
    made.push_back(static_cast<char>(negative ? number | (0xffu << bits & 0xffu) : number));
  }
  bool const fits = packed.size() == (count + each - 1) / each;
  if (!fits) made.push_back('\0');  // another length than the shape asks for stays one
  t.set_raw_data(made);
  t.clear_int32_data();
}

/// float8 as floats.
inline void widen_float8(proto::TensorProto& t, narrow_type type) {
  std::vector<float> made;
  for (char const bits : stated_numbers(t, 1))
    made.push_back(float8_value(type, static_cast<unsigned char>(bits)));
  t.set_data_type(proto::TensorProto_DataType_FLOAT);
  t.set_raw_data(made.data(), made.size() * sizeof(float));
  t.clear_int32_data();
}

/// Integers that the file states with 32 bits each, as raw bytes of their own type.
inline void narrow_to_bytes(proto::TensorProto& t, std::size_t bytes_each) {
  if (t.has_raw_data()) return;
  t.set_raw_data(stated_numbers(t, bytes_each));
  t.clear_int32_data();
}

/// Brings a tensor's numbers to a type and a field that are read; whether they were halves. Data in other
/// files stays where it is, to be refused by name.
inline bool widen(proto::TensorProto& t) {
  if (t.data_location() != proto::TensorProto_DataLocation_DEFAULT || t.has_segment()) return false;
  switch (t.data_type()) {
    case static_cast<int>(narrow_type::e4m3fn):
    case static_cast<int>(narrow_type::e4m3fnuz):
    case static_cast<int>(narrow_type::e5m2):
    case static_cast<int>(narrow_type::e5m2fnuz):
      widen_float8(t, static_cast<narrow_type>(t.data_type()));
      return false;
    case proto::TensorProto_DataType_BOOL:
    case proto::TensorProto_DataType_INT8:
    case proto::TensorProto_DataType_UINT8: narrow_to_bytes(t, 1); return false;
    case proto::TensorProto_DataType_INT16:
    case proto::TensorProto_DataType_UINT16: narrow_to_bytes(t, 2); return false;
    case proto::TensorProto_DataType_INT32: narrow_to_bytes(t, 4); return false;
    case proto::TensorProto_DataType_FLOAT16: break;
    default: return false;
  }
  std::string const bits = stated_numbers(t, 2);
  auto const wide = widened_halves(std::as_bytes(std::span(bits.data(), bits.size())));
  t.set_data_type(proto::TensorProto_DataType_FLOAT);
  t.set_raw_data(wide.data(), wide.size());
  t.clear_int32_data();
  return true;
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
