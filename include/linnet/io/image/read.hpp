// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <stb/stb_image.h>

#include <linnet/io/image/bmp.hpp>
#include <linnet/io/image/image.hpp>
#include <linnet/io/image/jpeg.hpp>
#include <linnet/io/image/png.hpp>

namespace linnet::inline LINNET_ISA::io {

namespace detail {

[[nodiscard]] inline result<picture_size> inspect_image(std::span<std::byte const> file,
                                                        std::string_view name) {
  if (file.size() > max_image_file_bytes) {
    return refuse_image(errc::too_large, name,
                        "is longer than " + std::to_string(max_image_file_bytes) + " bytes");
  }
  if (starts_with(file, "\x89PNG")) return inspect_png(file, name);
  if (starts_with(file, "\xFF\xD8")) return inspect_jpeg(file, name);
  if (starts_with(file, "BM")) return inspect_bmp(file, name);
  return refuse_image(file.empty() ? errc::malformed : errc::not_supported, name,
                      file.empty() ? "is empty" : "is not a PNG, JPEG or BMP picture");
}

}  // namespace detail

/// Decodes a PNG, JPEG or BMP file to `channels` channels: 3 (red, green, blue) or 1 (grey, weights 77, 150,
/// 29 of 256). Alpha is dropped, 16-bit samples keep their upper half, an orientation in the metadata is not
/// applied. Takes at most 32 bytes a pixel and four times the file. Fails (malformed, not_supported,
/// too_large: see `max_image_pixels`) with a message that begins with `name`.
[[nodiscard]] inline result<image> decode(std::span<std::byte const> file, int channels,
                                          std::string_view name) {
  if (channels != 1 && channels != 3) {
    return detail::refuse_image(
        errc::wrong_argument, name,
        "cannot be decoded to " + std::to_string(channels) + " channels, only 1 or 3");
  }
  auto const size = detail::inspect_image(file, name);
  if (!size) return unexpected(size.error());
  int width = 0, height = 0, in_file = 0;
  std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> const pixels(
      stbi_load_from_memory(reinterpret_cast<stbi_uc const*>(file.data()), static_cast<int>(file.size()),
                            &width, &height, &in_file, channels),
      &stbi_image_free);
  if (!pixels) {
    return detail::refuse_image(errc::malformed, name,
                                std::string("cannot be decoded: ") + stbi_failure_reason());
  }
  if (width != size->width || height != size->height) {
    return detail::refuse_image(errc::malformed, name, "contradicts itself about its size");
  }
  auto const bytes = static_cast<std::size_t>(size->pixels() * channels);
  return image{width, height, channels, {pixels.get(), pixels.get() + bytes}};
}

}  // namespace linnet::inline LINNET_ISA::io
