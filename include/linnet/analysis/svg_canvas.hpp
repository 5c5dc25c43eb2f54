// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <linnet/analysis/plain_text.hpp>

namespace linnet::inline LINNET_ISA::detail {

/// A length in hundredths of a pixel: integers, so that blocks that touch share an edge to the last digit and
/// the text of a picture depends on no library's rounding.
struct hundredths {
  std::int64_t count = 0;

  [[nodiscard]] std::string text() const {
    std::string const fraction = std::to_string(100 + count % 100).substr(1);
    return std::to_string(count / 100) + (fraction == "00" ? "" : "." + fraction);
  }
};

/// A rectangle from its upper left corner on.
struct svg_box {
  hundredths x, y, width, height;
};

/// ` name="12.5"`
[[nodiscard]] inline std::string svg_attribute(std::string_view name, hundredths value) {
  return " " + std::string(name) + "=\"" + value.text() + "\"";
}

/// An SVG picture as it is written: marks of a class each, whose looks a style sheet gives. Words need not be
/// escaped, but be printable.
class svg_canvas {
 public:
  /// Size in pixels; `head` is XML: style and definitions.
  void begin(std::int32_t width, std::int32_t height, std::string_view head) {
    std::string const w = std::to_string(width), h = std::to_string(height);
    out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + w + " " + h + "\" width=\"" + w +
           "\" height=\"" + h + "\">\n";
    out_ += head;
  }
  /// Ends the picture and gives it away.
  [[nodiscard]] std::string end() { return std::move(out_) + "</svg>\n"; }

  void title(std::string_view words) { out_ += "<title>" + escape_xml(words) + "</title>\n"; }
  void begin_group(std::string_view kind) { out_.append("<g class=\"").append(kind).append("\">\n"); }
  void end_group() { out_ += "</g>\n"; }

  void rect(std::string_view kind, svg_box const& box) {
    out_.append("<rect class=\"").append(kind).append("\"");
    out_ += svg_attribute("x", box.x) + svg_attribute("y", box.y) + svg_attribute("width", box.width) +
            svg_attribute("height", box.height) + "/>\n";
  }
  void rect(std::string_view kind, std::int32_t x, std::int32_t y, std::int32_t width, std::int32_t height) {
    rect(kind, svg_box{{x * 100}, {y * 100}, {width * 100}, {height * 100}});
  }
  /// A path in SVG's own words.
  void path(std::string_view kind, std::string_view words) {
    out_.append("<path class=\"").append(kind).append("\" d=\"").append(words).append("\"/>\n");
  }
  /// Text at a place, upright where `kind` says so; with a tooltip where there is one.
  void text(std::string_view kind, hundredths x, hundredths y, std::string_view words,
            std::string_view tooltip = "") {
    bool const upright = kind.find("upright") != kind.npos;
    std::string const at = x.text() + " " + y.text();
    out_.append("<text class=\"").append(kind).append("\"");
    out_ += " transform=\"translate(" + at + ")" + (upright ? " rotate(-90)" : "") + "\">";
    if (!tooltip.empty()) out_ += "<title>" + escape_xml(tooltip) + "</title>";
    out_ += escape_xml(words) + "</text>\n";
  }
  void text(std::string_view kind, std::int32_t x, std::int32_t y, std::string_view words) {
    text(kind, hundredths{x * 100}, hundredths{y * 100}, words);
  }

 private:
  std::string out_;
};

}  // namespace linnet::inline LINNET_ISA::detail
