// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <linnet/base/math.hpp>
#include <linnet/io/npy/array.hpp>
#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA::io::npy {

namespace detail {

/// How NumPy calls the type, empty where it has none (bf16 and the packed types).
[[nodiscard]] inline std::string_view descr_of(element_type type) {
  switch (type) {
    case f32: return "<f4";
    case f16: return "<f2";
    case s64: return "<i8";
    case s32: return "<i4";
    case s16: return "<i2";
    case s8: return "|i1";
    case u8: return "|u1";
    default: return "";
  }
}

[[nodiscard]] inline std::string dictionary(array_view const& array) {
  std::string text =
      "{'descr': '" + std::string(descr_of(array.type)) + "', 'fortran_order': False, 'shape': (";
  for (std::size_t i = 0; i < array.shape.rank(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(array.shape[i]);
  }
  text += array.shape.rank() == 1 ? ",), }" : "), }";
  return text;
}

}  // namespace detail

/// The array as an .npy file of version 1.0, its elements aligned to 64 bytes as NumPy aligns them. Fails
/// where the type has no NumPy name (bf16, s4, s2, s1: not_supported) or `data` does not fill the shape
/// (wrong_argument).
[[nodiscard]] inline result<std::vector<std::byte>> write(array_view const& array) {
  if (detail::descr_of(array.type).empty()) {
    return fail(errc::not_supported,
                "an .npy file cannot hold elements of type " + std::string(name_of(array.type)));
  }
  std::int64_t const elements = array.shape.elements();
  if (elements < 0 || static_cast<std::uint64_t>(bytes_of(array.type, elements)) != array.data.size()) {
    return fail(errc::wrong_argument, "the array's shape does not hold " + std::to_string(array.data.size()) +
                                          " bytes of " + std::string(name_of(array.type)));
  }
  constexpr std::size_t preamble = 10;
  std::string text = detail::dictionary(array);
  std::size_t const first = align_up<std::size_t>(preamble + text.size() + 1, 64);
  text.resize(first - preamble, ' ');
  text.back() = '\n';

  std::string head = "\x93NUMPY\x01";
  head += '\0';
  head += static_cast<char>(text.size() & 0xFF);
  head += static_cast<char>(text.size() >> 8);
  head += text;
  std::vector<std::byte> file(first + array.data.size());
  std::transform(head.begin(), head.end(), file.begin(), [](char c) { return static_cast<std::byte>(c); });
  std::ranges::copy(array.data, file.begin() + static_cast<std::ptrdiff_t>(first));
  return file;
}
[[nodiscard]] inline result<std::vector<std::byte>> write(array const& array) { return write(array.view()); }

}  // namespace linnet::inline LINNET_ISA::io::npy
