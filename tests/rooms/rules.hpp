// SPDX-License-Identifier: MIT
#pragma once

#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "source_text.hpp"
#include "table.hpp"

/// What a header's text may hold, by its place in the house.
namespace rooms {

inline constexpr std::size_t longest_file = 400;

/// A header's place, from its path relative to include/linnet.
struct place {
  std::string room;  // empty for include/linnet/<name>.hpp: it opens the device rooms to firmware
  bool device = true;
  bool architecture = false;  // kernels/<family>/<arch>.hpp
  bool batches = false;       // kernels/<family>/generic.hpp: xsimd batches of unknown width
  bool c = false;             // capi/<name>.h: for programs in C
};

inline place place_of(std::string_view path) {
  place result;
  std::size_t const first = path.find('/');
  if (first == path.npos) return result;
  result.room = path.substr(0, first);
  room const* const known = find(result.room);
  result.device = known == nullptr || known->device;
  result.c = result.room == "capi" && path.ends_with(".h");
  std::size_t const last = path.rfind('/');
  if (result.room == "kernels" && last != first && path.ends_with(".hpp")) {
    std::string_view const stem = path.substr(last + 1, path.size() - last - 5);
    result.architecture = contains(architectures, stem);
    result.batches = stem == "generic";
  }
  return result;
}

class checker {
 public:
  checker(std::string_view path, std::string_view text) : path_(path), place_(place_of(path)) {
    check_frame(split_lines(text));
    for (auto const& line : code_lines(text)) check_line(line);
  }
  [[nodiscard]] std::vector<std::string> const& complaints() const { return complaints_; }

 private:
  void complain(std::size_t line, std::string const& what) {
    complaints_.push_back(path_ + ":" + std::to_string(line) + ": " + what);
  }

  void check_frame(std::vector<std::string> const& lines) {
    if (!place_.room.empty() && find(place_.room) == nullptr) complain(1, "there is no room " + place_.room);
    if (lines.empty() || lines[0] != "// SPDX-License-Identifier: MIT") {
      complain(1, "the first line is the SPDX line");
    }
    if (lines.size() < 2 || lines[1] != "#pragma once") complain(2, "the second line is #pragma once");
    if (lines.size() > longest_file) complain(longest_file, "longer than 400 lines");
  }

  void check_line(code_line const& line) {
    std::string_view const directive = line.directive();
    if (directive == "include") return check_include(line);
    bool const condition = directive.starts_with("if") || directive.starts_with("elif");
    for (std::string_view word : words(line.text)) {
      // Names have C's linkage in both languages, and only this macro tells a header which one reads it.
      if (condition && place_.c && word == "__cplusplus") continue;
      if (condition && place_.room != "config" && word != directive && word != "defined" &&
          !word.starts_with("LINNET_")) {
        complain(line.number, "a condition on " + std::string(word) + " belongs in config/");
      }
      bool const intrinsic = word.starts_with("_mm") || word.starts_with("__builtin_ia32") ||
                             word.starts_with("__builtin_arm") || word.starts_with("__builtin_aarch64") ||
                             word == "asm" || word.starts_with("__asm");
      if (intrinsic && !place_.architecture) {
        complain(line.number, std::string(word) + " belongs in kernels/<family>/<arch>.hpp");
      }
    }
    if (directive == "define" && place_.room != "config") complain(line.number, "macros belong in config/");
  }

  void check_include(code_line const& line) {
    std::string_view const header = line.included();
    if (header.empty()) return complain(line.number, "includes are written <linnet/room/name.hpp>");
    if (header.starts_with("linnet/") && !place_.c) return check_room(line.number, header.substr(7));
    if (place_.c) {
      if (!contains(headers_of_c, header))
        complain(line.number, "a header for C includes <" + std::string(header) + ">");
    } else if (contains(intrinsics, header)) {
      if (!place_.architecture) {
        complain(line.number,
                 "intrinsics (" + std::string(header) + ") belong in kernels/<family>/<arch>.hpp");
      }
    } else if (header == "iostream") {
      complain(line.number, "the library never prints");
    } else if (header.starts_with("xsimd/")) {
      bool const tags = place_.room == "config" && header == "xsimd/config/xsimd_arch.hpp";
      if (!tags && !place_.architecture && !place_.batches) {
        complain(line.number,
                 "xsimd is included by config/ (its tags) and kernels/<family>/generic.hpp only");
      }
    } else if (place_.device && !contains(freestanding, header)) {
      complain(line.number, "a device header includes <" + std::string(header) + ">, which firmware lacks");
    }
  }

  void check_room(std::size_t line, std::string_view header) {
    std::size_t const slash = header.find('/');
    if (slash == header.npos) return complain(line, "a header includes the umbrella " + std::string(header));
    std::string_view const target = header.substr(0, slash);
    room const* const known = find(target);
    if (known == nullptr) return complain(line, "there is no room " + std::string(target));
    bool const allowed = place_.room.empty() ? known->device : may_include(place_.room, target);
    if (!allowed) complain(line, place_.room + "/ may not include " + std::string(target) + "/");
  }

  std::string path_;
  place place_;
  std::vector<std::string> complaints_;
};

/// Everything wrong with a header, one sentence each. `path` is relative to include/linnet.
inline std::vector<std::string> check(std::string_view path, std::string_view text) {
  return checker(path, text).complaints();
}

}  // namespace rooms
