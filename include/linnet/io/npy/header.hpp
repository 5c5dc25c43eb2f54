// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <linnet/config/arch.hpp>

namespace linnet::inline LINNET_ISA::io::npy {

/// What the dictionary in front of the elements says, not yet held against anything.
struct header {
  std::string descr;                ///< the element type, as `<f4`
  bool fortran_order = false;       ///< innermost dimension first
  std::vector<std::int64_t> shape;  ///< as written
};

/// Reads the one Python dictionary that NumPy writes: `{'descr': '<f4', 'fortran_order': False, 'shape': (2,
/// 3), }`, keys in any order. Not a Python parser: whatever else an expression may hold is refused.
class header_reader {
 public:
  /// Over the text, which must outlive it.
  explicit header_reader(std::string_view text) : text_(text) {}

  /// False where the text is not such a dictionary; `into` is then of no use.
  [[nodiscard]] bool read(header& into) {
    unsigned seen = 0;
    if (!take('{')) return false;
    while (!take('}')) {
      std::string key;
      if (!read_string(key) || !take(':')) return false;
      unsigned const bit = read_value(key, into);
      if (bit == 0 || (seen & bit) != 0) return false;
      seen |= bit;
      if (!take(',')) {
        if (!take('}')) return false;
        break;
      }
    }
    skip_space();
    return seen == all_keys && at_ == text_.size();
  }

 private:
  static constexpr unsigned descr_key = 1, order_key = 2, shape_key = 4, all_keys = 7;
  static constexpr std::size_t most_dimensions = 64;  // NumPy's own limit
  static constexpr std::int64_t most_elements = std::int64_t{1} << 50;

  /// The bit of the key, or 0 where key or value is unknown.
  [[nodiscard]] unsigned read_value(std::string_view key, header& into) {
    if (key == "descr") return read_string(into.descr) ? descr_key : 0;
    if (key == "fortran_order") return read_bool(into.fortran_order) ? order_key : 0;
    if (key == "shape") return read_tuple(into.shape) ? shape_key : 0;
    return 0;
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  [[nodiscard]] bool take(char wanted) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] bool take(std::string_view word) {
    skip_space();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  [[nodiscard]] bool read_string(std::string& into) {
    skip_space();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return false;
    std::size_t const end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return false;
    into = std::string(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return into.find('\\') == std::string::npos;
  }
  [[nodiscard]] bool read_bool(bool& into) {
    into = take("True");
    return into || take("False");
  }
  [[nodiscard]] bool read_number(std::int64_t& into) {
    skip_space();
    std::size_t const first = at_;
    into = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      into = into * 10 + (text_[at_++] - '0');
      if (into > most_elements) return false;
    }
    if (at_ == first) return false;
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // as Python 2 wrote it
    return true;
  }
  [[nodiscard]] bool read_tuple(std::vector<std::int64_t>& into) {
    if (!take('(')) return false;
    while (!take(')')) {
      std::int64_t extent = 0;
      if (into.size() == most_dimensions || !read_number(extent)) return false;
      into.push_back(extent);
      if (!take(',')) return take(')') && into.size() > 1;  // "(3)" is a number in Python
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace linnet::inline LINNET_ISA::io::npy
