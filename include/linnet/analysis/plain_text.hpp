// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <linnet/config/arch.hpp>

// Numbers and names for people. Names come from files: no byte of them is relied on.
namespace linnet::inline LINNET_ISA {

/// 3538984 as "3,538,984". Range: not negative.
[[nodiscard]] inline std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

namespace detail {

/// The first character of a text and how many bytes it takes; none where they are no UTF-8 (RFC 3629).
struct first_character {
  std::uint32_t code = 0;
  std::size_t bytes = 0;

  [[nodiscard]] static first_character of(std::string_view text) {
    auto const byte = [&](std::size_t i) -> std::uint32_t { return static_cast<unsigned char>(text[i]); };
    std::uint32_t const lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    std::size_t const size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
    std::uint32_t code = lead & (0x7Fu >> size);
    for (std::size_t i = 1; i < size; ++i) {
      if ((byte(i) & 0xC0u) != 0x80) return {};
      code = code << 6 | (byte(i) & 0x3Fu);
    }
    constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    bool const surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code < least[size] || code > 0x10FFFF || surrogate ? first_character{}
                                                              : first_character{code, size};
  }

  /// Whether terminals and XML 1.0 take it as a sign: no control character, nothing that turns the direction
  /// of the text around it, no noncharacter.
  [[nodiscard]] bool shows() const {
    bool const control = code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029;
    bool const turns = code == 0x61C || code == 0x200E || code == 0x200F ||
                       (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    return bytes > 0 && !control && !turns && (code & 0xFFFEu) != 0xFFFE;
  }
};

[[nodiscard]] inline bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0u) == 0x80;
}

/// Characters of a text that is UTF-8.
[[nodiscard]] inline std::size_t characters_of(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) count += continues_character(c) ? 0u : 1u;
  return count;
}

}  // namespace detail

/// A name as UTF-8 of one line, '?' for every byte or character that shows nothing; of a name with more than
/// `most` characters the first of them and an ellipsis. Range: most >= 1.
[[nodiscard]] inline std::string printable(std::string_view name, std::size_t most) {
  std::string text;
  for (std::size_t count = 0, end_of_last = 0; !name.empty(); ++count) {
    if (count == most) return text.substr(0, end_of_last) + "…";
    auto const first = detail::first_character::of(name);
    end_of_last = text.size();
    text += first.shows() ? name.substr(0, first.bytes) : "?";
    name.remove_prefix(first.bytes > 0 ? first.bytes : 1);
  }
  return text;
}

/// The last `most` characters of a printable text, an ellipsis among them where some were left out: layers
/// differ in the end of their names. Range: most >= 1.
[[nodiscard]] inline std::string last_part(std::string_view text, std::size_t most) {
  std::size_t count = detail::characters_of(text);
  if (count <= most) return std::string(text);
  std::size_t at = 0;
  for (; count >= most; --count) {
    do ++at;
    while (at < text.size() && detail::continues_character(text[at]));
  }
  return "…" + std::string(text.substr(at));
}

/// A printable text as character data or an attribute of XML.
[[nodiscard]] inline std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&apos;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

}  // namespace linnet::inline LINNET_ISA
