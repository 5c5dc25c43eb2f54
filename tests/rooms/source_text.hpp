// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// C++ text without its comments and the insides of its literals, in lines.
namespace rooms {

inline std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::size_t const end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

inline bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

inline std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> result;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end > i && std::isdigit(static_cast<unsigned char>(text[i])) == 0) {
      result.push_back(text.substr(i, end - i));
    }
    i = end + 1;
  }
  return result;
}

/// Where the literal that opens at `begin` ends (one past), a prefix-less string or character.
inline std::size_t end_of_literal(std::string_view text, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < text.size() && text[end] != text[begin] && text[end] != '\n')
    end += text[end] == '\\' ? 2u : 1u;
  return end < text.size() ? end + 1 : text.size();
}

/// Comments become a space and literals empty, except in #include lines, whose quotes are the point; newlines
/// stay, so that line numbers do.
inline std::string strip(std::string_view text) {
  std::string result;
  bool include = false;
  for (std::size_t i = 0; i < text.size();) {
    std::string_view const rest = text.substr(i);
    bool const separator = text[i] == '\'' && i > 0 && is_word(text[i - 1]);  // as in 1'000
    if (rest.starts_with("//")) {
      i += std::min(rest.find('\n'), rest.size());
    } else if (rest.starts_with("/*")) {
      std::size_t const end = std::min(rest.find("*/", 2), rest.size() - 2) + 2;
      result.push_back(' ');
      for (char c : rest.substr(0, end)) {
        if (c == '\n') result.push_back(c);
      }
      i += end;
    } else if ((text[i] == '"' || text[i] == '\'') && !include && !separator) {
      result.append("\"\"");
      i = end_of_literal(text, i);
    } else {
      if (text[i] == '\n') include = false;
      if (rest.starts_with("include") && result.find_last_not_of(" \t") != result.npos) {
        include = result[result.find_last_not_of(" \t")] == '#';
      }
      result.push_back(text[i++]);
    }
  }
  return result;
}

/// One logical line: a backslash joins it with the next.
struct code_line {
  std::size_t number;
  std::string text;

  /// The word after #, or nothing.
  [[nodiscard]] std::string_view directive() const {
    std::size_t const hash = text.find_first_not_of(" \t");
    if (hash == text.npos || text[hash] != '#') return {};
    auto const found = words(std::string_view(text).substr(hash));
    return found.empty() ? std::string_view{} : found[0];
  }
  /// The name between < and > of an #include.
  [[nodiscard]] std::string_view included() const {
    std::size_t const open = text.find('<'), close = text.find('>');
    if (open == text.npos || close == text.npos) return {};
    return std::string_view(text).substr(open + 1, close - open - 1);
  }
};

inline std::vector<code_line> code_lines(std::string_view text) {
  std::vector<code_line> result;
  bool joined = false;
  std::size_t number = 0;
  for (std::string& line : split_lines(strip(text))) {
    ++number;
    bool const continues = line.ends_with('\\');
    if (continues) line.pop_back();
    if (joined) {
      result.back().text += line;
    } else {
      result.push_back({number, line});
    }
    joined = continues;
  }
  return result;
}

}  // namespace rooms
