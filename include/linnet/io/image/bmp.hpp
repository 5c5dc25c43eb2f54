// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <linnet/io/image/inspect.hpp>

namespace linnet::inline LINNET_ISA::io {

/// Checks a Windows or OS/2 bitmap's header, and that the file holds all rows it speaks of.
[[nodiscard]] inline result<picture_size> inspect_bmp(std::span<std::byte const> file,
                                                      std::string_view name) {
  using namespace detail;
  if (!starts_with(file, "BM") || file.size() < 26) {
    return refuse_image(errc::malformed, name, "is truncated inside the BMP header");
  }
  std::uint32_t const first_pixel = little_endian<4>(file, 10), header = little_endian<4>(file, 14);
  bool const old = header == 12;
  if (first_pixel > file.size() || header > file.size() - 14 || (!old && header < 40)) {
    return refuse_image(errc::malformed, name, "is truncated inside the BMP header");
  }
  auto const signed_number = [&](std::size_t at) {
    return std::int64_t{static_cast<std::int32_t>(little_endian<4>(file, at))};
  };
  std::int64_t const width = old ? std::int64_t{little_endian<2>(file, 18)} : signed_number(18);
  std::int64_t const height = old ? std::int64_t{little_endian<2>(file, 20)} : signed_number(22);
  auto const size = checked_size(width, height < 0 ? -height : height, name);
  if (!size) return size;

  std::uint32_t const bits = little_endian<2>(file, old ? 24 : 28);
  std::uint32_t const compression = old ? 0 : little_endian<4>(file, 30);
  if (compression != 0 && compression != 3) {
    return refuse_image(errc::not_supported, name, "is a compressed BMP file");
  }
  if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
    return refuse_image(errc::malformed, name, "has " + std::to_string(bits) + " bits a pixel");
  }
  std::int64_t const row = (size->width * bits + 31) / 32 * 4;
  std::int64_t const last_padding = row - (size->width * bits + 7) / 8;  // some writers leave it away
  if (row * size->height - last_padding > static_cast<std::int64_t>(file.size() - first_pixel)) {
    return refuse_image(errc::malformed, name, "is truncated: rows of pixels are missing");
  }
  return size;
}

}  // namespace linnet::inline LINNET_ISA::io
