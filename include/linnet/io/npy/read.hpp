// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <linnet/io/npy/array.hpp>
#include <linnet/io/npy/header.hpp>
#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA::io::npy {

namespace detail {

[[nodiscard]] inline unexpected<error> refuse(errc code, std::string_view name, std::string_view reason) {
  return fail(code, std::string(name) + ": " + std::string(reason));
}

struct dtype {
  element_type type;
  bool big_endian;
};

/// "<f4" and its like: byte order, kind, bytes.
[[nodiscard]] inline result<dtype> dtype_of(std::string_view descr, std::string_view name) {
  constexpr std::array<std::pair<std::string_view, element_type>, 8> known{
      {{"f4", f32}, {"f2", f16}, {"i8", s64}, {"i4", s32}, {"i2", s16}, {"i1", s8}, {"u1", u8}, {"b1", u8}}};
  bool const ordered = !descr.empty() && std::string_view("<>|=").find(descr[0]) != std::string_view::npos;
  for (auto const& [kind, type] : known) {
    if (ordered && descr.substr(1) == kind) return dtype{type, descr[0] == '>'};
  }
  return refuse(errc::not_supported, name,
                "dtype '" + std::string(descr.substr(0, 32)) +
                    "' is none of f4, f2, i8, i4, i2, i1, u1, b1; convert the array with numpy's astype");
}

[[nodiscard]] inline result<linnet::shape> shape_of(std::span<std::int64_t const> extents,
                                                    std::string_view name) {
  if (extents.size() > max_rank) {
    return refuse(
        errc::not_supported, name,
        "has " + std::to_string(extents.size()) + " dimensions; at most " + std::to_string(max_rank));
  }
  linnet::shape shape;
  for (std::int64_t extent : extents) {
    if (extent > std::numeric_limits<std::int32_t>::max()) {
      return refuse(errc::too_large, name, "a dimension of " + std::to_string(extent) + " is too long");
    }
    shape.push_back(static_cast<std::int32_t>(extent));
  }
  return shape;
}

struct preamble {
  std::size_t header_first, header_bytes;
};

/// Magic, version and length of the header.
[[nodiscard]] inline result<preamble> read_preamble(std::span<std::byte const> file, std::string_view name) {
  constexpr std::string_view magic = "\x93NUMPY";
  auto const byte = [&](std::size_t i) { return std::to_integer<std::size_t>(file[i]); };
  for (std::size_t i = 0; i < magic.size(); ++i) {
    if (i >= file.size() || file[i] != static_cast<std::byte>(magic[i])) {
      return refuse(errc::malformed, name, "is not an .npy file (it does not start with \\x93NUMPY)");
    }
  }
  if (file.size() < 12) return refuse(errc::malformed, name, "is truncated inside the header");
  if (byte(6) < 1 || byte(6) > 3) {
    return refuse(errc::not_supported, name, "is of NPY version " + std::to_string(byte(6)) + ", not 1 to 3");
  }
  preamble const p = byte(6) == 1 ? preamble{10, byte(8) | byte(9) << 8}
                                  : preamble{12, byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24};
  if (p.header_bytes > file.size() - p.header_first) {
    return refuse(errc::malformed, name, "is truncated inside the header");
  }
  return p;
}

/// Copies elements of `size` bytes from column-major to row-major order.
inline void to_row_major(std::span<std::byte const> from, linnet::shape const& shape, std::size_t size,
                         std::span<std::byte> to) {
  std::array<std::size_t, max_rank> stride{}, index{};
  std::size_t count = 1;
  for (std::size_t d = 0; d < shape.rank(); ++d) {
    stride[d] = count;
    count *= static_cast<std::size_t>(shape[d]);
  }
  std::size_t source = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t b = 0; b < size; ++b) to[i * size + b] = from[source * size + b];
    for (std::size_t d = shape.rank(); d-- > 0;) {
      source += stride[d];
      if (++index[d] < static_cast<std::size_t>(shape[d])) break;
      source -= stride[d] * index[d];
      index[d] = 0;
    }
  }
}

inline void swap_bytes(std::span<std::byte> elements, std::size_t size) {
  for (std::size_t at = 0; at < elements.size(); at += size) {
    std::ranges::reverse(elements.subspan(at, size));
  }
}

}  // namespace detail

/// Reads an .npy file of version 1.0 to 3.0: dtypes f4 f2 i8 i4 i2 i1 u1 and b1 (as u8, one byte each), rank
/// at most 6. Big-endian and column-major files come out little-endian and row-major. Allocates no more than
/// the file is long. Fails (malformed, not_supported, too_large) with a message that begins with `name`;
/// bytes missing or left over behind the array are malformed.
[[nodiscard]] inline result<array> read(std::span<std::byte const> file, std::string_view name) {
  auto const preamble = detail::read_preamble(file, name);
  if (!preamble) return unexpected(preamble.error());
  auto const text = file.subspan(preamble->header_first, preamble->header_bytes);
  header h;
  if (!header_reader({reinterpret_cast<char const*>(text.data()), text.size()}).read(h)) {
    return detail::refuse(errc::malformed, name,
                          "the header is not a dictionary of a plain descr, fortran_order and shape");
  }
  auto const dtype = detail::dtype_of(h.descr, name);
  if (!dtype) return unexpected(dtype.error());
  auto const shape = detail::shape_of(h.shape, name);
  if (!shape) return unexpected(shape.error());

  auto const data = file.subspan(preamble->header_first + preamble->header_bytes);
  std::int64_t const elements = shape->elements();
  if (elements < 0 || static_cast<std::uint64_t>(bytes_of(dtype->type, elements)) != data.size()) {
    return detail::refuse(errc::malformed, name,
                          "the shape asks for " +
                              (elements < 0 ? "too many" : std::to_string(bytes_of(dtype->type, elements))) +
                              " bytes of elements, the file has " + std::to_string(data.size()));
  }
  array result{dtype->type, *shape, {data.begin(), data.end()}};
  auto const size = static_cast<std::size_t>(bits_per_element(dtype->type)) / 8;
  if (h.fortran_order && elements > 0) detail::to_row_major(data, *shape, size, result.data);
  if (dtype->big_endian) detail::swap_bytes(result.data, size);
  return result;
}

}  // namespace linnet::inline LINNET_ISA::io::npy
