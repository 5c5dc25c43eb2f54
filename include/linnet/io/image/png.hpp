// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <stb/stb_image.h>

#include <linnet/io/image/inspect.hpp>

namespace linnet::inline LINNET_ISA::io {

namespace detail {

inline constexpr auto crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    table[i] = i;
    for (int bit = 0; bit < 8; ++bit) table[i] = table[i] >> 1 ^ ((table[i] & 1) != 0 ? 0xEDB88320u : 0u);
  }
  return table;
}();

/// The checksum of PNG chunks (PNG specification, annex D).
[[nodiscard]] inline std::uint32_t crc32(std::span<std::byte const> bytes) {
  std::uint32_t crc = 0xFFFFFFFFu;
  for (std::byte b : bytes) crc = crc >> 8 ^ crc_table[(crc ^ std::to_integer<std::uint32_t>(b)) & 0xFF];
  return ~crc;
}

/// Bytes of the picture's rows once decompressed; an upper bound for interlaced ones.
[[nodiscard]] inline std::int64_t png_raw_bytes(picture_size size, std::uint32_t depth, std::uint32_t color) {
  std::int64_t const samples = color == 2 ? 3 : color == 4 ? 2 : color == 6 ? 4 : 1;
  std::int64_t const row = (size.width * samples * depth + 7) / 8;
  return (row + 1) * size.height + 4 * size.height + 16;
}

/// Decompresses into a buffer of the size that the picture needs: a stream that wants more is a bomb. Streams
/// too short to grow beyond a harmless size are not tried.
[[nodiscard]] inline bool png_data_fit(std::span<std::byte const> compressed, std::int64_t raw_bytes) {
  constexpr std::size_t most_growth = 1032, harmless = std::size_t{64} << 20;
  if (compressed.size() <= harmless / most_growth) return true;
  auto const raw = std::make_unique_for_overwrite<char[]>(static_cast<std::size_t>(raw_bytes));
  return stbi_zlib_decode_buffer(raw.get(), static_cast<int>(raw_bytes),
                                 reinterpret_cast<char const*>(compressed.data()),
                                 static_cast<int>(compressed.size())) >= 0;
}

}  // namespace detail

/// Walks the chunks of a PNG file: lengths, checksums of the critical chunks, the size limits, and that the
/// pixel data do not decompress to more than the picture holds.
[[nodiscard]] inline result<picture_size> inspect_png(std::span<std::byte const> file,
                                                      std::string_view name) {
  using namespace detail;
  constexpr std::size_t first_chunk = 8, around = 12, header_bytes = 13;
  if (!starts_with(file, "\x89PNG\r\n\x1A\n") || file.size() < first_chunk + around + header_bytes ||
      big_endian<4>(file, 8) != header_bytes || !starts_with(file.subspan(12), "IHDR")) {
    return refuse_image(errc::malformed, name, "does not start like a PNG file");
  }
  auto const size = checked_size(big_endian<4>(file, 16), big_endian<4>(file, 20), name);
  if (!size) return size;
  std::vector<std::byte> data;
  for (std::size_t at = first_chunk;;) {
    auto const left = file.subspan(at);
    std::size_t const length = left.size() < around ? 0 : big_endian<4>(left, 0);
    if (left.size() < around || length > left.size() - around) {
      return refuse_image(errc::malformed, name, "is truncated: a PNG chunk ends behind the file");
    }
    auto const chunk = left.subspan(4, 4 + length);
    bool const critical = (chunk[0] & std::byte{0x20}) == std::byte{0};
    if (critical && crc32(chunk) != big_endian<4>(left, 8 + length)) {
      return refuse_image(errc::malformed, name, "is damaged: a PNG chunk has a wrong checksum");
    }
    if (starts_with(chunk, "CgBI")) return refuse_image(errc::not_supported, name, "is an iPhone PNG");
    if (starts_with(chunk, "IDAT")) data.insert(data.end(), chunk.begin() + 4, chunk.end());
    if (starts_with(chunk, "IEND")) break;
    at += around + length;
  }
  auto const depth = big_endian<1>(file, 24), color = big_endian<1>(file, 25);
  if (!png_data_fit(data, png_raw_bytes(*size, depth, color))) {
    return refuse_image(errc::malformed, name,
                        "is damaged: the pixels do not decompress to the picture's size");
  }
  return size;
}

}  // namespace linnet::inline LINNET_ISA::io
