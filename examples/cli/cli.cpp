// SPDX-License-Identifier: MIT
#include "cli.hpp"

#include <cstdio>

namespace cli {

status status_of(linnet::error const& e, status otherwise) {
  bool const file = e.code == linnet::errc::file_not_readable || e.code == linnet::errc::file_not_writable;
  return file ? no_file : otherwise;
}

int complain(linnet::error const& e, status otherwise) {
  std::fprintf(stderr, "linnet: %s\n", e.message.c_str());
  return status_of(e, otherwise);
}

std::string words(linnet::element_type type, linnet::shape const& shape) {
  return std::string(name_of(type)) + " " + describe(shape);
}

}  // namespace cli
