// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// As much of XML 1.0 as pictures are written in: elements, attributes in double quotes, character data, the
// five named references. Anything else is a fault.
namespace support {

struct xml_element {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;  // its own character data, references replaced
  std::vector<xml_element> children;
};

class xml_reader {
 public:
  explicit xml_reader(std::string_view document) : rest_(document) {}

  /// The document's element; `fault()` says whether it is one.
  xml_element read() {
    xml_element root = element();
    while (rest_.starts_with('\n')) rest_.remove_prefix(1);
    if (!rest_.empty()) fail("something follows the root");
    return root;
  }
  /// Why the document is not well-formed; empty where it is.
  [[nodiscard]] std::string const& fault() const { return fault_; }

 private:
  void fail(std::string const& why) {
    if (fault_.empty()) fault_ = why + " before: " + std::string(rest_.substr(0, 60));
    rest_ = {};
  }
  void take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return fail("no " + std::string(expected));
    rest_.remove_prefix(expected.size());
  }
  bool took(std::string_view wanted) {
    bool const here = rest_.starts_with(wanted);
    if (here) rest_.remove_prefix(wanted.size());
    return here;
  }
  std::string name() {
    std::size_t size = 0;
    auto const letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    while (size < rest_.size() && letter(rest_[size])) ++size;
    std::string const found(rest_.substr(0, size));
    if (found.empty()) fail("no name");
    rest_.remove_prefix(found.size());
    return found;
  }
  /// Character data up to `end`, which no reference hides.
  std::string characters(char end) {
    std::string found;
    while (!rest_.empty() && rest_[0] != end) {
      if (rest_[0] == '&') {
        found += reference();
      } else if (auto const c = static_cast<unsigned char>(rest_[0]);
                 rest_[0] == '<' || (c < 0x20 && c != '\n')) {
        fail("a character that must not stand here");
      } else {
        found += rest_[0];
        rest_.remove_prefix(1);
      }
    }
    return found;
  }
  char reference() {
    if (took("&amp;")) return '&';
    if (took("&lt;")) return '<';
    if (took("&gt;")) return '>';
    if (took("&quot;")) return '"';
    if (took("&apos;")) return '\'';
    fail("an unknown reference");
    return '?';
  }

  xml_element element() {
    take("<");
    xml_element e;
    e.name = name();
    while (took(" ")) {
      std::string const key = name();
      if (e.attributes.contains(key)) fail("an attribute twice");
      take("=\"");
      e.attributes[key] = characters('"');
      take("\"");
    }
    if (took("/>")) return e;
    take(">");
    while (fault_.empty() && !rest_.starts_with("</")) {
      if (rest_.starts_with('<')) {
        e.children.push_back(element());
      } else if (rest_.empty()) {
        fail("no end of " + e.name);
      } else {
        e.text += characters('<');
      }
    }
    take("</" + e.name + ">");
    return e;
  }

  std::string_view rest_;
  std::string fault_;
};

}  // namespace support
