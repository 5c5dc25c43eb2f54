// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <linnet/io/image/image.hpp>
#include <linnet/session/error.hpp>

// The decoder behind `decode` (stb_image) trusts too much: it asserts on, reads past and leaves unwritten
// memory for some files, accepts truncated ones, and lets a few bytes ask for gigabytes. So each format has
// an `inspect_*` that walks the file's structure first and refuses what the decoder must not see.
namespace linnet::inline LINNET_ISA::io {

/// What inspection finds out about a picture.
struct picture_size {
  std::int64_t width = 0, height = 0;  ///< in pixels
  /// How many there are.
  [[nodiscard]] std::int64_t pixels() const { return width * height; }
};

namespace detail {

[[nodiscard]] inline unexpected<error> refuse_image(errc code, std::string_view name,
                                                    std::string_view reason) {
  return fail(code, std::string(name) + ": " + std::string(reason));
}

/// Unsigned numbers of `Bytes` bytes at an offset. Precondition: they are inside.
template <std::size_t Bytes>
[[nodiscard]] inline std::uint32_t big_endian(std::span<std::byte const> from, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < Bytes; ++i) value = value << 8 | std::to_integer<std::uint32_t>(from[at + i]);
  return value;
}
template <std::size_t Bytes>
[[nodiscard]] inline std::uint32_t little_endian(std::span<std::byte const> from, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = Bytes; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(from[at + i]);
  return value;
}

[[nodiscard]] inline bool starts_with(std::span<std::byte const> file, std::string_view magic) {
  if (file.size() < magic.size()) return false;
  for (std::size_t i = 0; i < magic.size(); ++i) {
    if (file[i] != static_cast<std::byte>(magic[i])) return false;
  }
  return true;
}

[[nodiscard]] inline result<picture_size> checked_size(std::int64_t width, std::int64_t height,
                                                       std::string_view name) {
  if (width < 1 || height < 1) return refuse_image(errc::malformed, name, "has a side of 0 pixels");
  if (width > max_image_side || height > max_image_side || width * height > max_image_pixels) {
    return refuse_image(errc::too_large, name,
                        "has " + std::to_string(width) + " x " + std::to_string(height) +
                            " pixels; at most " + std::to_string(max_image_pixels) + ", no side above " +
                            std::to_string(max_image_side));
  }
  return picture_size{width, height};
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io
