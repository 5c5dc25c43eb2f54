// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include <linnet/session/operator_matrix.hpp>

#include "json.hpp"

namespace cli {
namespace {

using json = nlohmann::ordered_json;

std::string joined(std::vector<std::string> const& words, char const* between) {
  std::string text;
  for (std::string const& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

/// Rows of the same cells as one, where the first of them stands.
std::vector<linnet::matrix_row> merged(std::vector<linnet::matrix_row> const& rows) {
  std::vector<linnet::matrix_row> made;
  for (linnet::matrix_row const& row : rows) {
    auto same = made.begin();
    while (same != made.end() && same->kernels != row.kernels) ++same;
    if (same == made.end()) {
      made.push_back(row);
    } else {
      same->name += "; " + row.name;
    }
  }
  return made;
}

void print_json(std::vector<linnet::matrix_row> const& rows) {
  json all = json::array();
  for (linnet::matrix_row const& row : rows) {
    json kernels = json::object();
    for (std::size_t i = 0; i < row.kernels.size(); ++i)
      kernels[std::string(name_of(linnet::matrix_types[i]))] = row.kernels[i];
    all.push_back({{"operator", row.name}, {"kernels", kernels}});
  }
  std::printf("%s\n", to_text({{"rows", all}}).c_str());
}

/// A table of Markdown, which is as well read as it is.
void print_table(std::vector<linnet::matrix_row> const& rows) {
  std::printf("| operator |");
  for (linnet::element_type type : linnet::matrix_types) std::printf(" %s |", name_of(type).data());
  std::printf("\n|---|");
  for (std::size_t i = 0; i < linnet::matrix_types.size(); ++i) std::printf("---|");
  for (linnet::matrix_row const& row : merged(rows)) {
    std::printf("\n| %s |", row.name.c_str());
    for (auto const& cell : row.kernels) std::printf(" %s |", joined(cell, ", ").c_str());
  }
  std::printf("\n");
}

}  // namespace

int operators(operators_options const& options) {
  auto const rows = linnet::operator_matrix();
  options.as_json ? print_json(rows) : print_table(rows);
  return done;
}

}  // namespace cli
