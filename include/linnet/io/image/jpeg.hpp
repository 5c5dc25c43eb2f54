// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <linnet/io/image/inspect.hpp>

namespace linnet::inline LINNET_ISA::io {

namespace detail {

/// Walks the marker segments of a JPEG file (ITU T.81, annex B) and keeps book of what has been defined.
class jpeg_walker {
 public:
  jpeg_walker(std::span<std::byte const> file, std::string_view name) : file_(file), name_(name) {}

  [[nodiscard]] result<picture_size> walk() {
    if (!starts_with(file_, "\xFF\xD8")) return damaged("does not start like a JPEG file");
    for (at_ = 2;;) {
      if (!find_marker()) return damaged("is truncated: no end-of-image marker");
      if (marker_ == 0xD9) break;
      if (file_.size() - at_ < 2) return damaged("is truncated inside a JPEG segment");
      std::size_t const length = big_endian<2>(file_, at_);
      if (length < 2 || length > file_.size() - at_) return damaged("is truncated inside a JPEG segment");
      auto const done = segment(file_.subspan(at_ + 2, length - 2));
      if (!done) return unexpected(done.error());
      at_ += length;
    }
    if (scanned_ == 0 || scanned_ != (1u << components_) - 1)
      return damaged("has no pixels for some channel");
    return size_;
  }

 private:
  struct component {
    std::uint32_t id, table;
  };

  [[nodiscard]] unexpected<error> damaged(std::string_view reason) const {
    return refuse_image(errc::malformed, name_, reason);
  }

  /// Moves behind the next marker: over stray bytes, stuffed zeros and restart markers.
  [[nodiscard]] bool find_marker() {
    for (; at_ + 1 < file_.size(); ++at_) {
      marker_ = big_endian<1>(file_, at_ + 1);
      if (file_[at_] != std::byte{0xFF} || marker_ == 0 || marker_ == 0xFF) continue;
      if (marker_ >= 0xD0 && marker_ <= 0xD7) continue;
      at_ += 2;
      return true;
    }
    return false;
  }

  [[nodiscard]] result<void> segment(std::span<std::byte const> body) {
    switch (marker_) {
      case 0xC0:
      case 0xC1:
      case 0xC2: return frame(body);
      case 0xC4: return huffman_tables(body);
      case 0xDA: return scan(body);
      case 0xDB: return quantization_tables(body);
      case 0xDC:
      case 0xDD:
      case 0xFE: return {};
      default:
        if (marker_ >= 0xE0 && marker_ <= 0xEF) return {};
        return refuse_image(errc::not_supported, name_,
                            "is a JPEG file that is neither baseline nor progressive");
    }
  }

  [[nodiscard]] result<void> frame(std::span<std::byte const> body) {
    if (components_ != 0 || body.size() < 6) return damaged("has a malformed JPEG frame header");
    components_ = big_endian<1>(body, 5);
    if ((components_ != 1 && components_ != 3 && components_ != 4) || body.size() != 6 + 3 * components_) {
      return damaged("has a malformed JPEG frame header");
    }
    for (std::size_t i = 0; i < components_; ++i) {
      component_[i] = {big_endian<1>(body, 6 + 3 * i), big_endian<1>(body, 8 + 3 * i)};
      if (component_[i].table > 3) return damaged("has a malformed JPEG frame header");
    }
    progressive_ = marker_ == 0xC2;
    auto const size = checked_size(big_endian<2>(body, 3), big_endian<2>(body, 1), name_);
    if (!size) return unexpected(size.error());
    size_ = *size;
    return {};
  }

  [[nodiscard]] result<void> quantization_tables(std::span<std::byte const> body) {
    for (std::size_t at = 0; at < body.size();) {
      std::uint32_t const head = big_endian<1>(body, at);
      std::size_t const length = 1 + (head >> 4 == 0 ? 64u : 128u);
      if ((head & 15) > 3 || length > body.size() - at) return damaged("has a malformed quantization table");
      quantizers_ |= 1u << (head & 15);
      at += length;
    }
    return {};
  }

  /// The decoder's tables have room for 256 symbols and lose the last one: 255 at most.
  [[nodiscard]] result<void> huffman_tables(std::span<std::byte const> body) {
    for (std::size_t at = 0; at < body.size();) {
      std::uint32_t const head = big_endian<1>(body, at);
      if (head >> 4 > 1 || (head & 15) > 3 || body.size() - at < 17)
        return damaged("has a malformed Huffman table");
      std::size_t symbols = 0;
      for (std::size_t i = 1; i <= 16; ++i) symbols += big_endian<1>(body, at + i);
      if (symbols > 255 || symbols > body.size() - at - 17) return damaged("has a malformed Huffman table");
      codes_[head >> 4] |= 1u << (head & 15);
      at += 17 + symbols;
    }
    return {};
  }

  /// A scan may use only what has been defined before it: the decoder would read tables it never wrote.
  [[nodiscard]] result<void> scan(std::span<std::byte const> body) {
    std::size_t const count = body.empty() ? 0 : big_endian<1>(body, 0);
    if (count < 1 || count > components_ || body.size() != 4 + 2 * count)
      return damaged("has a malformed scan");
    bool const dc_only = progressive_ && big_endian<1>(body, 1 + 2 * count) == 0;
    bool const ac_only = progressive_ && !dc_only;
    bool const refines_dc = dc_only && big_endian<1>(body, 3 + 2 * count) >> 4 != 0;
    for (std::size_t i = 0; i < count; ++i) {
      std::uint32_t const id = big_endian<1>(body, 1 + 2 * i), tables = big_endian<1>(body, 2 + 2 * i);
      std::size_t which = 0;
      while (which < components_ && component_[which].id != id) ++which;
      bool const has_dc = (codes_[0] >> (tables >> 4) & 1) != 0,
                 has_ac = (codes_[1] >> (tables & 15) & 1) != 0;
      if (which == components_ || (quantizers_ >> component_[which].table & 1) == 0 ||
          (!has_dc && !ac_only && !refines_dc) || (!has_ac && !dc_only)) {
        return damaged("has a scan that uses an undefined table");
      }
      if (!ac_only && !refines_dc) {
        scanned_ |= 1u << which;
      } else if ((scanned_ >> which & 1) == 0) {
        return damaged("refines a channel that it has not begun");
      }
    }
    if (++scans_ > 1 && scans_ * size_.pixels() > most_work) {
      return refuse_image(errc::too_large, name_, "has too many scans for its size");
    }
    return {};
  }

  static constexpr std::int64_t most_work = std::int64_t{1} << 30;  // pixels times scans

  std::span<std::byte const> file_;
  std::string_view name_;
  std::size_t at_ = 0;
  std::uint32_t marker_ = 0;
  bool progressive_ = false;
  std::size_t components_ = 0;
  std::array<component, 4> component_{};
  picture_size size_;
  unsigned quantizers_ = 0, scanned_ = 0;  // a bit a table or component
  std::array<unsigned, 2> codes_{};        // the same, DC and AC
  std::int64_t scans_ = 0;
};

}  // namespace detail

/// Walks a JPEG file (baseline or progressive) to its end marker: every segment inside the file, every table
/// well formed and defined before it is used, every channel scanned, the size and work limits kept.
[[nodiscard]] inline result<picture_size> inspect_jpeg(std::span<std::byte const> file,
                                                       std::string_view name) {
  return detail::jpeg_walker(file, name).walk();
}

}  // namespace linnet::inline LINNET_ISA::io
